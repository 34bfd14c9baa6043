"""Whatever becomes of an answer, and whatever the ledger makes of keys and shows of its lists: one of it stands there.

The real adapter of each package over HTTP against its simulator. One cell is one way of losing the answer, twice in a row, to
one kind of write. Each ends with exactly one in the ledger, known as such, or with a person who is asked.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.publishing import StepKind
from providers.simulating.idempotency import Keys
from providers.simulating.misbehaviour import Fault
from tests.contract.far_ends import FAR_ENDS
from tests.contract.freeagent_claims import FreeAgentClaimsFarEnd, freeagent_claims_far_end
from tests.contract.losing import LosingFarEnd
from tests.fakes.clock import FakeClock
from tests.services.beside import a_world_beside
from tests.services.publishing import World

WAYS = {
    "commit, then 500": Fault.ERROR_AFTER,
    "500, nothing done": Fault.ERROR_BEFORE,
    "reset after it was done": Fault.RESET_AFTER,
    "reset, nothing done": Fault.RESET_BEFORE,
    "time-out after it was done": Fault.HANG_AFTER,
    "time-out, nothing done": Fault.HANG_BEFORE,
    "half an answer": Fault.HALF_ANSWER,
    "HTML with 200": Fault.HTML,
    "slow": Fault.SLOW,
}
HONOURED, FORGOTTEN, IGNORED = KEYS = ("honoured", "forgotten", "ignored")
AT_ONCE, LATE = LISTS = ("at once", "late")
SLOW_SECONDS = 80
"""Longer than a lease, and shorter than we wait for a write."""
A_MOMENT = timedelta(seconds=1)
LOOKED_AT_EVERY = 7
"""Seconds: there is a look before late lists show what was written."""
ONE, ASKED = "one", "a person"
BAR = 0.95
"""The share that has to be settled without a person, where the ledger can be searched."""


@dataclass(frozen=True, slots=True)
class Elapsing:
    """The ledger's clock: while it is slow, time passes for everybody."""

    everybodys: FakeClock

    def now(self) -> datetime:
        return self.everybodys.now()

    def monotonic(self) -> float:
        return self.everybodys.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.everybodys.advance(seconds)


EVERY = {**FAR_ENDS, "freeagent's expenses": freeagent_claims_far_end}
Cell = tuple[StepKind, str, str, str]
"""What is written, how its answer is lost, what becomes of keys, and when lists show it."""


@dataclass(slots=True)
class Stand:
    """A product beside a simulated ledger, through which one bill goes after the other, with its payment and its file."""

    world: World
    far: LosingFarEnd

    @property
    def keys(self) -> Sequence[str]:
        """What may become of them, where there are any."""
        return KEYS if self.far.state.replays.rules is not None else (IGNORED,)

    async def become_of(self, number: str, way: str, keys: str, lists: str) -> dict[Cell, str]:
        """What becomes of each write, when the answers to the first two calls are lost."""
        state, marker = self.far.state, self.far.provider.profile.marker
        remembered = state.replays.rules.remembered_for if state.replays.rules is not None else timedelta(0)
        state.replays.keys = Keys.IGNORED if keys == IGNORED else Keys.KEPT
        state.replays.window = timedelta(0) if keys == FORGOTTEN else remembered
        late = (marker.visibility_delay - A_MOMENT).total_seconds()
        state.misbehaviour.late_list_seconds = late if lists == LATE else 0
        for write in self.far.writes:
            self.far.lose(write, WAYS[way], times=2, seconds=SLOW_SECONDS)
        (item_id,) = await self.world.approve(number)

        await self.world.settle(seconds=LOOKED_AT_EVERY)

        assert [planned for planned in state.misbehaviour.planned if planned.times > 1] == [], "nothing was lost"
        state.misbehaviour.calm()
        return {(write, way, keys, lists): await self._verdict(write, item_id, number) for write in self.far.writes}

    async def _verdict(self, write: StepKind, item_id: ItemId, number: str) -> str:
        standing = self.far.count(write, number)
        alert = await self.world.alert(item_id, write)
        is_settled = await self.world.is_settled() and await self.world.state(item_id) is ItemState.PUBLISHED
        if standing == 1 and is_settled and alert is None:
            return ONE
        if standing <= 1 and alert is not None and alert[0] == "open":
            return ASKED
        return f"{standing} there, {alert}, {'settled' if is_settled else 'open'}"


@pytest.fixture(params=EVERY)
async def stand(request: pytest.FixtureRequest, database: Database, clock: FakeClock) -> AsyncIterator[Stand]:
    async with EVERY[request.param](clock, patience_seconds=0.1) as far:
        far.state.clock = Elapsing(clock)
        world = await a_world_beside(far, database, clock)
        world.file = ("scan.pdf", b"%PDF-1.7 of ") if StepKind.ATTACHMENT in far.writes else None
        world.paid_from = far.bank_account() if StepKind.PAYMENT in far.writes else None
        if isinstance(far, FreeAgentClaimsFarEnd):
            await world.claim(far.claimant)
        yield Stand(world, far)


def drawn(became: Mapping[Cell, str]) -> str:
    """Writes and ways down, keys and lists across; the last line is the figure."""
    rows = dict.fromkeys((write, way) for write, way, _, _ in sorted(became, key=lambda cell: cell[0]))
    columns = dict.fromkeys((keys, lists) for _, _, keys, lists in became)
    lines = [("keys, lists", "", *(f"{keys}, {lists}" for keys, lists in columns))]
    for write, way in rows:
        lines.append((write, way, *(became[write, way, *column] for column in columns)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = ["  ".join(f"{cell:{wide}}" for cell, wide in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*drawn, f"settled without a person: {share(became):.1%} of {len(became)}"])


def share(became: Mapping[Cell, str]) -> float:
    return sum(verdict == ONE for verdict in became.values()) / len(became)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_becomes_of_an_answer_one_of_it_stands_in_the_ledger_or_a_person_is_asked(
    stand: Stand, record_property: Any
) -> None:
    became: dict[Cell, str] = {}

    for number, cell in enumerate(product(WAYS, stand.keys, LISTS)):
        became |= await stand.become_of(f"INV-{number}", *cell)

    name = stand.far.provider.profile.name
    record_property("table", f"unknown outcomes in {name}\n{drawn(became)}")
    assert {cell: verdict for cell, verdict in became.items() if verdict not in (ONE, ASKED)} == {}
    assert share(became) >= BAR
