"""Which user of a ledger somebody in Slack is, who claims what they paid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.reports import OPEN_STATES


class ClaimantRow(Base):
    """`contact_id` is the ledger's id of the user; nobody in Slack linked whoever was found by their address."""

    __tablename__ = "claimants"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    contact_id: Mapped[str]
    linked_by: Mapped[str | None]
    linked_at: Mapped[datetime]


CLAIMANTS = table_of(ClaimantRow)

_LINK = select(CLAIMANTS.c.contact_id, CLAIMANTS.c.linked_by).where(
    CLAIMANTS.c.workspace_id == bindparam("workspace_id"),
    CLAIMANTS.c.organisation_id == bindparam("organisation_id"),
    CLAIMANTS.c.user_id == bindparam("user_id"),
)
_LINKED = (
    select(CLAIMANTS.c.user_id, CLAIMANTS.c.contact_id, CLAIMANTS.c.linked_by)
    .where(
        CLAIMANTS.c.workspace_id == bindparam("workspace_id"),
        CLAIMANTS.c.organisation_id == bindparam("organisation_id"),
        CLAIMANTS.c.linked_by.is_not(None),
    )
    .order_by(CLAIMANTS.c.user_id)
)
_OPEN = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.submitted_by == bindparam("user_id"),
        ITEMS.c.kind == ItemKind.EXPENSE_REPORT,
        ITEMS.c.state.in_(tuple(sorted(OPEN_STATES))),
    )
    .order_by(ITEMS.c.created_at, ITEMS.c.id)
)


async def load_link(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId
) -> Row[Any] | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "user_id": user_id}
    return (await tx.execute(_LINK, of)).one_or_none()


async def links_by_hand(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Sequence[Row[Any]]:
    """All that somebody chose."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return (await tx.execute(_LINKED, of)).all()


async def keep_link(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    user_id: UserId,
    contact_id: str,
    *,
    by: UserId | None,
) -> None:
    fresh = {"contact_id": contact_id, "linked_by": by, "linked_at": tx.now}
    new = tx.insert(ClaimantRow).values(
        organisation_id=organisation_id, user_id=user_id, workspace_id=workspace_id, **fresh
    )
    await tx.execute(new.on_conflict_do_update(index_elements=["organisation_id", "user_id"], set_=fresh))


async def open_reports(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId
) -> Sequence[Item]:
    """Those of a claimant that nobody decided on, oldest first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "user_id": user_id}
    return tuple(item_of(row) for row in (await tx.execute(_OPEN, of)).mappings().all())
