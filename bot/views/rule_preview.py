"""What saving a rule would change of what waits."""

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.rule_forms import RulePage, RulePreview
from bot.views.ids import CallbackId
from bot.views.parts import context, section
from bot.views.rules import OF_NAMES, label_of
from bot.views.text import escape, plain

FIELD_NAMES = {
    "account": "category",
    "tax_rate": "tax rate",
    "payment_method": "payment method",
    "product": "product or service",
    "customer": "customer or project",
    "billable": "billable or not",
    "publish_to": "where it is published to",
    "publish_as": "its status in the ledger",
    "tracking": "tracking",
    "due": "due date",
    "description": "description",
    "currency": "currency",
    "split": "lines",
}


def preview(found: RulePage, would: RulePreview) -> View:
    """What saving it for what waits would do; nothing is saved yet."""
    more = "" if would.is_all else " More wait than were looked at."
    headline = f"*{would.changing} of {would.matching} waiting items would change.*{more}"
    lines = [
        f"• {escape(change.reference)}: {', '.join(FIELD_NAMES.get(name, name) for name in change.fields)}"
        for change in would.changes
    ]
    rest = would.changing - len(would.changes)
    if rest > 0:
        lines.append(f"… and {rest} more")
    blocks: list[Block] = [
        HeaderBlock(text=plain(found.organisation, 150)),
        section("\n".join([f"*{OF_NAMES[found.form.target.of]}: {label_of(found.form.target)}*", headline, *lines])),
        *([] if would.unpaid is None else [section(f":warning: {escape(would.unpaid, 300)}")]),
        context("Nothing is saved yet. What is approved already stays as it was approved."),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="What would change"),
        close=PlainTextObject(text="Back"),
        blocks=blocks,
    )
