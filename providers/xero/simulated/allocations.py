"""Credit of a credit note that is used up by invoices ("Credit Notes", allocations)."""

from typing import Any
from uuid import uuid4

from providers.simulating.numbers import Json, number, rounded
from providers.xero.simulated import rules, sentences, settling
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import CREDIT_NOTE, INVOICE, SALES
from providers.xero.simulated.outcomes import Author, Outcome
from providers.xero.simulated.refusals import unreadable


def write(books: Books, author: Author, note_id: str, sent: Any) -> Outcome:
    """Use credit for an invoice; its day is the later one of the two documents, whatever was sent ("Date").

    Raises:
        RefusalError: it is not readable at all.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("Invoice"), dict):
        raise unreadable("Invalid JSON data: an Allocation object with an Invoice was expected")
    outcome = Outcome(sent)
    note, invoice = books.credit_notes[note_id], books.invoices.get(str(sent["Invoice"].get("InvoiceID")))
    try:
        amount = rounded(number(sent.get("Amount")))
    except ValueError as error:
        raise unreadable(str(error)) from error
    if invoice is None:
        outcome.refuse(sentences.NO_DOCUMENT)
        return outcome
    on = max(note["Date"], invoice.get("Date", ""))
    outcome.refuse(*_errors(note, invoice), *rules.lock_errors(books, author.role, on))
    if not outcome.errors and not 0 < amount <= min(note["RemainingCredit"], invoice["AmountDue"]):
        outcome.refuse(sentences.ALLOCATION_TOO_HIGH)
    if outcome.errors:
        return outcome
    shown = {"InvoiceID": invoice["InvoiceID"], "InvoiceNumber": invoice["InvoiceNumber"]}
    found: Json = {"AllocationID": str(uuid4()), "Amount": amount, "Date": on, "Invoice": shown}
    kept = {**found, "_credit_note": note_id, "_invoice": invoice["InvoiceID"]}
    books.allocations.save(found["AllocationID"], kept)
    _settle(books, kept)
    books.note(note_id, "Credit applied", author.name, f"to {invoice['InvoiceNumber']}")
    outcome.document = found
    return outcome


def delete(books: Books, allocation: Json) -> Json:
    """Give the credit back; the answer says so."""
    books.allocations.drop(allocation["AllocationID"])
    _settle(books, allocation)
    shown = {name: found for name, found in allocation.items() if not name.startswith("_")}
    return {**shown, "IsDeleted": True}


def _errors(note: Json, invoice: Json) -> list[str]:
    if note["Status"] != "AUTHORISED" or invoice["Status"] != "AUTHORISED":
        return [sentences.PAYMENT_STATUS]
    is_match = (
        note["Contact"]["ContactID"] == invoice["Contact"]["ContactID"]
        and note["CurrencyCode"] == invoice["CurrencyCode"]
        and (note["Type"] in SALES) == (invoice["Type"] in SALES)
    )
    return [] if is_match else [sentences.ALLOCATION_MISMATCH]


def _settle(books: Books, allocation: Json) -> None:
    settling.settle(books, CREDIT_NOTE, allocation["_credit_note"])
    settling.settle(books, INVOICE, allocation["_invoice"])
