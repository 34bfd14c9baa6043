"""Bills that the simulated ledger refuses, and what people then see and press in Slack."""

from bot.domain.ids import ItemId
from bot.playground.slack import ALERTS, BILLS, BOOKKEEPER, Message, Submitted, View
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import ItemRef
from providers.xero.simulator import TRADING
from tests.handlers.desk import CATEGORY, Desk, words

NUMBER = "INV-1"
FIXES = (ActionId.CHOOSE_ACCOUNT, ActionId.RETRY_ITEM)


async def refused(desk: Desk, number: str = NUMBER) -> Message:
    """A bill that was approved after its category had been archived in the ledger; answers the alert."""
    desk.xero.archive_account(TRADING, CATEGORY)
    await desk.add(**{BlockId.NUMBER: number})
    await desk.approve(number)
    return alert(desk, number)


def replies(desk: Desk, number: str = NUMBER) -> list[Message]:
    return desk.slack.thread(BILLS, desk.card(number).ts)


def alert(desk: Desk, number: str = NUMBER) -> Message:
    """The last one: what was refused after something was done about it is told anew."""
    return replies(desk, number)[-1]


def pointers(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(ALERTS) if "Open it" in words(message)]


async def form(desk: Desk, action: ActionId = ActionId.CHOOSE_ACCOUNT, user: str = BOOKKEEPER) -> View:
    await desk.press(alert(desk), action, user)
    return desk.modal(user)


async def choose(desk: Desk, code: str, user: str = BOOKKEEPER) -> Submitted:
    view = await form(desk, user=user)
    await desk.slack.options(view, ActionId.FIND_ACCOUNT, code, user=user)
    done = await desk.slack.submit(view, {BlockId.ACCOUNT: code})
    await desk.settle()
    return done


def tampered(view: View, code: str) -> View:
    """The form in the hands of somebody who makes up what was on offer."""
    element = view.blocks[1]["element"]
    element["initial_option"] = {"value": code, "text": {"type": "plain_text", "text": "made up"}}
    return view


async def item_id(desk: Desk) -> ItemId:
    button = next(
        element
        for block in desk.card(NUMBER).blocks
        for element in block.get("elements", [])
        if element.get("action_id") == ActionId.EDIT_ITEM
    )
    return ItemRef.decode(button["value"]).item_id
