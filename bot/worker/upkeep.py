"""A loop of its own for what keeps connections in order: it calls providers, and must not hold up what is to be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Clock
from bot.services.giving_back import GivingBack
from bot.services.keep_alive import KeepAlive
from bot.services.queues import Queues
from bot.services.removal import Removal
from bot.services.syncing import Syncing
from bot.services.waiting import Waiting
from bot.worker.loops import guarded

ROUND_EVERY = timedelta(hours=1)
"""A renewal that failed is tried again so often; what was used within a day is not touched."""
SYNC_LOOK_EVERY = timedelta(minutes=1)
PAUSE_SECONDS = 2.0
"""Between two renewals: they are nobody's hurry, and the provider counts calls of all organisations together."""


@dataclass(slots=True)
class Upkeep:
    clock: Clock
    keep_alive: KeepAlive
    giving_back: GivingBack
    syncing: Syncing
    removal: Removal
    waiting: Waiting
    queues: Queues
    look_seconds: float = 5.0
    _round_at: datetime | None = None
    _synced_at: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled. A new sign-in that is on its way to the database is written even then."""
        while True:
            await self.pass_once()
            await self.clock.sleep(self.look_seconds)

    async def pass_once(self) -> None:
        """Give back what was ended; each minute read lists whose time has come, look at what waits and at what is held up, and ask about removals; each hour renew
        sign-ins that are due.
        """
        await self._give_back()
        now = self.clock.now()
        if self._synced_at is None or now >= self._synced_at + SYNC_LOOK_EVERY:
            self._synced_at = now
            await guarded(self.syncing.start_due, "reading lists again")
            await guarded(self.waiting.look, "looking whether what waits can go out")
            await guarded(self.queues.look, "telling what is held up")
            await guarded(self.removal.look, "asking whether the app is still installed")
        if self._round_at is None or now >= self._round_at + ROUND_EVERY:
            self._round_at = now
            await guarded(self._round, "the round over sign-ins")

    async def _round(self) -> None:
        for token_set_id in await self.keep_alive.due():
            await guarded(partial(self.keep_alive.keep, token_set_id), "renewing a sign-in")
            await self._give_back()  # somebody waits for this one
            await self.clock.sleep(PAUSE_SECONDS)
        await guarded(self.keep_alive.find_altered, "looking for altered sign-ins")
        await guarded(self.keep_alive.recovered, "telling that connections are in order again")

    async def _give_back(self) -> None:
        await guarded(self.giving_back.give_back, "giving access back")
