"""Workers that are stopped, frozen and killed in the middle of a batch: their work goes on, and nothing is sent twice."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from multiprocessing.context import ForkServerProcess
from time import monotonic

import pytest

from bot.domain.items import ItemState
from tests.fakes.clock import FakeClock
from tests.faults.machine import POISON, Plant, a_plant

BILLS = ["INV-1", "INV-2", "INV-3"]
pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]


@pytest.fixture
async def plant(database_url: str, clock: FakeClock) -> AsyncIterator[Plant]:
    async with a_plant(database_url, clock) as made:
        yield made


def is_sqlite(plant: Plant) -> bool:
    return plant.world.db.is_sqlite


async def test_a_deploy_in_the_middle_of_a_batch_strands_nothing(plant: Plant) -> None:
    """The new process begins beside the old one, which is asked to stop while its call is in flight, and lets it end."""
    plant.answer_late(1)
    await plant.world.approve(*BILLS)
    old = plant.start()
    await plant.until(plant.is_being_sent)

    new = plant.start()
    old.terminate()
    await plant.world.approve("INV-4")
    await plant.until(plant.is_all_published)
    new.terminate()

    assert (await plant.ended(old), await plant.ended(new)) == (0, 0)
    assert plant.numbers == [*BILLS, "INV-4"]


async def test_a_dead_machines_work_goes_on_within_the_lease(plant: Plant) -> None:
    plant.answer_late(1, times=1)
    await plant.world.approve(*BILLS)
    dead = plant.start()
    await plant.until(plant.is_being_sent)
    plant.start()

    dead.kill()
    killed_at = monotonic()
    await plant.until(plant.is_all_published)

    assert plant.numbers == BILLS
    assert monotonic() - killed_at < 20


async def test_a_machine_that_was_suspended_past_its_lease_sends_nothing_twice(plant: Plant) -> None:
    plant.answer_late(0.5, times=1)
    await plant.world.approve(*BILLS)
    frozen = plant.start()
    await plant.until(plant.is_being_sent)

    os.kill(_pid(frozen), signal.SIGSTOP)
    if is_sqlite(plant):
        await asyncio.sleep(2)
    else:
        plant.start()
        await plant.until(plant.is_all_published)
    os.kill(_pid(frozen), signal.SIGCONT)
    await plant.until(plant.is_all_published)
    frozen.terminate()

    assert await plant.ended(frozen) == 0
    assert plant.numbers == BILLS
    assert await plant.world.alerts() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_document_that_kills_its_worker_is_set_aside_and_told_once(plant: Plant) -> None:
    """Whoever looks after the processes starts a new one each time."""
    poison, _ = await plant.world.approve(POISON, "INV-1")
    lives = 0

    async def is_set_aside() -> bool:
        return await plant.world.alerts() > 0

    while not await is_set_aside() and lives < 8:
        worker = plant.start(dies_at=POISON, lease_seconds=0.5)
        lives += 1
        await plant.until(partial(_ended_or, worker, is_set_aside))
    for process in plant.processes:
        process.kill()
    plant.start()
    await plant.until(lambda: _published(plant, "INV-1"))

    assert lives <= 6, "three deaths with the other, one alone, and who finds that out"
    assert await plant.world.alert(poison) == ("open", "outcome_set_aside", 1)
    assert (await plant.world.alerts(), plant.numbers) == (1, ["INV-1"])


def _pid(process: ForkServerProcess) -> int:
    assert process.pid is not None
    return process.pid


async def _ended_or(process: ForkServerProcess, is_so: Callable[[], Awaitable[bool]]) -> bool:
    return process.exitcode is not None or await is_so()


async def _published(plant: Plant, number: str) -> bool:
    return (await plant.world.states())[number] is ItemState.PUBLISHED
