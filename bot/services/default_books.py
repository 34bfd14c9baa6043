"""The default books of a workspace with several organisations: whose items and claims are where nobody says.

A channel's organisation stands above them, and so does whoever moves an item. Without a default it is asked, and whoever
sends something in is told which books a default took it to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WorkspaceRow
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.rights import Deed, Refusal, Standing, decide
from bot.domain.slack import Actor
from bot.services import audit
from bot.services.organisations import Named, last_used_first
from bot.services.people import NotAllowedError, OrganisationNotFoundError, People
from bot.services.saving_settings import StaleFormError
from bot.services.settings import organisations_of

WORKSPACES, CONNECTIONS = table_of(WorkspaceRow), table_of(ConnectionRow)


class DefaultOf(StrEnum):
    ITEMS = "items"
    CLAIMS = "claims"


Chosen = Mapping[DefaultOf, OrganisationId | None]

_CHOSEN = select(WORKSPACES.c.items_organisation, WORKSPACES.c.claims_organisation).where(
    WORKSPACES.c.id == bindparam("workspace_id")
)
_SAVE = WORKSPACES.update().where(
    WORKSPACES.c.id == bindparam("workspace_id"),
    WORKSPACES.c.items_organisation.is_not_distinct_from(bindparam("drawn_items")),
    WORKSPACES.c.claims_organisation.is_not_distinct_from(bindparam("drawn_claims")),
)
_USABLE = (
    select(CONNECTIONS.c.organisation_id)
    .where(
        CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
        CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
        CONNECTIONS.c.health.in_(USABLE),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultBooksPage:
    """What the form is drawn from: the organisations that can be chosen, and what is."""

    organisations: tuple[Named, ...]
    chosen: Chosen
    before: Chosen | None = None
    """As it was until somebody saved just now."""


@dataclass(frozen=True, slots=True)
class DefaultBooks:
    db: Database
    people: People

    async def opened(self, actor: Actor) -> DefaultBooksPage:
        """Raises:
        NotAllowedError: only those who connect software choose.
        """
        await self._require(actor)
        async with self.db.read() as tx:
            return await _page(tx, actor)

    async def save(self, actor: Actor, drawn: Chosen, chosen: Chosen) -> DefaultBooksPage:
        """`drawn`: the books that the form was drawn from.

        Raises:
            NotAllowedError: as `opened`.
            OrganisationNotFoundError: one of them is none of this workspace.
            StaleFormError: somebody else saved meanwhile. The same form once more, saved already, is not stale.
        """
        await self._require(actor)
        async with self.db.write() as tx:
            before = await chosen_in(tx, actor.workspace.id)
            if set(chosen.values()) - {None} - set(await organisations_of(tx, actor.workspace.id)):
                raise OrganisationNotFoundError
            if dict(chosen) != dict(before):
                values = {f"{of}_organisation": organisation_id for of, organisation_id in chosen.items()}
                seen = {f"drawn_{of}": organisation_id for of, organisation_id in drawn.items()}
                if (await tx.execute(_SAVE, {"workspace_id": actor.workspace.id, **seen, **values})).rowcount == 0:
                    raise StaleFormError
                facts = {of.value: [_text(before[of]), _text(chosen[of])] for of in DefaultOf}
                await audit.record(
                    tx, actor.workspace.id, actor.workspace.id, "default books saved", by=actor.user_id, facts=facts
                )
            page = await _page(tx, actor)
        return DefaultBooksPage(organisations=page.organisations, chosen=page.chosen, before=before)

    async def _require(self, actor: Actor) -> None:
        person = await self.people.require_member(actor)
        refusal = decide(Deed.CONNECT, person, Standing())
        if refusal is not None:
            words = "Only Slack owners and admins of this workspace, and whoever installed Dext, choose which books are the default."
            raise NotAllowedError(Refusal(words))


async def chosen_in(tx: Tx, workspace_id: WorkspaceId) -> Chosen:
    row = (await tx.execute(_CHOSEN, {"workspace_id": workspace_id})).one_or_none()
    if row is None:
        return dict.fromkeys(DefaultOf)
    return {DefaultOf.ITEMS: _id(row.items_organisation), DefaultOf.CLAIMS: _id(row.claims_organisation)}


async def default_of(tx: Tx, workspace_id: WorkspaceId, of: DefaultOf) -> OrganisationId | None:
    """The one that was chosen, as long as it is connected: what is not is not chosen for anybody."""
    organisation_id = (await chosen_in(tx, workspace_id))[of]
    if organisation_id is None:
        return None
    asked = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return organisation_id if (await tx.execute(_USABLE, asked)).first() is not None else None


async def follow(tx: Tx, workspace_id: WorkspaceId, old: OrganisationId, new: OrganisationId) -> bool:
    """Books that take the place of others are the default where those were; whether they were."""
    before = await chosen_in(tx, workspace_id)
    after = {of: new if organisation_id == old else organisation_id for of, organisation_id in before.items()}
    if after == dict(before):
        return False
    values = {f"{of}_organisation": organisation_id for of, organisation_id in after.items()}
    seen = {f"drawn_{of}": organisation_id for of, organisation_id in before.items()}
    return (await tx.execute(_SAVE, {"workspace_id": workspace_id, **seen, **values})).rowcount > 0


async def _page(tx: Tx, actor: Actor) -> DefaultBooksPage:
    found = await last_used_first(tx, actor.workspace.id, actor.user_id)
    chosen = await chosen_in(tx, actor.workspace.id)
    names = await organisations_of(tx, actor.workspace.id)
    shown = {each.id for each in found}
    others = tuple(
        Named(id=each, name=names[each])
        for each in dict.fromkeys(chosen.values())
        if each is not None and each in names and each not in shown
    )
    return DefaultBooksPage(organisations=(*found, *others), chosen=chosen)


def _id(found: UUID | None) -> OrganisationId | None:
    return None if found is None else OrganisationId(found)


def _text(organisation_id: OrganisationId | None) -> str | None:
    return None if organisation_id is None else str(organisation_id)
