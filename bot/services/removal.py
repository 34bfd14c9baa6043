"""When the app is removed from a workspace: what waits there stops at once, and nothing is lost until it is purged.

Slack says so by two events, `app_uninstalled` and `tokens_revoked`, in any order, more than once, and possibly after a
reinstallation. An event is therefore held against the installation it is about: what was sent before the app was
installed (again) is about the one before, or our clock is ahead: then Slack is asked whether our token is still good.

An event that comes while nobody listens is sent a few times and never again. So every workspace's token is also asked
about once a day; refused now and a day ago, it was removed. <https://docs.slack.dev/reference/events/app_uninstalled>,
<https://docs.slack.dev/reference/events/tokens_revoked>, <https://docs.slack.dev/reference/methods/auth.test>
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, or_, select, update

from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WORKSPACES
from bot.domain.ids import WorkspaceId
from bot.domain.slack import Workspace
from bot.services import audit
from bot.services.workspaces import Clients, Workspaces

logger = logging.getLogger(__name__)

ASK_EVERY = timedelta(days=1)
ASK_AGAIN_AFTER = timedelta(hours=1)
"""When Slack did not say."""
AT_ONCE = 50
"""Asked about one after another, before other work gets its turn."""


class TokenTest(Protocol):
    async def __call__(self, workspace_id: WorkspaceId, /) -> bool | None:
        """Whether Slack takes our token for this workspace; None when it does not say."""
        ...


@dataclass(frozen=True, slots=True)
class Removal:
    db: Database
    workspaces: Workspaces
    clients: Clients
    is_good: TokenTest

    async def uninstalled(self, workspace: Workspace, sent_at: datetime) -> None:
        """The app was removed. Planner, jobs, lists and messages leave the workspace alone from here on."""
        await self._remove(workspace, sent_at, "app removed")

    async def revoked(self, workspace: Workspace, bots: Collection[str], sent_at: datetime) -> None:
        """Tokens were revoked. People's own tokens are nothing to us; without its bot token the app can do nothing."""
        if {workspace.bot_user_id, workspace.bot_id} & set(bots):
            await self._remove(workspace, sent_at, "app's token revoked")

    async def look(self) -> int:
        """Ask Slack about the workspaces whose turn it is, and about those of which an event left it open; answers how
        many lost the app.
        """
        async with self.db.read() as tx:
            is_due = or_(WORKSPACES.c.token_check_at.is_(None), WORKSPACES.c.token_check_at <= tx.now)
            statement = select(WORKSPACES).where(WORKSPACES.c.removed_at.is_(None), is_due)
            due = (await tx.execute(statement.order_by(WORKSPACES.c.token_check_at).limit(AT_ONCE))).all()
        return sum([await self._asked(row) for row in due])

    async def _asked(self, row: Row[Any]) -> bool:
        """True when the app is removed. What was installed or said meanwhile is left as it is."""
        is_good = await self.is_good(WorkspaceId(row.id))
        unchanged = (
            WORKSPACES.c.installed_at == row.installed_at,
            WORKSPACES.c.token_refused_at.is_not_distinct_from(row.token_refused_at),
        )
        async with self.db.write() as tx:
            if is_good is False and row.token_refused_at is not None:  # that was a day ago, or an event
                is_removed = await _removed(tx, WorkspaceId(row.id), "app's token refused for a day", *unchanged)
            else:
                is_removed = False
                first = {True: None, False: row.token_refused_at or tx.now, None: row.token_refused_at}[is_good]
                wait = ASK_AGAIN_AFTER if is_good is None else ASK_EVERY
                noted = update(WORKSPACES).where(WORKSPACES.c.id == row.id, *unchanged)
                await tx.execute(noted.values(token_refused_at=first, token_check_at=tx.now + wait))
        if is_removed:
            self._forget(WorkspaceId(row.id), row.team_id)
        return is_removed

    async def _remove(self, workspace: Workspace, sent_at: datetime, deed: str) -> None:
        async with self.db.write() as tx:
            is_removed = await _removed(tx, workspace.id, deed, WORKSPACES.c.installed_at < sent_at)
            if not is_removed:
                await _doubt(tx, workspace.id)
        if is_removed:
            self._forget(workspace.id, workspace.team_id)
        else:
            logger.info("an event of an earlier installation, perhaps", extra={"deed": deed})

    def _forget(self, workspace_id: WorkspaceId, team_id: str) -> None:
        self.workspaces.forget_seen()
        self.clients.forget(workspace_id)
        logger.info("the app was removed from a workspace", extra={"team": team_id})


async def _removed(tx: Tx, workspace_id: WorkspaceId, deed: str, *conditions: ColumnElement[bool]) -> bool:
    """Whether it is this one that removed it."""
    statement = (
        update(WORKSPACES)
        .where(WORKSPACES.c.id == workspace_id, WORKSPACES.c.removed_at.is_(None), *conditions)
        .values(removed_at=tx.now, token_sealed=None)
    )
    if (await tx.execute(statement)).rowcount == 0:
        return False
    await audit.record(tx, workspace_id, workspace_id, deed, by=None)
    return True


async def _doubt(tx: Tx, workspace_id: WorkspaceId) -> None:
    """Slack is asked soon, and an event is as good as a refusal: with another one it is certain."""
    statement = update(WORKSPACES).where(WORKSPACES.c.id == workspace_id, WORKSPACES.c.removed_at.is_(None))
    await tx.execute(statement.values(token_check_at=tx.now, token_refused_at=tx.now))
