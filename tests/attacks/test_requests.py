"""Thousands of requests that are not Slack's, or make no sense: no effect, no error of ours, nothing of theirs in the log."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from random import Random

import aiohttp
import pytest
from aiohttp import ClientSession
from multidict import CIMultiDict

from bot.db.unit_of_work import Database
from bot.playground.slack import OUTSIDER
from tests.attacks.requests import (
    CANARY,
    Payload,
    Request,
    a_day_at_work,
    as_an_outsider,
    broken_texts,
    forged,
    request_of,
    senseless,
)
from tests.attacks.traces import deeds, logged, rows
from tests.handlers.desk import Desk, a_desk

SEED = 20260302
REFUSED = {400, 401, 408, 413}


@dataclass(slots=True)
class Siege:
    """A day's real requests, and the door they came in by."""

    desk: Desk
    session: ClientSession
    day: list[Payload]
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def db(self) -> Database:
        return self.desk.world.services.db

    @property
    def stamp(self) -> str:
        return str(int(self.desk.world.clock.now().timestamp()))

    async def send(self, request: Request) -> int:
        headers = CIMultiDict(request.headers())
        url = f"{self.desk.world.address}/slack/events"
        async with self.session.post(url, data=BytesIO(request.body), headers=headers) as answer:
            await answer.read()
            self.statuses[answer.status] += 1
            return answer.status

    async def send_all(self, what: str, requests: Iterable[Request], expected: set[int]) -> None:
        self.statuses.clear()
        for request in requests:
            status = await self.send(request)
            assert status in expected, (request.name, status, request.body[:2000])
        self.said(what)

    @property
    def posts(self) -> list[object]:
        """What was posted to anybody but the outsider, who is told why not."""
        calls = self.desk.slack.calls_of("chat.postMessage")
        return [call.args for call in calls if call.args.get("channel") != OUTSIDER]

    def said(self, what: str) -> None:
        sys.stdout.write(f"{what}: {self.statuses.total()} requests, {dict(self.statuses)}\n")


@asynccontextmanager
async def a_siege(database_url: str) -> AsyncIterator[Siege]:
    async with a_desk(database_url) as desk, aiohttp.ClientSession() as session:
        yield Siege(desk, session, await a_day_at_work(desk))


@pytest.fixture
async def siege(sqlite_url: str) -> AsyncIterator[Siege]:
    async with a_siege(sqlite_url) as made:
        yield made


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Siege]:
    async with a_siege(database_url) as made:
        yield made


async def test_a_thousand_requests_that_are_not_slacks_are_refused(siege: Siege) -> None:
    """Real ones before somebody who has no secret: forged, altered, too old, too new, of another app."""
    chance = Random(SEED)
    async with without_effect(siege, rows):
        for payload in siege.day * 2:
            for request in forged(request_of(payload, siege.stamp), chance):
                assert await siege.send(request) in REFUSED, request.name

    siege.said("forged")
    assert siege.statuses.total() >= 1000


async def test_a_thousand_signed_requests_that_repeat_or_make_no_sense_have_no_effect(either: Siege) -> None:
    """A fault at Slack, or somebody who has the secret; on each database, which do not refuse the same values.

    What makes no sense comes as repeats of what was done, and anew by somebody who may nothing, so that all is read.
    """
    chance, senseless_ones = Random(SEED), []
    for number in range(1400):
        payload = senseless(chance.choice(either.day), chance)
        payload = payload if number % 2 else as_an_outsider(payload, number)
        senseless_ones.append(request_of(payload, either.stamp))

    async with without_effect(either, rows):
        await either.send_all(
            "broken texts",
            (text for found in either.day[::3] for text in broken_texts(request_of(found, either.stamp), chance)),
            REFUSED | {200},
        )
        assert either.statuses[413] >= len(either.day[::3])
    async with without_effect(either, deeds_of):
        await either.send_all("replayed", (request_of(found, either.stamp) for found in either.day * 3), {200})
        await either.send_all("senseless", senseless_ones, REFUSED | {200, 404})


async def deeds_of(db: Database) -> dict[str, object]:
    return deeds(await rows(db))


@asynccontextmanager
async def without_effect(siege: Siege, stored: Callable[[Database], Awaitable[object]]) -> AsyncIterator[None]:
    """Nothing else is stored afterwards; the ledger was asked nothing, nobody was written to, the log says none of it."""
    before, asked, posted = await stored(siege.db), len(siege.desk.xero.calls), siege.posts
    with logged() as lines:
        yield
        await siege.desk.settle()
    assert await stored(siege.db) == before
    assert len(siege.desk.xero.calls) == asked
    assert siege.posts == posted
    assert CANARY not in lines.getvalue()
    assert "Traceback" not in lines.getvalue()
