"""What is said once settings are saved: what was changed, and what things are paid with from now on."""

import pytest

from bot.playground.slack import ADMIN, APPROVER, BILLS, BOOKKEEPER, OWNER, View
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import OTHER_CATEGORY, Desk, words
from tests.handlers.test_paid_with_another import method

NONE_YET = "There is none yet: add one with /dext payment-methods first"


async def opened(desk: Desk, words: str = "settings") -> View:
    if desk.slack.view(ADMIN) is not None:
        await desk.slack.close_modal(ADMIN, everything=True)
    await desk.slack.command("/dext", words, user=ADMIN, channel=BILLS)
    return desk.modal(ADMIN)


async def saved(desk: Desk, form: View, **chosen: object) -> str:
    done = await desk.slack.submit(form, chosen)
    assert (done.errors, done.error) == ({}, None)
    await desk.settle()
    return words(desk.modal(ADMIN))


@pytest.mark.parametrize("form", ["settings", "settings sales"])
async def test_the_form_says_how_to_make_a_payment_method_where_there_is_none(desk: Desk, form: str) -> None:
    await method(desk, "Old card", "090", is_active=False)
    assert NONE_YET in words(await opened(desk, form))
    (nothing,) = [await desk.slack.options(desk.modal(ADMIN), ActionId.FIND_PAYMENT_METHOD, "", user=ADMIN)]
    assert nothing == []

    await method(desk, "Card", "093")

    assert NONE_YET not in words(await opened(desk, form))


async def test_edit_says_it_too(desk: Desk) -> None:
    await desk.press(await desk.add(), ActionId.EDIT_ITEM, BOOKKEEPER)

    assert "There is none yet: an admin adds one by /dext payment-methods." in words(desk.modal(BOOKKEEPER))


async def test_saving_tells_what_was_changed_with_the_payment_method_and_nothing_else(desk: Desk) -> None:
    card = await method(desk, "Card", "093")
    form = await opened(desk)
    await desk.slack.options(form, ActionId.FIND_PAYMENT_METHOD, "", user=ADMIN)

    told = await saved(
        desk,
        form,
        **{BlockId.PAYMENT_STATUS: "paid", BlockId.DEFAULT_METHOD: card, BlockId.APPROVERS: [APPROVER, OWNER]},
    )

    assert "It is set up" not in told
    assert ":white_check_mark: It is saved." in told
    assert "• *Publish them as*: Paid (was: Awaiting payment)" in told
    assert "• *Default payment method*: Card (was: none)" in told
    assert f"• *Approvers*: <@{APPROVER}> <@{OWNER}> (was: <@{APPROVER}>)" in told
    assert told.count("(was: ") == 3
    assert "as *Paid*. They are paid with *Card* → 093 · Company Card (GBP), where nobody chose another." in told


async def test_saving_what_stands_says_that_nothing_is_otherwise(desk: Desk) -> None:
    told = await saved(desk, await opened(desk))

    assert "It is saved.\nNothing is otherwise than it was." in told


async def test_saving_sales_tells_what_was_changed(desk: Desk) -> None:
    card = await method(desk, "Card", "093")
    form = await opened(desk, "settings sales")
    await desk.slack.options(form, ActionId.FIND_PAYMENT_METHOD, "", user=ADMIN)

    told = await saved(desk, form, **{BlockId.DESTINATION: "bank_accounts", BlockId.DEFAULT_METHOD: card})

    assert "• *Publish sales to*: Bank accounts (was: Sales)\n• *Default payment method*: Card (was: none)" in told
    assert "They are received with *Card* → 093 · Company Card (GBP)" in told


async def test_settings_that_there_are_not_are_answered_with_those_that_there_are(desk: Desk) -> None:
    await desk.slack.command("/dext", "settings taxes", user=ADMIN, channel=BILLS)
    assert desk.slack.view(ADMIN) is None
    (told,) = desk.whispers(ADMIN)
    assert "“taxes”. There are `costs`, `sales`, `tax`, `general`, `suppliers`," in told


@pytest.mark.parametrize(
    ("part", "entered"),
    [
        ("", {}),
        ("sales", {BlockId.PAYMENT_STATUS: "awaiting_payment"}),
        ("tax", {BlockId.USES_RATES: "off"}),
        ("general", {BlockId.CLOSED_COSTS: "stop"}),
        ("suppliers", {BlockId.SUPPLIER_MATCH: "loose"}),
    ],
)
async def test_a_form_that_somebody_else_overtook_keeps_nothing_that_was_entered_in_it(
    desk: Desk, part: str, entered: dict[str, object]
) -> None:
    """Slack keeps what was entered where a block keeps its name, and would show it as if it stood."""
    await desk.slack.command("/dext", f"settings {part}".strip(), user=ADMIN, channel=BILLS)
    old = desk.modal(ADMIN)
    names = {str(block["block_id"]) for block in old.blocks if block["type"] == "input"}
    await desk.world.set_up(category=OTHER_CATEGORY)
    await desk.slack.submit(old, entered, user=ADMIN)

    now = desk.modal(ADMIN)
    again = {str(block["block_id"]) for block in now.blocks if block["type"] == "input"}
    assert "Somebody else saved these settings" in words(now)
    assert again
    assert not names & again
    assert (await desk.slack.submit(now, {}, user=ADMIN)).errors == {}
    assert "Somebody else saved" not in words(desk.modal(ADMIN))
