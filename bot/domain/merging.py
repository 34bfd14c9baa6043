"""Merge lists: beside each entry of the old ledger's lists that is in use, the entry of the new ones that it becomes.

One is proposed where it can be told which: by its code, else by its name, as far as it is of the same kind; a tax rate has to be of
the same rate. A person looks through them, and chooses another one or skips it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from bot.domain.books import Account, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.likeness import APART, Strictness, likeness
from bot.domain.parties import CompanyName
from bot.domain.texts import folded

T = TypeVar("T")

ROWS_PER_PAGE = 20
LIST_NAMES: Mapping[ListKind, str] = {
    ListKind.ACCOUNTS: "Categories",
    ListKind.TAX_RATES: "Tax rates",
    ListKind.PRODUCTS: "Products and services",
    ListKind.TRACKING_CATEGORIES: "Tracking and projects",
    ListKind.BANK_ACCOUNTS: "Bank accounts",
    ListKind.CONTACTS: "Suppliers and customers",
}
"""The lists that are merged, in the order in which they are gone through."""
SKIP = "-"
"""Chosen in the place of an entry: it becomes nothing. No ledger's code, which are checked to have a letter or digit."""


class MergeState(StrEnum):
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Books that take the place of others of the same workspace, at one version."""

    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    source_id: OrganisationId
    version: int
    state: MergeState
    begun_by: UserId
    done_by: UserId | None = None
    done_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.state is MergeState.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeEntry:
    """One entry of an old list: what it is called, and what it becomes; nothing where `to` is None. `is_decided`: a person
    has looked at it.
    """

    place: int
    code: Code
    label: str
    to: Code | None = None
    is_decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeList:
    """One list in short."""

    kind: ListKind
    total: int
    matched: int
    decided: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS_PER_PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Books whose connection was ended, that other books can take the place of."""

    organisation_id: OrganisationId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOffer:
    """What Manage says of it. `source` are books that these take the place of, `successor` those that take theirs; `is_done`
    is of either.
    """

    source: str | None = None
    successor: str | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What of the old books is not in their ledger: what nobody decided on comes along, what was approved stays with them."""

    undecided: int = 0
    reports: int = 0
    """Of those, expense reports, which stay."""
    approved: int = 0
    published: int = 0

    @property
    def coming(self) -> int:
        return self.undecided - self.reports


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePage:
    """Merge lists as it stands: which books can be chosen, or how far it is."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    merge: Merge | None = None
    source: str = ""
    sources: tuple[Source, ...] = ()
    lists: tuple[MergeList, ...] = ()
    rules: int = 0
    keys: int = 0
    """Of other systems, that go on here."""
    waiting: Waiting = Waiting()
    is_being_read: bool = False
    """Whether the new lists are not all there yet."""
    left: tuple[str, ...] = ()
    """Once it is done: what was left without an entry, and what that leaves to do, as lines for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRow:
    """An entry as its row of the form shows it; `choice` is what it becomes, and what that is called."""

    entry: MergeEntry
    choice: tuple[Code, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeListPage:
    organisation_id: OrganisationId
    organisation: str
    source: str
    kind: ListKind
    version: int
    page: int
    pages: int
    rows: tuple[MergeRow, ...] = field(default=())


def value_of(code: Code) -> str:
    """An entry of a new list as the value of an option."""
    return f"{code.of}/{code.key}" if code.of else code.key


def code_of(kind: ListKind, value: str) -> Code | None:
    """As `value_of` wrote it; None where it is skipped."""
    if value in ("", SKIP):
        return None
    if kind is not ListKind.TRACKING_CATEGORIES:
        return Code(kind, value)
    category, _, option = value.partition("/")
    return Code(kind, option, category)


def account_for(key: str, old: Account | None, accounts: Sequence[Account]) -> Account | None:
    """The one of the same code and class; else, of the same class, the one that is called alike."""
    if old is None:
        return next((each for each in accounts if each.known_as == key), None)
    fit = [each for each in accounts if each.account_class is old.account_class]
    same = [each for each in fit if old.known_as and each.known_as == old.known_as]
    return same[0] if len(same) == 1 else _called_alike(old.name, fit, lambda each: each.name)


def bank_account_for(old: Account | None, accounts: Sequence[Account]) -> Account | None:
    """Of the same currency."""
    if old is None:
        return None
    fit = [each for each in accounts if old.currency is None or each.currency in (None, old.currency)]
    same = [each for each in fit if old.known_as and each.known_as == old.known_as]
    return same[0] if len(same) == 1 else _called_alike(old.name, fit, lambda each: each.name)


def agree(old: TaxRate, new: TaxRate) -> bool:
    """Whether one can take the place of the other: at the same rate, for all that the old one is for."""
    kinds = (ItemKind.COST, ItemKind.SALE)
    return old.percent == new.percent and all(new.goes_with(kind) for kind in kinds if old.goes_with(kind))


def tax_rate_for(key: str, old: TaxRate | None, rates: Sequence[TaxRate]) -> TaxRate | None:
    """Of those that agree, the one of the same code; else the one that is called alike; else the only one there is."""
    if old is None:
        return next((each for each in rates if each.code == key), None)
    fit = [each for each in rates if agree(old, each)]
    same = [each for each in fit if each.code == old.code]
    return same[0] if same else _called_alike(old.name, fit, lambda each: each.name) or _only(fit)


def product_for(key: str, old: Product | None, products: Sequence[Product]) -> Product | None:
    """The one of the same number, else the one that is called alike, that is bought and sold as it is."""
    if old is None:
        return next((each for each in products if each.known_as == key), None)
    fit = [each for each in products if _sells_as(old, each)]
    same = [each for each in fit if old.known_as and each.known_as == old.known_as]
    return same[0] if len(same) == 1 else _called_alike(old.name, fit, lambda each: each.name)


def option_for(old: tuple[str, str] | None, tracking: Sequence[TrackingCategory]) -> Code | None:
    """By the names of category and option: of the category that is called alike, else of the only one that has it."""
    if old is None:
        return None
    category, option = old
    pairs = [(each, one) for each in tracking if each.is_active for one in each.options if one.is_active]
    near = [pair for pair in pairs if folded(pair[0].name) == folded(category)]
    found = _called_alike(option, near, lambda pair: pair[1].name) or _only(
        [pair for pair in pairs if folded(pair[1].name) == folded(option)]
    )
    if found is None:
        return None
    return Code(ListKind.TRACKING_CATEGORIES, found[1].provider_id, found[0].provider_id)


def contact_named(old: Contact, contacts: Iterable[Contact]) -> Contact | None:
    """The only one of this name, however it is written."""
    return _only([each for each in contacts if folded(each.name) == folded(old.name)])


def _sells_as(old: Product, new: Product) -> bool:
    return (old.sold is None or new.sold is not None) and (old.bought is None or new.bought is not None)


def _called_alike(name: str, entries: Sequence[T], name_of: Callable[[T], str]) -> T | None:
    """The one whose name is likest, where it is like enough and no other is nearly as like."""
    same = [each for each in entries if folded(name_of(each)) == folded(name)]
    if len(same) == 1:
        return same[0]
    wanted = CompanyName.of(name)
    near = sorted(
        ((likeness(wanted, CompanyName.of(name_of(each))), place) for place, each in enumerate(entries)),
        key=lambda found: (-found[0], found[1]),
    )
    if not near or near[0][0] < Strictness.USUAL.least or (len(near) > 1 and near[0][0] - near[1][0] < APART):
        return None
    return entries[near[0][1]]


def _only(entries: Sequence[T]) -> T | None:
    return entries[0] if len(entries) == 1 else None
