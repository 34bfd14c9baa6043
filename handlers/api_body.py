"""An item as another system sends it: the JSON's exact shape, and how it is read into the words of the domain.

`openapi.yml` says the same for those who write such systems; a test holds the two together. Whatever is not here is
refused: a sender does not decide on states, approvals or other people's books.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from bot.domain.coding import Track
from bot.domain.documents import DocumentType, Facts, ItemKind, Line, Party
from bot.domain.ingesting import Codes, Stated
from bot.domain.texts import cleaned
from bot.intake.elements import LONGEST_CODE, LONGEST_NOTE, LONGEST_TEXT
from handlers.api_words import AMOUNT, COUNTRY, CURRENCY, LONGEST, NUMBER, PERCENT, told
from handlers.strict import BadBodyError, parse

MOST_LINES, MOST_TRACKED = 1000, 10

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Code = Annotated[str, Meta(min_length=1, max_length=LONGEST_CODE)]
Country = Annotated[str, Meta(pattern=COUNTRY, max_length=LONGEST[COUNTRY])]
Currency = Annotated[str, Meta(pattern=CURRENCY, max_length=LONGEST[CURRENCY])]
Amount = Annotated[str, Meta(pattern=AMOUNT, max_length=LONGEST[AMOUNT])]
"""A string: a JSON number is a float to most who read it, and 0.1 + 0.2 would reach somebody's books."""
Number = Annotated[str, Meta(pattern=NUMBER, max_length=LONGEST[NUMBER])]
Percent = Annotated[str, Meta(pattern=PERCENT, max_length=LONGEST[PERCENT])]
Note = Annotated[str, Meta(min_length=1, max_length=LONGEST_NOTE)]


class PartyBody(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    name: Text | None = None
    tax_number: Code | None = None
    country: Country | None = None
    bank_account: Code | None = None


class TrackBody(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    category: Code
    option: Code


class CodingBody(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    category: Code | None = None
    tax_rate: Code | None = None
    item_code: Code | None = None
    customer: Code | None = None
    billable: bool | None = None
    tracking: Annotated[list[TrackBody], Meta(max_length=MOST_TRACKED)] | None = None


class LineBody(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    description: Text
    net: Amount
    quantity: Number | None = None
    unit_price: Number | None = None
    tax: Amount | None = None
    tax_percent: Percent | None = None
    coding: CodingBody | None = None


class ItemBody(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    kind: Literal["cost", "sale"] | None = None
    document_type: DocumentType | None = None
    supplier: PartyBody | None = None
    buyer: PartyBody | None = None
    number: Code | None = None
    issued_on: date | None = None
    due_on: date | None = None
    currency: Currency | None = None
    currency_rate: Number | None = None
    net: Amount | None = None
    tax: Amount | None = None
    gross: Amount | None = None
    lines: Annotated[list[LineBody], Meta(max_length=MOST_LINES)] | None = None
    description: Note | None = None
    coding: CodingBody | None = None


EMPTY = "The item says nothing. Send at least what stands on the document, or the document's file."
INVISIBLE = "It has no visible character. Send the text, or leave the field out."
TOGETHER = "A quantity without a unit price says nothing. Send both, or neither."


class NotAnItemError(Exception):
    """The JSON is no item; sentences by field, such as `lines[0].net`. Empty for what is no field's."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


class NotJsonError(Exception):
    """Not JSON, or JSON with more than one meaning; the text is a sentence that says why."""


def read(raw: bytes) -> tuple[Stated, str]:
    """What is stated, and what it hashes to: the same for the same statements in another order or spacing.

    Raises:
        NotJsonError: broken, a name given twice, NaN, NUL, half a surrogate pair, no object.
        NotAnItemError: with a sentence for the first field that is wrong.
    """
    try:
        found = parse("application/json", raw)
    except BadBodyError as error:
        raise NotJsonError(str(error)) from error
    try:
        body = msgspec.convert(found, ItemBody)
    except msgspec.ValidationError as error:
        raise NotAnItemError(told(str(error))) from error
    stated = _stated(body)
    return stated, hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


class _Reading:
    """Reads texts, and collects those that have nothing to see."""

    def __init__(self) -> None:
        self.wrong: dict[str, str] = {}

    def text(self, field: str, raw: str | None, longest: int) -> str | None:
        if raw is None:
            return None
        found = cleaned(raw, longest)
        if found is None:
            self.wrong[field] = INVISIBLE
        return found

    def party(self, field: str, body: PartyBody | None) -> Party:
        if body is None:
            return Party()
        return Party(
            name=self.text(f"{field}.name", body.name, LONGEST_TEXT),
            tax_number=self.text(f"{field}.tax_number", body.tax_number, LONGEST_CODE),
            country=body.country,
            bank_account=self.text(f"{field}.bank_account", body.bank_account, LONGEST_CODE),
        )

    def codes(self, field: str, body: CodingBody | None) -> Codes:
        if body is None:
            return Codes()
        return Codes(
            category=self.text(f"{field}.category", body.category, LONGEST_CODE),
            tax_rate=self.text(f"{field}.tax_rate", body.tax_rate, LONGEST_CODE),
            item_code=self.text(f"{field}.item_code", body.item_code, LONGEST_CODE),
            customer=self.text(f"{field}.customer", body.customer, LONGEST_CODE),
            billable=body.billable,
            tracking=tuple(self.track(f"{field}.tracking[{at}]", each) for at, each in enumerate(body.tracking or ())),
        )

    def track(self, field: str, body: TrackBody) -> Track:
        return Track(
            category=self.text(f"{field}.category", body.category, LONGEST_CODE) or "",
            option=self.text(f"{field}.option", body.option, LONGEST_CODE) or "",
        )

    def line(self, field: str, body: LineBody) -> Line:
        if body.quantity is not None and body.unit_price is None:
            self.wrong[f"{field}.unit_price"] = TOGETHER
        return Line(
            description=self.text(f"{field}.description", body.description, LONGEST_TEXT) or "",
            quantity=_number(body.quantity) or Decimal(1),
            unit_price=Decimal(body.net if body.unit_price is None else body.unit_price),
            net=Decimal(body.net),
            tax=_number(body.tax),
            tax_percent=_number(body.tax_percent),
        )


def _stated(body: ItemBody) -> Stated:
    reading, lines = _Reading(), body.lines or []
    facts = Facts(
        supplier=reading.party("supplier", body.supplier),
        buyer=reading.party("buyer", body.buyer),
        number=reading.text("number", body.number, LONGEST_CODE),
        issued_on=body.issued_on,
        due_on=body.due_on,
        currency=body.currency,
        currency_rate=_number(body.currency_rate),
        net=_number(body.net),
        tax=_number(body.tax),
        gross=_number(body.gross),
        lines=tuple(reading.line(f"lines[{place}]", line) for place, line in enumerate(lines)),
        note=reading.text("description", body.description, LONGEST_NOTE),
    )
    codes_of_lines = tuple(reading.codes(f"lines[{place}].coding", line.coding) for place, line in enumerate(lines))
    codes = reading.codes("coding", body.coding)
    if reading.wrong:
        raise NotAnItemError(reading.wrong)
    return Stated(
        facts=facts,
        document_type=body.document_type,
        kind=None if body.kind is None else ItemKind(body.kind),
        codes=codes,
        codes_of_lines=codes_of_lines,
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else +Decimal(text)  # the plus turns -0 into 0
