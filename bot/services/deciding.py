"""What a decision on an item writes, whoever decides: the item, the decision, its publication, and all that tells of it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, select

from bot.db.base import new_id, table_of
from bot.db.items import ApprovalRow, change_item
from bot.db.unit_of_work import Tx
from bot.domain.ids import ItemId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.settings import Settings
from bot.services import audit, publications
from bot.services.current import StaleItemError, show

APPROVALS = table_of(ApprovalRow)

_NEW = APPROVALS.insert()
_ANY = (
    select(APPROVALS.c.id)
    .where(APPROVALS.c.workspace_id == bindparam("workspace_id"), APPROVALS.c.item_id == bindparam("item_id"))
    .limit(1)
)
"""Statements of every click, built once."""

APPROVED, APPROVED_BY_RULE = "approved", "approved automatically"
BY_RULE = "rule"
"""Who decided, where no person did."""


async def approve(
    tx: Tx,
    before: Item,
    settings: Settings,
    usual_undo: timedelta,
    *,
    by: UserId | None,
    why: str | None = None,
) -> Item:
    """It goes to the ledger at the end of the time for *Undo*: of the settings, or the usual one. `by` is None where a rule
    approves it, and `why` tells which one.

    Raises:
        StaleItemError: somebody else was quicker.
    """
    wait = settings.general.undo_seconds
    send_after = tx.now + (usual_undo if wait is None else timedelta(seconds=wait))
    approved = replace(
        before,
        state=ItemState.APPROVED,
        decided_by=by,
        decided_at=tx.now,
        decision_reason=why,
        send_after=send_after,
    )
    item = await decided(tx, before, approved, APPROVED if by is not None else APPROVED_BY_RULE, by)
    await publications.open_publication(tx, item, due_at=send_after)
    return item


async def decided(
    tx: Tx, before: Item, after: Item, decision: str, by: UserId | None, *, reason: str | None = None
) -> Item:
    """Raises:
    StaleItemError: as `approve`.
    """
    item = await change_item(tx, before, after)
    if item is None:
        raise StaleItemError(before)
    row = {
        "id": new_id(),
        "workspace_id": item.workspace_id,
        "item_id": item.id,
        "version": before.version,
        "stage": 1,
        "decision": decision,
        "by": by or BY_RULE,
        "reason": reason or after.decision_reason,
        "at": tx.now,
        "is_standing": after.state is not ItemState.TO_REVIEW,
    }
    await tx.execute(_NEW, row)
    await audit.record(
        tx,
        item.workspace_id,
        item.id,
        decision,
        by=by,
        organisation_id=item.organisation_id,
        facts=_facts(item, decision, row["reason"]),
    )
    await show(tx, item)
    return item


async def was_decided(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> bool:
    """Whether anybody, or a rule, has ever decided on it, whatever became of that."""
    return (await tx.execute(_ANY, {"workspace_id": workspace_id, "item_id": item_id})).first() is not None


def _facts(item: Item, decision: str, reason: object) -> dict[str, object]:
    """What is kept of it: of an approval, what was approved to become of a date in a closed period."""
    is_approval = decision in (APPROVED, APPROVED_BY_RULE)
    became = item.closed.became if is_approval and item.closed is not None else None
    told = {"reason": reason, "closed": became}
    return {"version": item.version} | {name: value for name, value in told.items() if value is not None}
