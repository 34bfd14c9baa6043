"""One organisation with very many approved bills does not hold up another with one.

`DEXT_NOISY=10000 DEXT_QUIET=40 pytest -s -n 0 tests/faults/test_noisy_tenant.py` has as many as it says, and prints how long the
quiet one waited.
"""

import os
import sys
from functools import partial
from math import ceil
from time import monotonic

import pytest

from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.faults.machine import a_plant, connect
from tests.services.publishing import World, a_world

NOISY = int(os.environ.get("DEXT_NOISY", "300"))
QUIET = int(os.environ.get("DEXT_QUIET", "2"))
LONGEST_SECONDS = 10
"""From the end of the undo window to "published", for 95 % of what the quiet one has."""
ANOTHER = "00000000-0000-4000-8000-000000000002"
"""The same books under a name of their own: organisations are told apart by it."""
pytestmark = [pytest.mark.engine, pytest.mark.timeout(120 + NOISY)]


async def test_a_quiet_organisation_is_served_while_a_noisy_one_is_not_done(
    database_url: str, clock: FakeClock
) -> None:
    async with a_plant(database_url, clock) as plant:
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
        published = list((await plant.world.states()).values()).count(ItemState.PUBLISHED)

    waited.sort()
    of_twenty = waited[ceil(0.95 * QUIET) - 1]
    sys.stdout.write(
        f"{NOISY} noisy, {published} of them published meanwhile: of {QUIET} the quiet one waited {waited[-1]:.1f} s at most, "
        f"{of_twenty:.1f} s for 95 %\n"
    )
    assert of_twenty < LONGEST_SECONDS
    assert published < NOISY


async def _is_published(world: World, item_id: ItemId) -> bool:
    state = await world.state(item_id)
    assert state not in (ItemState.REFUSED, ItemState.UNKNOWN), await world.alert(item_id)
    return state is ItemState.PUBLISHED
