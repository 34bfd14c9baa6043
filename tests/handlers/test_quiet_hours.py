"""Quiet hours of an organisation: what waits for them to end, what does not, and the form they are chosen in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import assembled
from bot.db.items import ITEMS, item_of
from bot.db.outbox import MESSAGES
from bot.domain.quiet import QuietForm, QuietHours, Weekday
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, FINANCE, GENERAL, MEMBER, Message, View
from bot.services.floods import MANY
from bot.services.health import Health
from bot.slack import learn_workspace
from bot.views.ids import BlockId
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import A_BILL as A_BILL_TYPED
from tests.handlers.desk import CATEGORY, UNDO_SECONDS, Desk, a_desk, words
from tests.handlers.test_channel_list import choose, unbind, with_us
from tests.playground.kit import schema_problems

NIGHT: dict[str, object] = {
    BlockId.QUIET_BEGINS: str(19 * 60),
    BlockId.QUIET_ENDS: str(8 * 60),
    BlockId.QUIET_DAYS: ["5", "6"],
}
EIGHT = datetime(2026, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
async def desk(database_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, alerts_apart=True) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def opened(desk: Desk, user: str = ADMIN) -> View:
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.command("/dext", "settings quiet", user=user, channel=BILLS)
    return desk.modal(user)


async def decide(desk: Desk, **fields: object) -> QuietHours | None:
    done = await desk.slack.submit(await opened(desk), dict(fields))
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    again = await desk.slack.submit(await opened(desk), {})
    assert again.errors == {}
    assert "Nothing is otherwise than it was" in words(desk.modal(ADMIN))
    return (await desk.world.settings()).quiet


async def to(desk: Desk, instant: datetime) -> None:
    await desk.world.later((instant - desk.world.clock.now()).total_seconds())


async def in_the_evening(desk: Desk, **fields: object) -> None:
    await decide(desk, **NIGHT, **fields)
    await to(desk, EIGHT - timedelta(hours=11))


def cards(desk: Desk) -> list[Message]:
    return [each for each in desk.slack.messages(BILLS) if "*Number*" in words(each)]


async def test_what_is_chosen_is_shown_again_as_it_was_chosen(desk: Desk) -> None:
    assert "at any time" in words(await opened(desk))
    assert "Europe/London" in str((await opened(desk)).blocks)

    assert await decide(desk, **NIGHT) == QuietHours(
        begins=19 * 60, ends=8 * 60, days=frozenset({Weekday.SATURDAY, Weekday.SUNDAY}), zone="Europe/London"
    )
    quiet = await decide(desk, **{BlockId.QUIET_ZONE: "America/New_York", BlockId.QUIET_URGENT: []})
    assert quiet is not None
    assert (quiet.zone, quiet.tells_lost_connections) == ("America/New_York", False)
    assert "It is quiet now" in words(await opened(desk))  # four in the morning there

    none: dict[str, object] = {BlockId.QUIET_BEGINS: None, BlockId.QUIET_ENDS: None, BlockId.QUIET_DAYS: []}
    assert await decide(desk, **none) is None


@pytest.mark.parametrize(
    ("wrong", "block"),
    [
        ({BlockId.QUIET_BEGINS: "60"}, BlockId.QUIET_ENDS),
        ({BlockId.QUIET_BEGINS: "60", BlockId.QUIET_ENDS: "60"}, BlockId.QUIET_ENDS),
        ({BlockId.QUIET_DAYS: list("0123456")}, BlockId.QUIET_DAYS),
        ({BlockId.QUIET_DAYS: ["6"], BlockId.QUIET_ZONE: "London"}, BlockId.QUIET_ZONE),
    ],
)
async def test_hours_that_cannot_be_are_said_at_their_field(desk: Desk, wrong: dict[str, object], block: str) -> None:
    done = await desk.slack.submit(await opened(desk), wrong)

    assert set(done.errors) == {block}
    assert (await desk.world.settings()).quiet is None


async def test_only_admins_choose_them_and_who_saves_second_is_shown_what_there_is(desk: Desk) -> None:
    stale = await opened(desk)
    await desk.slack.command("/dext", "settings quiet hours", user=APPROVER, channel=BILLS)
    assert "admins can do that" in desk.whispers(APPROVER)[-1]
    actor, organisation_id = await desk.world.actor(), desk.world.organisation_id
    version = (await desk.world.settings()).version
    sunday = QuietForm(version=version, quiet=QuietHours(days=frozenset({Weekday.SUNDAY})))
    await desk.world.services.quiet_settings.save(actor, organisation_id, sunday)

    await desk.slack.submit(stale, NIGHT)

    assert "saved" in words(desk.modal(ADMIN))
    quiet = (await desk.world.settings()).quiet
    assert quiet is not None
    assert quiet.days == {Weekday.SUNDAY}


async def test_cards_and_alerts_wait_for_the_morning_and_answers_do_not(desk: Desk) -> None:
    await desk.drop("INV-1")
    await in_the_evening(desk)

    await desk.drop("INV-2")
    await desk.world.later(1)
    await desk.drop("INV-3")

    assert len(cards(desk)) == 1
    answers = [reply.text for message in desk.slack.messages(BILLS) for reply in desk.slack.thread(BILLS, message.ts)]
    assert sum("Read" in answer for answer in answers) == 3
    assert sum("the card follows then" in answer for answer in answers) == 2
    assert await Health(desk.world.services.db).check() == {"database": "ok", "queue": "ok", "clock": "ok"}

    await to(desk, EIGHT - timedelta(minutes=1))
    assert len(cards(desk)) == 1
    assert (await Health(desk.world.services.db).check())["queue"] == "ok"
    await to(desk, EIGHT)
    assert [_number(card) for card in cards(desk)] == ["INV-1", "INV-2", "INV-3"]


async def test_what_stands_there_changes_at_once_and_an_alert_waits(desk: Desk) -> None:
    await desk.drop("INV-1")
    await in_the_evening(desk)
    desk.xero.archive_account(TRADING, CATEGORY)

    await desk.approve("INV-1")
    assert "Publish now" in words(desk.card("INV-1"))
    await desk.world.later(UNDO_SECONDS + 3)

    assert "Refused by Xero" in words(desk.card("INV-1"))
    assert not any("INV-1" in words(each) for each in desk.slack.messages(ALERTS))
    thread = desk.slack.thread(BILLS, desk.card("INV-1").ts)
    assert not any("archived" in words(each) for each in thread)
    await to(desk, EIGHT)
    assert any("INV-1" in words(each) for each in desk.slack.messages(ALERTS))
    assert any("archived" in words(each) for each in desk.slack.thread(BILLS, desk.card("INV-1").ts))


async def test_who_types_a_bill_in_hears_when_its_card_follows(desk: Desk) -> None:
    await in_the_evening(desk)

    await desk.slack.submit(await desk.form(), A_BILL_TYPED)

    assert "its card follows then" in words(desk.modal(MEMBER))


async def test_many_cards_at_the_end_are_announced_once_with_why_they_come_together(desk: Desk) -> None:
    await in_the_evening(desk)
    for number in range(MANY + 2):
        await desk.drop(f"INV-{number}")
    assert not any("new messages" in each.text for each in desk.slack.messages(BILLS))

    await to(desk, EIGHT)

    announced = [each.text for each in desk.slack.messages(BILLS) if "new messages" in each.text]
    assert len(announced) == 1
    assert announced[0].startswith("Here it was quiet until <!date^")
    assert f"{MANY + 2} items" in announced[0]
    assert len(cards(desk)) == MANY + 2


async def test_other_hours_let_what_waits_go_and_hold_it_again(desk: Desk) -> None:
    await in_the_evening(desk)
    await desk.drop("INV-1")
    assert cards(desk) == []

    await decide(desk, **{BlockId.QUIET_BEGINS: str(20 * 60)})  # it is past nine in the evening: as quiet as before
    assert cards(desk) == []
    await decide(desk, **{BlockId.QUIET_BEGINS: str(23 * 60)})
    assert len(cards(desk)) == 1


@pytest.mark.parametrize("is_urgent", [True, False])
async def test_a_connection_that_is_over_is_told_at_once_unless_somebody_wants_sleep(
    desk: Desk, *, is_urgent: bool
) -> None:
    await in_the_evening(desk, **{BlockId.QUIET_URGENT: ["lost"] if is_urgent else []})
    before = len(desk.slack.messages(ALERTS))

    desk.xero.disconnect(TRADING)
    await desk.slack.command("/dext", "sync", user=ADMIN, channel=BILLS)
    await desk.settle()

    assert (len(desk.slack.messages(ALERTS)) > before) is is_urgent
    await to(desk, EIGHT)
    assert len(desk.slack.messages(ALERTS)) == before + 1


async def test_what_an_outage_held_up_until_the_evening_waits_too(desk: Desk) -> None:
    await decide(desk, **NIGHT)
    await to(desk, EIGHT - timedelta(hours=13, minutes=1))
    async with a_client(desk.world) as api:
        desk.slack.faults.outage = "500"
        assert (await api.send({**A_BILL, "number": "INV-1"})).status == 201
    await desk.settle()
    await desk.world.later(600)
    desk.slack.faults.outage = None
    for _ in range(3):
        await desk.world.later(130)

    assert cards(desk) == []
    await to(desk, EIGHT)
    assert len(cards(desk)) == 1


async def test_what_waits_is_sent_by_a_process_that_was_started_meanwhile(desk: Desk) -> None:
    await in_the_evening(desk)
    await desk.drop("INV-1")
    clock = desk.world.clock
    assert isinstance(clock, FakeClock)

    async with assembled(desk.world.services.config, clock, jobs=desk.world.jobs) as restarted:
        await learn_workspace(restarted.services.clients)
        await restarted.messenger.drain()
        assert cards(desk) == []
        clock.move_to(EIGHT)
        await restarted.messenger.drain()

    assert len(cards(desk)) == 1


async def test_a_clock_that_was_ahead_once_silences_no_channel(desk: Desk) -> None:
    await in_the_evening(desk)
    await desk.drop("INV-1")
    async with desk.world.services.db.write() as tx:
        await tx.execute(MESSAGES.update().values(not_before=EIGHT + timedelta(days=400)))

    await to(desk, EIGHT)

    assert len(cards(desk)) == 1


def _number(card: Message) -> str:
    return next(word for word in words(card).split() if word.startswith("INV-"))


@pytest.mark.parametrize("is_unbound", [True, False])
async def test_news_that_waits_for_a_channel_that_is_the_organisations_no_more_goes_where_its_news_goes(
    desk: Desk, *, is_unbound: bool
) -> None:
    desk.slack.workspace.put_channel(with_us(desk, FINANCE))
    await choose(desk, **{BlockId.NEWS_CHANNEL: FINANCE})
    await in_the_evening(desk, **{BlockId.QUIET_URGENT: []})
    before = len(desk.slack.messages(FINANCE)), len(desk.slack.messages(ALERTS))
    desk.xero.disconnect(TRADING)
    await desk.slack.command("/dext", "sync", user=ADMIN, channel=BILLS)
    await desk.settle()

    await (unbind(desk, "news") if is_unbound else choose(desk, **{BlockId.NEWS_CHANNEL: ALERTS}))

    await to(desk, EIGHT)
    told = [each.text for each in desk.slack.messages(FINANCE)[before[0] :] if "chose this channel" not in each.text]
    assert told == []
    assert any("Reconnect to go on" in each.text for each in desk.slack.messages(ALERTS)[before[1] :])


async def test_what_is_over_and_what_leads_to_an_alert_wait_for_the_channel_that_is_chosen_meanwhile(
    desk: Desk,
) -> None:
    await desk.drop("INV-1")
    for channel in (FINANCE, GENERAL):
        desk.slack.workspace.put_channel(with_us(desk, channel))
    await in_the_evening(desk)
    await desk.drop("INV-2")
    async with desk.world.services.db.read() as tx:
        rows = (await tx.execute(select(ITEMS))).mappings().all()
    (item,) = [each for each in map(item_of, rows) if each.facts.number == "INV-2"]
    actor = await desk.world.actor(APPROVER)
    await desk.world.services.approvals.reject(actor, item.id, item.version, "Not ours")
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 3)

    await choose(desk, **{BlockId.APPROVALS_CHANNEL: FINANCE, BlockId.ALERTS_CHANNEL: GENERAL})

    await to(desk, EIGHT)
    assert len(cards(desk)) == 1
    assert any("INV-2" in words(each) for each in desk.slack.messages(FINANCE))
    assert not any("INV-1" in words(each) for each in desk.slack.messages(ALERTS))
    assert any("INV-1" in words(each) for each in desk.slack.messages(GENERAL))
