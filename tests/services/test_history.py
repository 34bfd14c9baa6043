"""What was approved before of a supplier is read by an index, whatever else there is; and only what counts."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.db.history import APPROVED, approved_before
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database
from bot.domain.documents import ItemKind
from bot.domain.history import NEWEST
from bot.domain.items import ItemState
from bot.domain.parties import name_key
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world
from tests.services.test_finding import plan

COUNTED = {ItemState.APPROVED, ItemState.SENDING, ItemState.UNKNOWN, ItemState.PUBLISHED}


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def test_only_what_was_approved_and_stands_counts_newest_first(world: World) -> None:
    numbers = [f"INV-{place}" for place in range(len(ItemState) + 1)]
    await world.enter(*numbers)
    async with world.db.write() as tx:
        items = sorted(await world.items(tx), key=lambda item: item.reference)
        for place, (item, state) in enumerate(zip(items, [*ItemState, ItemState.ARCHIVED], strict=True)):
            decided = None if state in (ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL) else tx.now
            values = {"state": state, "decided_at": decided and decided + timedelta(minutes=place)}
            if place == len(ItemState):  # put away after it was published
                values["published_at"] = tx.now
            await tx.execute(ITEMS.update().where(ITEMS.c.id == item.id).values(**values))
        supplier = name_key(items[0].counterparty.name)
    assert supplier is not None

    async with world.db.read() as tx:
        of = tx, world.workspace_id, world.organisation_id
        found = await approved_before(*of, ItemKind.COST, supplier)
        assert await approved_before(*of, ItemKind.SALE, supplier) == ()
        assert await approved_before(*of, ItemKind.COST, "nobody") == ()

    at = {item.id: state for item, state in zip(items, [*ItemState, ItemState.ARCHIVED], strict=True)}
    assert {at[past.item_id] for past in found} == COUNTED | {ItemState.ARCHIVED}
    assert len(found) == len(COUNTED) + 1
    assert [past.approved_on for past in found] == sorted((past.approved_on for past in found), reverse=True)
    assert {past.codes.account for past in found} == {"429"}


async def test_among_thousands_twenty_are_read_through_the_index(world: World) -> None:
    """Of one supplier with as many that wait, and one with as many that were approved, no plan may read what is not shown."""
    await world.enter("INV-1")
    async with world.db.write() as tx:
        (one,) = (await tx.execute(ITEMS.select())).mappings().all()
        rows = [
            {
                **one,
                "id": UUID(int=place + 1),
                "source_key": f"s{place}",
                "state": ItemState.IN_APPROVAL if place % 2 else ItemState.PUBLISHED,
                "decided_at": None if place % 2 else tx.now,
            }
            for place in range(4000)
        ]
        await tx.execute(ITEMS.insert(), rows)
        await tx.execute(text("ANALYZE"))
        of = {"workspace_id": world.workspace_id, "organisation_id": world.organisation_id}
        words = await plan(tx, APPROVED, {**of, "kind": ItemKind.COST, "supplier_key": one["supplier_key"]})
        found = await approved_before(tx, world.workspace_id, world.organisation_id, ItemKind.COST, one["supplier_key"])

    assert len(found) == NEWEST
    assert "ix_items_counts" in words
    assert not re.search(r"Seq Scan|\bSCAN items|Sort|TEMP B-TREE", words), words
