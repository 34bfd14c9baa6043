"""Bills that are approved and wait to be sent, a simulated Xero, and workers beside them: what publishing is measured on."""

import asyncio
import base64
import json
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from sqlalchemy import func, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.far_end import BOT, TEAM, far_end
from benchmarks.processes import Server, free_port, program, server
from benchmarks.stand import a_bill, add_organisation
from bot.clock import SystemClock
from bot.db import migrate
from bot.db.base import new_id, table_of
from bot.db.items import change_item
from bot.db.publications import BATCHES, STEPS
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import ItemState
from bot.domain.publishing import StepKind, StepState
from bot.services.entering import enter
from bot.services.files import keep_file
from bot.services.publications import open_publication
from bot.vault import Vault

AT_ONCE = 100
LATER = timedelta(days=1)
OPEN = (StepState.PLANNED, StepState.WAITING, StepState.SENDING, StepState.UNKNOWN)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(4000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    organisations: int = 1
    items: int
    has_files: bool = False


@dataclass(slots=True)
class Approved:
    """`ledger` is a process; `tenants` are its organisations."""

    ledger: Server
    environment: Mapping[str, str]
    folder: Path
    tenants: Sequence[str]
    session: aiohttp.ClientSession
    clock: tuple[str, ...] = ()
    """Arguments that make a worker's clock the ledger's."""

    async def calls(self) -> dict[str, Any]:
        """What the ledger was asked since the start of measuring."""
        async with self.session.get(f"http://127.0.0.1:{self.ledger.port}/calls") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def forget_calls(self) -> None:
        async with self.session.post(f"http://127.0.0.1:{self.ledger.port}/calls"):
            pass

    @asynccontextmanager
    async def working(self, number: int = 1) -> AsyncIterator[list[Server]]:
        """So many workers, each ready to work."""
        async with AsyncExitStack() as stack:
            started = []
            for each in range(number):
                ready = self.folder / f"ready-{each}-{time.monotonic_ns()}"
                arguments = ("-m", "benchmarks.work", str(ready), *self.clock)
                started.append(
                    await stack.enter_async_context(
                        program(*arguments, environment=self.environment, is_ready=ready.exists)
                    )
                )
            yield started

    async def begin(self) -> None:
        """All is due from now on."""
        async with self.database() as db, db.write() as tx:
            due = STEPS.update().where(STEPS.c.state == StepState.WAITING).values(due_at=tx.now)
            await tx.execute(due)

    async def left(self) -> int:
        """Steps that are not over."""
        async with self.database() as db, db.read() as tx:
            return int((await tx.execute(select(func.count()).where(STEPS.c.state.in_(OPEN)))).scalar_one())

    async def done(self, *, most_seconds: float = 900) -> float:
        """Wait until nothing is left; the seconds that it took."""
        began = time.perf_counter()
        async with self.database() as db:
            while time.perf_counter() < began + most_seconds:
                async with db.read() as tx:
                    found = await tx.execute(select(func.count()).where(STEPS.c.state.in_(OPEN)))
                if not found.scalar_one():
                    return time.perf_counter() - began
                await asyncio.sleep(0.1)
        raise RuntimeError("the workers did not come to an end")

    async def refused(self) -> int:
        async with self.database() as db, db.read() as tx:
            refused = select(func.count()).where(STEPS.c.state == StepState.REFUSED)
            return int((await tx.execute(refused)).scalar_one())

    async def bodies(self) -> list[tuple[str, str, bytes]]:
        """The organisation, the endpoint and the body of each call that sent documents."""
        statement = select(BATCHES.c.organisation_id, BATCHES.c.route, BATCHES.c.body)
        async with self.database() as db, db.read() as tx:
            rows = (await tx.execute(statement.where(BATCHES.c.kind == StepKind.DOCUMENT))).all()
        tenants = dict(zip({row.organisation_id: None for row in rows}, self.tenants, strict=False))
        return [(tenants[row.organisation_id], row.route, row.body) for row in rows]

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        db = Database(self.environment["DEXT_DATABASE_URL"], SystemClock())
        try:
            yield db
        finally:
            await db.close()


@asynccontextmanager
async def approved(
    size: Size, *, database_url: str | None = None, is_roomy: bool = True, speed: float = 1.0
) -> AsyncIterator[Approved]:
    """`database_url`: an empty database; a new SQLite without one. `is_roomy`: the ledger has no limits."""
    since = time.time()
    with TemporaryDirectory(prefix="dext-bench-") as name:
        folder, port, slack_port = Path(name), free_port(), free_port()
        environment = _environment(folder, port, slack_port, database_url)
        left = folder / "tokens"
        options = ["--organisations", str(size.organisations), "--speed", str(speed), "--since", str(since)]
        options += ["--roomy"] if is_roomy else []
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(far_end(slack_port))
            arguments = ("-m", "benchmarks.ledger", str(port), str(left), *options)
            ledger = await stack.enter_async_context(server(*arguments, port=port, environment={}))
            session = await stack.enter_async_context(aiohttp.ClientSession())
            await migrate.upgrade(environment["DEXT_DATABASE_URL"])
            sign_in = json.loads(await asyncio.to_thread(left.read_text))
            here = Approved(ledger, environment, folder, sign_in["tenants"], session, (str(speed), str(since)))
            await _seed(here, sign_in, size)
            yield here


def _environment(folder: Path, port: int, slack_port: int, database_url: str | None) -> dict[str, str]:
    slack = f"http://127.0.0.1:{slack_port}"
    return {
        "SLACK_SIGNING_SECRET": "bench",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_API_URL": f"{slack}/api/",
        "SLACK_URL": slack,
        "DEXT_DATABASE_URL": database_url or f"sqlite+aiosqlite:///{folder / 'dext.db'}",
        "DEXT_ENCRYPTION_KEYS": f"bench:{base64.urlsafe_b64encode(os.urandom(32)).decode()}",
        "DEXT_XERO_CLIENT_ID": "bench",
        "DEXT_XERO_CLIENT_SECRET": "bench",
        "DEXT_XERO_API_URL": f"http://127.0.0.1:{port}",
        "DEXT_LOG_LEVEL": "warning",
    }


async def _seed(here: Approved, sign_in: Mapping[str, Any], size: Size) -> None:
    vault = Vault.from_text(here.environment["DEXT_ENCRYPTION_KEYS"])
    async with here.database() as db:
        async with db.write() as tx:
            workspace = await _workspace(tx)
        for tenant in here.tenants:
            async with db.write() as tx:
                organisation = await add_organisation(tx, workspace, vault, sign_in, tenant)
            for first in range(0, size.items, AT_ONCE):
                async with db.write() as tx:
                    for number in range(first, min(first + AT_ONCE, size.items)):
                        await _approve(tx, workspace, organisation, number, has_file=size.has_files)


async def _workspace(tx: Tx) -> WorkspaceId:
    workspace = WorkspaceId(new_id())
    row = {
        "id": workspace,
        "enterprise_id": "",
        "team_id": TEAM,
        "name": "Bench",
        "bot_user_id": BOT,
        "bot_id": "B0BOT",
    }
    await tx.execute(table_of(WorkspaceRow).insert().values(**row, installed_at=tx.now))
    return workspace


async def _approve(
    tx: Tx, workspace: WorkspaceId, organisation: OrganisationId, number: int, *, has_file: bool
) -> None:
    new = replace(a_bill(workspace, organisation, number), source_key=f"bench:{organisation}:{number}")
    if has_file:
        content = PICTURE + f"{organisation}:{number}".encode()
        new = replace(new, file_id=await keep_file(tx, workspace, f"bill-{number}.png", content))
    item, _ = await enter(tx, new)
    decided = await change_item(tx, item, replace(item, state=ItemState.APPROVED))
    if decided is None:
        raise RuntimeError("a bill was not approved")
    await open_publication(tx, decided, due_at=tx.now + LATER)


@asynccontextmanager
async def copied(here: Approved) -> AsyncIterator[Approved]:
    """The same on a database of its own, made from that of `here`; of PostgreSQL."""
    url = make_url(here.environment["DEXT_DATABASE_URL"])
    name = f"bench_{new_id().hex[:12]}"
    server_engine = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        async with server_engine.connect() as connection:
            await connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{url.database}"'))
        address = url.set(database=name).render_as_string(hide_password=False)
        yield replace(here, environment={**here.environment, "DEXT_DATABASE_URL": address})
        async with server_engine.connect() as connection:
            await connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    finally:
        await server_engine.dispose()
