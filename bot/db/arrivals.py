"""Files on their way in through Slack."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, UniqueConstraint, select, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, table_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.arrivals import AnswerIn, Arrival, ArrivalState, SlackMessage
from bot.domain.documents import Door
from bot.domain.ids import ChannelId, FileId, ItemId, OrganisationId, UserId, WorkspaceId


class ArrivalRow(Base):
    """A file of Slack's in a channel, until it is an item or a reason why not, and after.

    `state` changes by compare-and-set on (workspace, id, state, attempt).
    """

    __tablename__ = "arrivals"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_file_id", "channel_id"),
        Index("ix_arrivals_message", "workspace_id", "channel_id", "message_ts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """None until somebody has chosen one."""
    door: Mapped[str] = mapped_column(default="file", server_default="file")
    slack_file_id: Mapped[str]
    channel_id: Mapped[str]
    user_id: Mapped[str]
    message_ts: Mapped[str | None]
    thread_ts: Mapped[str | None]
    answer_in: Mapped[str] = mapped_column(default="alone", server_default="alone")
    name: Mapped[str | None]
    is_sure: Mapped[bool] = mapped_column(default=True, server_default=true())
    file_id: Mapped[UUID | None]
    item_id: Mapped[UUID | None] = mapped_column(index=True)
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When an arrival counts as not moving; None when nothing is to be done."""
    reason: Mapped[str | None] = mapped_column(LongText)
    """What is told of it."""
    at: Mapped[datetime]


ARRIVALS = table_of(ArrivalRow)
MOST_STATEMENTS = 100


async def insert_arrival(tx: Tx, values: dict[str, Any]) -> bool:
    """False when that file was met in that channel before; nothing is then written."""
    return bool((await tx.execute(tx.insert(ArrivalRow).values(**values).on_conflict_do_nothing())).rowcount)


async def load_arrival(tx: Tx, workspace_id: WorkspaceId, arrival_id: UUID) -> Arrival | None:
    statement = select(ARRIVALS).where(ARRIVALS.c.workspace_id == workspace_id, ARRIVALS.c.id == arrival_id)
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else arrival_of(row)


async def message_with_file(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Row[Any] | None:
    """Channel and message that an item's file came by; None where nobody but whoever sent it can see them."""
    statement = select(ARRIVALS.c.channel_id, ARRIVALS.c.message_ts).where(
        ARRIVALS.c.workspace_id == workspace_id,
        ARRIVALS.c.item_id == item_id,
        ARRIVALS.c.message_ts.is_not(None),
        ARRIVALS.c.channel_id.not_like("D%"),
    )
    return (await tx.execute(statement.order_by(ARRIVALS.c.at).limit(1))).one_or_none()


async def arrival_of_file(
    tx: Tx, workspace_id: WorkspaceId, slack_file_id: str, channel_id: ChannelId
) -> Arrival | None:
    statement = select(ARRIVALS).where(
        ARRIVALS.c.workspace_id == workspace_id,
        ARRIVALS.c.slack_file_id == slack_file_id,
        ARRIVALS.c.channel_id == channel_id,
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else arrival_of(row)


async def arrivals_of_message(tx: Tx, workspace_id: WorkspaceId, channel_id: str, ts: str) -> tuple[Arrival, ...]:
    """The files of one message, in the order in which they came."""
    statement = (
        select(ARRIVALS)
        .where(
            ARRIVALS.c.workspace_id == workspace_id, ARRIVALS.c.channel_id == channel_id, ARRIVALS.c.message_ts == ts
        )
        .order_by(ARRIVALS.c.at, ARRIVALS.c.slack_file_id)
    )
    return tuple(arrival_of(row) for row in (await tx.execute(statement)).all())


async def statements_waiting(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> tuple[Arrival, ...]:
    """Bank statements that were dropped, and that nobody added yet; the newest of very many."""
    statement = (
        select(ARRIVALS)
        .where(
            ARRIVALS.c.workspace_id == workspace_id,
            ARRIVALS.c.organisation_id == organisation_id,
            ARRIVALS.c.state == ArrivalState.STATEMENT,
        )
        .order_by(ARRIVALS.c.at.desc())
        .limit(MOST_STATEMENTS)
    )
    return tuple(arrival_of(row) for row in (await tx.execute(statement)).all())


async def arrival_to_work(tx: Tx, arrival_id: UUID, attempt: int) -> Arrival | None:
    """The one that a job is for, while that attempt is the current one and the app is installed."""
    statement = select(ARRIVALS).where(
        ARRIVALS.c.id == arrival_id,
        ARRIVALS.c.attempt == attempt,
        ARRIVALS.c.state == ArrivalState.WAITING,
        is_installed(ARRIVALS.c.workspace_id),
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else arrival_of(row)


async def arrivals_due(tx: Tx, limit: int) -> Sequence[Arrival]:
    """Those with which something should have been done by now, for longest."""
    statement = (
        select(ARRIVALS)
        .where(
            ARRIVALS.c.state == ArrivalState.WAITING,
            ARRIVALS.c.due_at <= tx.now,
            is_installed(ARRIVALS.c.workspace_id),
        )
        .order_by(ARRIVALS.c.due_at)
        .limit(limit)
    )
    return [arrival_of(row) for row in (await tx.execute(statement)).all()]


async def change_arrival(tx: Tx, before: Arrival, *still: ColumnElement[bool], **values: Any) -> bool:
    """Compare-and-set: False when it has moved on meanwhile, or is not `still` so."""
    statement = (
        ARRIVALS.update()
        .where(
            ARRIVALS.c.id == before.id,
            ARRIVALS.c.workspace_id == before.workspace_id,
            ARRIVALS.c.state == before.state,
            ARRIVALS.c.attempt == before.attempt,
            *still,
        )
        .values(**values)
    )
    return bool((await tx.execute(statement)).rowcount)


def arrival_of(row: Row[Any]) -> Arrival:
    channel_id = ChannelId(row.channel_id)
    message = None
    if row.message_ts is not None:
        message = SlackMessage(channel_id=channel_id, ts=row.message_ts, thread_ts=row.thread_ts)
    return Arrival(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=None if row.organisation_id is None else OrganisationId(row.organisation_id),
        door=Door(row.door),
        slack_file_id=row.slack_file_id,
        channel_id=channel_id,
        user_id=UserId(row.user_id),
        state=ArrivalState(row.state),
        attempt=row.attempt,
        at=row.at,
        name=row.name,
        message=message,
        answer_in=AnswerIn(row.answer_in),
        is_sure=row.is_sure,
        file_id=None if row.file_id is None else FileId(row.file_id),
        item_id=None if row.item_id is None else ItemId(row.item_id),
        words=row.reason,
    )
