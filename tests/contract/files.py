"""What the product relies on in a provider that is published by download. Signing in, lists, lost answers and limits are for
those that are called (`tests.contract.provider`).
"""

import csv
import io
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.book_rules import BOUGHT, FOREIGN_BANK, PRODUCTS, TRACKING, BookRules
from bot.domain.books import Books
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.inert import STARTS
from bot.domain.money import to_cents
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.problems import ProblemCode
from providers.base import Access, AccountingProvider, FileProvider
from tests.contract.far_end import a_posting

BOOKS = Books(provider_id="org-1", name="Northwind Trading Ltd", base_currency="GBP", country="GB")
DANGEROUS = st.sampled_from(
    ["", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "'", ";=", '"', ",", "\0", "=cmd|'/c calc'!A1"]
)
words = st.builds(str.__add__, DANGEROUS, st.text(max_size=20))
amounts = st.decimals("0.00", "99999.99", places=2)


def lines_of(currency_lines: Sequence[tuple[str, Decimal, Decimal, Decimal]]) -> tuple[PostingLine, ...]:
    return tuple(
        PostingLine(
            description=said,
            quantity=quantity,
            unit_price=net if quantity == 1 else Decimal("3.33"),
            net=net,
            tax=tax,
            account_code=said[:8] or "429",
            tax_code=said[:4] or "T1",
            item_code=said[:6] or None,
            tracking=(Track(category=said or "Region", option=said or "North"),),
        )
        for said, quantity, net, tax in currency_lines
    )


def with_lines(posting: Posting, lines: tuple[PostingLine, ...]) -> Posting:
    net, tax = (sum((getattr(line, name) for line in lines), Decimal(0)) for name in ("net", "tax"))
    return replace(posting, lines=lines, net=net, tax=tax, gross=net + tax)


def rules_of(files: FileProvider, layout: str) -> BookRules:
    return files.rules(replace(BOOKS, layout=layout))


class FileContract:
    """`files` is the provider as the product holds it."""

    REFUSED: ClassVar[dict[str, ProblemCode]] = {}
    KINDS: ClassVar[tuple[PostingKind, ...]]
    TAX_MODES: ClassVar[tuple[LineAmounts, ...]] = tuple(LineAmounts)
    CURRENCIES: ClassVar[tuple[str, ...]] = ("GBP", "EUR")
    DROPS: ClassVar[bool] = False
    SCHEMA: ClassVar[bool] = False
    FOR_CUSTOMERS: ClassVar[tuple[PostingKind, ...]] = ()
    COLUMNS: ClassVar[dict[str, tuple[str, str, str]]]
    """By route: the columns of a line's net and tax, and of the document's type; empty where a minus says that."""
    ENCODINGS: ClassVar[dict[str, str]] = {}

    def layouts(self, files: FileProvider) -> list[str]:
        return [layout.key for layout in files.profile.layouts]

    def routes(self, files: FileProvider, layout: str) -> set[str]:
        return {self.laid_out(files, layout).route(a_posting(kind, "N")) for kind in self.kinds(files, layout)}

    def kinds(self, files: FileProvider, layout: str) -> list[PostingKind]:
        """Those that such files have a place for."""
        takes_not = rules_of(files, layout).takes_not
        return [kind for kind in self.KINDS if kind not in takes_not]

    def rows(self, files: FileProvider, layout: str, *postings: Posting) -> list[dict[str, str]]:
        text = self.laid_out(files, layout).render(postings).decode(self.ENCODINGS.get(layout, "utf-8"))
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def net_of(self, row: dict[str, str], column: str) -> Decimal:
        """What the package makes of a row. Two columns: their product, to the cent."""
        quantity, _, price = column.rpartition("×")
        amount = Decimal(row[price])
        return to_cents(Decimal(row[quantity]) * amount) if quantity else amount

    def laid_out(self, files: FileProvider, layout: str) -> AccountingProvider:
        return files.laid_out(replace(BOOKS, layout=layout))

    def test_every_layout_is_told_of_and_shown_here(self, files: FileProvider) -> None:
        assert {route for layout in self.layouts(files) for route in self.routes(files, layout)} == set(self.COLUMNS)

    async def test_what_an_admin_typed_is_what_the_books_say_for_as_long_as_they_are_connected(
        self, files: FileProvider
    ) -> None:
        answer, provider = files.granted(BOOKS), files.laid_out(BOOKS)

        renewed = await provider.refresh(answer.refresh_token or "")

        for each in (answer, renewed):
            access = Access(access_token=each.access_token, tenant_id=BOOKS.provider_id)
            assert await provider.books(access) == BOOKS
            assert await provider.shared(access) == {BOOKS.provider_id}
        (choice,) = await provider.organisations(answer)
        assert (choice.tenant_id, choice.name) == (BOOKS.provider_id, BOOKS.name)

    def test_the_same_documents_are_the_same_bytes(self, files: FileProvider) -> None:
        for layout in self.layouts(files):
            provider = self.laid_out(files, layout)
            by_route: dict[str, list[Posting]] = {}
            for kind in self.kinds(files, layout):
                document = a_posting(kind, f"N-{kind}")
                by_route.setdefault(provider.route(document), []).append(document)

            for documents in by_route.values():
                assert provider.render(documents) == provider.render(list(documents))
                assert len(documents) < 2 or provider.render(documents) != provider.render(documents[::-1])

    def test_of_every_route_is_said_what_to_press_and_each_kind_is_taken_by_some_layout(
        self, files: FileProvider
    ) -> None:
        said: dict[tuple[str, str], str] = {}
        for layout in self.layouts(files):
            provider, books = self.laid_out(files, layout), replace(BOOKS, layout=layout)
            for kind in self.kinds(files, layout):
                route = provider.route(a_posting(kind, "N"))
                said[layout, route] = files.advice(books, route)

        assert all(said.values())
        assert len(set(said.values())) == len(said)
        assert {kind for layout in self.layouts(files) for kind in self.kinds(files, layout)} == set(self.KINDS)

    def test_a_file_is_named_for_its_books_and_batch_and_nothing_else_in_a_name_gets_into_it(
        self, files: FileProvider
    ) -> None:
        assert files.file_name(BOOKS, 7) == "Northwind-Trading-Ltd-batch-7.csv"
        assert files.file_name(replace(BOOKS, name='../"=x\r\n'), 7) == "x-batch-7.csv"
        assert files.file_name(replace(BOOKS, name="株式会社"), 7) == "books-batch-7.csv"

    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors], deadline=None
    )
    @given(
        lines=st.lists(st.tuples(words, st.integers(1, 9).map(Decimal), amounts, amounts), min_size=1, max_size=4),
        named=st.tuples(words.filter(bool), words, words),
        kind_at=st.integers(0, 7),
        line_amounts=st.sampled_from(LineAmounts),
        money=st.sampled_from([("GBP", None), ("EUR", Decimal("1.1725"))]),
    )
    def test_amounts_add_up_to_the_documents_to_the_cent_and_no_text_is_a_formula(
        self,
        files: FileProvider,
        *,
        lines: list[tuple[str, Decimal, Decimal, Decimal]],
        named: tuple[str, str, str],
        kind_at: int,
        line_amounts: LineAmounts,
        money: tuple[str, Decimal | None],
    ) -> None:
        kind = self.KINDS[kind_at % len(self.KINDS)]
        contact, number, contact_id = named
        currency, rate = money
        posting = a_posting(kind, number, contact_name=contact, contact_id=contact_id or None, currency=currency)
        bank_account = contact if kind.is_of_bank else None
        posting = replace(posting, line_amounts=line_amounts, bank_account=bank_account, currency_rate=rate)
        posting = with_lines(posting, lines_of(lines))
        coded = replace(posting, contact_id="CAFE01")
        for layout in self.layouts(files):
            if kind not in self.kinds(files, layout):
                continue
            net, tax, kind_column = self.COLUMNS[self.laid_out(files, layout).route(posting)]
            rules = rules_of(files, layout)
            takes_not, document = rules.takes_not, posting if rules.contact_code is None else coded
            if FOREIGN_BANK in takes_not and kind.is_of_bank and currency != BOOKS.base_currency:
                continue
            rows = self.rows(
                files, layout, with_lines(document, tuple(_taken(line, kind, takes_not) for line in posting.lines))
            )

            assert len(rows) == len(lines)
            is_negative = not kind_column and "credit note" in kind.words
            sign = -1 if is_negative else 1
            assert sum(self.net_of(row, net) for row in rows) == sign * posting.net, layout
            assert sum(Decimal(row[tax]) for row in rows) == sign * posting.tax, layout
            for row in rows:
                assert all(is_inert(cell) for cell in row.values()), (layout, row)


def _taken(line: PostingLine, kind: PostingKind, takes_not: Collection[str]) -> PostingLine:
    """Without what such files have no place for."""
    has_product = PRODUCTS not in takes_not and (kind.is_sale or BOUGHT not in takes_not)
    return replace(
        line,
        tracking=() if TRACKING in takes_not else line.tracking,
        item_code=line.item_code if has_product else None,
    )


def is_inert(cell: str) -> bool:
    """As spreadsheets see it: a number, or a text that begins like nothing they run."""
    is_number = re.fullmatch(r"[+-]?\d+(\.\d+)?", cell, re.ASCII) is not None
    return is_number or not cell.startswith(tuple(STARTS.replace("'", "")))
