"""Before an item is withdrawn: what will happen in the ledger, in words, and why somebody wants it."""

from typing import Any

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.postings import Ending
from bot.domain.withdrawing import ToWithdraw
from bot.views import fields
from bot.views.document_words import total_words
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.text import escape

WHY = "Whoever reads the card's thread sees it. It may stay empty."


def withdraw_form(asked: ToWithdraw) -> View:
    item, ledger = asked.item, escape(asked.ledger)
    what = f"{escape(item.counterparty.name or '', 100)}, {total_words(item)} ({item.reference})"
    blocks: list[Block] = [
        section(f"*{escape(asked.organisation)}*\n{what}\n{_what_happens(asked)}"),
        *_changed(asked),
        section(
            "Then it waits for review here, coded as it is. It can be edited, approved and published again, as a new "
            f"{asked.document}."
        ),
        fields.text_field(BlockId.REASON, "Reason", None, longest=500, is_long=True, optional=True, hint=WHY),
        context(f"{ledger} is asked how the {asked.document} stands before anything is done to it."),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.WITHDRAW_ITEM,
        title=PlainTextObject(text="Withdraw"),
        submit=PlainTextObject(text="Withdraw"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=blocks,
    )


def read_reason(state: dict[str, Any]) -> str | None:
    return Fields(state).text(BlockId.REASON)


def _what_happens(asked: ToWithdraw) -> str:
    ledger = escape(asked.ledger)
    document = f"{'draft ' if asked.is_draft else ''}{asked.document}"
    paid = " Its payment, which was recorded from here, is deleted before." if asked.is_paid else ""
    if asked.ending is Ending.VOIDED:
        return f":warning: *The {document} in {ledger} will be voided.* {ledger} keeps it as voided.{paid}"
    return f":warning: *The {document} in {ledger} will be deleted.*{paid}"


def _changed(asked: ToWithdraw) -> list[Block]:
    if asked.differences is None:
        return []
    words = escape(asked.differences, 900)
    return [
        section(
            f":eyes: *It was changed in {escape(asked.ledger)} since*\n{words}\nWhat was changed there goes with it."
        )
    ]
