"""The lines of an item, a few to a page, over the item's own form; read back where they are drawn.

Slack keeps what was typed in a field as long as it has its name, so the names carry the draft's revision: what is drawn
after a page was kept is what was kept, wherever a line stands by then.
"""

from dataclasses import dataclass, field
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.domain.coding import NO_CODES, Codes
from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.forms import ItemPage
from bot.domain.lines import Balance, TypedLine, amount_of, balance_of
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_codes import own_fields, read_codes
from bot.views.metadata import FormRef
from bot.views.parts import section
from bot.views.reading import Reader, plain_number, shown
from bot.views.text import amount, escape, mrkdwn, plain

A_PAGE, WITH_CUSTOMERS = 8, 7
"""Eleven blocks for each: of a hundred that Slack takes, these are 88. Where there are products to choose, that field has the
place of the line above. Whom a line is for takes two more, so that there are seven of 13.
"""
LAST_PAGE = 10**6
LONGEST_NUMBER = 30
"""Longer than any that a document is read with: what is shown cut off could not be sent back."""
LONGEST_DESCRIPTION = 3000
"""As much as Slack's field takes; what is longer is kept as it is unless somebody writes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesTyped:
    """A page as it was sent: its lines by their place, and what is wrong, by field."""

    lines: dict[int, TypedLine]
    wrong: dict[str, str] = field(default_factory=dict)


def form(page: ItemPage, version: int, number: int = 0, *, notice: str | None = None) -> View:
    """One page of the lines, the first of which is 0; a number beyond the last is the last. `version` is the item's, when
    its form was opened.
    """
    assert page.item is not None
    lines, size = page.edit.facts.lines, _size(page)
    number = min(number, (len(lines) - 1) // size)
    places = range(number * size, min(len(lines), (number + 1) * size))
    ref = FormRef(
        page.organisation_id,
        version,
        page.item.id,
        page.form_id,
        number,
        page.revision,
        is_of_sale=page.edit.kind is ItemKind.SALE,
    )
    balance = balance_of(page.edit.facts)
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        section(balance_words(balance, page.edit.facts.currency)),
        *([] if notice is None else [section(f":warning: {escape(notice, 600)}")]),
        ActionsBlock(elements=_tools(balance.lines)),
    ]
    for place in places:
        blocks += _line(page, place)
    blocks += _turns(number, len(lines), size)
    return View(
        type="modal",
        callback_id=CallbackId.LINES,
        title=PlainTextObject(text=f"Lines of {page.item.reference}"[:24]),
        submit=PlainTextObject(text="Done"),
        close=PlainTextObject(text="Back"),
        private_metadata=ref.encode(),
        blocks=blocks,
    )


def balance_words(balance: Balance, currency: str | None) -> str:
    """By how much the lines differ from what the document says."""
    counted = "*1 line* adds up to" if balance.lines == 1 else f"*{balance.lines} lines* add up to"
    made = (
        f"{counted} {amount(balance.net, None)} + {amount(balance.tax, None)} tax = {amount(balance.gross, currency)}"
    )
    if balance.agrees:
        return f":white_check_mark: {made}, as on the bill."
    said_net, said_tax = balance.net + balance.missing_net, balance.tax + balance.missing_tax
    said = f"{amount(said_net, None)} + {amount(said_tax, None)} tax = {amount(said_net + said_tax, currency)}"
    return f":warning: {made}. The bill says {said}: {difference_words(balance, currency)}."


def difference_words(balance: Balance, currency: str | None) -> str:
    if balance.missing:
        verb = "short" if balance.missing > 0 else "too high"
        return f"the lines are {amount(abs(balance.missing), currency)} {verb}"
    return f"the tax differs by {amount(abs(balance.missing_tax), currency)}"


def _tools(lines: int) -> list[ButtonElement]:
    """Taking the total is offered always: whether it differs is known only once the page is sent."""
    tools = [
        ButtonElement(action_id=ActionId.ADD_LINE, text="Add a line", value="add"),
        ButtonElement(action_id=ActionId.WORK_OUT_LINES, text="Recalculate", value="work out"),
        ButtonElement(action_id=ActionId.TAKE_TOTALS, text="Use the total of the lines", value="take"),
        ButtonElement(action_id=ActionId.ASK_TO_CODE_LINES, text="Change all lines", value="code"),
    ]
    if lines > 1:
        label = "One line per category and tax rate"
        tools.append(ButtonElement(action_id=ActionId.MERGE_LINES, text=label, value="merge"))
    return tools


def _line(page: ItemPage, place: int) -> list[Block]:
    facts, own = page.edit.facts, page.edit.own_codes(place)
    line, amounts, anew = facts.lines[place], facts.line_amounts, suffix(page.revision, place)
    remove = ButtonElement(action_id=ActionId.REMOVE_LINE, text="Remove", value=str(place))
    head = SectionBlock(text=mrkdwn(f"*Line {place + 1}*"), accessory=remove if len(facts.lines) > 1 else None)
    label, has_tax = AMOUNT_LABELS[amounts], amounts is not LineAmounts.NO_TAX
    text, by_rate = fields.text_field, BY_RATE if page.has_tax_rates else None
    description = line.description[:LONGEST_DESCRIPTION]
    return [
        *([] if page.has_products else [DividerBlock()]),
        head,
        text(BlockId.LINE_DESCRIPTION + anew, "Description", description, longest=LONGEST_DESCRIPTION, optional=True),
        text(
            BlockId.LINE_QUANTITY + anew, "Quantity", plain_number(line.quantity), longest=LONGEST_NUMBER, optional=True
        ),
        text(BlockId.LINE_PRICE + anew, "Unit price", shown(line.unit_price), longest=LONGEST_NUMBER, optional=True),
        text(
            BlockId.LINE_AMOUNT + anew,
            label,
            shown(amount_of(line, amounts)),
            longest=LONGEST_NUMBER,
            hint=COUNTED,
            optional=True,
        ),
        *(
            [text(BlockId.LINE_TAX + anew, "Tax", shown(line.tax), longest=LONGEST_NUMBER, hint=by_rate, optional=True)]
            if has_tax
            else []
        ),
        *own_fields(page, own, anew, has_tax=has_tax),
    ]


AMOUNT_LABELS = {
    LineAmounts.EXCLUSIVE: "Net amount",
    LineAmounts.INCLUSIVE: "Amount including tax",
    LineAmounts.NO_TAX: "Amount",
}
COUNTED = "Leave empty to use quantity × unit price."
BY_RATE = "Leave empty to use the tax rate."


def suffix(revision: int, place: int) -> str:
    return f":{revision}:{place}"


def _size(page: ItemPage) -> int:
    """How many lines stand on each page."""
    return WITH_CUSTOMERS if page.names_customers else A_PAGE


def _turns(number: int, lines: int, size: int) -> list[Block]:
    """Where the other pages are."""
    pages = (lines + size - 1) // size
    turns = []
    if number > 0:
        label = f"‹ Lines {(number - 1) * size + 1} to {number * size}"
        turns.append(ButtonElement(action_id=ActionId.PREVIOUS_LINES, text=label, value=str(number - 1)))
    if number < pages - 1:
        first, last = (number + 1) * size + 1, min(lines, (number + 2) * size)
        label = f"Lines {first} to {last} ›" if last > first else f"Line {first} ›"
        turns.append(ButtonElement(action_id=ActionId.NEXT_LINES, text=label, value=str(number + 1)))
    return [ActionsBlock(elements=turns)] if turns else []


def read(state: dict[str, Any], page: ItemPage, ref: FormRef) -> LinesTyped:
    """A page as it was sent, over the draft that it was drawn from."""
    reader, facts = Reader(Fields(state)), page.edit.facts
    lines = {
        place: _read_line(reader, page, place, suffix(ref.revision, place))
        for place in range(len(facts.lines))
        if reader.fields.has(BlockId.LINE_AMOUNT + suffix(ref.revision, place))
    }
    return LinesTyped(lines=lines, wrong=reader.wrong)


def _read_line(reader: Reader, page: ItemPage, place: int, anew: str) -> TypedLine:
    line, amounts, found = page.edit.facts.lines[place], page.edit.facts.line_amounts, reader.fields
    description = found.text(BlockId.LINE_DESCRIPTION + anew) or ""
    quantity_block = BlockId.LINE_QUANTITY + anew
    quantity = reader.number(quantity_block, line.quantity)
    is_right = quantity is None or quantity >= 0
    reader.check(
        quantity_block,
        is_right=is_right,
        otherwise="A quantity cannot be negative. For a deduction, make the unit price or the amount negative.",
    )
    is_cut = description == line.description[:LONGEST_DESCRIPTION].strip()
    return TypedLine(
        description=line.description if is_cut else description,
        quantity=quantity,
        unit_price=reader.number(BlockId.LINE_PRICE + anew, line.unit_price),
        amount=reader.amount(BlockId.LINE_AMOUNT + anew, amount_of(line, amounts)),
        tax=reader.amount(BlockId.LINE_TAX + anew, line.tax),
        codes=read_codes(found, page.tracking_of_lines, page.edit.own_codes(place), anew),
    )


def wrong_words(typed: LinesTyped) -> str:
    """What is wrong on a page that somebody wants to leave, for above it: the first line that is."""
    block, sentence = next(iter(typed.wrong.items()))
    return f"Line {int(block.rpartition(':')[2]) + 1}: {sentence}"


def differ(balance: Balance, page: ItemPage, ref: FormRef) -> dict[str, str]:
    """Why the lines are not done, at the last line of the page."""
    last = min(balance.lines, (ref.page + 1) * _size(page)) - 1
    told = difference_words(balance, page.edit.facts.currency)
    words = f"{told[0].upper()}{told[1:]}. Change a line, or press Use the total of the lines."
    return {BlockId.LINE_AMOUNT + suffix(ref.revision, last): words}


def alike_form(page: ItemPage, ref: FormRef) -> View:
    """What all lines are to have. It stands in the place of the lines' form, which `ref` is of."""
    back = ButtonElement(action_id=ActionId.PREVIOUS_LINES, text="‹ Back to the lines", value=str(ref.page))
    has_tax = page.edit.facts.line_amounts is not LineAmounts.NO_TAX
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        section(
            f"What you choose here goes on all {len(page.edit.facts.lines)} lines. What you leave empty stays as it is on each of them."
        ),
        *own_fields(page, NO_CODES, "", has_tax=has_tax, empty="Leave as it is"),
        ActionsBlock(elements=[back]),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.CODE_LINES,
        title=PlainTextObject(text="Change all lines"),
        submit=PlainTextObject(text="Change them"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=ref.encode(),
        blocks=blocks,
    )


def read_alike(state: dict[str, Any], page: ItemPage) -> Codes:
    return read_codes(Fields(state), page.tracking_of_lines, NO_CODES)
