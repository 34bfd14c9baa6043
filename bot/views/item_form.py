"""The form of an item: a new one, or one to be edited; read back where it is drawn.

Net is total less tax, so it is not asked for: two amounts cannot disagree.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.cards import ItemCard, ItemPage
from bot.domain.documents import Facts, Party
from bot.domain.money import parse_amount
from bot.views import fields
from bot.views.connections import context, section
from bot.views.fields import Fields
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef
from bot.views.text import escape, plain

BLOCKS = {"account": BlockId.ACCOUNT, "tax_rate": BlockId.TAX_RATE}
"""Where the sentence about a field that searches stands in the form."""

AMOUNT = "Such as 1234.50."


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form without mistakes."""

    facts: Facts
    account: str | None
    tax_rate: str | None


def form(page: ItemPage, *, notice: str | None = None) -> View:
    """`notice` is a sentence about why the form is here again."""
    item = page.item
    facts = page.facts
    about = FormRef(page.organisation_id) if item is None else FormRef(page.organisation_id, item.version, item.id)
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [
        fields.text_field(BlockId.SUPPLIER, "Supplier", facts.supplier.name, placeholder="As in the ledger"),
        fields.text_field(BlockId.NUMBER, "Invoice number", facts.number),
        fields.day_field(BlockId.ISSUED_ON, "Date", facts.issued_on),
        fields.day_field(BlockId.DUE_ON, "Due date", facts.due_on, optional=True),
        fields.text_field(BlockId.CURRENCY, "Currency", facts.currency or page.currency, longest=3),
        fields.text_field(BlockId.GROSS, "Total, with tax", _typed(facts.gross), longest=20, hint=AMOUNT),
        fields.text_field(
            BlockId.TAX, "Tax in it", _typed(facts.tax), longest=20, hint="Empty: no tax.", optional=True
        ),
        fields.text_field(BlockId.DESCRIPTION, "Description", facts.note, longest=1000, is_long=True, optional=True),
        fields.account_field(
            BlockId.ACCOUNT, "Category", page.account, hint=_empty(page, page.default_account), optional=True
        ),
        fields.tax_rate_field(
            BlockId.TAX_RATE, "Tax rate", page.tax_rate, hint=_empty(page, page.default_tax_rate), optional=True
        ),
    ]
    if facts.lines:
        blocks.append(
            context(f"Its {len(facts.lines)} lines stay as they are, unless total or tax change: then it has one line.")
        )
    return View(
        type="modal",
        callback_id=CallbackId.ADD_ITEM if item is None else CallbackId.EDIT_ITEM,
        title=PlainTextObject(text="Add a bill" if item is None else f"Edit {item.reference}"),
        submit=PlainTextObject(text="Add" if item is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=about.encode(),
        blocks=blocks,
    )


def read(state: dict[str, Any], before: Facts) -> Typed | dict[str, str]:
    """The form as it was sent, over the facts that it was drawn from; or a sentence for each field that is wrong."""
    reader = _Reader(Fields(state))
    gross = reader.amount(BlockId.GROSS)
    tax = reader.amount(BlockId.TAX) if reader.fields.text(BlockId.TAX) is not None else Decimal("0.00")
    issued_on, due_on = reader.fields.day(BlockId.ISSUED_ON), reader.fields.day(BlockId.DUE_ON)
    currency = (reader.fields.text(BlockId.CURRENCY) or "").upper()
    reader.check(BlockId.CURRENCY, is_right=_is_currency(currency), otherwise="Three letters, such as GBP or EUR.")
    reader.check(BlockId.GROSS, is_right=gross is None or gross > 0, otherwise=POSITIVE)
    reader.check(BlockId.TAX, is_right=_fits(tax, gross), otherwise="Tax lies between nothing and the total.")
    reader.check(BlockId.DUE_ON, is_right=_follows(due_on, issued_on), otherwise="It cannot be due before its date.")
    if reader.wrong or gross is None or tax is None:
        return reader.wrong
    supplier = reader.fields.text(BlockId.SUPPLIER)
    facts = replace(
        before,
        supplier=before.supplier if supplier == before.supplier.name else Party(name=supplier),
        number=reader.fields.text(BlockId.NUMBER),
        issued_on=issued_on,
        due_on=due_on,
        currency=currency,
        note=reader.fields.text(BlockId.DESCRIPTION),
    )
    if (gross, tax) != (before.gross, before.tax):
        facts = replace(facts, net=gross - tax, tax=tax, gross=gross, lines=(), tax_breakdown=(), payable=None)
    return Typed(
        facts=facts,
        account=reader.fields.account(BlockId.ACCOUNT),
        tax_rate=reader.fields.tax_rate(BlockId.TAX_RATE),
    )


POSITIVE = "A bill's total is more than nothing; a credit note cannot be entered yet."


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Fields
    wrong: dict[str, str] = field(default_factory=dict)

    def amount(self, block: BlockId) -> Decimal | None:
        try:
            return parse_amount(self.fields.text(block) or "")
        except ValueError as error:
            self.wrong[block] = str(error)
            return None

    def check(self, block: BlockId, *, is_right: bool, otherwise: str) -> None:
        if not is_right:
            self.wrong.setdefault(block, otherwise)


def added(card: ItemCard) -> View:
    """What became of a new item, and where it is."""
    item = card.item
    lines = [
        f"*{escape(card.organisation)}*",
        f":white_check_mark: {escape(item.facts.supplier.name or '')} was added as *{item.reference}*: {item.state.words}.",
        "Its card is in the approvals channel." if card.approvers else "Its card is in your messages with me.",
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Added"),
        close=PlainTextObject(text="Close"),
        blocks=[section("\n".join(lines))],
    )


STALE = "It changed while your form was open. This is how it is now; change what you meant to, and save again."


def _empty(page: ItemPage, default: str | None) -> str | None:
    """What leaving the field empty means. A person who empties it in an edit has chosen to have none."""
    if page.item is not None:
        return None
    if default is None:
        return "The organisation has no default for it: without one, the bill waits for a bookkeeper."
    return f"Empty: {plain(default, 100)}, the organisation's default."


def _typed(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()


def _fits(tax: Decimal | None, gross: Decimal | None) -> bool:
    return tax is None or gross is None or Decimal(0) <= tax <= gross


def _follows(due_on: date | None, issued_on: date | None) -> bool:
    return due_on is None or issued_on is None or due_on >= issued_on
