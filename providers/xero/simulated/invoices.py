"""Bills and sales invoices: PUT creates, POST creates or overwrites; each element is accepted or refused by itself."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from providers.xero.simulated import contacts, rules
from providers.xero.simulated.books import Books
from providers.xero.simulated.lines import NOTHING, LineReader, totals
from providers.xero.simulated.numbers import Json, day, number
from providers.xero.simulated.refusals import unreadable

NO_ID = "00000000-0000-0000-0000-000000000000"
EXAMPLE_RATES = {"GBP": Decimal("1.0"), "EUR": Decimal("1.1600000000"), "USD": Decimal("1.2700000000")}
_TEXTS = {"InvoiceNumber": 255, "Reference": 255, "Url": 2000}


@dataclass(slots=True)
class Outcome:
    """What became of one element: its document, or the sentences that refuse it."""

    sent: Json
    document: Json | None = None
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose token it is, and what they are in this organisation."""

    name: str
    role: str
    client_id: str


@dataclass(slots=True)
class InvoiceWriter:
    books: Books
    author: Author
    may_update: bool
    places: int = 2

    def write(self, sent: Any) -> Outcome:
        """Accept or refuse one element; only an accepted one leaves anything behind.

        Raises:
            RefusalError: it is not readable at all.
        """
        if not isinstance(sent, dict) or not isinstance(sent.get("LineItems", []), list):
            raise unreadable("Invalid JSON data: an Invoice object was expected")
        outcome = Outcome(sent)
        existing = self._existing(outcome)
        if outcome.errors:
            return outcome
        document = self._document(outcome, existing)
        if existing and document["Status"] in rules.ENDED:
            outcome.errors += rules.end_errors(self.books, self.author.role, document["Status"], existing)
        else:
            self._check(outcome, document, existing)
        if not outcome.errors:
            self._commit(outcome, document, existing)
        return outcome

    # Which document

    def _existing(self, outcome: Outcome) -> Json | None:
        """What a POST overwrites: by id, or by number while it is not approved (of a sales invoice: always)."""
        if not self.may_update:
            return None
        wanted, number_sent = outcome.sent.get("InvoiceID"), outcome.sent.get("InvoiceNumber")
        found = self.books.invoices.get(str(wanted)) if wanted else None
        if wanted and found is None:
            outcome.errors.append("An existing Invoice with the specified InvoiceID could not be found")
        if found is None and number_sent and not wanted:
            same = rules.numbered(self.books, number_sent)
            found = next((other for other in same if self._is_overwritten(other, outcome.sent)), None)
        if found is not None and found["Status"] not in rules.MOVES:
            outcome.errors.append("Invoice not of valid status for modification")
        return found

    @staticmethod
    def _is_overwritten(found: Json, sent: Json) -> bool:
        is_open = found["Status"] in ("DRAFT", "SUBMITTED")
        return bool(found["Type"] == sent.get("Type") and (is_open or found["Type"] == "ACCREC"))

    # What it would be

    def _document(self, outcome: Outcome, existing: Json | None) -> Json:
        sent = outcome.sent
        document: Json = dict(existing) if existing else _empty(self.books)
        document["Type"] = str(sent.get("Type") or document["Type"])
        document["Status"] = str(sent.get("Status") or document["Status"])
        for name in ("Date", "DueDate", "PlannedPaymentDate"):
            if sent.get(name):
                document[name] = _day(sent, name).isoformat()
        for name, longest in _TEXTS.items():
            if sent.get(name) is not None:
                document[name] = str(sent[name])
            if len(document.get(name, "")) > longest:
                outcome.errors.append(f"The {name} field must not be longer than {longest} characters")
        document["LineAmountTypes"] = str(sent.get("LineAmountTypes") or document["LineAmountTypes"])
        self._currency(outcome, document)
        return document

    def _currency(self, outcome: Outcome, document: Json) -> None:
        code = str(outcome.sent.get("CurrencyCode") or document["CurrencyCode"])
        base = self.books.organisation["BaseCurrency"]
        if code not in self.books.currencies:
            outcome.errors.append(f"The organisation is not subscribed to currency {code}")
            return
        rate = outcome.sent.get("CurrencyRate")
        known = (
            Decimal(1) if code == base else EXAMPLE_RATES.get(code, Decimal(1)) / EXAMPLE_RATES.get(base, Decimal(1))
        )
        document["CurrencyCode"] = code
        document["CurrencyRate"] = number(rate) if rate and code != base else known.quantize(Decimal("0.0000000001"))

    # May it be

    def _check(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        outcome.errors += rules.form_errors(document, existing)
        if outcome.errors:
            return
        self._contact(outcome, document, existing)
        outcome.errors += rules.date_errors(document)
        document.setdefault("Date", self.books.today().isoformat())
        if document["Type"] == "ACCREC" and not document.get("InvoiceNumber"):
            document["InvoiceNumber"] = rules.next_number(self.books)
        outcome.errors += rules.number_errors(self.books, document)
        outcome.errors += rules.url_errors(document)
        self._lines(outcome, document)
        if document["Status"] == "AUTHORISED":
            outcome.errors += rules.approval_errors(self.books, self.author.role, document, existing)

    def _contact(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        sent = outcome.sent.get("Contact", existing and {"ContactID": existing["Contact"]["ContactID"]})
        found = contacts.of_document(self.books, sent)
        if isinstance(found, contacts.Refused):
            outcome.errors += found.errors
        else:
            document["Contact"] = found

    def _lines(self, outcome: Outcome, document: Json) -> None:
        reader = LineReader(
            books=self.books,
            kind=document["Type"],
            amounts=document["LineAmountTypes"],
            is_complete=document["Status"] != "DRAFT",
            places=self.places,
        )
        sent = outcome.sent["LineItems"] if "LineItems" in outcome.sent else document["LineItems"]
        if not sent and document["Status"] != "DRAFT":
            outcome.errors.append("One or more line items must be specified")
        lines = [reader.read(line if isinstance(line, dict) else {}) for line in sent]
        outcome.errors += reader.errors
        outcome.warnings += reader.warnings
        found = totals(document["LineAmountTypes"], lines)
        if found["Total"] < 0:
            outcome.errors.append("The document total must not be less than zero.")
        document |= {"LineItems": lines, **found, "AmountDue": found["Total"]}

    # Doing it

    def _commit(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        if document["Status"] in rules.ENDED:
            document["AmountDue"] = NOTHING
        else:
            contact = document["Contact"]
            contacts.keep(self.books, contact, document["Type"])
            document["Contact"] = {"ContactID": contact["ContactID"], "Name": contact["Name"]}
        if document["Status"] == "AUTHORISED":
            document.setdefault("_approved_at", self.books.now())
        document.setdefault("_app", self.author.client_id)
        document.setdefault("_created_at", self.books.now())
        self.books.save_invoice(document)
        self.books.note(document["InvoiceID"], _change(document, existing), self.author.name)
        outcome.document = document


def _empty(books: Books) -> Json:
    return {
        "Type": "",
        "InvoiceID": str(uuid4()),
        "InvoiceNumber": "",
        "Reference": "",
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": NOTHING,
        "AmountPaid": NOTHING,
        "AmountCredited": NOTHING,
        "CurrencyCode": books.organisation["BaseCurrency"],
        "IsDiscounted": False,
        "HasAttachments": False,
        "HasErrors": False,
        "Status": "DRAFT",
        "LineAmountTypes": "Exclusive",
        "LineItems": [],
    }


def _change(document: Json, existing: Json | None) -> str:
    if existing is None:
        return "Approved" if document["Status"] == "AUTHORISED" else "Created"
    words = {"AUTHORISED": "Approved", "VOIDED": "Voided", "DELETED": "Deleted", "SUBMITTED": "Submitted"}
    return "Edited" if document["Status"] == existing["Status"] else words.get(document["Status"], "Edited")


def _day(sent: Json, name: str) -> date:
    try:
        return day(sent[name])
    except (ValueError, OverflowError) as error:
        raise unreadable(f"Error converting value {sent[name]!r} of {name} to a date") from error
