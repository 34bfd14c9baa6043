"""Rows of each kind of job, as their services leave them while it is under way."""

from uuid import uuid4

from bot.db.api_keys import API_KEYS
from bot.db.arrivals import ARRIVALS
from bot.db.base import table_of
from bot.db.connections import ListSyncRow
from bot.db.downloads import DOWNLOADS
from bot.db.files import FileRow
from bot.db.ingests import INGESTS
from bot.db.previews import PreviewRow
from bot.db.publications import BATCHES
from bot.db.recodings import FROM_THE_OLDEST, RECODINGS
from bot.db.smaller_files import SMALLER_FILES
from bot.db.unit_of_work import Tx
from bot.domain.publishing import BatchState, StepKind
from tests.services.publishing import World

FILES, PREVIEWS, SYNCS = table_of(FileRow), table_of(PreviewRow), table_of(ListSyncRow)
OPEN_WORK = (SYNCS, ARRIVALS, INGESTS, PREVIEWS, SMALLER_FILES, RECODINGS, DOWNLOADS)


async def open_work(tx: Tx, world: World) -> None:
    """A job of each kind but publishing, as its service leaves it while it is under way."""
    of = {"workspace_id": world.workspace_id}
    books = {**of, "organisation_id": world.organisation_id}
    open_ = {"state": "waiting", "attempt": 1, "due_at": tx.now}
    file_id, key_id = uuid4(), uuid4()
    file = {"sha256": "ab", "name": "bill.pdf", "size": 1, "content": b"%", "created_at": tx.now}
    await tx.execute(FILES.insert().values(id=file_id, **of, **file))
    await tx.execute(PREVIEWS.insert().values(file_id=file_id, **of, **open_))
    await tx.execute(SMALLER_FILES.insert().values(id=uuid4(), file_id=file_id, most_bytes=1, **of, **open_))
    await tx.execute(SYNCS.insert().values(kind="accounts", run=1, **books, **open_))
    after_at, after_id = FROM_THE_OLDEST
    judged = {"run": uuid4(), "after_at": after_at, "after_id": after_id, "attempt": 1, "due_at": tx.now}
    await tx.execute(RECODINGS.insert().values(**books, **judged))
    dropped = {"slack_file_id": "F1", "channel_id": "C1", "user_id": "U1", "at": tx.now}
    await tx.execute(ARRIVALS.insert().values(id=uuid4(), **books, **dropped, **open_))
    made = {
        "key_hash": str(key_id),
        "shown": "dx",
        "name": "Shop",
        "scopes": "items",
        "made_by": "U1",
        "made_at": tx.now,
    }
    await tx.execute(API_KEYS.insert().values(id=key_id, **books, **made))
    sent = {"api_key_id": key_id, "idempotency_key": "1", "content_hash": "h", "receipt": "{}", "at": tx.now}
    await tx.execute(
        INGESTS.insert().values(id=uuid4(), file_id=file_id, **books, **sent, **{**open_, "state": "reading"})
    )
    batch_id = uuid4()
    frozen = {
        "kind": StepKind.DOCUMENT,
        "route": "bills",
        "body": b"[]",
        "body_hash": "h",
        "idempotency_key": str(batch_id),
    }
    over = {"state": BatchState.DONE, "number": 1, "due_at": tx.now, "created_at": tx.now, "ended_at": tx.now}
    of_connection = {**books, "connection_id": world.connection_id}
    await tx.execute(BATCHES.insert().values(id=batch_id, **of_connection, **frozen, **over))
    asked = {"batch_id": batch_id, "user_id": "U1", "asked_at": tx.now}
    await tx.execute(DOWNLOADS.insert().values(id=uuid4(), **books, **asked, **open_))
