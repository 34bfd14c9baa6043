"""Other items of the same supplier: the same document again, one that looks like it, and what came before.

By index, whatever the number of items: (organisation, supplier, number), by name and by tax number. What is never booked,
a statement or an order, names the numbers and totals of bills: it is no duplicate of one, and none is of it.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, bindparam, exists, or_, select

from bot.db.items import ITEMS, item_of
from bot.db.reports import RECEIPTS
from bot.db.unit_of_work import Tx
from bot.domain.documents import DocumentType
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.parties import is_same_company, name_key, number_key, tax_key
from bot.domain.questions import QuestionKind

OVER = (ItemState.REJECTED, ItemState.ARCHIVED)
MOST_COMPARED = 20


def _others() -> ColumnElement[bool]:
    return and_(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.id != bindparam("item_id"),
        ITEMS.c.kind == bindparam("kind"),
    )


_GOES_ON = or_(
    ITEMS.c.state.not_in(OVER),
    # put away, and in the ledger all the same
    and_(ITEMS.c.state == ItemState.ARCHIVED, ITEMS.c.published_at.is_not(None)),
    # or over here, and there as something else than was approved
    ITEMS.c.ledger_url.is_not(None),
    # or put away as part of an expense report
    and_(
        ITEMS.c.state == ItemState.ARCHIVED,
        exists().where(RECEIPTS.c.workspace_id == ITEMS.c.workspace_id, RECEIPTS.c.receipt_id == ITEMS.c.id),
    ),
)


def _first(*conditions: Any) -> Select[Any]:
    return select(ITEMS).where(_others(), *conditions).order_by(ITEMS.c.created_at).limit(MOST_COMPARED)


_OF_NAME = and_(ITEMS.c.supplier_key == bindparam("supplier_key"), ITEMS.c.number_key == bindparam("number_key"))
_OF_TAX_NUMBER = and_(
    ITEMS.c.supplier_tax.is_not(None),
    ITEMS.c.supplier_tax == bindparam("supplier_tax"),
    ITEMS.c.number_key == bindparam("number_key"),
)
_BY_NAME, _BY_TAX_NUMBER = _first(_GOES_ON, _OF_NAME), _first(_GOES_ON, _OF_TAX_NUMBER)
_IS_ASKED = ITEMS.c.state == ItemState.TO_REVIEW
_ASKED_BY_NAME, _ASKED_BY_TAX_NUMBER = _first(_IS_ASKED, _OF_NAME), _first(_IS_ASKED, _OF_TAX_NUMBER)
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
        *(ITEMS.c.facts.not_like(f'%"document_type":"{kind}"%') for kind in DocumentType if not kind.is_booked),
    )
    .order_by(ITEMS.c.created_at.desc(), ITEMS.c.id.desc())
    .limit(bindparam("most"))
)


async def same_document(tx: Tx, item: Item, besides: Collection[ItemId] = ()) -> Item | None:
    """The first other item, neither rejected nor put away where the ledger does not have it, that has this one's supplier and number."""
    found = await _of_same_number(tx, item, _BY_NAME, _BY_TAX_NUMBER)
    others = _of_kind(item, [row for row in found if row["id"] not in besides])
    return others[0] if others else None


async def asking_about(tx: Tx, item: Item) -> tuple[Item, ...]:
    """What waits for an answer to whether it is the same document as this one, in the order in which it came."""
    rows = await _of_same_number(tx, item, _ASKED_BY_NAME, _ASKED_BY_TAX_NUMBER)
    found = {row["id"]: item_of(row) for row in rows}.values()
    asking = [
        other
        for other in found
        if any(
            question.kind is QuestionKind.SAME_DOCUMENT and question.is_open and question.about == item.id
            for question in other.questions
        )
    ]
    return tuple(sorted(asking, key=lambda other: (other.created_at, other.id)))


async def _of_same_number(tx: Tx, item: Item, by_name: Select[Any], by_tax_number: Select[Any]) -> list[RowMapping]:
    number = number_key(item.facts.number)
    if number is None or not item.is_booked:
        return []
    party, of = item.counterparty, {**_of(item), "number_key": number}
    found: list[RowMapping] = []
    if (name := name_key(party.name)) is not None:
        found += (await tx.execute(by_name, {**of, "supplier_key": name})).mappings().all()
    if (tax := tax_key(party.tax_number)) is not None:
        found += (await tx.execute(by_tax_number, {**of, "supplier_tax": tax})).mappings().all()
    return found


async def like_documents(tx: Tx, item: Item) -> tuple[Item, ...]:
    """Other items of the same supplier, date and total, in the order in which they came; as a monthly fee twice on one day,
    it may be right.
    """
    facts, name = item.facts, name_key(item.counterparty.name)
    if not item.is_booked or name is None or facts.issued_on is None or facts.gross is None or facts.currency is None:
        return ()
    of = {**_of(item), "supplier_key": name, "issued_on": facts.issued_on, "gross": facts.gross}
    return _of_kind(item, list((await tx.execute(_LIKE_IT, {**of, "currency": facts.currency})).mappings().all()))


async def documents_before(tx: Tx, item: Item, *, limit: int) -> tuple[Item, ...]:
    """What came in before it of this supplier and is booked, newest first."""
    name = name_key(item.counterparty.name)
    if name is None:
        return ()
    of = {**_of(item), "supplier_key": name, "until": item.created_at, "most": limit}
    return tuple(item_of(row) for row in (await tx.execute(_BEFORE, of)).mappings().all())


def _of_kind(item: Item, rows: list[RowMapping]) -> tuple[Item, ...]:
    """A credit note has the number of the invoice it is about, often enough; it is never the same document."""
    return tuple(
        other
        for other in sorted((item_of(row) for row in rows), key=lambda other: other.created_at)
        if other.is_booked
        and _is_credit(other) == _is_credit(item)
        and is_same_company(other.counterparty, item.counterparty)
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
