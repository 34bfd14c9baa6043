"""General settings: the form, read back where it is drawn, and what is said once it is saved."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.general import GeneralForm, GeneralPage, GeneralSettings
from bot.views import closing, kind_settings, required, suppliers, time_and_channels
from bot.views.fields import Fields
from bot.views.ids import CallbackId
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.text import plain

BLOCKS = {**closing.BLOCKS}
"""Where the sentence about a field stands in the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A form as it was sent, and what is wrong with it, a sentence by field."""

    form: GeneralForm
    wrong: dict[str, str] = field(default_factory=dict)
    day_aside: date | None = None
    """A last closed day that stands in the form while another choice is made."""


def form(page: GeneralPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [*closing.closing_fields(page), DividerBlock(), *required.required_fields(page)]
    blocks += [DividerBlock(), *suppliers.supplier_fields(page)]
    blocks += [DividerBlock(), *time_and_channels.undo_fields(page)]
    blocks += [DividerBlock(), *time_and_channels.privacy_fields(page)]
    return View(
        type="modal",
        callback_id=CallbackId.GENERAL_SETTINGS,
        title=PlainTextObject(text="General"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], version: int) -> Reading:
    """Raises:
    NotOursError: an option that was never offered.
    """
    found = Fields(state)
    closed, wrong = closing.read_closing(found)
    general = GeneralSettings(
        closing=closed,
        required=required.read_required(found),
        asks_new_suppliers=suppliers.read_suppliers(found),
        undo_seconds=time_and_channels.read_undo(found),
        private_channels=time_and_channels.read_privacy(found),
    )
    form = GeneralForm(version=version, general=general)
    return Reading(form=form, wrong=wrong, day_aside=closing.day_aside(found))


def saved(page: GeneralPage) -> View:
    """What was changed."""
    words = [":white_check_mark: It is saved. What waits follows, and what is approved goes out as it was approved."]
    if page.before is not None:
        parts = (
            closing.closing_changed,
            required.required_changed,
            suppliers.suppliers_changed,
            time_and_channels.time_and_channels_changed,
        )
        changes = [each for part in parts for each in part(page.before, page)]
        words.append(kind_settings.what_changed(changes))
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(words))],
    )
