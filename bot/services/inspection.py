"""What the operator asks of the whole database, whoever's rows they are: `dext-bot doctor`. It changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from bot.db.arrivals import ArrivalRow
from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow, ListSyncRow, OrganisationRow, TokenSetRow
from bot.db.downloads import DOWNLOADS
from bot.db.publications import BatchRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import WorkspaceRow, is_installed
from bot.domain.books import BillRights, Books, Login
from bot.domain.connections import Health
from bot.domain.ids import WorkspaceId
from bot.domain.problems import Problem
from bot.services.token_pairs import can_open
from bot.vault import Vault

WORKSPACES, ORGANISATIONS = table_of(WorkspaceRow), table_of(OrganisationRow)
CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)
SYNCS, ARRIVALS, BATCHES = table_of(ListSyncRow), table_of(ArrivalRow), table_of(BatchRow)

OVERDUE = timedelta(minutes=15)
USABLE = (Health.IMPORTING, Health.HEALTHY, Health.AT_RISK)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledWorkspace:
    id: WorkspaceId
    team_id: str
    name: str
    has_own_token: bool
    """False where the token comes from the environment, or there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """A connection as it stands. `opens`: whether its tokens can be read with the keys on the ring."""

    workspace: str
    organisation: str
    provider: str
    health: Health
    problem: Problem | None
    opens: bool
    refreshed_at: datetime
    rights: BillRights
    """What its login may do with bills; `login` is who that is, as far as the provider tells."""
    login: str
    imported_at: datetime | None
    """When the list that is longest out of date was read; None when one never was."""


@dataclass(frozen=True, slots=True)
class Inspection:
    db: Database
    vault: Vault

    async def workspaces(self) -> tuple[InstalledWorkspace, ...]:
        statement = select(WORKSPACES).where(WORKSPACES.c.removed_at.is_(None)).order_by(WORKSPACES.c.name)
        async with self.db.read() as tx:
            rows = (await tx.execute(statement)).all()
        return tuple(
            InstalledWorkspace(
                id=WorkspaceId(row.id), team_id=row.team_id, name=row.name, has_own_token=row.token_sealed is not None
            )
            for row in rows
        )

    async def connections(self) -> tuple[ConnectionState, ...]:
        """Those that are not disconnected, of workspaces that have the app."""
        statement = (
            select(
                WORKSPACES.c.name.label("workspace"),
                ORGANISATIONS.c.name.label("organisation"),
                CONNECTIONS.c.provider,
                CONNECTIONS.c.health,
                CONNECTIONS.c.trouble,
                CONNECTIONS.c.organisation_id,
                TOKENS.c.id.label("token_set_id"),
                TOKENS.c.access_sealed,
                TOKENS.c.refresh_sealed,
                TOKENS.c.refreshed_at,
                TOKENS.c.login,
                ORGANISATIONS.c.books,
            )
            .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
            .join(WORKSPACES, WORKSPACES.c.id == CONNECTIONS.c.workspace_id)
            .join(TOKENS, TOKENS.c.id == CONNECTIONS.c.token_set_id)
            .where(CONNECTIONS.c.health != Health.DISCONNECTED, is_installed(CONNECTIONS.c.workspace_id))
            .order_by(WORKSPACES.c.name, ORGANISATIONS.c.name)
        )
        unread = func.count() - func.count(SYNCS.c.synced_at)
        oldest = select(
            SYNCS.c.organisation_id, func.min(SYNCS.c.synced_at).label("at"), unread.label("unread")
        ).group_by(SYNCS.c.organisation_id)
        async with self.db.read() as tx:
            rows = (await tx.execute(statement)).all()
            imports = (await tx.execute(oldest)).all()
        imported = {row.organisation_id: row.at for row in imports if not row.unread}
        return tuple(self._state(row, imported.get(row.organisation_id)) for row in rows)

    def _state(self, row: Row[Any], imported_at: datetime | None) -> ConnectionState:
        return ConnectionState(
            workspace=row.workspace,
            organisation=row.organisation,
            provider=row.provider,
            health=Health(row.health),
            problem=None if row.trouble is None else load(row.trouble, Problem),
            opens=can_open(self.vault, row),
            refreshed_at=row.refreshed_at,
            rights=load(row.books, Books).bill_rights,
            login="" if row.login is None else load(row.login, Login).words,
            imported_at=imported_at,
        )

    async def overdue(self) -> dict[str, int]:
        """How many of each kind should have moved a while ago; kinds without any are left out."""
        async with self.db.read() as tx:
            late = tx.now - OVERDUE
            connected = select(CONNECTIONS.c.organisation_id).where(
                CONNECTIONS.c.health.in_(USABLE), is_installed(CONNECTIONS.c.workspace_id)
            )
            counted = {
                "publishing": select(func.count())
                .select_from(BATCHES)
                .where(BATCHES.c.ended_at.is_(None), BATCHES.c.due_at < late, BATCHES.c.organisation_id.in_(connected))
                .where(BATCHES.c.number.is_(None)),
                "downloads": select(func.count())
                .select_from(DOWNLOADS)
                .where(DOWNLOADS.c.due_at < late, is_installed(DOWNLOADS.c.workspace_id)),
                "importing lists": select(func.count())
                .select_from(SYNCS)
                .where(SYNCS.c.due_at < late, SYNCS.c.organisation_id.in_(connected)),
                "reading files": select(func.count())
                .select_from(ARRIVALS)
                .where(ARRIVALS.c.due_at < late, is_installed(ARRIVALS.c.workspace_id)),
            }
            found = {name: int((await tx.execute(query)).scalar_one()) for name, query in counted.items()}
        return {name: count for name, count in found.items() if count}
