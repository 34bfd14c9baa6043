"""What an organisation's rules, settings, payment methods and waiting items say, carried over to the lists of another ledger.

A pure mapping: what somebody chose an entry for becomes that entry, and what was skipped becomes nothing, never another entry.
A rule that lost something publishes nothing by itself any more, because what it would be booked to then nobody has looked at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.books import ListKind
from bot.domain.closing import ClosedPolicy, Closing
from bot.domain.coding import CodedValue, Codes, Coding, LineCoding, Source, Track, Tracked
from bot.domain.documents import ItemKind
from bot.domain.general import GeneralSettings
from bot.domain.gone_codes import Code, codes_of_rule
from bot.domain.history import Past
from bot.domain.required import Required, RequiredFields
from bot.domain.rules import AutoPublish, Earlier, Opinions, Rule, RuleOf, Target
from bot.domain.settings import Destination, KindSettings, PaymentStatus
from bot.domain.splitting import Split
from bot.domain.tax_settings import KindTax, TaxSettings

NO_CODE = CodedValue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """`to` has no entry for what was skipped. `methods` are our ids of payment methods, of the old books and of the new;
    `destinations` and `statuses` are what the new books can do, by the kind of item.
    """

    to: Mapping[Code, Code] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    destinations: Mapping[ItemKind, tuple[Destination, ...]] = field(default_factory=dict)
    statuses: Mapping[ItemKind, tuple[PaymentStatus, ...]] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    """Tracking categories that are called alike, by the old ledger's ids: they may be asked for though nothing names an option."""

    def key(self, kind: ListKind, key: str | None) -> str | None:
        """What an entry of a list is in the new one; None where it has none there."""
        found = None if key is None else self.to.get(Code(kind, key))
        return None if found is None else found.key

    def method(self, method: str | None) -> str | None:
        return None if method is None else self.methods.get(method)

    def tracks(self, tracks: Iterable[Track]) -> tuple[Track, ...]:
        """Of one new category one option, though two old categories became it: the first."""
        found: dict[str, Track] = {}
        for track in tracks:
            new = self._track(track.category, track.option)
            if new is not None:
                found.setdefault(new.category, new)
        return tuple(sorted(found.values()))

    def _track(self, category: str, option: str) -> Track | None:
        found = self.to.get(Code(ListKind.TRACKING_CATEGORIES, option, category))
        return None if found is None else Track(found.of, found.key)

    def lost(self, codes: Iterable[Code]) -> frozenset[Code]:
        """Those that are nothing in the new lists."""
        return frozenset(code for code in codes if code not in self.to)

    def opinions(self, says: Opinions, kinds: Iterable[ItemKind]) -> Opinions:
        """`kinds` are those of the items that the rule can be for."""
        carried = replace(
            says,
            account=self.key(ListKind.ACCOUNTS, says.account),
            tax_rate=self.key(ListKind.TAX_RATES, says.tax_rate),
            product=self.key(ListKind.PRODUCTS, says.product),
            customer=self.key(ListKind.CONTACTS, says.customer),
            payment_method=self.method(says.payment_method),
            publish_to=says.publish_to if self._goes(says.publish_to, kinds) else None,
            publish_as=says.publish_as if self._is_status(says.publish_as, kinds) else None,
            tracking=self.tracks(says.tracking),
            split=None if says.split is None else self._split(says.split),
        )
        is_whole = not self.lost(codes_of_rule(says)) and carried.said == says.said
        return carried if is_whole else replace(carried, auto_publish=_not_by_itself(carried))

    def rule(self, rule: Rule) -> Rule:
        """One that has nothing left to say is switched off; it stands there to be filled in."""
        kinds = [kind for kind in ItemKind if rule.of.applies_to(kind)]
        carried = self.opinions(rule.opinions, kinds)
        earlier = tuple(
            Earlier(since=each.since, opinions=self.opinions(each.opinions, kinds), strength=each.strength)
            for each in rule.earlier
        )
        says_something = bool(carried.said) or not rule.opinions.said
        return replace(
            rule,
            target=self.target(rule.target),
            opinions=carried,
            earlier=earlier,
            is_active=rule.is_active and says_something,
        )

    def target(self, target: Target) -> Target:
        """Of a payment method that was not carried over, it is the old one's, which nothing is paid with there."""
        if target.of is RuleOf.PAYMENT_METHOD:
            return replace(target, name=self.methods.get(target.name, target.name))
        return replace(target, contact=self.key(ListKind.CONTACTS, target.contact))

    def kind_settings(self, kind: ItemKind, chosen: KindSettings, usual: KindSettings) -> KindSettings:
        destination = chosen.destination if self._goes(chosen.destination, [kind]) else usual.destination
        status = chosen.payment_status if self._is_status(chosen.payment_status, [kind]) else self._first_status(kind)
        return replace(
            chosen,
            destination=destination,
            payment_status=status or usual.payment_status,
            default_account=self.key(ListKind.ACCOUNTS, chosen.default_account),
            default_tax_rate=self.key(ListKind.TAX_RATES, chosen.default_tax_rate),
            default_payment_method=self.method(chosen.default_payment_method),
            default_product=self.key(ListKind.PRODUCTS, chosen.default_product),
            default_tracking=self.tracks(chosen.default_tracking),
        )

    def report_status(self, status: PaymentStatus | None) -> PaymentStatus | None:
        return status if self._is_status(status, [ItemKind.EXPENSE_REPORT]) else None

    def tax(self, chosen: TaxSettings) -> TaxSettings:
        return replace(chosen, costs=self._kind_tax(chosen.costs), sales=self._kind_tax(chosen.sales))

    def general(self, chosen: GeneralSettings) -> GeneralSettings:
        """What is asked to be tracked: the categories whose options were carried over."""
        asked = chosen.required
        required = RequiredFields(
            costs=self._required(asked.costs), sales=self._required(asked.sales), reports=self._required(asked.reports)
        )
        return replace(chosen, required=required, closing=self._closing(chosen.closing))

    def _closing(self, closing: Closing) -> Closing:
        """What would go as a draft in a closed period, where there are none, is stopped until somebody decides otherwise."""

        def policy(kind: ItemKind) -> ClosedPolicy:
            has_drafts = self._is_status(PaymentStatus.DRAFT, [kind])
            was = closing.of(kind)
            return ClosedPolicy.STOP if was is ClosedPolicy.AS_DRAFT and not has_drafts else was

        return replace(closing, costs=policy(ItemKind.COST), sales=policy(ItemKind.SALE))

    def coding(self, coding: Coding, kind: ItemKind) -> Coding:
        """What a person or a door said of an item. What rules, defaults and suggestions said is said anew there."""
        return Coding(
            publish_to=self._published(coding.publish_to, self.destinations.get(kind, ())),
            publish_as=self._published(coding.publish_as, self.statuses.get(kind, ())),
            account=self._value(ListKind.ACCOUNTS, coding.account),
            tax_rate=self._value(ListKind.TAX_RATES, coding.tax_rate),
            contact=self._value(ListKind.CONTACTS, coding.contact),
            product=self._value(ListKind.PRODUCTS, coding.product),
            customer=self._value(ListKind.CONTACTS, coding.customer),
            billable=_said(coding.billable),
            payment_method=_or_nothing(_said(coding.payment_method), self.method),
            closed=_said(coding.closed),
            tracking=self._tracked(coding.tracking),
            lines=tuple(
                LineCoding(
                    account=self._value(ListKind.ACCOUNTS, line.account),
                    tax_rate=self._value(ListKind.TAX_RATES, line.tax_rate),
                    product=self._value(ListKind.PRODUCTS, line.product),
                    customer=self._value(ListKind.CONTACTS, line.customer),
                    billable=_said(line.billable),
                    tracking=self._tracked(line.tracking),
                )
                for line in coding.lines
            ),
        )

    def past(self, past: Past) -> Past:
        """What a document that was approved would be booked to."""
        codes = Codes(
            account=self.key(ListKind.ACCOUNTS, past.codes.account),
            tax_rate=self.key(ListKind.TAX_RATES, past.codes.tax_rate),
            product=self.key(ListKind.PRODUCTS, past.codes.product),
            tracking=self.tracks(past.codes.tracking),
        )
        return replace(past, codes=codes, contact=self.key(ListKind.CONTACTS, past.contact))

    def _published(self, value: CodedValue, can: Iterable[str]) -> CodedValue:
        """Where, or with which status, as far as the new books can do that."""
        return _or_nothing(_said(value), lambda chosen: chosen if chosen in can else None)

    def _value(self, kind: ListKind, value: CodedValue) -> CodedValue:
        return _or_nothing(_said(value), lambda key: self.key(kind, key))

    def _tracked(self, tracking: tuple[Tracked, ...]) -> tuple[Tracked, ...]:
        found: dict[str, Tracked] = {}
        for each in tracking:
            said = _said(each.option)
            new = None if said.value is None else self._track(each.category, said.value)
            if new is not None:
                found.setdefault(new.category, Tracked(category=new.category, option=replace(said, value=new.option)))
        return tuple(found[category] for category in sorted(found))

    def _split(self, split: Split) -> Split:
        lines = (
            replace(
                line,
                account=self.key(ListKind.ACCOUNTS, line.account),
                tax_rate=self.key(ListKind.TAX_RATES, line.tax_rate),
            )
            for line in split.lines
        )
        return Split(tuple(lines))

    def _kind_tax(self, chosen: KindTax) -> KindTax:
        return replace(chosen, without_amount=self.key(ListKind.TAX_RATES, chosen.without_amount))

    def _required(self, asked: Required) -> Required:
        became = self._categories
        tracking = (became[category] for category in asked.tracking if category in became)
        return replace(asked, tracking=tuple(dict.fromkeys(tracking)))

    @property
    def _categories(self) -> Mapping[str, str]:
        """By what became of an option of theirs, else by their names."""
        of_options = sorted(
            (code.of, new.of) for code, new in self.to.items() if code.kind is ListKind.TRACKING_CATEGORIES
        )
        return {**self.categories, **dict(of_options)}

    def not_asked(self, asked: RequiredFields) -> frozenset[str]:
        """Tracking categories that were asked for, and are none in the new books."""
        every = {category for each in (asked.costs, asked.sales, asked.reports) for category in each.tracking}
        return frozenset(every - self._categories.keys())

    def _goes(self, destination: Destination | None, kinds: Iterable[ItemKind]) -> bool:
        return any(destination in self.destinations.get(kind, ()) for kind in kinds)

    def _is_status(self, status: PaymentStatus | None, kinds: Iterable[ItemKind]) -> bool:
        return any(status in self.statuses.get(kind, ()) for kind in kinds)

    def _first_status(self, kind: ItemKind) -> PaymentStatus | None:
        return next(iter(self.statuses.get(kind, ())), None)


def _not_by_itself(says: Opinions) -> AutoPublish | None:
    """What is never published by itself still is not."""
    return None if says.auto_publish is AutoPublish.ALWAYS else says.auto_publish


def codes_of_settings(kinds: Iterable[KindSettings], tax: TaxSettings) -> frozenset[Code]:
    """Every entry of a list that they name."""
    found: set[Code] = set()
    for each in kinds:
        named = (
            (ListKind.ACCOUNTS, each.default_account),
            (ListKind.TAX_RATES, each.default_tax_rate),
            (ListKind.PRODUCTS, each.default_product),
        )
        found |= {Code(kind, key) for kind, key in named if key is not None}
        found |= {Code(ListKind.TRACKING_CATEGORIES, track.option, track.category) for track in each.default_tracking}
    rates = (tax.costs.without_amount, tax.sales.without_amount)
    return frozenset(found | {Code(ListKind.TAX_RATES, rate) for rate in rates if rate is not None})


def codes_of_whole_rule(rule: Rule) -> frozenset[Code]:
    """Every entry that it names or is known by, in what it says and in what it said before."""
    found = {
        code for says in (rule.opinions, *(each.opinions for each in rule.earlier)) for code in codes_of_rule(says)
    }
    if rule.target.contact is not None and rule.of.is_of_party:
        found.add(Code(ListKind.CONTACTS, rule.target.contact))
    return frozenset(found)


def codes_of_coding(coding: Coding) -> frozenset[Code]:
    """Every entry that a person or a door chose."""
    return frozenset(_chosen(coding))


def _chosen(coding: Coding) -> Iterator[Code]:
    parts: tuple[Coding | LineCoding, ...] = (coding, *coding.lines)
    for part in parts:
        named = [
            (ListKind.ACCOUNTS, part.account),
            (ListKind.TAX_RATES, part.tax_rate),
            (ListKind.PRODUCTS, part.product),
            (ListKind.CONTACTS, part.customer),
        ]
        if isinstance(part, Coding):
            named.append((ListKind.CONTACTS, part.contact))
        for kind, value in named:
            key = _said(value).value
            if key is not None:
                yield Code(kind, key)
        for each in part.tracking:
            option = _said(each.option).value
            if option is not None:
                yield Code(ListKind.TRACKING_CATEGORIES, option, each.category)


def _said(value: CodedValue) -> CodedValue:
    """What a person or a door said, without what it beat."""
    said = value.as_said
    return CodedValue(value=said.value, source=said.source, by=said.by) if said.source >= Source.DOOR else NO_CODE


def _or_nothing(said: CodedValue, new: Callable[[str], str | None]) -> CodedValue:
    """What was emptied on purpose stays so; what is nothing there counts as not said."""
    if said.value is None:
        return said
    found = new(said.value)
    return NO_CODE if found is None else replace(said, value=found)
