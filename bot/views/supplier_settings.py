"""How like a contact's name has to be before it is suggested: the form, read back where it is drawn, and what is said then."""

from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.likeness import Strictness
from bot.domain.settings import SuppliersPage
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import change, what_changed
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.reading import member
from bot.views.text import plain

LABEL = "Suggest a contact for a name that the ledger does not have"
NAMES = {
    Strictness.STRICT: f"Strictly: {Strictness.STRICT.least} % of its letters are the same",
    Strictness.USUAL: f"As usual: {Strictness.USUAL.least} %",
    Strictness.LOOSE: f"Loosely: {Strictness.LOOSE.least} %",
}
ABOUT = (
    "A contact with the same tax number, or the same name written otherwise, is always suggested; of two that are as near, "
    "neither is. A suggestion stands on the card, and whoever approves confirms it; *Edit* chooses another contact or a new name."
)
THEN = (
    "It counts for what comes in or is edited from now on. What is suggested on waiting items goes where it is not like enough "
    "any more."
)


def form(page: SuppliersPage, *, notice: str | None = None) -> View:
    options = [fields.an_option(each, name) for each, name in NAMES.items()]
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        *([] if notice is None else [section(f":warning: {notice}")]),
        fields.choice_field(BlockId.SUPPLIER_MATCH, LABEL, options, page.match),
        context(ABOUT),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.SUPPLIER_SETTINGS,
        title=PlainTextObject(text="Suppliers"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any]) -> Strictness:
    """The form as it was sent.

    Raises:
        NotOursError: an option that was never offered.
    """
    return member(Strictness, Fields(state).option(BlockId.SUPPLIER_MATCH) or "")


def saved(page: SuppliersPage) -> View:
    words = [":white_check_mark: It is saved."]
    if page.before is not None:
        words.append(what_changed(change(LABEL, NAMES[page.before], NAMES[page.match])))
    words.append(THEN)
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(words))],
    )
