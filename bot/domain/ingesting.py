"""What another system sends, and what it is told of it."""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from bot.domain.coding import Billable, CodedValue, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import DocumentType, FactField, Facts, ItemKind, Party
from bot.domain.items import Item

READING, NOT_ADDED = "reading", "not_added"
"""What a file is before it is an item, and what one is that became none."""
_WORDS = {READING: "being read", NOT_ADDED: "not added"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What something is booked to, by what the sender calls it; once it was looked up, by the ledger's codes and ids."""

    category: str | None = None
    tax_rate: str | None = None
    item_code: str | None = None
    """A product or service."""
    customer: str | None = None
    """Whom a cost is for."""
    billable: bool | None = None
    """Whether it is billed on to them; None: it is not said."""
    tracking: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An item as its sender states it. `facts` has no type of its own: that is `document_type`, where it is stated."""

    facts: Facts
    document_type: DocumentType | None = None
    kind: ItemKind | None = None
    codes: Codes = Codes()
    codes_of_lines: tuple[Codes, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self.facts == Facts()

    @property
    def coding(self) -> Coding:
        """Sent with the document, and so stronger than every rule."""
        lines = tuple(map(_coded, self.codes_of_lines))
        whole = _coded(self.codes)
        return Coding(
            account=whole.account,
            tax_rate=whole.tax_rate,
            product=whole.product,
            customer=whole.customer,
            billable=whole.billable,
            tracking=whole.tracking,
            lines=lines if any(of != Codes() for of in self.codes_of_lines) else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request: an item, a file, or both. `content_hash` tells whether another request says the same."""

    idempotency_key: str
    content_hash: str
    stated: Stated | None
    file: SentFile | None = None


class Outcome(StrEnum):
    ADDED = "added"
    HERE = "here"
    """The same file was here already; nothing was added."""
    READING = "reading"
    """The file is kept and will be read; what came of it is asked for later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentItem:
    """What is told of an item, or of a file that is to become one. Amounts are in the document's currency."""

    id: UUID
    state: str
    """An `ItemState`, `READING` or `NOT_ADDED`."""
    says: str
    """The state in words for people."""
    received_at: datetime
    reference: str | None = None
    kind: ItemKind | None = None
    document_type: DocumentType | None = None
    supplier: str | None = None
    buyer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    currency_rate: Decimal | None = None
    """Units of `currency` for one of the books' own; None: the ledger takes its own."""
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    complaints: tuple[str, ...] = ()
    """What has to be mended before it can go on, or why the file was not added."""
    warnings: tuple[str, ...] = ()
    """What the file's reading found to be looked at; it stops nothing."""
    reason: str | None = None
    """Why a person rejected it, in that person's words."""
    url: str | None = None
    """Its card in Slack."""
    ledger_url: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The first answer to a request, which every repetition of it gets again."""

    outcome: Outcome
    item: SentItem


def shown(item: Item, url: str) -> SentItem:
    facts = item.facts
    return SentItem(
        id=item.id,
        state=item.state,
        says=item.state.words,
        received_at=item.created_at,
        reference=item.reference,
        kind=item.kind,
        document_type=facts.document_type,
        supplier=facts.supplier.name,
        buyer=facts.buyer.name,
        number=facts.number,
        issued_on=facts.issued_on,
        due_on=facts.due_on,
        currency=facts.currency,
        currency_rate=facts.currency_rate,
        net=facts.net,
        tax=facts.tax,
        gross=facts.gross,
        complaints=item.complaints,
        warnings=facts.warnings,
        reason=item.decision_reason,
        url=url,
        ledger_url=item.ledger_url,
        published_at=item.published_at,
    )


def shown_file(of: UUID, state: str, received_at: datetime, reason: str | None = None) -> SentItem:
    complaints = () if reason is None else (reason,)
    return SentItem(id=of, state=state, says=_WORDS[state], received_at=received_at, complaints=complaints)


def _rated(own: Facts, whole: Facts, read: Facts) -> Facts:
    """The sender's rate, else the file's, if that is of this currency."""
    if own.currency_rate is not None:
        return replace(whole, currency_rate=own.currency_rate, rate_currency=None)
    return whole if whole.currency == read.currency else replace(whole, currency_rate=None, rate_currency=None)


def completed(stated: Stated | None, read: Facts | None) -> Facts:
    """The sender's statements, and from the file what is missing in them.

    What belongs together comes from one of the two, unless they agree as far as both go: a payee's name beside somebody
    else's bank account, or one document's net beside another's total, would be nobody's.
    """
    stated = stated or Stated(facts=Facts())
    own = replace(stated.facts, document_type=stated.document_type or DocumentType.INVOICE)
    if read is None:
        return own
    whole = replace(
        read,
        document_type=stated.document_type or (read if own == Facts() or not read.is_unread else own).document_type,
        supplier=_party(own.supplier, read.supplier),
        buyer=_party(own.buyer, read.buyer),
        **{name: value for name in _SINGLE if (value := getattr(own, name)) is not None},
    )
    whole = _amounts(own, _rated(own, whole, read))
    return replace(whole, read=read.read - _own_fields(stated, whole))


def unread(stated: Stated, reason: str) -> Facts:
    """The sender's statements alone, and why the file that is kept with them was not compared with them."""
    warning = f"The file that came with it could not be read, so nobody has compared the two: {reason}"
    return replace(completed(stated, None), warnings=(warning,))


def _coded(codes: Codes) -> LineCoding:
    return LineCoding(
        account=_sent(codes.category),
        tax_rate=_sent(codes.tax_rate),
        product=_sent(codes.item_code),
        customer=_sent(codes.customer),
        billable=_sent(None if codes.billable is None else Billable.YES if codes.billable else Billable.NO),
        tracking=tuple(
            Tracked(category=track.category, option=_sent(track.option)) for track in sorted(codes.tracking)
        ),
    )


def _sent(code: str | None) -> CodedValue:
    return CodedValue() if code is None else CodedValue(value=code, source=Source.DOOR)


def _party(own: Party, read: Party) -> Party:
    stated = {each.name: value for each in fields(own) if (value := getattr(own, each.name)) is not None}
    agrees = all(
        getattr(read, name) in (None, value) or _same(getattr(read, name), value) for name, value in stated.items()
    )
    return replace(read, **stated) if agrees else own


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _amounts(own: Facts, whole: Facts) -> Facts:
    """The sender's figures with the file's beside them where none contradicts; lines go with their figures."""
    stated = {name: value for name in _FIGURES if (value := getattr(own, name)) is not None}
    if stated and any(getattr(whole, name) not in (None, value) for name, value in stated.items()):
        bare = dict.fromkeys((*_FIGURES, "payable", "prepaid"))
        whole = replace(whole, **{**bare, **stated}, lines=(), tax_breakdown=())
    else:
        whole = replace(whole, **stated)
    return replace(whole, lines=own.lines, line_amounts=own.line_amounts) if own.lines else whole


def _own_fields(stated: Stated, whole: Facts) -> frozenset[FactField]:
    """What the sender states, which no reading makes doubtful. A part that the file alone says, such as the account to
    pay to, leaves the whole field one to be looked at.
    """
    figures = [getattr(stated.facts, name) for name in _FIGURES]
    own = {
        FactField.DOCUMENT_TYPE: stated.document_type is not None,
        FactField.SUPPLIER: Party() != stated.facts.supplier == whole.supplier,
        FactField.BUYER: Party() != stated.facts.buyer == whole.buyer,
        FactField.AMOUNTS: any(each is not None for each in figures)
        and figures == [getattr(whole, name) for name in _FIGURES],
        FactField.LINES: bool(stated.facts.lines),
        **{FactField(name): getattr(stated.facts, name) is not None for name in _SINGLE},
    }
    return frozenset(name for name, is_stated in own.items() if is_stated)


_SINGLE = ("number", "issued_on", "due_on", "currency", "note")
_FIGURES = ("net", "tax", "gross")
