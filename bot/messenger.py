"""Everything we post or change in Slack: the outbox's loop.

A row of `messages` names a subject and a place. The loop claims rows that are due, draws the subject as it is now, and
posts, updates, whispers or publishes it. What Slack did not take stays due, so a message survives an outage; it is
repeated only when Slack's answer to a post was lost. A place that cannot be reached is told to the person who can mend
it, and tried again now and then, so that an invitation is enough.
"""

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ImageBlock
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.audience import Audience, SharedOutsideError
from bot.clock import Clock
from bot.db import outbox
from bot.db.base import load
from bot.db.outbox import CLOSED, Message
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.delivery import BusyError
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.slack import NO_TOKEN
from bot.reacting import react
from bot.services import closed_channels
from bot.services.messages import Drawn, Reacted, Subject, Surface
from bot.services.workspaces import Workspaces
from bot.slack import SlackClients, reason_of
from bot.views.rendering import to_slack

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AT_ONCE = 8
BURST, SPACING_SECONDS = 3, 1.0
"""Slack takes one post a second in a channel, with short bursts."""
MOST_TEXT = 3000
LONGEST_WAIT_SECONDS = 120.0
WRITE_AGAIN_SECONDS = 0.5

NOBODY = frozenset({"user_not_found", "cannot_dm_bot", "users_not_found", "not_enabled", "user_disabled"})
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""What was posted is there no more, or no longer ours to change: it is posted anew, unless it was only news."""


class Drawer(Protocol):
    async def __call__(self, tx: Tx, message: Message, /) -> Drawn | Reacted | View | None:
        """The subject as it is now; None when there is nothing to show."""
        ...


async def draw_note(_: Tx, message: Message) -> Drawn:
    """The drawer of `Subject.NOTE`: words told once."""
    return Drawn(text=load(message.facts, dict[str, str])["text"])


@dataclass(frozen=True, slots=True)
class _Sent:
    channel_id: str | None
    ts: str | None
    is_last: bool = False
    again_at: datetime | None = None


@dataclass(slots=True)
class Messenger:
    db: Database
    clock: Clock
    clients: SlackClients
    workspaces: Workspaces
    audience: Audience
    drawers: Mapping[Subject, Drawer]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = None
    _sending: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _posts: dict[str, list[float]] = field(default_factory=dict)
    _paused: dict[tuple[WorkspaceId, str], float] = field(default_factory=dict)

    async def start(self) -> None:
        self.db.on_nudge(Nudge.MESSENGER, self._woken.set)
        self._loop = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop claiming, and let what is on its way to Slack arrive, so that it is not sent twice."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        await asyncio.gather(*self._sending.values(), return_exceptions=True)

    async def drain(self) -> None:
        """Send until nothing is due."""
        while await self._begin() or self._sending:
            await asyncio.gather(*self._sending.values())

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self._begin()
            except BusyError:
                logger.info("the database was busy; again soon")
            except Exception:
                logger.exception("the messenger failed; again soon")
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
            due = await outbox.due(tx, [str(subject) for subject in self.drawers], tuple(self._sending), room)
        begun = 0
        for message in due:
            if begun < room and message.place not in self._sending:
                self._start(message)
                begun += 1
        return begun

    def _start(self, message: Message) -> None:
        task = asyncio.create_task(self._guarded(message))
        self._sending[message.place] = task
        task.add_done_callback(lambda _: self._sending.pop(message.place, None))

    async def _guarded(self, message: Message) -> None:
        try:
            await self._send(message)
        except BusyError:
            logger.info("the database was busy; the message is sent later")
        except Exception:
            logger.exception("a message could not be drawn or sent", extra={"subject": message.subject})
            await self._later(message, "could not be drawn", None)

    async def _send(self, row: Message) -> None:
        held_until = self.clock.monotonic() + outbox.LEASE.total_seconds()
        async with self.db.write() as tx:
            wanted = await outbox.claim(tx, row)
        if wanted is None:
            return
        message = replace(row, wanted=wanted)
        client = await self.clients.of(message.workspace_id)
        if client is None:
            await self._later(message, NO_TOKEN, None)
            return
        async with self.db.read() as tx:
            drawn = await self.drawers[Subject(message.subject)](tx, message)
        if drawn is None:
            await self._taken(message, _Sent(message.channel_id, message.ts))
            return
        wait = self._pause_of(message)
        if wait > 0:
            await self._later(message, "ratelimited", timedelta(seconds=wait))
            return
        try:
            instead = await self._instead(client, message)
            sent = _until(drawn, await self._shown(client, message, instead or drawn))
            sent = replace(sent, is_last=sent.is_last or instead is not None)
        except SharedOutsideError:
            await self._closed(message, outbox.SHARED_OUTSIDE)
        except SlackApiError as error:
            await self._refused(message, error, drawn)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._later(message, type(error).__name__, None)
        else:
            await asyncio.shield(self._written(message, sent, held_until))

    async def _instead(self, client: AsyncWebClient, message: Message) -> View | None:
        """What is shown to those who are not to see it; a channel with such people in it is closed instead."""
        if message.surface == Surface.CHANNEL:
            await self.audience.require_own(client, message.workspace_id, ChannelId(str(message.channel_id)))
        elif message.surface == Surface.HOME:
            return await self.audience.instead_of_home(message.workspace_id, UserId(str(message.user_id)))
        return None

    async def _shown(self, client: AsyncWebClient, message: Message, drawn: Drawn | Reacted | View) -> _Sent:
        """A picture that Slack cannot show, as it was deleted there, does not keep back what it stands in."""
        try:
            return await self._call(client, message, drawn)
        except SlackApiError as error:
            if reason_of(error) != "invalid_blocks" or not isinstance(drawn, Drawn):
                raise
            without = tuple(block for block in drawn.blocks if not isinstance(block, ImageBlock))
            if len(without) == len(drawn.blocks):
                raise
            return await self._call(client, message, replace(drawn, blocks=without))

    async def _call(self, client: AsyncWebClient, message: Message, drawn: Drawn | Reacted | View) -> _Sent:
        if isinstance(drawn, Reacted):
            await react(client, message, drawn)
            return _Sent(message.channel_id, drawn.name)
        if isinstance(drawn, View):
            await client.views_publish(user_id=str(message.user_id), view=to_slack(drawn))
            return _Sent(message.channel_id, None)
        content: dict[str, Any] = {
            "text": drawn.text[:MOST_TEXT],
            "blocks": [to_slack(block) for block in drawn.blocks] or None,
        }
        if message.surface == Surface.EPHEMERAL:
            await client.chat_postEphemeral(
                channel=str(message.channel_id), user=str(message.user_id), thread_ts=message.parent_ts, **content
            )
            return _Sent(message.channel_id, None)
        if message.ts is not None:
            # an update without blocks would keep the old ones
            content["blocks"] = content["blocks"] or []
            await client.chat_update(channel=str(message.channel_id), ts=message.ts, **content)
            return _Sent(message.channel_id, message.ts)
        await self._pace(message.place)
        answer = await client.chat_postMessage(
            channel=message.place, thread_ts=message.parent_ts, unfurl_links=False, unfurl_media=False, **content
        )
        # a person's own conversation has an id of its own, which an update needs
        return _Sent(str(answer["channel"]), str(answer["ts"]))

    async def _pace(self, place: str) -> None:
        now = self.clock.monotonic()
        recent = [at for at in self._posts.get(place, ()) if now - at < BURST * SPACING_SECONDS]
        wait = recent[0] + BURST * SPACING_SECONDS - now if len(recent) >= BURST else 0.0
        if len(self._posts) > 10_000:
            self._posts.clear()
        self._posts[place] = [*recent, now + wait][-BURST:]
        if wait > 0:
            await self.clock.sleep(wait)

    def _pause_of(self, message: Message) -> float:
        """Seconds that Slack still wants silence for, for this method in this workspace."""
        return self._paused.get((message.workspace_id, _method_of(message)), 0.0) - self.clock.monotonic()

    async def _written(self, message: Message, sent: _Sent, held_until: float) -> None:
        """What Slack took and no row says would be posted again, so it is written as long as the row is ours."""
        while True:
            try:
                return await self._taken(message, sent)
            except BusyError:
                if self.clock.monotonic() + WRITE_AGAIN_SECONDS >= held_until:
                    raise
                logger.warning("the database was busy after a post; written again", extra={"subject": message.subject})
                await self.clock.sleep(WRITE_AGAIN_SECONDS)

    async def _taken(self, message: Message, sent: _Sent) -> None:
        async with self.db.write() as tx:
            await outbox.taken(
                tx, message, channel_id=sent.channel_id, ts=sent.ts, is_last=sent.is_last, again_at=sent.again_at
            )
        self._woken.set()

    async def _forgotten(self, message: Message) -> None:
        async with self.db.write() as tx:
            await outbox.forget(tx, message)

    async def _refused(self, message: Message, error: SlackApiError, drawn: Drawn | Reacted | View) -> None:
        reason = reason_of(error)
        if error.response.status_code == 429 or reason == "ratelimited":
            seconds = float(error.response.headers.get("Retry-After", 5))
            self._paused[message.workspace_id, _method_of(message)] = self.clock.monotonic() + seconds
            await self._later(message, "ratelimited", timedelta(seconds=seconds))
        elif reason in CLOSED and message.surface == Surface.CHANNEL:
            await self._closed(message, reason)
        elif reason in CLOSED or reason in NOBODY:
            async with self.db.write() as tx:
                await outbox.drop(tx, message, reason)
        elif reason in GONE and isinstance(drawn, Drawn) and (drawn.is_last or not drawn.comes_back):
            await self._forgotten(message)
        elif reason in GONE:
            async with self.db.write() as tx:
                await outbox.put_off(tx, message, reason, timedelta(), is_anew=True)
        else:
            logger.warning("Slack did not take a message", extra={"reason": reason, "subject": message.subject})
            await self._later(message, reason, None)

    async def _later(self, message: Message, reason: str, wish: timedelta | None) -> None:
        backoff = min(2.0 ** min(message.attempts, 8), LONGEST_WAIT_SECONDS) * (0.75 + random.random() / 2)  # noqa: S311 - spreads load
        async with self.db.write() as tx:
            await outbox.put_off(tx, message, reason, wish or timedelta(seconds=backoff))

    async def _closed(self, message: Message, reason: str) -> None:
        workspace = await self.workspaces.load(message.workspace_id)
        async with self.db.write() as tx:
            await closed_channels.refused(tx, message, reason, workspace)


def _until(drawn: Drawn | Reacted | View, sent: _Sent) -> _Sent:
    """With how long it is good for, by whoever drew it."""
    return replace(sent, is_last=drawn.is_last, again_at=drawn.again_at) if isinstance(drawn, Drawn) else sent


def _method_of(message: Message) -> str:
    match message.surface:
        case Surface.HOME:
            return "views.publish"
        case Surface.EPHEMERAL:
            return "chat.postEphemeral"
        case Surface.REACTION:
            return "reactions.add"
        case _:
            return "chat.postMessage" if message.ts is None else "chat.update"
