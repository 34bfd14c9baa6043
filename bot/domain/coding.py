"""How an item is coded, and why.

Every coded field keeps the source that set it and what that source beat, so "Why?" is a look-up and never a guess. A
source only replaces a weaker one: a default never overwrites a rule or a person's edit (`CodedValue.offer`).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum, StrEnum
from operator import itemgetter

from bot.domain.ids import ItemId


class Source(IntEnum):
    """Where a coded value comes from; the higher number wins. The gaps are where later sources go."""

    NOTHING = 0
    SUGGESTION = 10
    ORGANISATION_DEFAULT = 20
    DEFAULT_TAX = 30
    SUPPLIER_RULE = 50
    PRODUCT = 70
    """What the ledger books the product to that came with the document."""
    DOOR = 80
    PERSON = 90

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Source.NOTHING: "nothing set it",
    Source.SUGGESTION: "suggested",
    Source.ORGANISATION_DEFAULT: "the organisation's default",
    Source.DEFAULT_TAX: "the organisation's default tax",
    Source.SUPPLIER_RULE: "the supplier's rule",
    Source.PRODUCT: "its product's own",
    Source.DOOR: "sent with the document",
    Source.PERSON: "chosen by a person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """A value that lost, kept for "Why?"."""

    value: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a suggestion rests on: of the newest `of` documents of that supplier or customer that were approved, `alike` have
    it. The newest of those is `item_id`, which people know by `reference`, and was approved on that day.
    """

    alike: int
    of: int
    item_id: ItemId
    reference: str
    on: date

    @property
    def words(self) -> str:
        return f"as in {self.alike} of the last {self.of}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedValue:
    """A code of the ledger (an account's code, a tax rate's code) with its source. A person may set it to None."""

    value: str | None = None
    source: Source = Source.NOTHING
    by: str | None = None
    beaten: tuple[Beaten, ...] = ()
    evidence: Evidence | None = None
    """Of what is suggested from what was approved before."""

    def offer(self, value: str | None, source: Source, *, by: str | None = None) -> "CodedValue":
        """The stronger of what stands and what is offered; an equal source replaces, as the newer opinion."""
        if source < self.source:
            return replace(self, beaten=_remember(self.beaten, value, source))
        beaten = self.beaten
        if self.source is not Source.NOTHING and (self.value, self.source) != (value, source):
            beaten = _remember(beaten, self.value, self.source)
        return CodedValue(value=value, source=source, by=by, beaten=beaten)


def _remember(beaten: tuple[Beaten, ...], value: str | None, source: Source) -> tuple[Beaten, ...]:
    """The newest opinion of each source is enough: the trace stays as short as the list of sources."""
    return (*(kept for kept in beaten if kept.source is not source), Beaten(value=value, source=source))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """The option chosen of one tracking category, both by the ledger's ids; a person may choose none."""

    category: str
    option: CodedValue


class Billable(StrEnum):
    """Whether a cost is billed on to the customer that it is for."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCoding:
    """What a line has of its own. What it has not, or what was emptied, is as the item has it."""

    account: CodedValue = field(default_factory=CodedValue)
    tax_rate: CodedValue = field(default_factory=CodedValue)
    product: CodedValue = field(default_factory=CodedValue)
    customer: CodedValue = field(default_factory=CodedValue)
    billable: CodedValue = field(default_factory=CodedValue)
    tracking: tuple[Tracked, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Track:
    """A tracking category and the option chosen of it."""

    category: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What is booked to: codes alone, without where they come from. `tracking` is in the order of the categories' ids. A
    product is a line's alone, but where books ask for one on every line (`BookRules.sells_products`). `customer` is the
    ledger's id of whom a cost is for, `billable` a `Billable`.
    """

    account: str | None = None
    tax_rate: str | None = None
    product: str | None = None
    customer: str | None = None
    billable: str | None = None
    tracking: tuple[Track, ...] = ()

    @property
    def is_billable(self) -> bool:
        return self.billable == Billable.YES

    def over(self, others: "Codes") -> "Codes":
        """These, and the others' where these have none."""
        tracking = {track.category: track for track in (*others.tracking, *self.tracking)}
        return Codes(
            account=self.account or others.account,
            tax_rate=self.tax_rate or others.tax_rate,
            product=self.product or others.product,
            customer=self.customer or others.customer,
            billable=self.billable or others.billable,
            tracking=tuple(sorted(tracking.values())),
        )


NO_CODES = Codes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How an item is booked. `contact` is the ledger's contact id; without one the supplier's name is used.

    `lines` are those of the facts, by their place; where there are fewer, the last ones have nothing of their own.
    `publish_to` is a `Destination`, `publish_as` a `PaymentStatus`; without one the organisation's settings say it.
    `payment_method` is our id of what it was paid with. `customer` is the ledger's id of whom a cost is for, which is not the
    `contact` that it is from; `billable` is a `Billable`.
    """

    account: CodedValue = field(default_factory=CodedValue)
    tax_rate: CodedValue = field(default_factory=CodedValue)
    contact: CodedValue = field(default_factory=CodedValue)
    publish_to: CodedValue = field(default_factory=CodedValue)
    publish_as: CodedValue = field(default_factory=CodedValue)
    payment_method: CodedValue = field(default_factory=CodedValue)
    product: CodedValue = field(default_factory=CodedValue)
    customer: CodedValue = field(default_factory=CodedValue)
    billable: CodedValue = field(default_factory=CodedValue)
    closed: CodedValue = field(default_factory=CodedValue)
    """A `ClosedAnswer`: what a person chose for its date in a closed period."""
    tracking: tuple[Tracked, ...] = ()
    lines: tuple[LineCoding, ...] = ()

    @property
    def codes(self) -> Codes:
        """The item's own, without its lines."""
        return codes_of(self)

    def own_codes(self, place: int) -> Codes:
        """What a line has of its own."""
        return codes_of(self.lines[place]) if place < len(self.lines) else Codes()

    def codes_at(self, place: int) -> Codes:
        """What a line is booked to: its own codes, else the item's."""
        return self.own_codes(place).over(self.codes)

    @property
    def is_only_suggested(self) -> bool:
        """Whether what it is booked to, or a line of it, is no more than a suggestion: a person has to approve that."""
        codings: tuple[Coding | LineCoding, ...] = (self, *self.lines)
        return any(
            value.source is Source.SUGGESTION
            for coding in codings
            for value in (coding.account, coding.product, coding.tax_rate)
        )


def codes_of(coding: "Coding | LineCoding") -> Codes:
    chosen = (Track(each.category, each.option.value) for each in coding.tracking if each.option.value is not None)
    return Codes(
        account=coding.account.value,
        tax_rate=coding.tax_rate.value,
        product=coding.product.value,
        customer=coding.customer.value,
        billable=coding.billable.value,
        tracking=tuple(sorted(chosen)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingDefaults:
    """What an organisation's settings say for items of a kind."""

    account: str | None = None
    tax_rate: str | None = None
    payment_method: str | None = None
    product: str | None = None
    tracking: tuple[Track, ...] = ()
    """Of what is tracked once for a whole document."""


_OF_DEFAULTS = (Source.ORGANISATION_DEFAULT, Source.DEFAULT_TAX)


def without_defaults(coding: Coding) -> Coding:
    """What the settings gave it is taken back, where it is of another kind now: there are others for that."""

    def own(value: CodedValue) -> CodedValue:
        return CodedValue(beaten=value.beaten) if value.source in _OF_DEFAULTS else value

    return replace(
        coding,
        account=own(coding.account),
        tax_rate=own(coding.tax_rate),
        payment_method=own(coding.payment_method),
        product=own(coding.product),
        tracking=tuple(replace(each, option=own(each.option)) for each in coding.tracking),
    )


def apply_defaults(coding: Coding, defaults: CodingDefaults) -> Coding:
    """Fill what is empty from the settings; a rule's or a person's value stands. No default is no opinion."""
    account, tax_rate, method, product = coding.account, coding.tax_rate, coding.payment_method, coding.product
    if defaults.account is not None:
        account = account.offer(defaults.account, Source.ORGANISATION_DEFAULT)
    if defaults.tax_rate is not None:
        tax_rate = tax_rate.offer(defaults.tax_rate, Source.DEFAULT_TAX)
    if defaults.payment_method is not None:
        method = method.offer(defaults.payment_method, Source.ORGANISATION_DEFAULT)
    if defaults.product is not None:
        product = product.offer(defaults.product, Source.ORGANISATION_DEFAULT)
    tracking = _offered(coding.tracking, defaults.tracking)
    return replace(
        coding, account=account, tax_rate=tax_rate, payment_method=method, product=product, tracking=tracking
    )


def _offered(tracking: tuple[Tracked, ...], defaults: tuple[Track, ...]) -> tuple[Tracked, ...]:
    if not defaults:
        return tracking
    options = {each.category: each.option for each in tracking}
    for track in defaults:
        standing = options.get(track.category, CodedValue())
        options[track.category] = standing.offer(track.option, Source.ORGANISATION_DEFAULT)
    return tuple(
        Tracked(category=category, option=option) for category, option in sorted(options.items(), key=itemgetter(0))
    )
