"""Bills and sales invoices: PUT creates, POST creates or overwrites; each element is accepted or refused by itself."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from providers.xero.simulated import contacts
from providers.xero.simulated.books import ADVISER, APPROVERS, MONTHLY_LIMIT, SMALL_PLANS, Books
from providers.xero.simulated.lines import NOTHING, LineReader, totals
from providers.xero.simulated.numbers import Json, day, in_words, number
from providers.xero.simulated.refusals import unreadable

NO_ID = "00000000-0000-0000-0000-000000000000"
CREATED = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED"})
MOVES = {
    "DRAFT": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "SUBMITTED": {"DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"},
    "AUTHORISED": {"AUTHORISED", "VOIDED"},
}
ENDED = frozenset({"DELETED", "VOIDED"})
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
        if existing and document["Status"] in ENDED:
            self._check_end(outcome, existing)
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
            found = next(
                filter(lambda other: self._is_overwritten(other, outcome.sent), self._numbered(number_sent)), None
            )
        if found is not None and found["Status"] not in MOVES:
            outcome.errors.append("Invoice not of valid status for modification")
        return found

    def _numbered(self, wanted: Any) -> list[Json]:
        return [
            found
            for found in self.books.invoices.values()
            if found.get("InvoiceNumber") == str(wanted) and found["Status"] not in ENDED
        ]

    @staticmethod
    def _is_overwritten(found: Json, sent: Json) -> bool:
        is_open = found["Status"] in ("DRAFT", "SUBMITTED")
        return bool(found["Type"] == sent.get("Type") and (is_open or found["Type"] == "ACCREC"))

    # What it would be

    def _document(self, outcome: Outcome, existing: Json | None) -> Json:
        sent = outcome.sent
        document: Json = dict(existing) if existing else _empty(self.books)
        document["Type"] = sent.get("Type") or document["Type"]
        document["Status"] = sent.get("Status") or document["Status"]
        for name in ("Date", "DueDate", "PlannedPaymentDate"):
            if sent.get(name):
                document[name] = _day(sent, name).isoformat()
        for name, longest in _TEXTS.items():
            if sent.get(name) is not None:
                document[name] = str(sent[name])
            if len(document.get(name, "")) > longest:
                outcome.errors.append(f"The {name} field must not be longer than {longest} characters")
        document["LineAmountTypes"] = sent.get("LineAmountTypes") or document["LineAmountTypes"]
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
        errors, status = outcome.errors, document["Status"]
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
        if errors:
            return
        self._contact(outcome, document, existing)
        self._dates(outcome, document)
        self._number(outcome, document, existing)
        self._url(outcome, document)
        self._lines(outcome, document)
        if status == "AUTHORISED":
            self._approval(outcome, document, existing)

    def _contact(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        sent = outcome.sent.get("Contact", existing and {"ContactID": existing["Contact"]["ContactID"]})
        found = contacts.of_document(self.books, sent)
        if isinstance(found, contacts.Refused):
            outcome.errors += found.errors
        else:
            document["Contact"] = found

    def _dates(self, outcome: Outcome, document: Json) -> None:
        if document["Status"] != "DRAFT" and not document.get("Date"):
            outcome.errors.append("The Date field must be specified.")
        if document["Status"] != "DRAFT" and not document.get("DueDate"):
            outcome.errors.append("The document DueDate field must be specified.")
        document.setdefault("Date", self.books.today().isoformat())

    def _number(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        """Sales numbers are unique; on a bill it is the supplier's, and several may share it."""
        if document["Type"] != "ACCREC":
            return
        if not document.get("InvoiceNumber"):
            document["InvoiceNumber"] = self._next_number()
        others = [found for found in self._numbered(document["InvoiceNumber"]) if found["Type"] == "ACCREC"]
        if any(existing is None or found["InvoiceID"] != existing["InvoiceID"] for found in others):
            outcome.errors.append("Invoice # must be unique.")

    def _next_number(self) -> str:
        taken = {found.get("InvoiceNumber") for found in self.books.invoices.values() if found["Type"] == "ACCREC"}
        return next(name for at in range(1, len(taken) + 2) if (name := f"INV-{at:04}") not in taken)

    @staticmethod
    def _url(outcome: Outcome, document: Json) -> None:
        if document.get("Url") and not (
            urlsplit(document["Url"]).scheme in ("http", "https") and urlsplit(document["Url"]).netloc
        ):
            outcome.errors.append("Url must be a valid absolute url")

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

    # Approval and the end

    def _approval(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        if self.author.role not in APPROVERS:
            outcome.errors.append("The User specified does not have the correct permissions to perform this action")
        outcome.errors += self._locked(document)
        is_new = existing is None or existing["Status"] != "AUTHORISED"
        if is_new and self.books.organisation["Class"] in SMALL_PLANS:
            kind = document["Type"]
            if self.books.approved_this_month(kind) >= MONTHLY_LIMIT[kind]:
                outcome.errors.append("You have reached the limit of invoices you can approve.")

    def _locked(self, document: Json) -> list[str]:
        """The year-end lock is for everybody; before the period lock only advisers may post."""
        on = date.fromisoformat(document["Date"])
        for name, words in (("EndOfYearLockDate", "end of year lock date"), ("PeriodLockDate", "period lock date")):
            locked = self.books.lock_date(name)
            is_held = name == "EndOfYearLockDate" or self.author.role != ADVISER
            if locked and on <= locked and is_held:
                return [f"The document date cannot be before the {words}, currently set at {in_words(locked)}"]
        return []

    def _check_end(self, outcome: Outcome, existing: Json) -> None:
        status = outcome.sent["Status"]
        if existing["AmountPaid"]:
            outcome.errors.append(
                f"The status {status} cannot be applied as the document has payments or credit notes allocated to it"
            )
        if status not in MOVES[existing["Status"]]:
            outcome.errors.append("Invoice not of valid status for modification")
        if existing["Status"] == "AUTHORISED":
            outcome.errors += self._locked(existing)

    # Doing it

    def _commit(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        if document["Status"] in ENDED:
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
        "Type": None,
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
