"""Having a ledger's lists read: begun as a row and a job, given another attempt when it stopped.

Each page is a transaction that also keeps where the next one begins, so a killed import goes on where it was. One list
that cannot be read does not stop the others; what could not be read is said at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.books import ListKind
from bot.domain.ids import ConnectionId
from bot.services.access import Tokens
from bot.services.following import Following
from bot.services.jobs import JobKind, Jobs
from bot.services.list_entries import OutdatedError
from bot.services.reading_lists import MOVING_FOR, WHOLE_EVERY, Reading
from bot.services.stuck import only_stuck
from providers.base import AccountingProvider
from providers.errors import ReconnectNeededError, TryLaterError

CONNECTIONS, SYNCS = table_of(ConnectionRow), table_of(ListSyncRow)

OVERLAP = timedelta(minutes=5)
"""The ledger's clock is not ours, and its lists may be late: what changed just before is asked for once more."""
UNDER_WAY = ("waiting", "reading")


async def start_import(tx: Tx, jobs: Jobs, connection_id: ConnectionId, kinds: tuple[ListKind, ...]) -> None:
    """Begin to read these lists again; what is there stays in use meanwhile.

    A list that was read whole is asked for what changed since that reading began; every so often it is read whole again.
    """
    connection = (await tx.execute(select(CONNECTIONS).where(CONNECTIONS.c.id == connection_id))).one()
    last = select(func.max(SYNCS.c.run)).where(SYNCS.c.organisation_id == connection.organisation_id)
    run = ((await tx.execute(last)).scalar_one() or 0) + 1
    sinces = await _sinces(tx, connection)
    for kind in kinds:
        new = tx.insert(ListSyncRow).values(
            organisation_id=connection.organisation_id,
            kind=kind,
            workspace_id=connection.workspace_id,
            run=run,
            state="waiting",
            read=0,
            unreadable="[]",
            attempt=1,
            due_at=tx.now + MOVING_FOR,
            since=sinces.get(kind),
        )
        fresh = {name: new.excluded[name] for name in ("run", "state", "unreadable", "attempt", "due_at", "since")}
        await tx.execute(
            new.on_conflict_do_update(
                index_elements=["organisation_id", "kind"],
                set_={**fresh, "next_page": None, "expected": None, "started_at": None, "trouble": None},
            )
        )
    await jobs.enqueue(
        tx, JobKind.SYNC_LISTS, _key(connection_id, run, 1), f"{connection.provider}:{connection.tenant_id}"
    )


def _key(connection_id: UUID, run: int, attempt: int) -> str:
    return f"{connection_id}:{run}:{attempt}"


async def _sinces(tx: Tx, connection: Row[Any]) -> dict[str, datetime | None]:
    """From when the next reading of each list has to ask. One that did not end is begun where it began; None is the
    beginning of time.
    """
    columns = (SYNCS.c.kind, SYNCS.c.state, SYNCS.c.since, SYNCS.c.started_at, SYNCS.c.changes_read)
    statement = select(*columns).where(
        SYNCS.c.organisation_id == connection.organisation_id, SYNCS.c.workspace_id == connection.workspace_id
    )
    return {row.kind: _since(row) for row in (await tx.execute(statement)).all()}


def _since(row: Row[Any]) -> datetime | None:
    since: datetime | None = row.since
    if row.state != "done":
        return since
    is_whole_due = row.started_at is None or row.changes_read + 1 >= WHOLE_EVERY
    return None if is_whole_due else row.started_at - OVERLAP


@dataclass(frozen=True, slots=True)
class ListImport:
    db: Database
    jobs: Jobs
    tokens: Tokens
    providers: Mapping[str, AccountingProvider]

    async def run(self, key: str) -> None:
        """Read what this run has not read yet. Safe to run twice: every page says what it wrote."""
        connection_id, run, _ = key.split(":")
        connection = await self._connection(ConnectionId(UUID(connection_id)))
        if connection is None or connection.provider not in self.providers:
            return
        follow = Following(self.db, self.jobs).begin
        reading = Reading(self.db, self.tokens, connection, int(run), self.providers[connection.provider], follow)
        try:
            await reading.all()
        except OutdatedError:
            return
        except ReconnectNeededError as error:
            await self.tokens.broken(ConnectionId(connection.id), error.problem)
        except TryLaterError as error:
            # the rows are due again by themselves; where the ledger says when, then and not before
            await self._put_off(connection, int(run), error.after_seconds)

    async def restart_stuck(self) -> int:
        """Give imports that stopped moving another attempt; answers how many."""
        statement = (
            select(SYNCS.c.organisation_id, SYNCS.c.run, SYNCS.c.attempt, CONNECTIONS.c.id, CONNECTIONS.c.provider)
            .add_columns(CONNECTIONS.c.tenant_id)
            .join(CONNECTIONS, CONNECTIONS.c.organisation_id == SYNCS.c.organisation_id)
            .where(
                SYNCS.c.state.in_(UNDER_WAY),
                CONNECTIONS.c.health.in_(("importing", "healthy", "at_risk")),
                CONNECTIONS.c.provider.in_(tuple(self.providers)),
                is_installed(CONNECTIONS.c.workspace_id),
            )
        )
        async with self.db.read() as tx:
            due = (await tx.execute(statement.where(SYNCS.c.due_at <= tx.now).distinct())).all()
        stuck = await only_stuck(
            self.db,
            self.jobs,
            JobKind.SYNC_LISTS,
            due,
            key=lambda row: _key(row.id, row.run, row.attempt),
            of=SYNCS.c.organisation_id,
            again_in=MOVING_FOR,
        )
        for row in stuck:
            async with self.db.write() as tx:
                same = SYNCS.update().where(
                    SYNCS.c.organisation_id == row.organisation_id,
                    SYNCS.c.run == row.run,
                    SYNCS.c.attempt == row.attempt,
                    SYNCS.c.state.in_(UNDER_WAY),
                )
                again = {"attempt": row.attempt + 1, "due_at": tx.now + MOVING_FOR}
                if (await tx.execute(same.where(SYNCS.c.due_at <= tx.now).values(again))).rowcount:
                    await tx.execute(same.values(again))  # its other lists are read by the same job
                    key = _key(row.id, row.run, row.attempt + 1)
                    await self.jobs.enqueue(tx, JobKind.SYNC_LISTS, key, f"{row.provider}:{row.tenant_id}")
        return len(stuck)

    async def _put_off(self, connection: Row[Any], run: int, seconds: float | None) -> None:
        if seconds is None:
            return
        async with self.db.write() as tx:
            await tx.execute(
                SYNCS.update()
                .where(
                    SYNCS.c.organisation_id == connection.organisation_id,
                    SYNCS.c.workspace_id == connection.workspace_id,
                    SYNCS.c.run == run,
                    SYNCS.c.state.in_(UNDER_WAY),
                )
                .values(due_at=tx.now + timedelta(seconds=seconds))
            )

    async def _connection(self, connection_id: ConnectionId) -> Row[Any] | None:
        async with self.db.read() as tx:
            statement = select(CONNECTIONS).where(
                CONNECTIONS.c.id == connection_id, is_installed(CONNECTIONS.c.workspace_id)
            )
            return (await tx.execute(statement)).one_or_none()
