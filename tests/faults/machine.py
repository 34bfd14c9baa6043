"""Processes that work for one office and one ledger, each a machine of its own: to be stopped, frozen and killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess

import aiohttp
from aiohttp import web
from sqlalchemy import select

from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import WorkspaceRow
from bot.domain.items import ItemState
from bot.domain.publishing import Outcome
from bot.services.budgets import SharedBudget
from bot.services.jobs import JobKind
from bot.services.publishing import Publishing
from bot.services.tokens import TokenKeeper
from bot.serving import stopped
from bot.vault import Vault
from bot.worker import Engine, Planner, Reconciler, Tasks, Worker, WorkerLock
from providers.base import Access, ClientConfig, TokenAnswer
from providers.simulating.idempotency import Keys
from providers.xero.adapter import XeroProvider
from providers.xero.simulator import TRADING, Fault, Limits, XeroState, create_app
from tests.fakes.clock import FakeClock
from tests.kill.child import OPEN_HANDED
from tests.kill.nursery import NURSERY
from tests.services.publishing import World, a_world

KEYS = "k1:" + "A" * 43 + "="
POISON = "POISON"
PATIENCE_SECONDS = 60
LEASE = timedelta(seconds=1.5)
"""Of jobs: what a dead process held is had by another one after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    database_url: str
    ledger_url: str
    lease_seconds: float = 1.5
    dies_at: str | None = None
    """The document in whose call the process ends."""


def work(setting: Setting) -> None:
    """A worker's whole life, until it is asked to stop."""
    asyncio.run(_work(setting))


async def _work(setting: Setting) -> None:
    clock, url = SystemClock(), setting.database_url
    db = Database(url, clock)
    async with aiohttp.ClientSession() as session:
        xero = _adapter(setting, session, db)
        engine = Engine(db, 0.1, lease=LEASE)
        tokens = TokenKeeper(db, Vault.from_text(KEYS), clock, {"xero": xero})
        lease = timedelta(seconds=setting.lease_seconds)
        publishing = Publishing(db, engine, {"xero": xero}, tokens, clock, "http://127.0.0.1:3000", lease)
        worker = Worker(
            db=db,
            clock=clock,
            engine=engine,
            lock=WorkerLock.of(url),
            tasks=Tasks(clock, {JobKind.PUBLISH_BATCH: publishing.run}),
            planner=Planner(publishing),
            reconciler=Reconciler(publishing, ()),
            poll_seconds=0.1,
        )
        await worker.start()
        await stopped()
        await worker.stop()
    await db.close()


def _adapter(setting: Setting, session: aiohttp.ClientSession, db: Database) -> XeroProvider:
    config = ClientConfig(
        client_id="c",
        client_secret="s",
        auth_url="http://127.0.0.1:1/",
        token_url="http://127.0.0.1:1/",
        revoke_url="http://127.0.0.1:1/",
        api_url=setting.ledger_url,
        web_url="http://127.0.0.1:1/",
    )
    kind = XeroProvider if setting.dies_at is None else DeadlyXero
    xero = kind.build(config, session, db.clock, SharedBudget(db, db.clock, "xero", OPEN_HANDED))
    marker = replace(
        xero.profile.marker, visibility_delay=timedelta(seconds=0.2), key_remembered_for=timedelta(seconds=1)
    )
    xero.profile = replace(xero.profile, marker=marker, longest_write=timedelta(seconds=0.4))
    return xero


class DeadlyXero(XeroProvider):
    """Ends its process over one document, before anything of it leaves."""

    async def create(self, access: Access, route: str, body: bytes, *, idempotency_key: str) -> tuple[Outcome, ...]:
        if POISON.encode() in body:
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().create(access, route, body, idempotency_key=idempotency_key)


@dataclass(slots=True)
class Plant:
    """An office with approved bills, its ledger, and the processes that work for it."""

    world: World
    xero: XeroState
    setting: Setting
    processes: list[ForkServerProcess] = field(default_factory=list)

    def start(self, **changes: object) -> ForkServerProcess:
        process = NURSERY.Process(target=work, args=(replace(self.setting, **changes),))  # type: ignore[arg-type]  # by name
        process.start()
        self.processes.append(process)
        return process

    async def ended(self, process: ForkServerProcess) -> int | None:
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        return process.exitcode

    async def until(self, is_so: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
        async with asyncio.timeout(seconds):
            while not await is_so():  # noqa: ASYNC110 - what is waited for happens in other processes
                await asyncio.sleep(0.05)

    async def is_all_published(self) -> bool:
        return set((await self.world.states()).values()) == {ItemState.PUBLISHED}

    async def is_being_sent(self) -> bool:
        return bool(self.sendings)

    @property
    def sendings(self) -> int:
        return sum(call.method == "PUT" and call.path.endswith("/Invoices") for call in self.xero.calls)

    @property
    def numbers(self) -> list[str]:
        """What stands in the ledger, as often as it does."""
        return sorted(bill["InvoiceNumber"] for bill in self.xero.bills())

    def answer_late(self, seconds: float, times: int = 10**6) -> None:
        """The ledger commits, and answers after so long."""
        self.xero.fail_next(Fault.SLOW, method="PUT", path="*/Invoices", times=times, seconds=seconds)

    def clear(self) -> None:
        for process in self.processes:
            if process.exitcode is None:
                process.kill()
            process.join()


@asynccontextmanager
async def a_plant(url: str, clock: FakeClock) -> AsyncIterator[Plant]:
    """Its ledger replays no key, so only what the product does keeps a bill single."""
    xero = XeroState()
    xero.replays.keys = Keys.IGNORED
    xero.meter.limits = Limits(per_minute=10**6, per_day=10**6, at_once=10**6)
    runner = web.AppRunner(create_app(xero))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    setting = Setting(database_url=url, ledger_url=f"http://127.0.0.1:{runner.addresses[0][1]}")
    db = Database(url, clock)
    plant = Plant(await _connected(db, clock, xero), xero, setting)
    try:
        yield plant
    finally:
        plant.clear()
        await db.close()
        await runner.cleanup()


async def _connected(db: Database, clock: FakeClock, xero: XeroState) -> World:
    world = await a_world(db, clock)
    await connect(world, xero, TRADING)
    return world


async def connect(world: World, xero: XeroState, tenant: str) -> None:
    """With access to these books that outlasts the test."""
    access = TokenAnswer(
        access_token=xero.grant(tenants=(tenant,))["access_token"],
        refresh_token="refresh",
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        subject=f"person of {await _team_of(world)}",
    )
    keeper, connections = TokenKeeper(world.db, Vault.from_text(KEYS), world.clock, {}), table_of(ConnectionRow)
    async with world.db.write() as tx:
        await keeper.keep(tx, "xero", access)
        mine = connections.update().where(connections.c.organisation_id == world.organisation_id)
        await tx.execute(mine.values(tenant_id=tenant))


async def _team_of(world: World) -> str:
    workspaces = table_of(WorkspaceRow)
    async with world.db.read() as tx:
        of = select(workspaces.c.team_id).where(workspaces.c.id == world.workspace_id)
        return str((await tx.execute(of)).scalar_one())
