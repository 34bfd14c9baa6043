"""Who has which role in an organisation: shown, checked with Slack, and saved as a whole."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import OrganisationRow, SettingsRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.managing import PeopleForm, PeoplePage, RoleHolders
from bot.domain.rights import Deed, Role, why_unfit
from bot.domain.slack import Actor
from bot.services import audit, home_cards
from bot.services.managing import role_holders
from bot.services.messages import Subject, redraw, redraw_homes
from bot.services.namesakes import IS_NAMESAKE, PROVIDER, called
from bot.services.people import Directory, OrganisationNotFoundError, People
from bot.services.saving_settings import next_version, replace_grants
from bot.services.settings import load_settings
from bot.views.text import plain

SETTINGS, ORGANISATIONS = table_of(SettingsRow), table_of(OrganisationRow)
MOST_NAMED = 5


class RolesRefusedError(Exception):
    """Roles that cannot be given so, as a sentence for each. Nothing was saved."""

    def __init__(self, roles: Mapping[Role, str]) -> None:
        self.roles = dict(roles)
        super().__init__("; ".join(self.roles.values()))


class StaleRolesError(Exception):
    """Settings or roles were saved by somebody else while the form was open; `page` is how they stand."""

    def __init__(self, page: PeoplePage) -> None:
        self.page = page
        super().__init__("the roles were changed meanwhile")


@dataclass(frozen=True, slots=True)
class Roles:
    db: Database
    people: People
    directory: Directory

    async def opened(self, actor: Actor, organisation_id: OrganisationId) -> PeoplePage:
        """Raises:
        NotAllowedError: only admins of the organisation give roles.
        OrganisationNotFoundError: it is no organisation of this workspace.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            return await _page(tx, actor.workspace.id, organisation_id)

    async def save(self, actor: Actor, organisation_id: OrganisationId, form: PeopleForm) -> PeoplePage:
        """All roles at once, or none. Who is new is checked with Slack; who had a role already is left in it.

        Raises:
            NotAllowedError, OrganisationNotFoundError: as `opened`.
            RolesRefusedError: a sentence for each role that cannot be given so.
            StaleRolesError: somebody else saved meanwhile. The same roles once more, saved already, are not stale.
        """
        before = await self.opened(actor, organisation_id)
        if before.version != form.version:
            return _same_or_stale(before, form)
        if wrong := await self._unfit(actor, before, form) | _lacking(before, form):
            raise RolesRefusedError(wrong)
        person = await self.people.identify(actor)
        async with self.db.write() as tx:
            await self.people.require(tx, Deed.SET_UP, actor, person, organisation_id)
            if not await next_version(tx, actor.workspace.id, organisation_id, form.version):
                return _same_or_stale(await _page(tx, actor.workspace.id, organisation_id), form)
            await _keep(tx, actor, before, form)
            return await _page(tx, actor.workspace.id, organisation_id)

    async def _unfit(self, actor: Actor, before: PeoplePage, form: PeopleForm) -> dict[Role, str]:
        """Those who are new in a role and could not act anyway; and admins, of whom one at least has to be able to."""
        new = {role: _added(before.people, form.people, role) for role in Role}
        asked = tuple(dict.fromkeys((*form.people[Role.ADMIN], *(user for users in new.values() for user in users))))
        people = await asyncio.gather(*(self.directory.person(actor.workspace, user) for user in asked))
        reasons = {
            user: f"{plain(person.name, 40) if person else 'Somebody chosen'} {reason}."
            for user, person in zip(asked, people, strict=True)
            if (reason := why_unfit(person)) is not None
        }
        wrong = {role: [reasons[user] for user in users if user in reasons] for role, users in new.items()}
        refused = {role: _sentences(found) for role, found in wrong.items() if found}
        admins = form.people[Role.ADMIN]
        if admins and Role.ADMIN not in refused and all(user in reasons for user in admins):
            refused[Role.ADMIN] = f"No admin here could act: {_sentences([reasons[user] for user in admins])}"
        return refused


def _lacking(before: PeoplePage, form: PeopleForm) -> dict[Role, str]:
    wrong = {}
    if not form.people[Role.ADMIN]:
        wrong[Role.ADMIN] = (
            "The last admin cannot be removed: nobody could change anything here. Choose another one first."
        )
    if before.people[Role.APPROVER] and not form.people[Role.APPROVER]:
        wrong[Role.APPROVER] = "Choose at least one person. With nobody here, nothing can be approved."
    return wrong


def _same_or_stale(now: PeoplePage, form: PeopleForm) -> PeoplePage:
    if all(now.people[role] == form.people[role] for role in Role):
        return now
    raise StaleRolesError(now)


def _added(before: RoleHolders, after: RoleHolders, role: Role) -> tuple[UserId, ...]:
    return tuple(user for user in after[role] if user not in before[role])


def _sentences(reasons: list[str]) -> str:
    more = f"And {len(reasons) - MOST_NAMED} more like these. " if len(reasons) > MOST_NAMED else ""
    return f"{' '.join(reasons[:MOST_NAMED])} {more}Choose full members of this workspace."


async def _page(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> PeoplePage:
    statement = (
        select(ORGANISATIONS.c.name, PROVIDER, IS_NAMESAKE, SETTINGS.c.version)
        .join(SETTINGS, SETTINGS.c.organisation_id == ORGANISATIONS.c.id)
        .where(ORGANISATIONS.c.workspace_id == workspace_id, ORGANISATIONS.c.id == organisation_id)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise OrganisationNotFoundError
    people = await role_holders(tx, workspace_id, organisation_id)
    return PeoplePage(organisation_id=organisation_id, organisation=called(row), version=row.version, people=people)


async def _keep(tx: Tx, actor: Actor, page: PeoplePage, form: PeopleForm) -> None:
    workspace_id, organisation_id = actor.workspace.id, page.organisation_id
    before = await load_settings(tx, workspace_id, organisation_id)
    for role in Role:
        await replace_grants(tx, workspace_id, organisation_id, role, form.people[role])
    await home_cards.follow(
        tx, workspace_id, organisation_id, before, await load_settings(tx, workspace_id, organisation_id)
    )
    await redraw(tx, workspace_id, Subject.CONNECTION, organisation_id)
    concerned = {user for people in (page.people, form.people) for users in people.values() for user in users}
    await redraw_homes(tx, workspace_id, concerned | {actor.user_id})
    added = {role: _added(page.people, form.people, role) for role in Role}
    removed = {role: _added(form.people, page.people, role) for role in Role}
    await audit.record(
        tx,
        workspace_id,
        organisation_id,
        "roles changed",
        by=actor.user_id,
        organisation_id=organisation_id,
        facts={
            "given": {role: list(users) for role, users in added.items() if users},
            "taken": {role: list(users) for role, users in removed.items() if users},
        },
    )
