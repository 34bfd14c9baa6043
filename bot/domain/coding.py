"""How an item is coded, and why.

Every coded field keeps the source that set it and what that source beat, so "Why?" is a look-up and never a guess. A
source only replaces a weaker one: a default never overwrites a rule or a person's edit (`CodedValue.offer`).
"""

from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import IntEnum, StrEnum

from bot.domain.ids import ItemId, RuleId


class Source(IntEnum):
    """Where a coded value comes from; the higher number wins. The gaps are where later sources go."""

    NOTHING = 0
    BY_AMOUNT = 5
    SUGGESTION = 10
    ORGANISATION_DEFAULT = 20
    DEFAULT_TAX = 30
    CATEGORY_TAX = 32
    UNTAXED_DEFAULT = 34
    USER_RULE_IF_BLANK = 40
    SUPPLIER_RULE = 50
    CUSTOMER_RULE = 51
    """An item has a supplier or a customer to be coded by, never both."""
    METHOD_RULE = 60
    CARD = 62
    """The payment method whose last digits stand on the document: what is worked out of that is again at each look."""
    USER_RULE = 65
    PRODUCT = 70
    """What the ledger books the product to that came with the document."""
    DOOR = 80
    PERSON = 90

    @classmethod
    def _missing_(cls, value: object) -> "Source | None":
        """One that a newer program of ours wrote while both run: it keeps its number, so that it stands where it belongs, and is
        written back as it was.
        """
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_, unknown._value_ = f"UNKNOWN_{value}", value
        return cls._value2member_map_.setdefault(value, unknown)  # type: ignore[return-value]  # one of each number

    @property
    def words(self) -> str:
        return _WORDS.get(self, "set by a newer version of this app")

    @property
    def is_worked_out(self) -> bool:
        """Whether it is a default, a rule, or follows from the document's card: what those say is worked out anew whenever an
        item is judged, and is taken back with them. The others were said of this item.
        """
        return Source.ORGANISATION_DEFAULT <= self <= Source.USER_RULE

    @property
    def is_rule(self) -> bool:
        return Source.USER_RULE_IF_BLANK <= self <= Source.USER_RULE and self is not Source.CARD


_WORDS = {
    Source.NOTHING: "not chosen by anybody, nor by a rule",
    Source.BY_AMOUNT: "suggested, as no other rate makes this tax",
    Source.SUGGESTION: "suggested",
    Source.ORGANISATION_DEFAULT: "the organisation's default",
    Source.DEFAULT_TAX: "the organisation's default tax",
    Source.CATEGORY_TAX: "its category's own tax in the ledger",
    Source.UNTAXED_DEFAULT: "the default of documents that show no tax",
    Source.USER_RULE_IF_BLANK: "the rule of who sent it in, for what is blank",
    Source.SUPPLIER_RULE: "the supplier's rule",
    Source.CUSTOMER_RULE: "the customer's rule",
    Source.METHOD_RULE: "the payment method's rule",
    Source.CARD: "the card on the document",
    Source.USER_RULE: "the rule of who sent it in",
    Source.PRODUCT: "its product's own",
    Source.DOOR: "sent with the document",
    Source.PERSON: "chosen by a person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """A value that lost, kept for "Why?"."""

    value: str | None
    source: Source
    rule: RuleId | None = None


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
class Likeness:
    """Why a contact is suggested: its tax number, or its name, which is so many percent like the document's."""

    percent: int = 100
    has_same_tax_number: bool = False

    @property
    def words(self) -> str:
        if self.has_same_tax_number:
            return "with the same tax number"
        return "the same name, written otherwise" if self.percent == 100 else f"{self.percent} % like the name on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedValue:
    """A code of the ledger (an account's code, a tax rate's code) with its source. A person may set it to None.

    `by` is the person who chose it, `rule` the rule that said it.
    """

    value: str | None = None
    source: Source = Source.NOTHING
    by: str | None = None
    rule: RuleId | None = None
    beaten: tuple[Beaten, ...] = ()
    evidence: Evidence | None = None
    """Of what is suggested from what was approved before."""
    likeness: Likeness | None = None
    """Of a contact that is suggested because it is like whom the document names."""

    def offer(
        self, value: str | None, source: Source, *, by: str | None = None, rule: RuleId | None = None
    ) -> "CodedValue":
        """The stronger of what stands and what is offered; an equal source replaces, as the newer opinion."""
        if source < self.source:
            return replace(self, beaten=_remember(self.beaten, Beaten(value=value, source=source, rule=rule)))
        beaten = self.beaten
        if self.source is not Source.NOTHING and (self.value, self.source) != (value, source):
            beaten = _remember(beaten, Beaten(value=self.value, source=self.source, rule=self.rule))
        return CodedValue(value=value, source=source, by=by, rule=rule, beaten=beaten)

    @property
    def decided(self) -> str | None:
        """What persons decided of it, here or before, or what came with the document: no default, no rule, no guess by amount."""
        is_guess = self.source in (Source.NOTHING, Source.BY_AMOUNT)
        return None if is_guess or self.source.is_worked_out else self.value

    @property
    def as_said(self) -> "CodedValue":
        """Without what was worked out: the strongest of what was said of this item, and what that beat of it."""
        said = CodedValue()
        for lost in self.beaten:
            if not lost.source.is_worked_out:
                said = said.offer(lost.value, lost.source)
        if self.source is Source.NOTHING or self.source.is_worked_out:
            return said
        return replace(said.offer(self.value, self.source, by=self.by), evidence=self.evidence)


def _remember(beaten: tuple[Beaten, ...], lost: Beaten) -> tuple[Beaten, ...]:
    """The newest opinion of each source is enough: the trace stays as short as the list of sources."""
    return (*(kept for kept in beaten if kept.source is not lost.source), lost)


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

    `due`, `description`, `currency` and `split` are what rules say of facts that the document does not state (`Due`, a
    template, an ISO 4217 code, how many lines); `Facts.ruled` are those that have them from there. `auto_publish` is an
    `AutoPublish`.
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
    due: CodedValue = field(default_factory=CodedValue)
    description: CodedValue = field(default_factory=CodedValue)
    currency: CodedValue = field(default_factory=CodedValue)
    split: CodedValue = field(default_factory=CodedValue)
    auto_publish: CodedValue = field(default_factory=CodedValue)
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
    def stated_contact(self) -> str | None:
        """The contact that somebody chose or sent: one that is only suggested says nothing of whose rule counts."""
        return None if self.contact.source is Source.SUGGESTION else self.contact.value

    @property
    def is_only_suggested(self) -> bool:
        """Whether what it is booked to, or a line of it, or when it is due, or whom it is from is no more than a suggestion: a
        person has to approve that.
        """
        codings: tuple[Coding | LineCoding, ...] = (self, *self.lines)
        values = [self.contact, self.due]
        for coding in codings:
            values += [coding.account, coding.product, coding.tax_rate, *(each.option for each in coding.tracking)]
        return any(value.source in (Source.BY_AMOUNT, Source.SUGGESTION) for value in values)


def rules_between(before: Coding, after: Coding) -> frozenset[RuleId]:
    """Whose values came, went, or are others."""
    was, now = _ruled(before), _ruled(after)
    differ = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    said = [value for each in (was, now) for name in differ if (value := each.get(name)) is not None]
    return frozenset(rule for _, rule in said if rule is not None)


def _ruled(coding: Coding) -> dict[str, tuple[str | None, RuleId | None]]:
    """Every value that a rule can say, with the rule that said it."""
    values = {each.name: getattr(coding, each.name) for each in fields(coding)}
    found = {name: value for name, value in values.items() if isinstance(value, CodedValue)}
    found |= {f"tracking {each.category}": each.option for each in coding.tracking}
    return {name: (value.value, value.rule) for name, value in found.items()}


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
    untaxed_rate: str | None = None
    """The tax rate of a document that shows no tax, where it has one of its own."""
    payment_method: str | None = None
    product: str | None = None
    tracking: tuple[Track, ...] = ()
    """Of what is tracked once for a whole document."""
    published_since: datetime | None = None
    """What came in from then on is published by itself; None: nothing is."""
