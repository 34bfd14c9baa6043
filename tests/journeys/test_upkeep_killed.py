"""Giving access back and renewing sign-ins, killed anywhere: between the ledger's answer and our commit as well."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.db.base import table_of
from bot.db.workspaces import AuditRow
from bot.domain.disconnecting import Keep
from bot.domain.ids import ConnectionId
from bot.services.revoking import LEASE
from bot.vault import new_key
from providers.base import ClientConfig
from tests.fakes.clock import FakeClock
from tests.fakes.connected import CLIENT_ID, CLIENT_SECRET, Connected, connect, connected_app
from tests.handlers.parting import connection, shared_tenants, token_sets, told
from tests.kill.nursery import NURSERY
from tests.kill.upkeep import Round, keep_in_order

AUDIT = table_of(AuditRow)
RING = new_key("k1")
KILLS, FEW = 15, 6
NEVER = 10**9
PATIENCE_SECONDS = 30
CLAIM_OVER = LEASE.total_seconds() + 30


@dataclass(slots=True)
class Nursery:
    """Processes that make one round each, killed at random points of it."""

    world: Connected
    url: str
    steps_file: Path
    chance: random.Random
    steps: int = 400
    wanted: int = KILLS
    kills: int = 0
    rounds: int = 0
    _first: bool = field(default=True)

    @property
    def goes_on(self) -> bool:
        assert self.rounds < 5 * self.wanted, "too few of the processes died"
        return self.kills < self.wanted

    async def round(self) -> None:
        """The first one lives, so that it is known how long one is."""
        base = self.world.xero.public_url
        turn = Round(
            database_url=self.url,
            ledger=ClientConfig(
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                auth_url=f"{base}/identity/connect/authorize",
                token_url=f"{base}/connect/token",
                revoke_url=f"{base}/connect/revocation",
                api_url=base,
                web_url=base,
            ),
            ring=RING,
            at=self.world.clock.now(),
            kill_at=NEVER if self._first else self.chance.randint(1, self.steps),
            steps_file=str(self.steps_file),
        )
        process = NURSERY.Process(target=keep_in_order, args=(turn,))
        process.start()
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode in (0, -signal.SIGKILL)
        self._first, self.rounds = False, self.rounds + 1
        self.kills += process.exitcode != 0
        self.steps = int(self.steps_file.read_text())


@pytest.fixture
async def nursery(database_url: str, tmp_path: Path) -> AsyncIterator[Nursery]:
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    async with connected_app(database_url, more={"DEXT_ENCRYPTION_KEYS": RING}) as world:
        await world.set_up()
        made = Nursery(world, database_url, tmp_path / "steps", random.Random(seed))
        yield made
        sys.stdout.write(f"kill points: {made.kills} of {made.rounds} rounds\n")


async def audited(world: Connected, deed: str) -> int:
    async with world.services.db.read() as tx:
        statement = select(func.count()).select_from(AUDIT).where(AUDIT.c.deed == deed)
        return int((await tx.execute(statement)).scalar_one())


async def disconnect(world: Connected) -> None:
    """Decided and told; nobody has given the access back yet."""
    actor, ending = await world.actor(), world.services.disconnecting
    seen = await ending.opened(actor, world.organisation_id)
    await ending.disconnect(actor, world.organisation_id, Keep.EVERYTHING, stamp=seen.stamp)


@pytest.mark.slow
async def test_killed_while_access_is_given_back_it_is_given_back_and_told_once(nursery: Nursery) -> None:
    world = nursery.world
    while nursery.goes_on:
        ended = await audited(world, "access given back")
        await disconnect(world)

        await nursery.round()
        await world.later(CLAIM_OVER)  # that of whoever died

        assert shared_tenants(world) == set()
        assert await token_sets(world) == 0
        assert await audited(world, "access given back") == ended + 1
        assert (len(told(world, "Access was taken back")), len(told(world, "was over before"))) == (1, 0)
        await connect(world)
        await world.settle()
        assert (await connection(world)).health == "healthy"


@pytest.mark.slow
async def test_killed_while_a_replaced_sign_in_is_given_back_it_is_and_the_new_one_stays_good(nursery: Nursery) -> None:
    world, people = nursery.world, cycle(("sam", "dana"))
    nursery.wanted = FEW
    while nursery.goes_on:
        person = next(people)
        await connect(world, person=person)

        await nursery.round()
        await world.later(CLAIM_OVER)

        assert {found["_person"] for found in world.xero.grants.connections.values()} == {person}
        assert await token_sets(world) == 1
        row = await connection(world)
        assert (row.health, row.trouble) == ("healthy", None)
        await world.services.tokens.access(ConnectionId(row.id))


@pytest.mark.slow
async def test_killed_while_a_sign_in_is_renewed_it_stays_good_and_nobody_hears_of_it(nursery: Nursery) -> None:
    world, clock = nursery.world, nursery.world.clock
    assert isinstance(clock, FakeClock)
    heard = len(told(world, ""))
    while nursery.goes_on:
        clock.move_to(clock.now() + timedelta(days=1))

        await nursery.round()
        await world.later(90)
        await world.upkeep.pass_once()

        row = await connection(world)
        assert (row.health, row.trouble) == ("healthy", None)
        await world.services.tokens.access(ConnectionId(row.id))
        assert await world.upkeep.keep_alive.due() == ()
    assert len(told(world, "")) == heard
