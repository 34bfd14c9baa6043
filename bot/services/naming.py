"""Connecting what nobody signs in to: an admin names an organisation, and that becomes a connection like any other.

What was typed stands where a sign-in does, sealed as one. The rest is what finishing a connection is (`linking`): the
person is the organisation's first admin, it is announced and recorded, and reconnecting it keeps everything.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.db.base import dump, load, new_id, table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import BillRights, Books, OrganisationChoice
from bot.domain.connecting import NamedBooks, NamingPage, Stage
from bot.domain.connections import Health
from bot.domain.ids import ChannelId, OrganisationId, WorkspaceId
from bot.domain.slack import Actor
from bot.domain.texts import folded
from bot.services import lists
from bot.services.connect_rows import FLOWS, LIFE, hashed
from bot.services.connections import Connections
from bot.services.linking import Linking
from bot.services.people import OrganisationNotFoundError, People
from bot.services.saving_settings import BeginToFollow
from bot.services.settings import load_settings
from providers.base import FileProvider

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)


class NameTakenError(Exception):
    """Two organisations of one name could not be told apart."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is connected here already. Choose another name, or press Manage on its card in Home.")


@dataclass(frozen=True, slots=True)
class Naming:
    db: Database
    people: People
    connections: Connections
    linking: Linking
    providers: Mapping[str, FileProvider]
    begin_to_follow: BeginToFollow

    async def opened(self, actor: Actor, package: str, organisation_id: OrganisationId | None = None) -> NamingPage:
        """Raises:
        NotAllowedError: names who may connect.
        OrganisationNotFoundError: there is no such package, or no such connection of it.
        """
        await self.people.require_connect(actor)
        found = self.connections.package(package)
        if found is None or package not in self.providers:
            raise OrganisationNotFoundError
        if organisation_id is None:
            return NamingPage(package=found)
        async with self.db.read() as tx:
            _, books = await _known(tx, actor.workspace.id, package, organisation_id)
        before = NamedBooks(
            name=books.name, layout=books.layout or "", currency=books.base_currency, country=books.country
        )
        return NamingPage(package=found, organisation_id=organisation_id, before=before)

    async def connect(
        self,
        actor: Actor,
        package: str,
        named: NamedBooks,
        *,
        channel_id: ChannelId | None = None,
        organisation_id: OrganisationId | None = None,
    ) -> OrganisationId:
        """Connect it, or the one that is known anew; what was typed before is what was typed now.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            NameTakenError
        """
        await self.people.require_connect(actor)
        provider = self.providers.get(package)
        if provider is None:
            raise OrganisationNotFoundError
        workspace_id = actor.workspace.id
        async with self.db.write() as tx:
            await _require_free(tx, workspace_id, package, named.name, organisation_id)
            tenant_id = str(new_id())
            if organisation_id is not None:
                tenant_id, _ = await _known(tx, workspace_id, package, organisation_id)
            books = Books(
                provider_id=tenant_id,
                name=named.name,
                base_currency=named.currency,
                country=named.country,
                lock_dates_known=False,
                bill_rights=BillRights.ALL,
                layout=named.layout,
            )
            books = replace(books, rules=provider.rules(books))
            choice = OrganisationChoice(tenant_id=tenant_id, name=named.name, bill_rights=BillRights.ALL)
            token_set_id = await self.linking.flows.tokens.keep(tx, package, provider.granted(books))
            row_id = new_id()
            await tx.execute(
                FLOWS.insert().values(
                    id=row_id,
                    workspace_id=workspace_id,
                    user_id=actor.user_id,
                    provider=package,
                    organisation_id=organisation_id,
                    stage=Stage.GRANTED,
                    link_hash=hashed(secrets.token_urlsafe(32)),
                    code_tries=0,
                    channel_id=channel_id,
                    token_set_id=token_set_id,
                    choices=dump((choice,)),
                    created_at=tx.now,
                    expires_at=tx.now + LIFE,
                )
            )
            row = (await tx.execute(select(FLOWS).where(FLOWS.c.id == row_id))).one()
            await self.linking.link(tx, row, choice, books, frozenset({tenant_id}))
            found = await _without_lists(tx, workspace_id, package, tenant_id)
            if organisation_id is not None:  # what waits is looked at by what the files have a place for now
                await lists.keep_books(tx, workspace_id, found, books, has_rules_followed=True)
                await self.begin_to_follow(tx, workspace_id, found, await load_settings(tx, workspace_id, found))
            return found


async def _known(tx: Tx, workspace_id: WorkspaceId, package: str, organisation_id: OrganisationId) -> tuple[str, Books]:
    statement = (
        select(CONNECTIONS.c.tenant_id, ORGANISATIONS.c.books)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
        .where(
            CONNECTIONS.c.workspace_id == workspace_id,
            CONNECTIONS.c.organisation_id == organisation_id,
            CONNECTIONS.c.provider == package,
        )
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    return row.tenant_id, load(row.books, Books)


async def _require_free(
    tx: Tx, workspace_id: WorkspaceId, package: str, name: str, organisation_id: OrganisationId | None
) -> None:
    statement = (
        select(ORGANISATIONS.c.id, ORGANISATIONS.c.name)
        .join(CONNECTIONS, CONNECTIONS.c.organisation_id == ORGANISATIONS.c.id)
        .where(ORGANISATIONS.c.workspace_id == workspace_id, CONNECTIONS.c.provider == package)
    )
    for row in (await tx.execute(statement)).all():
        if row.id != organisation_id and folded(row.name) == folded(name):
            raise NameTakenError(name)


async def _without_lists(tx: Tx, workspace_id: WorkspaceId, package: str, tenant_id: str) -> OrganisationId:
    """There are no lists to be read first."""
    statement = (
        CONNECTIONS.update()
        .where(
            CONNECTIONS.c.workspace_id == workspace_id,
            CONNECTIONS.c.provider == package,
            CONNECTIONS.c.tenant_id == tenant_id,
        )
        .values(health=Health.HEALTHY)
        .returning(CONNECTIONS.c.organisation_id)
    )
    return OrganisationId((await tx.execute(statement)).scalar_one())
