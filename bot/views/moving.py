"""Moving an item to other books: which ones, and what became of it."""

from typing import Any

from slack_sdk.models.blocks import PlainTextObject, StaticSelectElement
from slack_sdk.models.views import View

from bot.domain.cards import ItemCard
from bot.domain.ids import OrganisationId
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.items import headline, modal
from bot.views.metadata import FormRef, organisation_of
from bot.views.parts import section
from bot.views.text import escape

NOWHERE = (
    "There are no other books here that you may move it to: that takes a role as bookkeeper or admin in both. Ask an admin "
    "of the other books to give you one."
)
WHAT_HAPPENS = "It comes in there with its file, and gets a reference and coding of theirs. Here it is archived, and says where it went."
CHOOSE = "Choose the books that it belongs to."


def move_form(card: ItemCard, names: tuple[tuple[OrganisationId, str], ...]) -> View:
    options = [fields.an_option(str(organisation_id), name) for organisation_id, name in names]
    item = card.item
    return View(
        type="modal",
        callback_id=CallbackId.MOVE_ITEM,
        title=PlainTextObject(text="Move"),
        submit=PlainTextObject(text="Move"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=[
            section(f"*{escape(card.organisation)}* · {item.reference}\n{headline(item)}\n{WHAT_HAPPENS}"),
            fields.field(
                BlockId.ORGANISATION,
                "To the books of",
                StaticSelectElement(action_id=ActionId.VALUE, options=options),
            ),
        ],
    )


def read_where(state: dict[str, Any]) -> OrganisationId | None:
    chosen = Fields(state).option(BlockId.ORGANISATION)
    return None if chosen is None else organisation_of(chosen)


def moved(card: ItemCard) -> View:
    item = card.item
    return modal(
        "Moved",
        [
            section(
                f"*{escape(card.organisation)}*\n:white_check_mark: It is *{item.reference}* there, {item.state.words}."
            )
        ],
    )
