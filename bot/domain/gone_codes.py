"""What items that wait are coded to, and the ledger does not take any more."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.billing import of_kind
from bot.domain.books import ListKind
from bot.domain.coding import Codes
from bot.domain.ids import ItemId
from bot.domain.items import Item


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """An entry of a ledger's list; of a tracking option, `of` is its category."""

    kind: ListKind
    key: str
    of: str = ""


def codes_of(item: Item) -> frozenset[Code]:
    """All that it would be booked to."""
    booked = [item.coding.codes_at(place) for place in range(len(item.facts.lines))] or [item.coding.codes]
    return frozenset(code for codes in booked for code in _named(of_kind(item.kind, codes)))


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
    """One of them by name; how many items wait with it, and the first of them."""

    code: Code
    label: str
    number: int
    first: tuple[NamedItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneCodes:
    """What was found in one reading of the lists. `is_over`: nothing that waits is coded to it any more, or it is back."""

    codes: tuple[GoneCode, ...]
    is_over: bool = False
