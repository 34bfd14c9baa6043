"""A caller that waits for an answer as the product does, but not for one that is planned never to come."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from providers.http import Answer, Caller
from providers.simulating.misbehaviour import Fault
from providers.simulating.state import Simulated

HANGING = (Fault.HANG_BEFORE, Fault.HANG_AFTER)


@dataclass(frozen=True, kw_only=True)
class Impatient(Caller):
    """`state` is the far end's, `patience` how long is waited for what it planned."""

    state: Simulated[Any]
    patience: aiohttp.ClientTimeout

    async def _request(self, method: str, url: str, limit: aiohttp.ClientTimeout, **options: Any) -> Answer:
        hangs = any(planned.fault in HANGING for planned in self.state.misbehaviour.planned)
        return await super()._request(method, url, self.patience if hangs else limit, **options)
