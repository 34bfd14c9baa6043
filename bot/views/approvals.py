"""Rejecting asks for a reason, which the person who sent the bill in reads on its card."""

from typing import Any

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot.domain.cards import ToDecide
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import amount, escape

NO_REASON = "Write why: whoever sent it in reads it on the card."
SAY_WHAT = "Whoever sent it in and the bookkeepers read it in the card's thread."


def reject_form(asked: ToDecide) -> View:
    item, facts = asked.item, asked.item.facts
    what = f"{escape(facts.supplier.name or '', 100)}, {amount(facts.gross, facts.currency)} ({item.reference})"
    return View(
        type="modal",
        callback_id=CallbackId.REJECT_REASON,
        title=PlainTextObject(text="Reject"),
        submit=PlainTextObject(text="Reject"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=[
            section(f"*{escape(asked.organisation)}*\n{what} {_what_happens(asked)}"),
            fields.text_field(BlockId.REASON, "Reason", None, longest=500, is_long=True, hint=NO_REASON),
        ],
    )


def _what_happens(asked: ToDecide) -> str:
    if asked.stays_in is None:
        return "will not be published."
    ledger = escape(asked.stays_in, 60)
    return f"will not be sent to {ledger} again. Its document stays there, otherwise than it was approved before."


def send_back_form(asked: ToDecide) -> View:
    item, facts = asked.item, asked.item.facts
    what = f"{escape(item.counterparty.name or '', 100)}, {amount(facts.gross, facts.currency)} ({item.reference})"
    return View(
        type="modal",
        callback_id=CallbackId.SEND_BACK,
        title=PlainTextObject(text="Send back"),
        submit=PlainTextObject(text="Send back"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=[
            section(f"*{escape(asked.organisation)}*\n{what} waits for review again."),
            fields.text_field(
                BlockId.REASON, "What is to be put right", None, longest=500, is_long=True, hint=SAY_WHAT
            ),
        ],
    )


def read_reason(state: dict[str, Any]) -> str | None:
    return Fields(state).text(BlockId.REASON)
