"""An organisation's items as a list, in the order in which they came in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Database
from bot.domain.items import Item, ItemState
from bot.services.ledger_names import names_to_write
from bot.services.named_books import NamedBooks
from bot.sheets.writing import Written

PAGE = 500


@dataclass(frozen=True, slots=True)
class ItemExport:
    db: Database

    async def count(self, books: NamedBooks, *, with_archived: bool) -> int:
        async with self.db.read() as tx:
            statement = select(func.count()).where(*_meant(books, with_archived=with_archived))
            return int((await tx.execute(statement)).scalar_one())

    async def names(self, books: NamedBooks) -> Written:
        async with self.db.read() as tx:
            return await names_to_write(tx, books)

    async def items(self, books: NamedBooks, *, with_archived: bool) -> AsyncIterator[Item]:
        """Page by page, so that neither memory nor a transaction grows with their number."""
        in_order = select(ITEMS).where(*_meant(books, with_archived=with_archived))
        in_order = in_order.order_by(ITEMS.c.created_at, ITEMS.c.id).limit(PAGE)
        page = in_order
        while True:
            async with self.db.read() as tx:
                found = [item_of(row) for row in (await tx.execute(page)).mappings().all()]
            for item in found:
                yield item
            if len(found) < PAGE:
                return
            page = in_order.where(_after(found[-1]))


def _meant(books: NamedBooks, *, with_archived: bool) -> tuple[ColumnElement[bool], ...]:
    ours = (ITEMS.c.workspace_id == books.workspace_id, ITEMS.c.organisation_id == books.organisation_id)
    return ours if with_archived else (*ours, ITEMS.c.state != ItemState.ARCHIVED)


def _after(item: Item) -> ColumnElement[bool]:
    return or_(ITEMS.c.created_at > item.created_at, and_(ITEMS.c.created_at == item.created_at, ITEMS.c.id > item.id))
