"""An expense report: what somebody paid themselves, as one bill to them with a line for each receipt.

Amounts are in the books' own currency, each receipt's total and tax converted to the cent, so that the report comes to
what its receipts come to. What a receipt is booked to, its line is booked to, with where that comes from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from bot.domain.booking import single_line, spread_tax
from bot.domain.books import Contact
from bot.domain.coding import CodedValue, Codes, Coding, LineCoding, Source, Tracked
from bot.domain.documents import DocumentType, FactField, Facts, ItemKind, Line, LineAmounts, Party
from bot.domain.editing import edit_of, edited
from bot.domain.exchange import in_words, rate_to
from bot.domain.ids import ItemId, OrganisationId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.money import WIDE, to_cents
from bot.domain.rates import KnownRate
from bot.domain.texts import dated

MOST_RECEIPTS = 50
CLAIMED = (DocumentType.RECEIPT, DocumentType.INVOICE)
"""What somebody can have paid. What gives money back is no expense."""
OPEN_STATES = frozenset({ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL})
"""Of a receipt that nobody decided on."""
APART_FROM = frozenset(
    {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.REJECTED, ItemState.REFUSED}
)
"""Of a report that can be taken apart: it is not approved, and nothing of it is in the ledger."""
LONGEST_NAME, LONGEST_NUMBER, LONGEST_NOTE = 120, 80, 200
NOTHING = Decimal("0.00")
NOTHING_TOLD: Mapping[ItemId, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A report as its form was sent. `contact` is the ledger's id of whoever is paid back."""

    receipts: tuple[ItemId, ...]
    claimant: str
    contact: str | None = None
    chosen_by: UserId | None = None
    """Who said so, where it was not whoever claims it."""
    title: str | None = None
    rates: Mapping[ItemId, Decimal] = field(default_factory=dict)
    """Typed for receipts that state no exchange rate: units of their currency for one of the books' own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt of a report, as it is seen there."""

    item_id: ItemId
    reference: str
    supplier: str | None
    issued_on: date | None
    gross: Decimal | None
    currency: str | None
    has_file: bool = False
    link: str = ""
    """The address that opens it in Slack."""
    rate: str | None = None
    """What it is converted at, such as "1 GBP = 1.168 EUR"; None of one in the books' own currency."""
    is_rate_typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """What the form of a new report is drawn from. `receipts` are the person's own that nobody decided on, newest first."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    currency: str
    receipts: tuple[Item, ...]
    claimant: str
    """The person's name: as on their last report, else as Slack has it."""
    contact: Contact | None = None
    """That their last report was for."""
    is_by_user: bool = False
    """Whether they are paid back as a user of the ledger: nobody is asked for a contact then."""
    user: Contact | None = None
    """The one that they are linked to."""
    gone: "GoneUser | None" = None
    """The one that somebody linked them to, and who is no user any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedUser:
    """A user of the ledger, and who said that somebody is them; nobody did where both have one address."""

    user: Contact
    by: UserId | None
    is_new: bool = False
    """It was found just now, and is not kept yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneUser:
    """Whom a person linked somebody to, and who was deleted or hidden in the ledger since. Another one is chosen by a person
    again: nobody else is taken in their place.
    """

    name: str | None
    by: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimantPage:
    """What the form is drawn from that links whoever claims a report to a user of the ledger."""

    item: Item
    organisation: str
    ledger: str
    suggested: Contact | None
    """A user of the claimant's name."""
    gone: GoneUser | None = None


def receipt_of(item: Item, link: str) -> Receipt:
    facts = item.facts
    return Receipt(
        item_id=item.id,
        reference=item.reference,
        supplier=facts.supplier.name,
        issued_on=facts.issued_on,
        gross=facts.gross,
        currency=facts.currency,
        has_file=item.file_id is not None,
        link=link,
        rate=in_words(facts),
        is_rate_typed=FactField.CURRENCY in facts.edited,
    )


def why_not(item: Item, claimant: UserId) -> str | None:
    """Why somebody cannot claim an item, and what is to be done, in a sentence; None where they can. An exchange rate that is
    missing (`lacks_rate`) is asked for.
    """
    name, facts = item.reference, item.facts
    if item.submitted_by != claimant:
        return f"{name} was sent in by somebody else: only they can claim it."
    if item.kind is not ItemKind.COST or facts.document_type not in CLAIMED:
        return f"{name} is no receipt or invoice of a cost: leave it out."
    if item.state not in OPEN_STATES:
        return f"{name} is {item.state.words} by now: leave it out."
    lacking = _lacking(facts)
    if lacking:
        return f"{name} lacks its {' and '.join(lacking)}: a bookkeeper presses Edit on its card."
    method = item.coding.payment_method
    if method.value is not None and method.source > Source.ORGANISATION_DEFAULT:
        return f"{name} was paid by a payment method of the organisation: a bookkeeper clears that by Edit on its card if you paid it."
    if item.bank_line is not None:
        paid = f"{name} was paid from the organisation's bank account on {dated(item.bank_line.dated_on)}"
        return f"{paid}: a bookkeeper presses Bank line on its card if that was another payment."
    asked = next((question.words for question in item.questions if question.is_open), None)
    if asked is not None:
        return f"{name} waits for an answer on its card first: {asked}"
    if not facts.is_bookable or (facts.gross or 0) < 0:
        return f"The amounts of {name} do not add up: a bookkeeper presses Edit on its card."
    return None


def lacks_rate(item: Item, own: str) -> bool:
    """Whether nobody knows yet what it is in the books' own currency."""
    return item.facts.currency not in (None, own) and rate_to(item.facts, own) is None


def at_rate(item: Item, rate: Decimal, own: str, by: UserId) -> Item:
    """A receipt with the rate that whoever claims it typed, where it states none."""
    edit = edit_of(item)
    facts = replace(edit.facts, currency_rate=rate, rate_currency=own)
    after = edited(item, replace(edit, facts=facts), by)
    return replace(after, edited_by=tuple(dict.fromkeys((*after.edited_by, by))))


def _lacking(facts: Facts) -> tuple[str, ...]:
    wanted = (
        ("supplier", facts.supplier.name),
        ("date", facts.issued_on),
        ("currency", facts.currency),
        ("total", facts.gross),
    )
    return tuple(what for what, value in wanted if value is None)


def at_known_rate(item: Item, rate: KnownRate, own: str) -> Item:
    """A receipt that states no rate, with one that is known here, for its line in a report alone."""
    return replace(item, facts=replace(item.facts, currency_rate=rate.rate, rate_currency=own))


def report_of(
    receipts: Sequence[Item],
    claim: Claim,
    *,
    own: str,
    today: date,
    by: UserId,
    sources: Mapping[ItemId, str] = NOTHING_TOLD,
) -> tuple[Facts, Coding]:
    """What stands on the report of these receipts, none of which there is anything against (`why_not`). `sources` are where rates
    are from that neither the receipt nor a person states, in words.
    """
    parts = [part for receipt in receipts for part in _parts(receipt, own, sources.get(receipt.id, ""))]
    lines = tuple(line for line, _ in parts)
    net, tax = (
        sum(amounts, NOTHING) for amounts in zip(*((line.net, line.tax or NOTHING) for line in lines), strict=True)
    )
    is_untaxed = all(receipt.facts.line_amounts is LineAmounts.NO_TAX for receipt in receipts) and not tax
    facts = Facts(
        document_type=DocumentType.RECEIPT,
        supplier=Party(name=claim.claimant),
        issued_on=today,
        currency=own,
        net=net,
        tax=tax,
        gross=net + tax,
        lines=lines,
        line_amounts=LineAmounts.NO_TAX if is_untaxed else LineAmounts.EXCLUSIVE,
        note=claim.title,
    )
    contact = (
        CodedValue()
        if claim.contact is None
        else CodedValue(value=claim.contact, source=Source.PERSON, by=claim.chosen_by or by)
    )
    return facts, Coding(contact=contact, lines=tuple(coding for _, coding in parts))


def in_own(amount: Decimal, facts: Facts, own: str) -> Decimal:
    """An amount of a document in the books' currency, to the cent."""
    rate = rate_to(facts, own)
    return to_cents(amount if rate is None else WIDE.divide(amount, rate))


def _parts(receipt: Item, own: str, source: str) -> list[tuple[Line, LineCoding]]:
    """One line; of a receipt that is booked to several things, one for each of them."""
    facts = receipt.facts
    gross, tax = facts.gross or NOTHING, facts.tax or NOTHING
    lines = facts.lines or (single_line(facts, gross - tax),)
    taxes = spread_tax(tax, lines)
    places: dict[Codes, list[int]] = {}
    for place in range(len(lines)):
        places.setdefault(receipt.coding.codes_at(place), []).append(place)
    groups = list(places.values())
    of_gross = _converted(
        [sum((lines[place].net + taxes[place] for place in group), NOTHING) for group in groups], facts, own
    )
    of_tax = _converted([sum((taxes[place] for place in group), NOTHING) for group in groups], facts, own)
    found = []
    for number, (group, its_gross, its_tax) in enumerate(zip(groups, of_gross, of_tax, strict=True), 1):
        line = Line(
            description=_description(facts, own, source, f"part {number} of {len(groups)}" if len(groups) > 1 else ""),
            unit_price=its_gross - its_tax,
            net=its_gross - its_tax,
            tax=its_tax,
            tax_percent=_percent(facts, [lines[place] for place in group]),
            dated_on=facts.issued_on,
            receipt=receipt.reference,
            rate=f"{in_words(replace(facts, rate_currency=own))}, {source}" if source else None,
        )
        found.append((line, _coding_at(receipt.coding, group[0])))
    return found


def _converted(amounts: list[Decimal], facts: Facts, own: str) -> list[Decimal]:
    """Each to the cent, and together what their sum is: the largest has what is left by rounding."""
    shares = [in_own(amount, facts, own) for amount in amounts]
    largest = max(range(len(shares)), key=lambda place: abs(shares[place]))
    shares[largest] += in_own(sum(amounts, NOTHING), facts, own) - sum(shares, NOTHING)
    return shares


def _percent(facts: Facts, lines: Sequence[Line]) -> Decimal | None:
    stated = {line.tax_percent for line in lines} if facts.lines else set(facts.tax_percents)
    return stated.pop() if len(stated) == 1 else None


def _description(facts: Facts, own: str, source: str, part: str) -> str:
    """What the ledger shows of a receipt: when, from whom, which one, what for; and what it came to in its own currency."""
    foreign = ""
    if facts.currency != own and facts.gross is not None:
        rate = in_words(replace(facts, rate_currency=own))
        foreign = f"{facts.gross:.2f} {facts.currency} at {rate}{f', {source}' if source else ''}"
    told = (
        "" if facts.issued_on is None else dated(facts.issued_on),
        (facts.supplier.name or "")[:LONGEST_NAME],
        (facts.number or "")[:LONGEST_NUMBER],
        " ".join((facts.note or "").split())[:LONGEST_NOTE],
        part,
        foreign,
    )
    return " · ".join(filter(None, told))


def _coding_at(coding: Coding, place: int) -> LineCoding:
    """What a line is booked to, be it by its own codes or the item's, as its own."""
    own = coding.lines[place] if place < len(coding.lines) else LineCoding()
    tracking: dict[str, Tracked] = {each.category: each for each in coding.tracking}
    tracking |= {each.category: each for each in own.tracking if each.option.value is not None}
    return LineCoding(
        account=_or(own.account, coding.account),
        tax_rate=_or(own.tax_rate, coding.tax_rate),
        product=_or(own.product, coding.product),
        customer=_or(own.customer, coding.customer),
        billable=_or(own.billable, coding.billable),
        tracking=tuple(tracking[category] for category in sorted(tracking)),
    )


def _or(own: CodedValue, of_item: CodedValue) -> CodedValue:
    return of_item if own.value is None else own
