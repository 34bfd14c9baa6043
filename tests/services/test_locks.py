"""Of two who do the same at once the second waits, looks again, and finds it done: on PostgreSQL a row's lock makes it so.

On SQLite there is one writer, so nothing of this can happen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Select, select, text

from bot.db import planning
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WORKSPACES
from bot.domain.ids import BatchId, OrganisationId
from bot.domain.items import Item, ItemState
from bot.playground.slack import ADMIN, TEAM
from bot.services import recording
from bot.services.operating import Operating
from tests.fakes.clock import FakeClock
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import CONNECTIONS, connection
from tests.handlers.test_shared_sign_in import actor_of
from tests.services.publishing import a_world

pytestmark = pytest.mark.postgres

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
async def desk(postgres_url: str) -> AsyncIterator[Desk]:
    async with a_desk(postgres_url) as made:
        yield made


async def waits_for(desk: Desk, held: Select[tuple[object]], act: Callable[[], Awaitable[object]]) -> bool:
    """Whether `act` waits while another transaction is about to change that row; in the end both are done.

    What only refers to the row does not wait: that is another, weaker lock, which every insert takes.
    """
    async with desk.world.services.db.write() as tx:
        await tx.execute(held.with_for_update(key_share=True))
        acting = asyncio.ensure_future(act())
        while not acting.done() and not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database says it
            await asyncio.sleep(0)
        has_waited = not acting.done()
    await acting
    return has_waited


async def test_whoever_asks_for_lists_while_another_does_waits_and_so_does_the_worker(desk: Desk) -> None:
    row, actor = await connection(desk.world), await actor_of(desk.world, ADMIN, TEAM)
    held = select(CONNECTIONS.c.id).where(CONNECTIONS.c.id == row.id)
    refreshing, syncing = desk.world.services.refreshing, desk.world.upkeep.syncing

    assert await waits_for(desk, held, lambda: refreshing.start(actor, OrganisationId(row.organisation_id), None))

    await desk.settle()
    await desk.world.later(40 * 3600)
    assert await waits_for(desk, held, syncing.start_due)


async def test_two_links_to_one_organisation_are_finished_one_after_another(desk: Desk) -> None:
    services, told = desk.world.services, list[bool]()
    held = select(WORKSPACES.c.id).where(WORKSPACES.c.team_id == TEAM)
    finish = type(services.linking).finish

    async def watched(*given: object) -> str:
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def act() -> None:
            answer.set_result(await finish(*given))  # type: ignore[arg-type]  # handed on as they came

        told.append(await waits_for(desk, held, act))
        return answer.result()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(services.linking), "finish", watched)
        page = await connect(desk.world)

    assert (told, page.status) == ([True], 200)


async def test_whoever_comes_too_late_to_hold_one_keeps_nobody_from_holding_another(
    postgres_url: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, short_waits: None
) -> None:
    """The planner makes both ready while somebody holds the one: he waits for the planner, and then for the batch to take it
    out of. Whoever takes the batch apart meanwhile needs the rows of both.
    """
    db = Database(postgres_url, clock)
    world, operating = await a_world(db, clock), Operating(db)
    first, second = await world.approve("INV-1", "INV-2")
    insert_batch, take_out = planning.insert_batch, recording.take_out
    is_too_late, may_go_on, holding = asyncio.Event(), asyncio.Event(), list[asyncio.Task[Item]]()

    async def making_ready(*given: Any, **named: Any) -> BatchId:
        holding.append(asyncio.create_task(operating.hold(str(first), None)))
        async with db.read() as tx:
            while not (await tx.execute(WAITING)).scalar_one():  # noqa: ASYNC110 - the database says it
                await asyncio.sleep(0)
        return await insert_batch(*given, **named)

    async def taking_out(tx: Tx, item: Item) -> Item | None:
        if item.id == first:
            is_too_late.set()
            await may_go_on.wait()
        return await take_out(tx, item)

    monkeypatch.setattr(planning, "insert_batch", making_ready)
    monkeypatch.setattr(recording, "take_out", taking_out)
    assert await world.publishing.plan() == 1
    await asyncio.wait_for(is_too_late.wait(), 30)

    held = [await operating.hold(str(second), None)]
    may_go_on.set()
    held += await asyncio.gather(*holding)
    await db.close()

    assert [(item.state, item.is_held) for item in held] == [(ItemState.APPROVED, True)] * 2
