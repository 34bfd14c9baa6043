"""Expense reports in Slack: the form that makes one of somebody's receipts, and the receipts on its card."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    DividerBlock,
    HeaderBlock,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticMultiSelectElement,
)
from slack_sdk.models.views import View

from bot.domain.cards import ItemCard
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.reports import MOST_RECEIPTS, Claim, ClaimantPage, GoneUser, Receipt, ReportPage
from bot.views import fields
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_currency import LONGEST as LONGEST_RATE
from bot.views.item_currency import WRONG as WRONG_RATE
from bot.views.item_currency import parsed
from bot.views.item_exchange import TYPED
from bot.views.item_lines import parts
from bot.views.metadata import FormRef, item_of
from bot.views.parts import context, section
from bot.views.text import amount, day, escape, mention, mrkdwn, plain, quote

NEW = "New expense report"
WHAT = "what you paid yourself, as one bill that pays you back"
NONE_ABLE = "No accounting software that is connected here takes expense reports. Receipts are published one by one."
NOTHING_TO_CLAIM = (
    "*You have sent in nothing here that could be in a report.*\n"
    "1. Send your receipts in: drop them in a channel that takes bills or in my messages, or type one in by `/dext add`.\n"
    "2. Close this, and open *New expense report* again: they are offered here then.\n"
    "What is approved or published already is paid for by itself, and what others sent in, they claim."
)
PAID_BACK = "One bill in {ledger}, to be paid, with a line for each receipt. Somebody else than you approves it."
PAID_AS_USER = "Expenses of yours in {ledger}, one for each receipt. Somebody else than you approves them."
LINKED = "You are paid back as *{user}*, a user of {ledger}."
NOT_LINKED = (
    "Which user of {ledger} you are is not known yet: a bookkeeper or an admin chooses once, by *Link* on the report's card, and "
    "until then it waits."
)
USER_GONE = (
    "{user}, whom {by} linked you to, is no user of {ledger} any more, or is hidden there: a bookkeeper or an admin chooses another, by "
    "*Link* on the report's card, and until then it waits."
)
WAS = "{by} had linked them to {user}, who is no user of {ledger} any more, or is hidden there."
KEPT = (
    "It is kept, until another one is chosen by Edit: what they claim later is of the same user, and so are their reports that nobody has decided on. Whoever links "
    "is not the only one to approve these."
)
RATES_NEEDED = (
    ":currency_exchange: *What was paid in another currency needs its exchange rate to {own}.* Type what your card or bank statement "
    "has, or the rate of that day. It stays with the receipt as typed by you, and stands on the report for whoever approves it."
)
RATE_HINT = "Such as 1.168: how many of them one of the books' own is."
DOUBTED = "Correct it, or leave the receipt out: a bookkeeper can type it by Edit on its card."
MOST_SHOWN, MOST_SENTENCES = 10, 5
LONGEST_TITLE, LONGEST_CLAIMANT = 200, 120
CHOOSE, NAME_NEEDED = "Choose at least one receipt.", "Choose a contact above, or type a name here."


def offer() -> SectionBlock:
    """For the menu of a bare `/dext`."""
    return SectionBlock(text=mrkdwn(f"*{NEW}*\n{WHAT}"), accessory=open_button("Open"))


def open_button(text: str = NEW) -> ButtonElement:
    return ButtonElement(action_id=ActionId.OPEN_REPORT, text=text)


def form(page: ReportPage, claim: Claim | None = None, lacking: Sequence[Item] = ()) -> View:
    """A new one; or one that was filled in, to be sent again with the exchange rates of the receipts that lack theirs."""
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if not page.receipts:
        return _view(page, [*blocks, section(NOTHING_TO_CLAIM)], can_send=False)
    ledger = escape(page.ledger, 60)
    blocks += [
        section((PAID_AS_USER if page.is_by_user else PAID_BACK).format(ledger=ledger)),
        fields.field(
            BlockId.RECEIPTS,
            "Receipts",
            StaticMultiSelectElement(
                action_id=ActionId.VALUE,
                options=[_option(receipt) for receipt in page.receipts],
                initial_options=_chosen(page, claim) or None,
                max_selected_items=MOST_RECEIPTS,
                placeholder=PlainTextObject(text="Type to search"),
            ),
            hint=f"Yours that nobody has decided on, newest first; at most {MOST_RECEIPTS}. They come back if the report is taken apart.",
        ),
        fields.text_field(
            BlockId.DESCRIPTION,
            "What it is for",
            None if claim is None else claim.title,
            longest=LONGEST_TITLE,
            placeholder="Such as March 2026, or Trade fair in Leeds",
            optional=True,
        ),
        *_payee(page),
    ]
    if lacking:
        blocks[1:1] = [*_rates(page, lacking), DividerBlock()]
    return _view(page, blocks, can_send=True)


def _chosen(page: ReportPage, claim: Claim | None) -> list[Option]:
    wanted = () if claim is None else claim.receipts
    return [_option(receipt) for receipt in page.receipts if receipt.id in wanted]


def _rates(page: ReportPage, lacking: Sequence[Item]) -> list[Block]:
    """A field for each, of its day."""
    own = page.currency
    found: list[Block] = [section(RATES_NEEDED.format(own=own))]
    for item in lacking:
        facts = item.facts
        told = _told(facts.supplier.name, amount(facts.gross, facts.currency))
        found.append(
            fields.text_field(
                rate_block(item.id),
                f"{item.reference} · {told}: {facts.currency} for 1 {own} on {day(facts.issued_on)}",
                None,
                longest=LONGEST_RATE,
                hint=RATE_HINT,
            )
        )
    return found


def rate_block(item_id: ItemId) -> str:
    return f"{BlockId.CURRENCY_RATE}:{item_id}"


def _payee(page: ReportPage) -> list[Block]:
    """Nobody says of themselves which user of the ledger they are."""
    ledger = escape(page.ledger, 60)
    if page.is_by_user:
        if page.user is not None:
            return [section(LINKED.format(user=escape(page.user.name, 60), ledger=ledger))]
        return [section(NOT_LINKED.format(ledger=ledger) if page.gone is None else _gone(USER_GONE, page.gone, ledger))]
    return [
        fields.contact_field(
            BlockId.CONTACT, "Who is paid back", page.contact, hint=plain(f"Your own contact in {page.ledger}.", 150)
        ),
        fields.text_field(
            BlockId.SUPPLIER,
            "Or type the name",
            plain(page.claimant, LONGEST_CLAIMANT) or None,
            longest=LONGEST_CLAIMANT,
            hint="Used where no contact is chosen above.",
            optional=True,
        ),
    ]


def _view(page: ReportPage, blocks: list[Block], *, can_send: bool) -> View:
    """Of what cannot be sent nothing is cancelled."""
    return View(
        type="modal",
        callback_id=CallbackId.MAKE_REPORT,
        title=PlainTextObject(text=NEW),
        submit=PlainTextObject(text="Make") if can_send else None,
        close=PlainTextObject(text="Cancel" if can_send else "Close"),
        private_metadata=FormRef(page.organisation_id).encode(),
        blocks=blocks,
    )


def _option(item: Item) -> Option:
    facts = item.facts
    told = (
        "not read yet"
        if facts.is_unread
        else _told(facts.supplier.name, day(facts.issued_on), amount(facts.gross, facts.currency))
    )
    return fields.an_option(str(item.id), f"{item.reference} · {told}")


def _told(supplier: str | None, *others: str) -> str:
    return " · ".join((plain(supplier or "supplier not stated", 30), *others))


def read(state: dict[str, Any]) -> Claim | dict[str, str]:
    """The form as it was sent, or a sentence by field.

    Raises:
        NotOursError: an option that was never offered.
    """
    found = Fields(state)
    receipts = tuple(item_of(chosen) for chosen in found.ticked(BlockId.RECEIPTS))
    contact, name = found.option(BlockId.CONTACT, ActionId.FIND_CONTACT), found.text(BlockId.SUPPLIER)
    rates, wrong_rates = _read_rates(found, receipts)
    wrong: dict[str, str] = {
        **wrong_rates,
        **({} if receipts else {BlockId.RECEIPTS: CHOOSE}),
        **({} if contact or name or not found.has(BlockId.SUPPLIER) else {BlockId.SUPPLIER: NAME_NEEDED}),
    }
    if wrong:
        return {str(block): sentence for block, sentence in wrong.items()}
    title = found.text(BlockId.DESCRIPTION)
    return Claim(receipts=receipts, claimant=name or "", contact=contact, title=title, rates=rates)


def _read_rates(found: Fields, receipts: Sequence[ItemId]) -> tuple[dict[ItemId, Decimal], dict[str, str]]:
    """By receipt; and what is wrong, by block. Of a receipt that is not chosen any more nothing is read."""
    rates: dict[ItemId, Decimal] = {}
    wrong: dict[str, str] = {}
    for item_id in receipts:
        block = rate_block(item_id)
        typed = found.text(block)
        rate = None if typed is None else parsed(typed)
        if rate is not None:
            rates[item_id] = rate
        elif typed is not None:
            wrong[block] = WRONG_RATE
    return rates, wrong


def doubted(doubts: Mapping[ItemId, str]) -> dict[str, str]:
    """Rates that can hardly be right, at their fields."""
    return {rate_block(item_id): f"{sentence} {DOUBTED}" for item_id, sentence in doubts.items()}


def link_form(page: ClaimantPage) -> View:
    """Who somebody is among the users of the ledger."""
    item, ledger = page.item, plain(page.ledger, 60)
    who = f"*{escape(page.organisation)}* · {item.reference}, which {mention(item.submitted_by)} claims"
    return View(
        type="modal",
        callback_id=CallbackId.LINK_CLAIMANT,
        title=PlainTextObject(text="Link a claimant"),
        submit=PlainTextObject(text="Link"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=[
            section(who),
            *([] if page.gone is None else [section(_gone(WAS, page.gone, escape(page.ledger)))]),
            fields.contact_field(
                BlockId.CONTACT,
                f"Who they are in {ledger}",
                page.suggested,
                hint="Its users. Somebody who is missing is added there first; then type /dext sync contacts.",
                optional=False,
            ),
            context(KEPT),
        ],
    )


def _gone(words: str, gone: GoneUser, ledger: str) -> str:
    name = "the user" if gone.name is None else f"*{escape(gone.name, 60)}*"
    return words.format(user=name, by=mention(gone.by), ledger=ledger)


def read_link(found: Fields) -> str | None:
    return found.option(BlockId.CONTACT, ActionId.FIND_CONTACT)


def refused(sentences: Sequence[str]) -> dict[str, str]:
    """What is wrong with the receipts, at their field."""
    left = len(sentences) - MOST_SENTENCES
    more = [f"And {left} more."] if left > 0 else []
    return {BlockId.RECEIPTS: " ".join([*sentences[:MOST_SENTENCES], *more])}


def receipts(found: ItemCard, most: int = MOST_SHOWN) -> list[Block]:
    """Of a report, what it is for, and each of them with the way to its card and file."""
    if not found.receipts:
        return []
    told = [f"• {_receipt(receipt)}" for receipt in found.receipts[:most]]
    if len(found.receipts) > most:
        told.append(f"• and {len(found.receipts) - most} more; *Details* shows them all")
    note = found.item.facts.note
    said = [] if note is None else [section(quote(note, 300))]
    head = "1 receipt" if len(found.receipts) == 1 else f"{len(found.receipts)} receipts"
    return [*said, *(section(part) for part in parts([f"*{head}*", *told]))]


def _receipt(receipt: Receipt) -> str:
    named = escape(receipt.supplier or "supplier not stated", 60)
    file = f" · <{receipt.link}?file|its file>" if receipt.has_file else ""
    total = amount(receipt.gross, receipt.currency)
    if receipt.rate is not None:
        total += f" at {escape(receipt.rate, 80)}" + (f", {TYPED}" if receipt.is_rate_typed else "")
    return f"<{receipt.link}|{receipt.reference}> {named}, {day(receipt.issued_on)}, {total}{file}"
