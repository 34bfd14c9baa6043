"""Costs matched with bank lines: what fits is shown, a person says which line it was, and the item is paid by that one.

A line is one item's. Whoever takes it has it by compare-and-set in the transaction that changes the item; it is let go as soon
as the item is of another amount, is paid otherwise, or will not be published (`bot.services.recoding`, `bot.db.items`).
"""

from dataclasses import dataclass, replace

from bot.db.bank_lines import load_line, take_line
from bot.db.payment_methods import all_methods
from bot.db.unit_of_work import Database, Tx
from bot.domain.bank_lines import BankLine, BankLineId, taken
from bot.domain.bank_match import matches
from bot.domain.books import Account
from bot.domain.cards import ItemCard
from bot.domain.editing import Edit, edit_of, edited
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.payment_methods import Link
from bot.domain.rights import Deed
from bot.domain.settings import Destination
from bot.domain.slack import Actor
from bot.services.bank_accounts import bank_accounts
from bot.services.cards import Cards
from bot.services.current import NotNowError, refreshing, require_item
from bot.services.items import apply_edit, require_editable
from bot.services.matched_lines import matched
from bot.services.people import People
from bot.services.settings import load_settings

TAKEN = "This line was taken by another item meanwhile, or the ledger has it no more. Choose another one."
NOT_FITTING = "This line does not fit this item any more: its total or its dates have changed. Choose another one."
NO_ACCOUNT = (
    "Nothing can be booked on this line's bank account any more: it is archived in the ledger. Choose another one."
)

OFF = "Bank match is switched off for these books. An admin can switch it on: `/dext settings bank`."


class LineNotTakenError(Exception):
    """Why the line that was chosen cannot be this item's, as a sentence. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class BankMatching:
    db: Database
    people: People
    cards: Cards

    async def found(self, actor: Actor, item_id: ItemId) -> ItemCard:
        """What the form is drawn from: the item, and the lines that it may have been paid by.

        Raises:
            NotAllowedError: only bookkeepers and admins.
            NotNowError: it is on its way to the ledger, there, or over; or costs are not matched here.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            require_editable(item)
            await _require_matching(tx, item)
            return replace(await self.cards.card(tx, item), bank=await matched(tx, item))

    async def autofill(self, actor: Actor, item_id: ItemId, version: int, line_id: BankLineId) -> Item:
        """Have it booked on that line's bank account, dated as the line is, and paid with what pays from there. Another paying
        account asks the approvers again.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `found`.
            StaleItemError: it changed since the form was opened. The same line once more changes nothing.
            LineNotTakenError: it is not free any more, or does not fit.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if before.bank_line is not None and before.bank_line.id == line_id:
                return before
            require_editable(before, version)
            await _require_matching(tx, before)
            line = await _require_free(tx, before, line_id)
            edit = replace(
                edit_of(before),
                publish_to=Destination.BANK_ACCOUNTS,
                payment_method=await _method_of(tx, before, line.bank_account),
            )
            return await _applied(tx, actor, before, edit, line)

    async def without_line(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """It was paid by none of them: the line it has is let go, and what else was filled in with it stays.

        Raises: as `autofill`.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if before.bank_line is None:
                return before
            require_editable(before, version)
            return await _applied(tx, actor, before, edit_of(before), None)


async def _require_matching(tx: Tx, item: Item) -> None:
    """What has a line already can be given another one, whatever was switched off since.

    Raises:
        NotNowError: costs are not matched in these books.
    """
    settings = await load_settings(tx, item.workspace_id, item.organisation_id)
    if not settings.bank_match and item.bank_line is None:
        raise NotNowError(item, OFF)


async def _applied(tx: Tx, actor: Actor, before: Item, edit: Edit, line: BankLine | None) -> Item:
    after = edited(before, edit, actor.user_id)
    return await apply_edit(tx, before, replace(after, bank_line=None if line is None else taken(line)), actor.user_id)


async def _require_free(tx: Tx, item: Item, line_id: BankLineId) -> BankLine:
    """Take the line.

    Raises:
        LineNotTakenError: with the reason.
    """
    of = tx, item.workspace_id, item.organisation_id
    line = await load_line(*of, line_id)
    if line is None or not line.is_free:
        raise LineNotTakenError(TAKEN)
    if not matches(item, (line,), tx.now.date()).candidates:
        raise LineNotTakenError(NOT_FITTING)
    if await _account(tx, item, line.bank_account) is None:
        raise LineNotTakenError(NO_ACCOUNT)
    if not await take_line(*of, line_id, item.id):
        raise LineNotTakenError(TAKEN)
    return line


async def _account(tx: Tx, item: Item, ledger_id: str) -> Account | None:
    link, account = (await bank_accounts(tx, item.workspace_id, item.organisation_id)).get(ledger_id, (Link.GONE, None))
    return account if link is Link.LIVE else None


async def _method_of(tx: Tx, item: Item, bank_account: str) -> str | None:
    """What pays from that account: the item's own payment method if it does, else the first that does; none where no payment
    method is linked to it, because the line says enough.
    """
    methods = await all_methods(tx, item.workspace_id, item.organisation_id)
    fitting = [str(each.id) for each in methods if each.is_active and each.bank_account == bank_account]
    own = item.coding.payment_method.value
    return own if own in fitting else next(iter(fitting), None)
