"""The file of each package, to the byte. `python -m tests.providers.file_export.test_golden` writes them anew."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from bot.domain.books import Books
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ids import ItemId
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.errors import NotWritableError
from providers.file_export import LAYOUTS
from providers.file_export.adapter import FileExportProvider
from tests.fakes.clock import FakeClock

GOLDEN = Path(__file__).with_name("golden")
BOOKS = Books(provider_id="org-1", name="Northwind Trading Ltd", base_currency="GBP", country="GB")
BILL = Posting(
    item_id=ItemId(UUID(int=1)),
    marker="https://dext.example/i/00000000-0000-0000-0000-000000000001",
    contact_id=None,
    contact_name="Paper & Ink, Ltd",
    number="INV-1",
    issued_on=date(2026, 3, 1),
    due_on=date(2026, 3, 31),
    currency="GBP",
    status=PaymentStatus.AWAITING_PAYMENT,
    lines=(
        PostingLine(
            description='=HYPERLINK("x") Paper',
            quantity=Decimal(4),
            unit_price=Decimal("25.00"),
            net=Decimal("100.00"),
            tax=Decimal("20.00"),
            account_code="7500",
            tax_code="T1",
        ),
        PostingLine(
            description="Büromaterial · 3 × 0.333",
            quantity=Decimal(3),
            unit_price=Decimal("0.3333"),
            net=Decimal("1.01"),
            tax=Decimal("0.00"),
            account_code="7501",
            tax_code="T0",
        ),
    ),
    net=Decimal("101.01"),
    tax=Decimal("20.00"),
    gross=Decimal("121.01"),
)
CREDIT = replace(
    BILL,
    kind=PostingKind.SUPPLIER_CREDIT_NOTE,
    contact_id="CAFE01",
    contact_name="+Café Ünal",
    number="@CN-2",
    due_on=None,
    currency="EUR",
    currency_rate=Decimal("1.1725"),
    line_amounts=LineAmounts.INCLUSIVE,
    lines=(replace(BILL.lines[0], description="Returned", unit_price=Decimal("30.00")),),
    net=Decimal("100.00"),
    gross=Decimal("120.00"),
)
INVOICE = replace(
    BILL,
    kind=PostingKind.SALES_INVOICE,
    contact_name="Bakery Row",
    number="S-3",
    lines=(replace(BILL.lines[0], description="", account_code="4000"), replace(BILL.lines[1], account_code="4000")),
)
CREDITED = replace(
    INVOICE,
    kind=PostingKind.CUSTOMER_CREDIT_NOTE,
    number="S-4",
    due_on=None,
    lines=INVOICE.lines[:1],
    net=Decimal("100.00"),
    gross=Decimal("120.00"),
)
PRODUCTS = replace(
    INVOICE,
    number="S-5",
    lines=(
        replace(
            INVOICE.lines[0],
            item_code="PAPER-A4",
            tracking=(Track(category="Region", option="North"), Track(category="Team", option="=Sales")),
        ),
        replace(INVOICE.lines[1], item_code="STAPLES", tracking=(Track(category="Team", option="Odd, one"),)),
    ),
)
SPENT = replace(
    BILL,
    kind=PostingKind.SPEND_MONEY,
    contact_id="CAFE01",
    number="R-6",
    due_on=None,
    bank_account="1200",
    lines=BILL.lines[1:],
    net=Decimal("1.01"),
    tax=Decimal("0.00"),
    gross=Decimal("1.01"),
)
RECEIVED = replace(
    SPENT,
    kind=PostingKind.RECEIVE_MONEY,
    number="R-7",
    lines=CREDITED.lines,
    net=CREDITED.net,
    tax=BILL.tax,
    gross=CREDITED.gross,
)
OF_ITEMS = replace(
    PRODUCTS, number="S-8", lines=(replace(PRODUCTS.lines[0], tracking=()), replace(PRODUCTS.lines[1], tracking=()))
)
CREDITED_ITEM = replace(OF_ITEMS, kind=PostingKind.CUSTOMER_CREDIT_NOTE, number="S-9", due_on=None)
ALL = (BILL, CREDIT, INVOICE, CREDITED, PRODUCTS, SPENT, RECEIVED)


def files_of(layout: str, country: str = "GB") -> dict[str, bytes]:
    """By their routes; of all that such files have a place for."""
    files = FileExportProvider(FakeClock())
    books = replace(BOOKS, layout=layout, country=country)
    provider, takes_not = files.laid_out(books), files.rules(books).takes_not
    by_route: dict[str, list[Posting]] = {}
    for posting in (*ALL, *([OF_ITEMS, CREDITED_ITEM] if "products" not in takes_not else [])):
        if posting.kind not in takes_not and (posting is not PRODUCTS or "tracking" not in takes_not):
            by_route.setdefault(provider.route(posting), []).append(posting)
    return {route: provider.render(postings) for route, postings in by_route.items()}


def file_of(layout: str, country: str = "GB") -> bytes:
    return files_of(layout, country)[layout]


@pytest.mark.parametrize("layout", [layout.key for layout in LAYOUTS])
def test_a_batch_is_in_the_columns_that_its_package_imports(layout: str) -> None:
    assert files_of(layout) == {path.stem: path.read_bytes() for path in GOLDEN.glob(f"{layout}*.csv")}


def test_days_are_written_as_the_country_of_the_books_has_them() -> None:
    assert b",03/01/2026,03/31/2026," in file_of("xero", "US")
    assert b",01/03/2026,31/03/2026," in file_of("xero", "IE")


def test_a_layout_that_is_not_known_any_more_is_laid_out_with_everything() -> None:
    assert files_of("a package of yesterday") == files_of("other")


@pytest.mark.parametrize(
    ("layout", "posting", "lacks"),
    [
        ("xero", SPENT, "a spend money transaction"),
        ("quickbooks", RECEIVED, "a receive money transaction"),
        ("quickbooks", PRODUCTS, "tracking"),
        ("quickbooks", replace(OF_ITEMS, kind=PostingKind.BILL), "products of costs"),
        ("sage-50", PRODUCTS, "products, tracking"),
        ("sage-50", replace(SPENT, currency="EUR", currency_rate=Decimal("1.1725")), "a bank transaction in another"),
    ],
)
def test_nothing_that_a_file_has_no_place_for_is_left_out_of_it_in_silence(
    layout: str, posting: Posting, lacks: str
) -> None:
    provider = FileExportProvider(FakeClock()).laid_out(replace(BOOKS, layout=layout))

    with pytest.raises(NotWritableError, match=f"no place for {lacks}"):
        provider.render([posting])


def test_what_is_in_another_currency_is_not_written_without_a_rate_where_nothing_else_says_so() -> None:
    files, unrated = FileExportProvider(FakeClock()), replace(CREDIT, currency_rate=None)

    with pytest.raises(NotWritableError, match="in EUR, and has no exchange rate to GBP"):
        files.laid_out(replace(BOOKS, layout="sage-50")).render([unrated])

    for layout in ("xero", "quickbooks", "other"):
        assert b"EUR" in files.laid_out(replace(BOOKS, layout=layout)).render([unrated]), layout


def test_a_line_that_is_tracked_by_more_than_there_are_columns_for_is_not_written() -> None:
    tracks = tuple(Track(category=name, option="x") for name in ("Region", "Team", "Site"))
    posting = replace(INVOICE, lines=(replace(INVOICE.lines[0], tracking=tracks),))

    with pytest.raises(NotWritableError, match="3 tracking categories"):
        FileExportProvider(FakeClock()).laid_out(replace(BOOKS, layout="xero")).render([posting])


if __name__ == "__main__":
    for each in LAYOUTS:
        for route, content in files_of(each.key).items():
            (GOLDEN / f"{route}.csv").write_bytes(content)
