"""Until when each organisation's channel was told what was published, and what there is to tell since."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Row, case, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Amount, Base, table_of
from bot.db.items import ITEMS, item_of
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.digests import Sum
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import StepKind

AT_ONCE = 100
"""Organisations of one look."""
THERE = (ItemState.PUBLISHED, ItemState.WITHDRAWING, ItemState.ARCHIVED)
"""What was published and is in the ledger still."""


class DigestRow(Base):
    """Of an organisation whose channel asked for digests. `zone` is that of whoever chose the channel, where the organisation
    has none.
    """

    __tablename__ = "digests"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    zone: Mapped[str]
    told_until: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)


DIGESTS, ALERTS = table_of(DigestRow), table_of(AlertRow)
IS_CREDIT = ITEMS.c.facts.contains('"document_type":"credit_note"', autoescape=True)
"""No other value of the facts can hold it: a quotation mark within one has a backslash before it."""


async def begin_digest(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, zone: str, *, due_at: datetime
) -> None:
    """From now on; one that was begun already goes on as it is."""
    new = tx.insert(DigestRow).values(
        organisation_id=organisation_id, workspace_id=workspace_id, zone=zone, told_until=tx.now, due_at=due_at
    )
    await tx.execute(new.on_conflict_do_nothing())


async def end_digest(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    await tx.execute(DIGESTS.delete().where(*_of(workspace_id, organisation_id)))


async def move_digest(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, other: OrganisationId
) -> None:
    """The other organisation has the channel from now on."""
    await end_digest(tx, workspace_id, other)
    await tx.execute(DIGESTS.update().where(*_of(workspace_id, organisation_id)).values(organisation_id=other))


async def digests_due(tx: Tx) -> Sequence[Row[Any]]:
    """Of all workspaces that have the app."""
    statement = select(DIGESTS).where(DIGESTS.c.due_at <= tx.now, is_installed(DIGESTS.c.workspace_id))
    return (await tx.execute(statement.order_by(DIGESTS.c.due_at).limit(AT_ONCE))).all()


async def go_on(tx: Tx, row: Row[Any], *, until: datetime, due_at: datetime) -> bool:
    """All is told until then. False where another process told it."""
    of = (*_of(WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)), DIGESTS.c.due_at == row.due_at)
    return bool((await tx.execute(DIGESTS.update().where(*of).values(told_until=until, due_at=due_at))).rowcount)


async def sums_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, since: datetime, until: datetime
) -> tuple[Sum, ...]:
    """What was published after the one and up to the other, by kind and currency, the most first."""
    signed = case((IS_CREDIT, -ITEMS.c.gross), else_=ITEMS.c.gross)
    statement = (
        select(
            ITEMS.c.kind,
            ITEMS.c.currency,
            func.count().label("items"),
            func.sum(case((IS_CREDIT, 1), else_=0)).label("credits"),
            cast(func.coalesce(func.sum(signed), 0), Amount).label("total"),
        )
        .where(*_published(workspace_id, organisation_id, since, until))
        .group_by(ITEMS.c.kind, ITEMS.c.currency)
        .order_by(ITEMS.c.kind, func.count().desc(), ITEMS.c.currency)
    )
    return tuple(
        Sum(
            kind=ItemKind(row.kind),
            currency=row.currency,
            count=row.items,
            credits=int(row.credits),
            total=row.total,
        )
        for row in (await tx.execute(statement)).all()
    )


async def largest_of(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    since: datetime,
    until: datetime,
    *,
    currency: str | None,
    limit: int,
) -> tuple[Item, ...]:
    """Of one currency. By what is no column: PostgreSQL would go through all items in the order of their amounts."""
    statement = (
        select(ITEMS)
        .where(*_published(workspace_id, organisation_id, since, until), ITEMS.c.currency == currency)
        .order_by(-ITEMS.c.gross, ITEMS.c.id)
        .limit(limit)
    )
    return tuple(item_of(row) for row in (await tx.execute(statement)).mappings().all())


async def refused_between(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, since: datetime, until: datetime
) -> int:
    """Items whose document the ledger refused, however often."""
    statement = select(func.count(ALERTS.c.item_id.distinct())).where(
        ALERTS.c.workspace_id == workspace_id,
        ALERTS.c.organisation_id == organisation_id,
        ALERTS.c.opened_at > since,
        ALERTS.c.opened_at <= until,
        ALERTS.c.kind == StepKind.DOCUMENT,
    )
    return int((await tx.execute(statement)).scalar_one())


async def count_in(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, states: Collection[ItemState], *, most: int
) -> int:
    """How many are in one of these now, counted up to `most`: tens of thousands would have to be read one by one."""
    some = (
        select(ITEMS.c.id)
        .where(
            ITEMS.c.workspace_id == workspace_id,
            ITEMS.c.organisation_id == organisation_id,
            ITEMS.c.state.in_(states),
        )
        .limit(most)
    )
    return int((await tx.execute(select(func.count()).select_from(some.subquery()))).scalar_one())


def _of(workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[Any, ...]:
    return DIGESTS.c.workspace_id == workspace_id, DIGESTS.c.organisation_id == organisation_id


def _published(
    workspace_id: WorkspaceId, organisation_id: OrganisationId, since: datetime, until: datetime
) -> tuple[Any, ...]:
    return (
        ITEMS.c.workspace_id == workspace_id,
        ITEMS.c.organisation_id == organisation_id,
        ITEMS.c.published_at > since,
        ITEMS.c.published_at <= until,
        ITEMS.c.state.in_(THERE),
    )
