"""Of two who do the same at once the second waits, looks again, and finds it done: on PostgreSQL a row's lock makes it so.

On SQLite there is one writer, so nothing of this can happen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import Select, select, text

from bot.db.workspaces import WORKSPACES
from bot.domain.ids import OrganisationId
from bot.playground.slack import ADMIN, TEAM
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import CONNECTIONS, connection
from tests.handlers.test_shared_sign_in import actor_of

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
