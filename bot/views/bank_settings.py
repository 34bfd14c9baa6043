"""Whether costs are matched with bank lines: the form, read back where it is drawn, and what is said once it is saved."""

from datetime import date

from slack_sdk.models.blocks import ActionsBlock, Block, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.bank_match import BankForm, BankPage
from bot.domain.books import Account
from bot.views.fields import Fields, an_option, radio_field
from bot.views.ids import BlockId, CallbackId
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import context, section
from bot.views.statements import add_button
from bot.views.text import day, escape, plain

ON, OFF = "on", "off"
MOST_NAMED = 15
OPTIONS = (
    an_option(ON, "On", "Cards of costs show which bank lines fit; you choose the one that paid."),
    an_option(OFF, "Off", "Cards show no bank lines. Payments are filled in by hand, with Edit."),
)


def form(page: BankPage, *, notice: str | None = None) -> View:
    blocks: list[Block] = [HeaderBlock(text=plain(page.organisation, 150))]
    if notice is not None:
        blocks.append(section(f":warning: {notice}"))
    blocks += [
        radio_field(BlockId.BANK_MATCH, "Match costs with bank lines", OPTIONS, ON if page.is_on else OFF),
        section(_how(page)),
        context(
            "A line fits when its amount and currency are the document's, and its day is at most 10 days from the due date. "
            "Without a due date it is at most 30 days from the document's date. Lines of the last six months are looked at."
        ),
        section("\n".join(["*Bank accounts*", *_accounts(page)])),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.BANK_SETTINGS,
        title=PlainTextObject(text="Bank match"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(page.organisation_id, page.version).encode(),
        blocks=blocks,
    )


def read(found: Fields, version: int) -> BankForm:
    """Raises:
    NotOursError: an option that was never offered.
    """
    chosen = found.option(BlockId.BANK_MATCH)
    if chosen not in (ON, OFF):
        raise NotOursError(f"{chosen}"[:60])
    return BankForm(version=version, is_on=chosen == ON)


def saved(page: BankPage) -> View:
    """What holds from now on."""
    ledger = escape(page.ledger)
    words = (
        ":white_check_mark: *Bank match is off.* What was matched stays matched. Payments are filled in with *Edit*."
    )
    if page.is_on and page.has_lines:
        words = (
            f":white_check_mark: *Bank match is on.* The lines of your bank accounts in {ledger} are being read now. A cost that a "
            "line fits gets the button *Autofill payment* on its card."
        )
    elif page.is_on:
        words = f":white_check_mark: *Bank match is on.* {_how(page)}"
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Saved"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(page.organisation, 150)), section(words), *_next(page)],
    )


def _next(page: BankPage) -> list[Block]:
    """Where lines come by statements, the first one."""
    return [ActionsBlock(elements=[add_button(page.organisation_id)])] if page.takes_statements else []


def _how(page: BankPage) -> str:
    ledger = escape(page.ledger)
    if page.has_lines:
        return (
            f"The bank lines that are not explained yet come from {ledger}. Press *Autofill payment* on a cost and choose its "
            "line: when the cost is published, that line is explained with it."
        )
    return (
        f"{ledger} does not give its bank lines to other apps, so they come from your bank's statements: add one with "
        "`/dext statement`. Press *Autofill payment* on a cost and choose its line: the cost is published as money spent from "
        f"that account on that day, ready to be reconciled in {ledger}."
    )


def _accounts(page: BankPage) -> list[str]:
    told = [f"• {_account(*each)}" for each in page.accounts[:MOST_NAMED]]
    left = len(page.accounts) - MOST_NAMED
    return [*told, *([f"• and {left} more"] if left > 0 else [])]


def _account(account: Account, lines: int, last: date | None) -> str:
    if not lines:
        return f"{escape(account.label)}: no lines yet"
    return f"{escape(account.label)}: {lines:,} {'line' if lines == 1 else 'lines'}, the newest of {day(last)}"
