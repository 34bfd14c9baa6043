"""A full disk, a file that somebody else holds, and clocks that jump: nothing acknowledged is lost, nothing is sent twice."""

import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.db.unit_of_work import Database
from bot.delivery import BusyError
from bot.domain.items import ItemState
from tests.fakes.clock import FakeClock
from tests.services.ledger import Trouble
from tests.services.publishing import CrashError, World, a_world

MEGABYTES = 8
NOT_MOUNTED = "a small file system cannot be mounted here, which needs root"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder))
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip(NOT_MOUNTED)
    yield folder
    subprocess.run(("umount", "-l", str(folder)), check=True)


@pytest.fixture
async def on_small_disk(small_disk: Path, _sqlite_template: Path, clock: FakeClock) -> AsyncIterator[World]:
    path = small_disk / "dext.db"
    shutil.copyfile(_sqlite_template, path)
    db = Database(f"sqlite+aiosqlite:///{path}", clock)
    yield await a_world(db, clock)
    await db.close()


async def test_a_full_disk_refuses_what_it_cannot_keep_and_goes_on_when_there_is_room(
    on_small_disk: World, small_disk: Path
) -> None:
    world, filler = on_small_disk, small_disk / "filler"
    await world.approve("BEFORE")
    _fill(filler)
    kept = ["BEFORE", *await _approved_until_full(world)]
    with pytest.raises(OperationalError, match="full"):
        await world.publishing.plan()
    shown = await world.states()

    filler.unlink()
    await world.settle()

    assert set(shown) == set(kept), "what was acknowledged is there, and can be read"
    assert await world.states() == dict.fromkeys(kept, ItemState.PUBLISHED)
    assert world.ledger.numbers == sorted(kept)
    assert await world.alerts() == 0


async def _approved_until_full(world: World) -> list[str]:
    kept: list[str] = []
    for number in range(1000):
        try:
            await world.approve(f"INV-{number}")
        except OperationalError as error:
            assert "full" in str(error.orig)  # noqa: PT017 - how many it takes is not known before
            return kept
        kept.append(f"INV-{number}")
    raise AssertionError("the disk was never full")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


@pytest.mark.usefixtures("short_waits")
async def test_a_file_that_somebody_else_holds_is_an_honest_busy_and_is_gone_on_with(
    sqlite_url: str, clock: FakeClock
) -> None:
    db = Database(sqlite_url, clock)
    world = await a_world(db, clock)
    await world.approve("INV-1")
    holder = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        await world.approve("INV-2")
    with pytest.raises(BusyError):
        await world.publishing.plan()
    seen = await world.states()

    holder.execute("ROLLBACK")
    holder.close()
    await world.settle()
    states = await world.states()
    await db.close()

    assert seen == {"INV-1": ItemState.APPROVED}
    assert (states, world.ledger.numbers) == ({"INV-1": ItemState.PUBLISHED}, ["INV-1"])


JUMPS = [timedelta(hours=1), timedelta(days=1), timedelta(hours=-1), timedelta(days=-1)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("moment", ["undo", "frozen", "create", "created", "lost", "read"])
async def test_a_clock_that_jumps_sends_nothing_twice_and_loses_nothing(
    sqlite_url: str, clock: FakeClock, moment: str, jump: timedelta
) -> None:
    """The machine's clock; the ledger has its own. Set back, what waits waits as much longer, and no more."""
    db = Database(sqlite_url, clock)
    world = await a_world(db, clock)
    world.ledger.clock = its_own = FakeClock()
    await world.approve("INV-1")
    await _come_to(world, moment)

    world.later(jump.total_seconds())
    await world.approve("INV-2")
    step = max(timedelta(seconds=30), abs(jump) / 48)
    for _ in range(64):
        await world.one_pass()
        world.later(step.total_seconds())
        its_own.move_to(its_own.now() + step)
    states, alerts = await world.states(), await world.alerts()
    await db.close()

    assert states == dict.fromkeys(("INV-1", "INV-2"), ItemState.PUBLISHED)
    assert (world.ledger.numbers, alerts) == (["INV-1", "INV-2"], 0)


async def _come_to(world: World, moment: str) -> None:
    """Frozen and not begun; dead before or after the ledger wrote, or while reading back; its answer lost."""
    if moment == "undo":
        return
    if moment == "frozen":
        await world.publishing.plan()
        return
    if moment == "lost":
        world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    else:
        world.ledger.on_call = _dying_once(world, moment)
    await world.one_pass()


def _dying_once(world: World, moment: str) -> Callable[[str], Awaitable[None]]:
    async def die(point: str) -> None:
        if point == moment:
            world.ledger.on_call = None
            raise CrashError

    return die
