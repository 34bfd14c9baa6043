"""Carrying out replies: at most one call of Slack beside the answer, within the time that an answer has.

Nothing durable depends on such a call. What Slack refuses is shown in another way where there is one. Where nothing can be
shown, because Slack takes no more windows of ours for a moment or the trigger was too old, the person is told so in a way that no
method's limit holds up: in the answer to a command, or at the `response_url` of a message. A button in a modal or in Home has
neither, and a second call would meet the same limit: there the person sees that nothing opened, and presses again.
"""

import logging
from collections.abc import Awaitable
from copy import copy
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import Block, ImageBlock, PlainTextObject, SectionBlock
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot import deadline
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.slack import SlackClients, reason_of
from bot.views.ids import CallbackId
from bot.views.rendering import to_slack
from bot.views.text import mrkdwn
from handlers.payloads import Click, Command, Event, OpenForm, Shortcut, Submission
from handlers.replies import BackTo, OpenView, PublishHome, Reply, UpdateView, Whisper

logger = logging.getLogger(__name__)

CALL_SECONDS = 1.5
MOST_WORDS = 2900
LIMITED = frozenset({"ratelimited", "rate_limited"})
BUSY = (
    "Slack takes no more windows of mine for the moment, so nothing opened. Nothing was changed, and nothing is lost: try again in a "
    "minute."
)
TOO_LATE = "It took too long, so nothing opened. Nothing is lost: try again."
NOT_OPENED = {**dict.fromkeys(LIMITED, BUSY), "expired_trigger_id": TOO_LATE}
"""What the person is told where nothing could be shown, by Slack's word."""
NOT_DRAWN = frozenset({"invalid_arguments", "invalid_blocks"})
"""Of a view with a picture, what is wrong may be the picture; the trigger is good still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a request came from, and so where its answer is shown."""

    workspace_id: WorkspaceId
    user_id: UserId
    trigger_id: str = ""
    channel_id: ChannelId | None = None
    thread_ts: str | None = None
    form: OpenForm | None = None
    response_url: str = field(default="", repr=False)

    @property
    def is_in_modal(self) -> bool:
        return self.form is not None and self.form.callback_id != CallbackId.HOME


def spot_of(request: Click | Command | Event | Shortcut | Submission) -> Spot:
    actor = request.actor
    match request:
        case Click():
            return Spot(
                workspace_id=actor.workspace.id,
                user_id=actor.user_id,
                trigger_id=request.trigger_id,
                channel_id=request.channel_id,
                thread_ts=request.thread_ts,
                form=request.form,
                response_url=request.response_url,
            )
        case Command():
            # in a modal: the app need not be in the channel
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id, trigger_id=request.trigger_id)
        case Shortcut():
            return Spot(
                workspace_id=actor.workspace.id,
                user_id=actor.user_id,
                trigger_id=request.trigger_id,
                response_url=request.response_url,
            )
        case Submission():
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id, form=request.form)
        case Event():
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id)


@dataclass(frozen=True, slots=True)
class Showing:
    clients: SlackClients

    async def show(self, reply: Reply, spot: Spot) -> str | None:
        """Answers what the person is still to be told, because nothing could be shown and there is no other place for it."""
        if reply is None:
            return None
        client = await self.clients.of(spot.workspace_id)
        call = None if client is None else _call(client, reply, spot)
        if client is None or call is None:
            return None
        refusal = await _in_time(call)
        if refusal is None:
            return None
        second = _instead(client, reply, spot, refusal)
        if second is not None:
            refusal = await _in_time(second)
        words = _words(reply, refusal)
        if words is None or not spot.response_url:
            return words
        await _in_time(self.clients.answer(spot.response_url, words, thread_ts=spot.thread_ts))
        return None


def _call(client: AsyncWebClient, reply: Reply, spot: Spot) -> Awaitable[object] | None:
    match reply:
        case Whisper():
            return _whisper(client, reply, spot)
        case OpenView(view):
            opens = client.views_push if spot.is_in_modal else client.views_open
            return opens(trigger_id=spot.trigger_id, view=to_slack(view)) if spot.trigger_id else None
        case UpdateView(view) if spot.form is not None:
            return client.views_update(view_id=spot.form.view_id, hash=spot.form.view_hash, view=to_slack(view))
        case BackTo(view) if spot.form is not None and spot.form.previous_view_id is not None:
            return client.views_update(view_id=spot.form.previous_view_id, view=to_slack(view))
        case PublishHome(view):
            return client.views_publish(user_id=spot.user_id, view=to_slack(view))
        case _:
            return None


def _words(reply: Reply, refusal: str | None) -> str | None:
    """What there is to say after a refusal: why nothing opened, or what was to be said."""
    match reply:
        case OpenView():
            return NOT_OPENED.get(refusal or "")
        case Whisper(text) if refusal in LIMITED:
            return text
        case _:
            return None


NO_ROOM = frozenset({"push_limit_reached", "not_in_channel"})
"""The words were right, and there was no place for them. Any other refusal is of a request that nobody waits for."""


def _instead(client: AsyncWebClient, reply: Reply, spot: Spot, refusal: str) -> Awaitable[object] | None:
    """Another way to show what Slack did not take: words are sent directly, where there is no room over a third modal, or
    we are not in that channel; a form opens without a picture that Slack does not have any more.
    """
    match reply:
        case Whisper(text) if refusal in NO_ROOM:
            return client.chat_postMessage(channel=spot.user_id, text=text)
        case OpenView(view) | UpdateView(view) | BackTo(view) if refusal in NOT_DRAWN and _pictures(view):
            return _call(client, type(reply)(_without_pictures(view)), spot)
        case _:
            return None


def _pictures(view: View) -> list[Block]:
    return [block for block in view.blocks or () if isinstance(block, ImageBlock)]


def _without_pictures(view: View) -> View:
    bare = copy(view)
    bare.blocks = [block for block in view.blocks or () if not isinstance(block, ImageBlock)]
    return bare


def _whisper(client: AsyncWebClient, reply: Whisper, spot: Spot) -> Awaitable[object] | None:
    """Where the person is: beside the message, in its thread, or over the form."""
    if spot.form is None and spot.channel_id is not None:
        return client.chat_postEphemeral(
            channel=spot.channel_id, user=spot.user_id, text=reply.text, thread_ts=spot.thread_ts
        )
    return _call(client, OpenView(told(reply.text)), spot)


def told(text: str) -> View:
    """A modal that only says something."""
    return View(
        type="modal",
        callback_id=CallbackId.EXPLANATION,
        title=PlainTextObject(text="Dext"),
        close=PlainTextObject(text="Close"),
        blocks=[SectionBlock(text=mrkdwn(text[:MOST_WORDS]))],
    )


async def _in_time(call: Awaitable[object]) -> str | None:
    """Slack's word where it refused. What failed otherwise may have been shown."""
    try:
        async with deadline.to_show(CALL_SECONDS):
            await call
    except SlackApiError as error:
        reason = reason_of(error)
        logger.warning("Slack refused a call", extra={"error": reason})
        return reason
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        logger.warning("a call of Slack failed", extra={"error": type(error).__name__})
    return None
