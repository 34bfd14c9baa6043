"""What is paid of a bill, an invoice and a credit note: by explanations of bank transactions, and by reconciliations.

What settles a document has its sign: a bill refund and a credit note are less than nothing, and so is what pays them back.
"""

from datetime import date
from decimal import Decimal

from providers.freeagent.simulated.books import Books
from providers.simulating.numbers import Json

NOTHING = Decimal("0.00")
SETTLED_BY = {"bills": "paid_bill", "invoices": "paid_invoice", "credit_notes": "paid_invoice"}


def payments_of(books: Books, document: Json) -> list[Json]:
    """The explanations that pay it."""
    url = document["url"]
    field = SETTLED_BY[str(url).split("/")[2]]
    return [one for one in books.shelf("bank_transaction_explanations").values() if one.get(field) == url]


def reconciliations_of(books: Books, document: Json) -> list[Json]:
    url = document["url"]
    found = books.shelf("credit_note_reconciliations").values()
    return [one for one in found if url in (one["invoice"], one["credit_note"])]


def settled(books: Books, document: Json, besides: str | None = None) -> Decimal:
    """How much of it is paid; `besides` is a payment that does not count."""
    paid = sum((one["_settles"] for one in payments_of(books, document) if one["url"] != besides), NOTHING)
    for one in reconciliations_of(books, document):
        if one["url"] != besides:
            paid += one["gross_value"] if one["invoice"] == document["url"] else -one["gross_value"]
    return Decimal(paid)


def due(books: Books, document: Json, besides: str | None = None) -> Decimal:
    return Decimal(document["total_value"]) - settled(books, document, besides)


def is_touched(books: Books, document: Json) -> bool:
    """Whether anything pays it."""
    return bool(payments_of(books, document) or reconciliations_of(books, document))


def paid_on(books: Books, document: Json) -> str | None:
    """The day of the newest payment of what is paid in full."""
    if due(books, document):
        return None
    days = [one["dated_on"] for one in (*payments_of(books, document), *reconciliations_of(books, document))]
    return max(days, default=None)


def days_left(until: str, today: date) -> str:
    """As in "due in 21 days"; FreeAgent also says "in about 1 month"."""
    days = (date.fromisoformat(until) - today).days
    if not days:
        return "due today"
    unit = "day" if abs(days) == 1 else "days"
    return f"due in {days} {unit}" if days > 0 else f"due {-days} {unit} ago"
