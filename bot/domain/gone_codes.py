"""What items that wait are coded to, or rules code to, and the ledger does not take any more."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.billing import of_kind
from bot.domain.books import ListKind
from bot.domain.coding import Codes
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.rules import Opinions


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """An entry of a ledger's list; of a tracking option, `of` is its category."""

    kind: ListKind
    key: str
    of: str = ""


def codes_of(item: Item) -> frozenset[Code]:
    """All that it would be booked to, and whom it is from or to. Whom a report pays back is no contact that others have."""
    booked = [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
    found = {code for codes in booked for code in _named(of_kind(item.kind, codes))}
    contact = None if item.kind is ItemKind.EXPENSE_REPORT else item.coding.contact.value
    return frozenset(found if contact is None else found | {Code(ListKind.CONTACTS, contact)})


def codes_of_rule(says: Opinions) -> frozenset[Code]:
    """All that a rule names."""
    named = [(ListKind.ACCOUNTS, code) for code in says.accounts]
    named += [(ListKind.TAX_RATES, code) for code in says.tax_rates]
    named += [] if says.product is None else [(ListKind.PRODUCTS, says.product)]
    named += [] if says.customer is None else [(ListKind.CONTACTS, says.customer)]
    options = {Code(ListKind.TRACKING_CATEGORIES, track.option, track.category) for track in says.tracking}
    return frozenset({Code(kind, key) for kind, key in named} | options)


def _named(codes: Codes) -> Iterator[Code]:
    named = (
        (ListKind.ACCOUNTS, codes.account),
        (ListKind.TAX_RATES, codes.tax_rate),
        (ListKind.PRODUCTS, codes.product),
        (ListKind.CONTACTS, codes.customer),
    )
    yield from (Code(kind, value) for kind, value in named if value is not None)
    yield from (Code(ListKind.TRACKING_CATEGORIES, track.option, track.category) for track in codes.tracking)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedItem:
    id: ItemId
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneCode:
    """One of them by name; how many items wait with it, and the first of them; how many rules say it, and what the first of
    those are for; of a bank account, the payment methods that pay from it.
    """

    code: Code
    label: str
    number: int
    first: tuple[NamedItem, ...] = ()
    rules: int = 0
    first_rules: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneCodes:
    """What was found in one reading of the lists. `is_over`: nothing that waits is coded to it any more and no rule says it,
    or it is back.
    """

    codes: tuple[GoneCode, ...]
    is_over: bool = False
