"""Everything we post or change in Slack: the outbox's loop.

A row of `messages` names a subject and a place. The loop claims rows that are due, draws the subject as it is now, and
posts, updates, whispers or publishes it. What Slack did not take stays due, so a message survives an outage; it is
repeated only when Slack's answer to a post was lost. While Slack cannot be reached, one message of a workspace at a
time is tried, and everything keeps its turn; what is refused for what it says steps aside alone. A place that cannot
be reached is told to the person who can mend it, and tried again now and then, so that an invitation is enough.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.audience import Audience, SharedOutsideError
from bot.clock import Clock
from bot.db import outbox, places, turns, wrong_clocks
from bot.db.base import load
from bot.db.outbox import CLOSED, PATIENCE, Heard, Message, MovedError
from bot.db.places import ALL, LEASE, LONGEST_WAIT, HeldError
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.delivery import BusyError
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.slack import NO_TOKEN, TOKEN_REFUSALS
from bot.posting import Posting, Sent, TooLateError, is_unwell, was_sent, why_away
from bot.services import closed_channels, floods
from bot.services.messages import Drawn, Reacted, Subject, Surface
from bot.services.workspaces import Workspaces
from bot.slack import CALL_SECONDS, SlackClients, reason_of, wait_of

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AT_ONCE, MOST_OF_ONE = 8, 6
"""Messages that one process sends at once, and those of one workspace: what hangs there leaves room for others."""
LONGEST_WAIT_SECONDS = LONGEST_WAIT.total_seconds()
WHILE_THERE_SECONDS = 30.0
"""So long at most where Slack answers, and fails on one message: the next one tells which of the two has the trouble."""
WRITE_AGAIN_SECONDS, WRITE_AGAIN_FOR_SECONDS = 0.5, 600.0
"""Longer than a database takes to come back."""
SILENCE_SECONDS = 5.0
"""Where Slack asks for silence and does not say for how long."""
STOP_SECONDS = CALL_SECONDS + 5.0

NOBODY = frozenset({"user_not_found", "cannot_dm_bot", "users_not_found", "not_enabled", "user_disabled"})
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""What was posted is there no more, or no longer ours to change: it is posted anew, unless it was only news."""


class Drawer(Protocol):
    async def __call__(self, tx: Tx, message: Message, /) -> Drawn | Reacted | View | None:
        """The subject as it is now; None when there is nothing to show."""
        ...


async def draw_note(_: Tx, message: Message) -> Drawn:
    """The drawer of `Subject.NOTE`: words told once; `is_last` where they end what stood there."""
    facts = load(message.facts, dict[str, str])
    return Drawn(text=facts["text"], is_last="is_last" in facts)


@dataclass(slots=True)
class Messenger:
    db: Database
    clock: Clock
    clients: SlackClients
    workspaces: Workspaces
    audience: Audience
    drawers: Mapping[Subject, Drawer]
    posting: Posting = field(init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = None
    _sending: dict[tuple[WorkspaceId, str], asyncio.Task[None]] = field(default_factory=dict)
    """By workspace and place."""
    _under_way: Counter[WorkspaceId] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.posting = Posting(self.clock)

    async def start(self) -> None:
        self.db.on_nudge(Nudge.MESSENGER, self._woken.set)
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop claiming, begin no call, and let what is on its way to Slack arrive, so that it is not sent twice. What has not
        by then, and what waits for the database, is left to its lease.
        """
        self.posting.is_stopping = True
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        sending = tuple(self._sending.values())
        if sending:
            await asyncio.wait(sending, timeout=STOP_SECONDS)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    async def drain(self) -> None:
        """Send until nothing is due."""
        while await self._begin() or self._sending:
            await asyncio.gather(*self._sending.values())

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            began = self.clock.monotonic()
            try:
                await self._begin()
            except BusyError:
                logger.info("the database was busy; again soon")
            except Exception:
                logger.exception("the messenger failed; again soon")
            # with tens of thousands in line a look takes a while: half of the time is left to others
            await self.clock.sleep(min(self.clock.monotonic() - began, POLL_SECONDS))
            await self._wait()

    async def _wait(self) -> None:
        """For a commit, the end of a call that makes room, or the clock."""
        waits = [asyncio.create_task(self._woken.wait()), asyncio.create_task(self.clock.sleep(POLL_SECONDS))]
        try:
            await asyncio.wait((*waits, *self._sending.values()), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _begin(self) -> int:
        """Start to send what is due, one at a time for each place; answers how many were begun."""
        room = AT_ONCE - len(self._sending)
        if room <= 0:
            return 0
        async with self.db.read() as tx:
            subjects = [str(subject) for subject in self.drawers]
            full = (of for of, number in self._under_way.items() if number >= MOST_OF_ONE)
            without = (*self.clients.without_token(), *full)
            due = await turns.due(tx, subjects, tuple(self._sending), room, without=without)
            if due and not await wrong_clocks.is_right(tx):
                return 0  # what it claimed, another process would take for left behind, and post it too
        begun = 0
        for message in due:
            if floods.is_flood(message) and not message.is_probe:
                begun += await self._announce(message)
            elif message.where not in self._sending and self._under_way[message.workspace_id] < MOST_OF_ONE:
                self._start(message)
                begun += 1
        return begun

    async def _announce(self, message: Message) -> bool:
        async with self.db.write() as tx:
            return await floods.announce(tx, message)

    def _start(self, message: Message) -> None:
        task = asyncio.create_task(self._guarded(message))
        self._sending[message.where] = task
        self._under_way[message.workspace_id] += 1
        task.add_done_callback(lambda _: self._ended(message))

    def _ended(self, message: Message) -> None:
        self._sending.pop(message.where, None)
        self._under_way[message.workspace_id] -= 1
        self._under_way += Counter()  # those with none are left out

    async def _guarded(self, message: Message) -> None:
        try:
            await self._send(message)
        except (HeldError, MovedError):
            logger.debug("another process was first")
        except BusyError:
            logger.info("the database was busy; the message is sent later")
        except Exception:
            logger.exception("a message could not be sent", extra={"subject": message.subject})

    async def _send(self, row: Message) -> None:
        held_until = self.clock.monotonic() + LEASE.total_seconds()
        async with self.db.write() as tx:
            message = await outbox.claim(tx, row)
        if message is None:
            return
        try:
            sent = await self._sent(message, held_until)
        except BusyError:
            await self._given_back(message, held_until)
        except Exception:
            logger.exception("a message could not be drawn", extra={"subject": message.subject})
            await self._later(message, "could not be drawn", Heard.NOTHING)
        else:
            if sent is not None:
                await self._written(message, sent)

    async def _sent(self, message: Message, held_until: float) -> Sent | None:
        """None where Slack did not take it, which is written then."""
        client = await self.clients.of(message.workspace_id)
        if client is None:
            await self._not_sent(message, NO_TOKEN)
            return None
        async with self.db.read() as tx:
            drawn = await self.drawers[Subject(message.subject)](tx, message)
        if drawn is None:
            await self._taken(message, Sent(message.channel_id, message.ts), Heard.NOTHING)
            return None
        if message.is_probe and (why := await why_away(client)) is not None:
            await self._away(message, why)
            return None
        try:
            self.posting.require_time(message, held_until)
            instead = await self._instead(client, message)
            sent = await self.posting.send(client, message, instead or drawn, held_until)
            return replace(sent, is_last=sent.is_last or instead is not None)
        except SharedOutsideError:
            await self._closed(message, outbox.SHARED_OUTSIDE)
        except TooLateError:
            await self._not_sent(message, "too late")
        except SlackApiError as error:
            await self._refused(message, error, drawn)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._trouble(message, type(error).__name__, was_sent=was_sent(error))
        return None

    async def _given_back(self, message: Message, held_until: float) -> None:
        """The database was busy over it: the place is let go as soon as it can be, and not at the end of the lease."""
        logger.info("the database was busy; the message is sent later")
        while self.clock.monotonic() < held_until:
            try:
                await self._not_sent(message, "the database was busy")
            except BusyError:
                await self.clock.sleep(WRITE_AGAIN_SECONDS)
            else:
                return

    async def _instead(self, client: AsyncWebClient, message: Message) -> View | None:
        """What is shown to those who are not to see it; a channel with such people in it is closed instead."""
        if message.surface == Surface.CHANNEL:
            await self.audience.require_own(client, message.workspace_id, ChannelId(str(message.channel_id)))
        elif message.surface == Surface.HOME:
            return await self.audience.instead_of_home(message.workspace_id, UserId(str(message.user_id)))
        return None

    @asynccontextmanager
    async def _ending(
        self, message: Message, heard: Heard = Heard.ANSWER, *, posted_at: datetime | None = None
    ) -> AsyncIterator[Tx]:
        """What is written of a try, and its place let go, in one transaction."""
        async with self.db.write() as tx:
            yield tx
            await outbox.let_go(tx, message, heard, posted_at)
        self._woken.set()

    async def _written(self, message: Message, sent: Sent) -> None:
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
            await self._taken(message, sent)
        except (BusyError, SQLAlchemyError, OSError):
            if is_tired:
                raise
            return False
        return True

    async def _taken(self, message: Message, sent: Sent, heard: Heard = Heard.ANSWER) -> None:
        async with self._ending(message, heard, posted_at=sent.posted_at) as tx:
            is_ours = await outbox.taken(
                tx, message, channel_id=sent.channel_id, ts=sent.ts, is_last=sent.is_last, again_at=sent.again_at
            )
        if not is_ours:
            logger.warning("this process was too slow; another one may have sent the same", extra={"ts": sent.ts})

    async def _refused(self, message: Message, error: SlackApiError, drawn: Drawn | Reacted | View) -> None:
        reason = reason_of(error)
        if error.response.status_code == 429 or reason == "ratelimited":
            await self._silenced(message, wait_of(error) or SILENCE_SECONDS)
        elif is_unwell(error):
            await self._trouble(message, reason, was_sent=True)
        elif reason in TOKEN_REFUSALS:
            await self._away(message, reason)
        elif reason in CLOSED and message.surface == Surface.CHANNEL:
            await self._closed(message, reason)
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
            await self._later(message, reason)

    async def _not_sent(self, message: Message, reason: str) -> None:
        """This process cannot, or not in time: it keeps its turn for whoever can."""
        async with self._ending(message, Heard.NOTHING) as tx:
            await outbox.put_back(tx, message, reason, tries=0)

    async def _silenced(self, message: Message, seconds: float) -> None:
        async with self._ending(message) as tx:
            await outbox.put_back(tx, message, "ratelimited", tries=0)
            await places.pause(tx, message.workspace_id, message.method, timedelta(seconds=seconds), is_news=True)

    async def _trouble(self, message: Message, reason: str, *, was_sent: bool) -> None:
        """Slack's, until this message alone has it again and again. A sign under a message says little of Slack, and nobody
        waits for it. Of a probe, Slack has just answered that it is there: another message is tried next.
        """
        is_sign = message.surface == Surface.REACTION
        if (is_sign or message.attempts >= PATIENCE) and not message.is_probe:
            await self._later(message, reason)
        elif message.is_probe:
            await self._away(message, reason, tries=PATIENCE * was_sent, longest=WHILE_THERE_SECONDS)
        else:
            await self._away(message, reason, tries=int(was_sent))

    async def _away(
        self, message: Message, reason: str, *, tries: int = 0, longest: float = LONGEST_WAIT_SECONDS
    ) -> None:
        """Nothing can be sent in this workspace for now: everything keeps its turn, and one message is tried after a while."""
        async with self._ending(message, Heard.TROUBLE) as tx:
            await outbox.put_back(tx, message, reason, tries=tries)
            wait = min(_backoff(message.tries), timedelta(seconds=longest))
            await places.pause(tx, message.workspace_id, ALL, wait, is_news=message.is_probe)
        log = logger.info if message.is_probe else logger.warning
        log("Slack could not be reached", extra={"reason": reason, "tries": message.tries + 1})

    async def _later(self, message: Message, reason: str, heard: Heard = Heard.ANSWER) -> None:
        """It steps aside: whatever is behind it goes first."""
        async with self._ending(message, heard) as tx:
            await outbox.put_off(tx, message, reason, _backoff(message.attempts))

    async def _closed(self, message: Message, reason: str) -> None:
        workspace = await self.workspaces.load(message.workspace_id)
        async with self._ending(message) as tx:
            await closed_channels.refused(tx, message, reason, workspace)


def _backoff(tries: int) -> timedelta:
    longest = min(2.0 ** min(tries, 10), LONGEST_WAIT_SECONDS)
    return timedelta(seconds=longest * (0.5 + random.random() / 2))  # noqa: S311 - spreads load
