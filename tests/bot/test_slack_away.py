"""Slack is away, or wants silence: everything keeps its turn, nobody asks more than once, and processes know it together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import SectionBlock
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy import select

from bot.app import assembled, drawers
from bot.db.outbox import MESSAGES, PATIENCE
from bot.db.unit_of_work import Tx
from bot.domain.ids import ChannelId
from bot.messenger import Messenger
from bot.playground.slack import ALERTS, BILLS
from bot.services.floods import MANY
from bot.services.health import Health
from bot.services.messages import FLOOD, Drawn, Place, Subject, Surface
from bot.settling import LONGEST_WAIT_SECONDS
from bot.slack import learn_workspace, wait_of
from tests.bot.test_messenger import TO_MIA, another, rows, tell, tell_item, texts
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock

IN_ALERTS = Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(ALERTS))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
async def world(database_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(database_url, clock=clock) as made:
        yield made


@asynccontextmanager
async def a_second_process(world: World, clock: FakeClock) -> AsyncIterator[Messenger]:
    async with assembled(world.services.config, clock, jobs=world.jobs) as other:
        await learn_workspace(other.services.clients)
        yield other.messenger


async def test_what_slack_fails_on_again_and_again_holds_up_the_others_for_seconds(
    world: World, clock: FakeClock
) -> None:
    async def the_odd_one(_: Tx, message: object) -> Drawn:
        world.slack.faults.next_call("chat.postMessage", "500")
        return Drawn(text="the odd one")

    messenger = another(world, {**drawers(world.services), Subject.ITEM: the_odd_one})
    await tell_item(world)
    await clock.advance(1)
    await tell(world, "n1", "behind it")
    for _ in range(PATIENCE + 1):
        await messenger.drain()
        await clock.advance(2**PATIENCE)
    await tell(world, "n2", "once it is known")
    await messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["behind it", "once it is known"]
    assert (await rows(world))[0] == (True, "status 500")


async def test_what_is_refused_for_what_it_says_steps_aside(world: World) -> None:
    async def refused(_: Tx, message: object) -> Drawn:
        same = SectionBlock(block_id="same", text="x")
        return Drawn(text="x", blocks=(same, same))

    messenger = another(world, {**drawers(world.services), Subject.ITEM: refused})
    await tell_item(world)
    await tell(world, "n1", "behind it")
    await messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["behind it"]
    assert [refusal.partition(":")[0] for refusal in world.slack.refusals] == ["chat.postMessage"]


async def test_while_slack_is_away_one_question_at_a_time_is_asked(world: World, clock: FakeClock) -> None:
    world.slack.faults.outage = "500"
    for number in range(10):
        await tell(world, f"n{number}", f"note {number}")
        await tell(world, f"p{number}", f"note {number}", TO_MIA)
    for _ in range(60):
        await world.product.messenger.drain()
        await clock.advance(60)

    assert len(world.slack.calls) < 60
    assert len(world.slack.calls_of("chat.postMessage")) <= 2


async def test_what_waits_for_slack_to_return_is_not_taken_for_stuck(world: World, clock: FakeClock) -> None:
    await tell(world, "n1", "waits")
    await tell(world, "n2", "waits behind it")
    await clock.advance(minutes=20)
    stuck = await Health(world.services.db).check()
    world.slack.faults.outage = "500"
    await world.product.messenger.drain()

    assert stuck["queue"] != "ok"
    assert (await Health(world.services.db).check())["queue"] == "ok"


async def test_slack_is_noticed_within_two_minutes_of_its_return(world: World, clock: FakeClock) -> None:
    world.slack.faults.outage = "timeout"
    await tell(world, "n1", "long awaited")
    for _ in range(30):
        await world.product.messenger.drain()
        await clock.advance(120)
    await world.product.messenger.drain()
    world.slack.faults.outage = None
    await clock.advance(LONGEST_WAIT_SECONDS)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["long awaited"]


async def test_a_change_of_what_waits_keeps_its_turn(world: World, clock: FakeClock) -> None:
    await tell(world, "n1", "first")
    await clock.advance(1)
    await tell(world, "n2", "second")
    await clock.advance(1)
    await tell(world, "n1", "first, corrected")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["first, corrected", "second"]


async def test_processes_keep_the_pace_and_the_order_of_a_channel_together(world: World, clock: FakeClock) -> None:
    for number in range(30):
        await tell(world, f"n{number:02}", f"note {number}", TO_MIA if number % 2 else IN_ALERTS)
        await clock.advance(0.001)

    async with a_second_process(world, clock) as other:
        for _ in range(40):
            await asyncio.gather(world.product.messenger.drain(), other.drain())
            await clock.advance(1)

    posts = world.slack.calls_of("chat.postMessage")
    assert all(post.status == 200 for post in posts)
    for place in (ALERTS, TO_MIA.user_id):
        there = [post for post in posts if post.args["channel"] == place]
        numbers = [int(str(post.args["text"]).split()[1]) for post in there]
        assert numbers == sorted(numbers)
        assert len(numbers) == len(set(numbers)) == 15
        for first, fourth in zip(there, there[3:], strict=False):
            assert fourth.at - first.at >= timedelta(seconds=0.999)


async def test_a_wish_for_silence_is_known_to_all_processes(world: World, clock: FakeClock) -> None:
    world.slack.faults.next_call("chat.postMessage", "429", retry_after=30)
    await tell(world, "n1", "first")
    await world.product.messenger.drain()
    await tell(world, "n2", "second", IN_ALERTS)

    async with a_second_process(world, clock) as other:
        await other.drain()
        before = len(world.slack.calls_of("chat.postMessage"))
        await clock.advance(31)
        await other.drain()

    assert before == 1
    assert texts(world.slack.messages(BILLS)) == ["first"]
    assert texts(world.slack.messages(ALERTS)) == ["second"]


async def test_processes_ask_together_whether_slack_is_back(world: World, clock: FakeClock) -> None:
    await tell(world, "n1", "first")
    await tell(world, "n2", "second", IN_ALERTS)
    async with a_second_process(world, clock) as other:
        world.slack.faults.outage = "500"
        await world.product.messenger.drain()
        await clock.advance(LONGEST_WAIT_SECONDS)
        before = len(world.slack.calls)
        await asyncio.gather(world.product.messenger.drain(), other.drain())

    assert len(world.slack.calls) - before == 1


async def test_an_announcement_does_not_wait_for_a_channel_that_was_archived(world: World, clock: FakeClock) -> None:
    workspace = world.slack.workspace
    workspace.put_channel(replace(workspace.channels[BILLS], is_archived=True))
    for number in range(MANY + 1):
        await tell(world, f"n{number}", f"note {number}")
    await world.product.messenger.drain()

    async with world.services.db.read() as tx:
        announced = await tx.execute(select(MESSAGES.c.id).where(MESSAGES.c.role == FLOOD))
        assert announced.all() == []


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30), ("0", 0), ("9" * 400, 3600), ("-1", 0), ("soon", 0), ("nan", 0), (None, 0)]
)
def test_how_long_slack_wants_silence_is_read_as_it_stands_or_not_at_all(said: str | None, seconds: int) -> None:
    headers = {} if said is None else {"Retry-After": said}
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False},
        headers=headers,
        status_code=429,
    )
    error = SlackApiError("ratelimited", response)  # type: ignore[no-untyped-call]  # the SDK's own
    assert wait_of(error) == seconds
