"""Thousands of requests that are not Slack's, or make no sense: no effect, no error of ours, nothing of theirs in the log."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from random import Random

import aiohttp
import pytest
from aiohttp import ClientSession
from multidict import CIMultiDict

from bot.db.unit_of_work import Database
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

    def said(self, what: str) -> None:
        sys.stdout.write(f"{what}: {self.statuses.total()} requests, {dict(self.statuses)}\n")


@pytest.fixture
async def siege(database_url: str) -> AsyncIterator[Siege]:
    async with a_desk(database_url) as desk, aiohttp.ClientSession() as session:
        yield Siege(desk, session, await a_day_at_work(desk))


async def test_forged_requests_are_refused(siege: Siege) -> None:
    chance, before, calls = Random(SEED), await rows(siege.db), len(siege.desk.slack.calls)
    wrong = []
    with logged() as lines:
        for payload in siege.day * 2:
            for request in forged(request_of(payload, siege.stamp), chance):
                status = await siege.send(request)
                if status not in REFUSED:
                    wrong.append((request.name, status))

    siege.said("forged")
    assert wrong == []
    assert siege.statuses.total() >= 1000
    assert await rows(siege.db) == before
    assert len(siege.desk.slack.calls) == calls
    assert CANARY not in lines.getvalue()


async def test_replayed_requests_have_no_second_effect(siege: Siege) -> None:
    before = await rows(siege.db)

    for payload in siege.day:
        for _ in range(3):
            await siege.send(request_of(payload, siege.stamp))
    await siege.desk.settle()

    siege.said("replayed")
    assert set(siege.statuses) == {200}
    assert deeds(await rows(siege.db)) == deeds(before)


async def test_signed_requests_that_are_not_what_they_say_have_no_effect(siege: Siege) -> None:
    chance, before = Random(SEED), await rows(siege.db)
    requests = [text for payload in siege.day[::3] for text in broken_texts(request_of(payload, siege.stamp), chance)]

    lines = await sent(siege, requests)

    siege.said("broken texts")
    assert set(siege.statuses) <= REFUSED | {200}
    assert await rows(siege.db) == before
    assert CANARY not in lines


@pytest.mark.parametrize("who", ["admin", "outsider"])
async def test_signed_requests_that_make_no_sense_have_no_effect(siege: Siege, who: str) -> None:
    """As repeats of what an admin did, and anew by somebody who may nothing: so that all of it is read."""
    chance, before = Random(SEED), await rows(siege.db)
    requests = []
    for number in range(700):
        payload = senseless(chance.choice(siege.day), chance)
        payload = payload if who == "admin" else as_an_outsider(payload, number)
        requests.append(request_of(payload, siege.stamp))

    lines = await sent(siege, requests)

    siege.said(f"senseless, {who}")
    assert set(siege.statuses) <= REFUSED | {200, 404}
    assert deeds(await rows(siege.db)) == deeds(before)
    assert CANARY not in lines
    assert "Traceback" not in lines


async def sent(siege: Siege, requests: Iterable[Request]) -> str:
    """What was logged meanwhile."""
    failed = []
    with logged() as lines:
        for request in requests:
            status = await siege.send(request)
            if status >= 500:
                failed.append((request.name, status, request.body))
    assert failed == []
    return lines.getvalue()
