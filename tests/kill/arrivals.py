"""The process that dies while it takes a dropped file in."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.db.unit_of_work import Database
from bot.domain.arrivals import Arrival, SlackMessage
from bot.domain.ids import WorkspaceId
from bot.intake import reader
from bot.intake.result import Reading, Unreadable
from bot.services.arrivals import Arrivals, Found
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import InlineJobs
from tests.kill.hook import Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where a process finds its database, which file it is to take in, what time it is, and when it dies."""

    database_url: str
    content: bytes
    message: SlackMessage
    job: str
    at: datetime
    kill_at: int
    steps_file: str


@dataclass(frozen=True, slots=True)
class OneFile:
    """Slack's file host, with one file."""

    content: bytes
    message: SlackMessage

    async def look(self, arrival: Arrival) -> Found:
        return Found(name="bill.xml", message=self.message)

    async def fetch(self, workspace_id: WorkspaceId, found: Found) -> bytes:
        return self.content


async def read_here(content: bytes, filename: str) -> Reading | Unreadable:
    return reader.read(content)


def take_in(intake: Intake) -> None:
    """One attempt, as the worker makes it. Answers its steps in a file, when it comes to its end."""
    steps = asyncio.run(_take_in(intake))
    Path(intake.steps_file).write_text(str(steps))
    os._exit(0)


async def _take_in(intake: Intake) -> int:
    hook = Hook(intake.kill_at)
    db = Database(intake.database_url, FakeClock(intake.at, sleeps_at_once=True))
    file = OneFile(intake.content, intake.message)
    arrivals = Arrivals(db, InlineJobs(), file, read_here, "http://127.0.0.1:3000")
    hook.arm()
    await arrivals.run(intake.job)
    return hook.steps
