"""Clients of Slack's Web API by workspace: one shared HTTP session, no retries of the SDK's own.

The SDK repeats a call whose answer was lost, and posted a message twice in a trial; and it opens a session for every
call unless it is handed one, which costs a handshake each time.
"""

import asyncio
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import ChannelId, WorkspaceId
from bot.domain.slack import Workspace
from bot.services.workspaces import Workspaces, fresh_workspace_id

CALL_SECONDS = 15
PROBE_SECONDS = 1.2
"""Within the time that an answer to Slack has, with room for the rest of it."""
REFUSALS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


@dataclass(slots=True)
class SlackClients:
    workspaces: Workspaces
    session: aiohttp.ClientSession
    api_url: str
    bot_token: str = field(repr=False)
    _clients: dict[WorkspaceId, AsyncWebClient] = field(default_factory=dict, repr=False)

    def with_token(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(
            token=token, base_url=self.api_url, session=self.session, timeout=CALL_SECONDS, retry_handlers=[]
        )

    async def of(self, workspace_id: WorkspaceId) -> AsyncWebClient | None:
        """The workspace's client; None when the workspace is gone."""
        client = self._clients.get(workspace_id)
        if client is None:
            token = await self.workspaces.token(workspace_id, default=self.bot_token)
            if token is None:
                return None
            client = self._clients[workspace_id] = self.with_token(token)
        return client


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """Whether we can post where somebody wants us to: by a post, as nothing else tells it for sure."""

    clients: SlackClients

    async def __call__(self, workspace_id: WorkspaceId, channel_id: ChannelId, text: str) -> str | None:
        """None when the text was posted; else Slack's word for why not, or one of ours.

        `no_answer`: Slack did not say in time. `shared_outside`: another company reads along, so nothing was posted.
        """
        client = await self.clients.of(workspace_id)
        if client is None:
            return "not_installed"
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                if await _is_shared_outside(client, channel_id):
                    return "shared_outside"
                await client.chat_postMessage(channel=channel_id, text=text)
        except SlackApiError as error:
            return reason_of(error)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return "no_answer"
        return None


async def _is_shared_outside(client: AsyncWebClient, channel_id: ChannelId) -> bool:
    channel = (await client.conversations_info(channel=channel_id)).get("channel") or {}
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))


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
            async with asyncio.timeout(PROBE_SECONDS):
                answer = await client.chat_getPermalink(channel=channel_id, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return None
        return str(answer["permalink"])


def reason_of(error: SlackApiError) -> str:
    """Slack's word for a refusal. A gateway's page in its place has none: `error.response.get` would fail on it."""
    data = error.response.data
    return str(data.get("error")) if isinstance(data, dict) else f"status {error.response.status_code}"


class TokenRefusedError(Exception):
    """Slack does not know the bot token; the text says what to do."""


async def learn_workspace(clients: SlackClients) -> Workspace | None:
    """Whose bot token this is, kept as a row; None when Slack does not answer.

    Raises:
        TokenRefusedError: Slack answers, and refuses the token.
    """
    client = clients.with_token(clients.bot_token)
    try:
        answer = await client.auth_test()
        app_id = await _app_id(client, str(answer.get("bot_id") or ""))
    except SlackApiError as error:
        reason = reason_of(error)
        if reason in REFUSALS:
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
    return await clients.workspaces.remember(found, app_id)


async def _app_id(client: AsyncWebClient, bot_id: str) -> str | None:
    """The app's own id, for links back to it; `auth.test` does not tell it."""
    if not bot_id:
        return None
    try:
        bot = (await client.bots_info(bot=bot_id)).get("bot") or {}
    except SlackApiError:
        return None
    return str(bot["app_id"]) if bot.get("app_id") else None
