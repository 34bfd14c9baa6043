"""Payments to suppliers and from customers, and allocations: what settles invoices and credit notes.

Required fields are those of swagger 3.1. In an allocation, amounts of credits and of payments on account are negative, and all
come to nothing (help page "How to allocate existing transactions"); the ids of its two types are from memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

from providers.sage.simulated import settling
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.kinds import FIXED_LISTS
from providers.sage.simulated.lines import NOTHING
from providers.sage.simulated.references import References
from providers.sage.simulated.refusals import invalid, not_allowed, not_found
from providers.sage.simulated.seed import reference
from providers.sage.simulated.shapes import Fields
from providers.simulating.numbers import Json, rounded

PAYMENTS = {
    "VENDOR_PAYMENT": "VENDOR",
    "VENDOR_REFUND": "VENDOR",
    "CUSTOMER_RECEIPT": "CUSTOMER",
    "CUSTOMER_REFUND": "CUSTOMER",
}
REFUNDS = frozenset({"VENDOR_REFUND", "CUSTOMER_REFUND"})
"""They settle credit notes; the other two, invoices."""
ALLOCATIONS = {"VENDOR_ALLOCATION": "VENDOR", "CUSTOMER_ALLOCATION": "CUSTOMER"}
TOO_MUCH = "The amount cannot be more than the outstanding amount."
MORE_THAN_PAID = "The allocated amounts cannot be more than the total amount."
UNBALANCED = "The allocated amounts must come to 0.00."
OTHER_CONTACT = "The transaction belongs to another contact."
WRONG_KIND = "A transaction of this type cannot be allocated here."
NO_DISCOUNT = "A discount can only be given with a payment."
"""Words of ours, as the five before: unverified; and so is that an allocation takes no discount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    artefact: str
    amount: Decimal
    discount: Decimal


@dataclass(slots=True)
class Payments:
    books: Books
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    # Payments

    def pay(self, fields: Fields) -> Json:
        fields.needs("transaction_type_id", "contact_id", "bank_account_id", "date", "total_amount")
        kind, day, total = fields.text("transaction_type_id"), fields.day("date"), fields.amount("total_amount")
        contact_id, bank_id = fields.text("contact_id"), fields.text("bank_account_id")
        words, method, code = fields.text("reference"), fields.text("payment_method_id"), fields.text("currency_id")
        rate_sent, sent = fields.amount("exchange_rate"), list(_read(fields))
        fields.done()
        if kind not in PAYMENTS or (method is not None and method not in FIXED_LISTS["payment_methods"]):
            raise not_found()
        contact = self.references.contact(str(contact_id), PAYMENTS[kind])
        bank, currency = self.references.bank(str(bank_id)), self.references.currency(code, contact)
        self.references.is_open(day)
        rate, amount = self.references.rate(currency, rate_sent, None), rounded(total or NOTHING)
        if sum((one.amount for one in sent), NOTHING) > amount:
            raise invalid(MORE_THAN_PAID, "total_amount")
        is_credit = kind in REFUNDS
        allocated = [self._of_payment(one, taken, contact, is_credit=is_credit) for one, taken in _with_totals(sent)]
        record: Json = {
            "links": [],
            "transaction": settling.new_transaction(kind),
            "transaction_type": reference("transaction_types", kind, FIXED_LISTS["transaction_types"][kind]),
            "deleted_at": None,
            "payment_method": None
            if method is None
            else reference("payment_methods", method, FIXED_LISTS["payment_methods"][method]),
            "contact": to("contacts", contact),
            "bank_account": to("bank_accounts", bank),
            "date": day,
            "net_amount": amount,
            "tax_amount": NOTHING,
            "total_amount": amount,
            "currency": self.books.currency(currency),
            "exchange_rate": rate,
            "base_currency_net_amount": rounded(amount / rate),
            "base_currency_tax_amount": NOTHING,
            "base_currency_total_amount": rounded(amount / rate),
            "base_currency_currency_charge": NOTHING,
            "reference": words,
            "allocated_artefacts": allocated,
            "payment_on_account": None,
            "editable": True,
        }
        made = self.books.create("contact_payments", words or FIXED_LISTS["transaction_types"][kind], record)
        settling.settle(self.books, [made["id"], *(one.artefact for one in sent)])
        return self.books.shelf("contact_payments")[made["id"]]

    def _of_payment(self, sent: Allocated, taken: Decimal, contact: Json, *, is_credit: bool) -> Json:
        plural, artefact = self._artefact(sent, contact)
        if plural == "contact_payments" or settling.is_credit(plural, artefact) is not is_credit:
            raise invalid(WRONG_KIND, "allocated_artefacts.artefact_id")
        if sent.amount <= 0 or sent.discount < 0 or taken > artefact["outstanding_amount"]:
            raise invalid(TOO_MUCH, "allocated_artefacts.amount")
        told = {"id": uuid4().hex, "artefact": to(plural, artefact), "amount": rounded(sent.amount)}
        return {**told, "discount": rounded(sent.discount)}

    def _artefact(self, sent: Allocated, contact: Json) -> tuple[str, Json]:
        found = settling.find(self.books, sent.artefact)
        if found is None or found[1].get("status", {}).get("id") in ("DRAFT", "VOID"):
            raise not_found()
        if (found[1].get("contact") or {}).get("id") != contact["id"]:
            raise invalid(OTHER_CONTACT, "allocated_artefacts.artefact_id")
        return found

    def unpay(self, key: str) -> None:
        before = self._standing("contact_payments", key)
        self.references.is_open(before["date"])
        if any(settling.settlements(self.books, before["id"])):
            raise not_allowed("You cannot delete a payment that is allocated.")
        self.books.delete("contact_payments", before)
        settling.settle(self.books, [one["artefact"]["id"] for one in before["allocated_artefacts"]])

    # Allocations

    def allocate(self, fields: Fields) -> Json:
        fields.needs("transaction_type_id", "contact_id", "allocated_artefacts")
        kind, contact_id, day = fields.text("transaction_type_id"), fields.text("contact_id"), fields.day("date")
        sent = list(_read(fields))
        fields.done()
        if kind not in ALLOCATIONS:
            raise not_found()
        contact = self.references.contact(str(contact_id), ALLOCATIONS[kind])
        day = day or self.books.today().isoformat()
        self.references.is_open(day)
        if sum((one.amount for one in sent), NOTHING) != 0:
            raise invalid(UNBALANCED, "allocated_artefacts")
        allocated = [self._of_allocation(one, taken, contact) for one, taken in _with_totals(sent)]
        record: Json = {
            "links": [],
            "transaction": settling.new_transaction(kind),
            "transaction_type": reference("transaction_types", kind, FIXED_LISTS["transaction_types"][kind]),
            "deleted_at": None,
            "date": day,
            "contact": to("contacts", contact),
            "allocated_artefacts": allocated,
        }
        made = self.books.create("contact_allocations", FIXED_LISTS["transaction_types"][kind], record)
        settling.settle(self.books, [one.artefact for one in sent])
        return made

    def _of_allocation(self, sent: Allocated, taken: Decimal, contact: Json) -> Json:
        plural, artefact = self._artefact(sent, contact)
        if sent.discount:
            raise invalid(NO_DISCOUNT, "allocated_artefacts.discount")
        is_credit = plural == "contact_payments" or settling.is_credit(plural, artefact)
        if is_credit is not (sent.amount < 0):
            raise invalid(WRONG_KIND, "allocated_artefacts.amount")
        on_account = artefact.get("payment_on_account") or {}
        left = on_account.get("outstanding_amount", NOTHING) if plural == "contact_payments" else None
        if taken > (artefact["outstanding_amount"] if left is None else left):
            raise invalid(TOO_MUCH, "allocated_artefacts.amount")
        return {"id": uuid4().hex, "artefact": to(plural, artefact), "amount": rounded(sent.amount)}

    def unallocate(self, key: str) -> None:
        before = self._standing("contact_allocations", key)
        self.references.is_open(before["date"])
        self.books.delete("contact_allocations", before)
        settling.settle(self.books, [one["artefact"]["id"] for one in before["allocated_artefacts"]])

    def _standing(self, plural: str, key: str) -> Json:
        found = self.books.get(plural, key)
        if found is None or found["deleted_at"]:
            raise not_found()
        return found


def _read(fields: Fields) -> Iterator[Allocated]:
    for one in fields.objects("allocated_artefacts"):
        one.needs("artefact_id", "amount")
        yield Allocated(
            artefact=one.text("artefact_id") or "",
            amount=one.amount("amount") or NOTHING,
            discount=one.amount("discount") or NOTHING,
        )


def _with_totals(sent: list[Allocated]) -> Iterator[tuple[Allocated, Decimal]]:
    """Each with what all that name its document take of it: a document named twice is not settled twice."""
    totals: dict[str, Decimal] = {}
    for one in sent:
        totals[one.artefact] = totals.get(one.artefact, NOTHING) + abs(one.amount) + abs(one.discount)
    for one in sent:
        yield one, totals[one.artefact]
