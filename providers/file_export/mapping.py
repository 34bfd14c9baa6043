"""Postings as rows of each package's import file; pure, and the same postings give the same bytes.

Columns are as the packages' own templates have them (seen in public projects that write and read them, 2026). That Xero
and QuickBooks (of suppliers) take a credit note as negative amounts, and that Sage 50 reads Windows' characters, is unverified.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.domain.books import Books
from bot.domain.contact_codes import is_code, proposed
from bot.domain.documents import LineAmounts
from bot.domain.money import WIDE, to_cents
from bot.domain.postings import Posting, PostingKind, PostingLine
from providers.errors import NotWritableError
from providers.file_export import (
    OTHER,
    QUICKBOOKS,
    QUICKBOOKS_CREDITS,
    QUICKBOOKS_SALES,
    SAGE_50,
    SAGE_ACCOUNT,
    XERO,
    XERO_SALES,
)
from providers.file_export.cells import Cell, day_first, month_first, table, text
from providers.file_export.columns import (
    OTHER_HEADER,
    QUICKBOOKS_CREDITS_HEADER,
    QUICKBOOKS_HEADER,
    QUICKBOOKS_SALES_HEADER,
    SAGE_HEADER,
    XERO_HEADER,
    XERO_SALES_HEADER,
)

MONTH_FIRST = frozenset({"US"})
"""Countries whose packages read the month first."""
SAGE_REFERENCE, SAGE_TEXT = 30, 60
TRACKING_COLUMNS = 4
SAGE_TYPES = {
    PostingKind.BILL: "PI",
    PostingKind.SUPPLIER_CREDIT_NOTE: "PC",
    PostingKind.SALES_INVOICE: "SI",
    PostingKind.CUSTOMER_CREDIT_NOTE: "SC",
    PostingKind.SPEND_MONEY: "BP",
    PostingKind.RECEIVE_MONEY: "BR",
}
CREDITS = frozenset({PostingKind.SUPPLIER_CREDIT_NOTE, PostingKind.CUSTOMER_CREDIT_NOTE})

Day = Callable[[date | None], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    header: Sequence[str]
    rows: Callable[[Posting, Day], Iterator[tuple[Cell, ...]]]
    encoding: str = "utf-8"


def rendered(route: str, books: Books, postings: Sequence[Posting]) -> bytes:
    form, day = FORMS[route], month_first if books.country in MONTH_FIRST else day_first
    rows = [row for posting in postings for row in form.rows(posting, day)]
    return table(form.header, rows).encode(form.encoding, errors="replace")


def _of_xero(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    """What is due on no day is due at once: the template wants one."""
    due, total = day(posting.due_on or posting.issued_on), _signed(posting, posting.gross)
    for line in posting.lines:
        quantity, price = _priced(posting, line)
        amounts = (quantity, price, text(line.account_code), text(line.tax_code), _signed(posting, line.tax))
        contact = (text(posting.contact_name), *[""] * 9)
        document = (text(posting.number), day(posting.issued_on), due, total, text(line.item_code))
        yield (*contact, *document, _said(line), *amounts, *_tracked(line), posting.currency)


def _of_xero_sales(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    """No line is without words: the template wants some."""
    due, total = day(posting.due_on or posting.issued_on), _signed(posting, posting.gross)
    for line in posting.lines:
        quantity, price = _priced(posting, line)
        contact = (text(posting.contact_name), *[""] * 9)
        document = (text(posting.number), "", day(posting.issued_on), due, total, text(line.item_code))
        said = text(line.description or posting.number)
        amounts = (quantity, price, "", text(line.account_code), text(line.tax_code), _signed(posting, line.tax))
        yield (*contact, *document, said, *amounts, *_tracked(line), posting.currency, "")


def _of_quickbooks(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    due = day(posting.due_on or posting.issued_on)
    for line in posting.lines:
        document = (text(posting.number), text(posting.contact_name), day(posting.issued_on), due, "", "", "")
        amounts = (_signed(posting, line.net), text(line.tax_code), _signed(posting, line.tax))
        yield (*document, text(line.account_code), _said(line), *amounts, posting.currency)


def _of_quickbooks_sales(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    due = day(posting.due_on or posting.issued_on)
    for line in posting.lines:
        quantity, price = _priced(posting, line)
        document = (text(posting.number), text(posting.contact_name), day(posting.issued_on), due, "", "", "")
        amounts = (quantity, price, _signed(posting, line.net), text(line.tax_code), _signed(posting, line.tax))
        yield (*document, text(line.item_code), _said(line), *amounts, posting.currency)


def _of_quickbooks_credits(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    """Amounts are positive: the file is of credit notes."""
    for line in posting.lines:
        quantity, price = _priced(replace(posting, kind=PostingKind.SALES_INVOICE), line)
        document = (text(posting.number), text(posting.contact_name), day(posting.issued_on), "", "")
        amounts = (quantity, price, line.net, text(line.tax_code), line.tax)
        yield (*document, text(line.item_code), _said(line), *amounts, posting.currency)


def _of_sage(posting: Posting, day: Day) -> Iterator[tuple[Cell, ...]]:
    """Rows of one account, date and reference become one document there. Amounts are positive: the type says the rest."""
    who = ""
    if posting.kind.is_of_bank:  # it is booked on that account, and says only in words whom it is of
        account, who = text(posting.bank_account), f"{posting.contact_name}: "
    else:
        account = _account_of(posting)
    on, number = day(posting.issued_on), text(posting.number, SAGE_REFERENCE)
    for line in posting.lines:
        details = text(f"{who}{line.description}" if line.description else posting.contact_name, SAGE_TEXT)
        what = (SAGE_TYPES[posting.kind], account, text(line.account_code), "0", on, number, details)
        yield (*what, line.net, text(line.tax_code), line.tax, _rate(posting.currency_rate), *[""] * 4)


def _of_other(posting: Posting, _: Day) -> Iterator[tuple[Cell, ...]]:
    on = posting.issued_on.isoformat()
    due = "" if posting.due_on is None else posting.due_on.isoformat()
    who = (text(posting.contact_name), text(posting.contact_id))
    document = (posting.kind.words, text(posting.number), *who, on, due, posting.currency, _rate(posting.currency_rate))
    totals = tuple(_signed(posting, amount) for amount in (posting.net, posting.tax, posting.gross))
    for place, line in enumerate(posting.lines, start=1):
        quantity, price = _priced(posting, line)
        gross = _signed(posting, line.net + line.tax)
        amounts = (_signed(posting, line.net), text(line.tax_code), _signed(posting, line.tax), gross)
        once = totals if place == 1 else ("",) * len(totals)
        said = (str(place), _said(line), quantity, price, text(line.account_code))
        more = (text(posting.bank_account), text(line.item_code), *_tracked(line))
        yield (*document, *said, *amounts, *once, *more, text(posting.marker))


def _tracked(line: PostingLine) -> tuple[Cell, ...]:
    """Names and options of what it is tracked by.

    Raises:
        NotWritableError: it is tracked by more than there are columns for.
    """
    cells = [text(said) for track in line.tracking for said in (track.category, track.option)]
    if len(cells) > TRACKING_COLUMNS:
        raise NotWritableError(f"a line has {len(line.tracking)} tracking categories, and the file has columns for two")
    return (*cells, *[""] * (TRACKING_COLUMNS - len(cells)))


def _said(line: PostingLine) -> Cell:
    return text(line.description)


def _signed(posting: Posting, amount: Decimal) -> Decimal:
    """What gives money back is written with a minus, where a file has nothing else to say so with."""
    return -amount if posting.kind in CREDITS and amount else amount


def _priced(posting: Posting, line: PostingLine) -> tuple[Decimal, Decimal]:
    """Quantity and price without tax whose product is the line's net to the cent; else one of the net itself."""
    product = WIDE.multiply(line.quantity, line.unit_price)
    has_tax_in_it = posting.line_amounts is LineAmounts.INCLUSIVE and line.tax
    if has_tax_in_it or to_cents(product) != line.net:
        return Decimal(1), _signed(posting, line.net)
    return line.quantity, _signed(posting, line.unit_price)


def _rate(rate: Decimal | None) -> str:
    return "" if rate is None else f"{rate.normalize():f}"


def _account_of(posting: Posting) -> str:
    """Of a supplier or a customer.

    Raises:
        NotWritableError: they have none that stands in the file as it is.
    """
    code = posting.contact_id or proposed(posting.contact_name, SAGE_ACCOUNT)
    if code is None or not is_code(code, SAGE_ACCOUNT):
        said = "no code" if code is None else f"the code {code}"
        raise NotWritableError(
            f"{posting.contact_name} has {said}, and the file names it by at most {SAGE_ACCOUNT} letters and digits"
        )
    return code.upper()


FORMS = {
    XERO: _Form(header=XERO_HEADER, rows=_of_xero),
    XERO_SALES: _Form(header=XERO_SALES_HEADER, rows=_of_xero_sales),
    QUICKBOOKS: _Form(header=QUICKBOOKS_HEADER, rows=_of_quickbooks),
    QUICKBOOKS_SALES: _Form(header=QUICKBOOKS_SALES_HEADER, rows=_of_quickbooks_sales),
    QUICKBOOKS_CREDITS: _Form(header=QUICKBOOKS_CREDITS_HEADER, rows=_of_quickbooks_credits),
    SAGE_50: _Form(header=SAGE_HEADER, rows=_of_sage, encoding="cp1252"),
    OTHER: _Form(header=OTHER_HEADER, rows=_of_other, encoding="utf-8-sig"),
}
"""By the route that documents go by."""
