"""Starting again what stopped moving, and ending what the job library still holds of earlier attempts.

Our rows say what is due; the library is never asked what should be done. A workflow of a dead process, though, keeps
its partition for ever, so the ones that no row stands behind any more are cancelled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from bot.db import batches
from bot.db.arrivals import ArrivalRow
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow
from bot.db.ingests import INGESTS
from bot.db.previews import PreviewRow
from bot.db.recodings import RECODINGS
from bot.db.smaller_files import SMALLER_FILES
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import BatchId
from bot.services.jobs import JobKind
from bot.services.publishing import Publishing
from bot.worker.loops import guarded

SYNCS, CONNECTIONS, ARRIVALS = table_of(ListSyncRow), table_of(ConnectionRow), table_of(ArrivalRow)
PREVIEWS = table_of(PreviewRow)


class Restartable(Protocol):
    async def restart_stuck(self) -> int:
        """Give what stopped moving another attempt; answers how many."""
        ...


class Workflows(Protocol):
    """What the engine still has to do, by key."""

    async def unfinished(self, kind: JobKind) -> tuple[str, ...]: ...

    async def cancel(self, kind: JobKind, keys: Iterable[str]) -> None: ...


@dataclass(slots=True)
class Reconciler:
    db: Database
    workflows: Workflows
    publishing: Publishing
    others: Sequence[Restartable]
    _seen: dict[JobKind, frozenset[str]] = field(default_factory=dict)

    async def restart(self) -> int:
        """Give whatever is due and not moving its next attempt; answers how many kinds of thing moved."""
        restarted = 0
        for batch in await self.publishing.stuck():
            restarted += await guarded(partial(self.publishing.restart, batch), "starting a batch again")
        for other in self.others:
            restarted += await guarded(other.restart_stuck, type(other).__name__)
        return restarted

    async def cancel_old(self) -> int:
        """End workflows that no row stands behind, so that they let go of their partition; answers how many.

        Only those that were seen so a pass ago: one that has just done its work is about to end by itself.
        """
        cancelled = 0
        for kind in JobKind:
            keys = await self.workflows.unfinished(kind)
            old = frozenset(keys) - await self._wanted(kind, keys)
            ended = old & self._seen.get(kind, frozenset())
            self._seen[kind] = old
            await self.workflows.cancel(kind, ended)
            cancelled += len(ended)
        return cancelled

    async def _wanted(self, kind: JobKind, keys: Sequence[str]) -> frozenset[str]:
        if not keys:
            return frozenset()
        async with self.db.read() as tx:
            return await _current(tx, kind, keys)


async def _current(tx: Tx, kind: JobKind, keys: Sequence[str]) -> frozenset[str]:
    """The keys of the one attempt that may act, for each row that is not over."""
    match kind:
        case JobKind.PUBLISH_BATCH:
            attempts = await batches.current_attempts(tx, [BatchId(UUID(key.partition(":")[0])) for key in keys])
            return frozenset(f"{batch_id}:{attempt}" for batch_id, attempt in attempts.items())
        case JobKind.SYNC_LISTS:
            syncs = (
                select(CONNECTIONS.c.id, SYNCS.c.run, SYNCS.c.attempt)
                .join(CONNECTIONS, CONNECTIONS.c.organisation_id == SYNCS.c.organisation_id)
                .where(SYNCS.c.state.in_(("waiting", "reading")))
            )
            return frozenset(f"{row.id}:{row.run}:{row.attempt}" for row in await tx.execute(syncs))
        case JobKind.READ_SENT_FILE:
            sent = select(INGESTS.c.id, INGESTS.c.attempt).where(INGESTS.c.state == "reading")
            return frozenset(f"{row.id}:{row.attempt}" for row in await tx.execute(sent))
        case JobKind.MAKE_PREVIEW:
            previews = select(PREVIEWS.c.file_id, PREVIEWS.c.attempt).where(PREVIEWS.c.state == "waiting")
            return frozenset(f"{row.file_id}:{row.attempt}" for row in await tx.execute(previews))
        case JobKind.MAKE_SMALLER:
            smaller = select(SMALLER_FILES.c.id, SMALLER_FILES.c.attempt).where(SMALLER_FILES.c.state == "waiting")
            return frozenset(f"{row.id}:{row.attempt}" for row in await tx.execute(smaller))
        case JobKind.RECODE_ITEMS:
            rounds = select(RECODINGS.c.organisation_id, RECODINGS.c.run, RECODINGS.c.attempt)
            return frozenset(f"{row.organisation_id}:{row.run}:{row.attempt}" for row in await tx.execute(rounds))
        case JobKind.READ_FILE:
            arrivals = select(ARRIVALS.c.id, ARRIVALS.c.attempt).where(ARRIVALS.c.state == "waiting")
            return frozenset(f"{row.id}:{row.attempt}" for row in await tx.execute(arrivals))
