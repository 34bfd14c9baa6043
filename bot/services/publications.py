"""Opening and taking back publications, inside the transaction of whoever decides on the item."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam

from bot.db.base import new_id
from bot.db.items import change_item
from bot.db.publications import PUBLICATIONS, STEPS, document_left_behind
from bot.db.steps import DOCUMENT
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import ItemId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import PublicationState, StepKind, StepState, due_at_once

_NEW_PUBLICATION, _NEW_STEP = PUBLICATIONS.insert(), STEPS.insert()
_CANCEL = (
    PUBLICATIONS.update()
    .where(
        PUBLICATIONS.c.workspace_id == bindparam("of_workspace"),
        PUBLICATIONS.c.item_id == bindparam("of_item"),
        PUBLICATIONS.c.state == PublicationState.WAITING,
    )
    .values(state=PublicationState.CANCELLED, ended_at=bindparam("now"))
    .returning(PUBLICATIONS.c.id)
)
_CANCEL_STEPS = (
    STEPS.update()
    .where(
        STEPS.c.workspace_id == bindparam("of_workspace"),
        STEPS.c.publication_id == bindparam("of_publication"),
        STEPS.c.state.in_((StepState.WAITING, StepState.HELD, StepState.PLANNED)),
    )
    .values(state=StepState.CANCELLED)
)
"""Statements of every click, built once."""


async def open_publication(tx: Tx, item: Item, *, due_at: datetime) -> None:
    """One more attempt to have the item in the ledger, not before `due_at`. An item has at most one that lives.

    The marker is the item's, whichever attempt it is: an item never stands twice in a ledger, so all its attempts look
    for the same document, and one that an earlier attempt left there is read again before anything is sent.
    """
    publication_id = new_id()
    left_behind = await document_left_behind(tx, item.workspace_id, item.id)
    of_item = {
        "workspace_id": item.workspace_id,
        "organisation_id": item.organisation_id,
        "item_id": item.id,
        "ledger_id": left_behind,
    }
    publication = {"id": publication_id, "state": PublicationState.WAITING, "created_at": tx.now}
    document = {
        "publication_id": publication_id,
        "position": DOCUMENT,
        "kind": StepKind.DOCUMENT,
        "state": StepState.WAITING,
        "due_at": due_at,
        "marker": str(item.id),
    }
    await tx.execute(_NEW_PUBLICATION, {**publication, **of_item})
    await tx.execute(_NEW_STEP, {**document, **of_item})
    tx.nudge(Nudge.PLANNER)


async def send_again(tx: Tx, before: Item) -> Item | None:
    """A refused item is approved again, and is due at once. None: somebody else was quicker."""
    item = await change_item(tx, before, replace(before, state=ItemState.APPROVED))
    if item is not None:
        await open_publication(tx, item, due_at=due_at_once(tx.now))
    return item


async def hold(tx: Tx, item: Item) -> bool:
    """Its document waits until it is released; False when it does not wait now."""
    return await _of_waiting(tx, item, StepState.WAITING, state=StepState.HELD)


async def release(tx: Tx, item: Item, *, due_at: datetime) -> bool:
    """False when nobody holds it."""
    return await _of_waiting(tx, item, StepState.HELD, state=StepState.WAITING, due_at=due_at)


async def hurry(tx: Tx, item: Item) -> bool:
    """Its document is due now; False when it does not wait."""
    return await _of_waiting(tx, item, StepState.WAITING, due_at=due_at_once(tx.now))


async def _of_waiting(tx: Tx, item: Item, now: StepState, **values: object) -> bool:
    document = STEPS.update().where(
        STEPS.c.workspace_id == item.workspace_id,
        STEPS.c.item_id == item.id,
        STEPS.c.position == DOCUMENT,
        STEPS.c.state == now,
    )
    tx.nudge(Nudge.PLANNER)
    return bool((await tx.execute(document.values(**values))).rowcount)


async def cancel(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> bool:
    """Take back a publication of which nothing is on its way, with what was planned; False when something is."""
    of = {"of_workspace": workspace_id, "of_item": item_id, "now": tx.now}
    publication_id = (await tx.execute(_CANCEL, of)).scalar_one_or_none()
    if publication_id is None:
        return False
    await tx.execute(_CANCEL_STEPS, {"of_workspace": workspace_id, "of_publication": publication_id})
    return True
