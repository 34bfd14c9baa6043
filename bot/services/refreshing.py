"""Reading a ledger's lists again because somebody asked: a row and a job, and a message that says how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, ListSyncRow, OrganisationRow
from bot.db.messages import MessageRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import ListKind
from bot.domain.connections import LIST_NAMES, Health
from bot.domain.ids import ConnectionId, OrganisationId, WorkspaceId
from bot.domain.managing import Refresh
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.homes import redraw_homes_of
from bot.services.importing import UNDER_WAY, start_import
from bot.services.jobs import Jobs
from bot.services.messages import Place, Subject, Surface, redraw, want
from bot.services.people import OrganisationNotFoundError, People
from bot.views.text import escape
from providers.base import AccountingProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)
SYNCS, MESSAGES = table_of(ListSyncRow), table_of(MessageRow)

REFRESH = "refresh"
"""The role of the message to whoever asked: with the run, and the person."""


def refresh_role(run: int, user_id: str) -> str:
    return f"{REFRESH}:{run}:{user_id}"


def run_of(role: str) -> int:
    return int(role.split(":")[1])


class CannotRefreshError(Exception):
    """The lists cannot be read now; the words say why, and what to do."""


@dataclass(frozen=True, slots=True)
class Refreshing:
    db: Database
    people: People
    jobs: Jobs
    providers: Mapping[str, AccountingProvider]

    async def start(self, actor: Actor, organisation_id: OrganisationId, kind: ListKind | None) -> Refresh:
        """Have all lists read, or one. While a reading is under way nothing is begun anew, and whoever asks is told of
        that one. What is in use stays in use meanwhile.

        Raises:
            NotAllowedError: only admins and bookkeepers of the organisation.
            OrganisationNotFoundError: this workspace has no such connection.
            CannotRefreshError: it has ended, or its software has no such list.
        """
        person = await self.people.identify(actor)
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.REFRESH, actor, person, organisation_id)
            connection = await _connection(tx, workspace_id, organisation_id)
            provider = self.providers.get(connection.provider)
            if provider is None:
                raise CannotRefreshError("Whoever runs Dext took away the credentials of this software. Ask them.")
            kinds = _require_readable(connection, provider, kind)
            known = await _syncs(tx, workspace_id, organisation_id)
            under_way = [sync for sync in known if sync.state in UNDER_WAY]
            if not under_way:
                await _forget_told(tx, workspace_id, organisation_id)
                await start_import(tx, self.jobs, ConnectionId(connection.id), kinds)
                await self._audit(tx, actor, organisation_id, kinds)
            begun = under_way or await _syncs(tx, workspace_id, organisation_id)
            place = Place(
                role=refresh_role(max(sync.run for sync in begun), actor.user_id),
                surface=Surface.DIRECT,
                user_id=actor.user_id,
            )
            await want(tx, workspace_id, Subject.CONNECTION, organisation_id, place)
            await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
            await redraw_homes_of(tx, workspace_id, organisation_id)
        return Refresh(
            organisation=connection.name,
            ledger=provider.profile.name,
            kinds=tuple(ListKind(sync.kind) for sync in under_way) or kinds,
            has_begun=not under_way,
        )

    async def _audit(self, tx: Tx, actor: Actor, organisation_id: OrganisationId, kinds: Sequence[ListKind]) -> None:
        await audit.record(
            tx,
            actor.workspace.id,
            organisation_id,
            "lists refreshed",
            by=actor.user_id,
            organisation_id=organisation_id,
            facts={"lists": list(kinds)},
        )


def _require_readable(
    connection: Row[Any], provider: AccountingProvider, kind: ListKind | None
) -> tuple[ListKind, ...]:
    ledger = provider.profile.name
    if connection.health in (Health.BROKEN, Health.DISCONNECTED):
        raise CannotRefreshError(
            f"{escape(connection.name)} is not connected to {ledger} at the moment, so its lists cannot be read. A Slack owner "
            "or admin can press Reconnect in Home; then they are read by themselves."
        )
    if not provider.profile.lists:
        raise CannotRefreshError(
            f"The lists of *{escape(connection.name)}* are typed here, so there is nothing to read. An admin types them: *Manage*, in Home."
        )
    if kind is not None and kind not in provider.profile.lists:
        raise CannotRefreshError(f"{ledger} has no list of {LIST_NAMES[kind]} that I read, so nothing was done.")
    return provider.profile.lists if kind is None else (kind,)


async def _connection(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Row[Any]:
    """Locked, so that two who ask at once start one reading."""
    statement = (
        select(CONNECTIONS, ORGANISATIONS.c.name)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
        .where(CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id)
        .with_for_update(of=CONNECTIONS)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    return row


async def _syncs(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Sequence[Row[Any]]:
    of = (SYNCS.c.workspace_id == workspace_id, SYNCS.c.organisation_id == organisation_id)
    return (await tx.execute(select(SYNCS.c.kind, SYNCS.c.run, SYNCS.c.state).where(*of))).all()


async def _forget_told(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> None:
    """What was told of refreshes that are over stands as it is: it would be drawn again with every page of the next."""
    await tx.execute(
        MESSAGES.delete().where(
            MESSAGES.c.workspace_id == workspace_id,
            MESSAGES.c.subject == Subject.CONNECTION,
            MESSAGES.c.subject_id == str(organisation_id),
            MESSAGES.c.role.startswith(f"{REFRESH}:"),
            MESSAGES.c.is_waiting.is_(False),
        )
    )
