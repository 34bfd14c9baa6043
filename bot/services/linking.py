"""The end of connecting: one organisation of a grant becomes, or stays, a connection of the workspace.

The access is proven by a real read before anything is kept. Connecting an organisation that is known already renews its
connection and keeps everything else.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from bot.db.base import dump, load, new_id, table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, OrganisationRow, SettingsRow, TokenSetRow
from bot.db.unit_of_work import Nudge, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.books import BillRights, Books, OrganisationChoice
from bot.domain.connecting import Stage, Stop
from bot.domain.connections import Health
from bot.domain.ids import ConnectionId, OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.domain.slack import Actor
from bot.services import audit, home_cards, lists
from bot.services.connect_flow import ConnectFlows
from bot.services.connect_rows import newest
from bot.services.connect_stops import StoppedError
from bot.services.connection_messages import AGAIN, ANNOUNCEMENT, redraw_connection
from bot.services.importing import start_import
from bot.services.jobs import Jobs
from bot.services.messages import Place, Subject, Surface, note, redraw, want
from bot.services.people import NotAllowedError, grant
from bot.services.settings import load_settings
from bot.services.taking_place import offer_to_merge, put_in_place, require_replaceable
from bot.views import connections as views
from providers.errors import ProviderError

FLOWS = table_of(ConnectFlowRow)
CONNECTIONS = table_of(ConnectionRow)
ORGANISATIONS = table_of(OrganisationRow)
WORKSPACES = table_of(WorkspaceRow)
TOKENS = table_of(TokenSetRow)

CONNECTOR = "connector"
"""The place of a connection's message in the connector's own conversation."""


@dataclass(frozen=True, slots=True)
class Linking:
    flows: ConnectFlows
    jobs: Jobs

    async def finish(self, provider: str, cookie: str, tenant_id: str) -> str:
        """Connect the organisation that was chosen; answers where Slack is.

        Raises:
            StoppedError: over, not one of the choices, another organisation than before, no right, or no answer.
        """
        row = await self._granted(provider, cookie)
        choice = _chosen(row, tenant_id)
        await self._require_still_allowed(row)
        books, shared = await self._prove(row, choice)
        if books.bill_rights is BillRights.NONE:
            await self.flows.grant.refuse_rights(row, choice)
        async with self.flows.db.write() as tx:
            return await self.link(tx, row, choice, books, shared)

    async def back_to_slack(self, provider: str, cookie: str) -> str:
        """Where Slack is, for a try that is over."""
        async with self.flows.db.read() as tx:
            row = (await tx.execute(newest(provider, cookie))).one_or_none()
            if row is None:
                return self.flows.site.slack_url
            return await self._slack(tx, row)

    async def _granted(self, provider: str, cookie: str) -> Row[Any]:
        await self.flows.seen(provider, cookie)
        async with self.flows.db.read() as tx:
            row = (await tx.execute(newest(provider, cookie))).one()
        if row.stage != Stage.GRANTED:
            raise StoppedError(Stop.USED)
        return row

    async def _require_still_allowed(self, row: Row[Any]) -> None:
        workspace = await self.flows.workspaces.load(WorkspaceId(row.workspace_id))
        if workspace is None:
            raise StoppedError(Stop.UNKNOWN)
        actor = Actor(workspace=workspace, user_id=UserId(row.user_id), team_id=workspace.team_id)
        try:
            await self.flows.people.require_connect(actor)
        except NotAllowedError:
            raise StoppedError(Stop.NOT_ALLOWED) from None

    async def _prove(self, row: Row[Any], choice: OrganisationChoice) -> tuple[Books, frozenset[str]]:
        """A token that was only ever stored might not read a thing. Answers the books, and all tenants it sees."""
        provider = self.flows.providers[row.provider]
        try:
            access = await self.flows.tokens.access_to(UUID(str(row.token_set_id)), choice.tenant_id)
            return await provider.books(access), await provider.shared(access)
        except ProviderError:
            raise StoppedError(Stop.PROVIDER_FAILED) from None

    async def link(
        self, tx: Tx, row: Row[Any], choice: OrganisationChoice, books: Books, shared: frozenset[str]
    ) -> str:
        """What a try has been granted becomes, or stays, a connection; answers where Slack is.

        Raises:
            StoppedError: it is over, or for another organisation.
        """
        workspace_id, user_id = WorkspaceId(row.workspace_id), UserId(row.user_id)
        # two links to one organisation finished at once would make it twice
        await tx.execute(select(WORKSPACES.c.id).where(WORKSPACES.c.id == workspace_id).with_for_update())
        finished = FLOWS.update().where(FLOWS.c.id == row.id, FLOWS.c.stage == Stage.GRANTED)
        if (await tx.execute(finished.values(stage=Stage.FINISHED, choices=None))).rowcount == 0:
            raise StoppedError(Stop.USED)
        known = await _known(tx, row, choice.tenant_id)
        if row.organisation_id is not None and (known is None or known.organisation_id != row.organisation_id):
            raise StoppedError(Stop.OTHER_ORGANISATION)
        if row.replaces_id is not None:
            await require_replaceable(tx, row, None if known is None else OrganisationId(known.organisation_id))
        if known is None:
            connection_id, organisation_id = await _create(tx, row, choice, books)
            await grant(tx, workspace_id, organisation_id, user_id, Role.ADMIN)
            deed = "organisation connected"
        else:
            connection_id, organisation_id = ConnectionId(known.id), OrganisationId(known.organisation_id)
            await _renew(tx, row, choice, connection_id)
            await lists.keep_books(tx, workspace_id, organisation_id, books)
            await home_cards.connection_changed(tx, workspace_id, organisation_id)
            deed = "organisation reconnected"
        if row.replaces_id is not None:
            await put_in_place(tx, self.flows.providers, row, organisation_id)
        elif known is None:
            await offer_to_merge(tx, row, organisation_id)
        await _revive(tx, row, shared)
        is_replaced = known is not None and await _is_given_up(tx, row, known)
        facts = {"provider": row.provider, "tenant": choice.tenant_id, "organisation": books.name}
        if is_replaced:
            facts["gives_back"] = "the sign-in before"
        await audit.record(
            tx, workspace_id, connection_id, deed, by=user_id, organisation_id=organisation_id, facts=facts
        )
        await start_import(tx, self.jobs, connection_id, self.flows.providers[row.provider].profile.lists)
        ledger = self.flows.providers[row.provider].profile.name
        settings = await load_settings(tx, workspace_id, organisation_id)
        gives_back_to = ledger if is_replaced else None
        words = views.reconnected(user_id, books.name, is_set_up=settings.is_set_up, gives_back_to=gives_back_to)
        await _announce(tx, row, organisation_id, None if known is None else words)
        tx.nudge(Nudge.PLANNER)
        return await self._slack(tx, row)

    async def _slack(self, tx: Tx, row: Row[Any]) -> str:
        statement = select(WORKSPACES.c.app_id, WORKSPACES.c.team_id).where(WORKSPACES.c.id == row.workspace_id)
        workspace = (await tx.execute(statement)).one()
        return self.flows.site.back_to_slack(workspace.app_id, workspace.team_id)


def _chosen(row: Row[Any], tenant_id: str) -> OrganisationChoice:
    """The organisation comes from what the provider told us with its new token, never from the browser alone."""
    for choice in load(row.choices, tuple[OrganisationChoice, ...]):
        if choice.tenant_id == tenant_id:
            return choice
    raise StoppedError(Stop.OTHER_ORGANISATION)


async def _known(tx: Tx, row: Row[Any], tenant_id: str) -> Row[Any] | None:
    statement = select(CONNECTIONS).where(
        CONNECTIONS.c.workspace_id == row.workspace_id,
        CONNECTIONS.c.provider == row.provider,
        CONNECTIONS.c.tenant_id == tenant_id,
    )
    return (await tx.execute(statement)).one_or_none()


async def _create(
    tx: Tx, row: Row[Any], choice: OrganisationChoice, books: Books
) -> tuple[ConnectionId, OrganisationId]:
    connection_id, organisation_id = ConnectionId(new_id()), OrganisationId(new_id())
    await tx.execute(
        ORGANISATIONS.insert().values(
            id=organisation_id,
            workspace_id=row.workspace_id,
            name=books.name,
            books=dump(books),
            next_reference=1,
            created_at=tx.now,
        )
    )
    settings = table_of(SettingsRow).insert()
    await tx.execute(
        settings.values(organisation_id=organisation_id, workspace_id=row.workspace_id, version=0, chosen="{}")
    )
    await tx.execute(
        CONNECTIONS.insert().values(
            id=connection_id,
            workspace_id=row.workspace_id,
            organisation_id=organisation_id,
            provider=row.provider,
            tenant_id=choice.tenant_id,
            link_id=choice.link_id,
            token_set_id=row.token_set_id,
            connected_by=row.user_id,
            connected_at=tx.now,
            health=Health.IMPORTING,
        )
    )
    return connection_id, organisation_id


async def _renew(tx: Tx, row: Row[Any], choice: OrganisationChoice, connection_id: ConnectionId) -> None:
    await tx.execute(
        CONNECTIONS.update()
        .where(CONNECTIONS.c.id == connection_id, CONNECTIONS.c.workspace_id == row.workspace_id)
        .values(
            link_id=choice.link_id,
            token_set_id=row.token_set_id,
            connected_by=row.user_id,
            connected_at=tx.now,
            health=Health.HEALTHY,
            trouble=None,
            lapse_told_at=None,
        )
    )


async def _is_given_up(tx: Tx, row: Row[Any], before: Row[Any]) -> bool:
    """Whether the sign-in that the connection had until now is used by nothing any more: `giving_back` ends it."""
    users = select(CONNECTIONS.c.id).where(CONNECTIONS.c.token_set_id == TOKENS.c.id)
    statement = select(TOKENS.c.id).where(
        TOKENS.c.id == before.token_set_id,
        TOKENS.c.id != row.token_set_id,
        TOKENS.c.ended_at.is_(None),
        ~users.exists(),
    )
    return (await tx.execute(statement)).one_or_none() is not None


async def _revive(tx: Tx, row: Row[Any], shared: frozenset[str]) -> None:
    """Other connections of the same sign-in, of any workspace, had ended with it, and have it back now, as far as it
    still sees their organisations. Who connected them stays as it was.
    """
    statement = (
        CONNECTIONS.update()
        .where(
            CONNECTIONS.c.token_set_id == row.token_set_id,
            CONNECTIONS.c.tenant_id.in_(shared),
            CONNECTIONS.c.health.in_((Health.BROKEN, Health.AT_RISK)),
        )
        .values(health=Health.HEALTHY, trouble=None, lapse_told_at=None, connected_at=tx.now)
        .returning(CONNECTIONS.c.workspace_id, CONNECTIONS.c.organisation_id, CONNECTIONS.c.connected_by)
    )
    for other in (await tx.execute(statement)).all():
        of = WorkspaceId(other.workspace_id), OrganisationId(other.organisation_id)
        await redraw_connection(tx, *of, UserId(other.connected_by))


async def _announce(tx: Tx, row: Row[Any], organisation_id: OrganisationId, again_words: str | None) -> None:
    """Slack hears who connected what, in the connector's own conversation and where the command was typed, unless that
    channel turns out to be closed to us or shared with another company (`rehoming`); of a reconnection in these words.
    """
    workspace_id, user_id = WorkspaceId(row.workspace_id), UserId(row.user_id)
    direct = Place(role=CONNECTOR, surface=Surface.DIRECT, user_id=user_id)
    in_channel = row.channel_id is not None and row.channel_id.startswith("C")
    channel = Place(role=ANNOUNCEMENT, surface=Surface.CHANNEL, channel_id=row.channel_id)
    if again_words is None:
        await want(tx, workspace_id, Subject.CONNECTION, organisation_id, direct)
        if in_channel:
            await want(tx, workspace_id, Subject.CONNECTION, organisation_id, channel)
    else:
        again = Place(role=AGAIN, surface=Surface.DIRECT, user_id=user_id)
        if in_channel:
            again = Place(role=AGAIN, surface=Surface.CHANNEL, channel_id=row.channel_id, user_id=user_id)
        await note(tx, workspace_id, f"reconnected:{row.id}", again, again_words)
        await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
    await redraw(tx, workspace_id, Subject.HOME, user_id)
