"""Who somebody is and what they may do, asked in one place by every entry."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import GrantRow, OrganisationRow
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rights import Deed, Person, Refusal, Role, Standing, decide, decide_edit, why_unfit
from bot.domain.slack import Actor, Workspace

GRANTS, ORGANISATIONS = table_of(GrantRow), table_of(OrganisationRow)

_GRANTED = (
    select(GRANTS.c.user_id, GRANTS.c.role)
    .select_from(ORGANISATIONS)
    .outerjoin(GRANTS, GRANTS.c.organisation_id == ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"), ORGANISATIONS.c.id == bindparam("organisation_id")
    )
    .order_by(GRANTS.c.position, GRANTS.c.user_id)
)
"""One row without a person where nobody has a role; none where the workspace has no such organisation."""


class Directory(Protocol):
    """Slack's word on a person, at most a minute old."""

    async def person(self, workspace: Workspace, user_id: UserId) -> Person | None:
        """None when Slack does not know the person or cannot be asked."""
        ...

    async def workspace_admins(self, workspace: Workspace) -> tuple[UserId, ...]:
        """Slack owners, admins and the installer; empty when Slack cannot be asked."""
        ...


class NotAllowedError(Exception):
    """The person may not; `refusal` is told to them privately, where they are."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)


class OrganisationNotFoundError(Exception):
    """The workspace has no such organisation."""

    def __init__(self) -> None:
        super().__init__("I cannot find that organisation any more. Type `/dext connect` to connect it.")


@dataclass(frozen=True, slots=True)
class People:
    directory: Directory

    async def identify(self, actor: Actor) -> Person | None:
        """Ask Slack before a transaction is opened. An outsider is known by the user's own team, without asking, but
        where workspaces are of one Enterprise organisation: there somebody's own team is one of theirs.
        """
        if actor.team_id != actor.workspace.team_id and not actor.workspace.enterprise_id:
            return Person(user_id=actor.user_id, name="", is_of_workspace=False)
        return await self.directory.person(actor.workspace, actor.user_id)

    async def require_member(self, actor: Actor) -> Person:
        """What has no organisation yet is still for nobody but active members of the workspace.

        Raises:
            NotAllowedError: outsiders, guests, bots, the deactivated, and whoever Slack cannot name now.
        """
        person = await self.identify(actor)
        refusal = decide(Deed.SEE, person, Standing())
        if person is None or refusal is not None:
            raise NotAllowedError(refusal or Refusal("I could not check who you are."))
        return person

    async def require(
        self, tx: Tx, deed: Deed, actor: Actor, person: Person | None, organisation_id: OrganisationId
    ) -> None:
        """Inside the deciding transaction, so that a right withdrawn a moment ago counts.

        Raises:
            OrganisationNotFoundError: it is no organisation of the workspace that the request came from. Who has a role
                in another workspace's books is told to nobody here.
            NotAllowedError: with the sentence for the person.
        """
        standing = await standing_of(tx, actor.workspace.id, organisation_id, person.user_id if person else None)
        refusal = decide(deed, person, standing)
        if refusal is not None:
            raise NotAllowedError(refusal)

    async def require_edit(self, tx: Tx, actor: Actor, person: Person | None, item: Item) -> None:
        """Raises:
        NotAllowedError: whoever does not keep the books only fills in what they sent and nothing could be read of.
        """
        user_id = person.user_id if person else None
        standing = await standing_of(tx, actor.workspace.id, item.organisation_id, user_id)
        refusal = decide_edit(person, standing, item.to_fill_in_by)
        if refusal is not None:
            raise NotAllowedError(refusal)

    async def require_connect(self, actor: Actor) -> Person:
        """Raises:
        NotAllowedError: names the owners and admins who may connect.
        """
        person = await self.identify(actor)
        refusal = decide(Deed.CONNECT, person, Standing())
        if refusal is None and person is not None:
            return person
        if person is not None and why_unfit(person) is None:
            # asked only where they are named: listing a large workspace's members takes longer than a trigger lives
            admins = await self.directory.workspace_admins(actor.workspace)
            refusal = decide(Deed.CONNECT, person, Standing(admins=admins))
        raise NotAllowedError(refusal or Refusal("I could not check who you are."))

    async def lost(self, workspace: Workspace, admins: tuple[UserId, ...]) -> Mapping[UserId, str]:
        """Those of the admins who cannot act any more, each with the reason. Whom Slack cannot name now is not lost."""
        found = await asyncio.gather(*(self.directory.person(workspace, user) for user in admins))
        reasons = {user: why_unfit(person) for user, person in zip(admins, found, strict=True) if person is not None}
        return {user: reason for user, reason in reasons.items() if reason is not None}


async def standing_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId | None
) -> Standing:
    """Raises:
    OrganisationNotFoundError: the workspace has no such organisation.
    """
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    found = (await tx.execute(_GRANTED, of)).all()
    if not found:
        raise OrganisationNotFoundError
    grants = [(UserId(row.user_id), Role(row.role)) for row in found if row.user_id is not None]
    return Standing(
        roles=frozenset(role for user, role in grants if user == user_id),
        approvers=tuple(user for user, role in grants if role is Role.APPROVER),
        admins=tuple(user for user, role in grants if role is Role.ADMIN),
        bookkeepers=tuple(user for user, role in grants if role is Role.BOOKKEEPER),
    )


async def grant(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId, role: Role
) -> None:
    """Give a role; having it already is no change."""
    statement = tx.insert(GrantRow).values(
        organisation_id=organisation_id, user_id=user_id, role=role, workspace_id=workspace_id, position=0
    )
    await tx.execute(statement.on_conflict_do_nothing())
