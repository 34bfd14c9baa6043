"""What Xero refuses about a document as a whole, as sentences: status, dates, number, link, locks, rights and plan."""

from datetime import date
from urllib.parse import urlsplit

from providers.xero.simulated.books import ADVISER, APPROVERS, MONTHLY_LIMIT, SMALL_PLANS, Books
from providers.xero.simulated.numbers import Json, in_words

CREATED = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"})
MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
}
ENDED = frozenset({"DELETED", "VOIDED"})


def form_errors(document: Json, existing: Json | None) -> list[str]:
    """What makes all else not worth looking at."""
    errors, status = [], document["Status"]
    if document["Type"] not in ("ACCPAY", "ACCREC"):
        errors.append("The Type field must be specified as ACCPAY or ACCREC")
    if existing is None and status not in CREATED:
        errors.append("Invoice not of valid status for creation")
    if existing is not None and status not in MOVES[existing["Status"]]:
        errors.append("Invoice not of valid status for modification")
    if existing is not None and existing["AmountPaid"]:
        errors.append("This document cannot be edited as it has a payment or credit note allocated to it.")
    if document["LineAmountTypes"] not in ("Exclusive", "Inclusive", "NoTax"):
        errors.append(f"LineAmountTypes '{document['LineAmountTypes']}' is not valid")
    return errors


def date_errors(document: Json) -> list[str]:
    """A draft needs no dates."""
    if document["Status"] == "DRAFT":
        return []
    sentences = {
        "Date": "The Date field must be specified.",
        "DueDate": "The document DueDate field must be specified.",
    }
    return [sentence for name, sentence in sentences.items() if not document.get(name)]


def numbered(books: Books, wanted: object) -> list[Json]:
    """The documents that stand under this number."""
    return [
        found
        for found in books.invoices.values()
        if found.get("InvoiceNumber") == str(wanted) and found["Status"] not in ENDED
    ]


def number_errors(books: Books, document: Json) -> list[str]:
    """Sales numbers are unique; on a bill it is the supplier's, and several may share it."""
    if document["Type"] != "ACCREC":
        return []
    others = [found for found in numbered(books, document["InvoiceNumber"]) if found["Type"] == "ACCREC"]
    is_taken = any(found["InvoiceID"] != document["InvoiceID"] for found in others)
    return ["Invoice # must be unique."] if is_taken else []


def next_number(books: Books) -> str:
    taken = {found.get("InvoiceNumber") for found in books.invoices.values() if found["Type"] == "ACCREC"}
    return next(name for at in range(1, len(taken) + 2) if (name := f"INV-{at:04}") not in taken)


def url_errors(document: Json) -> list[str]:
    if not document.get("Url"):
        return []
    parts = urlsplit(document["Url"])
    return [] if parts.scheme in ("http", "https") and parts.netloc else ["Url must be a valid absolute url"]


def approval_errors(books: Books, role: str, document: Json, existing: Json | None) -> list[str]:
    errors = []
    if role not in APPROVERS:
        errors.append("The User specified does not have the correct permissions to perform this action")
    errors += lock_errors(books, role, document)
    is_new = existing is None or existing["Status"] != "AUTHORISED"
    if is_new and books.organisation["Class"] in SMALL_PLANS:
        kind = document["Type"]
        if books.approved_this_month(kind) >= MONTHLY_LIMIT[kind]:
            errors.append("You have reached the limit of invoices you can approve.")
    return errors


def lock_errors(books: Books, role: str, document: Json) -> list[str]:
    """The year-end lock is for everybody; before the period lock only advisers may post."""
    on = date.fromisoformat(document["Date"])
    for name, words in (("EndOfYearLockDate", "end of year lock date"), ("PeriodLockDate", "period lock date")):
        locked = books.lock_date(name)
        is_held = name == "EndOfYearLockDate" or role != ADVISER
        if locked and on <= locked and is_held:
            return [f"The document date cannot be before the {words}, currently set at {in_words(locked)}"]
    return []


def end_errors(books: Books, role: str, status: str, existing: Json) -> list[str]:
    """Voiding and deleting."""
    errors = []
    if existing["AmountPaid"]:
        errors.append(
            f"The status {status} cannot be applied as the document has payments or credit notes allocated to it"
        )
    if status not in MOVES[existing["Status"]]:
        errors.append("Invoice not of valid status for modification")
    if existing["Status"] == "AUTHORISED":
        errors += lock_errors(books, role, existing)
    return errors
