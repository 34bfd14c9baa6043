"""Rejecting asks for a reason, which the person who sent the bill in reads on its card."""

from typing import Any

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot.domain.cards import ItemCard
from bot.domain.items import Item
from bot.views import fields
from bot.views.connections import section
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.text import amount, escape, plain

NO_REASON = "Write why: whoever sent it in reads it on the card."


def reject_form(card: ItemCard) -> View:
    item, facts = card.item, card.item.facts
    what = f"{escape(facts.supplier.name or '', 100)}, {amount(facts.gross, facts.currency)} ({item.reference})"
    return View(
        type="modal",
        callback_id=CallbackId.REJECT_REASON,
        title=PlainTextObject(text="Reject"),
        submit=PlainTextObject(text="Reject"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=[
            section(f"*{escape(card.organisation)}*\n{what} will not be published."),
            fields.text_field(BlockId.REASON, "Reason", None, longest=500, is_long=True, hint=NO_REASON),
        ],
    )


def outcome(item: Item) -> View:
    """What became of a decision that was made in a modal."""
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=plain(item.reference, 24)),
        close=PlainTextObject(text="Close"),
        blocks=[
            section(f":white_check_mark: *{item.reference}* is {item.state.words} now. Its card says what follows.")
        ],
    )


def read_reason(state: dict[str, Any]) -> str | None:
    return Fields(state).text(BlockId.REASON)
