"""Home and commands by person: who may see nothing of the books sees nothing, and what waits, waits for whom it can."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import APPROVER, BOOKKEEPER, GENERAL, GUEST, MEMBER, View
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import IRELAND, TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import CATEGORY, Desk, a_desk, words

NAME = "Northwind Trading Ltd"


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made


async def home_of(desk: Desk, user: str) -> str:
    await desk.slack.open_home(user)
    await desk.settle()
    view = desk.slack.home(user)
    assert isinstance(view, View)
    return str(view.blocks)


async def test_a_guest_opens_home_and_is_told_why_it_is_empty(desk: Desk) -> None:
    shown = await home_of(desk, GUEST)

    assert NAME not in shown
    assert "Guests of this workspace" in shown


async def test_who_becomes_a_guest_keeps_no_home_that_follows(desk: Desk) -> None:
    assert NAME in await home_of(desk, MEMBER)
    desk.slack.change_person(MEMBER, is_guest=True)
    await desk.world.later(61)
    await home_of(desk, MEMBER)

    await desk.world.set_up()

    assert NAME not in str(desk.slack.home(MEMBER))


async def test_a_command_names_no_organisation_to_a_guest(desk: Desk) -> None:
    answer = await desk.slack.command("/dext", "add", user=GUEST)

    assert NAME not in answer.text
    assert "Guests of this workspace" in answer.text
    assert desk.slack.view(GUEST) is None


async def test_a_guest_is_asked_which_of_no_organisations(desk: Desk) -> None:
    """Where a command is typed in a channel that is nobody's, and there are several."""
    await connect(desk.world, tenant=IRELAND)
    for words_typed in ("add", "settings", "sync", "disconnect", "connections"):
        answer = await desk.slack.command("/dext", words_typed, user=GUEST, channel=GENERAL)

        assert "Northwind" not in answer.text
        assert "Guests of this workspace" in answer.text
        assert desk.slack.view(GUEST) is None


async def test_home_asks_nobody_to_decide_on_their_own_bills_or_changes(desk: Desk) -> None:
    await desk.world.set_up(approvers=(APPROVER, BOOKKEEPER))
    for number in range(20):
        await desk.add(APPROVER, **{BlockId.NUMBER: f"OWN-{number}"})
    await desk.add(**{BlockId.NUMBER: "THEIRS"})
    await desk.press(desk.card("THEIRS"), ActionId.EDIT_ITEM, BOOKKEEPER)
    await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.GROSS: "900.00", BlockId.TAX: "150.00"})
    await desk.settle()

    assert "THEIRS waits for your decision" in await home_of(desk, APPROVER)
    assert "OWN-1 waits for your decision" not in await home_of(desk, APPROVER)
    assert "THEIRS waits" not in await home_of(desk, BOOKKEEPER)


async def test_home_tells_a_bookkeeper_what_the_ledger_refused(desk: Desk) -> None:
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add()
    await desk.approve("INV-1")

    assert "INV-1 was refused by the ledger" in await home_of(desk, BOOKKEEPER)
    assert "INV-1" not in await home_of(desk, APPROVER)


async def test_a_refusal_foreseen_is_said_on_the_next_card(desk: Desk) -> None:
    """The ledger told of the archived category once; no other bill is coded into the same refusal."""
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add()
    await desk.approve("INV-1")

    await desk.add(**{BlockId.NUMBER: "INV-2"})

    assert "is archived or gone in the ledger, so this bill did not get it" in words(desk.card("INV-2"))
