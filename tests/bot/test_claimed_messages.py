"""A message is one process's to send for as long as its claim stands, and what becomes of it then stays the other's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import slack
from bot.app import assembled, drawers
from bot.db import outbox, places, turns
from bot.db.outbox import MESSAGES, PATIENCE, MovedError
from bot.db.places import ALL, LEASE, PLACES, HeldError
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.slack import NO_TOKEN
from bot.messenger import AT_ONCE, MOST_OF_ONE
from bot.playground.slack import ALERTS, BILLS
from bot.posting import Posting
from bot.services import closed_channels
from bot.services.messages import FLOOD, Drawn, Place, Subject, Surface, note, send_again, want
from bot.serving import listening
from bot.slack import learn_workspace
from tests.bot.test_messenger import IN_BILLS, TO_MIA, another, rows, tell, tell_item, texts, workspace_of
from tests.bot.test_slack_away import IN_ALERTS, a_second_process
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


async def the_first_due(world: World) -> outbox.Message:
    async with world.services.db.read() as tx:
        (message, *_) = await turns.due(tx, [Subject.NOTE, Subject.ITEM], [], 8)
    return message


async def test_what_is_claimed_is_drawn_as_it_was_told_last(world: World) -> None:
    await tell(world, "n1", "as it was")
    seen = await the_first_due(world)
    await tell(world, "n1", "as it is")

    async with world.services.db.write() as tx:
        claimed = await outbox.claim(tx, seen)

    assert claimed is not None
    assert "as it is" in claimed.facts
    assert claimed.wanted == seen.wanted + 1


async def test_a_message_that_belongs_elsewhere_by_now_takes_its_turn_there(world: World) -> None:
    await tell(world, "n1", "moves")
    seen = await the_first_due(world)
    await tell(world, "n1", "moves", IN_ALERTS)

    with pytest.raises(MovedError):
        async with world.services.db.write() as tx:
            await outbox.claim(tx, seen)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == []
    assert texts(world.slack.messages(ALERTS)) == ["moves"]


async def test_what_another_process_posted_meanwhile_is_changed_and_not_posted_again(world: World) -> None:
    await tell(world, "n1", "posted")
    seen = await the_first_due(world)
    await world.product.messenger.drain()
    await tell(world, "n1", "changed")

    with pytest.raises(MovedError):
        async with world.services.db.write() as tx:
            await outbox.claim(tx, seen)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["changed"]


async def test_a_reply_goes_under_the_message_that_is_its_parent_now(world: World) -> None:
    async with world.services.db.write() as tx:
        workspace = await workspace_of(tx)
        parent = await note(tx, workspace, "parent", IN_BILLS, "the card")
    await world.product.messenger.drain()
    async with world.services.db.write() as tx:
        under = Place(role="alert", surface=Surface.CHANNEL, channel_id=ChannelId(BILLS), thread_of=parent)
        await note(tx, workspace, "child", under, "the alert")
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        await tx.execute(MESSAGES.update().where(MESSAGES.c.id == parent).values(ts="1700000000.000001"))
        claimed = await outbox.claim(tx, seen)

    assert claimed is not None
    assert claimed.parent_ts == "1700000000.000001"


async def test_a_card_that_is_brought_to_another_channel_while_it_is_posted_stands_there(
    world: World, clock: FakeClock
) -> None:
    drawn = 0

    async def draw(_: Tx, message: object) -> Drawn:
        nonlocal drawn
        drawn += 1
        if drawn == 1:
            async with world.services.db.write() as tx:
                await tx.execute(MESSAGES.update().values(channel_id=ALERTS, ts=None, wanted=MESSAGES.c.wanted + 1))
        return Drawn(text=f"version {drawn}")

    await tell_item(world)
    await another(world, {Subject.ITEM: draw}).drain()

    assert texts(world.slack.messages(ALERTS)) == ["version 2"]


async def test_a_process_that_was_held_up_makes_no_call_that_another_may_make(world: World, clock: FakeClock) -> None:
    drawn = 0

    async def draw(_: Tx, message: object) -> Drawn:
        nonlocal drawn
        drawn += 1
        if drawn == 1:
            clock.move_to(clock.now() + LEASE - timedelta(seconds=slack.CALL_SECONDS - 1))
        return Drawn(text=f"version {drawn}")

    messenger = another(world, {Subject.ITEM: draw})
    await tell_item(world)
    await messenger.drain()

    assert len(world.slack.calls_of("chat.postMessage")) == 1
    assert texts(world.slack.messages(BILLS)) == ["version 2"]
    assert await rows(world) == [(False, None)]


async def test_a_process_that_stood_still_past_its_lease_leaves_alone_what_another_one_did(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have posted by then, which nobody can prevent; the row knows the one that is kept up to date."""
    send = Posting.send
    async with a_second_process(world, clock) as other:

        async def stand_still(*given: Any) -> Any:
            sent = await send(*given)
            monkeypatch.setattr(Posting, "send", send)
            clock.move_to(clock.now() + LEASE + timedelta(seconds=1))
            await other.drain()
            return sent

        monkeypatch.setattr(Posting, "send", stand_still)
        await tell(world, "n1", "posted")
        await world.product.messenger.drain()
        await tell(world, "n1", "changed")
        await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["posted", "changed"]
    assert await rows(world) == [(False, None)]


async def claimed_and_past_its_lease(world: World, clock: FakeClock) -> tuple[outbox.Message, outbox.Message]:
    """A message twice: as a slow process claimed it, and as the next one has it now."""
    await tell(world, "n1", "slow")
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        slow = await outbox.claim(tx, seen)
    await clock.advance(LEASE.total_seconds() + 1)
    async with world.services.db.write() as tx:
        fresh = await outbox.claim(tx, seen)
    assert slow is not None
    assert fresh is not None
    return slow, fresh


async def held(world: World) -> list[tuple[Any, ...]]:
    async with world.services.db.read() as tx:
        row = (await tx.execute(select(MESSAGES))).one()
        places = (await tx.execute(select(PLACES.c.held_until))).all()
    return [(row.is_waiting, row.leased_until, row.ts, row.attempts, row.trouble), *map(tuple, places)]


ENDS: dict[str, Callable[[Tx, outbox.Message], Awaitable[object]]] = {
    "taken": lambda tx, message: outbox.taken(tx, message, channel_id=BILLS, ts="1.1"),
    "the last": lambda tx, message: outbox.taken(tx, message, channel_id=BILLS, ts="1.1", is_last=True),
    "put off": lambda tx, message: outbox.put_off(tx, message, "late", timedelta(), is_anew=True),
    "put back": lambda tx, message: outbox.put_back(tx, message, "late", tries=1),
    "dropped": lambda tx, message: outbox.drop(tx, message, "late"),
    "let go": lambda tx, message: outbox.let_go(tx, message, outbox.Heard.ANSWER, tx.now),
}


@pytest.mark.parametrize("end", ENDS)
async def test_nothing_is_written_of_a_try_whose_claim_is_over(world: World, clock: FakeClock, end: str) -> None:
    slow, fresh = await claimed_and_past_its_lease(world, clock)
    before = await held(world)
    async with world.services.db.write() as tx:
        await ENDS[end](tx, slow)

    assert await held(world) == before
    async with world.services.db.write() as tx:
        await ENDS[end](tx, fresh)
    assert await held_or_none(world) != before


async def held_or_none(world: World) -> list[tuple[Any, ...]]:
    async with world.services.db.read() as tx:
        gone = (await tx.execute(select(MESSAGES.c.id))).first() is None
    return [] if gone else await held(world)


async def test_the_end_of_an_outage_is_told_by_the_one_that_tried_last(world: World, clock: FakeClock) -> None:
    await tell(world, "n1", "tries")
    async with world.services.db.write() as tx:
        await places.pause(tx, await workspace_of(tx), ALL, timedelta(), is_news=True)
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        slow = await outbox.claim(tx, seen)
    await clock.advance(LEASE.total_seconds() + 1)
    async with world.services.db.write() as tx:
        assert await outbox.claim(tx, seen) is not None
    assert slow is not None
    for heard in (outbox.Heard.ANSWER, outbox.Heard.NOTHING):
        async with world.services.db.write() as tx:
            await outbox.let_go(tx, slow, heard, None)

    async with world.services.db.write() as tx:
        with pytest.raises(HeldError):
            await places.probe(tx, seen.workspace_id)


FAULTS = {
    "locked": OperationalError("UPDATE messages", {}, Exception("the server closed the connection")),
    "unreachable": ConnectionRefusedError(111, "refused"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_database_that_is_away_after_a_post_for_longer_than_the_lease_does_not_post_it_again(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    taken, back_at = outbox.taken, clock.now() + LEASE * 2

    async def away_for_a_while(*given: Any, **more: Any) -> bool:
        if clock.now() < back_at:
            raise FAULTS[fault]
        return await taken(*given, **more)

    monkeypatch.setattr(outbox, "taken", away_for_a_while)
    await tell(world, "n1", "once only")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["once only"]
    assert await rows(world) == [(False, None)]


async def test_a_call_that_slack_never_answers_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack, "CALL_SECONDS", 0.05)
    released = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    silent = web.Application()
    silent.router.add_post("/api/{method}", never)
    async with listening(silent, "127.0.0.1", 0) as port:
        clients = world.services.clients
        monkeypatch.setattr(clients, "api_url", f"http://127.0.0.1:{port}/api/")
        asked = asyncio.ensure_future(clients.with_token(clients.bot_token).auth_test())
        await asyncio.wait((asked,), timeout=10)
        released.set()
        with pytest.raises(TimeoutError):
            asked.result()


async def test_a_process_stops_although_slack_does_not_answer(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.messenger.STOP_SECONDS", 0.05)
    begun = asyncio.Event()

    async def never(*_: Any) -> Any:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Posting, "send", never)
    await tell(world, "n1", "on its way")
    await world.product.messenger.start()
    async with asyncio.timeout(10):
        await begun.wait()
        await world.product.messenger.stop()


@pytest.mark.parametrize("refusal", ["invalid_auth", "token_revoked"])
async def test_with_a_token_that_is_refused_one_call_tells_it_and_everything_keeps_its_turn(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    api_call = AsyncWebClient.api_call
    is_refused, calls = True, list[str]()

    async def refusing(client: Any, method: str, **more: Any) -> Any:
        if not is_refused:
            return await api_call(client, method, **more)
        calls.append(method)
        response = await api_call(client, "api.test")
        response.data = {"ok": False, "error": refusal}
        raise SlackApiError(refusal, response)  # type: ignore[no-untyped-call]  # the SDK's own

    monkeypatch.setattr(AsyncWebClient, "api_call", refusing)
    for number in range(6):
        await tell(world, f"n{number}", f"note {number}", TO_MIA if number % 2 else IN_BILLS)
        await clock.advance(0.001)
    for _ in range(20):
        await world.product.messenger.drain()
        await clock.advance(30)
    is_refused = False
    async with world.services.db.write() as tx:
        await send_again(tx, await workspace_of(tx))
    await world.product.messenger.drain()

    assert set(calls[2:]) == {"auth.test"}, "of two places, which both were tried before it was known"
    assert len(calls) < 20
    assert texts(world.slack.messages(BILLS)) == ["note 0", "note 2", "note 4"]


async def test_without_a_token_everything_keeps_its_turn_and_goes_out_with_the_next(
    world: World, clock: FakeClock
) -> None:
    clients = world.services.clients
    token, clients.bot_token = clients.bot_token, None
    clients.forget(await _workspace(world))
    for number in range(4):
        await tell(world, f"n{number}", f"note {number}")
        await clock.advance(0.001)
    for _ in range(10):
        await world.product.messenger.drain()
        await clock.advance(slack.NO_TOKEN_SECONDS)
    await world.product.messenger.drain()
    assert [trouble for _, trouble in await rows(world)] == [NO_TOKEN, None, None, None]

    clients.bot_token = token
    await learn_workspace(clients)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == [f"note {number}" for number in range(4)]


async def test_a_process_without_the_token_leaves_messages_to_the_one_that_has_it(
    world: World, clock: FakeClock
) -> None:
    async with assembled(world.services.config, clock, jobs=world.jobs) as other:
        for number in range(3):
            await tell(world, f"n{number}", f"note {number}")
            await other.messenger.drain()
            await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == [f"note {number}" for number in range(3)]
    assert [trouble for _, trouble in await rows(world)] == [None, None, None]


async def _workspace(world: World) -> WorkspaceId:
    async with world.services.db.read() as tx:
        return await workspace_of(tx)


async def test_many_that_slack_fails_on_hold_up_the_others_for_minutes_at_most(world: World, clock: FakeClock) -> None:
    odd = 8

    async def an_odd_one(_: Tx, message: object) -> Drawn:
        world.slack.faults.next_call("chat.postMessage", "500")
        return Drawn(text="an odd one")

    messenger = another(world, {**drawers(world.services), Subject.ITEM: an_odd_one})
    async with world.services.db.write() as tx:
        for number in range(odd):
            await want(tx, await workspace_of(tx), Subject.ITEM, str(number), IN_BILLS)
    await clock.advance(1)
    await tell(world, "n1", "behind them")
    began = clock.now()
    while not world.slack.messages(BILLS) and clock.now() < began + timedelta(hours=1):
        await messenger.drain()
        await clock.advance(1)

    assert texts(world.slack.messages(BILLS)) == ["behind them"]
    assert clock.now() - began < timedelta(minutes=4)
    assert len(world.slack.calls_of("chat.postMessage")) <= odd * 2 + PATIENCE


async def test_a_clock_that_was_ahead_once_silences_no_channel(world: World, clock: FakeClock) -> None:
    await tell(world, "n0", "note 0")
    await world.product.messenger.drain()
    async with world.services.db.write() as tx:
        await tx.execute(PLACES.update().values(paced_until=tx.now + timedelta(hours=1)))
    for number in range(1, 4):
        await tell(world, f"n{number}", f"note {number}")
    slept = len(clock.slept)
    await world.product.messenger.drain()

    assert sorted(texts(world.slack.messages(BILLS))) == [f"note {number}" for number in range(4)]
    assert sum(clock.slept[slept:]) <= outbox.BURST * 2


async def test_one_message_tries_for_a_whole_workspace_and_keeps_no_other_one_waiting(database: Database) -> None:
    clock = FakeClock()
    away = (await a_world(database, clock, team_id="T1")).workspace_id
    well = (await a_world(database, clock, team_id="T2")).workspace_id
    async with database.write() as tx:
        for number in range(8):
            place = Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(f"C{number}"))
            await note(tx, away, f"n{number}", place, "waits")
        await places.pause(tx, away, ALL, timedelta(), is_news=True)
    await clock.advance(1)
    async with database.write() as tx:
        await note(tx, well, "n", IN_BILLS, "goes out")
    async with database.read() as tx:
        due = await turns.due(tx, [Subject.NOTE], [], 8)

    assert sorted((message.is_probe, message.workspace_id) for message in due) == [(False, well), (True, away)]


async def test_a_workspace_with_many_places_in_line_keeps_no_other_one_waiting(database: Database) -> None:
    clock = FakeClock()
    much = (await a_world(database, clock, team_id="T1")).workspace_id
    little = (await a_world(database, clock, team_id="T2")).workspace_id
    async with database.write() as tx:
        for number in range(50):
            place = Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(f"C{number}"))
            await note(tx, much, f"n{number}", place, "one of many")
        await tx.execute(MESSAGES.update().values(due_at=tx.now - timedelta(minutes=1)))
        await note(tx, little, "n", IN_BILLS, "the only one")
    async with database.read() as tx:
        due = await turns.due(tx, [Subject.NOTE], [], 8)

    assert {message.workspace_id for message in due[:2]} == {much, little}
    assert len(due) == 8


async def test_what_hangs_in_one_workspace_leaves_room_for_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = 0, asyncio.Event()

    async def hangs(*_: Any) -> Any:
        nonlocal begun
        begun += 1
        await released.wait()
        raise ConnectionResetError

    monkeypatch.setattr(Posting, "send", hangs)
    for number in range(AT_ONCE + 2):
        place = Place(role="private", surface=Surface.DIRECT, user_id=UserId(f"U{number}"))
        await tell(world, f"n{number}", "waits", place)
    draining = asyncio.ensure_future(world.product.messenger.drain())
    async with asyncio.timeout(10):
        while begun < MOST_OF_ONE:  # noqa: ASYNC110 - nothing tells how many hang
            await asyncio.sleep(0.01)
        await world.product.messenger._begin()
    assert begun == MOST_OF_ONE

    released.set()
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    await world.product.messenger.stop()


async def test_a_database_that_is_busy_for_a_moment_keeps_no_place_for_a_whole_lease(
    world: World, clock: FakeClock
) -> None:
    drawn = 0

    async def busy_at_first(_: Tx, message: object) -> Drawn:
        nonlocal drawn
        drawn += 1
        if drawn == 1:
            raise BusyError("the database is busy")
        return Drawn(text="soon")

    await tell_item(world)
    await another(world, {Subject.ITEM: busy_at_first}).drain()

    assert texts(world.slack.messages(BILLS)) == ["soon"]
    assert await rows(world) == [(False, None)]


async def test_what_another_process_put_off_meanwhile_is_not_claimed(world: World) -> None:
    await tell(world, "n1", "later")
    seen = await the_first_due(world)
    async with world.services.db.write() as tx:
        claimed = await outbox.claim(tx, seen)
        assert claimed is not None
        await outbox.put_off(tx, claimed, "is_archived", timedelta(hours=1))
        await outbox.let_go(tx, claimed, outbox.Heard.ANSWER, None)

    async with world.services.db.write() as tx:
        assert await outbox.claim(tx, seen) is None


async def test_a_slow_process_that_hears_of_a_closed_channel_takes_nothing_from_the_next_one(
    world: World, clock: FakeClock
) -> None:
    slow, _ = await claimed_and_past_its_lease(world, clock)
    before = await held(world)
    async with world.services.db.write() as tx:
        await closed_channels.refused(tx, replace(slow, role=FLOOD), "is_archived", None)
        await outbox.forget(tx, slow)

    assert await held(world) == before
