"""Killed at any step between the approval of a bill and its last file in the ledger, the product loses nothing and posts
nothing twice: no bill, no payment, no file.

`DEXT_KILLS=50 pytest tests/journeys/test_kill.py` kills as often as it says; `DEXT_KILL_SEED` repeats a run.
"""

import asyncio
import os
import random
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.unit_of_work import Database
from bot.domain.items import ItemState
from bot.domain.publishing import StepKind
from bot.domain.rights import Role
from bot.services.people import grant
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from providers.base import TokenAnswer
from providers.simulating.idempotency import Keys
from providers.simulating.misbehaviour import Fault
from providers.simulating.state import Call
from tests.contract.far_ends import FAR_ENDS
from tests.contract.losing import LosingFarEnd, Written
from tests.fakes.clock import FakeClock
from tests.kill.child import APPROVER, Life, live
from tests.kill.nursery import NURSERY
from tests.services.publishing import World, a_world

KILLS = int(os.environ.get("DEXT_KILLS", "5"))
MOST_RUNS_A_KILL = 3
BILLS_A_RUN = 2
PATIENCE_SECONDS = 90
SLOW_SECONDS = 0.15
"""Between the ledger's commit and its answer, so that deaths fall there too."""
FILE = b"%PDF-1.7 of "
FIRST, *OTHERS = FAR_ENDS
KILLS_OF_OTHERS = max(2, KILLS // 3)
DEEDS = {StepKind.DOCUMENT: "published", StepKind.PAYMENT: "payment added", StepKind.ATTACHMENT: "attachment added"}
KEYS = "k1:" + "A" * 43 + "="
NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Product:
    """Started anew on the same database again and again, each time to be killed at some step of its loop."""

    folder: Path
    database_url: str
    ledger_url: str
    provider: str

    async def run(self, kill_at: int) -> bool:
        """Answers whether it died before it was done."""
        life = Life(
            database_url=self.database_url,
            ledger_url=self.ledger_url,
            provider=self.provider,
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
    await survive(FIRST, database_url, tmp_path, clock, KILLS)


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(24 * max(10, KILLS))
@pytest.mark.parametrize("provider", OTHERS)
async def test_with_each_other_package_it_loses_nothing_and_posts_nothing_twice_either(
    provider: str, sqlite_url: str, tmp_path: Path, clock: FakeClock
) -> None:
    await survive(provider, sqlite_url, tmp_path, clock, KILLS_OF_OTHERS)


async def survive(provider: str, url: str, folder: Path, clock: FakeClock, most_kills: int) -> None:
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    chance = random.Random(seed)
    # out of the dying process's reach, and by the time of both
    async with FAR_ENDS[provider](SystemClock()) as far:
        _prepare(far)
        world = await _world(Database(url, clock), clock, far)
        product = Product(folder, url, far.state.public_url, provider)
        kills, entered = 0, 0
        for run in range(MOST_RUNS_A_KILL * most_kills):
            await world.enter(*(f"BILL-{run}-{number}" for number in range(BILLS_A_RUN)))
            entered += BILLS_A_RUN
            kills += await product.run(chance.randint(1, 3 * product.steps // 2) if run else NEVER)
            if kills == most_kills:
                break
        assert not await product.run(NEVER)
        states, alerts = await world.states(), await world.alerts()
        deeds = ["approved", *(DEEDS[write] for write in far.writes)]
        audited = {deed: await world.audited(deed) for deed in deeds}
        await world.db.close()

    writes = {write: sum(_is_write(call, each) for call in far.state.calls) for write, each in far.writes.items()}
    sys.stdout.write(f"kill points: {kills} of {most_kills}, {entered} bills, writes: {writes}, {run} lives\n")
    assert kills == most_kills
    assert set(states.values()) == {ItemState.PUBLISHED}
    assert (alerts, audited) == (0, dict.fromkeys(deeds, entered))
    assert sorted(far.standing()) == sorted(states)
    counted = {(number, write): far.count(write, number) for number in states for write in far.writes}
    assert {of: found for of, found in counted.items() if found != 1} == {}


def _is_write(call: Call, write: Written) -> bool:
    return call.method == write.method and fnmatchcase(call.path, write.path) and write.holding in call.body


def _prepare(far: LosingFarEnd) -> None:
    """It replays no key, so only what the product does keeps a bill single."""
    far.state.replays.keys = Keys.IGNORED
    far.lift_limits()
    for write in far.writes:
        far.lose(write, Fault.SLOW, times=10**6, seconds=SLOW_SECONDS)


async def _world(database: Database, clock: FakeClock, far: LosingFarEnd) -> World:
    """Set up and connected, with an approver, and access that outlasts the test; bills have a file, and are paid."""
    provider = far.provider.profile.key
    world = await a_world(database, clock, provider=provider)
    world.codes = far.codes
    world.file = ("bill.pdf", FILE) if StepKind.ATTACHMENT in far.writes else None
    world.paid_from = far.bank_account() if StepKind.PAYMENT in far.writes else None
    found = far.fresh_access()
    access = TokenAnswer(
        access_token=found.access_token,
        refresh_token="refresh",
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        subject="person of T1",
    )
    keeper, connections = TokenKeeper(world.db, Vault.from_text(KEYS), clock, {}), table_of(ConnectionRow)
    async with world.db.write() as tx:
        await keeper.keep(tx, provider, access)
        await tx.execute(connections.update().values(tenant_id=found.tenant_id))
        await grant(tx, world.workspace_id, world.organisation_id, APPROVER, Role.APPROVER)
    return world
