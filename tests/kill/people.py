"""People who use Slack while the product dies under their hands.

They press again only where Slack said that it did not work, or the product that it did nothing. What was acknowledged
is never pressed again: its effect has to come by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from time import monotonic

import aiohttp

from bot.playground.slack import NotPossibleError
from bot.playground.slack.deliveries import Answer
from handlers.errors import BUSY

PATIENCE_SECONDS = 240.0
"""Longer than anything waits for a dead process, also on a machine that does much else."""


class LostError(AssertionError):
    """What was acknowledged never happened."""


def is_taken(answer: Answer | None) -> bool:
    return answer is not None and answer.status == 200 and BUSY not in answer.text


@dataclass(slots=True)
class People:
    told_again: int = 0
    """How often somebody had to press again."""

    async def until(self, what: str, is_done: Callable[[], Awaitable[bool]]) -> None:
        """Nothing is pressed: it comes by itself."""
        begun = monotonic()
        while not await is_done():
            if monotonic() - begun > PATIENCE_SECONDS:
                raise LostError(what)
            await asyncio.sleep(0.05)

    async def press(self, what: str, act: Callable[[], Awaitable[bool]]) -> None:
        """Until it is acknowledged."""
        begun = monotonic()
        for tried in count():
            try:
                if await act():
                    self.told_again += tried
                    return
            except (NotPossibleError, aiohttp.ClientError, OSError, IndexError):
                """The screen is not there yet, or the process died behind it."""
            if monotonic() - begun > PATIENCE_SECONDS:
                raise LostError(what)
            await asyncio.sleep(0.1)
