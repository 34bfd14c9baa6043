"""Looks at all organisations: one that cannot be handled keeps no other from its turn."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import AuditRow
from bot.domain.problems import Problem, ProblemCode
from bot.domain.waiting import next_look
from bot.services import queues, syncing, waiting
from bot.services.access import called
from bot.services.current import require_item
from bot.services.held_up import due_of
from bot.services.people import People
from bot.services.queues import Queues
from bot.services.syncing import Syncing
from bot.services.waiting import Waiting
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world

CONNECTIONS, SYNCS, ALERTS = table_of(ConnectionRow), table_of(ListSyncRow), table_of(AlertRow)
AUDIT = table_of(AuditRow)
OURS = "a rule of ours that is wrong"
EVERY = timedelta(hours=24)
PATIENCE_SECONDS = 20

Part = Callable[..., Awaitable[Any]]


@pytest.fixture
async def worlds(database: Database, clock: FakeClock) -> tuple[World, World]:
    """Two offices."""
    return await a_world(database, clock), await a_world(database, clock, team_id="T2")


def failing_first(part: Part, error: BaseException) -> Part:
    """Whoever comes first cannot be handled."""
    begun: list[Any] = []

    async def once(*args: Any, **kwargs: Any) -> Any:
        begun.append(args)
        if len(begun) == 1:
            raise error
        return await part(*args, **kwargs)

    return once


async def _held_up(worlds: tuple[World, World]) -> Callable[[], Awaitable[int]]:
    for world in worlds:
        await world.approve("INV-1")
    worlds[0].later(600)
    return Queues(worlds[0].db, {"xero": worlds[0].ledger}).look


async def _lists_are_due(worlds: tuple[World, World]) -> Callable[[], Awaitable[int]]:
    world = worlds[0]
    async with world.db.write() as tx:
        for each in worlds:
            row = {"organisation_id": each.organisation_id, "workspace_id": each.workspace_id, "kind": "accounts"}
            read = {"run": 1, "state": "failed", "attempt": 1, "started_at": tx.now}
            await tx.execute(SYNCS.insert().values(**row, **read))
    world.later(EVERY.total_seconds() / 2)
    return Syncing(world.db, world.clock, world.jobs, {"xero": world.ledger}, EVERY).start_due


async def _refused(worlds: tuple[World, World]) -> Waiting:
    """Two wait in the first office, and one in the other, for something in the ledger that is done by now."""
    for world, numbers in zip(worlds, (("INV-1", "INV-2"), ("INV-1",)), strict=True):
        for number in numbers:
            world.ledger.refuse[number] = Problem(code=ProblemCode.ACCOUNT_ARCHIVED)
        await world.approve(*numbers)
        await world.settle()
        world.ledger.refuse.clear()
    async with worlds[0].db.write() as tx:
        await tx.execute(update(ALERTS).values(look_at=tx.now))
    people = People(None)  # type: ignore[arg-type]  # nobody presses anything here
    world = worlds[0]
    return Waiting(world.db, world.clock, people, world.tokens, {"xero": world.ledger})


@pytest.mark.parametrize(
    ("prepare", "where"),
    [(_held_up, (queues, "due_of")), (_lists_are_due, (syncing, "start_import"))],
    ids=["what is held up", "lists"],
)
async def test_of_two_organisations_one_that_fails_leaves_the_other_its_turn(
    worlds: tuple[World, World],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    prepare: Callable[[tuple[World, World]], Awaitable[Callable[[], Awaitable[int]]]],
    where: tuple[Any, str],
) -> None:
    look = await prepare(worlds)
    module, name = where
    monkeypatch.setattr(module, name, failing_first(getattr(module, name), LookupError(OURS)))

    assert await look() == 1

    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert vars(record)["organisation"] in {str(world.organisation_id) for world in worlds}
    assert await look() == 1, "it has its own turn the next time"


async def test_of_organisations_that_wait_one_whose_books_cannot_be_read_leaves_the_other_its_turn(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_after = await _refused(worlds)
    monkeypatch.setattr(waiting, "called", failing_first(called, LookupError(OURS)))

    sent = [await look_after.look(), await look_after.look()]

    assert sorted(sent) == [1, 2]


def hanging_first(part: Part, is_let: asyncio.Event) -> Part:
    """Whoever comes first waits until it is let."""
    begun: list[Any] = []

    async def once(*args: Any, **kwargs: Any) -> Any:
        begun.append(args)
        if len(begun) == 1:
            await is_let.wait()
        return await part(*args, **kwargs)

    return once


async def _sent(worlds: tuple[World, World]) -> int:
    """In how many offices what waited was sent."""
    async with worlds[0].db.read() as tx:
        retried = select(AUDIT.c.organisation_id).where(AUDIT.c.deed == "retried").distinct()
        return len((await tx.execute(retried)).all())


async def test_an_organisation_whose_books_are_long_in_coming_keeps_no_other_waiting(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_after, is_let = await _refused(worlds), asyncio.Event()
    monkeypatch.setattr(waiting, "called", hanging_first(called, is_let))

    looking = asyncio.create_task(look_after.look())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await _sent(worlds):
                pass
    finally:
        is_let.set()

    assert await looking == 3


async def test_books_that_do_not_come_are_given_up_and_asked_for_again_later(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_after = await _refused(worlds)
    monkeypatch.setattr(waiting, "called", hanging_first(called, asyncio.Event()))
    monkeypatch.setattr(waiting, "BOOKS_SECONDS", 0.0)

    async with asyncio.timeout(PATIENCE_SECONDS):
        sent = await look_after.look()
    async with worlds[0].db.read() as tx:
        looks = (await tx.execute(select(ALERTS.c.look_at))).scalars().all()

    assert looks.count(next_look(worlds[0].clock.now())) == 3 - sent > 0


async def test_of_items_that_wait_one_that_cannot_be_judged_leaves_the_others_their_turn(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_after = await _refused(worlds)
    monkeypatch.setattr(waiting, "require_item", failing_first(require_item, LookupError(OURS)))

    assert [await look_after.look(), await look_after.look()] == [2, 1]


async def test_a_look_that_is_cut_off_ends(worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch) -> None:
    look = await _held_up(worlds)
    monkeypatch.setattr(queues, "due_of", failing_first(due_of, asyncio.CancelledError()))

    with pytest.raises(asyncio.CancelledError):
        await look()

    async with worlds[0].db.read() as tx:
        assert set((await tx.execute(select(CONNECTIONS.c.queue_told_at))).scalars()) == {None}
