"""Starting again what stopped moving: our rows say what is due, and whoever holds nothing any more is not waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from bot.loops import guarded
from bot.services.publishing import Publishing


class Restartable(Protocol):
    async def restart_stuck(self) -> int:
        """Give what stopped moving another attempt; answers how many."""
        ...


@dataclass(slots=True)
class Reconciler:
    publishing: Publishing
    others: Sequence[Restartable]

    async def restart(self) -> int:
        """Give whatever is due and not moving its next attempt; answers how many kinds of thing moved."""
        restarted = 0
        for batch in await self.publishing.stuck():
            restarted += await guarded(partial(self.publishing.restart, batch), "starting a batch again")
        for other in self.others:
            restarted += await guarded(other.restart_stuck, type(other).__name__)
        return restarted
