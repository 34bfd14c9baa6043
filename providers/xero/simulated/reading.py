"""The books as a page shows them: rows and sums in a bookkeeper's words, from Xero's own records."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from providers.xero.simulated.books import Books
from providers.xero.simulated.lines import NOTHING
from providers.xero.simulated.numbers import Json, number

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The bills of one status: how many, and what they come to in the organisation's own currency."""

    status: str
    count: int
    total: Decimal


def bills(books: Books, status: str = "") -> list[Json]:
    """Newest first; deleted drafts are gone, as in Xero's own list."""
    found = [one for one in books.invoices.values() if one["Type"] == "ACCPAY" and one["Status"] != "DELETED"]
    return [one for one in reversed(found) if status in ("", one["Status"])]


def tiles(books: Books) -> list[Tile]:
    return [_tile(books, status) for status in ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID")]


def _tile(books: Books, status: str) -> Tile:
    found = bills(books, status)
    return Tile(status=status, count=len(found), total=sum((_in_base(one) for one in found), NOTHING))


def _in_base(bill: Json) -> Decimal:
    """Xero's rate is units of the bill's currency for one of the organisation's."""
    return number(bill["Total"]) / (number(bill["CurrencyRate"]) or 1)


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


def owed(books: Books) -> dict[str, Decimal]:
    """What is due to each contact, in the organisation's own currency."""
    due: dict[str, Decimal] = {}
    for one in bills(books, "AUTHORISED"):
        contact = one["Contact"]["ContactID"]
        rate = number(one["CurrencyRate"]) or 1
        due[contact] = due.get(contact, NOTHING) + number(one["AmountDue"]) / rate
    return due


def _holding(records: Iterable[Json], term: str, names: tuple[str, ...]) -> list[Json]:
    wanted = term.strip().casefold()
    return [one for one in records if any(wanted in str(one.get(name, "")).casefold() for name in names)]
