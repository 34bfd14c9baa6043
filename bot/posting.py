"""One call of Slack for one message: posted, updated, whispered, published or reacted, as its row says."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ImageBlock
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.db.outbox import BURST, POST, SPACING, Message
from bot.domain.slack import TOKEN_REFUSALS
from bot.reacting import react
from bot.services.messages import Drawn, Reacted, Surface
from bot.slack import CALL_SECONDS, reason_of
from bot.views.rendering import to_slack

MOST_TEXT = 3000
UNWELL = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack's words for trouble of its own."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What Slack has taken."""

    channel_id: str | None
    ts: str | None
    posted_at: datetime | None = None
    is_last: bool = False
    again_at: datetime | None = None


def is_unwell(error: SlackApiError) -> bool:
    """Whether Slack failed, rather than refused."""
    return error.response.status_code >= 500 or reason_of(error) in UNWELL


def was_sent(error: Exception) -> bool:
    """False where no connection was made: what was not sent stands nowhere, and was no try of this message."""
    return not isinstance(error, aiohttp.ClientConnectorError)


async def why_away(client: AsyncWebClient) -> str | None:
    """Why nothing can be posted just now, in a word; None when Slack answers, and takes our token. Asked before a post is
    tried again, as the answer to a post may be lost too.
    """
    try:
        await client.auth_test()
    except SlackApiError as error:
        reason = reason_of(error)
        return reason if is_unwell(error) or reason in TOKEN_REFUSALS else None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return type(error).__name__
    return None


class TooLateError(Exception):
    """The call could last longer than the message is ours to send, or than this process goes on, so it was not made."""


@dataclass(slots=True)
class Posting:
    clock: Clock
    is_stopping: bool = False

    def require_time(self, message: Message, held_until: float) -> None:
        """For a call, by either clock: the monotonic one stands still while a machine is suspended, and the other one can be
        put back.

        `held_until` is when another process may send the message, in seconds of `Clock.monotonic`.

        Raises:
            TooLateError: there is none.
        """
        left = held_until - self.clock.monotonic()
        if message.held_until is not None:
            left = min(left, (message.held_until - self.clock.now()).total_seconds())
        if self.is_stopping or left < CALL_SECONDS:
            raise TooLateError

    async def send(
        self, client: AsyncWebClient, message: Message, drawn: Drawn | Reacted | View, held_until: float
    ) -> Sent:
        """A picture that Slack cannot show, as it was deleted there, does not keep back what it stands in.

        Raises:
            SlackApiError, aiohttp.ClientError, OSError: Slack did not take it, or did not say so.
            TooLateError: nothing was sent.
        """
        try:
            sent = await self._call(client, message, drawn, held_until)
        except SlackApiError as error:
            if reason_of(error) != "invalid_blocks" or not isinstance(drawn, Drawn):
                raise
            without = tuple(block for block in drawn.blocks if not isinstance(block, ImageBlock))
            if len(without) == len(drawn.blocks):
                raise
            sent = await self._call(client, message, replace(drawn, blocks=without), held_until)
        return replace(sent, is_last=drawn.is_last, again_at=drawn.again_at) if isinstance(drawn, Drawn) else sent

    async def _call(
        self, client: AsyncWebClient, message: Message, drawn: Drawn | Reacted | View, held_until: float
    ) -> Sent:
        if message.method == POST:
            await self._pace(message)
        self.require_time(message, held_until)
        if isinstance(drawn, Reacted):
            await react(client, message, drawn)
            return Sent(message.channel_id, drawn.name)
        if isinstance(drawn, View):
            await client.views_publish(user_id=str(message.user_id), view=to_slack(drawn))
            return Sent(message.channel_id, None)
        content: dict[str, Any] = {
            "text": drawn.text[:MOST_TEXT],
            "blocks": [to_slack(block) for block in drawn.blocks] or None,
        }
        if message.surface == Surface.EPHEMERAL:
            await client.chat_postEphemeral(
                channel=str(message.channel_id), user=str(message.user_id), thread_ts=message.parent_ts, **content
            )
            return Sent(message.channel_id, None)
        if message.ts is not None:
            # an update without blocks would keep the old ones
            content["blocks"] = content["blocks"] or []
            await client.chat_update(channel=str(message.channel_id), ts=message.ts, **content)
            return Sent(message.channel_id, message.ts)
        answer = await client.chat_postMessage(
            channel=message.place, thread_ts=message.parent_ts, unfurl_links=False, unfurl_media=False, **content
        )
        # a person's own conversation has an id of its own, which an update needs
        return Sent(str(answer["channel"]), str(answer["ts"]), posted_at=self.clock.now())

    async def _pace(self, message: Message) -> None:
        if message.paced_until is None:
            return
        ahead = message.paced_until - (BURST - 1) * SPACING - self.clock.now()
        if ahead.total_seconds() > 0:
            await self.clock.sleep(min(ahead.total_seconds(), BURST * SPACING.total_seconds()))
