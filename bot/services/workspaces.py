"""Workspaces: found for every request, from memory where they were seen before."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import RowMapping, Select, case, select

from bot.clock import Clock
from bot.db.base import new_id, table_of
from bot.db.sealed import BOT_TOKEN
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.slack import Workspace
from bot.services.messages import send_again
from bot.vault import Vault

WORKSPACES = table_of(WorkspaceRow)

FRESH_SECONDS = 300.0
MOST_KEPT = 2000


class Clients(Protocol):
    """Whoever keeps clients of Slack by workspace."""

    def forget(self, workspace_id: WorkspaceId) -> None:
        """Read this workspace's token anew when it is next needed."""
        ...


@dataclass(slots=True)
class Workspaces:
    db: Database
    vault: Vault
    clock: Clock
    _kept: OrderedDict[tuple[str, str], tuple[float, Workspace]] = field(default_factory=OrderedDict)

    async def find(self, enterprise_id: str, team_id: str) -> Workspace | None:
        """The workspace of a request, at most five minutes old; None where the app is not installed.

        Its team tells it: a workspace that moves into an Enterprise organisation, or out of one, keeps its team's id.
        """
        key = (enterprise_id, team_id)
        kept = self._kept.get(key)
        if kept is not None and self.clock.monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1]
        statement = select(WORKSPACES).where(WORKSPACES.c.team_id == team_id, WORKSPACES.c.removed_at.is_(None))
        async with self.db.read() as tx:
            row = (await tx.execute(_nearest(statement, enterprise_id))).mappings().one_or_none()
        if row is None:
            return None
        workspace = _workspace_of(row)
        self._kept[key] = (self.clock.monotonic(), workspace)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return workspace

    async def load(self, workspace_id: WorkspaceId) -> Workspace | None:
        """None when the app was removed from it."""
        statement = select(WORKSPACES).where(WORKSPACES.c.id == workspace_id, WORKSPACES.c.removed_at.is_(None))
        async with self.db.read() as tx:
            row = (await tx.execute(statement)).mappings().one_or_none()
        return None if row is None else _workspace_of(row)

    async def token(self, workspace_id: WorkspaceId, *, default: str | None) -> str | None:
        """The bot token: the row's own, or `default` where the row has none; None when the app was removed."""
        statement = select(WORKSPACES.c.token_sealed).where(
            WORKSPACES.c.id == workspace_id, WORKSPACES.c.removed_at.is_(None)
        )
        async with self.db.read() as tx:
            row = (await tx.execute(statement)).one_or_none()
        if row is None:
            return None
        if row.token_sealed is None:
            return default or None
        return BOT_TOKEN.open(self.vault, row.token_sealed, id=workspace_id)

    async def remember(self, found: Workspace, app_id: str | None) -> Workspace:
        """The workspace that SLACK_BOT_TOKEN belongs to, as `auth.test` names it; made on first sight. One that the app
        was removed from has it again.
        """
        async with self.db.write() as tx:
            await follow_team(tx, found.enterprise_id, found.team_id)
            new = tx.insert(WorkspaceRow).values(
                id=found.id,
                enterprise_id=found.enterprise_id,
                team_id=found.team_id,
                name=found.name,
                bot_user_id=found.bot_user_id,
                bot_id=found.bot_id,
                app_id=app_id,
                installer_user_id=found.installer_user_id,
                installed_at=tx.now,
            )
            fresh = {name: new.excluded[name] for name in ("name", "bot_user_id", "bot_id", "app_id")}
            back = case((WORKSPACES.c.removed_at.is_(None), WORKSPACES.c.installed_at), else_=tx.now)
            there = {"installed_at": back, "removed_at": None, "token_refused_at": None}
            statement = new.on_conflict_do_update(index_elements=["enterprise_id", "team_id"], set_={**fresh, **there})
            row = (await tx.execute(statement.returning(WORKSPACES))).mappings().one()
            await send_again(tx, WorkspaceId(row["id"]))
        self.forget_seen()
        return _workspace_of(row)

    def forget_seen(self) -> None:
        """Read every workspace anew: one was installed or removed."""
        self._kept.clear()


def fresh_workspace_id() -> WorkspaceId:
    return WorkspaceId(new_id())


async def follow_team(tx: Tx, enterprise_id: str, team_id: str) -> None:
    """A workspace that has moved into an Enterprise organisation, or out of one, goes on as it is, under its new name."""
    known = select(WORKSPACES.c.id, WORKSPACES.c.enterprise_id).where(WORKSPACES.c.team_id == team_id)
    row = (await tx.execute(_nearest(known, enterprise_id))).one_or_none()
    if row is not None and row.enterprise_id != enterprise_id:
        moved = WORKSPACES.update().where(WORKSPACES.c.id == row.id)
        await tx.execute(moved.values(enterprise_id=enterprise_id))


def _nearest(statement: Select[Any], enterprise_id: str) -> Select[Any]:
    """Of several rows of a team the one that was kept under this organisation, else the latest."""
    is_same = case((WORKSPACES.c.enterprise_id == enterprise_id, 0), else_=1)
    return statement.order_by(is_same, WORKSPACES.c.installed_at.desc()).limit(1)


def _workspace_of(row: RowMapping) -> Workspace:
    return Workspace(
        id=WorkspaceId(row["id"]),
        enterprise_id=row["enterprise_id"],
        team_id=row["team_id"],
        name=row["name"],
        bot_user_id=row["bot_user_id"],
        bot_id=row["bot_id"],
        installer_user_id=None if row["installer_user_id"] is None else UserId(row["installer_user_id"]),
    )
