"""The job library, behind the one interface that services know (`bot.services.jobs.Jobs`).

DBOS runs on SQLite and PostgreSQL, on our own event loop, and puts a job in line inside our transaction. What it does
not give is asked of our own tables: they say what is to be done, and the reconciler starts again what stopped. So a
workflow here never sleeps and never ends in ERROR: whatever is left to do has a due time in a row.

Facts found by trying (3.4.0): `DBOS.destroy` blocks the loop it is called on, so it goes to a thread; the default
serializer is pickle, so arguments travel as portable JSON; a workflow of another application version is left lying, so
the version is pinned; a dead executor's workflow keeps its partition for ever, so earlier attempts are cancelled.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from dbos import DBOS, DBOSClient, DBOSConfig, WorkflowSerializationFormat, run_dbos_database_migrations
from sqlalchemy import URL, make_url

from bot.db.unit_of_work import Tx, to_its_end
from bot.services.jobs import JobKind

NAME, VERSION = "dext", "jobs-1"
WORKFLOW = "work"
POLL_SECONDS = 0.2
STOP_SECONDS = 20
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
UNFINISHED = ["ENQUEUED", "PENDING", "DELAYED"]

Handler = Callable[[str, str], Awaitable[None]]


def system_url(url: str) -> str:
    """The library speaks to our database by its own synchronous drivers."""
    parsed: URL = make_url(url)
    driver = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
    return parsed.set(drivername=driver).render_as_string(hide_password=False)


def migrate_engine(url: str) -> None:
    """Create or upgrade the library's own tables."""
    run_dbos_database_migrations(system_database_url=system_url(url))


def workflow_id(kind: JobKind, key: str) -> str:
    return f"{kind}:{key}"


@dataclass(slots=True)
class Engine:
    """One process's engine. `enqueue` works without `launch`; a process without the worker's lock only enqueues."""

    url: str
    executor: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}")
    _client: DBOSClient | None = None
    _is_launched: bool = False

    @property
    def client(self) -> DBOSClient:
        if self._client is None:
            self._client = DBOSClient(system_database_url=system_url(self.url), application_name=NAME, lazy=True)
        return self._client

    async def enqueue(self, tx: Tx, kind: JobKind, key: str, partition: str) -> None:
        options: Any = {
            "queue_name": kind.value,
            "workflow_name": WORKFLOW,
            "workflow_id": workflow_id(kind, key),
            "app_version": VERSION,
            "queue_partition_key": partition,
            "serialization_type": WorkflowSerializationFormat.PORTABLE,
        }
        client = self.client
        await to_its_end(
            tx.connection.run_sync(lambda sync: client.enqueue_in_transaction(sync, options, kind.value, key))
        )

    async def launch(self, handler: Handler) -> None:
        """Begin to work jobs on the running loop, which the library takes from whoever calls it."""
        is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        config: DBOSConfig = {
            "name": NAME,
            "system_database_url": system_url(self.url),
            "application_version": VERSION,
            # on SQLite one process works, always under the same name, so that it finds its own work after a crash
            "executor_id": "local" if is_sqlite else self.executor,
            "log_level": "WARNING",
            "run_migrations": False,
            "max_executor_threads": 8,
        }
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=20)
        async def work(kind: str, key: str) -> None:
            await handler(kind, key)

        await asyncio.to_thread(self._register_queues)
        DBOS.launch()
        self._is_launched = True

    def _register_queues(self) -> None:
        for kind in JobKind:
            self.client.register_queue(kind.value, partition_concurrency=1, polling_interval_sec=POLL_SECONDS)

    async def stop(self) -> None:
        """Let what runs finish, then end; in a thread, because the library would block the loop it waits for."""
        if self._is_launched:
            await asyncio.to_thread(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=STOP_SECONDS)
            # the library made its pool the loop's own and has shut it down
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
            self._is_launched = False
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
            self._client = None

    async def unfinished(self, kind: JobKind) -> tuple[str, ...]:
        """Keys of this kind that the library has not finished."""
        prefix = f"{kind}:"
        found = await asyncio.to_thread(
            self.client.list_workflows,
            workflow_id_prefix=prefix,
            status=UNFINISHED,
            limit=1000,
            load_input=False,
            load_output=False,
        )
        return tuple(status.workflow_id.removeprefix(prefix) for status in found)

    async def delete_finished(self, before: datetime) -> int:
        """Forget a thousand workflows that ended before then; answers how many. The caller asks again."""
        found = await asyncio.to_thread(
            self.client.list_workflows,
            status=FINISHED,
            completed_before=before.isoformat(),
            limit=1000,
            load_input=False,
            load_output=False,
        )
        if found:
            await asyncio.to_thread(self.client.delete_workflows, [status.workflow_id for status in found])
        return len(found)

    async def cancel(self, kind: JobKind, keys: Iterable[str]) -> None:
        """End workflows of earlier attempts, so that they let go of their partition."""
        ids = [workflow_id(kind, key) for key in keys]
        if ids:
            await asyncio.to_thread(self.client.cancel_workflows, ids)
