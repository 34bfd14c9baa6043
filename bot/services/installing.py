"""Installing the app into workspaces by OAuth, each with a bot token of its own.

A try begins with a state that is good once, for ten minutes, in the browser that began it; nothing else starts an
exchange. <https://docs.slack.dev/authentication/installing-with-oauth>
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.db.base import table_of
from bot.db.unit_of_work import Database
from bot.db.workspaces import InstallStateRow
from bot.domain.ids import WorkspaceId
from bot.domain.installing import Grant, Installed, InstallStop
from bot.services.insisting import NotWrittenError, insist
from bot.services.installations import InstallStoppedError, keep_installation
from bot.services.signing_in import Return
from bot.services.workspaces import Clients, Workspaces
from bot.vault import Vault

STATES = table_of(InstallStateRow)

GOOD_FOR = timedelta(minutes=10)


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
        try:
            workspace_id, is_again = await insist(self.db.clock, partial(self._keep, grant, grant.team_id))
        except NotWrittenError:
            # not revoked: where the app was installed before, this is the token that is in use
            raise InstallStoppedError(InstallStop.NOT_KEPT) from None
        self.workspaces.forget_seen()
        self.clients.forget(workspace_id)
        return Installed(
            team_id=grant.team_id,
            team_name=grant.team_name,
            app_id=grant.app_id,
            is_again=is_again,
            lacking=grant.lacking,
        )

    async def _keep(self, grant: Grant, team_id: str) -> tuple[WorkspaceId, bool]:
        async with self.db.write() as tx:
            return await keep_installation(tx, self.vault, grant, team_id)

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


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
