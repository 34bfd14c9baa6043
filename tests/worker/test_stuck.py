"""What waits in a long line keeps its place, and nothing is given up that was not tried."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.app import assembled, restartable_of
from bot.config import read_config
from bot.db.arrivals import ARRIVALS
from bot.db.jobs import JOBS
from bot.db.publications import BATCHES
from bot.db.unit_of_work import Database
from bot.services import arrivals, downloading, following, ingesting, previews, smaller_files
from bot.services.jobs import JobKind
from bot.services.stuck import only_stuck
from bot.worker import Engine
from bot.worker.reconciler import Restartable
from providers import PROVIDERS
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock
from tests.faults.open_work import OPEN_WORK, SYNCS, open_work
from tests.services.publishing import LEASE, World, a_world

MOVING_FOR = timedelta(minutes=3)
"""Longer than any kind of work may take before it counts as stuck."""
LONG = 12


@dataclass(slots=True)
class Office:
    """Work of each kind but publishing, which has its own rule, put in line and not begun."""

    world: World
    services: tuple[Restartable, ...]

    async def later(self, passed: timedelta = MOVING_FOR) -> list[int]:
        self.world.later(passed.total_seconds())
        return [await service.restart_stuck() for service in self.services]

    async def attempts(self) -> list[tuple[int, str]]:
        """Of each kind, and its state."""
        async with self.world.db.read() as tx:
            rows = [(await tx.execute(select(table))).mappings().one() for table in OPEN_WORK]
        return [(row["attempt"], row.get("state", "waiting")) for row in rows]

    async def line(self) -> list[tuple[int, str, str]]:
        async with self.world.db.read() as tx:
            found = await tx.execute(select(JOBS.c.place, JOBS.c.kind, JOBS.c.key).order_by(JOBS.c.place))
            return [(row.place, row.kind, row.key) for row in found.all()]

    async def change(self, **values: object) -> None:
        async with self.world.db.write() as tx:
            await tx.execute(JOBS.update().where(JOBS.c.done_at.is_(None)).values(**values))


@pytest.fixture
async def office(database: Database, database_url: str, clock: FakeClock) -> AsyncIterator[Office]:
    world = await a_world(database, clock)
    async with database.write() as tx:
        await open_work(tx, world)
    credentials = {"DEXT_XERO_CLIENT_ID": "c", "DEXT_XERO_CLIENT_SECRET": "s"}
    config = read_config(environment(database_url, 1, credentials), tuple(PROVIDERS))
    async with assembled(config, clock) as product:
        office = Office(world, restartable_of(product.services))
        assert await office.later() == [1] * len(OPEN_WORK), "nothing is in line yet"
        yield office


async def test_what_only_waits_in_line_keeps_its_place_however_long_and_is_not_given_up(office: Office) -> None:
    line, attempts = await office.line(), await office.attempts()

    restarted = [await office.later() for _ in range(LONG)]

    assert restarted == [[0] * len(OPEN_WORK)] * LONG
    assert (await office.line(), await office.attempts()) == (line, attempts)


async def test_what_is_being_worked_on_goes_on_however_long(office: Office) -> None:
    await office.change(held_by="somebody", leased_until=datetime.max.replace(tzinfo=office.world.clock.now().tzinfo))
    attempts = await office.attempts()

    for _ in range(LONG):
        await office.later()

    assert await office.attempts() == attempts


async def test_a_job_that_ended_without_an_end_of_its_work_is_followed_by_another(office: Office) -> None:
    line, attempts = await office.line(), await office.attempts()
    await office.change(done_at=office.world.clock.now())

    assert await office.later() == [1] * len(OPEN_WORK)

    assert await office.attempts() == [(attempt + 1, state) for attempt, state in attempts]
    assert len(await office.line()) == 2 * len(line)


async def test_what_its_own_job_put_off_between_the_look_and_the_decision_gets_no_attempt_before_its_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job ended in that moment, so none is in line."""
    world, attempts = office.world, await office.attempts()
    until = world.clock.now() + timedelta(days=1)

    async def put_off(*_: object) -> frozenset[str]:
        async with world.db.write() as tx:
            for table in OPEN_WORK:
                await tx.execute(table.update().values(due_at=until))
        return frozenset()

    monkeypatch.setattr(Engine, "open_of", put_off)
    for service in office.services:
        async with world.db.write() as tx:
            for table in OPEN_WORK:
                await tx.execute(table.update().values(due_at=tx.now))
        await service.restart_stuck()

    assert await office.attempts() == attempts


async def test_of_an_import_of_which_a_part_is_due_all_of_it_has_the_next_attempt(office: Office) -> None:
    """They are one job."""
    world, later = office.world, office.world.clock.now() + timedelta(days=1)
    async with world.db.write() as tx:
        (known,) = (await tx.execute(select(SYNCS))).mappings().all()
        await tx.execute(SYNCS.insert().values(**{**known, "kind": "contacts", "due_at": later}))
        await tx.execute(JOBS.update().values(done_at=tx.now))

    await office.later()

    async with world.db.read() as tx:
        assert set((await tx.execute(select(SYNCS.c.attempt))).scalars()) == {known["attempt"] + 1}


async def test_a_batch_that_its_own_attempt_put_off_meanwhile_stays_put_off(office: Office) -> None:
    """A process that was frozen for longer than its lease, and came back to hear that the ledger wants an hour."""
    world = office.world
    await world.approve("INV-1")
    await world.publishing.plan()
    world.later(LEASE.total_seconds() + 1)
    (batch,) = await world.publishing.stuck()
    async with world.db.write() as tx:
        await tx.execute(BATCHES.update().values(due_at=tx.now + timedelta(hours=1)))

    assert await world.publishing.restart(batch) == 0


async def test_what_has_been_due_for_longest_has_its_turn_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than can be looked at in one pass, where something always is due."""
    for module in (arrivals, downloading, following, ingesting, previews, smaller_files):
        monkeypatch.setattr(module, "STUCK_AT_ONCE", 1)
    world = office.world
    other = await a_world(world.db, world.clock, team_id="T2")
    async with world.db.write() as tx:
        await tx.execute(JOBS.update().values(done_at=tx.now))
        await open_work(tx, other)
        for table in OPEN_WORK:
            of_other = table.c.workspace_id == other.workspace_id
            await tx.execute(table.update().where(of_other).values(due_at=tx.now - timedelta(days=1)))

    await office.later()

    async with world.db.read() as tx:
        moved = [
            (await tx.execute(select(table.c.workspace_id).where(table.c.due_at > tx.now))).scalars().all()
            for table in OPEN_WORK
            if table is not SYNCS
        ]
    assert moved == [[other.workspace_id]] * (len(OPEN_WORK) - 1)


async def test_what_its_own_job_put_off_meanwhile_stays_put_off(office: Office) -> None:
    """A file that Slack does not hand over for an hour, and a look that had found it due before."""
    db, until = office.world.db, office.world.clock.now() + timedelta(hours=1)
    async with db.write() as tx:
        (arrival,) = (await tx.execute(select(ARRIVALS.c.id, ARRIVALS.c.attempt))).all()
        mine = ARRIVALS.update().where(ARRIVALS.c.workspace_id == office.world.workspace_id)
        await tx.execute(mine.values(due_at=until))

    stuck = await only_stuck(
        db,
        Engine(db),
        JobKind.READ_FILE,
        [arrival],
        key=lambda row: f"{row.id}:{row.attempt}",
        of=ARRIVALS.c.id,
        again_in=MOVING_FOR,
    )

    async with db.read() as tx:
        assert (stuck, (await tx.execute(select(ARRIVALS.c.due_at))).scalar_one()) == ([], until)
