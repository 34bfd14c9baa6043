"""Carrying out replies: at most one call of Slack beside the answer, within the time that an answer has.

Nothing durable depends on such a call. When it fails, the person sees that nothing opened and presses again; what Slack
refuses is shown in another way where there is one.
"""

import logging
from collections.abc import Awaitable
from copy import copy
from dataclasses import dataclass

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
            )
        case Command() | Shortcut():
            # in a modal: the app need not be in the channel of a message
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id, trigger_id=request.trigger_id)
        case Submission():
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id, form=request.form)
        case Event():
            return Spot(workspace_id=actor.workspace.id, user_id=actor.user_id)


@dataclass(frozen=True, slots=True)
class Showing:
    clients: SlackClients

    async def show(self, reply: Reply, spot: Spot) -> None:
        if reply is None:
            return
        client = await self.clients.of(spot.workspace_id)
        call = None if client is None else _call(client, reply, spot)
        if client is None or call is None:
            return
        refusal = await _in_time(call)
        second = None if refusal is None else _instead(client, reply, spot, refusal)
        if second is not None:
            await _in_time(second)


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
