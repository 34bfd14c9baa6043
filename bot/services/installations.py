"""What an installation leaves in the database: the workspace with its new token, and who is its installer.

Whoever installed Dext may connect and disconnect, and take over books that nobody looks after. Slack lets every member
press Allow unless the workspace's admins forbid it, so allowing what is installed already makes nobody its installer.
"""

from dataclasses import dataclass

from sqlalchemy import exists, select

from bot.db.base import table_of
from bot.db.connections import OrganisationRow
from bot.db.sealed import BOT_TOKEN
from bot.db.unit_of_work import Nudge, Tx
from bot.db.workspaces import WORKSPACES, WorkspaceRow
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.installing import Grant, InstallStop, installer_of
from bot.services import audit
from bot.services.messages import Place, Surface, note, send_again
from bot.services.workspaces import follow_team, fresh_workspace_id
from bot.vault import Vault

ORGANISATIONS = table_of(OrganisationRow)

WELCOME = "Dext is installed. Type `/dext connect` to connect your accounting software, or `/dext help`."
WELCOME_BACK = "Dext is installed again. Everything is as it was, and what waited goes on."


class InstallStoppedError(Exception):
    """This try goes no further."""

    def __init__(self, stop: InstallStop) -> None:
        super().__init__(stop)
        self.stop = stop


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The workspace as it was before this installation."""

    id: WorkspaceId
    is_new: bool
    was_removed: bool
    has_books: bool
    installer: UserId | None


async def keep_installation(tx: Tx, vault: Vault, grant: Grant, team_id: str) -> tuple[WorkspaceId, bool]:
    """The workspace with its new token; answers whether it was known before, with everything it had.

    Raises:
        InstallStoppedError: it is another app's installation.
    """
    await _require_our_app(tx, grant)
    known = await _known(tx, grant, team_id)
    is_open = known.was_removed and not known.has_books
    installer = grant.installer if known.is_new else installer_of(grant, known.installer, is_open=is_open)
    await tx.execute(
        WORKSPACES.update()
        .where(WORKSPACES.c.id == known.id)
        .values(
            name=grant.team_name,
            bot_user_id=grant.bot_user_id,
            bot_id=grant.bot_id,
            app_id=grant.app_id,
            installer_user_id=installer,
            scopes=",".join(grant.scopes),
            token_sealed=BOT_TOKEN.seal(vault, grant.token, id=known.id),
            installed_at=tx.now,
            removed_at=None,
            token_check_at=None,
            token_refused_at=None,
        )
    )
    await send_again(tx, known.id)
    await _record(tx, grant, known, installer)
    if known.is_new or known.was_removed:
        place = Place(role="installed", surface=Surface.DIRECT, user_id=grant.installer)
        words = WELCOME if known.is_new else WELCOME_BACK
        await note(tx, known.id, f"installed:{tx.now.isoformat()}", place, words)
    tx.nudge(Nudge.PLANNER)
    return known.id, not known.is_new


async def _require_our_app(tx: Tx, grant: Grant) -> None:
    """One signing secret is one app's: another app's workspace would never be heard."""
    known = select(WORKSPACES.c.id).where(
        WORKSPACES.c.removed_at.is_(None), WORKSPACES.c.app_id.is_not(None), WORKSPACES.c.app_id != grant.app_id
    )
    if (await tx.execute(known.limit(1))).one_or_none() is not None:
        raise InstallStoppedError(InstallStop.OTHER_APP)


async def _known(tx: Tx, grant: Grant, team_id: str) -> _Known:
    """The workspace's row, made on first sight and locked."""
    await follow_team(tx, grant.enterprise_id, team_id)
    new = tx.insert(WorkspaceRow).values(
        id=fresh_workspace_id(),
        enterprise_id=grant.enterprise_id,
        team_id=team_id,
        name=grant.team_name,
        bot_user_id=grant.bot_user_id,
        bot_id=grant.bot_id,
        installed_at=tx.now,
    )
    is_new = (await tx.execute(new.on_conflict_do_nothing())).rowcount == 1
    books = exists().where(ORGANISATIONS.c.workspace_id == WORKSPACES.c.id)
    statement = select(
        WORKSPACES.c.id, WORKSPACES.c.removed_at, WORKSPACES.c.installer_user_id, books.label("has_books")
    ).where(WORKSPACES.c.enterprise_id == grant.enterprise_id, WORKSPACES.c.team_id == team_id)
    row = (await tx.execute(statement.with_for_update())).one()
    return _Known(
        id=WorkspaceId(row.id),
        is_new=is_new,
        was_removed=row.removed_at is not None,
        has_books=row.has_books,
        installer=None if row.installer_user_id is None else UserId(row.installer_user_id),
    )


async def _record(tx: Tx, grant: Grant, known: _Known, installer: UserId | None) -> None:
    deed = "app installed" if known.is_new else "app installed again"
    facts = {"scopes": ",".join(grant.scopes)}
    await audit.record(tx, known.id, known.id, deed, by=grant.installer, facts=facts)
    if not known.is_new and installer != known.installer:
        changed = {"from": known.installer, "to": installer}
        await audit.record(tx, known.id, known.id, "installer changed", by=grant.installer, facts=changed)
