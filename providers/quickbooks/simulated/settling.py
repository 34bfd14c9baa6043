"""What payments and credits do to the documents that they are linked to: what is still owed, and what may not go."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.faults import fault
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
PAYMENTS = ("BillPayment", "Payment")
SETTLED = {"Bill": "Balance", "VendorCredit": "Balance", "Invoice": "Balance", "CreditMemo": "Balance"}
Target = tuple[str, str]


def linked_to(payment: Json) -> set[Target]:
    """The documents that a payment's lines name."""
    return {
        (link["TxnType"], link["TxnId"])
        for line in payment["Line"]
        for link in line.get("LinkedTxn", [])
        if link["TxnType"] in SETTLED
    }


def payments_of(books: Books, entity: str, record_id: str) -> Iterator[tuple[str, Json, Decimal]]:
    """Each payment that names this document, by its kind, and how much of it is for this one."""
    for kind in PAYMENTS:
        for payment in books.shelf(kind).values():
            for line in payment["Line"]:
                links = [(link["TxnType"], link["TxnId"]) for link in line.get("LinkedTxn", [])]
                if (entity, record_id) in links:
                    yield kind, payment, Decimal(line["Amount"])


def settle(books: Books, targets: Iterable[Target]) -> None:
    """Work out anew what is owed of these documents; one that changes is a version on, as at the vendor."""
    for entity, record_id in targets:
        found = books.get(entity, record_id)
        if found is None or entity not in SETTLED or found.get("_voided"):
            continue
        payments = list(payments_of(books, entity, record_id))
        paid = sum((amount for _, _, amount in payments), NOTHING)
        links = [{"TxnId": payment["Id"], "TxnType": _link(kind, payment)} for kind, payment, _ in payments]
        balance = Decimal(found["TotalAmt"]) - paid
        if balance == found["Balance"] and links == found.get("LinkedTxn", []):
            continue
        changed = {**found, "Balance": balance, "LinkedTxn": links}
        if "HomeBalance" in found:
            changed["HomeBalance"] = rounded(balance * Decimal(found["ExchangeRate"]))
        books.save(entity, changed)


def _link(kind: str, payment: Json) -> str:
    return f"{kind}{payment['PayType']}" if kind == "BillPayment" else kind


def may_go(books: Books, entity: str, record: Json) -> None:
    """
    Raises:
        FaultError: a payment names it.
    """  # noqa: D212
    if entity in SETTLED and any(payments_of(books, entity, record["Id"])):
        raise fault("6480", "This transaction is linked to a payment. Remove the payment first.")
