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
from bot.views.text import escape, plain

LABEL = "How alike do names have to be for a contact to be suggested?"
NAMES = {
    Strictness.STRICT: f"Strict (names {Strictness.STRICT.least} % alike)",
    Strictness.USUAL: f"Usual (names {Strictness.USUAL.least} % alike)",
    Strictness.LOOSE: f"Loose (names {Strictness.LOOSE.least} % alike)",
}
DOES = {
    Strictness.STRICT: "Only a slip of the pen. Fewer suggestions, and fewer wrong ones.",
    Strictness.USUAL: "A letter or two, or a short word, may be otherwise.",
    Strictness.LOOSE: "Longer differences too. More suggestions: look at each before you approve.",
}
ABOUT = (
    "When the name on a document is none of your contacts in {ledger}, I suggest the contact that it is most like. One with the same "
    "tax number, or with the same name in other capitals or word order, is always suggested; where two are equally near, none is. "
    "The suggestion stands on the card: approving confirms it, and *Edit* chooses another contact or a new name."
)
THEN = (
    "It counts for what comes in or is edited from now on. Suggestions on waiting items that are not alike enough any more are "
    "taken away."
)


def form(page: SuppliersPage, *, notice: str | None = None) -> View:
    options = [fields.an_option(each, name, DOES[each]) for each, name in NAMES.items()]
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        *([] if notice is None else [section(f":warning: {notice}")]),
        fields.radio_field(BlockId.SUPPLIER_MATCH, LABEL, options, page.match),
        context(ABOUT.format(ledger=escape(page.ledger))),
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
