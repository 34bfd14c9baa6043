"""How long a large ledger's lists take to be read, first and again: `python -m benchmarks.imports [--alone]`.

The ledger is the simulated Xero, without its limit of calls a minute: what is measured is ours. The baseline fetches
the same pages and inserts as many bare rows by SQLAlchemy Core, a page a transaction, in the same run. Only the
database and the ledger are there, both in this process, whose time for the ledger counts on both sides.

Read again, Xero is asked for the contacts that changed, and every seventh time for everything: what each costs in calls, and
in rows that are written or noted as met, is told beside.

Then, but for `--alone`, the product itself, with its worker and the ledger as processes of their own: how long people wait for an answer
while the same lists are imported, beside the same clicks before.
"""

# ruff: noqa: ARG002 - the stand-ins take what the protocols say

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp
from aiohttp import web
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select
from sqlalchemy.schema import CreateTable

from benchmarks import waits
from benchmarks.ledger import ACCOUNTS, CONTACTS, grow
from benchmarks.processes import free_port
from benchmarks.table import show
from bot.clock import SystemClock
from bot.db import migrate
from bot.db.base import Base, dump, new_id, table_of
from bot.db.connections import ConnectionRow, ListEntryRow, ListSyncRow, OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import Books
from bot.domain.ids import ConnectionId
from bot.domain.problems import Problem
from bot.services.importing import ListImport, start_import
from bot.services.jobs import JobKind
from bot.services.reading_lists import WHOLE_EVERY
from providers.base import Access, ClientConfig
from providers.xero.adapter import XeroProvider
from providers.xero.simulator import TRADING, XeroState, create_app

CHANGED = 120
BARE = Table(
    "bare_entries", MetaData(), Column("key", String, primary_key=True), Column("run", Integer), Column("entry", String)
)


@dataclass(slots=True)
class Unlimited:
    """`providers.base.Budget` that counts calls and holds none back."""

    calls: int = 0

    def call(
        self, tenant_id: str | None, *, can_wait: bool = False, kind: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        self.calls += 1
        return nullcontext()

    async def observe(
        self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None, app_left: int | None = None
    ) -> None: ...

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        raise RuntimeError("the simulated ledger asked for silence")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`bot.services.access.Tokens` with one token that lives long enough."""

    token: str = field(repr=False)

    async def access(self, connection_id: ConnectionId) -> Access:
        return Access(access_token=self.token, tenant_id=TRADING)

    async def forget(self, connection_id: ConnectionId, access: Access) -> None:
        raise RuntimeError("the token was refused")

    async def broken(self, connection_id: ConnectionId, problem: Problem) -> None:
        raise RuntimeError(str(problem))


@dataclass(slots=True)
class Keys:
    """`bot.services.jobs.Jobs` that keeps keys for whoever runs them."""

    waiting: list[str] = field(default_factory=list)

    async def enqueue(self, tx: Tx, kind: JobKind, key: str, partition: str) -> None:
        self.waiting.append(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    db: Database
    xero: XeroState
    provider: XeroProvider
    budget: Unlimited
    lists: ListImport
    jobs: Keys
    access: Access
    connection_id: ConnectionId

    async def read_lists(self) -> None:
        async with self.db.write() as tx:
            await start_import(tx, self.jobs, self.connection_id, self.provider.profile.lists)
        await self.lists.run(self.jobs.waiting.pop())
        async with self.db.read() as tx:
            syncs = table_of(ListSyncRow)
            states = (await tx.execute(select(syncs.c.kind, syncs.c.state))).all()
        if any(row.state != "done" for row in states):
            raise RuntimeError(f"not every list was read: {states}")

    async def want_everything(self) -> None:
        """As after six readings of what changed."""
        syncs = table_of(ListSyncRow)
        async with self.db.write() as tx:
            await tx.execute(syncs.update().values(changes_read=WHOLE_EVERY))

    async def written(self) -> int:
        """Rows of entries that the last reading of each list wrote: new, other than before, or noted as met."""
        entries, syncs = table_of(ListEntryRow), table_of(ListSyncRow)
        of_list = (syncs.c.organisation_id == entries.c.organisation_id) & (syncs.c.kind == entries.c.kind)
        counted = select(func.count()).select_from(entries.join(syncs, of_list)).where(entries.c.seen_in == syncs.c.run)
        async with self.db.read() as tx:
            return int((await tx.execute(counted)).scalar_one())

    async def bare(self) -> None:
        for kind in self.provider.profile.lists:
            page: str | None = None
            while True:
                found = await self.provider.list_page(self.access, kind, page)
                rows = [{"key": str(new_id()), "run": 1, "entry": dump(entry)} for entry in found.entries]
                if rows:
                    async with self.db.write() as tx:
                        await tx.execute(BARE.insert(), rows)
                page = found.next_page
                if page is None:
                    break


@asynccontextmanager
async def stand() -> AsyncIterator[Stand]:
    with TemporaryDirectory(prefix="dext-bench-") as folder:
        clock, port = SystemClock(), free_port()
        url = f"sqlite+aiosqlite:///{Path(folder) / 'dext.db'}"
        address = f"http://127.0.0.1:{port}"
        xero, budget, jobs = XeroState(clock=clock, public_url=address), Unlimited(), Keys()
        xero.meter.limits.per_minute = 100_000
        grow(xero)
        await migrate.upgrade(url)
        db, runner = Database(url, clock), web.AppRunner(create_app(xero), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        token = str(xero.grant()["access_token"])
        config = ClientConfig(
            client_id="bench",
            client_secret="bench",  # of a simulator on loopback
            auth_url=address,
            token_url=address,
            revoke_url=address,
            api_url=address,
            web_url=address,
        )
        async with aiohttp.ClientSession() as session:
            provider = XeroProvider.build(config, session, clock, budget)
            async with db.write() as tx:
                await tx.execute(CreateTable(BARE))
                connection_id = await _connected(tx)
            yield Stand(
                db=db,
                xero=xero,
                provider=provider,
                budget=budget,
                lists=ListImport(db, jobs, SignedIn(token), {"xero": provider}),
                jobs=jobs,
                access=Access(access_token=token, tenant_id=TRADING),
                connection_id=connection_id,
            )
        await runner.cleanup()
        await db.close()


async def _connected(tx: Tx) -> ConnectionId:
    """A workspace with one organisation at the simulated Xero, as far as an import looks at them."""
    workspace, organisation, connection = new_id(), new_id(), new_id()
    books = Books(provider_id=TRADING, name="Bench Ltd", base_currency="GBP")
    of_slack = {"enterprise_id": "", "team_id": "T0BENCH", "name": "Bench", "bot_user_id": "U0BOT", "bot_id": "B0BOT"}
    await _insert(tx, WorkspaceRow, id=workspace, **of_slack, installed_at=tx.now)
    await _insert(
        tx,
        OrganisationRow,
        id=organisation,
        workspace_id=workspace,
        name=books.name,
        books=dump(books),
        next_reference=1,
    )
    await _insert(
        tx,
        ConnectionRow,
        id=connection,
        workspace_id=workspace,
        organisation_id=organisation,
        provider="xero",
        tenant_id=TRADING,
        connected_by="U0BENCH",
        connected_at=tx.now,
        health="importing",
    )
    return ConnectionId(connection)


async def _insert(tx: Tx, row: type[Base], **values: object) -> None:
    table = table_of(row)
    made = {"created_at": tx.now} if "created_at" in table.columns else {}
    await tx.execute(table.insert().values(**values, **made))


async def _timed(here: Stand, name: str, rows: int, work: Callable[[], Awaitable[None]]) -> list[str]:
    calls, started = here.budget.calls, perf_counter()
    await work()
    seconds, written = perf_counter() - started, str(await here.written())
    return [name, str(rows), written, str(here.budget.calls - calls), f"{seconds:.2f}", f"{rows / seconds:,.0f}"]


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--alone", action="store_true")
    given = options.parse_args()
    async with stand() as here:
        books = here.xero.books[TRADING]
        everything = sum(map(len, (books.accounts, books.contacts, books.tax_rates, books.tracking, books.currencies)))
        figures = [await _timed(here, "bare: the same pages and rows", everything, here.bare)]
        figures[0][2] = str(everything)
        figures.append(await _timed(here, "first import", everything, here.read_lists))
        for contact in list(books.contacts.values())[:CHANGED]:
            books.save_contact({**contact, "TaxNumber": "GB123456789"})
        unpaged = everything - len(books.contacts)
        figures.append(await _timed(here, "again, changed contacts only", unpaged + CHANGED, here.read_lists))
        await here.want_everything()
        figures.append(await _timed(here, "again, everything", everything, here.read_lists))
    head = ("what", "rows read", "written", "calls", "seconds", "rows/s")
    show(f"Reading the lists of a ledger with {ACCOUNTS:,} accounts and {CONTACTS:,} contacts", head, figures)
    if not given.alone:
        await waits.show_importing()


if __name__ == "__main__":
    asyncio.run(main())
