"""A channel is archived, deleted, left, opened again or known by another id: admins are told once, and nothing is dropped."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import ADMIN, ALERTS, BILLS, BOT_USER, FINANCE, MEMBER, Message
from bot.services.closed_channels import OLD_TRIES
from bot.services.messages import MESSAGES, Subject
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import A_BILL, Desk, a_desk, words
from tests.handlers.envelopes import an_event, send_event
from tests.playground.kit import schema_problems

NUMBERS = itertools.count(1)


@pytest.fixture
async def desk(database_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(database_url, alerts_apart=True) as made:
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


async def hear(desk: Desk, kind: str, channel: str = BILLS, **more: Any) -> None:
    event = {"type": kind, "channel": channel, **more}
    now = desk.world.clock.now().timestamp()
    status, _ = await send_event(desk.world, an_event(event, at=now, event_id=f"EvC{next(NUMBERS)}"))
    assert status == 200
    await desk.settle()


def put(desk: Desk, channel: str, **changed: Any) -> None:
    workspace = desk.slack.workspace
    workspace.put_channel(replace(workspace.channels[channel], **changed))


def pleas(desk: Desk, user: str = ADMIN) -> list[Message]:
    return [each for each in desk.slack.dms(user) if "I could not post in" in each.text]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("channel_archive", "it was archived"),
        ("group_archive", "it was archived"),
        ("channel_deleted", "it was deleted"),
        ("channel_left", f"/invite <@{BOT_USER}>"),
        ("group_left", f"/invite <@{BOT_USER}>"),
    ],
)
async def test_an_admin_is_told_once_before_anything_waits_for_it(desk: Desk, kind: str, why: str) -> None:
    await hear(desk, kind)
    await hear(desk, kind)

    (plea,) = pleas(desk)
    assert why in plea.text
    assert "*Northwind Trading Ltd*" in plea.text
    assert pleas(desk, MEMBER) == []


async def test_a_channel_that_serves_nobody_is_no_news(desk: Desk) -> None:
    await hear(desk, "channel_archive", FINANCE)

    assert pleas(desk) == []


async def test_the_button_chooses_another_channel_and_what_waits_follows_there(desk: Desk) -> None:
    form = await desk.form()
    put(desk, BILLS, is_archived=True)
    await desk.slack.submit(form, A_BILL)
    await desk.settle()
    (plea,) = pleas(desk)
    await desk.slack.invite(FINANCE, by=ADMIN)

    await desk.press(plea, ActionId.OPEN_CHANNELS, ADMIN)
    done = await desk.slack.submit(desk.modal(ADMIN), {BlockId.APPROVALS_CHANNEL: FINANCE})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert any("INV-1" in words(each) for each in desk.slack.messages(FINANCE))
    assert pleas(desk) == []
    assert any("is not used any more" in each.text for each in desk.slack.dms(ADMIN))


@pytest.mark.parametrize(("kind", "who"), [("channel_unarchive", ADMIN), ("member_joined_channel", BOT_USER)])
async def test_what_waited_goes_out_as_soon_as_it_is_open_again(desk: Desk, kind: str, who: str) -> None:
    form = await desk.form()
    put(desk, BILLS, is_archived=True)
    await hear(desk, "channel_archive")
    await desk.slack.submit(form, A_BILL)
    await desk.settle()
    put(desk, BILLS, is_archived=False)

    await hear(desk, kind, user=who)

    assert "INV-1" in words(desk.card("INV-1"))
    assert pleas(desk) == []
    assert any("goes out again" in each.text for each in desk.slack.dms(ADMIN))

    # and the next time is told anew
    await hear(desk, "channel_archive")
    assert len(pleas(desk)) == 1


async def test_what_waited_for_months_goes_out_when_it_is_open_again(desk: Desk) -> None:
    form = await desk.form()
    put(desk, BILLS, is_archived=True)
    await desk.slack.submit(form, A_BILL)
    await desk.settle()
    async with desk.world.services.db.write() as tx:
        of_cards = (
            MESSAGES.c.workspace_id == (await desk.world.actor()).workspace.id,
            MESSAGES.c.subject == Subject.ITEM,
        )
        await tx.execute(MESSAGES.update().where(*of_cards).values(attempts=OLD_TRIES, due_at=tx.now))
    await desk.world.later(5)
    put(desk, BILLS, is_archived=False)

    await hear(desk, "channel_unarchive", user=ADMIN)

    assert "INV-1" in words(desk.card("INV-1"))


async def test_somebody_elses_coming_changes_nothing(desk: Desk) -> None:
    await hear(desk, "channel_archive")
    await hear(desk, "member_joined_channel", user=MEMBER)

    assert len(pleas(desk)) == 1


async def test_a_channel_is_followed_to_its_new_id(desk: Desk) -> None:
    form = await desk.form()
    await desk.slack.invite(FINANCE, by=ADMIN)

    await hear(desk, "channel_id_changed", old_channel_id=BILLS, new_channel_id=FINANCE)
    await hear(desk, "channel_id_changed", old_channel_id=BILLS, new_channel_id=FINANCE)
    await desk.slack.submit(form, A_BILL)
    await desk.settle()

    await hear(desk, "channel_id_changed", old_channel_id=ALERTS, new_channel_id=FINANCE)
    settings = await desk.world.settings()
    assert (settings.approvals_channel, settings.alerts_channel) == (FINANCE, ALERTS)
    assert any("INV-1" in words(each) for each in desk.slack.messages(FINANCE))
