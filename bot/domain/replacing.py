"""What is archived in the ledger is replaced by another entry of its list: what to propose, and how items and rules say it then."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.domain.books import Account, ListKind, Product, TaxRate, TrackingOption
from bot.domain.coding import Codes, Track
from bot.domain.documents import ItemKind
from bot.domain.editing import Edit, exchanged
from bot.domain.finding import words
from bot.domain.gone_codes import Code
from bot.domain.rules import Opinions
from bot.domain.splitting import Split, SplitLine

Named = TypeVar("Named", Account, Product, TrackingOption)

EVERY_KIND = frozenset(ItemKind)
MOST_PROPOSED = 3
LEAST_TELLING = 4
"""Letters of a word that says what is bought; "and" is in many names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """An entry of a list that is gone, or that can stand in its place. `kinds` are those of the items that it goes with."""

    key: str
    label: str
    kinds: frozenset[ItemKind] = EVERY_KIND

    def can_stand_for(self, gone: "Instead", kinds: Collection[ItemKind]) -> bool:
        """Of all items of these kinds that the other one went with; and of some of them."""
        asked = frozenset(kinds)
        return (gone.kinds & asked) <= self.kinds and not self.kinds.isdisjoint(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """What somebody replaces, by name, with what is proposed."""

    organisation: str
    label: str
    proposed: Instead | None
    is_of_sale: bool = False
    """What goes with sales alone."""
    category: str = ""
    """Of a tracking option, the name of its category."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """How many items, rules and payment methods say `label` now. `left`: items that still wait with what is gone;
    `left_to_admins`: rules that only an admin may change; `unfit`: rules of other documents than it goes with.
    """

    label: str
    items: int = 0
    rules: int = 0
    left: int = 0
    left_to_admins: int = 0
    unfit: int = 0
    methods: int = 0


def nearest_accounts(gone: Account, live: Iterable[Account]) -> tuple[Account, ...]:
    """Those of its class, as `nearest`."""
    return nearest(
        gone.name, [each for each in live if each.account_class is gone.account_class and each.code != gone.code]
    )


def nearest(name: str, live: Iterable[Named]) -> tuple[Named, ...]:
    """Those whose names share most of the words of this, the first the most; none that shares no word that tells anything."""
    wanted = telling_words(name)
    shared = [(-len(wanted & telling_words(each.name)), len(each.name), each.name, each) for each in live]
    alike = sorted((each for each in shared if each[0] < 0), key=lambda each: each[:3])
    return tuple(dict.fromkeys(each for *_, each in alike))[:MOST_PROPOSED]


def nearest_rates(gone: TaxRate, live: Iterable[TaxRate]) -> tuple[TaxRate, ...]:
    """Those of the same percentage that go with all that it went with, the most alike in name first."""
    wanted = telling_words(gone.name)
    fits = [
        (-len(wanted & telling_words(rate.name)), rate.label, rate)
        for rate in live
        if rate.code != gone.code
        and rate.percent is not None
        and rate.percent == gone.percent
        and gone.applies_to <= rate.applies_to
    ]
    return tuple(rate for *_, rate in sorted(fits, key=lambda each: each[:2]))[:MOST_PROPOSED]


def telling_words(name: str) -> frozenset[str]:
    return frozenset(word for word in words(name) if len(word) >= LEAST_TELLING)


def edit_with(edit: Edit, code: Code, by: str) -> Edit:
    """An item's edit with another code wherever it has this one."""
    changed = exchanged(
        edit, is_meant=lambda codes: _has(codes, code), change=lambda codes: _codes_with(codes, code, by)
    )
    is_its_contact = code.kind is ListKind.CONTACTS and edit.contact == code.key
    return replace(changed, contact=by) if is_its_contact else changed


def opinions_with(says: Opinions, code: Code, by: str) -> Opinions:
    """What a rule says, the same way."""
    says = replace(says, split=None if says.split is None else _split_with(says.split, code, by))
    if code.kind is ListKind.ACCOUNTS and says.account == code.key:
        return replace(says, account=by)
    if code.kind is ListKind.TAX_RATES and says.tax_rate == code.key:
        return replace(says, tax_rate=by)
    if code.kind is ListKind.PRODUCTS and says.product == code.key:
        return replace(says, product=by)
    if code.kind is ListKind.CONTACTS and says.customer == code.key:
        return replace(says, customer=by)
    return replace(says, tracking=_tracking_with(says.tracking, code, by))


def _has(codes: Codes, code: Code) -> bool:
    match code.kind:
        case ListKind.ACCOUNTS:
            return codes.account == code.key
        case ListKind.TAX_RATES:
            return codes.tax_rate == code.key
        case ListKind.PRODUCTS:
            return codes.product == code.key
        case ListKind.CONTACTS:
            return codes.customer == code.key
        case _:
            return Track(code.of, code.key) in codes.tracking


def _codes_with(codes: Codes, code: Code, by: str) -> Codes:
    if not _has(codes, code):
        return codes
    match code.kind:
        case ListKind.ACCOUNTS:
            return replace(codes, account=by)
        case ListKind.TAX_RATES:
            return replace(codes, tax_rate=by)
        case ListKind.PRODUCTS:
            return replace(codes, product=by)
        case ListKind.CONTACTS:
            return replace(codes, customer=by)
        case _:
            return replace(codes, tracking=_tracking_with(codes.tracking, code, by))


def _tracking_with(tracking: tuple[Track, ...], code: Code, by: str) -> tuple[Track, ...]:
    gone = Track(code.of, code.key)
    return tuple(sorted(Track(code.of, by) if track == gone else track for track in tracking))


def _split_with(split: Split, code: Code, by: str) -> Split:
    def line_with(line: SplitLine) -> SplitLine:
        if code.kind is ListKind.ACCOUNTS and line.account == code.key:
            return replace(line, account=by)
        if code.kind is ListKind.TAX_RATES and line.tax_rate == code.key:
            return replace(line, tax_rate=by)
        return line

    return replace(split, lines=tuple(line_with(line) for line in split.lines))
