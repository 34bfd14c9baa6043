"""Publishing without anybody's approval: the form, read back where it is drawn, and what is said once it is saved."""

from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.auto_settings import IN_FILES, TYPES, AutoForm, AutoPage, AutoSettings
from bot.domain.documents import DocumentType
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.kind_settings import change, what_changed
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import context, section
from bot.views.text import escape, plain

BLOCKS = {"for_all": BlockId.AUTO_FOR_ALL}
"""Where the sentence about a field stands."""
BY_RULES, ALL = "rules", "all"
LABEL, EXCEPT_LABEL = "What is published by itself", "Never by itself, whatever a rule says"
NAMES = {
    BY_RULES: ("Only what a rule says", "Always or Never, of suppliers, customers, people, payment methods."),
    ALL: ("All costs and sales that come in from now on", "But what a rule says Never of, and the exceptions below."),
}
TYPE_NAMES = {
    DocumentType.RECEIPT: "Receipts",
    DocumentType.INVOICE: "Invoices",
    DocumentType.CREDIT_NOTE: "Credit notes",
}
ADVICE = (
    ":information_source: *Better per supplier, after its category rule.* Then only documents of suppliers that you know go by themselves, "
    "booked as their rule says: *Details* on a card, *Rule for this supplier*, *Publish by itself: Always*. A new supplier stays "
    "with the people who approve."
)
WHEN = (
    "By itself goes only what is complete, is coded by rules, defaults or people and not by a suggestion, has nothing to be "
    "looked at, and was changed by nobody. Everything else waits on its card, which says why. Expense reports never go by "
    "themselves. There is the same time for *Undo*, for bookkeepers and admins."
)
THEN = "What waits already stays with the people who approve."


def form(page: AutoPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [section(IN_FILES.format(ledger=escape(page.ledger)))] if page.is_downloaded else _fields(page)
    return View(
        type="modal",
        callback_id=CallbackId.AUTO_SETTINGS,
        title=PlainTextObject(text="Automatic publishing"),
        submit=None if page.is_downloaded else PlainTextObject(text="Save"),
        close=PlainTextObject(text="Close" if page.is_downloaded else "Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def _fields(page: AutoPage) -> list[Block]:
    options = [fields.an_option(value, *names) for value, names in NAMES.items()]
    types = [fields.an_option(each, TYPE_NAMES[each]) for each in TYPES]
    return [
        section(ADVICE),
        fields.radio_field(BlockId.AUTO_FOR_ALL, LABEL, options, _chosen(page.auto)),
        fields.boxes_field(BlockId.AUTO_EXCEPTIONS, EXCEPT_LABEL, types, page.auto.exceptions),
        context(WHEN),
    ]


def read(state: dict[str, Any], version: int) -> AutoForm:
    """Raises:
    NotOursError: an option that was never offered.
    """
    found = Fields(state)
    chosen, ticked = found.option(BlockId.AUTO_FOR_ALL), found.ticked(BlockId.AUTO_EXCEPTIONS)
    if chosen not in NAMES or not set(ticked) <= set(TYPES):
        raise NotOursError(f"{chosen} {ticked}"[:60])
    return AutoForm(
        version=version, is_for_all=chosen == ALL, exceptions=frozenset(DocumentType(each) for each in ticked)
    )


def saved(page: AutoPage) -> View:
    words = [":white_check_mark: It is saved."]
    if page.before is not None:
        changes = [
            *change(LABEL, NAMES[_chosen(page.before)][0], NAMES[_chosen(page.auto)][0]),
            *change(EXCEPT_LABEL, _types(page.before), _types(page.auto)),
        ]
        words.append(what_changed(changes))
    words.append(THEN)
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section("\n".join(words))],
    )


def _chosen(auto: AutoSettings) -> str:
    return ALL if auto.is_for_all else BY_RULES


def _types(auto: AutoSettings) -> str:
    return ", ".join(TYPE_NAMES[each].lower() for each in TYPES if each in auto.exceptions) or "no exceptions"
