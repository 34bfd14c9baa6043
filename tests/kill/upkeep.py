"""The process that dies while it keeps connections in order: gives access back, or renews what nobody used."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp

from bot.db.unit_of_work import Database
from bot.services.giving_back import GivingBack
from bot.services.keep_alive import KeepAlive
from bot.services.tokens import TokenKeeper
from bot.vault import Vault
from providers.base import AccountingProvider, ClientConfig
from providers.xero.adapter import XeroProvider
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited
from tests.kill.hook import Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Where a process finds its database and its ledger, what time it is, and when the process dies."""

    database_url: str
    ledger: ClientConfig
    ring: str
    at: datetime
    kill_at: int
    steps_file: str


def keep_in_order(of: Round) -> None:
    """One round, as the worker makes it. Answers its steps in a file, when it comes to its end."""
    steps = asyncio.run(_keep_in_order(of))
    Path(of.steps_file).write_text(str(steps))
    os._exit(0)


async def _keep_in_order(of: Round) -> int:
    clock, hook = FakeClock(of.at, sleeps_at_once=True), Hook(of.kill_at)
    db = Database(of.database_url, clock)
    async with aiohttp.ClientSession() as session:
        providers: dict[str, AccountingProvider] = {"xero": XeroProvider.build(of.ledger, session, clock, Unlimited())}
        tokens = TokenKeeper(db, Vault.from_text(of.ring), clock, providers)
        keeping = KeepAlive(db, clock, tokens, providers)
        hook.arm()
        await GivingBack(db, clock, tokens, providers).give_back()
        for token_set_id in await keeping.due():
            await keeping.keep(token_set_id)
        return hook.steps
