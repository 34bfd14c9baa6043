"""Items by what they are looked for, a page at a time.

A list has to open as quickly among a million items as among a thousand. So every search goes along one index, in the
order in which the page is shown, from where the page before ended: never by counting past what was shown. What else was
asked for is looked at on the way, and the way is limited: where little of much fits, the page says how far it has come
and goes on from there. `python -m benchmarks.items` has the figures.
"""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.db.base import Exact
from bot.db.items import ITEMS, LIVE, item_of
from bot.db.unit_of_work import Tx
from bot.domain.browsing import Found, ItemSearch, Position
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.parties import name_key, number_key

PAGE = 10
WAYS = (40, 1000)
"""Items that are looked at along the index for one page: few, and more where it is not full by then."""
MOST_SUPPLIERS = 8
"""Of names that begin alike."""


class By(StrEnum):
    """What an item is looked for by; the order says which index is gone along, the one of the fewest first."""

    NUMBER = "number_key"
    AMOUNT = "gross"
    SUPPLIER = "supplier_key"
    SINCE = "since"
    UNTIL = "until"
    PERSON = "submitted_by"
    STATE = "state"
    LIVE = "live"


PERIOD = frozenset({By.SINCE, By.UNTIL})


def _supplier(place: int) -> BindParameter[str]:
    return bindparam(f"{By.SUPPLIER}_{place}")


def _condition(by: By, *, place: int = 0) -> ColumnElement[bool]:
    match by:
        case By.SUPPLIER:
            return ITEMS.c.supplier_key == _supplier(place)
        case By.SINCE:
            return ITEMS.c.issued_on >= bindparam(By.SINCE)
        case By.UNTIL:
            return ITEMS.c.issued_on <= bindparam(By.UNTIL)
        case By.LIVE:
            # word for word the index's own condition: with a bound value the index would not be known to serve
            return literal_column(LIVE)
        case _:
            return ITEMS.c[by] == bindparam(by)


class Way(NamedTuple):
    """How a search goes: what is asked for, of how many suppliers, and whether it goes on from a position."""

    asked: frozenset[By]
    suppliers: int
    goes_on: bool

    @property
    def along(self) -> frozenset[By]:
        """What its index serves. A period is a stretch of the index by date, or of one supplier's; a person's items of one
        state have an index of their own.
        """
        first = next((by for by in By if by in self.asked), None)
        if first is None:
            return frozenset()
        if first is By.SUPPLIER:
            return (PERIOD | {first}) & self.asked
        if first is By.PERSON:
            return frozenset({first, By.STATE}) & self.asked
        return PERIOD & self.asked if first in PERIOD else frozenset({first})

    @property
    def stretches(self) -> int:
        """Of the index: one for each supplier, else one."""
        return self.suppliers if By.SUPPLIER in self.along else 1

    @property
    def is_by_date(self) -> bool:
        return bool(self.along & PERIOD)

    @property
    def order(self) -> ColumnElement[Any]:
        return ITEMS.c.issued_on if self.is_by_date else ITEMS.c.created_at

    @property
    def newest_first(self) -> tuple[ColumnElement[Any], ...]:
        return self.order.desc(), ITEMS.c.id.desc()


async def find_items(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, search: ItemSearch, after: Position | None
) -> Found:
    """A page of what fits, newest first, from `after` on."""
    values: dict[str, Any] = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    names = [] if search.supplier is None else await _suppliers(tx, values, search.supplier)
    if search.supplier is not None and not names:
        return Found(items=(), older=None)
    asked = _asked(search)
    way = Way(frozenset({*asked, By.SUPPLIER} if names else asked), len(names), after is not None)
    values |= {str(by): value for by, value in asked.items() if by is not By.LIVE}
    values |= {f"{By.SUPPLIER}_{place}": name for place, name in enumerate(names)}
    if after is not None:
        values |= {"at": _at(way, after), "of_id": after.id}
    return await _page(tx, way, values)


def _asked(search: ItemSearch) -> dict[By, Any]:
    given = {
        By.NUMBER: None if search.number is None else number_key(search.number) or "",
        By.AMOUNT: search.amount,
        By.SINCE: search.since,
        By.UNTIL: search.until,
        By.PERSON: search.person,
        By.STATE: search.state,
        By.LIVE: search.is_without_archive or None,
    }
    asked = {by: value for by, value in given.items() if value is not None}
    if By.STATE in asked:
        asked.pop(By.LIVE, None)
    return asked


async def _suppliers(tx: Tx, of: dict[str, Any], typed: str) -> list[str]:
    """Names that begin so."""
    beginning = name_key(typed)
    if beginning is None:
        return []
    found = (await tx.execute(_names(), {**of, "beginning": beginning})).scalars().all()
    return [name for name in found if name is not None and name.startswith(beginning)]


def _next_name(after: ColumnElement[str] | BindParameter[str], *, is_itself: bool) -> ColumnElement[str | None]:
    name = ITEMS.c.supplier_key
    return (
        select(func.min(name))
        .where(
            ITEMS.c.workspace_id == bindparam("workspace_id"),
            ITEMS.c.organisation_id == bindparam("organisation_id"),
            name >= after if is_itself else name > after,
        )
        .scalar_subquery()
    )


@cache
def _names() -> Select[Any]:
    """From each name to the next one by the index, however many items there are of one."""
    first = select(
        _next_name(bindparam("beginning", type_=Exact), is_itself=True).label("name"), literal(1).label("place")
    )
    names = first.cte("names", recursive=True)
    following = select(_next_name(names.c.name, is_itself=False), names.c.place + 1)
    going_on = following.where(names.c.name.is_not(None), names.c.place < MOST_SUPPLIERS)
    return select(names.union_all(going_on).c.name)


async def _page(tx: Tx, way: Way, values: dict[str, Any]) -> Found:
    """Looks at few items first, and at more where the page is not full by then."""
    found = Found(items=(), older=None)
    for length in (0,) if way.along == way.asked and way.stretches == 1 else WAYS:
        found = await _looked(tx, way, length, values)
        if found.is_looked_through:
            break
    return found


async def _looked(tx: Tx, way: Way, length: int, values: dict[str, Any]) -> Found:
    """A page of what was reached: where one stretch ended first, what is older in the others is not shown yet."""
    rows = (await tx.execute(_statement(way, length), values)).mappings().all()
    items = tuple(item_of(row) for row in rows)
    end = None
    if length and (way.stretches > 1 or len(items) <= PAGE):
        ends = [Position(at=row.at, id=ItemId(row.id)) for row in (await tx.execute(_ends(way, length), values)).all()]
        end = max(ends, key=_place, default=None)
    if end is not None:
        items = tuple(item for item in items if _place(_position(way, item)) >= _place(end))
    if len(items) > PAGE:
        return Found(items=items[:PAGE], older=_position(way, items[PAGE - 1]))
    return Found(items=items, older=end, is_looked_through=end is None)


@cache
def _statement(way: Way, length: int) -> Select[Any]:
    """One more than a page, so that it is known whether it is the last; of no more than `length` items, if not 0."""
    found = select(ITEMS).order_by(*way.newest_first).limit(PAGE + 1)
    if not length:
        return found.where(_along(way, 0))
    near = union_all(
        *(
            select(
                select(ITEMS.c.id).where(_along(way, place)).order_by(*way.newest_first).limit(length).subquery().c.id
            )
            for place in range(way.stretches)
        )
    ).subquery()
    rest = [_any_supplier(way) if by is By.SUPPLIER else _condition(by) for by in By if by in way.asked - way.along]
    of = ITEMS.c.workspace_id == bindparam("workspace_id")
    return found.join(near, near.c.id == ITEMS.c.id).where(of, *rest)


@cache
def _ends(way: Way, length: int) -> CompoundSelect[Any]:
    """Where looking ended, of each stretch that goes on after that."""
    columns = (way.order.label("at"), ITEMS.c.id)
    stretches = (
        select(*columns).where(_along(way, place)).order_by(*way.newest_first).offset(length - 1).limit(1).subquery()
        for place in range(way.stretches)
    )
    return union_all(*(select(stretch.c.at, stretch.c.id) for stretch in stretches))


def _along(way: Way, place: int) -> ColumnElement[bool]:
    """A stretch of the index that is gone along."""
    conditions = [_condition(by, place=place) for by in By if by in way.along]
    if way.is_by_date and By.SINCE not in way.along:
        conditions.append(ITEMS.c.issued_on.is_not(None))
    if way.goes_on:
        at, item_id = bindparam("at", type_=way.order.type), bindparam("of_id", type_=ITEMS.c.id.type)
        conditions.append(tuple_(way.order, ITEMS.c.id) < tuple_(at, item_id))
    return and_(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        *conditions,
    )


def _any_supplier(way: Way) -> ColumnElement[bool]:
    return or_(*(ITEMS.c.supplier_key == _supplier(place) for place in range(way.suppliers)))


def _position(way: Way, item: Item) -> Position:
    """A list by date has only dated items."""
    day = item.facts.issued_on
    return Position(at=day if way.is_by_date and day is not None else item.created_at, id=item.id)


def _at(way: Way, after: Position) -> datetime | date:
    """In the order of this list. One of another order, which no button of ours names, is taken for the same day's."""
    if isinstance(after.at, datetime):
        return after.at.date() if way.is_by_date else after.at
    return after.at if way.is_by_date else datetime.combine(after.at, time(), UTC)


def _place(position: Position) -> tuple[Any, str]:
    return position.at, position.id.hex


_TO_REVIEW = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.state == ItemState.TO_REVIEW,
    )
    .order_by(ITEMS.c.created_at, ITEMS.c.id)
    .limit(1)
)
_NEXT_TO_REVIEW = _TO_REVIEW.where(
    tuple_(ITEMS.c.created_at, ITEMS.c.id)
    > tuple_(bindparam("at", type_=ITEMS.c.created_at.type), bindparam("of_id", type_=ITEMS.c.id.type))
)


async def next_to_review(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, after: Item | None
) -> Item | None:
    """The oldest that waits for review, or the next one after this; None after the last."""
    of: dict[str, Any] = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    if after is None:
        row = (await tx.execute(_TO_REVIEW, of)).mappings().one_or_none()
    else:
        of |= {"at": after.created_at, "of_id": after.id}
        row = (await tx.execute(_NEXT_TO_REVIEW, of)).mappings().one_or_none()
    return None if row is None else item_of(row)
