"""What new settings mean for bills that are waiting already."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER, MEMBER, OWNER
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, actions, words
from tests.handlers.setting_up import CATEGORY, OTHER_CATEGORY, TAX, Office, an_office

THIRD_CATEGORY = "400"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with an_office(database_url) as made:
        yield made


@pytest.fixture
async def desk(office: Office) -> Desk:
    return Desk(office.world)


WITH_DEFAULTS = {BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX}


async def test_a_new_default_codes_what_waits_and_leaves_what_a_person_chose(office: Office, desk: Desk) -> None:
    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})
    await desk.add(**{BlockId.NUMBER: "BY-DEFAULT"})
    await desk.add(**{BlockId.NUMBER: "BY-HAND"})
    await desk.edit("BY-HAND", {BlockId.ACCOUNT: THIRD_CATEGORY})

    await office.save(**{BlockId.DEFAULT_ACCOUNT: OTHER_CATEGORY})

    assert "461 · Printing" in words(desk.card("BY-DEFAULT"))
    assert "400 · Advertising" in words(desk.card("BY-HAND"))


async def test_a_bill_that_lacked_only_a_default_goes_on_into_approval(office: Office, desk: Desk) -> None:
    await office.save(**{BlockId.DEFAULT_TAX: TAX})
    card = await desk.add()
    assert ActionId.APPROVE_ITEM not in actions(card)

    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY})

    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))


async def test_a_bill_from_before_the_set_up_comes_to_the_approvals_channel(office: Office, desk: Desk) -> None:
    form = await desk.form(MEMBER)
    await office.slack.submit(form, {**a_bill(), BlockId.NUMBER: "EARLY"})
    await office.world.settle()
    first = office.slack.dms(MEMBER)[-1]
    assert "EARLY" in words(first)

    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})

    assert ActionId.APPROVE_ITEM in actions(desk.card("EARLY"))
    await desk.approve("EARLY")
    own = office.slack.message(first.channel, first.ts)
    assert own is not None
    assert f"<@{APPROVER}>" in words(own)
    await office.save(**{BlockId.PAYMENT_STATUS: "draft"})
    assert len([message for message in office.slack.messages(BILLS) if "EARLY" in words(message)]) == 1


async def test_cards_name_who_approves_now_and_whoever_no_longer_does_cannot(office: Office, desk: Desk) -> None:
    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})
    await desk.add()

    await office.save(**{BlockId.APPROVERS: [OWNER]})

    assert f"<@{OWNER}>" in words(desk.card("INV-1"))
    await desk.press(desk.card("INV-1"), ActionId.APPROVE_ITEM, APPROVER)
    assert "You are not an approver" in desk.whispers(APPROVER)[-1]
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-1"))


async def test_the_homes_of_those_concerned_follow(office: Office, desk: Desk) -> None:
    await office.slack.open_home(OWNER)
    await office.save(**{BlockId.DEFAULT_ACCOUNT: CATEGORY, BlockId.DEFAULT_TAX: TAX})
    await desk.add()

    await office.save(**{BlockId.APPROVERS: [OWNER], BlockId.BOOKKEEPERS: [BOOKKEEPER]})

    home = office.slack.home(OWNER)
    assert home is not None
    assert "INV-1" in str(home.blocks)


def a_bill() -> dict[str, object]:
    return {
        BlockId.SUPPLIER: "Paper & Ink Ltd",
        BlockId.ISSUED_ON: "2026-03-01",
        BlockId.CURRENCY: "GBP",
        BlockId.GROSS: "120.00",
        BlockId.TAX: "20.00",
    }


async def test_a_card_from_before_the_status_was_raised_decides_nothing(office: Office, desk: Desk) -> None:
    """An approver who saw a draft has not approved a bill that is owed at once."""
    await office.save(**{**WITH_DEFAULTS, BlockId.PAYMENT_STATUS: "draft"})
    seen = await desk.add()

    await office.save(**{BlockId.PAYMENT_STATUS: "awaiting_payment"})
    await desk.press(seen, ActionId.APPROVE_ITEM, APPROVER)

    assert "*Publish as*\nDraft" in words(seen)
    assert "*Publish as*\nAwaiting payment" in words(desk.card("INV-1"))
    assert desk.xero.bills() == []


async def test_what_was_approved_goes_out_with_the_status_it_was_approved_with(database_url: str) -> None:
    async with an_office(database_url, undo_seconds=60) as office:
        desk = Desk(office.world)
        await office.save(**{**WITH_DEFAULTS, BlockId.PAYMENT_STATUS: "draft"})
        await desk.add()
        await desk.press(desk.card("INV-1"), ActionId.APPROVE_ITEM, APPROVER)
        before = desk.xero.bills()

        await office.save(**{BlockId.PAYMENT_STATUS: "awaiting_payment"})
        await desk.world.later(120)

        assert before == []
        assert [bill["Status"] for bill in desk.xero.bills()] == ["DRAFT"]
