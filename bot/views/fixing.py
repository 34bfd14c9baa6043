"""The small forms behind an alert's buttons: another contact, another product, another number."""

from slack_sdk.models.blocks import Block, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.documents import ItemKind
from bot.domain.forms import ItemPage
from bot.domain.items import Item
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_form import LONGEST_NUMBER
from bot.views.item_parties import label_of
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.text import amount, escape

BLOCKS = {"contact": BlockId.CONTACT, "product": BlockId.PRODUCT}
"""Where the sentence about a field that searches stands in the form."""


def contact_form(page: ItemPage) -> View:
    """Another supplier, or customer, for a refused item."""
    item = _item(page)
    who = label_of(item.kind).lower()
    return _form(
        page,
        CallbackId.CHOOSE_CONTACT,
        f"Another {who}",
        fields.contact_field(BlockId.CONTACT, who.capitalize(), None, optional=False),
        now=item.counterparty.name or "none",
        what_follows="Another payee is approved again, and then sent.",
    )


def supplier_form(page: ItemPage) -> View:
    """One of the ledger's suppliers, for an item whose own is not there."""
    return _form(
        page,
        CallbackId.CHOOSE_SUPPLIER,
        "An existing supplier",
        fields.contact_field(BlockId.CONTACT, "Supplier", None, optional=False),
        now=_item(page).counterparty.name or "none",
        what_follows="Who approves it sees this one.",
    )


def product_form(page: ItemPage, refused: str) -> View:
    """Another product on the lines of a refused item, or none."""
    return _form(
        page,
        CallbackId.CHOOSE_PRODUCT,
        "Another product",
        fields.product_field(BlockId.PRODUCT, "Product", None, placeholder="No product"),
        now=refused,
        what_follows="It goes on every line that names this one. The approval is kept, and the bill is sent again at once.",
    )


def number_form(page: ItemPage) -> View:
    """Another number for a refused item."""
    now = _item(page).facts.number
    return _form(
        page,
        CallbackId.CHANGE_NUMBER,
        "Another number",
        fields.text_field(BlockId.NUMBER, "Number", now, longest=LONGEST_NUMBER),
        now=now or "none",
        what_follows="With another number it is approved again, and then sent.",
    )


def read_contact(found: Fields) -> str | None:
    return found.option(BlockId.CONTACT, ActionId.FIND_CONTACT)


def read_product(found: Fields) -> str | None:
    return found.product(BlockId.PRODUCT)


def read_number(found: Fields) -> str | None:
    return found.text(BlockId.NUMBER)


def _item(page: ItemPage) -> Item:
    assert page.item is not None
    return page.item


def _form(page: ItemPage, callback: CallbackId, title: str, field: Block, *, now: str, what_follows: str) -> View:
    item = _item(page)
    return View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(
            page.organisation_id, item.version, item.id, is_of_sale=item.kind is ItemKind.SALE
        ).encode(),
        blocks=[
            section(f"*{escape(page.organisation)}* · {_what(item)}\nNow: {escape(now, 100)}"),
            field,
            context(what_follows),
        ],
    )


def _what(item: Item) -> str:
    who = escape(item.counterparty.name or "unknown", 60)
    return f"{who}, {amount(item.facts.gross, item.facts.currency)} ({item.reference})"
