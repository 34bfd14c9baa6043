"""A connection that somebody ends: nothing is lost, nothing is sent, and the ledger has its access back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest

from bot.app import upkeep_of
from bot.domain.closing import Closing
from bot.domain.disconnecting import Keep
from bot.domain.general import GeneralForm
from bot.domain.settings import Settings
from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, GUEST, MEMBER, OWNER
from bot.services.disconnecting import RenewedMeanwhileError, end
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING, Fault
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.parting import (
    NAME,
    ask,
    confirm,
    connection,
    disconnect,
    lists,
    now,
    reconnecting,
    shared_tenants,
    token_sets,
    told,
)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        yield made


async def test_the_form_begins_with_the_name_and_says_what_waits(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await desk.add()
    await desk.approve("INV-1")

    form = await ask(desk.world)

    assert form.blocks[0]["text"]["text"] == NAME
    assert "1 item on their way" in words(form)
    assert "Keep my settings, rules and lists so that they can be carried over" in words(form)
    assert "No approved bill is waiting right now." in words(form)
    assert "they are sent after you reconnect" in words(form)


async def test_disconnecting_ends_the_connection_and_gives_the_access_back(desk: Desk) -> None:
    await disconnect(desk.world)

    row = await connection(desk.world)
    assert (row.health, row.token_set_id) == ("disconnected", None)
    assert await token_sets(desk.world) == 0
    assert shared_tenants(desk.world) == set()
    assert len(desk.xero.calls_to("POST", "/connect/revocation")) == 1
    (message,) = told(desk.world, "disconnected this organisation")
    assert f"<@{ADMIN}> disconnected" in words(message)
    assert "Access was taken back at Xero" in words(message)


async def test_what_is_approved_waits_and_goes_on_after_reconnecting(desk: Desk) -> None:
    before = await desk.world.settings()
    await disconnect(desk.world)
    await desk.add()
    card = await desk.approve("INV-1")
    assert "waits for the connection" in words(card)
    assert desk.xero.bills() == []

    (message,) = told(desk.world, "disconnected this organisation")
    await reconnecting(desk.world, ADMIN, message)
    await connect(desk.world)
    await desk.settle()

    row = await connection(desk.world)
    assert (row.organisation_id, row.health) == (desk.world.organisation_id, "healthy")
    assert await desk.world.settings() == before
    assert len(desk.xero.bills()) == 1
    assert "connected again" in now(desk.world, message)


async def test_connecting_the_same_organisation_anew_takes_all_of_it_up(desk: Desk) -> None:
    before = await desk.world.settings()
    await disconnect(desk.world)

    await connect(desk.world, user=OWNER, person="sam")
    await desk.settle()

    row = await connection(desk.world)
    assert (row.organisation_id, row.health) == (desk.world.organisation_id, "healthy")
    assert await desk.world.settings() == before


async def test_forgetting_settings_keeps_items_and_asks_for_a_new_set_up(desk: Desk) -> None:
    await desk.add()
    general, actor, of = desk.world.services.general_settings, await desk.world.actor(), desk.world.organisation_id
    page = await general.opened(actor, of)
    decided = replace(page.general, closing=Closing(until=date(2026, 2, 28)), undo_seconds=0)
    await general.save(actor, of, GeneralForm(version=page.version, general=decided), {})
    await disconnect(desk.world, Keep.ITEMS)
    settings = await desk.world.settings()
    assert (settings.is_set_up, settings.approvers, settings.approvals_channel) == (False, (), None)
    assert replace(settings, version=0) == Settings()

    await connect(desk.world)
    await desk.settle()
    await desk.world.set_up()
    await desk.approve("INV-1")

    assert len(desk.xero.bills()) == 1


@pytest.mark.parametrize("user", [MEMBER, APPROVER, BOOKKEEPER, GUEST])
async def test_who_may_not_is_told_who_can(desk: Desk, user: str) -> None:
    answer = await desk.slack.command("/dext", "disconnect", user=user, channel=BILLS)

    assert "cannot act on these books" in answer.text if user == GUEST else "Disconnecting is for" in answer.text
    assert desk.slack.view(user) is None
    assert (await connection(desk.world)).health == "healthy"


async def test_somebody_who_may_connect_may_disconnect(desk: Desk) -> None:
    await disconnect(desk.world, user=OWNER)

    assert (await connection(desk.world)).health == "disconnected"


async def test_a_right_withdrawn_while_the_form_is_open_counts(desk: Desk) -> None:
    form = await ask(desk.world, OWNER)
    desk.slack.change_person(OWNER, is_admin=False, is_owner=False)
    await desk.world.later(61)

    await confirm(desk.world, form)

    assert (await connection(desk.world)).health == "healthy"


async def test_nothing_happens_before_the_box_is_ticked(desk: Desk) -> None:
    form = await ask(desk.world)

    done = await desk.slack.submit(form, {BlockId.KEEP: Keep.EVERYTHING.value})

    assert BlockId.CONFIRMED in done.errors
    assert (await connection(desk.world)).health == "healthy"


async def test_the_second_of_two_forms_is_told_that_it_is_done(desk: Desk) -> None:
    first, second = await ask(desk.world), await ask(desk.world, OWNER)
    await confirm(desk.world, first)

    done = await confirm(desk.world, second)

    assert done.view is not None
    assert "disconnected already" in words(done.view)
    assert len(told(desk.world, "disconnected this organisation")) == 1
    assert len(desk.xero.calls_to("POST", "/connect/revocation")) == 1


async def test_two_admins_at_the_same_instant_end_it_once(desk: Desk) -> None:
    first, second = await ask(desk.world), await ask(desk.world, OWNER)

    ticked: dict[str, object] = {BlockId.KEEP: Keep.EVERYTHING.value, BlockId.CONFIRMED: ["yes"]}
    done = await asyncio.gather(desk.slack.submit(first, ticked), desk.slack.submit(second, ticked))
    await desk.settle()

    shown = sorted(words(each.view) for each in done if each.view is not None)
    assert "disconnected already" in shown[1] + shown[0]
    assert len(told(desk.world, "disconnected this organisation")) == 1
    assert len(desk.xero.calls_to("POST", "/connect/revocation")) == 1


async def test_two_processes_at_once_give_it_back_and_tell_it_once(desk: Desk) -> None:
    """The second one's word that the first has it in hand is no trouble of the ledger's."""
    done = await desk.slack.submit(await ask(desk.world), {BlockId.KEEP: "everything", BlockId.CONFIRMED: ["yes"]})
    assert done.errors == {}

    await asyncio.gather(*(upkeep_of(desk.world.services).giving_back.give_back() for _ in range(3)))
    await desk.settle()

    (message,) = told(desk.world, "disconnected this organisation")
    assert "Access was taken back at Xero" in words(message)
    row = await connection(desk.world)
    assert (row.token_set_id, row.trouble, await token_sets(desk.world)) == (None, None, 0)


async def test_lists_are_frozen_as_they_are_and_still_looked_through(desk: Desk) -> None:
    await disconnect(desk.world)
    desk.xero.archive_account(TRADING, "429")

    await desk.world.later(3 * 24 * 3600)

    form = await desk.form()
    assert await lists(desk.world) > 0
    assert "429" in str(await desk.slack.options(form, ActionId.FIND_ACCOUNT, "429", user=MEMBER))


async def test_lists_alone_are_forgotten_and_read_anew_when_it_is_connected(desk: Desk) -> None:
    before, had = await desk.world.settings(), await lists(desk.world)
    await disconnect(desk.world, Keep.SETTINGS)
    assert (await lists(desk.world), await desk.world.settings()) == (0, before)

    await connect(desk.world)
    await desk.settle()

    assert (await lists(desk.world), await desk.world.settings()) == (had, before)


async def test_a_refresh_that_is_under_way_as_it_ends_brings_nothing_back(desk: Desk) -> None:
    form = await ask(desk.world)
    await desk.slack.command("/dext", "sync", user=ADMIN)

    await confirm(desk.world, form, Keep.SETTINGS)
    await desk.world.later(3600)

    row = await connection(desk.world)
    assert (row.health, row.token_set_id, await lists(desk.world)) == ("disconnected", None, 0)


async def test_a_form_from_before_a_reconnection_is_drawn_anew(desk: Desk) -> None:
    form = await ask(desk.world, OWNER)
    await disconnect(desk.world)
    await desk.world.later(5)
    await connect(desk.world)
    await desk.settle()

    done = await confirm(desk.world, form)

    assert done.view is not None
    assert "Somebody connected it again" in words(done.view)
    assert (await connection(desk.world)).health == "healthy"


async def test_the_command_for_what_is_disconnected_says_so(desk: Desk) -> None:
    await disconnect(desk.world)

    answer = await desk.slack.command("/dext", "disconnect", user=ADMIN, channel=BILLS)

    assert "is disconnected already" in answer.text


async def test_home_says_disconnected_and_offers_to_reconnect(desk: Desk) -> None:
    await desk.slack.open_home(ADMIN)
    await disconnect(desk.world)

    home = desk.slack.home(ADMIN)

    assert home is not None
    assert "Disconnected" in words(home)
    assert "Reconnect" in words(home)


async def test_a_ledger_that_does_not_answer_is_asked_until_it_does(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await disconnect(desk.world)
    (message,) = told(desk.world, "disconnected this organisation")
    assert "trying again until it does" in words(message)
    assert "Connected apps" in words(message)
    assert await token_sets(desk.world) == 1

    desk.xero.misbehaviour.outage = False
    await desk.world.later(180)

    assert await token_sets(desk.world) == 0
    assert "Access was taken back" in now(desk.world, message)


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.RESET_AFTER])
async def test_an_answer_that_was_lost_is_asked_for_once_more(desk: Desk, fault: Fault) -> None:
    """As after a crash between the ledger's answer and our writing it down."""
    desk.xero.fail_next(fault, method="DELETE")
    await disconnect(desk.world)
    assert TRADING not in shared_tenants(desk.world)
    assert await token_sets(desk.world) == 1

    await desk.world.later(180)

    assert await token_sets(desk.world) == 0


async def test_a_sign_in_that_is_over_anyway_is_only_forgotten(desk: Desk) -> None:
    desk.xero.revoke_refresh_tokens()
    desk.xero.expire_access_tokens()
    await desk.world.later(1)

    await disconnect(desk.world)

    assert (await connection(desk.world)).token_set_id is None
    assert await token_sets(desk.world) == 0


async def test_what_somebody_renewed_or_ended_in_the_same_instant_is_not_ended_by_what_was_read_before(
    desk: Desk,
) -> None:
    seen, db = await connection(desk.world), desk.world.services.db
    await desk.world.later(5)
    await connect(desk.world)
    await desk.settle()

    with pytest.raises(RenewedMeanwhileError):
        async with db.write() as tx:
            await end(tx, seen)

    renewed = await connection(desk.world)
    assert (renewed.health, renewed.connected_at > seen.connected_at) == ("healthy", True)
    async with db.write() as tx:
        await end(tx, renewed)
    with pytest.raises(RenewedMeanwhileError):
        async with db.write() as tx:
            await end(tx, renewed)
