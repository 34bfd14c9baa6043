"""An item in Slack: its home card, the card on its own, and the answer to "Why?"."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, repeat

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    ImageBlock,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.basic_components import SlackFile
from slack_sdk.models.views import View

from bot.domain.cards import Explanation, ItemCard, Reason
from bot.domain.checks import UNLINKED, in_closed_period
from bot.domain.coding import CodedValue, Codes, Evidence, Source
from bot.domain.documents import DocumentType, Door, FactField, ItemKind
from bot.domain.items import Item, ItemState
from bot.domain.questions import QuestionKind
from bot.domain.texts import dated
from bot.views.bank_match import bank_matches
from bot.views.closing import closed
from bot.views.connections import Message
from bot.views.document_words import document_name, is_credit, total_words
from bot.views.ids import ActionId, CallbackId
from bot.views.item_buttons import questions, rows_of_buttons, why
from bot.views.item_exchange import Told, exchange
from bot.views.item_lines import lines, parts
from bot.views.item_payment import going, link_label
from bot.views.item_standing import standing
from bot.views.parts import context, section
from bot.views.reports import receipts
from bot.views.text import amount, day, escape, mention, moment, mrkdwn, plain

CAME_BY = {
    Door.FILE: "dropped as a file",
    Door.MESSAGE: "sent from a message",
    Door.DIRECT: "sent to me",
    Door.FORM: "typed into the form",
    Door.API: "sent by another system",
    Door.IMPORT: "imported from a list",
    Door.CREDIT: "made here as a credit note",
    Door.REPORT: "made of receipts",
}
MOST_FIELDS, MOST_WARNINGS, MOST_REASONS = 10, 20, 100
FACT_NAMES = {
    FactField.DOCUMENT_TYPE: "document type",
    FactField.SUPPLIER: "supplier",
    FactField.BUYER: "buyer",
    FactField.NUMBER: "number",
    FactField.ISSUED_ON: "date",
    FactField.DUE_ON: "due date",
    FactField.CURRENCY: "currency",
    FactField.AMOUNTS: "amounts",
    FactField.LINES: "lines",
    FactField.NOTE: "description",
}
STRONGEST_FIRST = (
    "What counts, strongest first: a person's choice · what came with the document · the rule of who sent it in · the card on it · "
    "the payment method's rule · the supplier's or customer's rule · defaults · suggestions, which a person approves. A weaker one "
    "never replaces a stronger one."
)
OVER = frozenset({ItemState.PUBLISHED, ItemState.REJECTED, ItemState.ARCHIVED})
UNDECIDED = frozenset({ItemState.RECEIVED, ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL})


def came(found: ItemCard) -> str:
    """How, from whom and when."""
    item = found.item
    of = "by" if found.sender is None else f"({escape(found.sender, 60)}), in the name of"
    return f"{CAME_BY[item.door].capitalize()} {of} {mention(item.submitted_by)}, {moment(item.created_at)}"


def card(found: ItemCard) -> Message:
    """The home card. The text is the whole story in one line, for notifications and screen readers."""
    item = found.item
    return summary(found), (
        section(f"*{escape(found.organisation)}* · {item.reference}\n{headline(item)}"),
        *(block for texts in _fields(found) for block in in_columns(texts)),
        *lines(item, found.line_codes if item.is_booked else ()),
        *receipts(found),
        *_complaints(found),
        *closed(found),
        *warnings(found),
        *bank_matches(found),
        *_before(found),
        section(standing(found)),
        context(came(found)),
        *_new_supplier(item),
        *_other_side(found),
        *questions(item),
        *rows_of_buttons(found),
        *_picture(found),
    )


def _new_supplier(item: Item) -> list[Block]:
    """Who went ahead with one that the ledger has not got yet."""
    new = next((each for each in item.questions if each.kind is QuestionKind.NEW_SUPPLIER), None)
    if new is None or new.answered_by is None or item.coding.contact.value is not None or item.state in OVER:
        return []
    return [context(f"A new supplier in the ledger: {mention(new.answered_by)} went ahead with it")]


def _other_side(found: ItemCard) -> list[Block]:
    """Which item takes which back."""
    other, item = found.other_side, found.item
    if other is None:
        return []
    credit, credited = (other.reference, item.reference) if other.is_credit else (item.reference, other.reference)
    return [context(f"{escape(credit)} is the credit note of {escape(credited)}")]


def _picture(found: ItemCard) -> list[Block]:
    """The document itself, for as long as somebody may have to look at it."""
    if found.preview is None or found.item.state in OVER:
        return []
    return [ImageBlock(alt_text=f"The first page of {found.item.reference}", slack_file=SlackFile(id=found.preview))]


def alone(found: ItemCard) -> View:
    """The card as a modal, for who comes from Home or a list. From one that waits for review it goes on to the next."""
    _, blocks = card(replace(found, preview=None))  # a picture that Slack does not have any more would keep it shut
    item, shown = found.item, list(blocks)
    if item.state is ItemState.TO_REVIEW:
        following = ButtonElement(action_id=ActionId.NEXT_ITEM, text="Next to review", value=str(item.id))
        shown.append(ActionsBlock(elements=[following]))
    return modal(item.reference, shown)


def explanation(found: Explanation) -> View:
    item = found.card.item
    blocks: list[Block] = [
        section(f"*{escape(found.card.organisation)}* · {item.reference}\n{headline(item)}"),
        DividerBlock(),
        *_coded_why(found),
        section(f"*Supplier, number, dates and amounts*\n{_facts_from(item)}"),
        *([context(STRONGEST_FIRST)] if found.reasons else []),
    ]
    return modal(why(found.card), blocks)


def _coded_why(found: Explanation) -> list[Block]:
    """What is never booked is coded to nothing."""
    if not found.reasons:
        return [section("It is never published, so it is coded to nothing.")]
    address = found.card.link.removesuffix(str(found.card.item.id))
    shown = [section(part) for part in parts([_why(reason, address) for reason in found.reasons[:MOST_REASONS]])]
    left = len(found.reasons) - MOST_REASONS
    return [*shown, *([context(f"and {left} more, of other lines")] if left > 0 else [])]


def _facts_from(item: Item) -> str:
    """Where what stands on the document is known from, and what of it somebody changed."""
    unchecked = frozenset[FactField]() if item.is_confirmed else item.facts.read - item.facts.edited
    read, edited = _named(unchecked), _named(item.facts.edited)
    if item.door is Door.REPORT:
        said = "as its receipts state them"
    elif item.door is Door.FORM:
        said = f"as typed by {mention(item.submitted_by)}"
    elif not item.facts.read:
        said = "as the document or the system that sent it states them"
    else:
        said = (
            f"read from the text of the document, to be checked: {read}"
            if read
            else "read from the document, and checked"
        )
    ruled = _named(item.facts.ruled - ({FactField.DUE_ON} if _is_due_suggested(item) else set()))
    return f"{said}{f'; by a rule: {ruled}' if ruled else ''}{f'; edited since: {edited}' if edited else ''}."


def _named(fields: frozenset[FactField]) -> str:
    return ", ".join(FACT_NAMES[field] for field in FactField if field in fields)


def summary(found: ItemCard) -> str:
    item, facts = found.item, found.item.facts
    organisation = escape(found.organisation, 60)
    if facts.is_unread:
        return f"{organisation}: a document that is not read yet ({item.reference}) is {item.state.words}."
    supplier, number = escape(item.counterparty.name or "unknown supplier", 60), escape(facts.number or "no number", 40)
    what = f"{document_name(item).lower()} {number}, {total_words(item)}"
    return f"{organisation}: {supplier}, {what} ({item.reference}) is {item.state.words}."


def headline(item: Item) -> str:
    if item.facts.is_unread:
        return "*Not read yet*"
    name = escape(item.counterparty.name or "", 500) or f"{_who(item)} not stated"
    side = FactField.BUYER if item.kind is ItemKind.SALE else FactField.SUPPLIER
    return f"*{name}* · {document_name(item)} · *{total_words(item)}*{_inline(mark(item, side))}"


def _who(item: Item) -> str:
    return {ItemKind.SALE: "Customer", ItemKind.EXPENSE_REPORT: "Claimant"}.get(item.kind, "Supplier")


def mark(item: Item, field: FactField) -> str:
    """How far a fact is to be relied upon, where that has to be said. Whoever approved it has checked what was read."""
    facts = item.facts
    if field in facts.edited:
        return "edited"
    if field in facts.ruled:
        return "by a rule"
    return "read, check it" if field in facts.read and not item.is_confirmed else ""


def due_mark(item: Item) -> str:
    """As `mark`; when it is due may be suggested."""
    return item.told(item.coding.due) if _is_due_suggested(item) else mark(item, FactField.DUE_ON)


def _is_due_suggested(item: Item) -> bool:
    return FactField.DUE_ON in item.facts.ruled and item.coding.due.source is Source.SUGGESTION


def _inline(words: str) -> str:
    return f"  _({words})_" if words else ""


def in_columns(texts: list[str]) -> list[Block]:
    """Slack takes ten fields a section."""
    parts = [texts[start : start + MOST_FIELDS] for start in range(0, len(texts), MOST_FIELDS)]
    return [SectionBlock(fields=[mrkdwn(text) for text in part]) for part in parts]


def _fields(found: ItemCard) -> list[list[str]]:
    """In groups, each of which begins a line of its own: the document, its amounts, how it is booked."""
    item = found.item
    if item.facts.is_unread:
        return []
    groups = [
        _document(item),
        [*_amounts(found), *exchange(found)],
        [*coded(found), *going(found)] if item.is_booked else [],
    ]
    return [[f"*{name}*\n{value}" + (f"\n_{more}_" if more else "") for name, value, more in group] for group in groups]


def _document(item: Item) -> list[Told]:
    """Which one it is, and by when who is to be paid."""
    facts = item.facts
    pairs = [
        ("Number", escape(facts.number or "", 200) or "not stated", mark(item, FactField.NUMBER)),
        ("Date", day(facts.issued_on), mark(item, FactField.ISSUED_ON)),
    ]
    if not is_credit(item) or facts.due_on is not None:
        pairs.append(("Due", day(facts.due_on), due_mark(item)))
    if item.kind is not ItemKind.SALE and facts.supplier.bank_account and not is_credit(item):
        pairs.append(("Payable to", escape(facts.supplier.bank_account, 200), mark(item, FactField.SUPPLIER)))
    return pairs


def _amounts(found: ItemCard) -> list[Told]:
    item, facts = found.item, found.item.facts
    return [
        ("Net", amount(facts.net, facts.currency), ""),
        ("Tax", amount(facts.tax, facts.currency), of_tax(found)),
        (_total_name(item), amount(facts.gross, facts.currency), mark(item, FactField.AMOUNTS)),
    ]


def _total_name(item: Item) -> str:
    if item.facts.document_type is DocumentType.STATEMENT:
        return "Balance"
    return "Credit" if is_credit(item) else "Total"


def of_tax(found: ItemCard) -> str:
    """What becomes of a document's tax that is booked otherwise than it stands there."""
    if found.worked_out_tax is not None and found.has_tax_rates:
        made = amount(found.worked_out_tax, found.item.facts.currency)
        return f"{escape(found.ledger, 40)} works it out of the total: {made}"
    is_in_cost = not found.has_tax_rates and found.item.kind is not ItemKind.SALE
    return "booked as part of the cost" if is_in_cost and found.item.facts.tax and found.item.is_booked else ""


def coded(found: ItemCard) -> list[Told]:
    """What is said of it and of each of its lines that says nothing else. What is never booked has none."""
    coding, words = found.item.coding, found.item.told
    options = (each.option for each in sorted(coding.tracking, key=lambda each: each.category) if each.option.value)
    tracked = zip(found.tracking, chain(options, repeat(CodedValue())), strict=False)
    return [
        *([] if found.contact is None else [_contact(found, found.contact)]),
        ("Product or service", *_coded(found.product, words(coding.product), _on_lines(found, lambda own: own.product)))
        if found.rules.asks_product(found.item.kind)
        else ("Category", *_coded(found.account, words(coding.account), _on_lines(found, lambda own: own.account))),
        *(
            [("Tax rate", *_coded(found.tax_rate, words(coding.tax_rate), _on_lines(found, lambda own: own.tax_rate)))]
            if found.has_tax_rates
            else []
        ),
        *([("Customer", escape(found.for_customer, 150), "")] if found.for_customer is not None else []),
        *(
            (escape(category, 40), escape(name, 75), "" if option.evidence is None else words(option))
            for (category, name), option in tracked
        ),
    ]


def _contact(found: ItemCard, name: str) -> Told:
    """Whom the ledger is told, where that is another name than stands on the document, and whom it pays back."""
    who = {ItemKind.SALE: "Customer", ItemKind.EXPENSE_REPORT: "Paid back"}.get(found.item.kind, "Supplier")
    return f"{who} in {escape(found.ledger, 40)}", escape(name, 75), found.item.told(found.item.coding.contact)


def _on_lines(found: ItemCard, of: Callable[[Codes], str | None]) -> bool:
    """Whether each of its lines has one of its own, so that the whole needs none."""
    places = range(len(found.item.facts.lines))
    return bool(places) and all(of(found.item.coding.own_codes(place)) is not None for place in places)


def _coded(value: str | None, source: str, is_on_lines: bool) -> tuple[str, str]:  # noqa: FBT001 - the third of three
    if value is None:
        return ("on each line" if is_on_lines else "none yet"), ""
    return escape(value, 75), source


def _complaints(found: ItemCard) -> list[Block]:
    """What is asked stands by itself, with its buttons; what was in the way before it was archived is history."""
    item = found.item
    asked = {question.words for question in item.questions if question.is_open}
    asked |= set(in_closed_period(item)) if found.closed_answers else set()
    lacking = [complaint for complaint in item.complaints if complaint not in asked]
    if not lacking or item.state in (ItemState.ARCHIVED, ItemState.REJECTED):
        return []
    sentences = "\n".join(f"• {escape(complaint, 300)}" for complaint in lacking)
    if not item.is_booked or item.facts.is_unread:
        return [section(f":warning: {sentences.removeprefix('• ')}")]
    complete = "A bookkeeper or an admin presses *Edit* to complete it."
    if label := link_label(found):
        complete = (
            f"An admin presses *{label}*, for all that wait for it; a bookkeeper can choose another one by *Edit*."
        )
    if lacking == [UNLINKED]:  # which says itself what is to be pressed
        return [section(f":warning: *Before it can go on*\n{sentences}")]
    return [section(f":warning: *Before it can go on*\n{sentences}\n{complete}")]


def warnings(found: ItemCard) -> list[Block]:
    """For whoever is to decide; once that is done there is nothing to look at before it."""
    if not found.warnings or found.item.state not in UNDECIDED:
        return []
    sentences = [f"• {escape(warning, 300)}" for warning in found.warnings[:MOST_WARNINGS]]
    left = len(found.warnings) - MOST_WARNINGS
    more = [f"• and {left} more"] if left > 0 else []
    return [section(part) for part in parts([":eyes: *To be looked at before it is approved*", *sentences, *more])]


def _before(found: ItemCard) -> list[Block]:
    """One line of what came before from the same supplier, for whoever is to decide."""
    if not found.before or found.item.state not in UNDECIDED:
        return []
    more = "" if len(found.before) == 1 else " · and more in *Details*"
    return [context(f"{last_from(found.item)}: {document(found.before[0])}{more}")]


def last_from(item: Item) -> str:
    if item.kind is ItemKind.EXPENSE_REPORT:
        return "Last of this claimant"
    return "Last to this customer" if item.kind is ItemKind.SALE else "Last from this supplier"


def document(item: Item) -> str:
    """Another document in one line."""
    facts = item.facts
    number = escape(facts.number or "", 60) or "no number"
    what = f"{document_name(item)} {number}"
    return f"{what}, {day(facts.issued_on)}, {total_words(item)}, {item.state.words} ({item.reference})"


def _why(reason: Reason, address: str) -> str:
    """`address` and an item's id lead to it."""
    by = "" if reason.by is None else f": {mention(reason.by)}"
    value = escape(reason.value or "", 100) or "none"
    lines = [f"*{reason.field}*\n{value}\n_{escape(reason.source, 150)}_{by}"]
    if reason.evidence is not None:
        lines.append(f"• {_last(reason.evidence, address)}")
    lines += [
        f"• instead of {escape(value or '', 100) or 'none'} ({escape(source, 150)})" for value, source in reason.beaten
    ]
    return "\n".join(lines)


def _last(evidence: Evidence, address: str) -> str:
    """What a suggestion rests on, and where to look."""
    newest = f"<{address}{evidence.item_id}|{escape(evidence.reference, 20)}>"
    return f"{evidence.alike} of the last {evidence.of} that were approved have it; the newest is {newest} of {dated(evidence.on)}"


def modal(title: str, blocks: list[Block]) -> View:
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=plain(title, 24)),
        close=PlainTextObject(text="Close"),
        blocks=blocks,
    )
