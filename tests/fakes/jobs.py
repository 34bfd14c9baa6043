"""The job engine's contract without the engine: jobs run when a test says so, in order, in the test's own task."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import event

from bot.db.unit_of_work import Tx
from bot.services.jobs import JobKind

Handler = Callable[[str, str], Awaitable[None]]


@dataclass(slots=True)
class InlineJobs:
    """`bot.services.jobs.Jobs`. A job is known from its transaction's commit on, and is run by `drain`."""

    handler: Handler | None = None
    waiting: list[tuple[JobKind, str]] = field(default_factory=list)
    known: set[tuple[JobKind, str]] = field(default_factory=set)
    running: tuple[JobKind, str] | None = None

    async def enqueue(self, tx: Tx, kind: JobKind, key: str, partition: str) -> None:
        def committed(_connection: object) -> None:
            if (kind, key) not in self.known:
                self.known.add((kind, key))
                self.waiting.append((kind, key))

        event.listen(tx.connection.sync_connection, "commit", committed, once=True)

    async def open_of(self, _tx: Tx, kind: JobKind, keys: Collection[str]) -> frozenset[str]:
        return frozenset(key for key in keys if (kind, key) in (*self.waiting, self.running))

    async def drain(self) -> int:
        """Run what waits, and what that puts in line; answers how many ran. All are one line, so partitions are too."""
        ran = 0
        while self.waiting:
            kind, key = self.running = self.waiting.pop(0)
            ran += 1
            assert self.handler is not None, "InlineJobs was given no handler"
            try:
                await self.handler(kind, key)
            finally:
                self.running = None
        return ran
