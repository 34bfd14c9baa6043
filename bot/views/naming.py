"""The form in which an admin names an organisation whose software is not called."""

import re
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, HeaderBlock, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.connecting import NamedBooks, NamingPage
from bot.domain.texts import cleaned
from bot.views.fields import Fields, radio_field, text_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import NamingRef
from bot.views.parts import section
from bot.views.text import escape, plain

LONGEST_NAME = 100
NO_NAME = "Say what the organisation is called."
NO_CURRENCY = "Write three letters, such as GBP."
NO_COUNTRY = "Write two letters, such as GB, or leave it empty."


class NotTypedError(Exception):
    """Sentences by block id."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__("; ".join(fields.values()))


def form(page: NamingPage, *, channel: str) -> View:
    before, package = page.before, page.package
    options = [Option(value=key, text=PlainTextObject(text=plain(name, 75))) for key, name in package.layouts]
    layout = before.layout if before is not None and before.layout else package.layouts[0][0]
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(package.steps, start=1))
    blocks: list[Block] = [
        section(f"*{escape(package.name)}*\n{steps}"),
        text_field(BlockId.BOOKS_NAME, "Organisation", None if before is None else before.name, longest=LONGEST_NAME),
        radio_field(BlockId.LAYOUT, "Its software", options, layout),
        text_field(
            BlockId.BOOKS_CURRENCY,
            "Currency of its books",
            None if before is None else before.currency,
            longest=3,
            placeholder="GBP",
        ),
        text_field(
            BlockId.COUNTRY,
            "Country",
            None if before is None else before.country,
            longest=2,
            placeholder="GB",
            hint="Two letters. They decide how dates are written in its files.",
            optional=True,
        ),
    ]
    if before is not None:
        blocks.insert(0, HeaderBlock(text=plain(before.name, 150)))
    return View(
        type="modal",
        callback_id=CallbackId.NAME_BOOKS,
        title=PlainTextObject(text="Connect software" if before is None else "Reconnect"),
        submit=PlainTextObject(text="Connect" if before is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=NamingRef(package.key, channel, page.organisation_id).encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], page: NamingPage) -> NamedBooks:
    """Raises:
    NotTypedError: what is wrong, by field.
    """
    fields = Fields(state)
    name = cleaned(fields.text(BlockId.BOOKS_NAME) or "", LONGEST_NAME)
    layout, country = fields.option(BlockId.LAYOUT), (fields.text(BlockId.COUNTRY) or "").upper()
    currency = (fields.text(BlockId.BOOKS_CURRENCY) or "").upper()
    wrong = {}
    if name is None:
        wrong[str(BlockId.BOOKS_NAME)] = NO_NAME
    if not re.fullmatch(r"[A-Z]{3}", currency, re.ASCII):
        wrong[str(BlockId.BOOKS_CURRENCY)] = NO_CURRENCY
    if not re.fullmatch(r"([A-Z]{2})?", country, re.ASCII):
        wrong[str(BlockId.COUNTRY)] = NO_COUNTRY
    known = {key for key, _ in page.package.layouts}
    if wrong or name is None or layout not in known:
        raise NotTypedError(wrong or {str(BlockId.LAYOUT): "Choose the software that the files are for."})
    return NamedBooks(name=name, layout=str(layout), currency=currency, country=country or None)


def named(name: str, organisation_id: object) -> View:
    """What comes next."""
    value = str(organisation_id)
    set_up = ButtonElement(action_id=ActionId.OPEN_SETTINGS, text="Set up", value=value, style="primary")
    manage = ButtonElement(action_id=ActionId.OPEN_MANAGE, text="Manage", value=value)
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Connected"),
        close=PlainTextObject(text="Close"),
        blocks=[
            HeaderBlock(text=plain(name, 150)),
            section(
                ":white_check_mark: *Connected.* Under *Manage* type or paste its categories, tax rates and suppliers; then set "
                "it up. What is approved waits to be downloaded."
            ),
            ActionsBlock(elements=[set_up, manage]),
        ],
    )
