"""Who would read what is about to be sent: what is in the books is for the workspace's own members.

Looked at when a message is sent, because it changes after the place was chosen: a channel is shared with another company,
somebody becomes a guest. What cannot be learnt now is sent later.
"""

from dataclasses import dataclass, field

from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.rights import Deed, Standing, decide
from bot.services.people import Directory
from bot.services.workspaces import Workspaces
from bot.slack import is_shared_outside
from bot.views.home import refused

FRESH_SECONDS = 60.0
"""Slack takes some fifty questions about channels a minute (docs.slack.dev, `conversations.info`, tier 3)."""
MOST_KEPT = 5000


class SharedOutsideError(Exception):
    """Another company reads the channel, or was invited to."""


@dataclass(slots=True)
class Audience:
    directory: Directory
    workspaces: Workspaces
    clock: Clock
    _own_until: dict[tuple[WorkspaceId, ChannelId], float] = field(default_factory=dict)
    """Channels that nobody outside reads."""

    async def require_own(self, client: AsyncWebClient, workspace_id: WorkspaceId, channel_id: ChannelId) -> None:
        """Raises:
        SharedOutsideError: another company reads the channel.
        SlackApiError, OSError: Slack did not say.
        """
        key, now = (workspace_id, channel_id), self.clock.monotonic()
        if self._own_until.get(key, now) > now:
            return
        self._own_until.pop(key, None)
        if await is_shared_outside(client, channel_id):
            raise SharedOutsideError
        if len(self._own_until) >= MOST_KEPT:
            self._own_until.clear()
        self._own_until[key] = now + FRESH_SECONDS

    async def instead_of_home(self, workspace_id: WorkspaceId, user_id: UserId) -> View | None:
        """What somebody's Home shows, and shows from then on, where they are no member of the workspace any more.

        Raises:
            TimeoutError: Slack did not say.
        """
        workspace = await self.workspaces.load(workspace_id)
        person = None if workspace is None else await self.directory.person(workspace, user_id)
        if person is None:
            raise TimeoutError
        refusal = decide(Deed.SEE, person, Standing())
        return None if refusal is None else refused(refusal.reason)
