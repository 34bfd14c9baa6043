"""Deciding on an item: approve, reject, undo.

The decision, the publication and every message that follows are one transaction. The click names the version that the
person saw; for any other the answer is a fresh card and no decision.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.db.base import new_id, table_of
from bot.db.items import ApprovalRow, change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.rights import Person, decide_approval, decide_undo
from bot.domain.slack import Actor
from bot.services import audit, publications
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.people import NotAllowedError, People, standing_of

APPROVALS = table_of(ApprovalRow)


DECIDED = "nobody has to decide on it now."
ON_ITS_WAY = "its approval cannot be taken back any more."


@dataclass(frozen=True, slots=True)
class Approvals:
    db: Database
    people: People
    undo_window: timedelta

    async def approve(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Raises:
        NotAllowedError, StaleItemError, NotNowError, ItemNotFoundError: each with words for the person.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await _item_to_decide(tx, person, actor.workspace.id, item_id, version)
            send_after = tx.now + self.undo_window
            decided = replace(
                before,
                state=ItemState.APPROVED,
                decided_by=actor.user_id,
                decided_at=tx.now,
                decision_reason=None,
                send_after=send_after,
            )
            item = await _decided(tx, before, decided, "approved", actor.user_id)
            await publications.open_publication(tx, item, due_at=send_after)
        return item

    async def reject(self, actor: Actor, item_id: ItemId, version: int, reason: str) -> Item:
        """Raises: as `approve`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await _item_to_decide(tx, person, actor.workspace.id, item_id, version)
            decided = replace(
                before,
                state=ItemState.REJECTED,
                decided_by=actor.user_id,
                decided_at=tx.now,
                decision_reason=reason,
            )
            return await _decided(tx, before, decided, "rejected", actor.user_id)

    async def check_may_decide(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Before a form for the reason is opened. Raises: as `approve`."""
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            return await _item_to_decide(tx, person, actor.workspace.id, item_id, version)

    async def undo(self, actor: Actor, item_id: ItemId) -> Item:
        """Take an approval back while nothing was sent: by whoever gave it, or an admin.

        Raises:
            NotAllowedError, ItemNotFoundError: as `approve`.
            NotNowError: it is on its way already.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await _require_undo(tx, person, before)
            is_waiting = before.state is ItemState.APPROVED
            if not is_waiting or not await publications.cancel(tx, before.workspace_id, before.id):
                raise NotNowError(before, ON_ITS_WAY)
            undone = replace(before, state=ItemState.IN_APPROVAL, decided_by=None, decided_at=None, send_after=None)
            item = await change_item(tx, before, undone)
            if item is None:
                raise StaleItemError(before)
            await tx.execute(
                APPROVALS.update()
                .where(APPROVALS.c.workspace_id == item.workspace_id, APPROVALS.c.item_id == item.id)
                .values(is_standing=False)
            )
            await _tell(tx, item, "approval undone", actor.user_id)
        return item


async def _require_undo(tx: Tx, person: Person | None, item: Item) -> None:
    standing = await standing_of(tx, item.workspace_id, item.organisation_id, person.user_id if person else None)
    refusal = decide_undo(person, standing, item.decided_by)
    if refusal is not None:
        raise NotAllowedError(refusal)


async def _item_to_decide(
    tx: Tx, person: Person | None, workspace_id: WorkspaceId, item_id: ItemId, version: int
) -> Item:
    """The item, if it is what the pressed card showed and this person may decide on it."""
    item = await require_item(tx, workspace_id, item_id)
    standing = await standing_of(tx, item.workspace_id, item.organisation_id, person.user_id if person else None)
    refusal = decide_approval(person, standing, item.submitted_by, item.edited_by)
    if refusal is not None:
        raise NotAllowedError(refusal)
    if item.state is not ItemState.IN_APPROVAL:
        raise NotNowError(item, DECIDED)
    if item.version != version:
        raise StaleItemError(item)
    return item


async def _decided(tx: Tx, before: Item, decided: Item, decision: str, by: UserId) -> Item:
    item = await change_item(tx, before, decided)
    if item is None:
        raise StaleItemError(before)
    row = {
        "id": new_id(),
        "workspace_id": item.workspace_id,
        "item_id": item.id,
        "version": before.version,
        "stage": 1,
        "decision": decision,
        "by": by,
        "reason": decided.decision_reason,
        "at": tx.now,
        "is_standing": True,
    }
    await tx.execute(APPROVALS.insert(), row)
    await _tell(tx, item, decision, by)
    return item


async def _tell(tx: Tx, item: Item, deed: str, by: UserId) -> None:
    await audit.record(
        tx,
        item.workspace_id,
        item.id,
        deed,
        by=by,
        organisation_id=item.organisation_id,
        facts={"version": item.version},
    )
    await show(tx, item)
