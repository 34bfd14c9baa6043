"""The worker goes on whatever happens, one process at a time works a SQLite file, and nothing blocks a partition."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot import app
from bot.clock import Clock, SystemClock
from bot.config import Config, read_config
from bot.db.unit_of_work import Database
from bot.delivery import BusyError
from bot.domain.items import ItemState
from bot.services.jobs import JobKind
from bot.worker import Engine, Planner, Reconciler, Tasks, Worker, WorkerLock, tasks_of
from providers import PROVIDERS
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock
from tests.fakes.ports import free_port
from tests.services.ledger import Trouble
from tests.services.publishing import World, a_world

BATCH = JobKind.PUBLISH_BATCH


class Stuck:
    """A service whose own restarting fails."""

    async def restart_stuck(self) -> int:
        raise LookupError("broken")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def test_trouble_in_one_part_does_not_stop_the_others(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.BUSY]
    await world.approve("INV-1")
    await world.one_pass()
    world.later(31)
    reconciler = Reconciler(world.publishing, (Stuck(),))

    assert await reconciler.restart() == 1


async def test_an_organisation_that_cannot_be_planned_does_not_stop_the_others(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    other = await a_world(world.db, world.clock, team_id="T2")
    await world.approve("INV-1")
    await other.approve("INV-2")
    world.ledger.cannot_render["INV-1"] = LookupError("a rule of ours that is wrong")

    made = await Planner(world.publishing).pass_once()

    assert made == 1
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_job_that_fails_is_logged_once_and_never_raises(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(key: str) -> None:
        raise LookupError(key)

    await Tasks(clock, {BATCH: fail}).run("publish_batch", "one:1")

    assert [(record.levelname, record.message) for record in caplog.records] == [("ERROR", "job failed")]


async def test_a_job_that_found_the_database_busy_is_a_warning_and_is_begun_again_later(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_key: str) -> None:
        raise BusyError("the database is busy")

    await Tasks(clock, {BATCH: fail}).run("publish_batch", "one:1")

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'dext.db'}"
    one, other = WorkerLock.of(url), WorkerLock.of(url)

    taken = [one.take(), other.take()]
    one.release()

    assert (taken, other.take()) == ([True, False], True)
    other.release()


def test_on_postgresql_there_is_nothing_to_hold() -> None:
    url = "postgresql+asyncpg://localhost/dext"

    assert WorkerLock.of(url).take()
    assert WorkerLock.of(url).take()


@pytest.mark.engine
class TestTwoProcesses:
    @pytest.fixture
    async def world(self, sqlite_url: str) -> AsyncIterator[World]:
        """As the product is put together, on the machine's own time."""
        clock = SystemClock()
        db = Database(sqlite_url, clock)
        yield await a_world(db, clock)
        await db.close()

    async def test_the_second_serves_and_puts_in_line_and_takes_over_when_the_first_ends(
        self, world: World, sqlite_url: str
    ) -> None:
        first = WorkerLock.of(sqlite_url)
        assert first.take()
        worker = a_worker(world, sqlite_url)
        await worker.start()
        await world.approve("INV-1")
        was_working = worker.is_working

        first.release()
        async with asyncio.timeout(20):
            while await world.states() != {"INV-1": ItemState.PUBLISHED}:
                await world.clock.sleep(0.1)
        await worker.stop()

        assert not was_working
        assert world.ledger.numbers == ["INV-1"]

    async def test_stopping_lets_the_pass_end(self, world: World, sqlite_url: str) -> None:
        """Cut off halfway, it would leave the file locked for the jobs that stopping lets finish."""
        worker = a_worker(world, sqlite_url)
        begun, ended = asyncio.Event(), asyncio.Event()

        async def slow_pass() -> int:
            begun.set()
            await world.clock.sleep(0.3)
            ended.set()
            return 0

        worker.planner = SlowPlanner(slow_pass)
        await worker.start()
        await begun.wait()
        await worker.stop()

        assert ended.is_set()


class SlowPlanner(Planner):
    slow_pass: Callable[[], Awaitable[int]]

    def __init__(self, slow_pass: Callable[[], Awaitable[int]]) -> None:
        object.__setattr__(self, "slow_pass", slow_pass)

    async def pass_once(self) -> int:
        return await self.slow_pass()


def a_worker(world: World, url: str) -> Worker:
    engine = Engine(world.db, 0.05)
    publishing = world.publishing_by(engine)
    idle = Idle()
    tasks = tasks_of(
        publishing=publishing,
        lists=idle,
        arrivals=idle,
        ingesting=idle,
        previews=idle,
        smaller_files=idle,
        following=idle,
        downloading=idle,
        typing_lists=idle,
        gone_codes=idle,
    )
    return Worker(
        db=world.db,
        clock=SystemClock(),
        engine=engine,
        lock=WorkerLock.of(url),
        tasks=Tasks(SystemClock(), tasks),
        planner=Planner(publishing),
        reconciler=Reconciler(publishing, ()),
        poll_seconds=0.05,
    )


class Idle:
    async def run(self, key: str) -> None:
        """Nothing of this kind comes up here."""


@pytest.mark.parametrize("command", [app.run, app.work], ids=["run", "worker"])
async def test_what_the_start_made_is_left_out_when_garbage_is_looked_for(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, command: Callable[[Config, Clock], Awaitable[None]]
) -> None:
    """A worker that looks through all of it while it writes keeps SQLite's lock for as long, and people wait."""
    kept: list[bool] = []

    async def stopped() -> None:
        """At once."""

    monkeypatch.setattr(app, "stopped", stopped)
    monkeypatch.setattr(app, "keep_what_stands", lambda: kept.append(True))
    config = read_config(environment(sqlite_url, free_port(), {"DEXT_PORT": str(free_port())}), tuple(PROVIDERS))

    await command(config, SystemClock())

    assert kept == [True]
