"""Before an item is withdrawn: what will happen in the ledger, in words, and why somebody wants it."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.alerts import AlertCard
from bot.domain.postings import Ending
from bot.domain.publishing import StepKind
from bot.domain.questions import QuestionKind
from bot.domain.withdrawing import ToWithdraw
from bot.views import fields
from bot.views.document_words import total_words
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.text import escape

ONLY, AGAIN = "only", "again"
WHY = "Whoever reads the card's thread sees it. It may stay empty."


def withdraw_form(asked: ToWithdraw) -> View:
    item = asked.item
    what = f"{escape(item.counterparty.name or '', 100)}, {total_words(item)} ({item.reference})"
    blocks: list[Block] = [
        section(f"*{escape(asked.organisation)}*\n{what}\n{_what_happens(asked)}"),
        *_changed(asked),
        fields.radio_field(BlockId.AFTERWARDS, "And then", _afterwards(), ONLY),
        fields.text_field(BlockId.REASON, "Reason", None, longest=500, is_long=True, optional=True, hint=WHY),
        context(_who_does_it(asked)),
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


@dataclass(frozen=True, slots=True)
class Withdrawal:
    reason: str | None
    goes_on: bool
    """It is published again once the old one is gone."""


def read(state: dict[str, Any]) -> Withdrawal:
    left = Fields(state)
    return Withdrawal(left.text(BlockId.REASON), left.option(BlockId.AFTERWARDS) == AGAIN)


def not_again(found: AlertCard, *, can_be_credited: bool) -> list[Block]:
    """In the alert of a withdrawal that was refused, for whoever wanted the document there anew."""
    wish = next((each for each in found.card.item.questions if each.kind is QuestionKind.WITHDRAWN), None)
    if found.alert.of is not StepKind.WITHDRAWAL or wish is None or not wish.goes_on:
        return []
    words = (
        "So nothing was published again: that waits until the old one is gone, and follows by itself when Retry helps."
    )
    if can_be_credited:
        words += (
            " With a credit note the old one stays in the books, and the two cancel out; what is right then comes in as a "
            "new item."
        )
    return [section(words)]


def _afterwards() -> list[Option]:
    only = "It waits here, to be edited, approved and published anew."
    again = "As it is, once the old one is gone there. Its approval stays."
    return [fields.an_option(ONLY, "Withdraw only", only), fields.an_option(AGAIN, "Withdraw and publish again", again)]


def _who_does_it(asked: ToWithdraw) -> str:
    if asked.ending is Ending.REMOVED:
        return "Then its card has *I removed it there*, and *It stays there*."
    return f"{escape(asked.ledger)} is asked how the {asked.document} stands before anything is done to it."


def _what_happens(asked: ToWithdraw) -> str:
    ledger = escape(asked.ledger)
    document = f"{'draft ' if asked.is_draft else ''}{asked.document}"
    paid = " Its payment, which was recorded from here, is deleted before." if asked.is_paid else ""
    if asked.ending is Ending.REMOVED:
        return (
            f":warning: *The {document} has to be removed by hand* in the software that its file was imported into. Nothing is "
            "done there from here."
        )
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
