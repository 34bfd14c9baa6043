"""The digest of the day: what a channel that asked for it is told, when, and how often."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import digests_of
from bot.db.digests import DIGESTS
from bot.playground.slack import ADMIN, ALERTS, BILLS, BOOKKEEPER, FINANCE, GENERAL, MEMBER, Message
from bot.services.digests import Digests
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, UNDO_SECONDS, Desk, a_desk, words
from tests.handlers.test_channel_list import choose, listed, unbind, with_us
from tests.handlers.test_expense_reports import menu_of
from tests.handlers.test_quiet_hours import NIGHT, decide, to
from tests.playground.kit import schema_problems

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
"""In London, in winter."""
DAY = timedelta(days=1)


@pytest.fixture
async def desk(database_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, alerts_apart=True) as made:
        for channel in (FINANCE, GENERAL):
            made.slack.workspace.put_channel(with_us(made, channel))
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


def digests(desk: Desk) -> Digests:
    return digests_of(desk.world.services)


async def look(desk: Desk, at: datetime) -> None:
    await to(desk, at)
    await digests(desk).look()
    await desk.settle()


async def asked(desk: Desk, channel: str = FINANCE) -> None:
    await choose(desk, **{BlockId.DIGEST_CHANNEL: channel})


def told(desk: Desk, channel: str = FINANCE) -> list[Message]:
    return [each for each in desk.slack.messages(channel) if "published" in each.text]


async def published(desk: Desk, number: str, gross: str = "120.00", **more: object) -> None:
    entered = {BlockId.NUMBER: number, BlockId.GROSS: gross, BlockId.TAX: "0.00", **more}
    await desk.add(MEMBER, **entered)
    await desk.approve(number)
    await desk.world.later(UNDO_SECONDS + 3)
    assert "*Published*" in words(desk.card(number))


async def test_a_channel_that_asked_is_told_once_a_day_what_was_published(desk: Desk) -> None:
    await asked(desk)
    assert "chose this channel for the digest of *Northwind Trading Ltd*" in desk.slack.messages(FINANCE)[-1].text
    assert f"*What was published, once a day*\n<#{FINANCE}>" in words(await listed(desk))
    for place in range(6):
        await published(desk, f"INV-{place}", gross=f"{place + 1}10.00")
    await desk.drop("INV-8")

    await look(desk, MORNING - timedelta(minutes=1))
    assert told(desk) == []
    await look(desk, MORNING)

    (digest,) = told(desk)
    text = words(digest)
    assert digest.text == "Northwind Trading Ltd: 6 items were published."
    assert "6 costs: 2,160.00 GBP" in text
    assert "*The 5 largest*" in text
    assert "INV-5 · 610.00 GBP" in text
    assert "INV-0" not in text
    assert text.index("INV-5") < text.index("INV-1")
    assert text.count("Open in Xero>") == 5
    assert text.count("/i/") == 5
    assert "1 waits for approval." in text
    await look(desk, MORNING + timedelta(hours=5))
    assert len(told(desk)) == 1
    await published(desk, "INV-9", gross="60.00")
    await look(desk, MORNING + DAY)
    assert told(desk)[-1].text == "Northwind Trading Ltd: 1 item was published."
    assert "INV-9" in words(told(desk)[-1])


async def test_nothing_is_posted_where_nothing_happened(desk: Desk) -> None:
    await asked(desk)
    await desk.drop("INV-1")

    for day in range(4):
        await look(desk, MORNING + day * DAY)

    assert told(desk) == []


async def test_what_was_published_before_the_channel_was_chosen_is_in_no_digest(desk: Desk) -> None:
    await published(desk, "INV-1")
    await asked(desk)

    await look(desk, MORNING)

    assert told(desk) == []


async def test_a_day_of_refusals_alone_is_told(desk: Desk) -> None:
    await asked(desk)
    await desk.drop("INV-1")
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 3)

    await look(desk, MORNING)

    (digest,) = told(desk)
    assert digest.text == "Northwind Trading Ltd: Nothing was published."
    assert "1 item was refused in that time. 1 is refused now: each has its alert." in words(digest)
    await look(desk, MORNING + DAY)
    assert len(told(desk)) == 1


async def test_many_processes_and_one_that_dies_tell_it_once_and_leave_nothing_out(desk: Desk) -> None:
    await asked(desk)
    await published(desk, "INV-1")
    await to(desk, MORNING)

    await asyncio.gather(*(digests(desk).look() for _ in range(4)))
    await desk.settle()

    assert [each.text for each in told(desk)] == ["Northwind Trading Ltd: 1 item was published."]
    await published(desk, "INV-2")
    # nobody looked for three days
    await look(desk, MORNING + 3 * DAY)
    assert [each.text for each in told(desk)] == ["Northwind Trading Ltd: 1 item was published."] * 2
    assert "INV-2" in words(told(desk)[-1])


async def test_it_waits_for_quiet_hours_to_end(desk: Desk) -> None:
    await asked(desk)
    await published(desk, "INV-1")
    await decide(desk, **{**NIGHT, BlockId.QUIET_ENDS: str(10 * 60)})

    await look(desk, MORNING)
    assert told(desk) == []

    await to(desk, MORNING + timedelta(hours=2))
    assert len(told(desk)) == 1


async def test_it_comes_in_the_morning_of_where_the_organisation_is(desk: Desk) -> None:
    await decide(
        desk, **{**NIGHT, BlockId.QUIET_BEGINS: None, BlockId.QUIET_ENDS: None, BlockId.QUIET_ZONE: "Asia/Tokyo"}
    )
    await asked(desk)
    await published(desk, "INV-1")

    await look(desk, MORNING - timedelta(hours=9, minutes=1))
    assert told(desk) == []
    await look(desk, MORNING - timedelta(hours=9))

    assert len(told(desk)) == 1


@pytest.mark.parametrize(("channel", "box"), [(FINANCE, "digest"), (ALERTS, "alerts")])
async def test_it_says_no_sums_where_amounts_are_hidden(desk: Desk, channel: str, box: str) -> None:
    await asked(desk, channel)
    await desk.slack.command("/dext", "settings general", user=ADMIN, channel=BILLS)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.PRIVATE_CHANNELS: [box]})
    assert done.errors == {}
    await desk.slack.close_modal(ADMIN, everything=True)
    await published(desk, "INV-1")

    await look(desk, MORNING)

    digest = words(told(desk, channel)[-1])
    assert "1 cost" in digest
    assert "INV-1" in digest
    assert "120" not in digest
    assert f"<#{channel}>" in words(await listed(desk))
    assert "Amounts are not shown there." in words(await listed(desk))


async def test_a_digest_that_a_closed_channel_did_not_take_follows_into_the_one_that_is_chosen(desk: Desk) -> None:
    await asked(desk)
    await published(desk, "INV-1")
    workspace = desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[FINANCE], is_archived=True))
    await look(desk, MORNING)
    assert any("archived" in each.text for each in desk.slack.dms(ADMIN))

    await asked(desk, GENERAL)

    assert [each.text for each in told(desk, GENERAL)] == ["Northwind Trading Ltd: 1 item was published."]


async def test_an_unbound_channel_is_told_nothing_any_more(desk: Desk) -> None:
    await asked(desk)
    await published(desk, "INV-1")
    await decide(desk, **{**NIGHT, BlockId.QUIET_ENDS: str(10 * 60)})
    await look(desk, MORNING)

    page = await unbind(desk, "digest")

    assert "from now on nobody is told" in words(page)
    await look(desk, MORNING + DAY)
    assert told(desk) == []
    async with desk.world.services.db.read() as tx:
        assert (await tx.execute(DIGESTS.select())).all() == []


async def test_credit_notes_are_taken_off_and_what_was_withdrawn_is_not_counted(desk: Desk) -> None:
    await asked(desk)
    await published(desk, "INV-1")
    await published(desk, "CN-1", "48.00", **{BlockId.DOCUMENT_TYPE: "credit_note"})
    await published(desk, "INV-2", "75.00")
    card = desk.card("INV-2")
    value = menu_of(card, ActionId.WITHDRAW_ITEM)
    await desk.slack.click(card, ActionId.WITHDRAW_ITEM, user=BOOKKEEPER, value=value)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {})
    await desk.world.later(60)

    await look(desk, MORNING)

    assert "2 costs: 72.00 GBP (1 credit note taken off)" in words(told(desk)[-1])
