"""A simulator that is served, and a caller that waits for its answers as the product does, but not for one that is planned never
to come.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import Clock
from providers.http import Answer, Caller
from providers.simulating.misbehaviour import Fault
from providers.simulating.state import Simulated
from tests.fakes.served import served
from tests.fakes.unlimited import Unlimited

HANGING = (Fault.HANG_BEFORE, Fault.HANG_AFTER)


@dataclass(frozen=True, kw_only=True)
class Impatient(Caller):
    """`state` is the far end's, `patience` how long is waited for what it planned."""

    state: Simulated[Any]
    patience: aiohttp.ClientTimeout

    async def _request(self, method: str, url: str, limit: aiohttp.ClientTimeout, **options: Any) -> Answer:
        hangs = any(planned.fault in HANGING for planned in self.state.misbehaviour.planned)
        return await super()._request(method, url, self.patience if hangs else limit, **options)


@asynccontextmanager
async def impatient(
    state: Simulated[Any], app: web.Application, clock: Clock, *, seconds: float
) -> AsyncIterator[tuple[Caller, Unlimited]]:
    """What calls it, and what its calls are counted by."""
    budget = Unlimited()
    async with served(state, app), aiohttp.ClientSession() as session:
        yield Impatient(session, clock, budget, state=state, patience=aiohttp.ClientTimeout(total=seconds)), budget
