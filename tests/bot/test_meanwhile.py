"""What another process hears, or moves, between the look at what is due and the end of a try is heeded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select

from bot.db import outbox, places, turns
from bot.db.outbox import MESSAGES, POST, Message
from bot.db.places import ALL
from bot.db.unit_of_work import Database
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.settings import Settings
from bot.playground.slack import ADMIN, ALERTS, BILLS
from bot.posting import Posting
from bot.services import closed_channels, rehoming
from bot.services.connection_messages import AGAIN, RECONNECT
from bot.services.messages import Place, Subject, Surface, note, want
from bot.slack import SlackClients
from tests.bot.test_claimed_messages import claimed_and_past_its_lease, the_first_due
from tests.bot.test_messenger import IN_BILLS, TO_MIA, tell, texts, workspace_of
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock
from tests.services.publishing import a_world


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(database_url, clock=clock) as made:
        yield made


@pytest.mark.parametrize("method", [POST, ALL])
async def test_what_is_to_be_left_alone_since_it_was_looked_at_is_not_claimed(
    world: World, clock: FakeClock, method: str
) -> None:
    await tell(world, "n1", "waits")
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        await places.pause(tx, seen.workspace_id, method, timedelta(seconds=30), is_news=True)
    async with world.services.db.write() as tx:
        assert await outbox.claim(tx, seen) is None

    await clock.advance(30)
    await world.product.messenger.drain()
    assert texts(world.slack.messages(BILLS)) == ["waits"]


async def test_a_wish_for_silence_of_one_method_holds_no_other_one_back(world: World) -> None:
    await tell(world, "n1", "waits")
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        await places.pause(tx, seen.workspace_id, "chat.update", timedelta(seconds=30), is_news=True)
    async with world.services.db.write() as tx:
        assert await outbox.claim(tx, seen) is not None


async def test_what_tries_whether_slack_is_back_heeds_a_wish_for_silence(world: World) -> None:
    await tell(world, "n1", "waits")
    async with world.services.db.write() as tx:
        await places.pause(tx, await workspace_of(tx), ALL, timedelta(), is_news=True)
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        await places.pause(tx, seen.workspace_id, POST, timedelta(seconds=30), is_news=True)

    assert seen.is_probe
    async with world.services.db.write() as tx:
        assert await outbox.claim(tx, seen) is None


async def test_a_slow_process_that_hears_of_a_closed_channel_tells_nobody_of_it(world: World, clock: FakeClock) -> None:
    """The next one has it, and tells it where that is so still."""
    slow, _ = await claimed_and_past_its_lease(world, clock)
    workspace = await world.services.workspaces.load(slow.workspace_id)
    assert workspace is not None
    async with world.services.db.write() as tx:
        helped = replace(workspace, installer_user_id=UserId(ADMIN))
        await closed_channels.refused(tx, slow, "is_archived", helped)

    async with world.services.db.read() as tx:
        told = (await tx.execute(select(MESSAGES.c.subject_id))).scalars().all()
    assert told == ["n1"]


async def claimed(world: World, subject: Subject, role: str) -> Message:
    async with world.services.db.write() as tx:
        place = Place(role=role, surface=Surface.CHANNEL, channel_id=ChannelId(BILLS))
        await want(tx, await workspace_of(tx), subject, UUID(int=1), place, facts={"text": "told"})
    async with world.services.db.read() as tx:
        (seen,) = await turns.due(tx, [subject], [], 8)
    async with world.services.db.write() as tx:
        found = await outbox.claim(tx, seen)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("subject", "role", "place"),
    [(Subject.CONNECTION, RECONNECT, ALERTS), (Subject.NOTE, AGAIN, None)],
    ids=["to another channel", "to a person"],
)
async def test_a_copy_on_its_way_to_the_old_place_does_not_count_for_the_new_one(
    world: World, monkeypatch: pytest.MonkeyPatch, subject: Subject, role: str, place: str | None
) -> None:
    async def chosen(*_: object) -> Settings:
        return Settings(alerts_channel=ChannelId(ALERTS))

    monkeypatch.setattr(rehoming, "load_settings", chosen)
    on_its_way = await claimed(world, subject, role)
    async with world.services.db.write() as tx:
        assert await rehoming.rehome(tx, on_its_way)
    async with world.services.db.write() as tx:
        await outbox.taken(tx, on_its_way, channel_id=BILLS, ts="1.1")

    async with world.services.db.read() as tx:
        row = (await tx.execute(select(MESSAGES))).one()
    assert (row.is_waiting, row.channel_id, row.ts) == (True, place, None)


async def test_a_place_that_is_busy_in_one_workspace_is_free_in_another(database: Database) -> None:
    """Two workspaces of one Enterprise Grid have people in common, and channels."""
    clock = FakeClock()
    busy = (await a_world(database, clock, team_id="T1")).workspace_id
    free = (await a_world(database, clock, team_id="T2")).workspace_id
    async with database.write() as tx:
        for workspace in (busy, free):
            await note(tx, workspace, "n", IN_BILLS, "the same place")
    async with database.read() as tx:
        due = await turns.due(tx, [Subject.NOTE], [(busy, BILLS)], 8)
        both = await turns.due(tx, [Subject.NOTE], [(busy, BILLS), (free, BILLS)], 8)

    assert [message.workspace_id for message in due] == [free]
    assert both == []


async def test_workspaces_that_share_a_place_keep_each_other_waiting_for_nothing(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, begun, both = world.services, list[WorkspaceId](), asyncio.Event()
    client = services.clients.with_token(services.clients.bot_token)

    async def of(*_: object) -> AsyncWebClient:
        return client

    async def waits_for_the_other(_: Posting, __: object, message: Message, *more: object) -> None:
        begun.append(message.workspace_id)
        if len(begun) == len(workspaces):
            both.set()
        await both.wait()
        raise ConnectionResetError

    monkeypatch.setattr(SlackClients, "of", of)
    monkeypatch.setattr(Posting, "send", waits_for_the_other)
    async with services.db.read() as tx:
        workspaces = [await workspace_of(tx)]
    workspaces.append((await a_world(services.db, clock, team_id="T0OTHER")).workspace_id)
    async with services.db.write() as tx:
        for workspace in workspaces:
            await note(tx, workspace, "n", TO_MIA, "the same person")
    async with asyncio.timeout(10):
        await world.product.messenger.drain()

    assert sorted(begun) == sorted(workspaces)
