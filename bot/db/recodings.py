"""How far the items that nobody decided on have been judged by settings that were saved."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Row, bindparam, literal, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, new_id, table_of
from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState

UNDECIDED = (ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL)


class RecodingRow(Base):
    """An organisation with items that are still to be judged; there is none where all of them are."""

    __tablename__ = "recodings"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    run: Mapped[UUID]
    """A new one whenever it is begun, whether or not the settings changed: no job has that name yet."""
    after_at: Mapped[datetime]
    """With `after_id`, the last item that was judged: they are taken in the order in which they came."""
    after_id: Mapped[UUID]
    attempt: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When it counts as not moving."""


RECODINGS = table_of(RecodingRow)
FROM_THE_OLDEST = datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)

_OF = select(RECODINGS).where(
    RECODINGS.c.workspace_id == bindparam("workspace_id"), RECODINGS.c.organisation_id == bindparam("organisation_id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoding:
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    run: UUID
    attempt: int
    after: tuple[datetime, UUID]

    def is_before(self, item: Item) -> bool:
        """Whether that item's turn is still to come."""
        return self.after < (item.created_at, item.id)


async def recoding_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Recoding | None:
    row = (await tx.execute(_OF, {"workspace_id": workspace_id, "organisation_id": organisation_id})).one_or_none()
    return None if row is None else _recoding(row)


async def recoding_to_work(tx: Tx, organisation_id: OrganisationId, run: UUID, attempt: int) -> Recoding | None:
    """None when another run or attempt has taken its place, or nothing is left to do."""
    statement = select(RECODINGS).where(
        RECODINGS.c.organisation_id == organisation_id,
        RECODINGS.c.run == run,
        RECODINGS.c.attempt == attempt,
        is_installed(RECODINGS.c.workspace_id),
    )
    row = (await tx.execute(statement)).one_or_none()
    return None if row is None else _recoding(row)


async def recodings_due(tx: Tx, *, limit: int) -> tuple[Recoding, ...]:
    """Those that have been due for longest."""
    statement = select(RECODINGS).where(RECODINGS.c.due_at <= tx.now, is_installed(RECODINGS.c.workspace_id))
    oldest = statement.order_by(RECODINGS.c.due_at).limit(limit)
    return tuple(_recoding(row) for row in (await tx.execute(oldest)).all())


async def begin_recoding(tx: Tx, recoding: Recoding, *, due_at: datetime) -> None:
    """In the place of one that is under way."""
    values = {
        "workspace_id": recoding.workspace_id,
        "run": recoding.run,
        "attempt": recoding.attempt,
        "after_at": recoding.after[0],
        "after_id": recoding.after[1],
        "due_at": due_at,
    }
    statement = tx.insert(RecodingRow).values(organisation_id=recoding.organisation_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["organisation_id"], set_=values))


async def begin_again(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """From the oldest item: whoever restarts what does not move takes it up."""
    recoding = Recoding(
        workspace_id=workspace_id, organisation_id=organisation_id, run=new_id(), attempt=1, after=FROM_THE_OLDEST
    )
    await begin_recoding(tx, recoding, due_at=tx.now)


async def move_recoding(tx: Tx, recoding: Recoding, *still: ColumnElement[bool], **values: object) -> bool:
    """False when another run or attempt has taken its place, or it is not `still` so."""
    statement = RECODINGS.update().where(*_is_same(recoding), *still).values(**values)
    return bool((await tx.execute(statement)).rowcount)


async def end_recoding(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    await tx.execute(
        RECODINGS.delete().where(
            RECODINGS.c.workspace_id == workspace_id, RECODINGS.c.organisation_id == organisation_id
        )
    )


async def undecided_items(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    after: tuple[datetime, UUID] | None,
    *,
    limit: int,
) -> tuple[Item, ...]:
    """The oldest that nobody decided on; with `after`, of those that came later."""
    statement = select(ITEMS).where(
        ITEMS.c.workspace_id == workspace_id,
        ITEMS.c.organisation_id == organisation_id,
        ITEMS.c.state.in_(UNDECIDED),
    )
    if after is not None:
        at, item_id = literal(after[0], ITEMS.c.created_at.type), literal(after[1], ITEMS.c.id.type)
        statement = statement.where(tuple_(ITEMS.c.created_at, ITEMS.c.id) > tuple_(at, item_id))
    page = statement.order_by(ITEMS.c.created_at, ITEMS.c.id).limit(limit)
    return tuple(item_of(row) for row in (await tx.execute(page)).mappings().all())


def _is_same(recoding: Recoding) -> tuple[ColumnElement[bool], ...]:
    return (
        RECODINGS.c.workspace_id == recoding.workspace_id,
        RECODINGS.c.organisation_id == recoding.organisation_id,
        RECODINGS.c.run == recoding.run,
        RECODINGS.c.attempt == recoding.attempt,
    )


def _recoding(row: Row[Any]) -> Recoding:
    return Recoding(
        workspace_id=WorkspaceId(row.workspace_id),
        organisation_id=OrganisationId(row.organisation_id),
        run=row.run,
        attempt=row.attempt,
        after=(row.after_at, row.after_id),
    )
