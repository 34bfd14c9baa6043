"""How an item is coded by all who have a say, and why: worked out anew from what was said of the item itself.

What persons, doors and products say stays; what defaults and rules said is dropped and offered again as they are now. So a
rule that is changed, switched off or deleted takes its values back, working it out twice changes nothing, and the order in
which rules are given does not matter. Strongest first: a person, the door, a product, a person's rule, the card that stands on
the document, the payment method's, the supplier's or customer's, a person's rule for what is blank, the default tax, other defaults, suggestions. "Why?" draws
the sources and what they beat, as they are kept here (`CodedValue`).

Of facts, a rule only ever fills in what neither the document nor a person says: `Facts.ruled` names what is from there, and
goes when the rule does.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.coding import Beaten, CodedValue, Coding, CodingDefaults, LineCoding, Source, Track, Tracked
from bot.domain.documents import DocumentType, FactField, Facts, ItemKind, PaidWith
from bot.domain.due import Due
from bot.domain.items import Item
from bot.domain.rules import AutoPublish, Opinions, Rule, RuleOf, matching
from bot.domain.settings import Destination
from bot.domain.signs import OF_SIGN
from bot.domain.splitting import split_of
from bot.domain.templates import filled_in
from bot.domain.whole_document import lifted

FIELDS = (
    *("account", "tax_rate", "publish_to", "publish_as", "payment_method", "product", "customer", "billable"),
    *("due", "description", "currency", "split", "auto_publish"),
)
"""Those of `Coding` that rules and defaults have a say in, but for tracking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What of all that rules name the ledger takes for items of a kind, as far as is known. What is not among it counts as no
    opinion. `tax_rates` are percentages by code; a code that is known by itself alone has none.
    """

    accounts: frozenset[str] = frozenset()
    tax_rates: Mapping[str, Decimal | None] = field(default_factory=dict)
    products: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    """Whom costs can be for."""
    bills_customers: bool = False
    methods: frozenset[str] = frozenset()
    by_card: Mapping[PaidWith, str] = field(default_factory=dict)
    """The one payment method of the card that a document names."""
    options: frozenset[Track] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """One opinion on one field."""

    value: str
    source: Source
    rule: Rule | None = None

    def offered_to(self, standing: CodedValue) -> CodedValue:
        return standing.offer(self.value, self.source, rule=None if self.rule is None else self.rule.id)


def coded(item: Item, rules: Iterable[Rule], defaults: CodingDefaults, usable: Usable, books: BookRules) -> Item:
    """The item with every coded field as it is by now, each with its source and what that beat. Its state and complaints are
    not looked at: what a rule says that its amounts do not allow, `checks.not_split` tells.
    """
    rules, before, item = tuple(rules), item, as_said(item)
    item = replace(item, coding=lifted(item.coding, books))
    found = [rule for rule in matching(rules, item) if rule.of is not RuleOf.PAYMENT_METHOD]
    item = _with(item, found, defaults, usable, ("payment_method",))
    # which payment method it is decides whose rule counts
    found = list(matching(rules, item)) if item.coding.payment_method.value is not None else found
    item = _with(item, found, defaults, usable, FIELDS)
    item = replace(item, coding=replace(item.coding, tracking=_tracked(item, found, defaults, usable)))
    return _filled(_without_old_suggestions(item, before), found, usable)


def as_said(item: Item) -> Item:
    """The item with nothing but what was said of it."""
    coding, facts = item.coding, item.facts
    tracking = tuple(replace(each, option=each.option.as_said) for each in coding.tracking)
    coding = replace(
        _with_values(coding, {name: getattr(coding, name).as_said for name in FIELDS}),
        tracking=tuple(each for each in tracking if each.option.source is not Source.NOTHING),
        lines=() if FactField.LINES in facts.ruled else coding.lines,
    )
    return replace(item, facts=_as_stated(facts), coding=coding)


def _with_values(coding: Coding, values: dict[str, Any]) -> Coding:
    """With the fields of these names."""
    return replace(coding, **values)


def _as_stated(facts: Facts) -> Facts:
    if not facts.ruled:
        return facts
    return replace(
        facts,
        due_on=None if FactField.DUE_ON in facts.ruled else facts.due_on,
        note=None if FactField.NOTE in facts.ruled else facts.note,
        currency=None if FactField.CURRENCY in facts.ruled else facts.currency,
        lines=() if FactField.LINES in facts.ruled else facts.lines,
        ruled=frozenset(),
    )


def _with(item: Item, rules: Sequence[Rule], defaults: CodingDefaults, usable: Usable, names: Sequence[str]) -> Item:
    """The fields of these names with every opinion on them."""
    values: dict[str, CodedValue] = {}
    for name in names:
        value: CodedValue = getattr(item.coding, name).as_said
        for said in _opinions(item, name, rules, defaults, usable):
            value = said.offered_to(value)
        values[name] = _kept_back(value) if name == "auto_publish" else value
    return replace(item, coding=_with_values(item.coding, values))


def _kept_back(value: CodedValue) -> CodedValue:
    """Whether it is published by itself: what any rule says is never to be is not, whatever is stronger. Whose rule counts may
    follow from what stands on the document, as its card does, which whoever sends it wrote. A rule that is only for blanks has
    no say beside another one.
    """
    nevers = [
        lost
        for lost in value.beaten
        if lost.value == AutoPublish.NEVER and lost.source.is_rule and lost.source is not Source.USER_RULE_IF_BLANK
    ]
    if value.value != AutoPublish.ALWAYS or not value.source.is_rule or not nevers:
        return value
    never = max(nevers, key=lambda lost: lost.source)
    others = tuple(lost for lost in value.beaten if lost is not never)
    beaten = (*others, Beaten(value=value.value, source=value.source, rule=value.rule))
    return CodedValue(value=never.value, source=never.source, rule=never.rule, beaten=beaten)


def _without_old_suggestions(item: Item, before: Item) -> Item:
    """What was suggested, and beaten by something that is gone by now, is suggested anew, or not (`bot.domain.history`)."""
    names = [name for name in FIELDS if _is_old(getattr(before.coding, name), getattr(item.coding, name))]
    stood = {each.category: each.option for each in before.coding.tracking}
    tracking = [each for each in item.coding.tracking if not _is_old(stood.get(each.category), each.option)]
    coding = _with_values(item.coding, {name: CodedValue() for name in names})
    return replace(item, coding=replace(coding, tracking=tuple(tracking)))


def _is_old(before: CodedValue | None, value: CodedValue) -> bool:
    stood = Source.NOTHING if before is None else before.source
    return value.source is Source.SUGGESTION and stood is not Source.SUGGESTION


def _opinions(
    item: Item, name: str, rules: Sequence[Rule], defaults: CodingDefaults, usable: Usable
) -> Iterator[_Said]:
    """The weaker ones first."""
    default = _published_by_default(item, defaults) if name == "auto_publish" else getattr(defaults, name, None)
    if default is not None:
        source = Source.DEFAULT_TAX if name == "tax_rate" else Source.ORGANISATION_DEFAULT
        yield _Said(default, source)
    for rule in rules:
        value = _SAYS[name](rule.opinions)
        if value is not None and _is_usable(item, name, value, usable):
            yield _Said(value, rule.source, rule)
    card = item.facts.paid_with
    method = None if card is None else usable.by_card.get(card)
    if name == "payment_method" and item.kind is ItemKind.COST and method is not None:
        yield _Said(method, Source.CARD)


def _published_by_default(item: Item, defaults: CodingDefaults) -> str | None:
    since = defaults.published_since
    return None if since is None or item.created_at < since else AutoPublish.ALWAYS


_SAYS: dict[str, Callable[[Opinions], str | None]] = {
    "account": lambda says: says.account,
    "tax_rate": lambda says: says.tax_rate,
    "publish_to": lambda says: says.publish_to,
    "publish_as": lambda says: says.publish_as,
    "payment_method": lambda says: says.payment_method,
    "product": lambda says: says.product,
    "customer": lambda says: says.customer,
    "billable": lambda says: says.billable,
    "due": lambda says: None if says.due is None else says.due.code,
    "description": lambda says: says.description,
    "currency": lambda says: says.currency,
    "split": lambda says: None if says.split is None else str(len(says.split.lines)),
    "auto_publish": lambda says: says.auto_publish,
}
"""What a rule says of a field, as it is coded."""


def _is_usable(item: Item, name: str, value: str, usable: Usable) -> bool:
    match name:
        case "account":
            return value in usable.accounts
        case "tax_rate":
            return value in usable.tax_rates
        case "product":
            return value in usable.products
        case "customer":
            return value in usable.customers
        case "billable":
            return usable.bills_customers
        case "payment_method":
            return value in usable.methods
        case "publish_to":
            return Destination(value).takes(item.kind)
        case _:
            return True


def _tracked(item: Item, rules: Sequence[Rule], defaults: CodingDefaults, usable: Usable) -> tuple[Tracked, ...]:
    options = {each.category: each.option for each in item.coding.tracking}
    opinions = [(track, _Said(track.option, Source.ORGANISATION_DEFAULT)) for track in defaults.tracking]
    for rule in rules:
        live = (track for track in rule.opinions.tracking if track in usable.options)
        opinions += [(track, _Said(track.option, rule.source, rule)) for track in live]
    for track, said in opinions:
        options[track.category] = said.offered_to(options.get(track.category, CodedValue()))
    ordered = sorted(options.items(), key=itemgetter(0))
    return tuple(Tracked(category=category, option=option) for category, option in ordered)


def _filled(item: Item, rules: Sequence[Rule], usable: Usable) -> Item:
    """With the facts that rules say, where nobody else does."""
    facts, coding = item.facts, item.coding
    currency = _currency_of(facts, coding.currency.value)
    if currency is not None:
        facts = _ruled(facts, FactField.CURRENCY, currency=currency)
    due_on = _due_on(facts, coding.due.value)
    if due_on is not None:
        facts = _ruled(facts, FactField.DUE_ON, due_on=due_on)
    note = None if coding.description.value is None else filled_in(coding.description.value, item)
    if note is not None and facts.note is None and FactField.NOTE not in facts.edited:
        facts = _ruled(facts, FactField.NOTE, note=note)
    return _split(replace(item, facts=facts), rules, usable)


def _ruled(facts: Facts, of: FactField, **values: Any) -> Facts:
    return replace(facts, **values, ruled=facts.ruled | {of})


def _currency_of(facts: Facts, said: str | None) -> str | None:
    """A sign that stands at the amounts is of some countries alone."""
    if said is None or facts.currency is not None or FactField.CURRENCY in facts.edited:
        return None
    return said if facts.currency_sign is None or said in OF_SIGN.get(facts.currency_sign, ()) else None


def _due_on(facts: Facts, said: str | None) -> date | None:
    """Nothing is due on what gives money back."""
    if said is None or facts.due_on is not None or FactField.DUE_ON in facts.edited or facts.issued_on is None:
        return None
    return None if facts.document_type is DocumentType.CREDIT_NOTE else Due.of(said).on(facts.issued_on)


def _split(item: Item, rules: Sequence[Rule], usable: Usable) -> Item:
    facts, coding, by = item.facts, item.coding, item.coding.split.rule
    split = next((rule.opinions.split for rule in rules if rule.id == by), None)
    if split is None or by is None or coding.lines or FactField.LINES in facts.edited:
        return item
    made = split_of(split, facts, usable.tax_rates, coding.tax_rate.value)
    if not made:
        return item

    def ruled(value: str | None, known: Container[str]) -> CodedValue:
        said = value is not None and value in known
        return CodedValue(value=value, source=coding.split.source, rule=by) if said else CodedValue()

    lines = tuple(
        LineCoding(account=ruled(each.account, usable.accounts), tax_rate=ruled(each.tax_rate, usable.tax_rates))
        for _, each in made
    )
    facts = _ruled(facts, FactField.LINES, lines=tuple(line for line, _ in made))
    return replace(item, facts=facts, coding=replace(coding, lines=lines))
