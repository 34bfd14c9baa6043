"""The channels of an organisation: tried with a post before anything is saved, and bound to one organisation."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.playground.slack import ADMIN, ALERTS, BILLS, FINANCE, GENERAL, SHARED
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import IRELAND
from tests.fakes.connected import connect
from tests.handlers.setting_up import FILLED, Office, an_office

BOTH = (BlockId.APPROVALS_CHANNEL, BlockId.ALERTS_CHANNEL)


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    async with an_office(sqlite_url) as made:
        yield made


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Office]:
    async with an_office(database_url) as made:
        yield made


def archive(office: Office, channel: str) -> None:
    workspace = office.slack.workspace
    workspace.put_channel(replace(workspace.channels[channel], is_archived=True))


async def test_a_channel_is_told_who_chose_it_and_for_what(office: Office) -> None:
    await office.save()

    (approvals,), (alerts,) = office.posts(BILLS), office.posts(ALERTS)
    assert approvals.startswith(f":white_check_mark: <@{ADMIN}> chose this channel for the approvals of *Northwind")
    assert alerts.startswith(f":white_check_mark: <@{ADMIN}> chose this channel for the alerts of *Northwind")


async def test_one_channel_for_both_is_told_once(office: Office) -> None:
    await office.save(**{BlockId.ALERTS_CHANNEL: BILLS})

    (post,) = office.posts(BILLS)
    assert "approvals and alerts" in post


async def test_a_channel_that_stays_is_not_told_again(office: Office) -> None:
    await office.save()
    await office.save(**{BlockId.PAYMENT_STATUS: "draft"})
    await office.save(**{BlockId.ALERTS_CHANNEL: BILLS})

    assert len(office.posts(ALERTS)) == 1
    assert len(office.posts(BILLS)) == 2
    assert (await office.world.settings()).version == 3


@pytest.mark.parametrize("block", BOTH)
async def test_where_the_bot_is_not_the_line_to_type_is_said_and_typing_it_helps(
    office: Office, block: BlockId
) -> None:
    form = await office.open()

    done = await office.fill(form, **{block: FINANCE, BlockId.PAYMENT_STATUS: "draft"})

    assert set(done.errors) == {block}
    assert "Type /invite @Dext in it, then press Save again." in done.errors[block]
    assert not (await office.world.settings()).is_set_up
    assert [office.posts(channel) for channel in (BILLS, ALERTS)] == [[], []]
    await office.slack.typed("/invite @Dext", user=ADMIN, channel=FINANCE)
    again = await office.slack.submit(form)
    assert (again.errors, again.error) == ({}, None)
    assert FINANCE in str(await office.world.settings())
    await office.world.settle()
    both = {FINANCE, BILLS, ALERTS} - {FILLED[block]}
    assert [len(office.posts(channel)) for channel in both] == [1, 1]
    assert not [message for channel in both for message in office.slack.messages(channel) if "trying" in message.text]
    assert "draft" in str(await office.world.settings())


async def test_a_public_channel_that_the_bot_is_not_in_is_asked_to_invite_it_too(office: Office) -> None:
    done = await office.save(**{BlockId.ALERTS_CHANNEL: GENERAL})

    assert "/invite @Dext" in done.errors[BlockId.ALERTS_CHANNEL]


@pytest.mark.parametrize("block", BOTH)
async def test_an_archived_channel_is_refused(office: Office, block: BlockId) -> None:
    archive(office, ALERTS)

    done = await office.save(**{block: ALERTS, (set(BOTH) - {block}).pop(): BILLS})

    assert set(done.errors) == {block}
    assert "archived" in done.errors[block]


@pytest.mark.parametrize("block", BOTH)
async def test_a_channel_that_another_company_shares_is_refused_and_told_nothing(
    office: Office, block: BlockId
) -> None:
    before = office.slack.messages(SHARED)

    done = await office.save(**{block: SHARED})

    assert set(done.errors) == {block}
    assert "another company" in done.errors[block]
    assert office.slack.messages(SHARED) == before


async def test_a_channel_that_is_not_there_is_refused(office: Office) -> None:
    done = await office.save(**{BlockId.APPROVALS_CHANNEL: "C0NOWHERE"})

    assert set(done.errors) == {BlockId.APPROVALS_CHANNEL}


@pytest.mark.parametrize(("method", "times"), [("conversations.info", 2), ("chat.postMessage", 1)])
@pytest.mark.usefixtures("short_waits")
async def test_no_answer_in_time_is_said_as_such_and_saving_again_helps(
    office: Office, method: str, times: int
) -> None:
    form = await office.open()
    # a question is asked once more by the HTTP client itself
    office.slack.faults.next_call(method, "timeout", times=times)

    done = await office.fill(form, **{BlockId.ALERTS_CHANNEL: BILLS})

    assert set(done.errors) == set(BOTH)
    assert "did not say in time" in done.errors[BlockId.APPROVALS_CHANNEL]
    assert not (await office.world.settings()).is_set_up
    assert (await office.slack.submit(form)).errors == {}


async def test_both_channels_are_said_to_be_wrong_at_once(office: Office) -> None:
    done = await office.save(**{BlockId.APPROVALS_CHANNEL: FINANCE, BlockId.ALERTS_CHANNEL: SHARED})

    assert "/invite @Dext" in done.errors[BlockId.APPROVALS_CHANNEL]
    assert "another company" in done.errors[BlockId.ALERTS_CHANNEL]


async def second_organisation(office: Office, **changes: object) -> dict[str, str]:
    """Set up the second one; answers what stands under its fields."""
    asked = await office.open(channel=GENERAL)
    row = next(block for block in asked.blocks if "Ireland" in str(block))
    await office.slack.click(asked, ActionId.OPEN_SETTINGS, user=ADMIN, block_id=row["block_id"])
    done = await office.fill(office.modal(), **changes)
    await office.slack.close_modal(ADMIN, everything=True)
    return done.errors


async def test_a_channel_serves_one_organisation_until_it_is_given_up(either: Office) -> None:
    await either.save()
    await connect(either.world, tenant=IRELAND)
    await either.world.settle()

    errors = await second_organisation(either)

    assert set(errors) == set(BOTH)
    assert "approvals of Northwind Trading Ltd" in errors[BlockId.APPROVALS_CHANNEL]
    crossed = await second_organisation(either, **{BlockId.APPROVALS_CHANNEL: ALERTS, BlockId.ALERTS_CHANNEL: BILLS})
    assert "alerts of Northwind Trading Ltd" in crossed[BlockId.APPROVALS_CHANNEL]
    assert "approvals of Northwind Trading Ltd" in crossed[BlockId.ALERTS_CHANNEL]
    assert len(either.posts(BILLS)) == 1

    await either.slack.join(GENERAL, "U0DEXTBOT")
    await either.world.set_up(alerts_channel=BILLS)
    errors = await second_organisation(either, **{BlockId.APPROVALS_CHANNEL: GENERAL})
    assert errors == {}
    assert len(either.posts(GENERAL)) == 1


async def test_only_channels_of_this_company_are_offered(office: Office) -> None:
    form = await office.open()

    filters = [block["element"]["filter"] for block in form.blocks if block["block_id"] in BOTH]
    assert filters == [{"include": ["public", "private"], "exclude_external_shared_channels": True}] * 2
