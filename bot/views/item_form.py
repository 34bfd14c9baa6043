"""The form of an item: a new one, or one to be edited; read back where it is drawn.

Net is total less tax, so it is not asked for: two amounts cannot disagree. What comes back as it was shown leaves the
facts as they were, so that choosing another category never changes what was approved.
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
from bot.views.text import amount, day, decimals_of, escape, plain

BLOCKS = {"account": BlockId.ACCOUNT, "tax_rate": BlockId.TAX_RATE}
"""Where the sentence about a field that searches stands in the form."""

AMOUNT = "Such as 1234.50."
LONGEST_SUPPLIER, LONGEST_NUMBER, LONGEST_NOTE = 500, 200, 2000
"""As much as a document is read with, so that the form cuts nothing off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form without mistakes."""

    facts: Facts
    account: str | None
    tax_rate: str | None


def form(page: ItemPage, *, typed: Typed | None = None) -> View:
    """The form of the item as it is; with `typed`, what somebody had typed while the item changed under them."""
    item = page.item
    facts = page.facts if typed is None else typed.facts
    about = FormRef(page.organisation_id) if item is None else FormRef(page.organisation_id, item.version, item.id)
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if typed is not None:
        blocks.append(section(_changed(typed.facts, page.facts)))
    blocks += [*_fact_fields(facts, page.currency), *_coding_fields(page)]
    if facts.lines:
        blocks.append(context(_about_lines(facts)))
    return View(
        type="modal",
        callback_id=CallbackId.ADD_ITEM if item is None else CallbackId.EDIT_ITEM,
        title=PlainTextObject(text="Add a bill" if item is None else f"Edit {item.reference}"),
        submit=PlainTextObject(text="Add" if item is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=about.encode(),
        blocks=blocks,
    )


def _fact_fields(facts: Facts, currency: str) -> list[Block]:
    supplier, no_tax = "As in the ledger", "Empty: no tax is in the total, whatever the tax rate says."
    return [
        fields.text_field(
            BlockId.SUPPLIER, "Supplier", facts.supplier.name, longest=LONGEST_SUPPLIER, placeholder=supplier
        ),
        fields.text_field(BlockId.NUMBER, "Invoice number", facts.number, longest=LONGEST_NUMBER),
        fields.day_field(BlockId.ISSUED_ON, "Date", facts.issued_on),
        fields.day_field(BlockId.DUE_ON, "Due date", facts.due_on, optional=True),
        fields.text_field(BlockId.CURRENCY, "Currency", facts.currency or currency, longest=3),
        fields.text_field(BlockId.GROSS, "Total, with tax", _shown(facts.gross), longest=20, hint=AMOUNT),
        fields.text_field(BlockId.TAX, "Tax in it", _shown(facts.tax), longest=20, hint=no_tax, optional=True),
        fields.text_field(
            BlockId.DESCRIPTION, "Description", facts.note, longest=LONGEST_NOTE, is_long=True, optional=True
        ),
    ]


NOT_COUNTED = " It works nothing out: the amount of tax is what stands in Tax in it."


def _coding_fields(page: ItemPage) -> list[Block]:
    account, rate = _empty(page, page.default_account), _empty(page, page.default_tax_rate, NOT_COUNTED)
    return [
        fields.account_field(BlockId.ACCOUNT, "Category", page.account, hint=account, optional=True),
        fields.tax_rate_field(BlockId.TAX_RATE, "Tax rate", page.tax_rate, hint=rate, optional=True),
    ]


def read(state: dict[str, Any], before: Facts) -> Typed | dict[str, str]:
    """The form as it was sent, over the facts that it was drawn from; or a sentence for each field that is wrong."""
    reader = _Reader(Fields(state))
    gross, tax = reader.amount(BlockId.GROSS, before.gross), reader.amount(BlockId.TAX, before.tax)
    issued_on, due_on = reader.fields.day(BlockId.ISSUED_ON), reader.fields.day(BlockId.DUE_ON)
    currency = (reader.fields.text(BlockId.CURRENCY) or "").upper()
    reader.check(BlockId.CURRENCY, is_right=_is_currency(currency), otherwise="Three letters, such as GBP or EUR.")
    reader.check(BlockId.GROSS, is_right=gross is not None and gross > 0, otherwise=POSITIVE)
    reader.check(BlockId.TAX, is_right=_fits(tax, gross), otherwise="Tax lies between nothing and the total.")
    reader.check(BlockId.DUE_ON, is_right=_follows(due_on, issued_on), otherwise="It cannot be due before its date.")
    if reader.wrong or gross is None:
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
    return Typed(
        facts=_with_amounts(facts, gross, tax),
        account=reader.fields.account(BlockId.ACCOUNT),
        tax_rate=reader.fields.tax_rate(BlockId.TAX_RATE),
    )


POSITIVE = "A bill's total is more than nothing; a credit note cannot be entered yet."


def _with_amounts(facts: Facts, gross: Decimal, tax: Decimal | None) -> Facts:
    """New amounts count alone: what they replace, lines too, would contradict them."""
    if (gross, tax) == (facts.gross, facts.tax) and facts.is_bookable:
        return facts
    tax = Decimal("0.00") if tax is None else tax
    return replace(facts, net=gross - tax, tax=tax, gross=gross, lines=(), tax_breakdown=(), payable=None)


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Fields
    wrong: dict[str, str] = field(default_factory=dict)

    def amount(self, block: BlockId, before: Decimal | None) -> Decimal | None:
        typed = self.fields.text(block)
        if typed == _shown(before):
            return before
        try:
            return None if typed is None else parse_amount(typed)
        except ValueError as error:
            self.wrong[block] = str(error)
            return None

    def check(self, block: BlockId, *, is_right: bool, otherwise: str) -> None:
        if not is_right:
            self.wrong.setdefault(block, otherwise)


def added(card: ItemCard) -> View:
    """What became of a new item, and where it is."""
    item = card.item
    where = "your messages with me" if card.channel is None else f"<#{card.channel}>"
    lines = [
        f"*{escape(card.organisation)}*",
        f":white_check_mark: {escape(item.facts.supplier.name or '')} was added as *{item.reference}*: {item.state.words}.",
        f"Its card is in {where}.",
        *(f"• {escape(sentence, 300)}" for sentence in (*item.complaints, *card.warnings)),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Added"),
        close=PlainTextObject(text="Close"),
        clear_on_close=True,
        blocks=[section("\n".join(lines))],
    )


def _changed(typed: Facts, now: Facts) -> str:
    """Nothing that was typed is lost, and nothing that somebody else changed is overwritten unseen."""
    pairs = (
        ("supplier", typed.supplier.name, now.supplier.name),
        ("number", typed.number, now.number),
        ("date", day(typed.issued_on), day(now.issued_on)),
        ("due date", day(typed.due_on), day(now.due_on)),
        ("total", amount(typed.gross, typed.currency), amount(now.gross, now.currency)),
        ("tax", amount(typed.tax, typed.currency), amount(now.tax, now.currency)),
        ("description", typed.note, now.note),
    )
    others = [f"• {name}: {escape(there or 'none', 120)}" for name, mine, there in pairs if mine != there]
    head = (
        ":warning: It changed while your form was open. What you wrote is as you left it, category and tax rate are as "
        "they are now. Look again, then save."
    )
    return "\n".join([head, *(["Where the bill is different from what you wrote:", *others] if others else [])])


def _about_lines(facts: Facts) -> str:
    if not facts.is_bookable:
        return (
            "Its figures do not add up, or are finer than a cent. When you save, the total and the tax above count, and "
            "it has one line."
        )
    return f"Its {len(facts.lines)} lines stay as they are, unless total or tax change: then it has one line."


def _empty(page: ItemPage, default: str | None, more: str = "") -> str | None:
    """What leaving the field empty means. A person who empties it in an edit has chosen to have none."""
    if page.item is not None:
        return None
    if default is None:
        return "The organisation has no default for it: without one, the bill waits for a bookkeeper."
    return f"Empty: {plain(default, 100)}, the organisation's default.{more}"


def _shown(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.{decimals_of(value)}f}"


def _is_currency(text: str) -> bool:
    return len(text) == 3 and text.isascii() and text.isalpha()


def _fits(tax: Decimal | None, gross: Decimal | None) -> bool:
    """A total that is wrong itself gets its own sentence."""
    return tax is None or (tax >= 0 and (gross is None or gross <= 0 or tax <= gross))


def _follows(due_on: date | None, issued_on: date | None) -> bool:
    return due_on is None or issued_on is None or due_on >= issued_on
