"""Choosing an organisation's channels from Manage, over signed requests: what is refused, and what follows a choice."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.db.unit_of_work import Tx
from bot.domain.arrivals import DropMode
from bot.domain.ids import ChannelId
from bot.domain.managing import ChannelsForm
from bot.playground.slack import ADMIN, ALERTS, BILLS, FINANCE, GENERAL, MEMBER, SHARED, Submitted, View
from bot.services.bindings import bind
from bot.services.settings import APPROVALS
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.test_managing import manage, more_organisations


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        yield made


async def opened(desk: Desk) -> View:
    page = await manage(desk)
    await desk.slack.click(page, ActionId.OPEN_CHANNELS, user=ADMIN)
    return desk.modal(ADMIN)


async def save(desk: Desk, form: View, approvals: str, alerts: str = BILLS) -> Submitted:
    done = await desk.slack.submit(form, {BlockId.APPROVALS_CHANNEL: approvals, BlockId.ALERTS_CHANNEL: alerts})
    await desk.settle()
    return done


async def bound(desk: Desk) -> tuple[str | None, str | None]:
    settings = await desk.world.settings()
    return settings.approvals_channel, settings.alerts_channel


async def bind_elsewhere(desk: Desk, tx: Tx, channel: str) -> None:
    actor, services = await desk.world.actor(), desk.world.services
    found = await services.managing.all(actor)
    other = next(each.card.organisation_id for each in found if each.card.organisation == "Client 000")
    await bind(tx, actor.workspace.id, other, APPROVALS, ChannelId(channel))


async def test_channels_alone_are_changed_and_the_new_one_is_told(either: Desk) -> None:
    done = await save(either, await opened(either), BILLS, ALERTS)

    assert (done.errors, done.error) == ({}, None)
    assert await bound(either) == (BILLS, ALERTS)
    assert "chose this channel for the alerts" in either.slack.messages(ALERTS)[-1].text
    assert f"told in <#{ALERTS}>" in words(either.modal(ADMIN))
    assert (await either.world.settings()).is_set_up


@pytest.mark.parametrize(
    ("channel", "why"),
    [(FINANCE, "Type /invite @Dext"), (GENERAL, "Type /invite @Dext"), (SHARED, "another company")],
)
async def test_a_channel_that_cannot_be_used_is_refused_with_what_to_do(desk: Desk, channel: str, why: str) -> None:
    done = await save(desk, await opened(desk), channel)

    assert set(done.errors) == {BlockId.APPROVALS_CHANNEL}
    assert why in done.errors[BlockId.APPROVALS_CHANNEL]
    assert await bound(desk) == (BILLS, BILLS)


async def test_an_archived_channel_is_refused(desk: Desk) -> None:
    form, workspace = await opened(desk), desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[ALERTS], is_archived=True))

    done = await save(desk, form, BILLS, ALERTS)

    assert "archived" in done.errors[BlockId.ALERTS_CHANNEL]


async def test_a_channel_of_another_organisation_is_refused_by_its_name(either: Desk) -> None:
    await more_organisations(either, 1)
    async with either.world.services.db.write() as tx:
        await bind_elsewhere(either, tx, ALERTS)

    actor, channels = await either.world.actor(), either.world.services.channels
    page = await channels.opened(actor, either.world.organisation_id)
    wish = ChannelsForm(version=page.version, approvals_channel=ChannelId(ALERTS), alerts_channel=ChannelId(BILLS))
    with pytest.raises(Exception, match="already gets the approvals of Client 000 · Xero, and"):
        await channels.save(actor, either.world.organisation_id, wish)

    assert await bound(either) == (BILLS, BILLS)


async def test_a_form_from_before_is_told_how_the_channels_stand_and_keeps_its_choice(desk: Desk) -> None:
    form = await opened(desk)
    await desk.world.set_up(alerts_channel=ALERTS)

    await save(desk, form, BILLS, BILLS)

    again = desk.modal(ADMIN)
    assert f"alerts to <#{ALERTS}>" in words(again)
    assert await bound(desk) == (BILLS, ALERTS)
    await save(desk, again, BILLS, BILLS)
    assert await bound(desk) == (BILLS, BILLS)


async def test_what_becomes_of_dropped_files_is_chosen_with_the_channel(desk: Desk) -> None:
    form = await opened(desk)
    await desk.world.set_up(alerts_channel=ALERTS)  # meanwhile
    await desk.slack.submit(form, {BlockId.DROPS: "every"})
    done = await desk.slack.submit(desk.modal(ADMIN), {})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert f"Files dropped in <#{BILLS}> are its bills, pictures too." in words(desk.modal(ADMIN))
    assert (await desk.world.settings()).drops is DropMode.EVERY


async def test_who_is_no_admin_opens_no_form(desk: Desk) -> None:
    with pytest.raises(Exception, match="admins can do that"):
        await desk.world.services.channels.opened(await desk.world.actor(MEMBER), desk.world.organisation_id)
