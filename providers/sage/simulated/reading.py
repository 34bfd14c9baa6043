"""What the pages show: which documents are listed where, and the vendor's codes in words."""

from dataclasses import dataclass
from decimal import Decimal

from providers.sage.simulated.books import Books
from providers.sage.simulated.kinds import KINDS
from providers.simulating.numbers import Json


@dataclass(frozen=True, slots=True)
class Listing:
    name: str
    heading: str
    kinds: tuple[str, ...]


LISTINGS = (
    Listing("purchases", "Purchases", ("purchase_invoices", "purchase_credit_notes", "purchase_quick_entries")),
    Listing("sales", "Sales", ("sales_invoices", "sales_credit_notes", "sales_quick_entries")),
    Listing("banking", "Banking", ("other_payments",)),
    Listing("payments", "Payments", ("contact_payments", "contact_allocations")),
)


def documents(books: Books, listing: Listing) -> list[tuple[str, Json]]:
    """Newest first."""
    found = [(plural, one) for plural in listing.kinds for one in books.standing(plural)]
    return sorted(found, key=lambda pair: (pair[1]["date"], pair[1]["created_at"]), reverse=True)


def kind(plural: str) -> str:
    return KINDS[plural].words


def title(document: Json, plural: str) -> str:
    """Of money by what it is, of the rest by its kind; with its number or reference."""
    is_money = plural in ("other_payments", "contact_payments", "contact_allocations")
    words = document["transaction_type"]["displayed_as"] if is_money else kind(plural)
    number = document.get("invoice_number") or document.get("credit_note_number") or document.get("vendor_reference")
    return f"{words} {number or document.get('reference') or ''}".strip()


def party(document: Json) -> str:
    contact = document.get("contact")
    return "–" if contact is None else str(document.get("contact_name") or contact["displayed_as"])


def status(document: Json) -> str:
    found = document.get("status")
    return "Recorded" if found is None else str(found["displayed_as"])


def total(document: Json) -> Decimal:
    """An allocation has none of its own: what it moves."""
    if "total_amount" in document:
        return Decimal(document["total_amount"])
    return sum(
        (Decimal(one["amount"]) for one in document["allocated_artefacts"] if one["amount"] > 0), Decimal("0.00")
    )


def currency(document: Json, home: str) -> str:
    return str((document.get("currency") or {"id": home})["id"])


def lines(document: Json) -> list[Json]:
    """Those of a document, or the one that an entry is."""
    found = document.get("invoice_lines") or document.get("credit_note_lines") or document.get("payment_lines")
    if found is None and "ledger_account" in document:
        return [document]
    return list(found or [])


def words_of(line: Json) -> str:
    return str(line.get("description") or line.get("details") or "–")


def ledger_accounts(books: Books, term: str) -> list[Json]:
    wanted = term.strip().casefold()
    return [one for one in books.shelf("ledger_accounts").values() if wanted in str(one["displayed_as"]).casefold()]


def contacts(books: Books, term: str) -> list[Json]:
    wanted = term.strip().casefold()
    found = [one for one in books.shelf("contacts").values() if wanted in str(one["name"]).casefold()]
    return sorted(found, key=lambda one: str(one["name"]))
