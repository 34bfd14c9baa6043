"""The connections as people see and manage them: how they all stand, one in full, and reading its lists again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database, Tx
from bot.domain.conditions import ConnectionStatus
from bot.domain.connections import Health
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.managing import ManagePage, RoleHolders
from bot.domain.merging import MergeOffer
from bot.domain.rights import Deed, Person, Role, decide
from bot.domain.slack import Actor
from bot.services.bank_settings import page_if_any
from bot.services.merging import offer_of
from bot.services.people import OrganisationNotFoundError, People, standing_of
from bot.services.settings import load_settings, people_with
from bot.services.statuses import Statuses, with_deeds

OFFERED = (Deed.SET_UP, Deed.TAKE_OVER, Deed.REFRESH, Deed.FIX, Deed.CONNECT, Deed.DISCONNECT)
"""Deeds that a Manage page has buttons for."""


@dataclass(frozen=True, slots=True)
class Managing:
    db: Database
    people: People
    statuses: Statuses

    async def all(self, actor: Actor) -> tuple[ConnectionStatus, ...]:
        """Every connection of the workspace, those that need somebody first.

        Raises:
            NotAllowedError: guests, bots, the deactivated, and people of another company see none.
        """
        await self.people.require_member(actor)
        async with self.db.read() as tx:
            return await self.statuses.of_workspace(tx, actor.workspace.id, actor.user_id)

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> ManagePage:
        """One connection, with the deeds that this person is allowed at this moment.

        Raises:
            NotAllowedError: as `all`.
            OrganisationNotFoundError: this workspace has no such connection.
        """
        person = await self.people.require_member(actor)
        workspace_id = actor.workspace.id
        lost = await self._lost(actor, person, organisation_id)
        async with self.db.read() as tx:
            found = await self.statuses.of_workspace(tx, workspace_id, actor.user_id)
            status = next((each for each in found if each.card.organisation_id == organisation_id), None)
            if status is None:
                raise OrganisationNotFoundError
            standing = replace(
                await standing_of(tx, workspace_id, organisation_id, actor.user_id), lost=frozenset(lost)
            )
            deeds = frozenset(deed for deed in OFFERED if decide(deed, person, standing) is None)
            settings = await load_settings(tx, workspace_id, organisation_id)
            return ManagePage(
                status=with_deeds(status, deeds),
                people=await role_holders(tx, workspace_id, organisation_id),
                approvals_channel=settings.approvals_channel,
                alerts_channel=settings.alerts_channel,
                news_channel=settings.news_channel,
                digest_channel=settings.digest_channel,
                bank=await page_if_any(tx, workspace_id, organisation_id, self.statuses.providers),
                merging=await self._merging(tx, actor, status) if Deed.SET_UP in deeds else None,
                lost=lost,
            )

    async def _merging(self, tx: Tx, actor: Actor, status: ConnectionStatus) -> MergeOffer | None:
        is_connected = status.card.health is not Health.DISCONNECTED
        return await offer_of(tx, actor, status.card.organisation_id, is_connected=is_connected)

    async def _lost(self, actor: Actor, person: Person, organisation_id: OrganisationId) -> Mapping[UserId, str]:
        """Slack is asked about the admins only where it matters: before somebody who could take over from them."""
        async with self.db.read() as tx:
            admins = await people_with(tx, actor.workspace.id, organisation_id, Role.ADMIN)
        if not person.is_workspace_admin or actor.user_id in admins:
            return {}
        return await self.people.lost(actor.workspace, admins)


async def role_holders(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> RoleHolders:
    return {role: await people_with(tx, workspace_id, organisation_id, role) for role in Role}
