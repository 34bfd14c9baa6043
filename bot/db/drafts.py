"""What somebody is typing about an item's lines: kept between the pages of the form, until it is saved."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, LongText, dump, load, table_of
from bot.db.unit_of_work import Tx
from bot.domain.editing import Edit
from bot.domain.ids import ItemId, UserId, WorkspaceId


class DraftRow(Base):
    """One person's unsaved edit of one item. `working` is JSON of the `Edit` that the lines' form is at; `done` of the one
    that was last agreed to there, which the item's own form goes by.
    """

    __tablename__ = "drafts"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    form_id: Mapped[UUID]
    """Of the form it belongs to: one that is opened later does not go on with it."""
    revision: Mapped[int]
    working: Mapped[str] = mapped_column(LongText)
    done: Mapped[str | None] = mapped_column(LongText)
    at: Mapped[datetime]


DRAFTS = table_of(DraftRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`revision` grows each time that it is written, so that what is drawn anew is not taken for what was typed before."""

    revision: int
    working: Edit
    done: Edit | None = None


async def load_draft(
    tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, user_id: UserId, form_id: UUID
) -> Draft | None:
    statement = select(DRAFTS.c.revision, DRAFTS.c.working, DRAFTS.c.done).where(
        DRAFTS.c.workspace_id == workspace_id,
        DRAFTS.c.item_id == item_id,
        DRAFTS.c.user_id == user_id,
        DRAFTS.c.form_id == form_id,
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        return None
    done = None if row.done is None else load(row.done, Edit)
    return Draft(revision=row.revision, working=load(row.working, Edit), done=done)


async def keep_draft(
    tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, user_id: UserId, *, form_id: UUID, draft: Draft
) -> None:
    """In the place of any other that this person has of this item."""
    values = {
        "workspace_id": workspace_id,
        "form_id": form_id,
        "revision": draft.revision,
        "working": dump(draft.working),
        "done": None if draft.done is None else dump(draft.done),
        "at": tx.now,
    }
    statement = tx.insert(DraftRow).values(item_id=item_id, user_id=user_id, **values)
    await tx.execute(statement.on_conflict_do_update(index_elements=["item_id", "user_id"], set_=values))


async def drop_draft(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId, user_id: UserId) -> None:
    await tx.execute(
        delete(DraftRow).where(
            DRAFTS.c.workspace_id == workspace_id, DRAFTS.c.item_id == item_id, DRAFTS.c.user_id == user_id
        )
    )
