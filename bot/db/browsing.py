"""Items by what they are looked for, a page at a time.

A list has to open as quickly among a million items as among a thousand. So every search goes along one index, in the
order in which the page is shown, from where the page before ended: never by counting past what was shown. What else was
asked for is looked at on the way, and the way is limited: where little of much fits, the page says how far it has come
and goes on from there. `python -m benchmarks.items` has the figures.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal_column, select, tuple_

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


CONDITIONS: dict[By, ColumnElement[bool]] = {
    By.NUMBER: ITEMS.c.number_key == bindparam(By.NUMBER),
    By.AMOUNT: ITEMS.c.gross == bindparam(By.AMOUNT),
    By.SUPPLIER: ITEMS.c.supplier_key == bindparam(By.SUPPLIER),
    By.SINCE: ITEMS.c.issued_on >= bindparam(By.SINCE),
    By.UNTIL: ITEMS.c.issued_on <= bindparam(By.UNTIL),
    By.PERSON: ITEMS.c.submitted_by == bindparam(By.PERSON),
    By.STATE: ITEMS.c.state == bindparam(By.STATE),
    By.LIVE: literal_column(LIVE),  # word for word the index's own condition: a bound value would not be known for it
}
PERIOD = frozenset({By.SINCE, By.UNTIL})

_OF = and_(ITEMS.c.workspace_id == bindparam("workspace_id"), ITEMS.c.organisation_id == bindparam("organisation_id"))
_NEXT_SUPPLIER = (
    select(ITEMS.c.supplier_key)
    .where(_OF, ITEMS.c.supplier_key > bindparam("after"))
    .order_by(ITEMS.c.supplier_key)
    .limit(1)
)
_TO_REVIEW = (
    select(ITEMS)
    .where(
        _OF,
        ITEMS.c.state == ItemState.TO_REVIEW,
        tuple_(ITEMS.c.created_at, ITEMS.c.id)
        > tuple_(bindparam("at", type_=ITEMS.c.created_at.type), bindparam("of_id", type_=ITEMS.c.id.type)),
    )
    .order_by(ITEMS.c.created_at, ITEMS.c.id)
    .limit(1)
)
_OLDEST_TO_REVIEW = (
    select(ITEMS).where(_OF, ITEMS.c.state == ItemState.TO_REVIEW).order_by(ITEMS.c.created_at, ITEMS.c.id).limit(1)
)


class Way(NamedTuple):
    """How a search goes: what is asked for, and whether it goes on from a position."""

    asked: frozenset[By]
    goes_on: bool

    @property
    def along(self) -> frozenset[By]:
        """What its index serves. A period is a stretch of the index by date, or of one supplier's."""
        first = next((by for by in By if by in self.asked), None)
        if first is None:
            return frozenset()
        if first is By.SUPPLIER:
            return (PERIOD | {first}) & self.asked
        return PERIOD & self.asked if first in PERIOD else frozenset({first})

    @property
    def is_by_date(self) -> bool:
        return bool(self.along & PERIOD)

    @property
    def order(self) -> ColumnElement[Any]:
        return ITEMS.c.issued_on if self.is_by_date else ITEMS.c.created_at


async def find_items(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, search: ItemSearch, after: Position | None
) -> Found:
    """A page of what fits, newest first, from `after` on."""
    of: dict[str, Any] = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    if search.supplier is None:
        return await _page(tx, of, _asked(search), after)
    pages = [
        await _page(tx, of, {**_asked(search), By.SUPPLIER: name}, after)
        for name in await _suppliers(tx, of, search.supplier)
    ]
    return _merged(pages, is_by_date=search.is_of_period and search.number is None and search.amount is None)


async def next_to_review(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, after: Item | None
) -> Item | None:
    """The oldest that waits for review, or the next one after this; None after the last."""
    of: dict[str, Any] = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    statement = _OLDEST_TO_REVIEW
    if after is not None:
        statement, of = _TO_REVIEW, of | {"at": after.created_at, "of_id": after.id}
    row = (await tx.execute(statement, of)).mappings().one_or_none()
    return None if row is None else item_of(row)


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
    """Names that begin so: from each to the next by the index, however many items there are of one."""
    beginning, found = name_key(typed) or "", list[str]()
    after = beginning[:-1] + chr(ord(beginning[-1]) - 1) + "\U0010ffff" if beginning else ""
    while beginning and len(found) < MOST_SUPPLIERS:
        name = (await tx.execute(_NEXT_SUPPLIER, {**of, "after": after})).scalar_one_or_none()
        if name is None or not name.startswith(beginning):
            break
        found.append(name)
        after = name
    return found


async def _page(tx: Tx, of: dict[str, Any], asked: dict[By, Any], after: Position | None) -> Found:
    way = Way(frozenset(asked), after is not None)
    values = of | {str(by): value for by, value in asked.items() if by is not By.LIVE}
    if after is not None:
        values |= {"at": after.at, "of_id": after.id}
    found = Found(items=(), older=None)
    for length in (0,) if way.along == way.asked else WAYS:
        found = await _looked(tx, way, length, values)
        if found.is_looked_through:
            break
    return found


async def _looked(tx: Tx, way: Way, length: int, values: dict[str, Any]) -> Found:
    rows = (await tx.execute(_statement(way, length), values)).mappings().all()
    items = tuple(item_of(row) for row in rows)
    if len(items) > PAGE:
        return Found(items=items[:PAGE], older=_position(way, items[PAGE - 1]))
    end = (await tx.execute(_end(way, length), values)).one_or_none() if length else None
    older = None if end is None else Position(at=end.at, id=ItemId(end.id))
    return Found(items=items, older=older, is_looked_through=end is None)


@cache
def _statement(way: Way, length: int) -> Select[Any]:
    """One more than a page, so that it is known whether it is the last; of no more than `length` items, if not 0."""
    newest = (way.order.desc(), ITEMS.c.id.desc())
    if not length:
        return select(ITEMS).where(_along(way)).order_by(*newest).limit(PAGE + 1)
    near = select(ITEMS.c.id).where(_along(way)).order_by(*newest).limit(length).subquery()
    rest = [CONDITIONS[by] for by in By if by in way.asked - way.along]
    return select(ITEMS).join(near, near.c.id == ITEMS.c.id).where(_OF, *rest).order_by(*newest).limit(PAGE + 1)


@cache
def _end(way: Way, length: int) -> Select[Any]:
    """Where looking ended, if it ended before the list did."""
    newest = (way.order.desc(), ITEMS.c.id.desc())
    return select(way.order.label("at"), ITEMS.c.id).where(_along(way)).order_by(*newest).offset(length - 1).limit(1)


def _along(way: Way) -> ColumnElement[bool]:
    """The stretch of the index that is gone along."""
    conditions = [CONDITIONS[by] for by in By if by in way.along]
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


def _position(way: Way, item: Item) -> Position:
    return Position(at=_at(item, is_by_date=way.is_by_date), id=item.id)


def _at(item: Item, *, is_by_date: bool) -> datetime | date:
    """A list by date has only dated items."""
    day = item.facts.issued_on
    return day if is_by_date and day is not None else item.created_at


def _merged(pages: Sequence[Found], *, is_by_date: bool) -> Found:
    """Several suppliers' pages as one: no further than the nearest of the places where one of them ended."""

    def place(item: Item) -> tuple[Any, str]:
        return _at(item, is_by_date=is_by_date), item.id.hex

    ends = [(page.older.at, page.older.id.hex) for page in pages if page.older is not None]
    found = sorted((item for page in pages for item in page.items), key=place, reverse=True)
    if ends:
        found = [item for item in found if place(item) >= max(ends)]
    items = tuple(found[:PAGE])
    is_whole = all(page.is_looked_through for page in pages)
    if len(found) > PAGE:
        at, _ = place(items[-1])
        return Found(items=items, older=Position(at=at, id=items[-1].id))
    nearest = max(
        (page.older for page in pages if page.older is not None), key=lambda end: (end.at, end.id.hex), default=None
    )
    return Found(items=items, older=nearest, is_looked_through=is_whole)
