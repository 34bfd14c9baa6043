"""Downloads of batches: who asked for which, and whether the file is in that person's hands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Row, func, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.publications import BATCHES, OPEN, STEPS
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.downloads import BatchNote
from bot.domain.ids import BatchId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.publishing import BatchState, StepKind, StepState

WAITING, HANDED, DONE, FAILED = "waiting", "handed", "done", "failed"
"""Asked for; the person has the file; what follows from that is written down; it came to nothing."""


class DownloadRow(Base):
    """One press of *Download*."""

    __tablename__ = "batch_downloads"
    __table_args__ = (Index("ix_batch_downloads_due", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("publish_batches.id"), index=True)
    user_id: Mapped[str]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    slack_file_id: Mapped[str | None]


DOWNLOADS = table_of(DownloadRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedBatch:
    id: BatchId
    number: int
    documents: int
    is_over: bool


async def next_number(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    """Counted within an organisation; one that was taken apart keeps its own. Whoever asks holds the organisation's lock."""
    of = BATCHES.c.workspace_id == workspace_id, BATCHES.c.organisation_id == organisation_id
    return ((await tx.execute(select(func.max(BATCHES.c.number)).where(*of))).scalar_one() or 0) + 1


async def open_batch(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> NumberedBatch | None:
    """The one that is frozen and that nobody has in hands yet."""
    return await _batch(tx, workspace_id, organisation_id, BATCHES.c.state.in_(OPEN))


async def numbered_batch(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, number: int
) -> NumberedBatch | None:
    """One that can be downloaded, again perhaps; none that was taken apart."""
    return await _batch(
        tx,
        workspace_id,
        organisation_id,
        BATCHES.c.number == number,
        BATCHES.c.state != BatchState.DISSOLVED,
    )


async def _batch(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *which: ColumnElement[bool]
) -> NumberedBatch | None:
    documents = select(func.count()).where(STEPS.c.batch_id == BATCHES.c.id).scalar_subquery()
    statement = select(BATCHES.c.id, BATCHES.c.number, BATCHES.c.state, documents.label("documents")).where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.organisation_id == organisation_id,
        BATCHES.c.number.is_not(None),
        *which,
    )
    row = (await tx.execute(statement.with_for_update(of=BATCHES))).one_or_none()
    if row is None:
        return None
    return NumberedBatch(id=BatchId(row.id), number=row.number, documents=row.documents, is_over=row.state not in OPEN)


async def waiting_download(tx: Tx, download_id: UUID, attempt: int) -> Row[Any] | None:
    """With its batch's number, state and bytes; None where it is over, or another attempt is current."""
    statement = (
        select(DOWNLOADS, BATCHES.c.number, BATCHES.c.route, BATCHES.c.body, BATCHES.c.state.label("batch_state"))
        .join(BATCHES, BATCHES.c.id == DOWNLOADS.c.batch_id)
        .where(
            DOWNLOADS.c.id == download_id,
            DOWNLOADS.c.attempt == attempt,
            DOWNLOADS.c.state.in_((WAITING, HANDED)),
            is_installed(DOWNLOADS.c.workspace_id),
        )
    )
    return (await tx.execute(statement)).one_or_none()


async def is_still_due(tx: Tx, row: Row[Any]) -> bool:
    """Held: nothing put it off since it was found due."""
    of = DOWNLOADS.c.workspace_id == row.workspace_id, DOWNLOADS.c.id == row.id, DOWNLOADS.c.due_at <= tx.now
    return (await tx.execute(select(DOWNLOADS.c.id).where(*of).with_for_update())).one_or_none() is not None


async def change_download(tx: Tx, row: Row[Any], **values: Any) -> bool:
    """False when another attempt has taken over."""
    statement = DOWNLOADS.update().where(
        DOWNLOADS.c.id == row.id,
        DOWNLOADS.c.workspace_id == row.workspace_id,
        DOWNLOADS.c.attempt == row.attempt,
        DOWNLOADS.c.state.in_((WAITING, HANDED)),
    )
    return bool((await tx.execute(statement.values(**values))).rowcount)


async def note_of(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> BatchNote | None:
    """The batch that an item's document is in, and who has had it first."""
    statement = (
        select(BATCHES.c.number, BATCHES.c.id, DOWNLOADS.c.user_id, DOWNLOADS.c.handed_at)
        .join(STEPS, STEPS.c.batch_id == BATCHES.c.id)
        .outerjoin(DOWNLOADS, (DOWNLOADS.c.batch_id == BATCHES.c.id) & DOWNLOADS.c.handed_at.is_not(None))
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.item_id == item_id,
            STEPS.c.kind == StepKind.DOCUMENT,
            BATCHES.c.number.is_not(None),
            BATCHES.c.state != BatchState.DISSOLVED,
        )
        .order_by(BATCHES.c.number.desc(), DOWNLOADS.c.handed_at)
        .limit(1)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    return BatchNote(number=row.number, by=None if row.user_id is None else UserId(row.user_id), at=row.handed_at)


async def to_download(
    tx: Tx, workspace_id: WorkspaceId, organisations: Collection[OrganisationId]
) -> dict[OrganisationId, int]:
    """How many documents of each wait to be downloaded: due, or frozen already."""
    statement = (
        select(STEPS.c.organisation_id, func.count().label("documents"))
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.organisation_id.in_(tuple(organisations)),
            STEPS.c.kind == StepKind.DOCUMENT,
            (STEPS.c.state == StepState.SENDING) | ((STEPS.c.state == StepState.WAITING) & (STEPS.c.due_at <= tx.now)),
        )
        .group_by(STEPS.c.organisation_id)
    )
    found = (await tx.execute(statement)).all() if organisations else []
    return {OrganisationId(row.organisation_id): int(row.documents) for row in found}
