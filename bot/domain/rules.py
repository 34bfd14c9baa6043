"""Rules: what an organisation's admins and bookkeepers say once for all items of a supplier, of a customer, of whoever sends
in, or of what was paid with a payment method.

A rule has an opinion on some fields and none on the others. Which opinion counts is the order of their sources
(`bot.domain.coding.Source`); how they are put on an item is in `bot.domain.coded`. Rules are the organisation's own,
so they outlive a connection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from operator import itemgetter

from bot.domain.coding import Billable, Source, Track
from bot.domain.documents import ItemKind, Party
from bot.domain.due import Due
from bot.domain.ids import OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.parties import CompanyName, is_same_company, name_key, tax_key
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.splitting import Split

LONGEST_LABEL = 200
BY_NAME = 1
"""How well a company is known by its name where that is written without a legal form, here or there."""
MOST_EARLIER = 20
"""Earlier opinions that one rule keeps for items that came in before it was changed."""


class RuleOf(StrEnum):
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    PERSON = "person"
    """Whoever sent it in."""
    PAYMENT_METHOD = "payment_method"

    @property
    def is_of_party(self) -> bool:
        return self in (RuleOf.SUPPLIER, RuleOf.CUSTOMER)

    @property
    def words(self) -> str:
        return self.replace("_", " ")

    def applies_to(self, kind: ItemKind) -> bool:
        """Whether items of a kind can match it. What an expense report is made of was coded when it came in."""
        match self:
            case RuleOf.SUPPLIER:
                return kind is ItemKind.COST
            case RuleOf.CUSTOMER:
                return kind is ItemKind.SALE
            case _:
                return kind is not ItemKind.EXPENSE_REPORT


class Strength(StrEnum):
    """Of a rule of a person: above the rules of suppliers and payment methods, or below them."""

    ALWAYS = "always"
    IF_BLANK = "if_blank"


class AutoPublish(StrEnum):
    """Without one of these, the rule has no opinion on it."""

    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """What a rule says; None and nothing are no opinion.

    `account`, `tax_rate`, `product` are codes of the ledger's lists, `customer` is its id of whom costs are for, `payment_method` is our id as text, `currency` is
    ISO 4217, `description` a template (`bot.domain.templates`). `due`, `currency`, `description` and `split` are of facts:
    they count where neither the document nor a person says anything.
    """

    account: str | None = None
    tax_rate: str | None = None
    payment_method: str | None = None
    publish_to: Destination | None = None
    publish_as: PaymentStatus | None = None
    product: str | None = None
    customer: str | None = None
    billable: Billable | None = None
    due: Due | None = None
    description: str | None = None
    currency: str | None = None
    auto_publish: AutoPublish | None = None
    tracking: tuple[Track, ...] = ()
    split: Split | None = None

    @property
    def said(self) -> frozenset[str]:
        """The names of the fields that it has an opinion on."""
        return frozenset(each.name for each in fields(self) if getattr(self, each.name) not in (None, ()))

    @property
    def accounts(self) -> frozenset[str]:
        """Every one that it names."""
        lines = () if self.split is None else self.split.lines
        return frozenset(code for code in (self.account, *(line.account for line in lines)) if code is not None)

    @property
    def tax_rates(self) -> frozenset[str]:
        """As `accounts`."""
        lines = () if self.split is None else self.split.lines
        return frozenset(code for code in (self.tax_rate, *(line.tax_rate for line in lines)) if code is not None)


NO_OPINIONS = Opinions()

_OF_COSTS = frozenset({"customer", "billable"})
_OF_PARTIES = frozenset(each.name for each in fields(Opinions)) - {"product"} - _OF_COSTS
SAYS: dict[RuleOf, frozenset[str]] = {
    RuleOf.SUPPLIER: _OF_PARTIES | _OF_COSTS,
    RuleOf.CUSTOMER: _OF_PARTIES | {"product"},
    RuleOf.PERSON: _OF_COSTS
    | {"account", "tax_rate", "payment_method", "publish_to", "publish_as", "description", "auto_publish", "tracking"},
    RuleOf.PAYMENT_METHOD: frozenset(
        ["account", "tax_rate", "publish_to", "publish_as", "description", "auto_publish", "tracking"]
    ),
}
"""The fields that rules of each kind can have an opinion on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a rule is of, and how its items are known.

    Of a supplier or customer: `name`, and where they are known its tax number and the ledger's id of it as a contact. Of a
    person: `name` is their id in Slack. Of a payment method: `name` is our id of it, as text. `label` is what people read.
    """

    of: RuleOf
    name: str
    label: str
    tax_number: str | None = None
    contact: str | None = None

    @property
    def key(self) -> str | None:
        """No two rules of an organisation of one kind have the same; None where nothing can be told from the name."""
        if not self.of.is_of_party:
            return self.name or None
        found = CompanyName.of(self.name)
        return " ".join((found.core, *sorted(found.forms))) if found.core else None

    @property
    def name_key(self) -> str | None:
        """As items have it, of a supplier or customer."""
        return name_key(self.name) if self.of.is_of_party else None

    @property
    def tax_key(self) -> str | None:
        return tax_key(self.tax_number) if self.of.is_of_party else None

    def fit_of(self, item: Item) -> int:
        """How well an item is known to be of it; 0: it is not. By the ledger's contact, else by the tax number, else by a name
        with the same legal form, else by the name.
        """
        if not self.of.applies_to(item.kind):
            return 0
        match self.of:
            case RuleOf.PERSON:
                return int(item.submitted_by == self.name)
            case RuleOf.PAYMENT_METHOD:
                return int(item.coding.payment_method.value == self.name)
            case _:
                return self._fit_of_party(item.counterparty, item.coding.stated_contact)

    def _fit_of_party(self, party: Party, contact: str | None) -> int:
        if contact is not None and self.contact is not None:
            return 4 if contact == self.contact else 0
        own = Party(name=self.name, tax_number=self.tax_number)
        if not is_same_company(own, party):
            return 0
        if self.tax_key is not None and self.tax_key == tax_key(party.tax_number):
            return 3
        return 2 if CompanyName.of(self.name) == CompanyName.of(party.name or "") else BY_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a rule said until it was changed for new items only. `since` as `Rule.since`; None: never anything before."""

    since: datetime | None
    opinions: Opinions
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of an organisation at one version. `since`: the first moment from which items that come in are coded by these
    opinions; None: all. Those that came in before are coded by the `earlier` ones, newest first.
    """

    id: RuleId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    target: Target
    opinions: Opinions
    strength: Strength = Strength.ALWAYS
    since: datetime | None = None
    earlier: tuple[Earlier, ...] = ()
    is_active: bool = True
    is_deleted: bool = False
    """It stays, so that what it coded can be explained, and it can be restored."""
    version: int = 1
    changed_by: UserId | None = None
    changed_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def is_in_force(self) -> bool:
        return self.is_active and not self.is_deleted

    @property
    def of(self) -> RuleOf:
        return self.target.of

    def for_item(self, item: Item) -> "Rule | None":
        """The rule as it counts for an item by when that came in; None where it does not count yet."""
        if self.since is None or self.since <= item.created_at:
            return self
        for each in self.earlier:
            if each.since is None or each.since <= item.created_at:
                return replace(self, opinions=each.opinions, strength=each.strength)
        return None

    def changed(self, opinions: Opinions, strength: Strength, *, now: datetime, is_for_waiting: bool) -> "Rule":
        """With other opinions: for all that nobody has decided on, or for what comes in from now on."""
        if is_for_waiting:
            return replace(self, opinions=opinions, strength=strength, since=None, earlier=())
        before = Earlier(since=self.since, opinions=self.opinions, strength=self.strength)
        earlier = (before, *self.earlier)[:MOST_EARLIER]
        return replace(self, opinions=opinions, strength=strength, since=now, earlier=earlier)

    @property
    def source(self) -> Source:
        match self.of:
            case RuleOf.SUPPLIER:
                return Source.SUPPLIER_RULE
            case RuleOf.CUSTOMER:
                return Source.CUSTOMER_RULE
            case RuleOf.PAYMENT_METHOD:
                return Source.METHOD_RULE
            case RuleOf.PERSON:
                return Source.USER_RULE if self.strength is Strength.ALWAYS else Source.USER_RULE_IF_BLANK


def matching(rules: Iterable[Rule], item: Item) -> tuple[Rule, ...]:
    """Those in force that an item is of, as they count for it, the weaker before the stronger.

    Of one kind it is one: the one that knows the item best (`Target.fit_of`), and of those the one changed last, then the one
    of the higher id. In whatever order they are given. Where a name without its legal form may be that of several companies, it
    says what the rules of all of them do.
    """
    found: dict[RuleOf, list[tuple[tuple[int, datetime, RuleId], Rule]]] = {}
    for rule in rules:
        fit = rule.target.fit_of(item) if rule.is_in_force else 0
        counts = rule.for_item(item) if fit else None
        if counts is not None:
            found.setdefault(rule.of, []).append(((fit, rule.changed_at, rule.id), counts))
    best = [max(of_kind, key=itemgetter(0)) for of_kind in found.values()]
    counting = [
        _agreed(rule, [other for rank, other in found[rule.of] if rank[0] == BY_NAME])
        if rule.of.is_of_party and fit == BY_NAME
        else rule
        for (fit, _, _), rule in best
    ]
    return tuple(sorted(counting, key=lambda rule: rule.source))


def _agreed(rule: Rule, alike: Sequence[Rule]) -> Rule:
    """With what all of these say, and that nothing goes by itself where one of them says so."""
    if len(alike) < 2:
        return rule
    says = {each.name: getattr(rule.opinions, each.name) for each in fields(Opinions)}
    shared = {
        name: said for name, said in says.items() if all(getattr(other.opinions, name) == said for other in alike)
    }
    if any(other.opinions.auto_publish is AutoPublish.NEVER for other in alike):
        shared["auto_publish"] = AutoPublish.NEVER
    return replace(rule, opinions=Opinions(**shared))
