"""A loop of its own for what keeps connections in order: it calls providers, and must not hold up what is to be sent."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.clock import Clock
from bot.loops import guarded
from bot.services.digests import Digests
from bot.services.file_rules import FileRules
from bot.services.giving_back import GivingBack
from bot.services.gone_codes import LookingForGone
from bot.services.keep_alive import KeepAlive
from bot.services.queues import Queues
from bot.services.removal import Removal
from bot.services.syncing import Syncing
from bot.services.waiting import Waiting
from bot.services.wrong_clocks import WrongClocks
from bot.worker.rounds import Round, Rounds

RENEWED_EVERY = timedelta(hours=1)
"""A renewal that failed is tried again so often; what was used within a day is not touched."""
LOOKED_AT_EVERY = timedelta(minutes=1)
PAUSE_SECONDS = 2.0
"""Between two renewals: they are nobody's hurry, and the provider counts calls of all organisations together."""


@dataclass(slots=True)
class Upkeep:
    clock: Clock
    rounds: Rounds
    keep_alive: KeepAlive
    giving_back: GivingBack
    syncing: Syncing
    removal: Removal
    waiting: Waiting
    queues: Queues
    digests: Digests
    clocks: WrongClocks
    file_rules: FileRules
    gone_codes: LookingForGone
    look_seconds: float = 5.0
    _has_followed: bool = False
    """Whether this version's rules of files hold: they cannot change while it runs."""

    async def run(self) -> None:
        """Until it is cancelled. A new sign-in that is on its way to the database is written even then."""
        while True:
            await self.pass_once()
            await self.clock.sleep(self.look_seconds)

    async def pass_once(self) -> None:
        """Give back what was ended; at first have organisations follow what files take now; each minute put right what a wrong
        clock wrote, read lists whose time has come, look at what waits and at what is held up, tell what was published, and ask
        about removals; each hour renew sign-ins that are due, and look once more for what was taken off lists. Of all processes
        one does each of these rounds; what is to be given back is claimed one by one.
        """
        await self._give_back()
        if not self._has_followed:
            self._has_followed = await guarded(self.file_rules.follow, "following what files take")
        for name, look in (
            (Round.CLOCKS, self.clocks.put_right),
            (Round.LISTS, self.syncing.start_due),
            (Round.WAITING, self.waiting.look),
            (Round.QUEUES, self.queues.look),
            (Round.DIGESTS, self.digests.look),
            (Round.REMOVALS, self.removal.look),
        ):
            await self.rounds.do(name, LOOKED_AT_EVERY, look)
        await self.rounds.do(Round.TYPED_LISTS, RENEWED_EVERY, self.gone_codes.look_again)
        await self.rounds.do(Round.SIGN_INS, RENEWED_EVERY, self._renew)

    async def _renew(self) -> None:
        for token_set_id in await self.keep_alive.due():
            await guarded(partial(self.keep_alive.keep, token_set_id), "renewing a sign-in")
            await self._give_back()  # somebody waits for this one
            await self.clock.sleep(PAUSE_SECONDS)
        await guarded(self.keep_alive.find_altered, "looking for altered sign-ins")
        await guarded(self.keep_alive.recovered, "telling that connections are in order again")

    async def _give_back(self) -> None:
        await guarded(self.giving_back.give_back, "giving access back")
