"""Details: everything that is known of an item, on one page."""

from collections.abc import Iterable

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, SectionBlock
from slack_sdk.models.views import View

from bot.domain.cards import Details, Happening, ItemCard
from bot.domain.documents import FactField, Facts, ItemKind, Party, TaxSubtotal
from bot.domain.items import Item
from bot.domain.reports import MOST_RECEIPTS
from bot.domain.rules import RuleOf
from bot.views import rule_offers
from bot.views.bank_match import autofill_button, bank_matches
from bot.views.closing import closed
from bot.views.document_words import document_name, is_credit
from bot.views.ids import ActionId
from bot.views.item_buttons import IN_LEDGER, open_in_ledger, withdraw_button
from bot.views.item_exchange import Told, exchange
from bot.views.item_lines import all_lines, parts
from bot.views.item_payment import in_full, link_button
from bot.views.item_words import kind_words, type_words
from bot.views.items import came, coded, document, due_mark, headline, in_columns, last_from, mark, modal, warnings
from bot.views.metadata import RuleRef
from bot.views.parts import context, section
from bot.views.reports import receipts
from bot.views.text import amount, day, escape, mention, moment, mrkdwn, plain, quote

MOST_SUBTOTALS, MOST_HAPPENINGS = 20, 30
TAX_KINDS = {
    "Z": "zero rated",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "supply to another EU country",
    "G": "export",
    "O": "outside the scope of tax",
    "L": "Canary Islands",
    "M": "Ceuta and Melilla",
    "N1": "excluded from tax",
    "N2": "not subject to tax",
    "N3": "not taxable",
    "N4": "exempt",
    "N5": "margin scheme",
    "N6": "reverse charge",
    "N7": "taxed in another EU country",
}
"""What the codes of e-invoices mean (UNCL5305, and Italy's), where they say more than the rate does."""


def details(found: Details, *, notice: str | None = None) -> View:
    """`notice` is mrkdwn, of what was just done here."""
    item, facts = found.card.item, found.card.item.facts
    blocks: list[Block] = [
        *([] if notice is None else [section(notice)]),
        section(f"*{escape(found.card.organisation)}* · {item.reference}\n{headline(item)}\n{_standing_words(item)}"),
        SectionBlock(
            fields=[mrkdwn(_party("Seller", facts.supplier, item)), mrkdwn(_party("Buyer", facts.buyer, item))]
        ),
        SectionBlock(fields=[mrkdwn(text) for text in _facts(found.card)]),
        *_booked(found),
        *rule_offers.offer(found, _rule_button(found)),
    ]
    blocks += [*closed(found.card), *warnings(found.card), *bank_matches(found.card)]
    if facts.note is not None and not found.card.receipts:
        blocks.append(section(f"*Description*\n{quote(facts.note, 1000)}"))
    blocks += [
        *_lines(found.card),
        *receipts(found.card, MOST_RECEIPTS),
        *_tax_table(facts),
        DividerBlock(),
        *_before(found),
        *_history(found.history),
    ]
    blocks.append(context(_source(found)))
    rule = [] if found.offer is not None else _rule_button(found)
    if more := [*_ledger_link(found.card), *rule, *withdraw_button(found.card)]:
        blocks.append(ActionsBlock(elements=more))
    return modal("Details", blocks)


_RULES = {ItemKind.COST: RuleOf.SUPPLIER, ItemKind.SALE: RuleOf.CUSTOMER}
LONGEST_BUTTON = 75


def _rule_button(found: Details) -> list[ButtonElement]:
    """Where there is somebody whom a rule could be for, and who looks may make one. Beside the rule that is offered it is for
    one that says something else.
    """
    item = found.card.item
    if not found.card.may_fix or item.kind not in _RULES or not item.counterparty.name or not item.is_booked:
        return []
    of = _RULES[item.kind]
    text = f"Rule for this {of.words}…"
    if found.rule is not None:
        text = f"Change the rule for {plain(found.rule.target.label, LONGEST_BUTTON - len('Change the rule for …'))}…"
    elif found.offer is not None:
        text = "Write another rule…"
    ref = RuleRef(item.organisation_id, of, item_id=item.id)
    return [ButtonElement(action_id=ActionId.NEW_RULE, text=text, value=ref.encode())]


def _ledger_link(card: ItemCard) -> list[ButtonElement]:
    return open_in_ledger(card) if card.item.state in IN_LEDGER else []


def _standing_words(item: Item) -> str:
    return f"{kind_words(item.kind)}, {item.state.words}"


def _party(role: str, party: Party, item: Item) -> str:
    side = FactField.SUPPLIER if role == "Seller" else FactField.BUYER
    told = [
        escape(party.name or "", 300) or "not stated",
        f"Tax number {escape(party.tax_number, 80)}" if party.tax_number else "",
        f"Country {escape(party.country, 40)}" if party.country else "",
        f"Account {escape(party.bank_account, 120)}" if party.bank_account else "",
        f"_{mark(item, side)}_" if mark(item, side) else "",
    ]
    return f"*{role}*\n" + "\n".join(filter(None, told))


def _facts(card: ItemCard) -> list[str]:
    item, facts = card.item, card.item.facts
    pairs = (
        ("Document", _document(item), FactField.DOCUMENT_TYPE),
        ("Number", escape(facts.number or "", 200) or "not stated", FactField.NUMBER),
        ("Date", day(facts.issued_on), FactField.ISSUED_ON),
        ("Due", day(facts.due_on), FactField.DUE_ON),
        ("Net", amount(facts.net, facts.currency), FactField.AMOUNTS),
        ("Tax", amount(facts.tax, facts.currency), FactField.AMOUNTS),
        ("Credit" if is_credit(item) else "Total", amount(facts.gross, facts.currency), FactField.AMOUNTS),
        *_payment(item),
    )
    marks = {FactField.DUE_ON: due_mark(item)}
    marked = [(name, value, "" if of is None else marks.get(of) or mark(item, of)) for name, value, of in pairs]
    return _told([*marked, *exchange(card)])


def _document(item: Item) -> str:
    is_report = item.kind is ItemKind.EXPENSE_REPORT
    return document_name(item) if is_report else type_words(item.facts.document_type)


def _told(fields: Iterable[Told]) -> list[str]:
    return [f"*{name}*\n{value}" + (f"\n_{more}_" if more else "") for name, value, more in fields]


def _booked(found: Details) -> list[Block]:
    """How it is coded, and where it goes in the ledger. What is never booked goes nowhere."""
    card = found.card
    if not card.item.is_booked:
        return []
    return [*in_columns(_told(coded(card))), *in_columns(_told(in_full(card))), *_link(card)]


def _lines(card: ItemCard) -> list[Block]:
    """Each with what it is booked to, where they are not all booked as it says above."""
    tells = card.item.is_booked and any(card.line_codes)
    return all_lines(card.item, card.lines_booked_to if tells else ())


def _link(card: ItemCard) -> list[Block]:
    found = [*link_button(card), *(autofill_button(card) if card.may_fix else [])]
    return [ActionsBlock(elements=found)] if found else []


def _payment(item: Item) -> list[tuple[str, str, FactField | None]]:
    """Where it is not simply the total that is to be paid, or to be given back."""
    facts, found = item.facts, list[tuple[str, str, FactField | None]]()
    before, left = ("Credited before", "Still to be credited") if is_credit(item) else ("Paid before", "Still to pay")
    if facts.prepaid:
        found.append((before, amount(facts.prepaid, facts.currency), None))
    if facts.payable is not None and facts.payable != facts.gross:
        found.append((left, amount(facts.payable, facts.currency), None))
    return found


def _tax_table(facts: Facts) -> list[Block]:
    if not facts.tax_breakdown:
        return []
    rows = [f"• {_subtotal(row, facts.currency)}" for row in facts.tax_breakdown[:MOST_SUBTOTALS]]
    left = len(facts.tax_breakdown) - MOST_SUBTOTALS
    return [section("\n".join(["*Tax*", *rows, *([f"• and {left} more"] if left > 0 else [])]))]


def _subtotal(row: TaxSubtotal, currency: str | None) -> str:
    rate = "No rate" if row.percent is None else f"{row.percent.normalize():f}%"
    kind = TAX_KINDS.get((row.category or "").partition(".")[0], "")
    return f"{rate}{f' ({kind})' if kind else ''}: {amount(row.tax, currency)} on {amount(row.taxable, currency)}"


def _before(found: Details) -> list[Block]:
    if not found.before:
        return []
    head = f"*{last_from(found.card.item)}*"
    return [section("\n".join([head, *(f"• {document(item)}" for item in found.before)]))]


def _history(history: tuple[Happening, ...]) -> list[Block]:
    told = [f"• {_happening(happening)}" for happening in history]
    if len(history) >= MOST_HAPPENINGS:
        told.append(f"• These are the last {MOST_HAPPENINGS}; what was done before them is kept, and not shown here.")
    return [section(part) for part in parts(["*What was done*", *told])] if told else []


def _happening(happening: Happening) -> str:
    by = "Dext" if happening.by is None else mention(happening.by)
    more = "" if happening.more is None else f": {escape(happening.more, 300)}"
    return f"{moment(happening.at)} {by}: {escape(happening.deed, 300)}{more}"


def _source(found: Details) -> str:
    file = "" if found.file_name is None else f", {escape(found.file_name, 120)}"
    return f"{came(found.card)}{file}"
