"""The form of an item: a new one, or one to be edited; read back where it is drawn.

Net is total less tax, so it is not asked for: two amounts cannot disagree. What comes back as it was shown leaves the
item as it was, so that choosing another category never changes what was approved.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    ImageBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.views import View

from bot.domain.documents import DocumentType, FactField, Facts, ItemKind, LineAmounts
from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.domain.lines import balance_of, in_amounts, with_taxes
from bot.domain.required import RequiredField
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_changes import changes
from bot.views.item_codes import coding_fields, read_codes
from bot.views.item_currency import currency_fields, read_currency
from bot.views.item_parties import LONGEST_NAME, PARTIES, party_fields, read_party, shown_kind
from bot.views.item_publishing import publishing_fields, read_destination, read_method, read_status
from bot.views.item_words import ages, kind_words, lines_words, type_words
from bot.views.metadata import FormRef
from bot.views.parts import context, section
from bot.views.reading import Reader, member, shown
from bot.views.text import escape, mrkdwn, plain

BLOCKS = {
    "account": BlockId.ACCOUNT,
    "tax_rate": BlockId.TAX_RATE,
    "product": BlockId.PRODUCT,
    "contact": BlockId.CONTACT,
    "payment_method": BlockId.PAYMENT_METHOD,
    "lines": BlockId.GROSS,
}
"""Where the sentence about a field that searches stands in the form."""


def wrong_at(sentences: dict[str, str], state: dict[str, Any]) -> dict[str, str]:
    """What is not offered any more, by field, as sentences where the fields stand."""
    found = Fields(state)
    return {found.named(BLOCKS.get(field, field)): sentence for field, sentence in sentences.items()}


AMOUNT = "Such as 1234.50."
LONGEST_SUPPLIER, LONGEST_NUMBER, LONGEST_NOTE = LONGEST_NAME, 200, 2000
"""As much as a document is read with, so that the form cuts nothing off."""
AMOUNTS_ARE = {
    LineAmounts.EXCLUSIVE: "Tax exclusive",
    LineAmounts.INCLUSIVE: "Tax inclusive",
    LineAmounts.NO_TAX: "No tax",
}


NEW = {ItemKind.COST: "Add a bill", ItemKind.SALE: "Add a sale"}
TYPE_OPTIONS = [fields.an_option(kind, type_words(kind)) for kind in DocumentType]
KIND_OPTIONS = [fields.an_option(kind, kind_words(kind)) for kind in PARTIES]
AMOUNT_OPTIONS = [fields.an_option(amounts, words) for amounts, words in AMOUNTS_ARE.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A form as it was sent. What is `wrong`, a sentence by field, is in the edit as it was before."""

    edit: Edit
    wrong: dict[str, str] = field(default_factory=dict)


def form(page: ItemPage, *, is_stale: bool = False, version: int | None = None) -> View:
    """The form with what is typed so far. `is_stale`: the item changed under it, and what is different there is told.
    `version` is the one that it was opened at, where that is not the item's own.
    """
    item, edit = page.item, page.edit
    about = _ref(page, version)
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if is_stale and item is not None:
        blocks.append(section(changes(page)))
    blocks += [
        *_document(page, has_picture=not is_stale),
        *party_fields(page),
        *_fact_fields(page),
        *coding_fields(page),
        _note_field(edit.facts),
        *_lines_section(page),
        DividerBlock(),
        *_publishing_fields(page),
        *ages(page),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.ADD_ITEM if item is None else CallbackId.EDIT_ITEM,
        title=PlainTextObject(text=NEW[shown_kind(edit.kind)] if item is None else f"Edit {item.reference}"),
        submit=PlainTextObject(text="Add" if item is None else "Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=about.encode(),
        blocks=blocks,
    )


def _document(page: ItemPage, *, has_picture: bool) -> list[Block]:
    """What the form is filled in from. `has_picture`: not where Slack's refusal of one could not be mended."""
    if page.item is None or page.file_name is None:
        return []
    link = "" if page.file_url is None else f" · <{page.file_url}|Open it in Slack>"
    name = context(f":page_facing_up: {escape(page.file_name, 200)}{link}")
    if page.preview is None or not has_picture:
        return [name]
    picture = SlackFile(id=page.preview)
    return [name, ImageBlock(alt_text=f"The first page of {page.item.reference}", slack_file=picture)]


def _ref(page: ItemPage, version: int | None) -> FormRef:
    is_of_sale = shown_kind(page.edit.kind) is ItemKind.SALE
    if page.item is None:
        return FormRef(page.organisation_id, is_of_sale=is_of_sale)
    seen = page.item.version if version is None else version
    return FormRef(
        page.organisation_id, seen, page.item.id, page.form_id, revision=page.revision, is_of_sale=is_of_sale
    )


def _fact_fields(page: ItemPage) -> list[Block]:
    """Amounts that the lines' form may have changed stand in fields of their own, or Slack would keep what was typed."""
    facts = page.edit.facts
    anew = f":{page.revision}" if page.revision else ""
    no_tax = "Leave empty if the total includes no tax, whatever the tax rate."
    return [
        _number_field(page),
        fields.day_field(BlockId.ISSUED_ON, "Invoice date", facts.issued_on, hint=_of_each_day(page)),
        fields.day_field(BlockId.DUE_ON, "Due date", facts.due_on, optional=True),
        *currency_fields(page),
        fields.text_field(BlockId.GROSS + anew, "Total including tax", shown(facts.gross), longest=20, hint=AMOUNT),
        fields.text_field(
            BlockId.TAX + anew, "Tax included in the total", shown(facts.tax), longest=20, hint=no_tax, optional=True
        ),
    ]


def _number_field(page: ItemPage) -> Block:
    """It may be left empty where the organisation does not ask for it."""
    is_asked = RequiredField.NUMBER in page.rules.required.of(page.edit.kind).fields
    asked_by = "If it has none: an admin can say under Manage → General that documents need no number."
    return fields.text_field(
        BlockId.NUMBER,
        "Invoice number",
        page.edit.facts.number,
        longest=LONGEST_NUMBER,
        hint=asked_by if is_asked else "Without one it is published by its reference here.",
        optional=not is_asked,
    )


def _of_each_day(page: ItemPage) -> str | None:
    """Where each line is an expense of its own."""
    if not page.rules.claims_by_user(page.edit.kind):
        return None
    ledger = plain(page.ledger, 60)
    return f"In {ledger} each expense has its receipt's day. Another date here is that of all of them."


def _note_field(facts: Facts) -> Block:
    return fields.text_field(
        BlockId.DESCRIPTION, "Description", facts.note, longest=LONGEST_NOTE, is_long=True, optional=True
    )


def _lines_section(page: ItemPage) -> list[Block]:
    """Lines are of an item that there is."""
    if page.item is None:
        return []
    label = "Lines" if page.edit.facts.lines else "Split into lines"
    button = ButtonElement(action_id=ActionId.EDIT_LINES, text=label, value=str(page.item.id))
    return [SectionBlock(text=mrkdwn(lines_words(page.edit, asks_product=page.asks_product)), accessory=button)]


def _publishing_fields(page: ItemPage) -> list[Block]:
    """What is mostly left as it is. How it is published is for who may edit, not for who sends it in. A report is nothing
    else, and its lines are as they were made.
    """
    edit = page.edit
    if edit.kind is ItemKind.EXPENSE_REPORT:
        return publishing_fields(page)
    found: list[Block] = [
        fields.choice_field(
            BlockId.KIND, "Cost or sale", KIND_OPTIONS, shown_kind(edit.kind), action=ActionId.CHOOSE_KIND
        ),
        fields.choice_field(BlockId.DOCUMENT_TYPE, "Document type", TYPE_OPTIONS, edit.facts.document_type),
    ]
    if page.item is None:
        return found
    found.append(
        fields.choice_field(BlockId.LINE_AMOUNTS, "Amounts on the lines are", AMOUNT_OPTIONS, edit.facts.line_amounts)
    )
    return [*found, *publishing_fields(page)]


def read(state: dict[str, Any], page: ItemPage) -> Reading:
    """The form as it was sent, over the edit that it was drawn from.

    Raises:
        NotOursError: an option that was never offered.
    """
    before, reader = page.edit, Reader(Fields(state))
    kind = _kind_of(reader.fields, before.kind)
    side, party, contact = read_party(reader, before)
    facts = read_currency(reader, _read_facts(reader, before.facts), page.currency)
    facts = replace(facts, buyer=party) if side is ItemKind.SALE else replace(facts, supplier=party)
    edit = replace(
        before,
        kind=kind,
        facts=facts,
        contact=contact if side is shown_kind(kind) else None,
        codes=read_codes(reader.fields, page.tracking, before.codes),
        publish_to=read_destination(reader.fields, page, kind),
        publish_as=read_status(reader.fields, page),
        payment_method=read_method(reader.fields, page),
    )
    is_own_work = bool(page.revision or before.lines or FactField.LINES in before.facts.edited)
    return Reading(edit=_with_amounts(reader, edit, before.facts, keeps_lines=is_own_work), wrong=reader.wrong)


def _read_facts(reader: Reader, before: Facts) -> Facts:
    """All but the amounts, their currency and the parties."""
    found = reader.fields
    issued_on, due_on = found.day(BlockId.ISSUED_ON), found.day(BlockId.DUE_ON)
    reader.check(
        BlockId.DUE_ON,
        is_right=_follows(due_on, issued_on),
        otherwise="The due date cannot be before the invoice date.",
    )
    document_type = found.option(BlockId.DOCUMENT_TYPE)
    return replace(
        before,
        document_type=before.document_type if document_type is None else member(DocumentType, document_type),
        number=found.text(BlockId.NUMBER),
        issued_on=issued_on,
        due_on=due_on if _follows(due_on, issued_on) else before.due_on,
        note=found.text(BlockId.DESCRIPTION),
    )


POSITIVE = "The total must be more than 0, on a credit note too."
NEW_AMOUNTS = "The lines add up to {lines}, not to {total}. Press Lines to change them, or to use their total."


def _with_amounts(reader: Reader, edit: Edit, before: Facts, *, keeps_lines: bool) -> Edit:
    """New amounts count alone: what they replace, lines too, would contradict them; unless a person worked on the lines, or
    they have codes of their own, which would be lost.
    """
    gross_block, tax_block = reader.fields.named(BlockId.GROSS), reader.fields.named(BlockId.TAX)
    gross, tax = reader.amount(gross_block, before.gross), reader.amount(tax_block, before.tax)
    reader.check(gross_block, is_right=gross is not None and gross > 0, otherwise=POSITIVE)
    reader.check(tax_block, is_right=_fits(tax, gross), otherwise="The tax must be between 0 and the total.")
    chosen = reader.fields.option(BlockId.LINE_AMOUNTS)
    amounts = before.line_amounts if chosen is None else member(LineAmounts, chosen)
    is_taxed = bool(tax) and amounts is LineAmounts.NO_TAX
    reader.check(
        tax_block,
        is_right=not is_taxed,
        otherwise="You chose No tax below: leave this empty, or choose something else there.",
    )
    if reader.wrong or gross is None:
        return edit
    facts = in_amounts(edit.facts, amounts) if edit.facts.lines else replace(edit.facts, line_amounts=amounts)
    if (gross, tax) == (before.gross, before.tax) and before.is_bookable:
        return replace(edit, facts=facts)
    tax = Decimal("0.00") if tax is None else tax
    facts = replace(facts, net=gross - tax, tax=tax, gross=gross, payable=None, prepaid=None, tax_breakdown=())
    if not keeps_lines:
        return replace(edit, facts=replace(facts, lines=()))
    found = balance_of(with_taxes(facts))
    if not found.agrees:
        words = {"lines": f"{found.gross:,.2f} with {found.tax:,.2f} tax", "total": f"{gross:,.2f} with {tax:,.2f}"}
        reader.check(gross_block, is_right=False, otherwise=NEW_AMOUNTS.format(**words))
        return edit
    return replace(edit, facts=facts)


def _kind_of(found: Fields, before: ItemKind) -> ItemKind:
    chosen = found.option(BlockId.KIND, ActionId.CHOOSE_KIND)
    if chosen is None or before not in PARTIES:
        return before
    return member(ItemKind, chosen)


def _fits(tax: Decimal | None, gross: Decimal | None) -> bool:
    """A total that is wrong itself gets its own sentence."""
    return tax is None or (tax >= 0 and (gross is None or gross <= 0 or tax <= gross))


def _follows(due_on: date | None, issued_on: date | None) -> bool:
    return due_on is None or issued_on is None or due_on >= issued_on
