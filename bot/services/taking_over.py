"""Becoming the admin of an organisation whose admins have all left: those who may connect can, nobody else, and it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import OrganisationRow, SettingsRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.managing import TakeOver
from bot.domain.rights import Deed, Person, Role, decide
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.connection_messages import place_of_news, redraw_connection
from bot.services.messages import note
from bot.services.namesakes import IS_NAMESAKE, PROVIDER, called
from bot.services.people import NotAllowedError, OrganisationNotFoundError, People, grant, standing_of
from bot.services.saving_settings import next_version
from bot.services.settings import people_with
from bot.views import taking_over as views

ORGANISATIONS, SETTINGS = table_of(OrganisationRow), table_of(SettingsRow)


@dataclass(frozen=True, slots=True)
class TakingOver:
    db: Database
    people: People

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> TakeOver:
        """Raises:
        NotAllowedError: an admin is left who can act, or the person is nobody who may connect.
        OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person, lost = await self._asked(actor, organisation_id)
        async with self.db.read() as tx:
            return await _decided(tx, actor, person, organisation_id, lost)

    async def take_over(self, actor: Actor, organisation_id: OrganisationId) -> TakeOver:
        """Make the person an admin. Of two who do it at once the second finds that there is an admin again.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
        """
        person, lost = await self._asked(actor, organisation_id)
        async with self.db.write() as tx:
            version = await _locked(tx, actor.workspace.id, organisation_id)
            found = await _decided(tx, actor, person, organisation_id, lost)
            await grant(tx, actor.workspace.id, organisation_id, actor.user_id, Role.ADMIN)
            # a form that somebody has open shows the roles as they were
            await next_version(tx, actor.workspace.id, organisation_id, version)
            await _tell(tx, actor, found, version)
        return found

    async def _asked(self, actor: Actor, organisation_id: OrganisationId) -> tuple[Person | None, Mapping[UserId, str]]:
        """What Slack says of the person and of the admins, before a transaction is opened."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            admins = await people_with(tx, actor.workspace.id, organisation_id, Role.ADMIN)
        is_of_use = person is not None and person.is_workspace_admin and actor.user_id not in admins
        return person, await self.people.lost(actor.workspace, admins) if is_of_use else {}


async def _locked(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> int:
    """The version of the settings, which nobody else changes until this is decided."""
    statement = select(SETTINGS.c.version).where(
        SETTINGS.c.workspace_id == workspace_id, SETTINGS.c.organisation_id == organisation_id
    )
    version = (await tx.execute(statement.with_for_update())).scalar_one_or_none()
    if version is None:
        raise OrganisationNotFoundError
    return int(version)


async def _decided(
    tx: Tx, actor: Actor, person: Person | None, organisation_id: OrganisationId, lost: Mapping[UserId, str]
) -> TakeOver:
    """Decided by the admins that there are now: one who was added meanwhile was not asked about, and so is not lost.

    Raises: as `TakingOver.opened`.
    """
    statement = select(ORGANISATIONS.c.name, PROVIDER, IS_NAMESAKE).where(
        ORGANISATIONS.c.workspace_id == actor.workspace.id, ORGANISATIONS.c.id == organisation_id
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    standing = await standing_of(tx, actor.workspace.id, organisation_id, actor.user_id)
    refusal = decide(Deed.TAKE_OVER, person, replace(standing, lost=frozenset(lost)))
    if refusal is not None:
        raise NotAllowedError(refusal)
    return TakeOver(organisation_id=organisation_id, organisation=called(row), lost=lost)


async def _tell(tx: Tx, actor: Actor, found: TakeOver, version: int) -> None:
    workspace_id, organisation_id = actor.workspace.id, found.organisation_id
    place = await place_of_news(tx, workspace_id, organisation_id, actor.user_id, "taken over")
    key = f"taken over:{organisation_id}:{version}"
    await note(tx, workspace_id, key, place, views.news(found, actor.user_id))
    await redraw_connection(tx, workspace_id, organisation_id, actor.user_id, *found.lost)
    await audit.record(
        tx,
        workspace_id,
        organisation_id,
        "organisation taken over",
        by=actor.user_id,
        organisation_id=organisation_id,
        facts={"lost": dict(found.lost)},
    )
