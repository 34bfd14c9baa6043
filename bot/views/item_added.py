"""What is said once a new item is there."""

from datetime import datetime

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot.domain.cards import ItemCard
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.views.ids import CallbackId
from bot.views.parts import section
from bot.views.text import escape, moment


def added(card: ItemCard) -> View:
    """What became of a new item, and where it is."""
    item = card.item
    where = "your messages with me" if card.channel is None else f"<#{card.channel}>"
    lines = [
        f"*{escape(card.organisation)}*",
        f":white_check_mark: {_what(item)} was added as *{item.reference}*: {item.state.words}.",
        f"Its card is in {where}."
        if card.quiet_until is None or card.channel is None
        else follows(where, card.quiet_until),
        *(f"• {escape(sentence, 300)}" for sentence in (*item.complaints, *card.warnings)),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Added"),
        close=PlainTextObject(text="Close"),
        clear_on_close=True,
        blocks=[section("\n".join(lines))],
    )


def follows(where: str, quiet_until: datetime) -> str:
    return f"It is quiet in {where} until {moment(quiet_until)}: its card follows then. Dext's Home has it already."


def _what(item: Item) -> str:
    name = escape(item.counterparty.name or "")
    return f"{name}'s expense report" if item.kind is ItemKind.EXPENSE_REPORT else name
