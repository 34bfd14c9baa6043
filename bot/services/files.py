"""Files are kept once for each workspace, under what their bytes hash to."""

import hashlib

from sqlalchemy import bindparam, select

from bot.db.base import new_id, table_of
from bot.db.files import FileRow
from bot.db.unit_of_work import Tx
from bot.domain.ids import FileId, WorkspaceId

FILES = table_of(FileRow)
LONGEST_NAME = 255

_NAME = select(FILES.c.name).where(
    FILES.c.workspace_id == bindparam("workspace_id"), FILES.c.id == bindparam("file_id")
)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def keep_file(tx: Tx, workspace_id: WorkspaceId, name: str, content: bytes) -> FileId:
    """The file's id; the same bytes again are the file there is, under the name it came with first."""
    sha256 = sha256_of(content)
    new = tx.insert(FileRow).values(
        id=new_id(),
        workspace_id=workspace_id,
        sha256=sha256,
        name=name[:LONGEST_NAME],
        size=len(content),
        content=content,
        created_at=tx.now,
    )
    await tx.execute(new.on_conflict_do_nothing())
    statement = select(FILES.c.id).where(FILES.c.workspace_id == workspace_id, FILES.c.sha256 == sha256)
    return FileId((await tx.execute(statement)).scalar_one())


async def file_content(tx: Tx, workspace_id: WorkspaceId, file_id: FileId) -> bytes | None:
    """The bytes of a file that was kept."""
    statement = select(FILES.c.content).where(FILES.c.workspace_id == workspace_id, FILES.c.id == file_id)
    return (await tx.execute(statement)).scalar_one_or_none()


async def file_name(tx: Tx, workspace_id: WorkspaceId, file_id: FileId | None) -> str | None:
    """The name that it came with first."""
    if file_id is None:
        return None
    of = {"workspace_id": workspace_id, "file_id": file_id}
    return (await tx.execute(_NAME, of)).scalar_one_or_none()
