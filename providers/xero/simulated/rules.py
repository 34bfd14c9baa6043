"""What Xero refuses about a document as a whole, as sentences: status, dates, number, link, locks, rights and plan."""

from datetime import date
from urllib.parse import urlsplit

from providers.simulating.numbers import Json, number
from providers.xero.simulated import sentences
from providers.xero.simulated.books import ADVISER, APPROVERS, MONTHLY_LIMIT, SMALL_PLANS, Books
from providers.xero.simulated.dates import in_words
from providers.xero.simulated.kinds import SALES, Kind
from providers.xero.simulated.lines import NOTHING

CREATED = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"})
MOVES = {
    "DRAFT": CREATED | {"DELETED"},
    "SUBMITTED": CREATED | {"DELETED"},
    "AUTHORISED": frozenset({"AUTHORISED", "VOIDED"}),
}
"""Of invoices and credit notes ("Invoice Status Codes"): a draft is deleted, what was approved is voided."""
UNAPPROVED = frozenset({"DRAFT", "SUBMITTED"})
ENDED = frozenset({"DELETED", "VOIDED"})
_OPEN = ("AmountDue", "RemainingCredit")
_PREFIXES = {"Invoices": "INV-", "CreditNotes": "CN-"}


def blank(books: Books) -> Json:
    """A new invoice or credit note, as far as they are alike."""
    return {
        "Type": "",
        "Reference": "",
        "Payments": [],
        "CurrencyCode": books.organisation["BaseCurrency"],
        "SentToContact": False,
        "HasAttachments": False,
        "HasErrors": False,
        "Status": "DRAFT",
        "LineAmountTypes": "Exclusive",
        "LineItems": [],
    }


def is_allocated(document: Json) -> bool:
    """Whether payments, refunds or credits stand against it."""
    settled = number(document.get("AmountPaid", 0)) + number(document.get("AmountCredited", 0))
    return bool(settled or document.get("Payments") or document.get("Allocations"))


def nothing_open(document: Json) -> Json:
    """The balance of what was voided or deleted."""
    return {name: NOTHING for name in _OPEN if name in document}


def date_errors(document: Json) -> list[str]:
    """A draft needs no dates."""
    if document["Status"] == "DRAFT":
        return []
    wanted = {"Date": sentences.DATE, "DueDate": sentences.DUE_DATE}
    return [sentence for name, sentence in wanted.items() if not document.get(name)]


def numbered(books: Books, kind: Kind, wanted: object) -> list[Json]:
    """The documents that stand under this number."""
    return [
        found
        for found in books.shelf(kind).values()
        if found.get(str(kind.number)) == str(wanted) and found["Status"] not in ENDED
    ]


def overwritten(books: Books, kind: Kind, sent: Json) -> Json | None:
    """What a POST of this number means: one of its type that is not approved yet, or any sale of that number."""
    wanted = sent.get(str(kind.number))
    same = numbered(books, kind, wanted) if wanted else []
    of_type = [found for found in same if found["Type"] == sent.get("Type")]
    return next((found for found in of_type if found["Type"] in SALES or found["Status"] in UNAPPROVED), None)


def number_errors(books: Books, kind: Kind, document: Json) -> list[str]:
    """Sales numbers are unique, and made when none is sent; on a purchase it is the supplier's, and several may share
    it.
    """
    name = str(kind.number)
    if document["Type"] not in SALES:
        return []
    if not document.get(name):
        document[name] = _next_number(books, kind)
        return []
    others = [found for found in numbered(books, kind, document[name]) if found["Type"] == document["Type"]]
    is_taken = any(found[kind.key] != document[kind.key] for found in others)
    return [sentences.NUMBER_TAKEN.format(noun=kind.noun)] if is_taken else []


def _next_number(books: Books, kind: Kind) -> str:
    prefix = _PREFIXES[kind.plural]
    taken = {found.get(str(kind.number)) for found in books.shelf(kind).values() if found["Type"] in SALES}
    return next(name for at in range(1, len(taken) + 2) if (name := f"{prefix}{at:04}") not in taken)


def url_errors(document: Json) -> list[str]:
    if not document.get("Url"):
        return []
    parts = urlsplit(document["Url"])
    return [] if parts.scheme in ("http", "https") and parts.netloc else [sentences.URL]


def approval_errors(books: Books, role: str, document: Json) -> list[str]:
    errors = [] if role in APPROVERS else [sentences.NOT_PERMITTED]
    return errors + lock_errors(books, role, document.get("Date"))


def plan_errors(books: Books, kind: str) -> list[str]:
    """The starter plans approve so many bills and sales invoices in a month."""
    is_small = books.organisation["Class"] in SMALL_PLANS
    return [sentences.PLAN_LIMIT] if is_small and books.approved_this_month(kind) >= MONTHLY_LIMIT[kind] else []


def lock_errors(books: Books, role: str, on: str | None) -> list[str]:
    """The year-end lock is for everybody; before the period lock only advisers may post ("Lock dates")."""
    if on is None:
        return []
    for name, which in (("EndOfYearLockDate", "end of year lock date"), ("PeriodLockDate", "period lock date")):
        locked = books.lock_date(name)
        is_held = name == "EndOfYearLockDate" or role != ADVISER
        if locked and date.fromisoformat(on) <= locked and is_held:
            return [sentences.LOCKED.format(which=which, until=in_words(locked))]
    return []
