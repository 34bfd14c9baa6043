"""The first page of a document as a picture on its card: drawn in a child process, uploaded once, shown when Slack has
looked at it. A card never waits for it, and stands without it where anything fails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, select

from bot.db.base import table_of
from bot.db.items import ITEMS
from bot.db.previews import PreviewRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import FileId, ItemId, WorkspaceId
from bot.services.files import file_content
from bot.services.jobs import JobKind, Jobs
from bot.services.messages import redraw_items
from bot.services.stuck import STUCK_AT_ONCE, only_stuck

PREVIEWS = table_of(PreviewRow)

WAITING, READY, NONE = "waiting", "ready", "none"
MOVING_FOR = timedelta(seconds=120)
MOST_ATTEMPTS = 5
LOOKS, LOOK_SECONDS = 8, 1.0
"""Slack takes a moment to look at a picture; until then it refuses a block that shows it."""

Draw = Callable[[bytes], Awaitable[bytes | None]]

_READY = select(PREVIEWS.c.slack_file_id).where(
    PREVIEWS.c.workspace_id == bindparam("workspace_id"),
    PREVIEWS.c.file_id == bindparam("file_id"),
    PREVIEWS.c.state == READY,
)


class Pictures(Protocol):
    async def upload(self, workspace_id: WorkspaceId, picture: bytes) -> str | None:
        """Slack's id of a picture that nobody was shown yet; None when Slack did not take it."""
        ...

    async def is_ready(self, workspace_id: WorkspaceId, slack_file_id: str) -> bool:
        """Whether Slack has looked at it, so that a block may show it."""
        ...


async def ask_for_preview(tx: Tx, jobs: Jobs, workspace_id: WorkspaceId, file_id: FileId) -> None:
    """Have a file's picture made; a file that was asked for is not asked for again."""
    new = tx.insert(PreviewRow).values(
        file_id=file_id, workspace_id=workspace_id, state=WAITING, attempt=1, due_at=tx.now + MOVING_FOR
    )
    if (await tx.execute(new.on_conflict_do_nothing())).rowcount:
        await _enqueue(tx, jobs, workspace_id, file_id, 1)


async def preview_of(tx: Tx, workspace_id: WorkspaceId, file_id: FileId | None) -> str | None:
    """Slack's id of the picture to show; None while there is none."""
    if file_id is None:
        return None
    return (await tx.execute(_READY, {"workspace_id": workspace_id, "file_id": file_id})).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Previews:
    db: Database
    jobs: Jobs
    draw: Draw
    pictures: Pictures

    async def run(self, key: str) -> None:
        """Draw, upload, wait until Slack is ready. Safe to run twice: what was uploaded is noted before it is waited for."""
        file_id, _, attempt = key.partition(":")
        async with self.db.read() as tx:
            row = await _waiting(tx, UUID(file_id), int(attempt))
        if row is None:
            return
        slack_file_id = row.slack_file_id or await self._uploaded(row)
        if slack_file_id is not None and await self._is_ready(WorkspaceId(row.workspace_id), slack_file_id):
            await self._ready(row)

    async def restart_stuck(self) -> int:
        """Give pictures that stopped moving another attempt, and up after some that were begun."""
        statement = select(PREVIEWS).where(PREVIEWS.c.state == WAITING, is_installed(PREVIEWS.c.workspace_id))
        async with self.db.read() as tx:
            oldest = statement.where(PREVIEWS.c.due_at <= tx.now).order_by(PREVIEWS.c.due_at).limit(STUCK_AT_ONCE)
            due = (await tx.execute(oldest)).all()
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.MAKE_PREVIEW,
            due,
            key=lambda row: _key(row.file_id, row.attempt),
            of=PREVIEWS.c.file_id,
            again_in=MOVING_FOR,
        )
        for row in stuck:
            attempt = row.attempt + 1
            async with self.db.write() as tx:
                is_due = PREVIEWS.c.due_at <= tx.now
                if attempt > MOST_ATTEMPTS:
                    await _change(tx, row, is_due, state=NONE, due_at=None)
                elif await _change(tx, row, is_due, attempt=attempt, due_at=tx.now + MOVING_FOR):
                    await _enqueue(tx, self.jobs, WorkspaceId(row.workspace_id), FileId(row.file_id), attempt)
        return len(stuck)

    async def _uploaded(self, row: Row[Any]) -> str | None:
        workspace_id, file_id = WorkspaceId(row.workspace_id), FileId(row.file_id)
        async with self.db.read() as tx:
            content = await file_content(tx, workspace_id, file_id)
        picture = None if content is None else await self.draw(content)
        if picture is None:
            await self._note(row, state=NONE, due_at=None)
            return None
        slack_file_id = await self.pictures.upload(workspace_id, picture)
        if slack_file_id is not None:
            await self._note(row, slack_file_id=slack_file_id)
        return slack_file_id

    async def _is_ready(self, workspace_id: WorkspaceId, slack_file_id: str) -> bool:
        for _ in range(LOOKS):
            if await self.pictures.is_ready(workspace_id, slack_file_id):
                return True
            await self.db.clock.sleep(LOOK_SECONDS)
        return False

    async def _ready(self, row: Row[Any]) -> None:
        """The cards that show the file are drawn again."""
        async with self.db.write() as tx:
            if await _change(tx, row, state=READY, due_at=None):
                shown = select(ITEMS.c.id).where(
                    ITEMS.c.workspace_id == row.workspace_id, ITEMS.c.file_id == row.file_id
                )
                found = (await tx.execute(shown)).scalars().all()
                await redraw_items(tx, WorkspaceId(row.workspace_id), [ItemId(item_id) for item_id in found])

    async def _note(self, row: Row[Any], **values: Any) -> None:
        async with self.db.write() as tx:
            await _change(tx, row, **values)


async def _waiting(tx: Tx, file_id: UUID, attempt: int) -> Row[Any] | None:
    statement = select(PREVIEWS).where(
        PREVIEWS.c.file_id == file_id,
        PREVIEWS.c.state == WAITING,
        PREVIEWS.c.attempt == attempt,
        is_installed(PREVIEWS.c.workspace_id),
    )
    return (await tx.execute(statement)).one_or_none()


async def _change(tx: Tx, row: Row[Any], *still: ColumnElement[bool], **values: Any) -> bool:
    """False when another attempt has taken over, or it is not `still` so."""
    statement = PREVIEWS.update().where(
        PREVIEWS.c.file_id == row.file_id,
        PREVIEWS.c.workspace_id == row.workspace_id,
        PREVIEWS.c.state == WAITING,
        PREVIEWS.c.attempt == row.attempt,
        *still,
    )
    return bool((await tx.execute(statement.values(**values))).rowcount)


def _key(file_id: UUID, attempt: int) -> str:
    return f"{file_id}:{attempt}"


async def _enqueue(tx: Tx, jobs: Jobs, workspace_id: WorkspaceId, file_id: FileId, attempt: int) -> None:
    await jobs.enqueue(tx, JobKind.MAKE_PREVIEW, _key(file_id, attempt), f"previews:{workspace_id}")
