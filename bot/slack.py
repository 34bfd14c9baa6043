"""Clients of Slack's Web API by workspace: one shared HTTP session, no retries of the SDK's own.

The SDK repeats a call whose answer was lost, and posted a message twice in a trial; and it opens a session for every
call unless it is handed one, which costs a handshake each time.
"""

from dataclasses import dataclass, field

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import WorkspaceId
from bot.services.workspaces import Workspaces

CALL_SECONDS = 15


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
