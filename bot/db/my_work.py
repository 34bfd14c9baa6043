"""Items that wait for one person: to be decided on, to be mended, or their own that need a look."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState

_SUBMITTED_BY = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
        ITEMS.c.submitted_by == bindparam("user_id"),
        ITEMS.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(ITEMS.c.created_at.desc())
    .limit(bindparam("most"))
)
_TO_MEND = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
        ITEMS.c.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(ITEMS.c.created_at)
    .limit(bindparam("most"))
)
_TO_DECIDE = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
        ITEMS.c.state == ItemState.IN_APPROVAL,
        ITEMS.c.submitted_by != bindparam("user_id"),
        ITEMS.c.edited_by.not_like(bindparam("edited_by_user")),
    )
    .order_by(ITEMS.c.created_at)
    .limit(bindparam("most"))
)


async def items_submitted_by(
    tx: Tx,
    workspace_id: WorkspaceId,
    user_id: UserId,
    organisation_ids: Collection[OrganisationId],
    states: Collection[ItemState],
    *,
    limit: int,
) -> tuple[Item, ...]:
    """A person's own items of these organisations in these states, newest first."""
    of = {
        "workspace_id": workspace_id,
        "organisation_ids": list(organisation_ids),
        "user_id": user_id,
        "states": list(states),
        "most": limit,
    }
    return tuple(item_of(row) for row in (await tx.execute(_SUBMITTED_BY, of)).mappings().all())


async def items_to_mend(
    tx: Tx, workspace_id: WorkspaceId, organisation_ids: Collection[OrganisationId], *, limit: int
) -> tuple[Item, ...]:
    """What waits for a bookkeeper of these organisations, oldest first: refused by the ledger, or lacking something."""
    return await _in_states(tx, workspace_id, organisation_ids, (ItemState.REFUSED, ItemState.TO_REVIEW), limit)


async def items_to_remove(
    tx: Tx, workspace_id: WorkspaceId, organisation_ids: Collection[OrganisationId], *, limit: int
) -> tuple[Item, ...]:
    """What a bookkeeper of these organisations takes out of the software by hand, oldest first, as nothing is called there."""
    return await _in_states(tx, workspace_id, organisation_ids, (ItemState.WITHDRAWING,), limit)


async def _in_states(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_ids: Collection[OrganisationId],
    states: Collection[ItemState],
    most: int,
) -> tuple[Item, ...]:
    of = {
        "workspace_id": workspace_id,
        "organisation_ids": list(organisation_ids),
        "states": list(states),
        "most": most,
    }
    return tuple(item_of(row) for row in (await tx.execute(_TO_MEND, of)).mappings().all())


async def items_to_decide(
    tx: Tx,
    workspace_id: WorkspaceId,
    user_id: UserId,
    organisation_ids: Collection[OrganisationId],
    *,
    limit: int,
) -> tuple[Item, ...]:
    """What waits for this approver of these organisations, oldest first: not what they sent in, or changed themselves."""
    of = {
        "workspace_id": workspace_id,
        "organisation_ids": list(organisation_ids),
        "user_id": user_id,
        "edited_by_user": f'%"{user_id}"%',
        "most": limit,
    }
    return tuple(item_of(row) for row in (await tx.execute(_TO_DECIDE, of)).mappings().all())
