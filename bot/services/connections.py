"""How connections stand, as people see them; what can be connected; and asking somebody who may to connect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, ListSyncRow, OrganisationRow, TokenSetRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.connecting import Package, Stopped
from bot.domain.connections import ConnectionCard, Health
from bot.domain.disconnecting import Disconnected
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.rights import Role
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.connect_stops import STOPPED
from bot.services.connection_cards import card_of
from bot.services.connection_messages import (
    LAPSE,
    NEWS,
    disconnected_role,
    is_newer,
    lapse_role,
    reconnect_role,
)
from bot.services.messages import Drawn, Place, Shown, Subject, Surface, want
from bot.services.people import Directory, NotAllowedError, People
from bot.services.refreshing import REFRESH, run_of
from bot.services.settings import load_settings, people_with
from bot.views import connecting, disconnecting, refreshing
from bot.views import connections as views
from providers.base import AccountingProvider

CONNECTIONS = table_of(ConnectionRow)
ORGANISATIONS = table_of(OrganisationRow)
SYNCS = table_of(ListSyncRow)
FLOWS = table_of(ConnectFlowRow)
TOKENS = table_of(TokenSetRow)

_OF_WORKSPACE = (
    select(CONNECTIONS, ORGANISATIONS.c.name, ORGANISATIONS.c.books, TOKENS.c.login)
    .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
    .outerjoin(TOKENS, TOKENS.c.id == CONNECTIONS.c.token_set_id)
    .where(CONNECTIONS.c.workspace_id == bindparam("workspace_id"))
    .order_by(ORGANISATIONS.c.name)
)
_OF_ORGANISATION = _OF_WORKSPACE.where(CONNECTIONS.c.organisation_id == bindparam("organisation_id"))
_PROGRESS = select(SYNCS).where(
    SYNCS.c.workspace_id == bindparam("workspace_id"), SYNCS.c.organisation_id == bindparam("organisation_id")
)

ASKED = "asked"
MOST_ASKED = 5
"""More admins than this are not written to for one question."""


@dataclass(frozen=True, slots=True)
class Connections:
    db: Database
    people: People
    directory: Directory
    providers: Mapping[str, AccountingProvider]

    def packages(self) -> tuple[Package, ...]:
        """What can be connected: providers that this installation has credentials for."""
        profiles = [provider.profile for provider in self.providers.values()]
        return tuple(
            Package(
                key=found.key,
                name=found.name,
                steps=found.connect.steps,
                rights=found.connect.rights,
                layouts=tuple((layout.key, layout.name) for layout in found.layouts),
            )
            for found in profiles
        )

    def package(self, key: str) -> Package | None:
        return next((found for found in self.packages() if found.key == key), None)

    async def refusal(self, actor: Actor) -> NotAllowedError | None:
        """Why the person may not connect; None when they may."""
        try:
            await self.people.require_connect(actor)
        except NotAllowedError as error:
            return error
        return None

    async def provider_of(self, actor: Actor, organisation_id: OrganisationId) -> tuple[str, str] | None:
        """The provider's key and the organisation's name, for reconnecting; None when there is no such connection."""
        async with self.db.read() as tx:
            row = await _row(tx, actor.workspace.id, organisation_id)
        return None if row is None else (row.provider, row.name)

    async def ask(self, actor: Actor) -> tuple[UserId, ...]:
        """Write to those who may connect, with the button; answers who was asked. Asking again is the same message.

        Raises:
            NotAllowedError: guests, bots and people of other companies ask nobody.
        """
        await self.people.require_member(actor)
        admins = (await self.directory.workspace_admins(actor.workspace))[:MOST_ASKED]
        async with self.db.write() as tx:
            for admin in admins:
                place = Place(role=f"{ASKED}:{admin}", surface=Surface.DIRECT, user_id=admin)
                await want(tx, actor.workspace.id, Subject.CONNECTION, f"ask:{actor.user_id}", place)
            await audit.record(
                tx, actor.workspace.id, UUID(str(actor.workspace.id)), "asked to connect", by=actor.user_id
            )
        return admins

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.CONNECTION`: a connection's card, a try that stopped, or a question."""
        if message.role.startswith(ASKED):
            text, blocks = connecting.asked(UserId(message.subject_id.removeprefix("ask:")))
            return Drawn(text=text, blocks=blocks)
        if message.role == STOPPED:
            return await self._draw_stopped(tx, message)
        card = await self.card(tx, message.workspace_id, OrganisationId(UUID(message.subject_id)))
        if card is None:
            return None
        if message.role.startswith(f"{REFRESH}:"):
            kinds = await _kinds_of_run(tx, message)
            text, blocks = refreshing.message(card, tuple(found for found in card.lists if found.kind in kinds))
        elif message.role.startswith(NEWS):
            admins = await people_with(tx, message.workspace_id, card.organisation_id, Role.ADMIN)
            return _news(card, message, admins)
        else:
            text, blocks = views.connection_message(card)
            return Drawn(text=text, blocks=blocks, comes_back=False)
        return Drawn(text=text, blocks=blocks)

    async def _draw_stopped(self, tx: Tx, message: Shown) -> Drawn | None:
        stopped = load(message.facts, Stopped)
        statement = select(FLOWS.c.provider, FLOWS.c.organisation_id).where(
            FLOWS.c.id == UUID(message.subject_id), FLOWS.c.workspace_id == message.workspace_id
        )
        flow = (await tx.execute(statement)).one_or_none()
        if flow is None:
            return None
        name = self.providers[flow.provider].profile.name if flow.provider in self.providers else flow.provider
        text, blocks = connecting.stopped(name, stopped.explanation, flow.organisation_id)
        return Drawn(text=text, blocks=blocks)

    async def card(self, tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> ConnectionCard | None:
        row = await _row(tx, workspace_id, organisation_id)
        return None if row is None else await self._card(tx, row)

    async def _card(self, tx: Tx, row: Row[Any]) -> ConnectionCard:
        workspace_id, organisation_id = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
        settings = await load_settings(tx, workspace_id, organisation_id)
        of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
        syncs = (await tx.execute(_PROGRESS, of)).all()
        provider = self.providers.get(row.provider)
        return card_of(
            row,
            syncs,
            provider,
            steps_done=settings.steps_done,
            is_set_up=settings.is_set_up,
            sends_approved=settings.is_set_up and settings.costs.sends_approved,
        )


def _news(card: ConnectionCard, message: Shown, admins: tuple[UserId, ...]) -> Drawn:
    """What happened to a connection, as long as it is the last thing that did; then what came of it, for good."""
    match card.health:
        case Health.BROKEN if message.role == reconnect_role(card.connected_at):
            text, blocks = views.reconnect_message(card, admins)
        case Health.AT_RISK if card.lapse_told_at and message.role == lapse_role(card.lapse_told_at):
            text, blocks = views.reconnect_message(card, admins)
        case Health.DISCONNECTED if message.role == disconnected_role(card.connected_at):
            text, blocks = disconnecting.message(card, load(message.facts, Disconnected))
        case _:
            text, blocks = _what_came_of_it(card, message)
            return Drawn(text=text, blocks=blocks, is_last=True)
    return Drawn(text=text, blocks=blocks)


def _what_came_of_it(card: ConnectionCard, message: Shown) -> views.Message:
    if is_newer(card.connected_at, message.role):
        return views.connected_again(card)
    if card.health is Health.HEALTHY and message.role.startswith(LAPSE):
        return views.renewed(card)
    return views.as_it_stands(card)


async def _row(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Row[Any] | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return (await tx.execute(_OF_ORGANISATION, of)).one_or_none()


async def _kinds_of_run(tx: Tx, message: Shown) -> frozenset[str]:
    """The lists that a refresh reads; none any more once a newer one reads them."""
    statement = select(SYNCS.c.kind).where(
        SYNCS.c.workspace_id == message.workspace_id,
        SYNCS.c.organisation_id == UUID(message.subject_id),
        SYNCS.c.run == run_of(message.role),
    )
    return frozenset((await tx.execute(statement)).scalars())
