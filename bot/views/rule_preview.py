"""What saving a rule would change of what waits."""

from collections.abc import Mapping
from datetime import date

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.coding import Billable
from bot.domain.rule_forms import FieldChange, ItemChange, RuleNames, RulePage, RulePreview, Shown
from bot.domain.rules import AutoPublish
from bot.domain.texts import dated
from bot.views.ids import CallbackId
from bot.views.item_lines import parts
from bot.views.kind_settings import DESTINATION_NAMES, STATUS_NAMES
from bot.views.parts import context, section
from bot.views.rules import OF_NAMES, label_of
from bot.views.text import escape, plain

LONGEST = 60
FIELD_NAMES = {
    "account": "Category",
    "tax_rate": "Tax rate",
    "payment_method": "Payment method",
    "product": "Product or service",
    "customer": "Customer or project",
    "billable": "Billable",
    "publish_to": "Publish to",
    "publish_as": "Publish as",
    "tracking": "Tracking",
    "due": "Due date",
    "description": "Description",
    "currency": "Currency",
    "split": "Lines",
    "auto_publish": "Publish by itself",
}
FIXED: Mapping[str, Mapping[str, str]] = {
    "billable": {Billable.YES: "yes", Billable.NO: "no"},
    "publish_to": {place: name for place, (name, _) in DESTINATION_NAMES.items()},
    "publish_as": {status: name for status, (name, _) in STATUS_NAMES.items()},
    "auto_publish": {AutoPublish.ALWAYS: "always", AutoPublish.NEVER: "never"},
}
"""Words of what is one of a few."""


def preview(found: RulePage, would: RulePreview) -> View:
    """What saving it for what waits would do; nothing is saved yet."""
    more = "" if would.is_all else " More wait than were looked at."
    headline = f"*{would.changing} of {would.matching} waiting items would change.*{more}"
    lines = [_line(change, would.names) for change in would.changes]
    rest = would.changing - len(would.changes)
    if rest > 0:
        lines.append(f"… and {rest} more")
    whose = f"*{OF_NAMES[found.form.target.of]}: {label_of(found.form.target)}*"
    blocks: list[Block] = [
        HeaderBlock(text=plain(found.organisation, 150)),
        *(section(part) for part in parts([whose, headline, *lines])),
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


def _line(change: ItemChange, names: RuleNames) -> str:
    return f"• {escape(change.reference)}: {'; '.join(_field(each, names) for each in change.fields)}"


def _field(change: FieldChange, names: RuleNames) -> str:
    was, would = (_value(change.field, value, names) for value in (change.was, change.would))
    return f"{FIELD_NAMES[change.field]}: {was} → {would}"


def _value(field: str, value: Shown, names: RuleNames) -> str:
    match value:
        case None | () | "":
            return "none"
        case date():
            return dated(value)
        case int():
            return "not split" if value < 2 else f"{value} lines"
        case tuple():
            return ", ".join(escape(names.options.get(track.option, track.option), LONGEST) for track in value)
        case str():
            return escape(_names(field, names).get(value, value), LONGEST)


def _names(field: str, names: RuleNames) -> Mapping[str, str]:
    of_lists = {
        "account": names.accounts,
        "tax_rate": names.tax_rates,
        "product": names.products,
        "customer": names.customers,
        "payment_method": names.methods,
    }
    return of_lists.get(field) or FIXED.get(field, {})
