"""A file that is too large for a ledger goes there in a smaller version, made by a child process before it is sent.

The smaller version is a file like any other, kept under what its bytes hash to, so that a second attempt sends the same
bytes. The original stays with the item. What cannot be made small enough is told.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from bot.db.base import load, new_id, table_of
from bot.db.files import FileRow
from bot.db.publications import STEPS
from bot.db.smaller_files import SMALLER_FILES, SmallerFileRow
from bot.db.steps import wake_files
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.attachments import FileRules, KeptFile, in_a_smaller_version, smaller_version
from bot.domain.ids import FileId, WorkspaceId
from bot.domain.items import Item
from bot.domain.postings import Attachment
from bot.domain.publishing import StepKind, StepState
from bot.services.files import file_content, keep_file
from bot.services.jobs import JobKind, Jobs
from bot.services.stuck import STUCK_AT_ONCE, only_stuck

FILES = table_of(FileRow)
WAITING, MADE, NONE = "waiting", "made", "none"
MOVING_FOR = timedelta(seconds=150)
"""Longer than a child may take."""
MOST_ATTEMPTS = 3


class MadeSmaller(Protocol):
    @property
    def content(self) -> bytes: ...

    @property
    def ending(self) -> str: ...


Shrink = Callable[[bytes, int], Awaitable[MadeSmaller | None]]


async def fitting(tx: Tx, jobs: Jobs, workspace_id: WorkspaceId, file: KeptFile, rules: FileRules) -> KeptFile | None:
    """The file as it goes to a ledger that says this of files: itself where it fits, or where there is no other version. None:
    one is being made, and what waits for it is woken then.
    """
    most_bytes = rules.most_bytes
    if file.size <= most_bytes and rules.takes(file.name):
        return file
    row = await _of(tx, workspace_id, file.id, most_bytes)
    if row is None:
        await _ask(tx, jobs, workspace_id, file.id, most_bytes)
        return None
    if row.state == WAITING:
        return None
    if row.smaller_id is None:
        return file
    statement = select(FILES.c.name, FILES.c.size).where(
        FILES.c.workspace_id == workspace_id, FILES.c.id == row.smaller_id
    )
    made = (await tx.execute(statement)).one()
    return smaller_version(file, KeptFile(id=FileId(row.smaller_id), name=made.name, size=made.size))


async def attached_how(tx: Tx, item: Item) -> str | None:
    """Of an item whose file went to the ledger in a smaller version, that it did, after "attached"."""
    statement = select(STEPS.c.work).where(
        STEPS.c.workspace_id == item.workspace_id,
        STEPS.c.item_id == item.id,
        STEPS.c.kind == StepKind.ATTACHMENT,
        STEPS.c.state == StepState.DONE,
    )
    works = (await tx.execute(statement.order_by(STEPS.c.read_back_at.desc()).limit(1))).scalars().all()
    return in_a_smaller_version(load(works[0], Attachment)) if works and works[0] is not None else None


@dataclass(frozen=True, slots=True)
class SmallerFiles:
    db: Database
    jobs: Jobs
    shrink: Shrink

    async def run(self, key: str) -> None:
        """Make one. Safe to run twice: the same bytes are one file, and the first that ends is what counts."""
        row_id, _, attempt = key.partition(":")
        async with self.db.read() as tx:
            row = await _waiting(tx, UUID(row_id), int(attempt))
            content = None if row is None else await file_content(tx, WorkspaceId(row.workspace_id), row.file_id)
        if row is None:
            return
        made = None if content is None else await self.shrink(content, row.most_bytes)
        async with self.db.write() as tx:
            await _over(tx, row, made)

    async def restart_stuck(self) -> int:
        """Give those that stopped moving another attempt, and up after some that were begun."""
        table = SMALLER_FILES
        statement = select(table).where(table.c.state == WAITING, is_installed(table.c.workspace_id))
        async with self.db.read() as tx:
            oldest = statement.where(table.c.due_at <= tx.now).order_by(table.c.due_at).limit(STUCK_AT_ONCE)
            due = (await tx.execute(oldest)).all()
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.MAKE_SMALLER,
            due,
            key=lambda row: _key(row.id, row.attempt),
            of=table.c.id,
            again_in=MOVING_FOR,
        )
        for row in stuck:
            async with self.db.write() as tx:
                is_due = table.c.due_at <= tx.now
                if row.attempt >= MOST_ATTEMPTS:
                    await _over(tx, row, None, is_due)
                elif await _change(tx, row, is_due, attempt=row.attempt + 1, due_at=tx.now + MOVING_FOR):
                    await _enqueue(tx, self.jobs, WorkspaceId(row.workspace_id), row.id, row.attempt + 1)
        return len(stuck)


async def _ask(tx: Tx, jobs: Jobs, workspace_id: WorkspaceId, file_id: FileId, most_bytes: int) -> None:
    row_id = new_id()
    new = tx.insert(SmallerFileRow).values(
        id=row_id,
        workspace_id=workspace_id,
        file_id=file_id,
        most_bytes=most_bytes,
        state=WAITING,
        attempt=1,
        due_at=tx.now + MOVING_FOR,
    )
    if (await tx.execute(new.on_conflict_do_nothing())).rowcount:
        await _enqueue(tx, jobs, workspace_id, row_id, 1)


async def _over(tx: Tx, row: Row[Any], made: MadeSmaller | None, *still: ColumnElement[bool]) -> None:
    """What waits for it goes on: with the smaller version, or to be told."""
    workspace_id = WorkspaceId(row.workspace_id)
    smaller_id = None
    if made is not None:
        smaller_id = await keep_file(tx, workspace_id, f"smaller.{made.ending}", made.content)
    state = NONE if smaller_id is None else MADE
    if await _change(tx, row, *still, state=state, smaller_id=smaller_id, due_at=None):
        await wake_files(tx, workspace_id, FileId(row.file_id))


async def _of(tx: Tx, workspace_id: WorkspaceId, file_id: FileId, most_bytes: int) -> Row[Any] | None:
    statement = select(SMALLER_FILES).where(
        SMALLER_FILES.c.workspace_id == workspace_id,
        SMALLER_FILES.c.file_id == file_id,
        SMALLER_FILES.c.most_bytes == most_bytes,
    )
    return (await tx.execute(statement)).one_or_none()


async def _waiting(tx: Tx, row_id: UUID, attempt: int) -> Row[Any] | None:
    statement = select(SMALLER_FILES).where(
        SMALLER_FILES.c.id == row_id,
        SMALLER_FILES.c.state == WAITING,
        SMALLER_FILES.c.attempt == attempt,
        is_installed(SMALLER_FILES.c.workspace_id),
    )
    return (await tx.execute(statement)).one_or_none()


async def _change(tx: Tx, row: Row[Any], *still: ColumnElement[bool], **values: Any) -> bool:
    """False when another attempt has taken over, or it is not `still` so."""
    statement = SMALLER_FILES.update().where(
        SMALLER_FILES.c.id == row.id,
        SMALLER_FILES.c.workspace_id == row.workspace_id,
        SMALLER_FILES.c.state == WAITING,
        SMALLER_FILES.c.attempt == row.attempt,
        *still,
    )
    return bool((await tx.execute(statement.values(**values))).rowcount)


def _key(row_id: UUID, attempt: int) -> str:
    return f"{row_id}:{attempt}"


async def _enqueue(tx: Tx, jobs: Jobs, workspace_id: WorkspaceId, row_id: UUID, attempt: int) -> None:
    await jobs.enqueue(tx, JobKind.MAKE_SMALLER, _key(row_id, attempt), f"smaller:{workspace_id}")
