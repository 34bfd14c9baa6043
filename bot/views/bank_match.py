"""Bank lines that an item may have been paid by: on its card, and in the form that says which one it was, read back where it is
drawn.
"""

from slack_sdk.models.blocks import Block, ButtonElement, Option, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.bank_lines import BankLine, BankLineId, TakenLine
from bot.domain.cards import ItemCard
from bot.domain.items import EDITABLE
from bot.views.fields import Fields, an_option, radio_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.item_exchange import Told
from bot.views.metadata import FormRef, ItemRef, line_of
from bot.views.parts import context, section
from bot.views.text import amount, day, escape

TITLE = "Autofill payment"
NONE = "none"
MOST_OFFERED = 9
"""Slack takes ten radio buttons, and the last one is for none of them."""
MOST_NAMED = 3


def autofill_button(found: ItemCard) -> list[ButtonElement]:
    """Where a line may be its payment, or it has one, which can be exchanged."""
    item = found.item
    has_line = item.bank_line is not None and item.state in EDITABLE
    if not (has_line or found.bank.candidates):
        return []
    value = ItemRef(item.id, item.version).encode()
    label = "Bank line" if has_line else TITLE
    return [ButtonElement(action_id=ActionId.AUTOFILL_PAYMENT, text=label, value=value)]


def bank_line(found: ItemCard) -> list[Told]:
    """The one that it was paid by."""
    line = found.item.bank_line
    if line is None or not found.item.publish_to.is_of_bank:
        return []
    words = escape(line.text, 100)
    return [("Bank line", "\n".join(filter(None, (day(line.dated_on), words))), "dated so in the ledger")]


def bank_matches(found: ItemCard) -> list[Block]:
    """For a card: what may be its payment, and what may be a second entry of it."""
    told, candidates, recorded = [], found.bank.candidates, found.bank.recorded
    if candidates and found.item.bank_line is None:
        named = "\n".join(f"• {_named(found, line)}" for line in candidates[:MOST_NAMED])
        left = len(candidates) - MOST_NAMED
        more = f"\n• and {left} more" if left > 0 else ""
        head = "It may have been paid by this bank line" if len(candidates) == 1 else "One of these may be its payment"
        told.append(f":bank: *Bank match.* {head}: *{TITLE}* takes it.\n{named}{more}")
    if recorded:
        named = "\n".join(f"• {_named(found, line)}" for line in recorded[:MOST_NAMED])
        told.append(
            ":warning: *Possible duplicate.* A payment like this is recorded already, in the ledger or by another item.\n"
            + named
        )
    return [section(words) for words in told]


def form(found: ItemCard) -> View:
    """All that fit, nearest first: nothing is chosen where there are several."""
    item, candidates = found.item, found.bank.candidates
    if not candidates and item.bank_line is None:
        return _nothing(found)
    shown = candidates[:MOST_OFFERED]
    options = [_option(found, line) for line in shown]
    chosen = str(shown[0].id) if len(shown) == 1 and item.bank_line is None else ""
    blocks: list[Block] = [_head(found)]
    if item.bank_line is not None:
        options.append(an_option(NONE, "None of them", "It is paid by its payment method, on its own date"))
        blocks.append(section(f"Now: {day(item.bank_line.dated_on)}, {escape(item.bank_line.text, 200)}"))
    blocks.append(_choice(options, chosen))
    if len(candidates) > len(shown):
        blocks.append(context(f"{len(candidates) - len(shown)} more fit, and are further from its date."))
    blocks += [*_recorded(found), context(_what_follows(found))]
    return View(
        type="modal",
        callback_id=CallbackId.AUTOFILL_PAYMENT,
        title=PlainTextObject(text=TITLE),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(item.organisation_id, item.version, item.id).encode(),
        blocks=blocks,
    )


def read(found: Fields) -> BankLineId | None:
    """The line that was chosen; None: it was none of them.

    Raises:
        NotOursError: no id of a line, or nothing was chosen.
    """
    chosen = found.option(BlockId.BANK_LINE)
    return None if chosen == NONE else line_of(chosen or "")


def _choice(options: list[Option], chosen: str) -> Block:
    hint = "The line nearest to its due date, or without one to its own date, comes first."
    return radio_field(BlockId.BANK_LINE, "Which line of the bank was it?", options, chosen, hint=hint)


def _option(found: ItemCard, line: BankLine) -> Option:
    account = found.bank.accounts.get(line.bank_account, "")
    what = f"{day(line.dated_on)} · {amount(line.amount, line.currency)} · {account}"
    return an_option(str(line.id), what, line.text or None)


def _named(found: ItemCard, line: BankLine | TakenLine) -> str:
    account = escape(found.bank.accounts.get(line.bank_account, "a bank account"), 60)
    words = f": {escape(line.text, 100)}" if line.text else ""
    return f"{day(line.dated_on)}, {amount(line.amount, line.currency)} on {account}{words}"


def _head(found: ItemCard) -> Block:
    item = found.item
    who = escape(item.counterparty.name or "unknown", 60)
    what = f"{who}, {amount(item.facts.gross, item.facts.currency)} ({item.reference})"
    return section(f"*{escape(found.organisation)}* · {what}")


def _recorded(found: ItemCard) -> list[Block]:
    if not found.bank.recorded:
        return []
    named = "\n".join(f"• {_named(found, line)}" for line in found.bank.recorded[:MOST_NAMED])
    return [section(f":warning: *Possible duplicate*, recorded already and not offered:\n{named}")]


def _what_follows(found: ItemCard) -> str:
    ledger = escape(found.ledger)
    return (
        f"It is published to *Bank accounts*: on the account and the day of that line, ready to be reconciled in {ledger}. Where "
        "another account or another place was approved, it is approved again."
    )


def _nothing(found: ItemCard) -> View:
    words = "No bank line fits it any more: one is of the same total and currency, and near its date."
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text=TITLE),
        close=PlainTextObject(text="Close"),
        blocks=[_head(found), section(words), *_recorded(found)],
    )
