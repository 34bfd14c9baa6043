"""Freezing what is due into batches, an organisation at a time."""

from dataclasses import dataclass
from functools import partial

from bot.loops import guarded
from bot.services.publishing import Publishing


@dataclass(frozen=True, slots=True)
class Planner:
    publishing: Publishing

    async def pass_once(self) -> int:
        """Answers for how many organisations a batch was made."""
        due = await self.publishing.due()
        return sum([await guarded(partial(self.publishing.freeze, organisation), "planning") for organisation in due])
