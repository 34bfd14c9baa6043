"""What came of a try to send a message, written down: Slack took it, refused it for good or for now, or could not be asked.

While Slack cannot be reached, one message of a workspace at a time is tried, and everything keeps its turn; what is refused
for what it says steps aside alone. A place that cannot be reached is told to the person who can mend it.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db import outbox, places
from bot.db.outbox import CLOSED, PATIENCE, Heard, Message
from bot.db.places import ALL, LONGEST_WAIT
from bot.db.unit_of_work import Database, Tx
from bot.delivery import BusyError
from bot.domain.slack import TOKEN_REFUSALS
from bot.posting import Sent, is_unwell
from bot.services import closed_channels
from bot.services.messages import Drawn, Reacted, Surface
from bot.services.workspaces import Workspaces
from bot.slack import reason_of, wait_of

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = LONGEST_WAIT.total_seconds()
WHILE_THERE_SECONDS = 30.0
"""So long at most where Slack answers, and fails on one message: the next one tells which of the two has the trouble."""
WRITE_AGAIN_SECONDS, WRITE_AGAIN_FOR_SECONDS = 0.5, 600.0
"""Longer than a database takes to come back."""
SILENCE_SECONDS = 5.0
"""Where Slack asks for silence and does not say for how long."""

NOBODY = frozenset({"user_not_found", "cannot_dm_bot", "users_not_found", "not_enabled", "user_disabled"})
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""What was posted is there no more, or no longer ours to change: it is posted anew, unless it was only news."""


@dataclass(frozen=True, slots=True)
class Settling:
    """`room` is called when a place is let go, so that its next message is sent."""

    db: Database
    clock: Clock
    workspaces: Workspaces
    room: Callable[[], None]

    async def given_back(self, message: Message, held_until: float) -> None:
        """The database was busy over it: the place is let go as soon as it can be, and not at the end of the lease."""
        logger.info("the database was busy; the message is sent later")
        while self.clock.monotonic() < held_until:
            try:
                await self.not_sent(message, "the database was busy")
            except BusyError:
                await self.clock.sleep(WRITE_AGAIN_SECONDS)
            else:
                return

    @asynccontextmanager
    async def _ending(
        self, message: Message, heard: Heard = Heard.ANSWER, *, posted_at: datetime | None = None
    ) -> AsyncIterator[Tx]:
        """What is written of a try, and its place let go, in one transaction."""
        async with self.db.write() as tx:
            yield tx
            await outbox.let_go(tx, message, heard, posted_at)
        self.room()

    async def written(self, message: Message, sent: Sent) -> None:
        """What Slack took and no row says would be posted again, so it is written as soon as the database takes it."""
        tired_at = self.clock.monotonic() + WRITE_AGAIN_FOR_SECONDS
        about = {"subject": message.subject, "channel": sent.channel_id, "ts": sent.ts}
        try:
            while not await self._taken_now(message, sent, is_tired=self.clock.monotonic() >= tired_at):
                logger.warning("what Slack took could not be written; again soon", extra=about)
                await self.clock.sleep(WRITE_AGAIN_SECONDS)
        except (asyncio.CancelledError, BusyError, SQLAlchemyError, OSError):
            logger.warning("given up before it was written what Slack took; it may be sent again", extra=about)
            raise

    async def _taken_now(self, message: Message, sent: Sent, *, is_tired: bool) -> bool:
        """False when the database did not take it, unless that has gone on for too long."""
        try:
            await self.taken(message, sent)
        except (BusyError, SQLAlchemyError, OSError):
            if is_tired:
                raise
            return False
        return True

    async def taken(self, message: Message, sent: Sent, heard: Heard = Heard.ANSWER) -> None:
        async with self._ending(message, heard, posted_at=sent.posted_at) as tx:
            is_ours = await outbox.taken(
                tx, message, channel_id=sent.channel_id, ts=sent.ts, is_last=sent.is_last, again_at=sent.again_at
            )
        if not is_ours:
            logger.warning("this process was too slow; another one may have sent the same", extra={"ts": sent.ts})

    async def refused(self, message: Message, error: SlackApiError, drawn: Drawn | Reacted | View) -> None:
        reason = reason_of(error)
        if error.response.status_code == 429 or reason == "ratelimited":
            await self._silenced(message, wait_of(error) or SILENCE_SECONDS)
        elif is_unwell(error):
            await self.trouble(message, reason, was_sent=True)
        elif reason in TOKEN_REFUSALS:
            await self.away(message, reason)
        elif reason in CLOSED and message.surface == Surface.CHANNEL:
            await self.closed(message, reason)
        elif reason in CLOSED or reason in NOBODY:
            async with self._ending(message) as tx:
                await outbox.drop(tx, message, reason)
        elif reason in GONE and isinstance(drawn, Drawn) and (drawn.is_last or not drawn.comes_back):
            async with self._ending(message) as tx:
                await outbox.forget(tx, message)
        elif reason in GONE:
            async with self._ending(message) as tx:
                await outbox.put_off(tx, message, reason, timedelta(), is_anew=True)
        else:
            logger.warning("Slack did not take a message", extra={"reason": reason, "subject": message.subject})
            await self.later(message, reason)

    async def not_sent(self, message: Message, reason: str) -> None:
        """This process cannot, or not in time: it keeps its turn for whoever can."""
        async with self._ending(message, Heard.NOTHING) as tx:
            await outbox.put_back(tx, message, reason, tries=0)

    async def _silenced(self, message: Message, seconds: float) -> None:
        async with self._ending(message) as tx:
            await outbox.put_back(tx, message, "ratelimited", tries=0)
            await places.pause(tx, message.workspace_id, message.method, timedelta(seconds=seconds), is_news=True)

    async def trouble(self, message: Message, reason: str, *, was_sent: bool) -> None:
        """Slack's, until this message alone has it again and again. A sign under a message says little of Slack, and nobody
        waits for it. Of a probe, Slack has just answered that it is there: another message is tried next.
        """
        is_sign = message.surface == Surface.REACTION
        if (is_sign or message.attempts >= PATIENCE) and not message.is_probe:
            await self.later(message, reason)
        elif message.is_probe:
            await self.away(message, reason, tries=PATIENCE * was_sent, longest=WHILE_THERE_SECONDS)
        else:
            await self.away(message, reason, tries=int(was_sent))

    async def away(
        self, message: Message, reason: str, *, tries: int = 0, longest: float = LONGEST_WAIT_SECONDS
    ) -> None:
        """Nothing can be sent in this workspace for now: everything keeps its turn, and one message is tried after a while."""
        async with self._ending(message, Heard.TROUBLE) as tx:
            await outbox.put_back(tx, message, reason, tries=tries)
            wait = min(_backoff(message.tries), timedelta(seconds=longest))
            await places.pause(tx, message.workspace_id, ALL, wait, is_news=message.is_probe)
        log = logger.info if message.is_probe else logger.warning
        log("Slack could not be reached", extra={"reason": reason, "tries": message.tries + 1})

    async def later(self, message: Message, reason: str, heard: Heard = Heard.ANSWER) -> None:
        """It steps aside: whatever is behind it goes first."""
        async with self._ending(message, heard) as tx:
            await outbox.put_off(tx, message, reason, _backoff(message.attempts))

    async def closed(self, message: Message, reason: str) -> None:
        workspace = await self.workspaces.load(message.workspace_id)
        async with self._ending(message) as tx:
            await closed_channels.refused(tx, message, reason, workspace)


def _backoff(tries: int) -> timedelta:
    longest = min(2.0 ** min(tries, 10), LONGEST_WAIT_SECONDS)
    return timedelta(seconds=longest * (0.5 + random.random() / 2))  # noqa: S311 - spreads load
