"""The outbox over a simulated Slack: what should be seen is seen, once, in order, whatever Slack does meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import assembled, drawers
from bot.db import outbox, turns
from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.delivery import BusyError
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.slack import NO_TOKEN
from bot.messenger import Messenger
from bot.playground.slack import ADMIN, ALERTS, BILLS, BOT_USER, FINANCE, MEMBER, Message
from bot.services.messages import Drawn, Place, Subject, Surface, note, redraw_homes, want
from bot.slack import ChannelTest, learn_workspace
from bot.views.text import escape
from tests.fakes.app import World, whole_app
from tests.fakes.clock import FakeClock
from tests.services.publishing import a_world

MESSAGES, WORKSPACES = table_of(MessageRow), table_of(WorkspaceRow)
IN_BILLS = Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(BILLS))
IN_FINANCE = Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(FINANCE))
TO_MIA = Place(role="private", surface=Surface.DIRECT, user_id=UserId(MEMBER))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(sleeps_at_once=True)


@pytest.fixture
async def world(sqlite_url: str, clock: FakeClock) -> AsyncIterator[World]:
    async with whole_app(sqlite_url, clock=clock) as made:
        await install(made, by=ADMIN)
        yield made
        assert made.slack.refusals == []


async def install(world: World, *, by: str) -> None:
    async with world.services.db.write() as tx:
        await tx.execute(WORKSPACES.update().values(installer_user_id=by))


async def workspace_of(tx: Tx) -> WorkspaceId:
    return WorkspaceId((await tx.execute(select(WORKSPACES.c.id))).scalar_one())


async def tell(world: World, key: str, text: str, place: Place = IN_BILLS) -> None:
    async with world.services.db.write() as tx:
        await note(tx, await workspace_of(tx), key, place, text)


async def rows(world: World) -> list[tuple[bool, str | None]]:
    async with world.services.db.read() as tx:
        found = await tx.execute(select(MESSAGES.c.is_waiting, MESSAGES.c.trouble).order_by(MESSAGES.c.created_at))
        return [(row.is_waiting, row.trouble) for row in found]


def texts(messages: list[Message]) -> list[str]:
    return [message.text for message in messages]


async def test_a_note_is_posted_once(world: World) -> None:
    await tell(world, "n1", "The bill is in Xero.")
    await world.product.messenger.drain()
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["The bill is in Xero."]


async def test_the_same_note_again_changes_the_message_that_is_there(world: World) -> None:
    await tell(world, "n1", "one of two")
    await world.product.messenger.drain()
    await tell(world, "n1", "two of two")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["two of two"]


async def test_many_changes_while_slack_is_away_are_one_call(world: World, clock: FakeClock) -> None:
    world.slack.faults.next_call("chat.postMessage", "500")
    await tell(world, "n1", "1")
    await world.product.messenger.drain()
    for number in range(2, 6):
        await tell(world, "n1", str(number))
    await clock.advance(2)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["5"]
    assert len(world.slack.calls_of("chat.update")) == 0


async def test_an_outage_loses_nothing_and_no_turn(world: World, clock: FakeClock) -> None:
    world.slack.faults.next_call("*", "500", times=9)
    for number in range(3):
        await tell(world, f"n{number}", f"note {number}")

    for _ in range(12):
        await world.product.messenger.drain()
        await clock.advance(minutes=3)

    assert texts(world.slack.messages(BILLS)) == ["note 0", "note 1", "note 2"]


async def test_slacks_wish_for_silence_is_obeyed_by_everything_of_that_method(world: World, clock: FakeClock) -> None:
    world.slack.faults.next_call("chat.postMessage", "429", retry_after=30)
    await tell(world, "n1", "first")
    await world.product.messenger.drain()
    await tell(world, "n2", "second", Place(role="home", surface=Surface.CHANNEL, channel_id=ChannelId(ALERTS)))
    await world.product.messenger.drain()
    before = len(world.slack.calls_of("chat.postMessage"))
    await clock.advance(31)
    await world.product.messenger.drain()

    assert before == 1
    assert texts(world.slack.messages(BILLS)) == ["first"]
    assert texts(world.slack.messages(ALERTS)) == ["second"]


async def test_notes_to_one_channel_keep_their_order_and_slacks_pace(world: World) -> None:
    for number in range(12):
        await tell(world, f"n{number:02}", f"note {number}")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == [f"note {number}" for number in range(12)]
    assert all(call.status == 200 for call in world.slack.calls_of("chat.postMessage"))


async def test_a_reply_waits_for_its_parent(world: World) -> None:
    async with world.services.db.write() as tx:
        workspace = await workspace_of(tx)
        parent = await note(tx, workspace, "parent", IN_BILLS, "the card")
        under = Place(role="alert", surface=Surface.CHANNEL, channel_id=ChannelId(BILLS), thread_of=parent)
        await note(tx, workspace, "child", under, "the alert")
    await world.product.messenger.drain()

    (card,) = world.slack.messages(BILLS)
    assert texts(world.slack.thread(BILLS, card.ts)) == ["the alert"]


async def test_a_private_note_reaches_the_person_and_can_be_changed(world: World) -> None:
    await tell(world, "n1", "your code", TO_MIA)
    await world.product.messenger.drain()
    await tell(world, "n1", "it is over", TO_MIA)
    await world.product.messenger.drain()

    assert texts(world.slack.dms(MEMBER)) == ["it is over"]


async def test_a_closed_channel_is_told_once_with_the_line_to_type_and_an_invitation_is_enough(
    world: World, clock: FakeClock
) -> None:
    await tell(world, "n1", "waits outside", IN_FINANCE)
    for _ in range(3):
        await world.product.messenger.drain()
        await clock.advance(minutes=6)

    (plea,) = world.slack.dms(ADMIN)
    assert f"/invite <@{BOT_USER}>" in plea.text

    await world.slack.invite(FINANCE, by=ADMIN)
    await clock.advance(minutes=6)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(FINANCE))[-1:] == ["waits outside"]


async def test_two_processes_post_a_message_once(sqlite_url: str, world: World, clock: FakeClock) -> None:
    for number in range(6):
        await tell(world, f"n{number}", f"note {number}")

    async with assembled(world.services.config, clock, jobs=world.jobs) as other:
        await learn_workspace(other.services.clients)
        await asyncio.gather(world.product.messenger.drain(), other.messenger.drain())

    assert sorted(texts(world.slack.messages(BILLS))) == [f"note {number}" for number in range(6)]


async def test_a_message_claimed_by_a_process_that_died_is_sent_by_another(world: World, clock: FakeClock) -> None:
    await tell(world, "n1", "not forgotten")
    async with world.services.db.write() as tx:
        await tx.execute(MESSAGES.update().values(leased_until=tx.now + timedelta(seconds=30)))
    await world.product.messenger.drain()
    assert world.slack.messages(BILLS) == []

    await clock.advance(31)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["not forgotten"]


async def test_a_subject_that_changes_while_it_is_posted_is_shown_as_it_became(world: World) -> None:
    seen = []

    async def draw(_: Tx, message: object) -> Drawn:
        seen.append(message)
        if len(seen) == 1:
            await tell_item(world)
        return Drawn(text=f"version {len(seen)}")

    messenger = another(world, {Subject.ITEM: draw})
    await tell_item(world)
    await messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["version 2"]


async def tell_item(world: World) -> None:
    async with world.services.db.write() as tx:
        await want(tx, await workspace_of(tx), Subject.ITEM, "1", IN_BILLS)


async def test_one_message_that_cannot_be_drawn_holds_up_no_other(world: World) -> None:
    async def broken(_: Tx, message: object) -> Drawn:
        raise RuntimeError("a drawer with a fault")

    messenger = another(world, {**drawers(world.services), Subject.ITEM: broken})
    await tell_item(world)
    await tell(world, "n1", "goes out")
    await messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["goes out"]
    assert await rows(world) == [(True, "could not be drawn"), (False, None)]


async def test_a_subject_that_nobody_draws_here_waits_for_a_process_that_does(world: World) -> None:
    await tell_item(world)

    await another(world, {}).drain()

    assert await rows(world) == [(True, None)]


async def test_a_post_whose_answer_was_lost_is_repeated_rather_than_forgotten(world: World, clock: FakeClock) -> None:
    world.slack.faults.next_call("chat.postMessage", "lost")
    await tell(world, "n1", "heard at least once")
    for _ in range(3):
        await world.product.messenger.drain()
        await clock.advance(minutes=3)

    assert set(texts(world.slack.messages(BILLS))) == {"heard at least once"}
    assert await rows(world) == [(False, None)]


async def test_a_card_that_somebody_deleted_is_posted_anew_when_it_changes(world: World) -> None:
    await tell(world, "n1", "the card")
    await world.product.messenger.drain()
    async with world.services.db.write() as tx:
        await tx.execute(MESSAGES.update().values(ts="1600000000.000001"))
    await tell(world, "n1", "the card, decided")
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["the card", "the card, decided"]


async def test_a_home_of_somebody_who_left_is_put_aside_and_not_tried_again_and_again(
    world: World, clock: FakeClock
) -> None:
    await world.slack.open_home(MEMBER)
    await world.settle()
    world.slack.change_person(MEMBER, is_deleted=True)

    async with world.services.db.write() as tx:
        await redraw_homes(tx, await workspace_of(tx), [UserId(MEMBER)])
    await world.settle()
    for _ in range(3):
        await clock.advance(400)
        await world.settle()

    assert world.slack.refusals == ["views.publish: invalid_arguments: [ERROR] user_not_found"]
    world.slack.refusals.clear()


async def test_what_somebody_wrote_mentions_nobody_when_it_is_posted(world: World) -> None:
    await tell(world, "n1", escape("<!channel> *all* `paid` <https://evil.example|here>"))
    await world.product.messenger.drain()

    (message,) = world.slack.messages(BILLS)
    assert "<!channel>" not in message.text
    assert "<https" not in message.text


@pytest.mark.parametrize(
    ("channel", "reason"), [(BILLS, None), (FINANCE, "channel_not_found"), ("C0NOWHERE", "channel_not_found")]
)
async def test_a_channel_that_was_chosen_is_tried(world: World, channel: str, reason: str | None) -> None:
    async with world.services.db.read() as tx:
        workspace = await workspace_of(tx)

    assert await ChannelTest(world.services.clients)(workspace, ChannelId(channel)) == reason
    assert [message for message in world.slack.messages(channel) if "trying" in message.text] == []


async def test_a_try_that_cannot_be_taken_back_says_only_what_it_is(world: World) -> None:
    world.slack.faults.next_call("chat.delete", "500")
    async with world.services.db.read() as tx:
        workspace = await workspace_of(tx)

    assert await ChannelTest(world.services.clients)(workspace, ChannelId(BILLS)) is None
    assert [message.text for message in world.slack.messages(BILLS)] == ["I am trying whether I may post here."]


async def test_the_loop_sends_soon_after_a_commit(world: World) -> None:
    await world.product.messenger.start()
    await tell(world, "n1", "by itself")
    async with asyncio.timeout(5):
        while not world.slack.messages(BILLS):  # noqa: ASYNC110 - Slack gives no event to wait for
            await asyncio.sleep(0.01)
    await world.product.messenger.stop()

    assert texts(world.slack.messages(BILLS)) == ["by itself"]


async def test_a_channel_with_hundreds_in_line_keeps_no_other_place_waiting(world: World, clock: FakeClock) -> None:
    for number in range(40):
        await tell(world, f"n{number:02}", f"bulk {number}")
    await clock.advance(1)
    await tell(world, "other", "for another place", TO_MIA)
    await world.product.messenger.drain()

    posts = [str(call) for call in world.slack.calls_of("chat.postMessage")]
    first = next(number for number, post in enumerate(posts) if "for another place" in post)
    assert first < 3
    assert len(world.slack.messages(BILLS)) == 1 + 40, "with the one that announces them"


async def test_what_is_due_is_the_oldest_of_each_place_on_either_database(database: Database) -> None:
    workspace = (await a_world(database, FakeClock())).workspace_id
    async with database.write() as tx:
        for number in range(3):
            for place in (IN_BILLS, IN_FINANCE, TO_MIA):
                await note(tx, workspace, f"{place.channel_id}:{number}", place, str(number))
    async with database.read() as tx:
        due = await turns.due(tx, [Subject.NOTE], [(workspace, BILLS)], 8)

    assert {message.place for message in due} == {FINANCE, MEMBER}
    assert len(due) == 2


async def test_what_was_due_as_the_app_was_removed_is_claimed_by_nobody_and_kept(database: Database) -> None:
    workspace = (await a_world(database, FakeClock())).workspace_id
    async with database.write() as tx:
        await note(tx, workspace, "n1", IN_BILLS, "kept")
    async with database.read() as tx:
        (message,) = await turns.due(tx, [Subject.NOTE], [], 8)
    async with database.write() as tx:
        await tx.execute(WORKSPACES.update().values(removed_at=tx.now))
    async with database.write() as tx:
        assert await outbox.claim(tx, message) is None
        await tx.execute(WORKSPACES.update().values(removed_at=None))
    async with database.write() as tx:
        assert await outbox.claim(tx, message) is not None


async def test_what_is_meant_for_a_workspace_without_a_token_waits_for_one(world: World, clock: FakeClock) -> None:
    """SLACK_BOT_TOKEN was taken out, or the app was removed after the row was claimed."""
    clients = world.services.clients
    token, clients.bot_token = clients.bot_token, None
    await tell(world, "n1", "The ledger refused bill B-1001")
    await world.product.messenger.drain()
    assert await rows(world) == [(True, NO_TOKEN)]

    clients.bot_token = token
    assert await learn_workspace(clients) is not None
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["The ledger refused bill B-1001"]


async def test_a_busy_database_after_a_post_does_not_post_it_again(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tell(world, "n1", "once only")
    taken, tries = outbox.taken, 0

    async def busy_at_first(*given: Any, **more: Any) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise BusyError("the database is busy")
        await taken(*given, **more)

    monkeypatch.setattr(outbox, "taken", busy_at_first)
    await world.product.messenger.drain()
    await clock.advance(31)
    await world.product.messenger.drain()

    assert texts(world.slack.messages(BILLS)) == ["once only"]
    assert await rows(world) == [(False, None)]


def another(world: World, by_subject: object) -> Messenger:
    own = world.services
    return Messenger(own.db, own.clock, own.clients, own.workspaces, own.audience, by_subject)  # type: ignore[arg-type]  # drawers of the test's own
