"""Whatever becomes of an answer, and whatever the ledger makes of keys and shows of its lists: one of it stands there.

The real adapter over HTTP against the simulated Xero. One cell is one way of losing the answer, twice in a row, to one kind of
write. Each ends with exactly one in the ledger, known as such, or with a person who is asked.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from bot.db.unit_of_work import Database
from bot.domain.ids import ConnectionId, ItemId
from bot.domain.items import ItemState
from bot.domain.publishing import StepKind
from bot.services.publishing import Publishing
from providers.base import Access
from providers.simulating.idempotency import Keys
from providers.xero.simulated.front import REMEMBERED_FOR
from providers.xero.simulator import TRADING, Fault
from tests.contract.xero import XeroFarEnd, xero_far_end
from tests.fakes.clock import FakeClock
from tests.services.publishing import LEASE, PUBLIC_URL, StandingTokens, World, a_world

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
KEYS = ("honoured", "forgotten", "ignored")
LISTS = {"at once": 0, "late": 9}
WRITES = {
    StepKind.DOCUMENT: "*/Invoices",
    StepKind.ATTACHMENT: "*/Attachments/*",
    StepKind.PAYMENT: "*/Payments",
}
SLOW_SECONDS = 80
"""Longer than a lease, and shorter than we wait for a write."""
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


@dataclass(slots=True, kw_only=True)
class SignedIn(StandingTokens):
    far: XeroFarEnd

    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        return self.far.access_of("dana")


Cell = tuple[StepKind, str, str, str]
"""What is written, how its answer is lost, what becomes of keys, and when lists show it."""


@dataclass(slots=True)
class Stand:
    """A product beside a simulated Xero, through which one bill goes after the other, with its payment and its file."""

    world: World
    far: XeroFarEnd

    async def become_of(self, number: str, way: str, keys: str, lists: str) -> dict[Cell, str]:
        """What becomes of each write, when the answers to the first two calls are lost."""
        state = self.far.state
        state.replays.keys = Keys.IGNORED if keys == "ignored" else Keys.KEPT
        state.replays.window = timedelta(0) if keys == "forgotten" else REMEMBERED_FOR
        state.misbehaviour.late_list_seconds = LISTS[lists]
        for path in WRITES.values():
            state.fail_next(WAYS[way], times=2, method="PUT", path=path, seconds=SLOW_SECONDS)
        (item_id,) = await self.world.approve(number)

        await self.world.settle(seconds=LOOKED_AT_EVERY)

        assert [planned.times for planned in state.misbehaviour.planned if planned.times > 1] == [], "nothing was lost"
        state.misbehaviour.calm()
        return {(write, way, keys, lists): await self._verdict(write, item_id, number) for write in WRITES}

    async def _verdict(self, write: StepKind, item_id: ItemId, number: str) -> str:
        standing = self._standing(write, number)
        alert = await self.world.alert(item_id, write)
        is_settled = await self.world.is_settled() and await self.world.state(item_id) is ItemState.PUBLISHED
        if standing == 1 and is_settled and alert is None:
            return ONE
        if standing <= 1 and alert is not None and alert[0] == "open":
            return ASKED
        return f"{standing} there, {alert}, {'settled' if is_settled else 'open'}"

    def _standing(self, write: StepKind, number: str) -> int:
        """How many of what was written are in the ledger."""
        books = self.far.state.books[TRADING]
        documents = [bill["InvoiceID"] for bill in self.far.state.bills() if bill["InvoiceNumber"] == number]
        match write:
            case StepKind.ATTACHMENT:
                return sum(len(books.files(document)) for document in documents)
            case StepKind.PAYMENT:
                paid = [one for one in books.payments.values() if one["Status"] == "AUTHORISED"]
                return sum(one["Invoice"]["InvoiceID"] in documents for one in paid)
            case _:
                return len(documents)


@pytest.fixture
async def stand(database: Database, clock: FakeClock) -> AsyncIterator[Stand]:
    world = await a_world(database, clock)
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    async with xero_far_end(clock, patience_seconds=0.1) as far:
        far.state.clock = Elapsing(clock)
        world.paid_from = far.bank_account()
        tokens = SignedIn(database, far=far)
        providers = {"xero": far.provider}
        world.publishing = Publishing(database, world.jobs, providers, tokens, clock, PUBLIC_URL, LEASE)

        async def run(_kind: str, key: str) -> None:
            await world.publishing.run(key)

        world.jobs.handler = run
        yield Stand(world, far)


def drawn(became: Mapping[Cell, str]) -> str:
    """Writes and ways down, keys and lists across; the last line is the figure."""
    columns = list(product(KEYS, LISTS))
    lines = [("keys, lists", "", *(f"{keys}, {lists}" for keys, lists in columns))]
    for write, way in product(WRITES, WAYS):
        lines.append((write, way, *(became[write, way, *column] for column in columns)))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = ["  ".join(f"{cell:{wide}}" for cell, wide in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*rows, f"settled without a person: {share(became):.1%} of {len(became)}"])


def share(became: Mapping[Cell, str]) -> float:
    return sum(verdict == ONE for verdict in became.values()) / len(became)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_whatever_becomes_of_an_answer_one_of_it_stands_in_the_ledger_or_a_person_is_asked(
    stand: Stand, record_property: Any
) -> None:
    became: dict[Cell, str] = {}

    for number, cell in enumerate(product(WAYS, KEYS, LISTS)):
        became |= await stand.become_of(f"INV-{number}", *cell)

    record_property("table", f"unknown outcomes\n{drawn(became)}")
    assert {cell: verdict for cell, verdict in became.items() if verdict not in (ONE, ASKED)} == {}
    assert share(became) >= BAR
