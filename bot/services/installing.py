"""Installing the app into workspaces by OAuth, each with a bot token of its own.

A try begins with a state that is good once, for ten minutes, in the browser that began it; nothing else starts an
exchange. <https://docs.slack.dev/authentication/installing-with-oauth>
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.messages import MessageRow
from bot.db.sealed import BOT_TOKEN
from bot.db.unit_of_work import Database, Nudge, Tx
from bot.db.workspaces import WORKSPACES, InstallStateRow, WorkspaceRow
from bot.domain.ids import WorkspaceId
from bot.domain.installing import Grant, Installed, InstallStop
from bot.domain.slack import TOKEN_REFUSALS
from bot.services import audit
from bot.services.messages import Place, Surface, note
from bot.services.signing_in import Return
from bot.services.workspaces import Clients, Workspaces, fresh_workspace_id
from bot.vault import Vault

STATES, MESSAGES = table_of(InstallStateRow), table_of(MessageRow)

GOOD_FOR = timedelta(minutes=10)
WELCOME = "Dext is installed. Type `/dext connect` to connect your accounting software, or `/dext help`."
WELCOME_BACK = "Dext is installed again. Everything is as it was, and what waited goes on."


class InstallStoppedError(Exception):
    """This try goes no further."""

    def __init__(self, stop: InstallStop) -> None:
        super().__init__(stop)
        self.stop = stop


class SlackOauth(Protocol):
    """Slack's side of an installation."""

    def authorize_url(self, *, state: str, redirect_uri: str) -> str: ...

    async def exchange(self, *, code: str, redirect_uri: str) -> Grant:
        """Raises: InstallStoppedError: Slack refuses the code, or does not answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Installing:
    db: Database
    vault: Vault
    workspaces: Workspaces
    clients: Clients
    slack: SlackOauth
    public_url: str

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}/slack/oauth_redirect"

    async def begin(self, cookie: str) -> str:
        """Slack's address to ask for the installation at, for this browser."""
        state = secrets.token_urlsafe(32)
        async with self.db.write() as tx:
            await tx.execute(STATES.delete().where(STATES.c.expires_at < tx.now - GOOD_FOR))
            row = {"state_hash": _hashed(state), "cookie_hash": _hashed(cookie), "expires_at": tx.now + GOOD_FOR}
            await tx.execute(STATES.insert(), row)
        return self.slack.authorize_url(state=state, redirect_uri=self.redirect_uri)

    async def finish(self, cookie: str, came: Return) -> Installed:
        """Slack's answer: the state is used up first, whatever became of it.

        Raises:
            InstallStoppedError: a state that is not this browser's, over or used; refused at Slack; not one workspace.
        """
        await self._use(came.state, cookie)
        if came.error or not came.code:
            denied = came.error == "access_denied"
            raise InstallStoppedError(InstallStop.DENIED if denied else InstallStop.SLACK_REFUSED)
        grant = await self.slack.exchange(code=came.code, redirect_uri=self.redirect_uri)
        if grant.is_enterprise_install or grant.team_id is None:
            raise InstallStoppedError(InstallStop.WHOLE_ORGANISATION)
        async with self.db.write() as tx:
            workspace_id, is_again = await self._keep(tx, grant, grant.team_id)
        self.workspaces.forget_seen()
        self.clients.forget(workspace_id)
        return Installed(
            team_id=grant.team_id,
            team_name=grant.team_name,
            app_id=grant.app_id,
            is_again=is_again,
            lacking=grant.lacking,
        )

    async def _use(self, state: str, cookie: str) -> None:
        """Taken by one request only: eight at once make one installation."""
        async with self.db.write() as tx:
            used = STATES.delete().where(
                STATES.c.state_hash == _hashed(state),
                STATES.c.cookie_hash == _hashed(cookie),
                STATES.c.expires_at > tx.now,
            )
            if (await tx.execute(used)).rowcount:
                return
            found = (await tx.execute(STATES.select().where(STATES.c.state_hash == _hashed(state)))).one_or_none()
        if found is None:
            raise InstallStoppedError(InstallStop.UNKNOWN)
        is_ours = found.cookie_hash == _hashed(cookie)
        raise InstallStoppedError(InstallStop.EXPIRED if is_ours else InstallStop.OTHER_BROWSER)

    async def _keep(self, tx: Tx, grant: Grant, team_id: str) -> tuple[WorkspaceId, bool]:
        """The workspace with its new token; answers whether it was known before, with everything it had."""
        await self._require_our_app(tx, grant)
        workspace_id, is_again, was_removed = await _row_of(tx, grant, team_id)
        await tx.execute(
            WORKSPACES.update()
            .where(WORKSPACES.c.id == workspace_id)
            .values(
                name=grant.team_name,
                bot_user_id=grant.bot_user_id,
                bot_id=grant.bot_id,
                app_id=grant.app_id,
                installer_user_id=grant.installer,
                scopes=",".join(grant.scopes),
                token_sealed=BOT_TOKEN.seal(self.vault, grant.token, id=workspace_id),
                installed_at=tx.now,
                removed_at=None,
            )
        )
        await _try_again(tx, workspace_id)
        deed = "app installed again" if is_again else "app installed"
        facts = {"scopes": ",".join(grant.scopes)}
        await audit.record(tx, workspace_id, workspace_id, deed, by=grant.installer, facts=facts)
        if not is_again or was_removed:
            place = Place(role="installed", surface=Surface.DIRECT, user_id=grant.installer)
            words = WELCOME_BACK if is_again else WELCOME
            await note(tx, workspace_id, f"installed:{tx.now.isoformat()}", place, words)
        tx.nudge(Nudge.MESSENGER, Nudge.PLANNER)
        return workspace_id, is_again

    async def _require_our_app(self, tx: Tx, grant: Grant) -> None:
        """One signing secret is one app's: another app's workspace would never be heard."""
        known = select(WORKSPACES.c.id).where(
            WORKSPACES.c.removed_at.is_(None), WORKSPACES.c.app_id.is_not(None), WORKSPACES.c.app_id != grant.app_id
        )
        if (await tx.execute(known.limit(1))).one_or_none() is not None:
            raise InstallStoppedError(InstallStop.OTHER_APP)


async def _row_of(tx: Tx, grant: Grant, team_id: str) -> tuple[WorkspaceId, bool, bool]:
    """The workspace's row, made on first sight and locked: its id, whether it was there, and without the app."""
    new = tx.insert(WorkspaceRow).values(
        id=fresh_workspace_id(),
        enterprise_id=grant.enterprise_id,
        team_id=team_id,
        name=grant.team_name,
        bot_user_id=grant.bot_user_id,
        bot_id=grant.bot_id,
        installed_at=tx.now,
    )
    is_again = (await tx.execute(new.on_conflict_do_nothing())).rowcount == 0
    statement = select(WORKSPACES.c.id, WORKSPACES.c.removed_at).where(
        WORKSPACES.c.enterprise_id == grant.enterprise_id, WORKSPACES.c.team_id == team_id
    )
    row = (await tx.execute(statement.with_for_update())).one()
    return WorkspaceId(row.id), is_again, row.removed_at is not None


async def _try_again(tx: Tx, workspace_id: WorkspaceId) -> None:
    """What Slack did not take because of the old token goes out with the new one, and now."""
    await tx.execute(
        MESSAGES.update()
        .where(
            MESSAGES.c.workspace_id == workspace_id,
            MESSAGES.c.is_waiting.is_(True),
            MESSAGES.c.trouble.in_(TOKEN_REFUSALS),
        )
        .values(due_at=tx.now)
    )


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
