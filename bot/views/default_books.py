"""The form of the default books, read back where it is drawn."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.ids import OrganisationId
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.kind_settings import change, what_changed
from bot.views.metadata import DefaultBooksRef, organisation_of
from bot.views.parts import section
from bot.views.text import escape, plain

Names = Mapping[OrganisationId, str]

LABELS = {
    BlockId.ITEMS_BOOKS: "Bills, receipts and sales",
    BlockId.CLAIMS_BOOKS: "Expense claims",
}
STALE = "Somebody else chose other default books while your form was open. This is how they are now; change what you meant to."
ASKED = "Ask each time"
ABOUT = (
    "*Default books*\nWhat is sent to Dext directly, or from a channel that belongs to no organisation, goes to these books. Whoever "
    "sent it is told, and *Move* on its card takes it elsewhere. In the channel of an organisation it goes to that one."
)


def button() -> ButtonElement:
    return ButtonElement(action_id=ActionId.OPEN_DEFAULT_BOOKS, text="Default books", value="default")


def form(names: Names, chosen: Mapping[BlockId, OrganisationId | None]) -> View:
    ref = DefaultBooksRef(items=chosen[BlockId.ITEMS_BOOKS], claims=chosen[BlockId.CLAIMS_BOOKS])
    options = [fields.an_option(str(organisation_id), name) for organisation_id, name in names.items()]
    blocks: list[Block] = [section(ABOUT)]
    for block, label in LABELS.items():
        initial = chosen[block]
        text = None if initial is None else str(initial)
        blocks.append(fields.few_field(block, label, options, text, ASKED))
    return View(
        type="modal",
        callback_id=CallbackId.DEFAULT_BOOKS,
        title=PlainTextObject(text="Default books"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=blocks,
    )


def changed_meanwhile(names: Names, chosen: Mapping[BlockId, OrganisationId | None]) -> View:
    """The form as it stands now, with nothing left in it of what was entered."""
    view = form(names, chosen)
    view.blocks = [section(f":warning: {STALE}"), *(view.blocks or ())]
    return fields.redrawn(view, DefaultBooksRef.decode(view.private_metadata or ""))


def read(state: dict[str, Any], ref: DefaultBooksRef) -> dict[BlockId, OrganisationId | None]:
    """Raises:
    NotOursError: an option that was never offered.
    """
    found = Fields(fields.entered(state, ref))
    return {block: None if (option := found.option(block)) is None else organisation_of(option) for block in LABELS}


def saved(
    names: Names, before: Mapping[BlockId, OrganisationId | None], now: Mapping[BlockId, OrganisationId | None]
) -> View:
    def name(organisation_id: OrganisationId | None) -> str:
        return ASKED.lower() if organisation_id is None else escape(names.get(organisation_id, "other books"), 100)

    changes = [each for block, label in LABELS.items() for each in change(label, name(before[block]), name(now[block]))]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[section(f":white_check_mark: It is saved.\n{what_changed(changes)}")],
    )


def told(name: str) -> str:
    """To whoever sent something in that a default took somewhere."""
    return f" It is for *{escape(plain(name, 100), 100)}*, the default books: *Move* on its card takes it to others."
