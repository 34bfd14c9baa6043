"""The books as a page shows them: rows and sums in a bookkeeper's words, from Xero's own records."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from providers.simulating.numbers import Json, number
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import BANK_TRANSACTION, CREDIT_NOTE, CREDITS, INVOICE, SALES, Kind
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.rules import ENDED

STATUSES = {
    "DRAFT": "Draft",
    "SUBMITTED": "Awaiting approval",
    "AUTHORISED": "Awaiting payment",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
}
ROLES = {
    "FINANCIALADVISER": "Adviser",
    "STANDARD": "Standard",
    "INVOICEONLY": "Invoice only",
    "READONLY": "Read only",
    "REMOVED": "Removed",
}
PLANS = {
    "STARTER": "Starter: 5 bills and 20 invoices a month, one currency",
    "GROW": "Grow: one currency",
    "COMPREHENSIVE": "Comprehensive: no limit, several currencies",
}
KINDS = {
    "BANK": "Bank",
    "CURRENT": "Current asset",
    "INVENTORY": "Inventory",
    "FIXED": "Fixed asset",
    "CURRLIAB": "Current liability",
    "TERMLIAB": "Non-current liability",
    "DIRECTCOSTS": "Direct costs",
    "OVERHEADS": "Overhead",
    "REVENUE": "Revenue",
    "EQUITY": "Equity",
}
AMOUNTS = {"Exclusive": "Tax exclusive", "Inclusive": "Tax inclusive", "NoTax": "No tax"}
TYPES = {
    "ACCPAY": "Bill",
    "ACCREC": "Invoice",
    "ACCPAYCREDIT": "Supplier's credit note",
    "ACCRECCREDIT": "Credit note",
    "SPEND": "Spend money",
    "RECEIVE": "Receive money",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One tab of documents."""

    name: str
    heading: str
    kind: Kind
    types: tuple[str, ...]
    them: str
    """What the page calls them where there are none."""
    has_tiles: bool = True


LISTINGS = (
    Listing(name="bills", heading="Bills to pay", kind=INVOICE, types=("ACCPAY",), them="bills"),
    Listing(name="sales", heading="Invoices", kind=INVOICE, types=("ACCREC",), them="invoices"),
    Listing(
        name="credits",
        heading="Credit notes",
        kind=CREDIT_NOTE,
        types=("ACCPAYCREDIT", "ACCRECCREDIT"),
        them="credit notes",
    ),
    Listing(
        name="bank",
        heading="Spent and received",
        kind=BANK_TRANSACTION,
        types=("SPEND", "RECEIVE"),
        them="bank transactions",
        has_tiles=False,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The documents of one status: how many, and what they come to in the organisation's own currency."""

    status: str
    count: int
    total: Decimal


def documents(books: Books, listing: Listing, status: str = "") -> list[Json]:
    """Newest first; deleted ones are gone, as in Xero's own list."""
    shelf = books.shelf(listing.kind).values()
    found = [one for one in shelf if one["Type"] in listing.types and one["Status"] != "DELETED"]
    return [one for one in reversed(found) if status in ("", one["Status"])]


def tiles(books: Books, listing: Listing) -> list[Tile]:
    return [_tile(books, listing, status) for status in ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID")]


def _tile(books: Books, listing: Listing, status: str) -> Tile:
    """Of what is approved, what is still to be paid or credited."""
    found = documents(books, listing, status)
    amounts = ((still_open(one) if status == "AUTHORISED" else None, one) for one in found)
    total = sum((_in_base(one, one["Total"] if left is None else left) for left, one in amounts), NOTHING)
    return Tile(status=status, count=len(found), total=total)


def _in_base(document: Json, amount: Decimal) -> Decimal:
    """Xero's rate is units of the document's currency for one of the organisation's."""
    return number(amount) / (number(document["CurrencyRate"]) or 1)


def still_open(document: Json) -> Decimal | None:
    """What is to be paid, or credit that is left; a bank transaction is settled by itself."""
    found = document.get("AmountDue", document.get("RemainingCredit"))
    return None if found is None else number(found)


def status(code: str, document_type: str = "ACCPAY") -> str:
    """What is approved is awaiting payment, if it is a bill or an invoice."""
    if code == "AUTHORISED" and document_type in CREDITS:
        return "Open"
    if code == "AUTHORISED" and document_type in BANK_TRANSACTION.types:
        return "Posted"
    return STATUSES.get(code, code)


def title(document: Json, kind: Kind) -> str:
    name = TYPES[document["Type"]]
    return name if kind.number is None else f"{name} {document[kind.number] or 'without a number'}"


def account_names(books: Books) -> dict[str, str]:
    return {found["Code"]: found["Name"] for found in books.accounts.values()}


def tax_names(books: Books) -> dict[str, str]:
    return {code: found["Name"] for code, found in books.tax_rates.items()}


def accounts(books: Books, term: str) -> list[Json]:
    """By code; `term` is looked for in code and name."""
    found = _holding(books.accounts.values(), term, ("Code", "Name"))
    return sorted(found, key=lambda one: str(one["Code"]))


def contacts(books: Books, term: str) -> list[Json]:
    found = _holding(books.contacts.values(), term, ("Name", "TaxNumber"))
    return sorted(found, key=lambda one: str(one["Name"]).casefold())


def owed(books: Books, *, to_us: bool) -> dict[str, Decimal]:
    """What is due to each contact, or from it, less open credit, in the organisation's own currency."""
    due: dict[str, Decimal] = {}
    for document in (*books.invoices.values(), *books.credit_notes.values()):
        is_open = document["Status"] == "AUTHORISED" and (document["Type"] in SALES) == to_us
        amount = _in_base(document, still_open(document) or NOTHING) if is_open else NOTHING
        if amount:
            contact = document["Contact"]["ContactID"]
            due[contact] = due.get(contact, NOTHING) + (-amount if document["Type"] in CREDITS else amount)
    return due


def may(document: Json, payments: Iterable[Json] = ()) -> list[str]:
    """What a bookkeeper can do with it on its page: the names of the levers."""
    if document["Status"] in ("DRAFT", "SUBMITTED"):
        return ["approve", "end"]
    if document["Status"] in ENDED:
        return []
    moved = [document] if "BankAccount" in document else list(payments)
    is_matched = any(one.get("_statement") for one in moved)
    can_pay = document["Status"] == "AUTHORISED" and still_open(document)
    can_end = document["Status"] == "AUTHORISED" and not payments and not is_matched
    offered = {
        "pay": can_pay,
        "unpay": payments and not is_matched,
        "undo": is_matched,
        "reconcile": moved and not is_matched,
        "end": can_end,
    }
    return [name for name, is_offered in offered.items() if is_offered]


def _holding(records: Iterable[Json], term: str, names: tuple[str, ...]) -> list[Json]:
    wanted = term.strip().casefold()
    return [one for one in records if any(wanted in str(one.get(name, "")).casefold() for name in names)]
