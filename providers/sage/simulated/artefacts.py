"""Invoices and credit notes, of suppliers and of customers: creating, changing, releasing, voiding and deleting them.

A purchase artefact is deleted, a sales artefact is voided with a reason, or deleted while it is a draft (swagger 3.1,
`DELETE`). Only sales artefacts are drafts here: for purchases there is an address to release them, and no other sign of drafts.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from providers.sage.simulated import lines as lines_of
from providers.sage.simulated import settling
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.kinds import FIXED_LISTS, KINDS
from providers.sage.simulated.lines import BUYING, NOTHING, SELLING, Line, Side
from providers.sage.simulated.references import References
from providers.sage.simulated.refusals import REQUIRED, Problem, invalid, not_allowed, not_found, refused
from providers.sage.simulated.seed import reference
from providers.sage.simulated.shapes import LONGEST_NOTE, Fields
from providers.simulating.numbers import Json, rounded

SYSTEM = frozenset({"id", "displayed_as", "$path", "created_at", "updated_at"})
EARLY_DUE = "Due date must be on or after the invoice date."
IN_USE = "You cannot delete a transaction that has payments or allocations."
NOT_EDITABLE = "This transaction cannot be edited."
"""Words of ours, as the three before: unverified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Of one kind of artefact."""

    plural: str
    side: Side
    lines: str
    transaction_type: str
    due: bool
    """Whether it falls due, and has to say when."""
    number: str | None = None
    """The prefix of its numbers, of those that Sage numbers."""
    is_credit: bool = False


FORMS = {
    form.plural: form
    for form in (
        Form(
            plural="purchase_invoices",
            side=BUYING,
            lines="invoice_lines",
            transaction_type="PURCHASE_INVOICE",
            due=True,
        ),
        Form(
            plural="purchase_credit_notes",
            side=BUYING,
            lines="credit_note_lines",
            transaction_type="PURCHASE_CREDIT_NOTE",
            due=False,
            is_credit=True,
        ),
        Form(
            plural="sales_invoices",
            side=SELLING,
            lines="invoice_lines",
            transaction_type="SALES_INVOICE",
            due=True,
            number="SI",
        ),
        Form(
            plural="sales_credit_notes",
            side=SELLING,
            lines="credit_note_lines",
            transaction_type="SALES_CREDIT_NOTE",
            due=False,
            number="SCN",
            is_credit=True,
        ),
    )
}


@dataclass(slots=True)
class Artefacts:
    """Writes those of one kind."""

    longest_number: ClassVar[int] = 255

    books: Books
    plural: str
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    @property
    def form(self) -> Form:
        return FORMS[self.plural]

    # The operations

    def create(self, fields: Fields) -> Json:
        """
        Raises:
            RefusalError: it is refused; nothing was written.
        """  # noqa: D212
        record = self._checked(fields, None)
        form, transaction = self.form, settling.new_transaction(self.form.transaction_type)
        if form.number is not None:
            record[self._number_field] = record[self._number_field] or self.books.next_number(form.number)
        words = str(self._words(record))
        record |= {"transaction": transaction, "deleted_at": None, "void_reason": None, "_sent": fields.sent}
        made = self.books.create(self.plural, words, record)
        settling.settle(self.books, [made["id"]])
        return self.books.shelf(self.plural)[made["id"]]

    def update(self, key: str, fields: Fields) -> Json:
        """What is sent replaces what was; the rest stays as it is, lines too."""
        before = self._standing(key)
        if not before["editable"]:
            raise not_allowed(NOT_EDITABLE)
        self.references.is_open(before["date"])
        merged = Fields({**before["_sent"], **fields.sent}, fields.name, fields.problems)
        record = self._checked(merged, before)
        kept = {name: before[name] for name in (*SYSTEM, "transaction", "deleted_at", "void_reason") if name in before}
        if self.form.number is not None:
            record[self._number_field] = before[self._number_field]
        saved = self.books.save(self.plural, {**record, **kept, "_sent": merged.sent})
        settling.settle(self.books, [saved["id"]])
        return self.books.shelf(self.plural)[saved["id"]]

    def release(self, key: str) -> Json:
        """A draft becomes what is owed."""
        before = self._standing(key)
        if before["status"]["id"] != "DRAFT":
            raise invalid("Only a draft can be released.", "status")
        self.references.is_open(before["date"])
        sent = {**before["_sent"], "status_id": "UNPAID"}
        saved = self.books.save(self.plural, {**before, "status": settling.status("UNPAID"), "_sent": sent})
        settling.settle(self.books, [saved["id"]])
        return self.books.shelf(self.plural)[saved["id"]]

    def delete(self, key: str, void_reason: str | None) -> Json | None:
        """Delete it, and give nothing; or void it, and give what it is then."""
        before = self._standing(key)
        self.references.is_open(before["date"])
        if any(settling.settlements(self.books, before["id"])):
            raise not_allowed(IN_USE)
        if self.form.side is BUYING or before["status"]["id"] == "DRAFT":
            self.books.delete(self.plural, before)
            return None
        if not void_reason:
            raise refused([Problem("RecordInvalid", REQUIRED, "void_reason")])
        voided = {"status": settling.status("VOID"), "void_reason": void_reason, "editable": False}
        nothing = {"outstanding_amount": NOTHING, "base_currency_outstanding_amount": NOTHING}
        return self.books.save(self.plural, {**before, **voided, **nothing})

    def _standing(self, key: str) -> Json:
        found = self.books.get(self.plural, key)
        if found is None or found["deleted_at"]:
            raise not_found()
        if found["status"]["id"] == "VOID":
            raise not_allowed(NOT_EDITABLE)
        return found

    # What a record is made of

    def _checked(self, fields: Fields, before: Json | None) -> Json:
        form = self.form
        fields.needs("contact_id", "date", *(("due_date",) if form.due and form.side is BUYING else ()), form.lines)
        lines = lines_of.read(fields, form.lines, form.side)
        head = self._head(fields)
        fields.done()
        return self._record(fields, head, lines, before)

    def _head(self, fields: Fields) -> Json:
        """What is there in good form, and looked up later."""
        head: Json = {
            "contact_id": fields.text("contact_id"),
            "date": fields.day("date"),
            "due_date": fields.day("due_date"),
            "original_invoice_date": fields.day("original_invoice_date"),
            "reference": fields.text("reference"),
            "vendor_reference": fields.text("vendor_reference"),
            "notes": fields.text("notes", LONGEST_NOTE),
            "currency_id": fields.text("currency_id"),
            "exchange_rate": fields.amount("exchange_rate"),
            "inverse_exchange_rate": fields.amount("inverse_exchange_rate"),
            "status_id": fields.text("status_id"),
            "number": fields.text(self._number_field) if self.form.number else None,
        }
        fields.flag("vat_reverse_charge")
        return head

    def _record(self, fields: Fields, head: Json, sent: list[Line], before: Json | None) -> Json:
        form, references = self.form, self.references
        contact = references.contact(head["contact_id"], form.side.contact)
        references.is_open(head["date"])
        due = head["due_date"] or head["date"]
        if form.due and due < head["date"]:
            raise invalid(EARLY_DUE, "due_date")
        currency = references.currency(head["currency_id"], contact)
        rate = references.rate(currency, head["exchange_rate"], head["inverse_exchange_rate"])
        lines = lines_of.worked_out(references, sent, form.side, rate)
        record: Json = {
            "links": [],
            "editable": True,
            "vat_reverse_charge": bool(fields.sent.get("vat_reverse_charge")),
            "transaction_type": _transaction_type(form.transaction_type),
            "contact": to("contacts", contact),
            "contact_name": fields.text("contact_name") or contact["name"],
            "contact_reference": fields.text("contact_reference") or contact["reference"],
            "date": head["date"],
            "reference": head["reference"],
            "notes": head["notes"],
            **totals(self.books, lines, currency, rate),
            "status": settling.status(self._status(head["status_id"], before)),
            form.lines: lines,
            "tax_analysis": lines_of.tax_analysis(lines),
            "payments_allocations": [],
            "last_paid": None,
            "tax_reconciled": False,
            "migrated": False,
            "tax_calculation_method": "invoice",
        }
        return {**record, **self._own(head, due)}

    def _own(self, head: Json, due: str) -> Json:
        """What only some of the kinds have."""
        form, own = self.form, dict[str, Any]()
        if form.due:
            own["due_date"] = due
        if form.is_credit:
            own["original_invoice_date"] = head["original_invoice_date"]
        if form.side is BUYING:
            own["vendor_reference"] = head["vendor_reference"]
        if form.number is not None:
            own |= {self._number_field: head["number"], "sent": False, "total_discount_amount": NOTHING}
        return own

    def _status(self, wanted: str | None, before: Json | None) -> str:
        if wanted is not None and wanted not in FIXED_LISTS["artefact_statuses"]:
            raise not_found()
        is_draft = wanted == "DRAFT" and self.form.side is SELLING
        if before is not None and before["status"]["id"] != "DRAFT":
            return str(before["status"]["id"])
        return "DRAFT" if is_draft else "UNPAID"

    @property
    def _number_field(self) -> str:
        return "credit_note_number" if self.form.is_credit else "invoice_number"

    def _words(self, record: Json) -> Any:
        """What it is displayed as: its number, or a reference; that of purchases is unverified."""
        own = record.get(self._number_field) if self.form.number else record["vendor_reference"]
        return own or record["reference"] or KINDS[self.plural].words


def totals(books: Books, lines: list[Json], currency: str, rate: Decimal) -> Json:
    """The sums of a document's lines, in its own currency and at home."""
    found: Json = {"total_quantity": sum((line.get("quantity", NOTHING) for line in lines), NOTHING)}
    for name in ("net_amount", "tax_amount", "total_amount"):
        found[name] = sum((line[name] for line in lines), NOTHING)
        found[f"base_currency_{name}"] = sum((line[f"base_currency_{name}"] for line in lines), NOTHING)
    return {
        **found,
        "payments_allocations_total_amount": NOTHING,
        "payments_allocations_total_discount": NOTHING,
        "total_paid": NOTHING,
        "outstanding_amount": found["total_amount"],
        "base_currency_outstanding_amount": found["base_currency_total_amount"],
        "currency": books.currency(currency),
        "exchange_rate": rate,
        "inverse_exchange_rate": rounded(1 / rate, 6),
    }


def _transaction_type(kind: str) -> Json:
    return reference("transaction_types", kind, FIXED_LISTS["transaction_types"][kind])
