"""A document that an earlier publication left in the ledger: read again and never sent twice, whatever comes between."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.services import recording
from bot.services.operating import Operating
from tests.fakes.clock import FakeClock
from tests.services.ledger import Trouble
from tests.services.publishing import World, a_world


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def left_there(world: World, *numbers: str) -> tuple[ItemId, ...]:
    """Documents that the ledger has otherwise than they were sent, put right there, and approved again."""
    world.ledger.alter = lambda document: replace(document, gross=Decimal("119.00"))
    items = await world.approve(*numbers)
    await world.settle()
    world.ledger.alter = lambda document: document
    for number, item in zip(numbers, items, strict=True):
        world.ledger.correct(number, Decimal("120.00"))
        await world.approve_again(item)
    return tuple(items)


async def test_what_is_held_and_released_while_it_is_only_to_be_read_is_not_sent(world: World) -> None:
    (item,) = await left_there(world, "INV-1")
    for organisation in await world.publishing.due():
        await world.publishing.freeze(organisation)
    assert await world.state(item) is ItemState.SENDING

    operating = Operating(world.db)
    await operating.hold(str(item), None)
    await operating.release(str(item), None)
    world.later(5)
    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert await world.state(item) is ItemState.PUBLISHED


async def test_what_was_to_be_read_when_its_connection_ended_is_not_sent_afterwards(world: World) -> None:
    (item,) = await left_there(world, "INV-1")
    world.ledger.troubles["read"] = [Trouble.BUSY]
    await world.one_pass()
    async with world.db.write() as tx:
        await recording.take_back(tx, world.workspace_id, world.organisation_id)

    world.later(60)
    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert await world.state(item) is ItemState.PUBLISHED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_to_be_read_and_cannot_be_holds_up_nothing_else_for_long(world: World) -> None:
    (item,) = await left_there(world, "INV-1")
    world.ledger.troubles["read"] = [Trouble.COMMIT_THEN_500] * 1000
    await world.settle(passes=40, seconds=10)

    await world.approve("INV-2")
    await world.settle(passes=10, seconds=10)

    assert world.ledger.numbers == ["INV-1", "INV-2"]
    assert await world.state(item) is ItemState.SENDING
