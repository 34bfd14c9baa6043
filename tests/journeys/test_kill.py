"""Killed at any step between the approval of a bill and its last file in the ledger, the product loses nothing and posts
nothing twice: no bill, no payment, no file.

`DEXT_KILLS=50 pytest tests/journeys/test_kill.py` kills as often as it says; `DEXT_KILL_SEED` repeats a run.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Database
from bot.domain.items import ItemState
from bot.domain.rights import Role
from bot.services.people import grant
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from providers.base import TokenAnswer
from providers.simulating.idempotency import Keys
from providers.xero.simulator import TRADING, Call, Fault, Limits, XeroState, create_app
from tests.fakes.clock import FakeClock
from tests.kill.child import APPROVER, Life, live
from tests.kill.nursery import NURSERY
from tests.services.publishing import World, a_world

KILLS = int(os.environ.get("DEXT_KILLS", "5"))
MOST_RUNS = 3 * KILLS
BILLS_A_RUN = 2
PATIENCE_SECONDS = 90
SLOW_SECONDS = 0.15
"""Between the ledger's commit and its answer, so that deaths fall there too."""
FILE = b"%PDF-1.7 of "
WRITES = ("*/Invoices", "*/Payments", "*/Attachments/*")
DEEDS = ("approved", "published", "payment added", "attachment added")
KEYS = "k1:" + "A" * 43 + "="
NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Product:
    """Started anew on the same database again and again, each time to be killed at some step of its loop."""

    folder: Path
    database_url: str
    ledger_url: str

    async def run(self, kill_at: int) -> bool:
        """Answers whether it died before it was done."""
        life = Life(
            database_url=self.database_url,
            ledger_url=self.ledger_url,
            keys=KEYS,
            kill_at=kill_at,
            steps_file=str(self.folder / "steps"),
        )
        process = NURSERY.Process(target=live, args=(life,))
        process.start()
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode in (0, -signal.SIGKILL), f"not settled in time, or failed: {process.exitcode}"
        return process.exitcode != 0

    @property
    def steps(self) -> int:
        """How many the last life took that reached its end."""
        return int((self.folder / "steps").read_text())


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(24 * max(10, KILLS))
async def test_killed_at_random_points_it_loses_nothing_and_posts_nothing_twice(
    database_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    chance, xero = random.Random(seed), _xero()
    async with _serving(xero) as ledger_url:
        world = await _world(database_url, clock, xero)
        product = Product(tmp_path, database_url, ledger_url)
        kills, entered = 0, 0
        for run in range(MOST_RUNS):
            await world.enter(*(f"BILL-{run}-{number}" for number in range(BILLS_A_RUN)))
            entered += BILLS_A_RUN
            kills += await product.run(chance.randint(1, 3 * product.steps // 2) if run else NEVER)
            if kills == KILLS:
                break
        assert not await product.run(NEVER)
        states, alerts = await world.states(), await world.alerts()
        audited = {deed: await world.audited(deed) for deed in DEEDS}
        contents = _contents(xero)
        await world.db.close()

    writes = {path: sum(_is_write(call, path) for call in xero.calls) for path in WRITES}
    sys.stdout.write(f"kill points: {kills} of {KILLS}, {entered} bills, writes: {writes}, {run} lives\n")
    assert kills == KILLS
    assert set(states.values()) == {ItemState.PUBLISHED}
    assert (alerts, audited) == (0, dict.fromkeys(DEEDS, entered))
    assert sorted(bill["InvoiceNumber"] for bill in xero.bills()) == sorted(states)
    assert sorted(payment["Invoice"]["InvoiceID"] for payment in _payments(xero)) == _bills(xero)
    assert [bill["Status"] for bill in xero.bills()] == ["PAID"] * entered
    assert sorted(contents) == sorted(FILE + number.encode() for number in states)


def _is_write(call: Call, path: str) -> bool:
    return call.method == "PUT" and fnmatchcase(call.path, path)


def _bills(xero: XeroState) -> list[str]:
    return sorted(bill["InvoiceID"] for bill in xero.bills())


def _payments(xero: XeroState) -> list[dict[str, Any]]:
    return [payment for payment in xero.books[TRADING].payments.values() if payment["Status"] != "DELETED"]


def _contents(xero: XeroState) -> list[bytes]:
    """Of each file, as often as it hangs on a bill."""
    books = xero.books[TRADING]
    return [books.content(file["AttachmentID"]) for bill in _bills(xero) for file in books.files(bill)]


def _xero() -> XeroState:
    """Out of the dying process's reach. It replays no key, so only what the product does keeps a bill single."""
    xero = XeroState()
    xero.replays.keys = Keys.IGNORED
    xero.meter.limits = Limits(per_minute=10**6, per_day=10**6, at_once=10**6)
    for path in WRITES:
        xero.fail_next(Fault.SLOW, method="PUT", path=path, times=10**6, seconds=SLOW_SECONDS)
    return xero


@asynccontextmanager
async def _serving(xero: XeroState) -> AsyncIterator[str]:
    runner = web.AppRunner(create_app(xero))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _world(url: str, clock: FakeClock, xero: XeroState) -> World:
    """Set up and connected, with an approver, and access that outlasts the test; bills have a file, and are paid."""
    world = await a_world(Database(url, clock), clock)
    bank = xero.books[TRADING].account("090")
    assert bank is not None
    world.file, world.paid_from = ("bill.pdf", FILE), bank["AccountID"]
    access = TokenAnswer(
        access_token=xero.grant()["access_token"],
        refresh_token="refresh",
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        subject="person of T1",
    )
    keeper, connections = TokenKeeper(world.db, Vault.from_text(KEYS), clock, {}), table_of(ConnectionRow)
    async with world.db.write() as tx:
        await keeper.keep(tx, "xero", access)
        await tx.execute(connections.update().values(tenant_id=TRADING))
        await grant(tx, world.workspace_id, world.organisation_id, APPROVER, Role.APPROVER)
    return world
