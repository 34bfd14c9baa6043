"""A process whose clock differs from the database's works on nothing: what it claims, others would take for left behind, and do
it a second time while it is at it.
"""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.db import wrong_clocks
from bot.db.unit_of_work import Database, Tx
from bot.playground.slack import BILLS
from bot.services.health import Health
from bot.services.jobs import JobKind
from bot.worker.engine import Engine
from bot.worker.rounds import Round, Rounds
from tests.bot.test_messenger import tell, texts
from tests.fakes.app import whole_app
from tests.fakes.clock import FakeClock

AWAY = [timedelta(hours=2), timedelta(minutes=2), timedelta(hours=-2)]


class Clocks:
    """How far the database's is ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    async def time(self, tx: Tx) -> datetime:
        return tx.now + self.ahead


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    monkeypatch.setattr(wrong_clocks, "time_of_database", made.time)
    return made


@pytest.mark.parametrize("ahead", AWAY, ids=str)
async def test_it_takes_jobs_and_begins_rounds_once_its_clock_is_right_again(
    database: Database, clock: FakeClock, clocks: Clocks, ahead: timedelta
) -> None:
    done: list[str] = []
    has_run = asyncio.Event()

    async def run(_kind: str, key: str) -> None:
        done.append(key)
        has_run.set()

    async def part() -> None:
        done.append("round")

    clocks.ahead = ahead
    engine, rounds = Engine(database), Rounds(database)
    async with database.write() as tx:
        await engine.enqueue(tx, JobKind.READ_FILE, "job", "line")
    await engine.launch(run)
    for _ in range(3):
        await clock.advance(2)
    assert not await rounds.do(Round.SWEEP, timedelta(hours=1), part)
    async with database.read() as tx:
        said = (await Health(database).check())["clock"]
    before = list(done)

    clocks.ahead = timedelta(0)
    await clock.advance(2)
    async with asyncio.timeout(20):
        await has_run.wait()
    assert await rounds.do(Round.SWEEP, timedelta(hours=1), part)
    await engine.stop()

    assert (before, done) == ([], ["job", "round"])
    assert "the database's differ" in said


async def test_it_posts_nothing_meanwhile(sqlite_url: str, clocks: Clocks) -> None:
    async with whole_app(sqlite_url, clock=FakeClock(sleeps_at_once=True)) as world:
        await tell(world, "n1", "waits")
        clocks.ahead = timedelta(hours=2)
        await world.product.messenger.drain()
        before = texts(world.slack.messages(BILLS))

        clocks.ahead = timedelta(0)
        await world.product.messenger.drain()

        assert (before, texts(world.slack.messages(BILLS))) == ([], ["waits"])
