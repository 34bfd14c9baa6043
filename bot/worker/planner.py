"""Approving what nobody has to approve, an item at a time; then freezing what is due into batches, an organisation at a time."""

from dataclasses import dataclass
from functools import partial

from bot.loops import guarded
from bot.services.auto_publishing import AutoPublishing
from bot.services.publishing import Publishing


@dataclass(frozen=True, slots=True)
class Planner:
    publishing: Publishing
    auto_publishing: AutoPublishing | None = None
    """None where everything is approved by people."""

    async def pass_once(self) -> int:
        """Answers for how many organisations a batch was made."""
        if self.auto_publishing is not None:
            for turn in await self.auto_publishing.due():
                await guarded(partial(self.auto_publishing.go, turn), "publishing by itself")
        due = await self.publishing.due()
        return sum([await guarded(partial(self.publishing.freeze, organisation), "planning") for organisation in due])
