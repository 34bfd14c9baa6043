"""Clients of Slack's Web API by workspace: one shared HTTP session, no retries of the SDK's own.

The SDK repeats a call whose answer was lost, and posted a message twice in a trial; and it opens a session for every
call unless it is handed one, which costs a handshake each time.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import deadline
from bot.domain.ids import ChannelId, WorkspaceId
from bot.domain.slack import LONGEST_SILENCE, TOKEN_IS_OVER, TOKEN_REFUSALS, Workspace
from bot.services.workspaces import Workspaces, fresh_workspace_id
from bot.vault import SealError

logger = logging.getLogger(__name__)

CALL_SECONDS = 15
"""Of any call: what Slack has not answered by then counts as not answered. `bot.db.places.LEASE` is longer."""
PROBE_SECONDS, TAKE_BACK_SECONDS = 1.2, 0.6
"""Within the time that an answer to Slack has, with room for the rest of it."""
TOKEN_FRESH_SECONDS = 60.0
NO_TOKEN_SECONDS = 5.0
"""How long a workspace is left to other processes after this one had no token for it."""
MOST_CLIENTS = 2000
TRYING = "I am trying whether I may post here."


class _Client(AsyncWebClient):
    """Says when Slack refused its token, so that nobody goes on with an old one; and its calls have an end: the SDK heeds
    its own `timeout` only for a session of its own, and aiohttp's is five minutes.
    """

    on_refusal: Callable[[], None] | None = None

    async def api_call(self, *args: Any, **kwargs: Any) -> AsyncSlackResponse:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await super().api_call(*args, **kwargs)
        except SlackApiError as error:
            if self.on_refusal is not None and reason_of(error) in TOKEN_REFUSALS:
                self.on_refusal()
            raise


@dataclass(slots=True)
class SlackClients:
    workspaces: Workspaces
    session: aiohttp.ClientSession
    api_url: str
    bot_token: str | None = field(repr=False)
    """The environment's. It is lent to the workspace that Slack says it is of, and to no other that has none."""
    _home: WorkspaceId | None = None
    _clients: dict[WorkspaceId, tuple[float, AsyncWebClient]] = field(default_factory=dict, repr=False)
    _without_until: dict[WorkspaceId, float] = field(default_factory=dict)

    def with_token(self, token: str | None, *, on_refusal: Callable[[], None] | None = None) -> AsyncWebClient:
        client = _Client(token=token, base_url=self.api_url, session=self.session, retry_handlers=[])
        client.on_refusal = on_refusal
        return client

    async def of(self, workspace_id: WorkspaceId) -> AsyncWebClient | None:
        """The workspace's client; None when the app is not installed there any more, or there is no token for it.

        Another process may have taken a reinstallation, so a token is read again after a while, and at once when Slack
        refuses it.
        """
        kept, now = self._clients.get(workspace_id), self.workspaces.clock.monotonic()
        if kept is not None and now - kept[0] < TOKEN_FRESH_SECONDS:
            return kept[1]
        lent = self.bot_token if workspace_id == self._home else None
        token = await self.workspaces.token(workspace_id, default=lent)
        if token is None:
            self.forget(workspace_id)
            self._without_until[workspace_id] = now + NO_TOKEN_SECONDS
            return None
        client = self.with_token(token, on_refusal=lambda: self.forget(workspace_id))
        if len(self._clients) >= MOST_CLIENTS:
            self._clients.clear()
        self._clients[workspace_id] = (now, client)
        return client

    async def answer(self, response_url: str, text: str, *, thread_ts: str | None = None) -> None:
        """Tell whoever pressed something in a message, alone: five times within half an hour, whatever the methods' limits.

        <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>
        """
        url = _of_slack(response_url, self.api_url)
        if url is None:
            logger.warning("Slack named another host to answer at")
            return
        words = {"response_type": "ephemeral", "replace_original": False, "text": text}
        body = words if thread_ts is None else {**words, "thread_ts": thread_ts}
        wait = aiohttp.ClientTimeout(total=CALL_SECONDS)
        async with self.session.post(url, json=body, allow_redirects=False, timeout=wait) as response:
            if response.status != 200:
                logger.warning("Slack did not take an answer", extra={"status": response.status})

    def without_token(self) -> tuple[WorkspaceId, ...]:
        """Workspaces that this process had no token for just now; another one may have it."""
        now = self.workspaces.clock.monotonic()
        self._without_until = {of: until for of, until in self._without_until.items() if until > now}
        return tuple(self._without_until)

    def lend_to(self, workspace_id: WorkspaceId) -> None:
        """SLACK_BOT_TOKEN is this workspace's."""
        self._home = workspace_id
        self._without_until.pop(workspace_id, None)

    def forget(self, workspace_id: WorkspaceId) -> None:
        """Read this workspace's token anew when it is next needed."""
        self._clients.pop(workspace_id, None)


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """Whether we can post where somebody wants us to: by a post, as nothing else tells it for sure. It is taken back."""

    clients: SlackClients

    async def __call__(self, workspace_id: WorkspaceId, channel_id: ChannelId) -> str | None:
        """None when a text was posted; else Slack's word for why not, or one of ours.

        `no_answer`: Slack did not say in time. `shared_outside`: another company reads along, so nothing was posted.
        """
        client = await self.clients.of(workspace_id)
        if client is None:
            return "not_installed"
        try:
            async with deadline.to_ask(PROBE_SECONDS):
                if await is_shared_outside(client, channel_id):
                    return "shared_outside"
                posted = await client.chat_postMessage(channel=channel_id, text=TRYING)
        except SlackApiError as error:
            return reason_of(error)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return "no_answer"
        await _take_back(client, channel_id, posted)
        return None


async def _take_back(client: AsyncWebClient, channel_id: ChannelId, posted: AsyncSlackResponse) -> None:
    """What does not go away does no harm: it says only that it was tried."""
    with suppress(SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
        async with deadline.to_show(TAKE_BACK_SECONDS):
            await client.chat_delete(channel=channel_id, ts=str(posted["ts"]))


async def is_shared_outside(client: AsyncWebClient, channel_id: str) -> bool:
    """Whether another company reads the channel, or was invited to.

    <https://docs.slack.dev/reference/methods/conversations.info>
    """
    channel = (await client.conversations_info(channel=channel_id)).get("channel") or {}
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


@dataclass(frozen=True, slots=True)
class AuthTest:
    """`bot.services.removal.TokenTest` over `auth.test`."""

    clients: SlackClients

    async def __call__(self, workspace_id: WorkspaceId) -> bool | None:
        try:
            client = await self.clients.of(workspace_id)
            if client is None:
                return None
            await client.auth_test()
        except SlackApiError as error:
            return False if reason_of(error) in TOKEN_IS_OVER else None
        except (SealError, aiohttp.ClientError, TimeoutError, OSError):
            return None
        return True


@dataclass(frozen=True, slots=True)
class Permalink:
    """Slack's own address of a message."""

    clients: SlackClients

    async def __call__(self, workspace_id: WorkspaceId, channel_id: ChannelId, ts: str) -> str | None:
        """None when Slack does not tell it in time, or the message is there no more."""
        client = await self.clients.of(workspace_id)
        if client is None:
            return None
        try:
            async with deadline.to_ask(PROBE_SECONDS):
                answer = await client.chat_getPermalink(channel=channel_id, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return None
        return str(answer["permalink"])


def reason_of(error: SlackApiError) -> str:
    """Slack's word for a refusal. A gateway's page in its place has none: `error.response.get` would fail on it. That
    nobody is there for a Home to be published to, `views.publish` says behind a general word.
    """
    data = error.response.data
    if not isinstance(data, dict):
        return f"status {error.response.status_code}"
    if data.get("error") == "invalid_arguments" and "user_not_found" in str(data.get("response_metadata")):
        return "user_not_found"
    return str(data.get("error"))


def wait_of(error: SlackApiError) -> float:
    """For how many seconds Slack wants to be left alone, by its `Retry-After`: an hour at most; 0 where it does not say."""
    text = str(error.response.headers.get("Retry-After", "")).strip()
    return min(float(text), LONGEST_SILENCE.total_seconds()) if text.isdecimal() else 0.0


class TokenRefusedError(Exception):
    """Slack does not take one of our tokens; the text says which, and what to do."""


class NoAnswerError(Exception):
    """Slack gave no clear answer; the text is for the log. `after_seconds` is how long it wants to be left alone."""

    def __init__(self, words: str, *, after_seconds: float = 0.0) -> None:
        self.after_seconds = after_seconds
        super().__init__(words)


async def learn_workspace(clients: SlackClients) -> Workspace | None:
    """Whose SLACK_BOT_TOKEN this is, kept as a row; None when Slack does not answer.

    Raises:
        TokenRefusedError: Slack answers, and refuses the token.
    """
    client = clients.with_token(clients.bot_token)
    try:
        answer = await client.auth_test()
        app_id = await _app_id(client, str(answer.get("bot_id") or ""))
    except SlackApiError as error:
        reason = reason_of(error)
        if reason in TOKEN_REFUSALS:
            raise TokenRefusedError(
                f"Slack refuses SLACK_BOT_TOKEN ({reason}): copy the bot token anew from OAuth & Permissions"
            ) from error
        return None
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
    found = Workspace(
        id=fresh_workspace_id(),
        enterprise_id=str(answer.get("enterprise_id") or ""),
        team_id=str(answer["team_id"]),
        name=str(answer.get("team") or ""),
        bot_user_id=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
    )
    known = await clients.workspaces.remember(found, app_id)
    clients.lend_to(known.id)
    return known


APP_TOKEN_REMEDIES = {
    "not_allowed_token_type": "write the app-level token there, `xapp-…`, not the bot's",
    "missing_scope": "make an app-level token with the scope `connections:write`",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)
"""Visible ASCII without the backslash, which some parsers read as a slash."""
ANSWERED_AT = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where Slack takes answers to interactions."""


def _of_slack(address: str, api_url: str) -> str | None:
    """The address, if it is one of Slack's, or of what stands in for Slack on this machine."""
    if not _PLAIN.fullmatch(address):
        return None
    try:
        found, api = urlsplit(address), urlsplit(api_url)
        is_plain = found.username is None and found.password is None
        if found.scheme == "https" and is_plain and found.hostname in ANSWERED_AT and found.port in (None, 443):
            return address
        is_near = api.hostname in LOOPBACK and found.scheme in ("http", "https") and found.netloc == api.netloc
    except ValueError:
        return None
    return address if is_near and is_plain else None


async def socket_address(clients: SlackClients, app_token: str) -> str:
    """Where to open one websocket of Socket Mode, good once and soon (docs.slack.dev, `apps.connections.open`).

    Raises:
        TokenRefusedError: Slack answers, and refuses the token.
        NoAnswerError: anything else.
    """
    try:
        answer = await clients.with_token(None).apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        reason = reason_of(error)
        if reason in TOKEN_REFUSALS or reason in APP_TOKEN_REMEDIES:
            remedy = APP_TOKEN_REMEDIES.get(reason, "copy it anew from Basic Information → App-Level Tokens")
            raise TokenRefusedError(f"Slack refuses SLACK_APP_TOKEN ({reason}): {remedy}") from error
        raise NoAnswerError(reason, after_seconds=wait_of(error)) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NoAnswerError(type(error).__name__) from error
    address = urlsplit(str(answer.get("url") or ""))
    if address.scheme != "wss" and not (address.scheme == "ws" and address.hostname in LOOPBACK):
        raise NoAnswerError("an address that is not encrypted")
    return address.geturl()


async def _app_id(client: AsyncWebClient, bot_id: str) -> str | None:
    """The app's own id, for links back to it; `auth.test` does not tell it."""
    if not bot_id:
        return None
    try:
        bot = (await client.bots_info(bot=bot_id)).get("bot") or {}
    except SlackApiError:
        return None
    return str(bot["app_id"]) if bot.get("app_id") else None
