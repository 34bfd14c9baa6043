"""What is paid, credited and still open of a document, worked out from the payments and allocations that stand."""

from datetime import date
from decimal import Decimal

from providers.simulating.numbers import Json, number
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import CREDIT_NOTE, INVOICE, Kind
from providers.xero.simulated.lines import NOTHING

_IN_DOCUMENT = ("PaymentID", "Date", "Amount", "Reference", "CurrencyRate")


def target_of(payment: Json) -> tuple[Kind, str]:
    """What a payment is for: an invoice, or a credit note that is refunded."""
    if "CreditNote" in payment:
        return CREDIT_NOTE, str(payment["CreditNote"]["CreditNoteID"])
    return INVOICE, str(payment["Invoice"]["InvoiceID"])


def payments_of(books: Books, kind: Kind, document_id: str) -> list[Json]:
    """Those that stand."""
    return [
        found
        for found in books.payments.values()
        if found["Status"] == "AUTHORISED" and target_of(found) == (kind, document_id)
    ]


def allocations_of(books: Books, kind: Kind, document_id: str) -> list[Json]:
    """Those of a credit note, or those to an invoice."""
    name = "_credit_note" if kind is CREDIT_NOTE else "_invoice"
    return [found for found in books.allocations.values() if found[name] == document_id]


def settle(books: Books, kind: Kind, document_id: str) -> Json:
    """Bring balances and status up to date, and save."""
    document = books.shelf(kind)[document_id]
    payments, allocations = payments_of(books, kind, document_id), allocations_of(books, kind, document_id)
    paid, credited = _sum(payments), _sum(allocations)
    due = number(document["Total"]) - paid - credited
    changed = {**document, "Payments": [_within(found) for found in payments]}
    if kind is CREDIT_NOTE:
        shown = [{**_allocation(found), "Invoice": found["Invoice"]} for found in allocations]
        changed |= {"RemainingCredit": due, "Allocations": shown}
    else:
        shown = [_credit(books, found) for found in allocations]
        changed |= {"AmountPaid": paid, "AmountCredited": credited, "AmountDue": due, "CreditNotes": shown}
    changed["Status"] = "AUTHORISED" if due else "PAID"
    if due:
        changed.pop("FullyPaidOnDate", None)
    else:
        days = [str(found["Date"]) for found in (*payments, *allocations)]
        changed["FullyPaidOnDate"] = max(days, default=date.min.isoformat())
    books.save_document(kind, changed)
    return changed


def _sum(found: list[Json]) -> Decimal:
    return sum((number(one["Amount"]) for one in found), NOTHING)


def _within(payment: Json) -> Json:
    """As a document shows its payments."""
    return {name: payment[name] for name in _IN_DOCUMENT if name in payment}


def _allocation(found: Json) -> Json:
    return {name: found[name] for name in ("AllocationID", "Amount", "Date")}


def _credit(books: Books, allocation: Json) -> Json:
    """As an invoice shows what was credited to it."""
    note = books.credit_notes[allocation["_credit_note"]]
    shown = {name: note[name] for name in ("CreditNoteID", "CreditNoteNumber", "Date", "Total")}
    return {**shown, "AppliedAmount": allocation["Amount"]}
