"""PostgreSQL is stopped fast, at once, and killed, while bills come in and go out: the worker goes on by itself."""

import asyncio
import os
import pwd
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.db import migrate
from bot.delivery import BusyError
from tests.conftest import NO_POSTGRES, missing
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import START_SECONDS, Postgres, _call, _unprivileged, find_programs
from tests.faults.machine import Plant, a_plant

pytestmark = [pytest.mark.engine, pytest.mark.postgres, pytest.mark.timeout(240)]
MOMENT = 0.4


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL that keeps what it said it keeps, however it ends."""

    programs: Path
    folder: Path
    user: pwd.struct_passwd | None

    def start(self) -> None:
        wait = ("-w", "-t", str(START_SECONDS), "-l", self.folder / "log")
        options = f"-h '' -k {self.folder} -c synchronous_commit=on"
        _call(self.user, self.programs / "pg_ctl", "-D", self.folder / "data", *wait, "-o", options, "start")

    def stop(self, how: str) -> None:
        if how == "kill":
            os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            return
        _call(self.user, self.programs / "pg_ctl", "-D", self.folder / "data", "-m", how, "stop")

    def start_again(self) -> None:
        """After a kill its children take a moment to notice, and until then the new one is refused."""
        for left in reversed(range(20)):
            try:
                self.start()
            except AssertionError:
                if not left:
                    raise
            else:
                return


@pytest.fixture
def server() -> Iterator[Server]:
    programs = find_programs()
    if programs is None:
        missing(NO_POSTGRES, "install postgresql (its programs are enough, no server need run)")
    assert programs is not None
    user = _unprivileged() if os.geteuid() == 0 else None
    folder = Path(mkdtemp(prefix="dext-pg-"))
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data = folder / "data"
    _call(user, programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "-E", "UTF8", "-D", data)
    made = Server(programs, folder, user)
    made.start()
    try:
        yield made
    finally:
        made.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


async def test_whatever_ends_it_nothing_acknowledged_is_lost_and_nothing_is_sent_twice(
    server: Server, clock: FakeClock
) -> None:
    url = Postgres(server.folder).create("dext")
    await migrate.upgrade(url)
    async with a_plant(url, clock) as plant:
        plant.start()
        acknowledged: list[str] = []
        await plant.world.approve("BEFORE")
        await plant.until(plant.is_all_published)  # so that the worker stands
        for how in ("fast", "immediate", "kill"):
            coming = asyncio.create_task(_bills_come_in(plant, how, acknowledged))
            await asyncio.sleep(MOMENT)
            await asyncio.to_thread(server.stop, how)
            await asyncio.sleep(MOMENT)
            await asyncio.to_thread(server.start_again)
            await coming
            await plant.until(plant.is_all_published)
        states, alerts = await plant.world.states(), await plant.world.alerts()

    assert len(acknowledged) >= 3
    assert set(acknowledged) <= set(states)
    assert (plant.numbers, alerts) == (sorted(states), 0)


async def _bills_come_in(plant: Plant, how: str, acknowledged: list[str]) -> None:
    """Until some came in after the server was back. One whose answer was lost may be there, or not."""
    number, came_after, was_down = 0, 0, False
    while came_after < 2:
        number += 1
        try:
            await plant.world.approve(f"{how}-{number}")
        except (BusyError, SQLAlchemyError, OSError):
            was_down = True
            await asyncio.sleep(0.1)
            continue
        acknowledged.append(f"{how}-{number}")
        came_after += was_down
        await asyncio.sleep(0.02)
