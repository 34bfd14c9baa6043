"""A bank's statement that somebody puts in: the form, read back where it is drawn, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.arrivals import Arrival
from bot.domain.bank_match import BankPage
from bot.domain.bank_statements import Added
from bot.views.fields import Fields, an_option, choice_field, file_field
from bot.views.ids import ActionId, BlockId, CallbackId
from bot.views.metadata import FormRef, NotOursError
from bot.views.parts import context, section
from bot.views.payment_fields import bank_account_field
from bot.views.text import day, escape, plain

BLOCKS = {
    "file": BlockId.STATEMENT_FILE,
    "bank_account": BlockId.BANK_ACCOUNT,
    "order": BlockId.DAY_ORDER,
}
"""Where the sentence about a field stands in the form."""
AS_IT_SAYS = "as_it_says"
ORDERS = (
    an_option(AS_IT_SAYS, "As the file itself shows"),
    an_option("day-first", "The day first: 31/12/2026"),
    an_option("month-first", "The month first: 12/31/2026"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementForm:
    """What somebody put in: Slack's address of the file, the ledger's id of the account, and the order of days and months."""

    address: str | None
    bank_account: str | None
    order: str | None


def form(page: BankPage, dropped: Arrival | None = None) -> View:
    """Of a file that was `dropped`, or one that is put in."""
    blocks: list[Block] = [
        HeaderBlock(text=plain(page.organisation, 150)),
        _file() if dropped is None else section(f"*{escape(dropped.name or 'The file')}*"),
        bank_account_field(
            BlockId.BANK_ACCOUNT,
            "Bank account",
            None,
            hint="Whose statement it is. Leave it empty where an earlier statement of the same account was added here.",
        ),
        *([] if _says_its_days(dropped) else [choice_field(BlockId.DAY_ORDER, "Dates in a CSV", ORDERS, AS_IT_SAYS)]),
        context("The same statement twice adds nothing, and neither do two that overlap."),
    ]
    return View(
        type="modal",
        callback_id=CallbackId.STATEMENT,
        title=PlainTextObject(text="Add a statement"),
        submit=PlainTextObject(text="Add"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=FormRef(
            page.organisation_id, page.version, form_id=None if dropped is None else dropped.id
        ).encode(),
        blocks=blocks,
    )


def _says_its_days(dropped: Arrival | None) -> bool:
    """An OFX file writes dates in one way only."""
    return dropped is not None and (dropped.name or "").lower().endswith((".ofx", ".qfx", ".qbo"))


def _file() -> Block:
    return file_field(
        BlockId.STATEMENT_FILE,
        "Statement",
        filetypes=("ofx", "qfx", "qbo", "csv", "txt"),
        hint="OFX, or a CSV list with its header: the date, the amount or what was paid out and in, and what it was for. "
        "Money that left the account has a minus, or a column says Debit.",
    )


def read(state: dict[str, Any]) -> StatementForm:
    """Raises:
    NotOursError: an option that was never offered.
    """
    found = Fields(state)
    order = found.option(BlockId.DAY_ORDER) or AS_IT_SAYS
    if order not in {option.value for option in ORDERS}:
        raise NotOursError(order[:60])
    return StatementForm(
        address=found.file_address(BlockId.STATEMENT_FILE),
        bank_account=found.bank_account(BlockId.BANK_ACCOUNT),
        order=None if order == AS_IT_SAYS else order,
    )


def wrong_at(fields: Mapping[str, str], state: dict[str, Any]) -> dict[str, str]:
    """Where each sentence stands. What has no field in the form, as a file that was dropped, is told at the account."""
    found: dict[str, str] = {}
    for field, sentence in fields.items():
        block = BLOCKS[field] if BLOCKS[field] in state else BlockId.BANK_ACCOUNT
        found[block] = f"{found[block]} {sentence}" if block in found else sentence
    return found


def added(found: Added) -> View:
    """What came of it."""
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Statement added"),
        close=PlainTextObject(text="Close"),
        blocks=[HeaderBlock(text=plain(found.organisation, 150)), section(words(found))],
    )


def words(found: Added) -> str:
    lines = "1 line" if found.new == 1 else f"{found.new:,} lines"
    days = day(found.first) if found.first == found.last else f"{day(found.first)} to {day(found.last)}"
    told = f":white_check_mark: {lines} of *{escape(found.account)}* added, {days}."
    if not found.new:
        told = f":white_check_mark: Nothing is new: all {found.known:,} lines of *{escape(found.account)}* are here already."
    elif found.known:
        told += f" {found.known:,} were here already."
    if found.left_out:
        told += f" {found.left_out:,} in another currency than the account's were left out."
    return f"{told}\nCards of costs that one of them fits have *Autofill payment*."


def add_button(organisation_id: object) -> ButtonElement:
    return ButtonElement(action_id=ActionId.OPEN_STATEMENT, text="Add a statement", value=str(organisation_id))
