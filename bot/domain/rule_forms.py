"""What people send in about rules, and what forms and lists of them are drawn from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Account, Contact, Product, TaxRate, TrackingCategory
from bot.domain.coding import Track
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId, OrganisationId, RuleId, UserId
from bot.domain.items import Item
from bot.domain.payment_methods import KnownMethod
from bot.domain.rules import LONGEST_LABEL, NO_OPINIONS, SAYS, Opinions, Rule, RuleOf, Strength, Target
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.splitting import Split
from bot.domain.templates import wrong_with

PER_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """A rule as somebody sent it. `version` is the one that the form was drawn from, 0 of a new one.

    `is_for_waiting`: it is also for all that nobody has decided on yet; else for what comes in from now on, and what waits
    stays as the rule coded it before.
    """

    version: int
    target: Target
    opinions: Opinions
    strength: Strength = Strength.ALWAYS
    is_for_waiting: bool = False

    def is_held_by(self, rule: Rule) -> bool:
        """Whether it was saved already: the form was sent twice."""
        mine = (self.target, self.opinions, self.strength)
        is_same = mine == (rule.target, rule.opinions, rule.strength) and not rule.is_deleted
        return is_same and (rule.since is None or not self.is_for_waiting)


def form_of(rule: Rule) -> RuleForm:
    """The form that changes nothing of what it says."""
    return RuleForm(version=rule.version, target=rule.target, opinions=rule.opinions, strength=rule.strength)


TARGET, NOTHING_SAID = "target", "opinions"
"""Fields that can be wrong, beside those of `Opinions` by their names."""


def kinds_of(of: RuleOf) -> tuple[ItemKind, ...]:
    """What items a rule can be for."""
    return tuple(kind for kind in ItemKind if of.applies_to(kind))


def wrong_in(form: RuleForm) -> dict[str, str]:
    """What can be seen to be wrong without the ledger's lists, as a sentence by field."""
    says, of = form.opinions, form.target.of
    wrong = dict.fromkeys(sorted(says.said - SAYS[of]), f"A rule of a {of.words} has no say in this.")
    if form.target.key is None:
        wrong[TARGET] = "Write whom the rule is for: a name with letters or digits."
    if max(len(form.target.name), len(form.target.label)) > LONGEST_LABEL:
        wrong[TARGET] = f"A name has at most {LONGEST_LABEL} characters."
    if not says.said:
        wrong[NOTHING_SAID] = "Fill in at least one field above."
    found = {
        "due": None if says.due is None else says.due.wrong,
        "description": None if says.description is None else wrong_with(says.description),
        "split": None if says.split is None else says.split.wrong,
        "currency": None if says.currency is None or _is_currency(says.currency) else NO_CURRENCY,
    }
    if says.publish_to is not None and not any(says.publish_to.takes(kind) for kind in kinds_of(of)):
        found["publish_to"] = "It cannot be published there. Choose another place."
    return {**{name: sentence for name, sentence in found.items() if sentence is not None}, **wrong}


NO_CURRENCY = "Type the three letters of a currency, such as GBP or EUR."


def _is_currency(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNames:
    """What the codes and ids that rules say are called, as far as they are known."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    tax_rates: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    """Those of these names that are of what the ledger does not take any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    """One page of an organisation's rules, by label; `total` counts those that were asked for. `ledger` is the package's name,
    empty where nothing is connected.
    """

    organisation_id: OrganisationId
    organisation: str
    rules: tuple[Rule, ...]
    page: int = 0
    total: int = 0
    deleted: bool = False
    """Whether it is of those that were deleted."""
    ledger: str = ""
    names: RuleNames = RuleNames()
    unpaid: Mapping[RuleId, str] = field(default_factory=dict)
    """Why those of them that have documents paid would have none paid, in a sentence."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDeed:
    """What was done to a rule, as the audit log calls it, and what it says since. `by` is None on the command line."""

    at: datetime
    deed: str
    says: Opinions
    by: UserId | None = None
    is_for_waiting: bool = False
    """Whether it was for what waited then, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """What the form of one rule is drawn from: what it says, by name, and what the package can do. `rule` is None for a new
    one; then `form` is what it is proposed to be.
    """

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    form: RuleForm
    rule: Rule | None = None
    account: Account | None = None
    tax_rate: TaxRate | None = None
    product: Product | None = None
    customer: Contact | None = None
    """Whom costs are for."""
    payment_method: KnownMethod | None = None
    has_methods: bool = True
    """Whether there is a payment method that can be chosen."""
    tracking: tuple[TrackingCategory, ...] = ()
    """What can be tracked, with all options."""
    destinations: tuple[Destination, ...] = ()
    statuses: tuple[PaymentStatus, ...] = ()
    books: BookRules = USUAL_RULES
    is_admin: bool = True
    """Whether the person that it is drawn for may decide what is published by itself."""
    can_go_by_itself: bool = True
    """Whether anything is, in its package."""
    like: tuple[Split, ...] = ()
    """As the item that it is made from is split, by shares and by amounts; neither where that has no lines of its own."""
    waiting: int = 0
    """How many items that nobody has decided on are of it."""
    unpaid: str | None = None
    """As of `RulesPage`, of what it says by now."""
    history: tuple[RuleDeed, ...] = ()
    """Of one that there is, the newest first."""
    names: RuleNames = RuleNames()
    """Of what it says, and said before."""


Shown = str | date | int | tuple[Track, ...] | None
"""A code, an id, a text; a day; how many lines; what is tracked; or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """What a rule would change of one field, which has the name that it has in `Opinions`."""

    field: str
    was: Shown
    would: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What a rule would change of one waiting item."""

    item_id: ItemId
    reference: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """What saving a rule for waiting items would do. `matching` of them are of it; `changes` are those of them that become
    otherwise, the oldest first and the first ones only; `changing` is how many there are. `is_all` is False where more wait
    than were looked at.
    """

    matching: int
    changing: int
    changes: tuple[ItemChange, ...] = ()
    is_all: bool = True
    unpaid: str | None = None
    """As of `RulesPage`."""
    names: RuleNames = RuleNames()
    """Of what is said in the changes."""


def what_rules_changed(before: Item, after: Item) -> tuple[FieldChange, ...]:
    """The fields that are otherwise; a fact, where it is."""
    old, new = before.coding, after.coding
    pairs: dict[str, tuple[Shown, Shown]] = {
        name: (getattr(old, name).value, getattr(new, name).value)
        for name in ("account", "tax_rate", "payment_method", "product", "customer", "billable", "auto_publish")
    }
    pairs |= {
        "publish_to": (before.publish_to, after.publish_to),
        "publish_as": (before.publish_as, after.publish_as),
        "tracking": (old.codes.tracking, new.codes.tracking),
        "due": (before.facts.due_on, after.facts.due_on),
        "description": (before.facts.note, after.facts.note),
        "currency": (before.facts.currency, after.facts.currency),
    }
    found = [FieldChange(field=name, was=was, would=would) for name, (was, would) in pairs.items() if was != would]
    lines, others = before.facts.lines, after.facts.lines
    split = [FieldChange(field="split", was=len(lines), would=len(others))] if lines != others else []
    return (*found, *split)


def proposed(target: Target, opinions: Opinions = NO_OPINIONS) -> RuleForm:
    return RuleForm(version=0, target=target, opinions=opinions)
