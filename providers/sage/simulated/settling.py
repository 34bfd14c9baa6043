"""What payments and allocations do to the documents that they name: what is still owed, and which status that is.

A credit note's and an entry's own amounts are positive, as an invoice's are; what is left of a payment is "on account".
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import uuid4

from providers.sage.simulated.books import Books
from providers.sage.simulated.kinds import ARTEFACTS, STATUSES
from providers.sage.simulated.seed import reference
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
SETTLING = ("contact_payments", "contact_allocations")


def status(code: str) -> Json:
    return reference("artefact_statuses", code, STATUSES[code])


def new_transaction(kind: str) -> Json:
    """Every document is a transaction as well, by another id."""
    return reference("transactions", uuid4().hex, kind.replace("_", " ").title())


def find(books: Books, artefact_id: str) -> tuple[str, Json] | None:
    """An artefact by its id, or what is left of a payment."""
    for plural in (*ARTEFACTS, "contact_payments"):
        found = books.get(plural, artefact_id)
        if found is not None and not found["deleted_at"]:
            return plural, found
    return None


def settlements(books: Books, artefact_id: str) -> Iterator[tuple[str, Json, Decimal, Decimal]]:
    """Each payment and each allocation that names a document: its kind, how much of it, and with which discount."""
    for plural in SETTLING:
        for record in books.standing(plural):
            for one in record["allocated_artefacts"]:
                if one["artefact"]["id"] == artefact_id:
                    yield plural, record, abs(Decimal(one["amount"])), Decimal(one.get("discount") or 0)


def settle(books: Books, ids: Iterable[str]) -> None:
    """Work out anew what is owed of these."""
    for artefact_id in ids:
        found = find(books, artefact_id)
        if found is None or found[1].get("status", {}).get("id") in ("DRAFT", "VOID"):
            continue
        plural, record = found
        if plural == "contact_payments":
            _settle_payment(books, record)
        else:
            _settle_artefact(books, plural, record)


def _settle_artefact(books: Books, plural: str, record: Json) -> None:
    settled = list(settlements(books, record["id"]))
    paid = sum((amount for _, _, amount, _ in settled), NOTHING)
    discount = sum((one for _, _, _, one in settled), NOTHING)
    left = Decimal(record["total_amount"]) - paid - discount
    code = "PAID" if left <= 0 and settled else "PART_PAID" if settled else "UNPAID"
    changed = {
        **record,
        "payments_allocations_total_amount": paid,
        "payments_allocations_total_discount": discount,
        "total_paid": paid + discount,
        "outstanding_amount": left,
        "base_currency_outstanding_amount": _at_home(record, left),
        "status": status(code),
        "payments_allocations": [_told(one) for one in settled],
        "last_paid": max((str(one["date"]) for _, one, _, _ in settled), default=None),
        "editable": not settled,
    }
    if changed != record:
        books.save(plural, changed)


def _at_home(record: Json, left: Decimal) -> Decimal:
    whole = Decimal(record["base_currency_total_amount"])
    return whole if left == record["total_amount"] else rounded(left / Decimal(record["exchange_rate"]))


def _settle_payment(books: Books, record: Json) -> None:
    """What is left of it after its own artefacts, and after allocations that name it."""
    own = sum((Decimal(one["amount"]) for one in record["allocated_artefacts"]), NOTHING)
    later = sum((amount for _, _, amount, _ in settlements(books, record["id"])), NOTHING)
    left = Decimal(record["total_amount"]) - own - later
    on_account = None if not left else {"amount": left, "outstanding_amount": left}
    if on_account != record["payment_on_account"]:
        books.save("contact_payments", {**record, "payment_on_account": on_account})


def _told(settled: tuple[str, Json, Decimal, Decimal]) -> Json:
    plural, record, amount, discount = settled
    return {
        "date": record["date"],
        "type": record["transaction_type"]["displayed_as"],
        "reference": record.get("reference"),
        "amount": amount,
        "discount": discount,
        "displayed_as": record["displayed_as"],
        "contact_payment" if plural == "contact_payments" else "contact_allocation": reference(
            plural, record["id"], record["displayed_as"]
        ),
    }


def balances(books: Books) -> dict[str, Decimal]:
    """What is owed to, or by, each contact, by its id; credits and what is on account go off."""
    found: dict[str, Decimal] = {}
    for plural in (*ARTEFACTS, "contact_payments"):
        for record in books.standing(plural):
            contact = record["contact"]["id"]
            found[contact] = found.get(contact, NOTHING) + _owed(plural, record)
    return found


def _owed(plural: str, record: Json) -> Decimal:
    if plural == "contact_payments":
        return -Decimal((record["payment_on_account"] or {}).get("outstanding_amount", 0))
    if record["status"]["id"] in ("DRAFT", "VOID"):
        return NOTHING
    left = Decimal(record["outstanding_amount"])
    return -left if is_credit(plural, record) else left


def is_credit(plural: str, artefact: Json) -> bool:
    kind = (artefact.get("quick_entry_type") or {}).get("id")
    return plural.endswith("credit_notes") or kind == "CREDIT_NOTE"
