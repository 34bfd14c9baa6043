"""The ledger takes a document and says something about it: people see that, whatever happens after the answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.db.additions import additions_of
from bot.db.publications import STEPS
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.publishing import StepKind
from bot.services.alerts import load_alert
from tests.fakes.clock import FakeClock
from tests.services.publishing import CrashError, CrashingDatabase, World, a_world

WORDS = "The tracking option North has been archived."


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    db = CrashingDatabase(database_url, clock)
    yield await a_world(db, clock)
    await db.close()


async def warned(world: World, item_id: ItemId) -> tuple[tuple[StepKind, str], ...]:
    async with world.db.read() as tx:
        return (await additions_of(tx, world.workspace_id, item_id)).warned


async def test_a_warning_with_which_a_document_was_taken_stays_with_it(world: World) -> None:
    world.ledger.warns["INV-2"] = WORDS
    one, two = await world.approve("INV-1", "INV-2")

    await world.settle()

    assert set((await world.states()).values()) == {ItemState.PUBLISHED}
    assert await warned(world, one) == ()
    assert await warned(world, two) == ((StepKind.DOCUMENT, WORDS),)
    assert await world.audited("taken with a warning") == 1


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_after_the_answer_keeps_the_warning_or_never_had_it(
    world: World, moment: str
) -> None:
    """Where the answer was not written down, the document is found again, and nobody knows of the warning any more."""
    assert isinstance(world.db, CrashingDatabase)
    await world.approve("INV-0")
    before = world.db.writes
    await world.settle()
    writes = world.db.writes - before
    world.db.dies_after_commit = moment == "after the commit"

    for number in range(1, writes + 1):
        world.ledger.warns[f"INV-{number}"] = WORDS
        (item_id,) = await world.approve(f"INV-{number}")
        world.db.dies_at = world.db.writes + number
        await world.settle()
        async with world.db.read() as tx:
            kept = (await tx.execute(select(STEPS.c.warning).where(STEPS.c.item_id == item_id))).scalars().first()
        assert await world.state(item_id) is ItemState.PUBLISHED
        assert kept in (None, WORDS)

    assert await world.audited("taken with a warning") >= writes - 1


async def test_what_stands_there_otherwise_is_told_with_the_warning_though_the_process_died_in_between(
    world: World,
) -> None:
    assert isinstance(world.db, CrashingDatabase)
    world.ledger.warns["INV-1"] = WORDS
    world.ledger.alter = lambda document: replace(document, gross=Decimal("120.01"))

    async def die(point: str) -> None:
        if point == "read":
            world.ledger.on_call = None
            raise CrashError

    (item_id,) = await world.approve("INV-1")
    world.ledger.on_call = die
    await world.settle()

    async with world.db.read() as tx:
        alert = await load_alert(tx, world.workspace_id, item_id)
    assert alert is not None
    assert alert.problem.vendor_words == WORDS


async def test_what_is_sent_again_has_no_warning_of_before(world: World) -> None:
    world.ledger.warns["INV-1"] = WORDS
    world.ledger.alter = lambda document: replace(document, gross=Decimal("120.01"))
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    assert await world.state(item_id) is ItemState.REFUSED
    world.ledger.warns.clear()
    world.ledger.alter = lambda document: document
    world.ledger.books_hold.clear()

    await world.approve_again(item_id)
    await world.settle()

    assert await world.state(item_id) is ItemState.PUBLISHED
    assert await warned(world, item_id) == ()
