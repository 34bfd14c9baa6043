"""A set-up in which nothing is wrong: the app answers at its public address, beside a simulated Slack and Xero."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from bot.doctor.doctor import Report, diagnose
from bot.doctor.finding import Verdict
from bot.vault import new_key
from bot.worker import WorkerLock
from tests.fakes.app import environment
from tests.fakes.clock import FakeClock
from tests.fakes.connected import Connected, connected_app, xero_environment

KEYS = new_key("k1")
CLIENT = {"SLACK_CLIENT_ID": "11.22", "SLACK_CLIENT_SECRET": "of-slack-canary"}


@dataclass(slots=True)
class Clinic:
    """What is examined. A test changes a variable of `env`, or something in the world."""

    world: Connected
    clock: FakeClock
    env: dict[str, str] = field(default_factory=dict)

    async def examine(self) -> Report:
        return await diagnose(self.env, self.clock)

    async def complaints(self) -> list[tuple[str, Verdict]]:
        """Whatever is not ok, by name."""
        report = await self.examine()
        return [(each.name, each.verdict) for each in report.findings if each.verdict is not Verdict.OK]


@pytest.fixture
async def clinic(sqlite_url: str) -> AsyncIterator[Clinic]:
    async with a_clinic(sqlite_url) as made:
        yield made


@asynccontextmanager
async def a_clinic(database_url: str, *, is_worked: bool = True) -> AsyncIterator[Clinic]:
    """By the real time of day, since that is what the far ends' `Date` says."""
    clock = FakeClock(datetime.now(UTC), sleeps_at_once=True)
    async with connected_app(database_url, clock=clock, more={"DEXT_ENCRYPTION_KEYS": KEYS}) as world:
        world.slack.oauth.client_id, world.slack.oauth.client_secret = CLIENT.values()
        lock = WorkerLock.of(database_url)
        if is_worked:
            lock.take()
        port = urlsplit(world.slack.public_url).port
        assert port is not None
        more = {"DEXT_PUBLIC_URL": world.address, "DEXT_ENCRYPTION_KEYS": KEYS, **CLIENT}
        more |= xero_environment(world.xero.public_url)
        yield Clinic(world, clock, environment(database_url, port, more))
        lock.release()
