"""A channel serves one organisation, also when two admins save at the same instant."""

import asyncio
from uuid import uuid4

from sqlalchemy import select

from bot.db.connections import OrganisationRow
from bot.db.unit_of_work import Database
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.services.bindings import CHANNELS, ChannelTakenError, bind
from bot.services.settings import ALERTS, APPROVALS, organisation_of_channel
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world


async def another_organisation(world: World) -> OrganisationId:
    other = OrganisationId(uuid4())
    async with world.db.write() as tx:
        new = tx.insert(OrganisationRow).values(id=other, workspace_id=world.workspace_id, name="Other Ltd")
        await tx.execute(new.values(books="{}", next_reference=1, created_at=tx.now))
    return other


async def test_of_two_organisations_that_choose_one_channel_at_once_the_second_is_refused(
    database: Database, clock: FakeClock
) -> None:
    world = await a_world(database, clock)
    other = await another_organisation(world)
    channel, first_has_it = ChannelId("C0NEW"), asyncio.Event()

    async def first() -> None:
        async with database.write() as tx:
            await bind(tx, world.workspace_id, world.organisation_id, APPROVALS, channel)
            first_has_it.set()
            await asyncio.sleep(0.2)

    async def second() -> None:
        await first_has_it.wait()
        async with database.write() as tx:
            await bind(tx, world.workspace_id, other, ALERTS, channel)

    done = await asyncio.gather(first(), second(), return_exceptions=True)

    assert done[0] is None
    assert isinstance(done[1], ChannelTakenError)
    async with database.read() as tx:
        bound = await tx.execute(select(CHANNELS.c.organisation_id).where(CHANNELS.c.channel_id == channel))
        assert bound.scalars().all() == [world.organisation_id]


async def test_a_channel_of_another_workspace_is_nobodys_here(database: Database, clock: FakeClock) -> None:
    """Slack gives a channel that two workspaces share one id in both."""
    world, channel = await a_world(database, clock), ChannelId("C0SHARED")
    async with database.write() as tx:
        await bind(tx, world.workspace_id, world.organisation_id, APPROVALS, channel)

    async with database.read() as tx:
        assert await organisation_of_channel(tx, world.workspace_id, channel) == world.organisation_id
        assert await organisation_of_channel(tx, WorkspaceId(uuid4()), channel) is None
