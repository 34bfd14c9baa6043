"""What creating and changing has in common for all kinds of documents: PUT creates, POST creates or overwrites, and each
element is accepted or refused by itself.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from providers.simulating.numbers import Json, number, rounded
from providers.xero.simulated import contacts, rules, sentences
from providers.xero.simulated.books import Books
from providers.xero.simulated.dates import day
from providers.xero.simulated.kinds import SALES, Kind
from providers.xero.simulated.lines import LineReader, totals
from providers.xero.simulated.outcomes import Author, Outcome
from providers.xero.simulated.refusals import unreadable

EXAMPLE_RATES = {"GBP": Decimal("1.0"), "EUR": Decimal("1.1600000000"), "USD": Decimal("1.2700000000")}
"""Stand for the day's rates of XE.com, which a document gets that names none."""
RATE_PLACES = 6
"""Of a rate that is sent ("max length = [18].[6]")."""
_CHANGES = {"AUTHORISED": "Approved", "VOIDED": "Voided", "DELETED": "Deleted", "SUBMITTED": "Submitted"}


@dataclass(slots=True)
class DocumentWriter(ABC):
    """One kind's writer says what is its own; the order of the work is the same for all."""

    kind: ClassVar[Kind]
    moves: ClassVar[Mapping[str, frozenset[str]]]
    """From each status that can be left, to which."""
    first: ClassVar[frozenset[str]]
    """The statuses of a new document."""
    dates: ClassVar[tuple[str, ...]] = ("Date",)
    texts: ClassVar[Mapping[str, int]]
    """Fields of text, each with its greatest length."""

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
            raise unreadable(f"Invalid JSON data: an object of {self.kind.plural} was expected")
        outcome = Outcome(sent)
        existing = self._existing(outcome)
        if outcome.errors:
            return outcome
        document = self._document(outcome, existing)
        if existing and document["Status"] in rules.ENDED:
            outcome.errors += self._end_errors(document["Status"], existing)
        else:
            self._check(outcome, document, existing)
        if not outcome.errors:
            self._commit(outcome, document, existing)
        return outcome

    # What is a kind's own

    @abstractmethod
    def _empty(self) -> Json:
        """A new document before anything that was sent."""

    @abstractmethod
    def _own_errors(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        """Number it, and refuse what only this kind refuses."""

    @abstractmethod
    def _balance(self, document: Json) -> Json:
        """The fields that say what is open of an unpaid document."""

    def _same_number(self, _sent: Json) -> Json | None:
        """The document that a POST without an id overwrites."""
        return None

    # Which document

    def _existing(self, outcome: Outcome) -> Json | None:
        if not self.may_update:
            return None
        wanted = outcome.sent.get(self.kind.key)
        found = self.books.shelf(self.kind).get(str(wanted)) if wanted else self._same_number(outcome.sent)
        if wanted and found is None:
            outcome.refuse(sentences.NO_SUCH.format(noun=self.kind.noun, key=self.kind.key))
        if found is not None and found["Status"] not in self.moves:
            outcome.refuse(sentences.NOT_FOR_MODIFICATION.format(noun=self.kind.noun))
            outcome.refuse(*([sentences.ALLOCATED] if rules.is_allocated(found) else []))
        return found

    # What it would be

    def _document(self, outcome: Outcome, existing: Json | None) -> Json:
        sent = outcome.sent
        document: Json = dict(existing) if existing else {self.kind.key: str(uuid4()), **self._empty()}
        for name in ("Type", "Status", "LineAmountTypes"):
            document[name] = str(sent.get(name) or document[name])
        for name in self.dates:
            if sent.get(name):
                document[name] = _day(sent, name).isoformat()
        for name, longest in self.texts.items():
            if sent.get(name) is not None:
                document[name] = str(sent[name])
            if len(document.get(name, "")) > longest:
                outcome.refuse(sentences.TOO_LONG.format(name=name, longest=longest))
        if document["Status"] not in rules.ENDED:
            self._currency(outcome, document)
        return document

    def _currency(self, outcome: Outcome, document: Json) -> None:
        code = str(outcome.sent.get("CurrencyCode") or document["CurrencyCode"])
        if not self.books.has_currency(code):
            outcome.refuse(sentences.CURRENCY.format(code=code))
            return
        is_same = document.get("CurrencyRate") and code == document["CurrencyCode"]
        kept = document["CurrencyRate"] if is_same else days_rate(self.books, code)
        rate, base = outcome.sent.get("CurrencyRate"), self.books.organisation["BaseCurrency"]
        document["CurrencyCode"] = code
        document["CurrencyRate"] = _rate(rate) if rate and code != base else kept

    # May it be

    def _check(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        self._form_errors(outcome, document, existing)
        if outcome.errors:
            return
        self._contact(outcome, document, existing)
        self._own_errors(outcome, document, existing)
        outcome.errors += rules.url_errors(document)
        self._lines(outcome, document)
        if document["Status"] == "AUTHORISED":
            outcome.errors += rules.approval_errors(self.books, self.author.role, document)

    def _form_errors(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        """What makes all else not worth looking at."""
        kind, status = self.kind, document["Status"]
        if document["Type"] not in kind.types:
            outcome.refuse(sentences.TYPE.format(types=" or ".join(kind.types)))
        if existing is None and status not in self.first:
            outcome.refuse(sentences.NOT_FOR_CREATION.format(noun=kind.noun))
        if existing is not None and status not in self.moves[existing["Status"]]:
            outcome.refuse(sentences.NOT_FOR_MODIFICATION.format(noun=kind.noun))
        if existing is not None and rules.is_allocated(existing):
            outcome.refuse(sentences.ALLOCATED)
        if document["LineAmountTypes"] not in ("Exclusive", "Inclusive", "NoTax"):
            outcome.refuse(sentences.AMOUNT_TYPES.format(sent=document["LineAmountTypes"]))

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
            outcome.refuse(sentences.NO_LINES)
        lines = [reader.read(line if isinstance(line, dict) else {}) for line in sent]
        outcome.errors += reader.errors
        outcome.warnings += reader.warnings
        document |= {"LineItems": lines, **totals(document["LineAmountTypes"], lines)}
        if document["Total"] < 0:
            outcome.refuse(sentences.NEGATIVE_TOTAL)
        document |= self._balance(document)

    def _end_errors(self, status: str, existing: Json) -> list[str]:
        """Of voiding and deleting."""
        errors = []
        if rules.is_allocated(existing):
            errors.append(sentences.STATUS_ALLOCATED.format(status=status))
        if status not in self.moves[existing["Status"]]:
            errors.append(sentences.NOT_FOR_MODIFICATION.format(noun=self.kind.noun))
        if existing["Status"] == "AUTHORISED":
            errors += rules.lock_errors(self.books, self.author.role, existing["Date"])
        return errors

    # Doing it

    def _commit(self, outcome: Outcome, document: Json, existing: Json | None) -> None:
        if document["Status"] in rules.ENDED:
            document |= rules.nothing_open(document)
        else:
            contact = document["Contact"]
            contacts.keep(self.books, contact, is_customer=document["Type"] in SALES)
            document["Contact"] = {"ContactID": contact["ContactID"], "Name": contact["Name"]}
        if document["Status"] == "AUTHORISED":
            document.setdefault("_approved_at", self.books.now())
        document.setdefault("_app", self.author.client_id)
        document.setdefault("_created_at", self.books.now())
        self.books.save_document(self.kind, document)
        self.books.note(document[self.kind.key], _change(document, existing), self.author.name)
        outcome.document = document


def days_rate(books: Books, code: str) -> Decimal:
    """Units of this currency for one of the organisation's own."""
    base = books.organisation["BaseCurrency"]
    known = Decimal(1) if code == base else EXAMPLE_RATES.get(code, Decimal(1)) / EXAMPLE_RATES.get(base, Decimal(1))
    return known.quantize(Decimal("0.0000000001"))


def _rate(sent: Any) -> Decimal:
    try:
        return rounded(number(sent), RATE_PLACES)
    except ValueError as error:
        raise unreadable(f"Error converting value {sent!r} of CurrencyRate to a number") from error


def _change(document: Json, existing: Json | None) -> str:
    if existing is None:
        return "Approved" if document["Status"] == "AUTHORISED" else "Created"
    return "Edited" if document["Status"] == existing["Status"] else _CHANGES.get(document["Status"], "Edited")


def _day(sent: Json, name: str) -> date:
    try:
        return day(sent[name])
    except (ValueError, OverflowError) as error:
        raise unreadable(f"Error converting value {sent[name]!r} of {name} to a date") from error
