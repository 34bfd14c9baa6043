"""Everything we post or change in Slack: the outbox's loop.

A row of `messages` names a subject and a place. The loop claims rows that are due, draws the subject as it is now, and
posts, updates, whispers or publishes it. What Slack did not take stays due (`bot.settling`), so a message survives an
outage; it is repeated only when Slack's answer to a post was lost.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.audience import Audience, SharedOutsideError
from bot.clock import Clock
from bot.db import outbox, turns, wrong_clocks
from bot.db.base import load
from bot.db.outbox import Heard, Message, MovedError
from bot.db.places import LEASE, HeldError
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.delivery import BusyError
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.slack import NO_TOKEN
from bot.posting import Posting, Sent, TooLateError, was_sent, why_away
from bot.services import floods, quiet
from bot.services.messages import Drawn, Reacted, Subject, Surface
from bot.services.workspaces import Workspaces
from bot.settling import Settling
from bot.slack import CALL_SECONDS, SlackClients

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AT_ONCE, MOST_OF_ONE = 8, 6
"""Messages that one process sends at once, and those of one workspace: what hangs there leaves room for others."""
STOP_SECONDS = CALL_SECONDS + 5.0


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
    settling: Settling = field(init=False)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = None
    _sending: dict[tuple[WorkspaceId, str], asyncio.Task[None]] = field(default_factory=dict)
    """By workspace and place."""
    _under_way: Counter[WorkspaceId] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.posting = Posting(self.clock)
        self.settling = Settling(self.db, self.clock, self.workspaces, self._woken.set)

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
            held_back = await quiet.held_back(tx, due)
        begun = 0
        for message in due:
            if message.id in held_back:
                begun += await self._hold(message)
            elif floods.is_flood(message) and not message.is_probe:
                begun += await self._announce(message)
            elif message.where not in self._sending and self._under_way[message.workspace_id] < MOST_OF_ONE:
                self._start(message)
                begun += 1
        return begun

    async def _announce(self, message: Message) -> bool:
        async with self.db.write() as tx:
            return await floods.announce(tx, message)

    async def _hold(self, message: Message) -> bool:
        async with self.db.write() as tx:
            is_held = await quiet.hold(tx, message)
        if is_held:
            self._woken.set()  # what is behind it, and waits for nothing, had no room in this look
        return is_held

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
            await self.settling.given_back(message, held_until)
        except Exception:
            logger.exception("a message could not be drawn", extra={"subject": message.subject})
            await self.settling.later(message, "could not be drawn", Heard.NOTHING)
        else:
            if sent is not None:
                await self.settling.written(message, sent)

    async def _sent(self, message: Message, held_until: float) -> Sent | None:
        """None where Slack did not take it, which is written then."""
        client = await self.clients.of(message.workspace_id)
        if client is None:
            await self.settling.not_sent(message, NO_TOKEN)
            return None
        async with self.db.read() as tx:
            drawn = await self.drawers[Subject(message.subject)](tx, message)
        if drawn is None:
            await self.settling.taken(message, Sent(message.channel_id, message.ts), Heard.NOTHING)
            return None
        if message.is_probe and (why := await why_away(client)) is not None:
            await self.settling.away(message, why)
            return None
        try:
            self.posting.require_time(message, held_until)
            instead = await self._instead(client, message)
            sent = await self.posting.send(client, message, instead or drawn, held_until)
            return replace(sent, is_last=sent.is_last or instead is not None)
        except SharedOutsideError:
            await self.settling.closed(message, outbox.SHARED_OUTSIDE)
        except TooLateError:
            await self.settling.not_sent(message, "too late")
        except SlackApiError as error:
            await self.settling.refused(message, error, drawn)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self.settling.trouble(message, type(error).__name__, was_sent=was_sent(error))
        return None

    async def _instead(self, client: AsyncWebClient, message: Message) -> View | None:
        """What is shown to those who are not to see it; a channel with such people in it is closed instead."""
        if message.surface == Surface.CHANNEL:
            await self.audience.require_own(client, message.workspace_id, ChannelId(str(message.channel_id)))
        elif message.surface == Surface.HOME:
            return await self.audience.instead_of_home(message.workspace_id, UserId(str(message.user_id)))
        return None
