"""Other items of the same supplier: the same document again, one that looks like it, and what came before.

By index, whatever the number of items: (organisation, supplier, number), by name and by tax number. What is never booked,
a statement or an order, names the numbers and totals of bills: it is no duplicate of one, and none is of it.
"""

from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, bindparam, select

from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Tx
from bot.domain.documents import DocumentType
from bot.domain.items import Item, ItemState
from bot.domain.parties import is_same_company, name_key, number_key, tax_key

OVER = (ItemState.REJECTED, ItemState.ARCHIVED)
MOST_COMPARED = 20


def _others() -> ColumnElement[bool]:
    return and_(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.id != bindparam("item_id"),
        ITEMS.c.kind == bindparam("kind"),
    )


_GOES_ON = ITEMS.c.state.not_in(OVER)


def _first(*conditions: Any) -> Select[Any]:
    return select(ITEMS).where(_others(), *conditions).order_by(ITEMS.c.created_at).limit(MOST_COMPARED)


_BY_NAME = _first(
    _GOES_ON, ITEMS.c.supplier_key == bindparam("supplier_key"), ITEMS.c.number_key == bindparam("number_key")
)
_BY_TAX_NUMBER = _first(
    _GOES_ON,
    ITEMS.c.supplier_tax.is_not(None),
    ITEMS.c.supplier_tax == bindparam("supplier_tax"),
    ITEMS.c.number_key == bindparam("number_key"),
)
_LIKE_IT = _first(
    _GOES_ON,
    ITEMS.c.supplier_key == bindparam("supplier_key"),
    ITEMS.c.issued_on == bindparam("issued_on"),
    ITEMS.c.gross == bindparam("gross"),
    ITEMS.c.currency == bindparam("currency"),
)
_BEFORE = (
    select(ITEMS)
    .where(
        _others(),
        ITEMS.c.supplier_key == bindparam("supplier_key"),
        ITEMS.c.created_at <= bindparam("until", type_=ITEMS.c.created_at.type),
    )
    .order_by(ITEMS.c.created_at.desc(), ITEMS.c.id.desc())
    .limit(bindparam("most"))
)


async def same_document(tx: Tx, item: Item) -> Item | None:
    """The first other item, neither rejected nor archived, that has this one's supplier and number."""
    number = number_key(item.facts.number)
    if number is None or not item.is_booked:
        return None
    party, of = item.counterparty, {**_of(item), "number_key": number}
    found: list[RowMapping] = []
    if (name := name_key(party.name)) is not None:
        found += (await tx.execute(_BY_NAME, {**of, "supplier_key": name})).mappings().all()
    if (tax := tax_key(party.tax_number)) is not None:
        found += (await tx.execute(_BY_TAX_NUMBER, {**of, "supplier_tax": tax})).mappings().all()
    return _first_of_kind(item, found)


async def like_document(tx: Tx, item: Item) -> Item | None:
    """The first other item of the same supplier, date and total; as a monthly fee twice on one day, it may be right."""
    facts, name = item.facts, name_key(item.counterparty.name)
    if not item.is_booked or name is None or facts.issued_on is None or facts.gross is None or facts.currency is None:
        return None
    of = {**_of(item), "supplier_key": name, "issued_on": facts.issued_on, "gross": facts.gross}
    return _first_of_kind(item, list((await tx.execute(_LIKE_IT, {**of, "currency": facts.currency})).mappings().all()))


async def documents_before(tx: Tx, item: Item, *, limit: int) -> tuple[Item, ...]:
    """What came in before it of this supplier, newest first."""
    name = name_key(item.counterparty.name)
    if name is None:
        return ()
    of = {**_of(item), "supplier_key": name, "until": item.created_at, "most": limit}
    return tuple(item_of(row) for row in (await tx.execute(_BEFORE, of)).mappings().all())


def _first_of_kind(item: Item, rows: list[RowMapping]) -> Item | None:
    """A credit note has the number of the invoice it is about, often enough; it is never the same document."""
    others = sorted((item_of(row) for row in rows), key=lambda other: other.created_at)
    return next(
        (
            other
            for other in others
            if other.is_booked
            and _is_credit(other) == _is_credit(item)
            and is_same_company(other.counterparty, item.counterparty)
        ),
        None,
    )


def _is_credit(item: Item) -> bool:
    return item.facts.document_type is DocumentType.CREDIT_NOTE


def _of(item: Item) -> dict[str, Any]:
    return {
        "workspace_id": item.workspace_id,
        "organisation_id": item.organisation_id,
        "item_id": item.id,
        "kind": item.kind,
    }
