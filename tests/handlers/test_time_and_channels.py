"""The time for Undo of an organisation, and channels that show no amounts, to what they do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.general import UNDO_CHOICES, GeneralSettings, Purpose
from bot.playground.slack import ADMIN, ALERTS, APPROVER, BILLS, BOOKKEEPER, MEMBER, View
from bot.views.ids import ActionId, BlockId
from bot.views.private import OF_AMOUNTS, hidden, private
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, Desk, a_desk, words
from tests.playground.kit import schema_problems
from tests.views.test_alerts import an_alert


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=60, alerts_apart=True) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def opened(desk: Desk) -> View:
    if desk.slack.view(ADMIN) is not None:
        await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", "settings general", user=ADMIN, channel=BILLS)
    return desk.modal(ADMIN)


async def decide(desk: Desk, **fields: object) -> GeneralSettings:
    done = await desk.slack.submit(await opened(desk), dict(fields))
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    again = await desk.slack.submit(await opened(desk), {})
    assert again.errors == {}
    assert "Nothing is otherwise than it was" in words(desk.modal(ADMIN))
    return (await desk.world.settings()).general


async def test_what_is_approved_waits_as_long_as_the_organisation_says(desk: Desk) -> None:
    assert "The usual time: 1 minute" in str((await opened(desk)).blocks)
    for seconds in UNDO_CHOICES:
        assert (await decide(desk, **{BlockId.UNDO_TIME: str(seconds)})).undo_seconds == seconds

    await desk.add(**{BlockId.NUMBER: "INV-1"})
    await desk.approve("INV-1")
    await desk.world.later(3000)
    assert desk.xero.bills() == []
    await desk.world.later(700)
    assert len(desk.xero.bills()) == 1

    await decide(desk, **{BlockId.UNDO_TIME: "0"})
    await desk.add(**{BlockId.NUMBER: "INV-2"})
    await desk.approve("INV-2")
    await desk.world.later(3)
    assert len(desk.xero.bills()) == 2
    assert (await decide(desk, **{BlockId.UNDO_TIME: "usual"})).undo_seconds is None


async def test_a_channel_shows_no_amounts_and_details_does(desk: Desk) -> None:
    await desk.add(**{BlockId.NUMBER: "INV-1"})
    await desk.drop("INV-2")
    assert "120.00" in words(desk.card("INV-1"))

    general = await decide(desk, **{BlockId.PRIVATE_CHANNELS: ["approvals", "alerts"]})
    assert general.private_channels == {Purpose.APPROVALS, Purpose.ALERTS}
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.approve("INV-1")
    await desk.world.later(120)
    everything = [*desk.slack.messages(BILLS), *desk.slack.messages(ALERTS)]
    everything += desk.slack.thread(BILLS, desk.card("INV-1").ts)
    assert [each.text for each in everything if "0.00" in words(each) or "0.00" in each.text] == []
    assert "Amounts and the document are not shown in this channel." in words(desk.card("INV-2"))
    assert "image" not in [block["type"] for block in desk.card("INV-2").blocks]
    assert any("INV-1, •••" in words(each) for each in desk.slack.messages(ALERTS))

    # who asks sees them
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, MEMBER)
    assert "120.00 GBP" in words(desk.modal(MEMBER))

    # what our own sentences say of amounts is left out too, and what they say of other things is not
    await desk.drop("INV-3", totals=("100.00", "20.10"))
    await desk.edit("INV-2", {BlockId.SUPPLIER: "Ink 12 Ltd"}, BOOKKEEPER)
    assert (await decide(desk, **{BlockId.PRIVATE_CHANNELS: ["alerts"]})).private_channels == {Purpose.ALERTS}
    assert "120.00" in words(desk.card("INV-1"))
    assert any("INV-1, •••" in words(each) for each in desk.slack.messages(ALERTS))
    await decide(desk, **{BlockId.PRIVATE_CHANNELS: []})
    assert any("INV-1, 120.00" in words(each) for each in desk.slack.messages(ALERTS))
    await desk.slack.command("/dext", "settings general", user=APPROVER, channel=BILLS)
    assert "admins can do that" in desk.whispers(APPROVER)[-1]


def test_a_sentence_that_may_name_an_amount_is_not_told_and_others_are() -> None:
    found = an_alert().card
    told = (
        "The lines add up to 90, not to the net amount 100.",
        "It is dated 1 Mar 2026, and the books are closed up to 31 Mar 2026.",
        "A category is missing on 2 of its 3 lines.",
        "The document has 20 % tax.",
    )

    shown = private(replace(found, item=replace(found.item, complaints=told), warnings=told[:1]))

    assert shown.item.complaints == (OF_AMOUNTS, *told[1:])
    assert shown.warnings == (OF_AMOUNTS,)


def test_links_instants_and_dates_keep_their_numbers() -> None:
    told = "<http://10.12.34.56:3000/i/1|Open it> 1 Mar 2026, B-1001: 1,234.50 GBP at 1.0923 <!date^1772442000^{time}|09:00>"

    assert hidden(told) == (
        "<http://10.12.34.56:3000/i/1|Open it> 1 Mar 2026, B-1001: ••• at ••• <!date^1772442000^{time}|09:00>"
    )
