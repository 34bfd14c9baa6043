"""An approved item before it is sent: held back, released, sent without waiting for the end of the undo window, taken back.

Whoever may fix an item may do so, and whoever approved it may take that back. What was frozen already, but that nobody has begun to send, is taken out of its batch;
once a byte of it may be on its way, only withdrawing helps.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.db.items import change_item
from bot.db.unit_of_work import Database, Tx, or_locks_nothing
from bot.domain.ids import ItemId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import due_at_once
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import audit, publications, recording
from bot.services.approvals import UNDONE, require_undo, taken_back
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.people import People

TOO_LATE = "it is on its way, so it cannot be stopped any more. *Withdraw* takes it out of the ledger once it is there."
GOES_ALREADY = "it is on its way already."
NOT_WAITING = "nothing of it waits to be sent."
UNDONE_NO_MORE = "its approval cannot be undone any more."
HELD_ALREADY = "it is held already."
NOT_HELD = "nobody holds it."
HELD_BACK = "it is held; *Release* sends it."

HELD, RELEASED, HURRIED = "held", "released", "sent at once"
"""What the audit log calls it."""

Change = Callable[[Tx, Item, UserId | None], Awaitable[Item]]


@dataclass(frozen=True, slots=True)
class Holding:
    """Each method answers the item as it is then.

    Raises:
        NotAllowedError: only bookkeepers and admins, and whoever approved it may undo that.
        NotNowError: it is not approved, on its way already, or it is so already.
        StaleItemError: somebody else was quicker.
        ItemNotFoundError: unknown, or of another workspace.
    """

    db: Database
    people: People

    async def hold(self, actor: Actor, item_id: ItemId) -> Item:
        """Nothing of it is sent until it is released; the approval stands."""
        return await self._change(actor, item_id, HELD, held)

    async def release(self, actor: Actor, item_id: ItemId) -> Item:
        """It goes on: at the end of its undo window, or at once where that is over."""
        return await self._change(actor, item_id, RELEASED, released)

    async def publish_now(self, actor: Actor, item_id: ItemId) -> Item:
        """It is due at once, whatever is left of its undo window."""
        return await self._change(actor, item_id, HURRIED, hurried)

    async def undo(self, actor: Actor, item_id: ItemId) -> Item:
        """It is taken out of the line, and has to be approved again; also for whoever approved it."""
        return await self._change(actor, item_id, UNDONE, cancelled)

    async def _change(self, actor: Actor, item_id: ItemId, deed: str, change: Change) -> Item:
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            if deed == UNDONE:
                await require_undo(tx, person, before)
            else:
                await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            item = await change(tx, before, actor.user_id)
            of = item.workspace_id, item.id, deed
            await audit.record(tx, *of, by=actor.user_id, organisation_id=item.organisation_id)
            await show(tx, item)
        return item


async def held(tx: Tx, before: Item, by: UserId | None) -> Item:
    item = await _waiting(tx, before)
    if item.is_held:
        raise NotNowError(item, HELD_ALREADY)
    if not await or_locks_nothing(tx, publications.hold(tx, item)):
        return await held(tx, await _as_it_became(tx, item), by)
    return await _changed(tx, item, replace(item, held_by=by, held_at=tx.now))


async def released(tx: Tx, before: Item, _: UserId | None) -> Item:
    at_once = due_at_once(tx.now)
    due_at = max(before.send_after or at_once, at_once)
    if not before.is_held or not await publications.release(tx, before, due_at=due_at):
        raise NotNowError(before, NOT_HELD)
    return await _changed(tx, before, replace(before, held_by=None, held_at=None))


async def hurried(tx: Tx, before: Item, by: UserId | None) -> Item:
    if before.is_held:
        raise NotNowError(before, HELD_BACK)
    if before.state is not ItemState.APPROVED:
        raise NotNowError(before, GOES_ALREADY if before.state in _ON_ITS_WAY else NOT_WAITING)
    if not await or_locks_nothing(tx, publications.hurry(tx, before)):
        return await hurried(tx, await _as_it_became(tx, before), by)
    return await _changed(tx, before, replace(before, send_after=tx.now))


async def cancelled(tx: Tx, before: Item, by: UserId | None) -> Item:
    item = await _waiting(tx, before, otherwise=UNDONE_NO_MORE)
    undone = await or_locks_nothing(tx, taken_back(tx, item))
    return undone or await cancelled(tx, await _as_it_became(tx, item), by)


_ON_ITS_WAY = (ItemState.SENDING, ItemState.UNKNOWN)


async def _waiting(tx: Tx, item: Item, otherwise: str = NOT_WAITING) -> Item:
    """The approved item; what is only frozen is taken out of its batch for it."""
    if item.state is ItemState.SENDING:
        # somebody else may have taken it out, with another one
        item = await recording.take_out(tx, item) or await require_item(tx, item.workspace_id, item.id)
    if item.state is not ItemState.APPROVED:
        raise NotNowError(item, TOO_LATE if item.state in _ON_ITS_WAY else otherwise)
    return item


async def _as_it_became(tx: Tx, item: Item) -> Item:
    """Where rows are locked one by one, it may be frozen, or held by somebody else, between being read and being changed.

    Raises:
        NotNowError: it is as it was.
    """
    now = await require_item(tx, item.workspace_id, item.id)
    if now.version == item.version:
        raise NotNowError(item, NOT_WAITING)
    return now


async def _changed(tx: Tx, before: Item, after: Item) -> Item:
    item = await change_item(tx, before, after)
    if item is None:
        raise StaleItemError(before)
    return item
