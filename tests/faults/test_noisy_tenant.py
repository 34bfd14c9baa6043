"""One organisation with very many approved bills does not hold up another with one.

`DEXT_NOISY=10000 pytest -s tests/faults/test_noisy_tenant.py` has as many as it says, and prints how long the quiet one waited.
"""

import os
import sys
from functools import partial
from time import monotonic

import pytest

from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.faults.machine import a_plant, connect
from tests.services.publishing import World, a_world

NOISY = int(os.environ.get("DEXT_NOISY", "300"))
QUIET = 2
ANOTHER = "00000000-0000-4000-8000-000000000002"
"""The same books under a name of their own: organisations are told apart by it."""
pytestmark = [pytest.mark.engine, pytest.mark.timeout(120 + NOISY)]


async def test_a_quiet_organisation_is_served_while_a_noisy_one_is_not_done(sqlite_url: str, clock: FakeClock) -> None:
    async with a_plant(sqlite_url, clock) as plant:
        quiet = await a_world(plant.world.db, clock, team_id="T2")
        plant.xero.books[ANOTHER] = plant.xero.books[TRADING]
        await connect(quiet, plant.xero, ANOTHER)
        plant.answer_late(0.5)
        await plant.world.approve(*(f"NOISY-{number}" for number in range(NOISY)))
        plant.start()
        await plant.until(plant.is_being_sent)
        waited = []
        for number in range(QUIET):
            begun = monotonic()
            (item_id,) = await quiet.approve(f"QUIET-{number}")
            await plant.until(partial(_is_published, quiet, item_id))
            waited.append(monotonic() - begun)
        states = list((await plant.world.states()).values())

    sys.stdout.write(f"{NOISY} noisy: the quiet one waited {max(waited):.1f} s at most\n")
    assert states.count(ItemState.PUBLISHED) < NOISY


async def _is_published(world: World, item_id: ItemId) -> bool:
    state = await world.state(item_id)
    assert state not in (ItemState.REFUSED, ItemState.UNKNOWN), await world.alert(item_id)
    return state is ItemState.PUBLISHED
