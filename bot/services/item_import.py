"""Lists of documents brought in by an operator: looked through first, then entered through the same door as all others.

Nothing is written while it is looked through. A document that is here already, by its id or by what it says, adds
nothing, so a list that was stopped half way is simply imported again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from bot.clock import Clock
from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.books import Account, ListKind, TaxRate
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import Door
from bot.services.entering import NewItem, enter
from bot.services.named_books import NamedBooks
from bot.sheets.documents import SheetDocument

ENTRIES = table_of(ListEntryRow)

BATCH, LOOKED_FOR = 20, 500
"""Documents of one transaction, so that people's clicks get their turn in between; and of one look for them."""
PATIENCE_SECONDS, BUSY_SECONDS = 60.0, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What a list may call a category or a tax rate: its code, its name, or both as `200 - Sales`; only live ones."""

    accounts: Mapping[str, str]
    tax_rates: Mapping[str, TaxRate]

    def account(self, named: str | None) -> str | None:
        return None if named is None else self.accounts.get(named.casefold())

    def tax_rate(self, named: str | None) -> str | None:
        found = None if named is None else self.tax_rates.get(named.casefold())
        return None if found is None else found.code

    def percent_of(self, named: str) -> Decimal | None:
        found = self.tax_rates.get(named.casefold())
        return None if found is None else found.percent


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an import would do. `finished` ones are in somebody's books by what the list says of them."""

    new: list[SheetDocument] = field(default_factory=list)
    known: list[SheetDocument] = field(default_factory=list)
    unclear: list[SheetDocument] = field(default_factory=list)
    finished: list[SheetDocument] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ItemImport:
    db: Database
    clock: Clock

    async def codes(self, books: NamedBooks) -> Codes:
        accounts: dict[str, str] = {}
        tax_rates: dict[str, TaxRate] = {}
        statement = select(ENTRIES.c.kind, ENTRIES.c.entry).where(
            ENTRIES.c.workspace_id == books.workspace_id,
            ENTRIES.c.organisation_id == books.organisation_id,
            ENTRIES.c.kind.in_((ListKind.ACCOUNTS, ListKind.TAX_RATES)),
            ENTRIES.c.is_active,
        )
        async with self.db.read() as tx:
            for row in (await tx.execute(statement)).all():
                if row.kind == ListKind.TAX_RATES:
                    rate = load(row.entry, TaxRate)
                    tax_rates |= dict.fromkeys(_names(rate.code, rate.name), rate)
                elif (account := load(row.entry, Account)).is_codable:
                    accounts |= dict.fromkeys(_names(account.code, account.name), account.code)
        return Codes(accounts=accounts, tax_rates=tax_rates)

    async def plan(self, books: NamedBooks, documents: Iterable[SheetDocument]) -> Plan:
        plan, fit = Plan(), []
        for document in documents:
            if document.complaints:
                plan.unclear.append(document)
            elif document.is_finished:
                plan.finished.append(document)
            else:
                fit.append(document)
        async with self.db.read() as tx:
            here = {each.key for part in _parts(fit, LOOKED_FOR) for each in await _known(tx, books, part)}
        for document in fit:
            (plan.known if document.key in here else plan.new).append(document)
        return plan

    async def carry_out(
        self, books: NamedBooks, documents: Sequence[SheetDocument], codes: Codes, told: Callable[[int], None]
    ) -> int:
        """Enter them; how many are new. `told` is called with how many are done."""
        added = done = 0
        for part in _parts(documents, BATCH):
            added += await self._enter([_new(books, document, codes) for document in part])
            done += len(part)
            told(done)
        return added

    async def _enter(self, items: Sequence[NewItem]) -> int:
        until = self.clock.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                async with self.db.write() as tx:
                    return sum([(await enter(tx, item))[1] for item in items])
            except BusyError:
                if self.clock.monotonic() >= until:
                    raise
            await self.clock.sleep(BUSY_SECONDS)


async def _known(tx: Tx, books: NamedBooks, documents: Sequence[SheetDocument]) -> list[SheetDocument]:
    """Those that are here: from a list before, or because the list was written from here."""
    keys = {f"sheet:{document.key}" for document in documents}
    ids = {found for document in documents if (found := _uuid(document.id)) is not None}
    ours = (ITEMS.c.workspace_id == books.workspace_id, ITEMS.c.organisation_id == books.organisation_id)
    sources = set((await tx.execute(select(ITEMS.c.source_key).where(*ours, ITEMS.c.source_key.in_(keys)))).scalars())
    items = set((await tx.execute(select(ITEMS.c.id).where(*ours, ITEMS.c.id.in_(ids)))).scalars())
    return [document for document in documents if f"sheet:{document.key}" in sources or _uuid(document.id) in items]


def _parts(documents: Sequence[SheetDocument], size: int) -> Iterator[Sequence[SheetDocument]]:
    return (documents[place : place + size] for place in range(0, len(documents), size))


def _new(books: NamedBooks, document: SheetDocument, codes: Codes) -> NewItem:
    return NewItem(
        workspace_id=books.workspace_id,
        organisation_id=books.organisation_id,
        submitted_by=books.admin,
        door=Door.IMPORT,
        source_key=f"sheet:{document.key}",
        kind=document.kind,
        facts=document.facts,
        coding=_coding(document, codes),
    )


def _coding(document: SheetDocument, codes: Codes) -> Coding:
    """As the list says: of the whole document, or of its lines where they agree. What the ledger has not is left out."""
    coding = Coding()
    account = codes.account(_said([each.category for each in document.line_codes], document.codes.category))
    tax_rate = codes.tax_rate(_said([each.tax_rate for each in document.line_codes], document.codes.tax_rate))
    if account is not None:
        coding = replace(coding, account=CodedValue(value=account, source=Source.DOOR))
    if tax_rate is not None:
        coding = replace(coding, tax_rate=CodedValue(value=tax_rate, source=Source.DOOR))
    return coding


def _said(of_lines: list[str | None], of_document: str | None) -> str | None:
    said = set(of_lines)
    return of_document if of_document or len(said) != 1 else said.pop()


def _names(code: str, name: str) -> tuple[str, ...]:
    return tuple(each.casefold() for each in (name, f"{code} - {name}", code))


def _uuid(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
