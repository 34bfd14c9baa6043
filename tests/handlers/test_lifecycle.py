"""The app is removed from a workspace: what waits there stops at once, and goes on after a reinstallation."""

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.items import ITEMS
from bot.db.workspaces import WORKSPACES
from bot.domain.ids import UserId
from bot.playground.slack import ADMIN, APP, APPROVER, BILLS, BOT, MEMBER, TEAM
from bot.services.health import Health
from bot.services.messages import Place, Surface, note
from bot.slack import learn_workspace
from bot.views.ids import ActionId
from handlers.dispatch import NOT_INSTALLED
from providers.errors import TryLaterError
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.connected import link_of
from tests.handlers.desk import SUPPLIER, UNDO_SECONDS, Desk, a_desk, words
from tests.handlers.envelopes import REVOKED, UNINSTALLED, an_event, send_event
from tests.intake.documents import a_document

DAY = 86_400.0


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []


async def tell(desk: Desk, *events: dict[str, Any], at: float = 0.0, first_id: int = 1) -> list[int]:
    """Send events of so many seconds from now; answers Slack's view of them."""
    now = desk.world.clock.now().timestamp()
    numbered = enumerate(events, first_id)
    sent = [
        await send_event(desk.world, an_event(event, at=now + at, event_id=f"Ev{number}")) for number, event in numbered
    ]
    return [status for status, _ in sent]


def move(desk: Desk, seconds: float) -> None:
    assert isinstance(desk.world.clock, FakeClock)
    desk.world.clock.move_to(desk.world.clock.now() + timedelta(seconds=seconds))


async def is_installed(desk: Desk) -> bool:
    return await desk.world.services.workspaces.find("", TEAM) is not None


async def reinstall(desk: Desk) -> None:
    """As a start with SLACK_BOT_TOKEN does."""
    assert await learn_workspace(desk.world.services.clients) is not None


@pytest.mark.parametrize("events", list(itertools.permutations((UNINSTALLED, REVOKED, UNINSTALLED))))
async def test_whatever_the_order_and_the_repeats_the_app_is_removed_once(
    desk: Desk, events: tuple[dict[str, Any], ...]
) -> None:
    move(desk, 5)

    assert await tell(desk, *events) == [200, 200, 200]

    assert not await is_installed(desk)


async def test_a_persons_own_token_is_no_reason_to_leave(desk: Desk) -> None:
    move(desk, 5)

    await tell(desk, {"type": "tokens_revoked", "tokens": {"oauth": [ADMIN, MEMBER], "bot": []}})
    await tell(desk, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["B0ELSE"]}}, first_id=2)
    await tell(desk, {"type": "tokens_revoked"}, first_id=3)

    assert await is_installed(desk)


async def test_the_bots_other_name_counts_too(desk: Desk) -> None:
    move(desk, 5)

    await tell(desk, {"type": "tokens_revoked", "tokens": {"bot": [BOT]}})

    assert not await is_installed(desk)


async def test_an_event_of_the_installation_before_does_not_remove_this_one(desk: Desk) -> None:
    move(desk, 5)
    await tell(desk, UNINSTALLED)
    await desk.world.later(60)
    await reinstall(desk)

    await tell(desk, UNINSTALLED, REVOKED, at=-30, first_id=7)

    assert await is_installed(desk)


async def test_an_event_that_does_not_say_when_removes_nothing(desk: Desk) -> None:
    move(desk, 5)
    envelope = an_event(UNINSTALLED, at=0) | {"event_time": None}

    assert (await send_event(desk.world, envelope))[0] == 200

    assert await is_installed(desk)


async def test_a_removal_says_which_workspace_without_any_authorization(desk: Desk) -> None:
    move(desk, 5)
    now = desk.world.clock.now().timestamp()

    await send_event(desk.world, an_event(UNINSTALLED, at=now, authorizations=[]))

    assert not await is_installed(desk)


async def test_the_token_is_forgotten(desk: Desk) -> None:
    services = desk.world.services
    workspace = (await desk.world.actor()).workspace
    async with services.db.write() as tx:
        sealed = services.vault.seal("xoxb-sealed", f"workspaces.token:{workspace.id}")
        await tx.execute(update(WORKSPACES).where(WORKSPACES.c.id == workspace.id).values(token_sealed=sealed))
    move(desk, 5)

    await tell(desk, UNINSTALLED)

    assert await services.workspaces.token(workspace.id, default="xoxb-of-another-workspace") is None
    async with services.db.read() as tx:
        row = (await tx.execute(WORKSPACES.select().where(WORKSPACES.c.id == workspace.id))).one()
    assert (row.token_sealed, row.removed_at is not None) == (None, True)


async def test_nothing_is_sent_for_a_removed_workspace_and_everything_after_it_is_back(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")
    move(desk, 5)
    await tell(desk, UNINSTALLED)

    await desk.world.later(UNDO_SECONDS + 1)
    assert desk.xero.bills() == []

    await reinstall(desk)
    await desk.world.later(1)
    assert len(desk.xero.bills()) == 1
    assert "INV-1" in str(desk.card("INV-1").blocks)


async def test_a_job_that_was_in_line_already_sends_nothing(desk: Desk) -> None:
    await desk.add()
    await desk.approve("INV-1")
    move(desk, UNDO_SECONDS + 1)
    assert await desk.world.services.publishing.plan() == 1
    await tell(desk, UNINSTALLED)

    await desk.world.jobs.drain()

    assert desk.xero.bills() == []


async def test_no_access_to_the_ledger_is_handed_out(desk: Desk) -> None:
    services = desk.world.services
    async with services.db.read() as tx:
        connection_id = (await tx.execute(select(table_of(ConnectionRow).c.id))).scalar_one()
    move(desk, 5)
    await tell(desk, UNINSTALLED)

    with pytest.raises(TryLaterError):
        await services.tokens.access(connection_id)


async def test_a_file_dropped_just_before_is_read_after_the_app_is_back(desk: Desk) -> None:
    document = a_document(number="UBL-9", currency="GBP", extra=SUPPLIER.format(name="Paper Ltd")).encode()
    await desk.slack.upload(document, "bill.xml", channel=BILLS, user=MEMBER)
    move(desk, 5)
    await tell(desk, UNINSTALLED)
    await desk.world.later(3600)

    assert [call.method for call in desk.slack.calls_of("files.info")] == []

    await reinstall(desk)
    await desk.world.later(3600)
    assert "UBL-9" in words(desk.card("UBL-9"))


async def test_messages_wait_and_do_not_make_the_process_unwell(desk: Desk) -> None:
    services = desk.world.services
    workspace = (await desk.world.actor()).workspace
    move(desk, 5)
    await tell(desk, UNINSTALLED)
    async with services.db.write() as tx:
        place = Place(role="test", surface=Surface.DIRECT, user_id=UserId(MEMBER))
        await note(tx, workspace.id, "k", place, "Hello again")

    await desk.world.later(DAY)
    assert "Hello again" not in [message.text for message in desk.slack.dms(MEMBER)]
    assert await Health(services.db).check() == {"database": "ok", "queue": "ok", "clock": "ok"}

    await reinstall(desk)
    await desk.settle()
    assert "Hello again" in [message.text for message in desk.slack.dms(MEMBER)]


async def test_whoever_still_types_or_clicks_is_answered(desk: Desk) -> None:
    card = await desk.add()
    move(desk, 5)
    await tell(desk, UNINSTALLED)

    answer = await desk.slack.command("/dext", "connect", user=ADMIN)
    pressed = await desk.slack.click(card, ActionId.APPROVE_ITEM, user=APPROVER)

    assert NOT_INSTALLED in answer.text
    assert (pressed.status, pressed.error) == (200, None)


async def test_a_link_to_connect_that_was_sent_before_connects_nothing(desk: Desk) -> None:
    await desk.slack.command("/dext", "connect xero", user=ADMIN)
    link = link_of(desk.modal(ADMIN))
    move(desk, 5)
    await tell(desk, UNINSTALLED)

    async with a_browser() as browser:
        page = await browser.open(link)

    assert page.status == 404
    assert "Nothing was connected" in page.text


async def test_an_address_kept_in_the_ledger_still_leads_to_slack(desk: Desk) -> None:
    await desk.add()
    move(desk, 5)
    await tell(desk, UNINSTALLED)
    async with desk.world.services.db.read() as tx:
        (item_id,) = (await tx.execute(select(ITEMS.c.id))).scalars()

    async with a_browser() as browser:
        address = f"{desk.world.address}/i/{item_id}"
        async with browser.session.get(address, allow_redirects=False) as answer:
            home = f"{desk.slack.public_url}/app_redirect?app={APP}&team={TEAM}"
            assert (answer.status, answer.headers["Location"]) == (303, home)
