"""When the app is removed from a workspace: what waits there stops at once, and nothing is lost until it is purged.

Slack says so by two events, `app_uninstalled` and `tokens_revoked`, in any order, more than once, and possibly after a
reinstallation. An event is therefore held against the installation it is about: what was sent before the app was
installed (again) is about the one before. <https://docs.slack.dev/reference/events/app_uninstalled>,
<https://docs.slack.dev/reference/events/tokens_revoked>
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from bot.db.unit_of_work import Database
from bot.db.workspaces import WORKSPACES
from bot.domain.slack import Workspace
from bot.services import audit
from bot.services.workspaces import Clients, Workspaces

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Removal:
    db: Database
    workspaces: Workspaces
    clients: Clients

    async def uninstalled(self, workspace: Workspace, sent_at: datetime) -> None:
        """The app was removed. Planner, jobs, lists and messages leave the workspace alone from here on."""
        await self._remove(workspace, sent_at, "app removed")

    async def revoked(self, workspace: Workspace, bots: Collection[str], sent_at: datetime) -> None:
        """Tokens were revoked. People's own tokens are nothing to us; without its bot token the app can do nothing."""
        if {workspace.bot_user_id, workspace.bot_id} & set(bots):
            await self._remove(workspace, sent_at, "app's token revoked")

    async def _remove(self, workspace: Workspace, sent_at: datetime, deed: str) -> None:
        async with self.db.write() as tx:
            statement = (
                update(WORKSPACES)
                .where(
                    WORKSPACES.c.id == workspace.id,
                    WORKSPACES.c.removed_at.is_(None),
                    WORKSPACES.c.installed_at < sent_at,
                )
                .values(removed_at=tx.now, token_sealed=None)
            )
            if (await tx.execute(statement)).rowcount == 0:
                logger.info("an event of an earlier installation", extra={"deed": deed})
                return
            await audit.record(tx, workspace.id, workspace.id, deed, by=None)
        self.workspaces.forget_seen()
        self.clients.forget(workspace.id)
        logger.info("the app was removed from a workspace", extra={"team": workspace.team_id})
