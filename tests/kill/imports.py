"""The process that dies while it imports a ledger's lists."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.db.unit_of_work import Database
from bot.services.importing import ListImport
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from providers.base import AccountingProvider, ClientConfig
from providers.xero.adapter import XeroProvider
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import InlineJobs
from tests.fakes.unlimited import Unlimited
from tests.kill.hook import Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Where a process finds its database and its ledger, what it is to read, what time it is, and when it dies."""

    database_url: str
    ledger: ClientConfig
    ring: str
    job: str
    at: datetime
    kill_at: int
    steps_file: str


def read_lists(reader: Reader) -> None:
    """One attempt, as the worker makes it. Answers its steps in a file, when it comes to its end."""
    steps = asyncio.run(_read_lists(reader))
    Path(reader.steps_file).write_text(str(steps))
    os._exit(0)


async def _read_lists(reader: Reader) -> int:
    clock, hook = FakeClock(reader.at, sleeps_at_once=True), Hook(reader.kill_at)
    db = Database(reader.database_url, clock)
    async with aiohttp.ClientSession() as session:
        xero = XeroProvider.build(reader.ledger, session, clock, Unlimited())
        providers: dict[str, AccountingProvider] = {"xero": xero}
        tokens = TokenKeeper(db, Vault.from_text(reader.ring), clock, providers)
        hook.arm()
        await ListImport(db, InlineJobs(), tokens, providers).run(reader.job)
        return hook.steps
