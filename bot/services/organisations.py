"""Which organisation somebody means: the one a channel is bound to, the only one there is, or one to be chosen."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from bot.db.items import ITEMS
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import ChannelId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.slack import Actor
from bot.services.namesakes import ORGANISATIONS, PROVIDER, in_package
from bot.services.people import People
from bot.services.settings import organisation_of_channel
from bot.views.organisations import MOST_ORGANISATIONS

_LAST_USED = (
    select(func.max(ITEMS.c.created_at))
    .where(
        ITEMS.c.workspace_id == ORGANISATIONS.c.workspace_id,
        ITEMS.c.organisation_id == ORGANISATIONS.c.id,
        ITEMS.c.submitted_by == bindparam("user_id"),
    )
    .scalar_subquery()
)
_MEANT = (
    select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, PROVIDER)
    .where(ORGANISATIONS.c.workspace_id == bindparam("workspace_id"))
    .order_by(_LAST_USED.is_(None), _LAST_USED.desc(), ORGANISATIONS.c.name)
    .limit(MOST_ORGANISATIONS)
)
_ONE = select(ORGANISATIONS.c.id, ORGANISATIONS.c.name, PROVIDER).where(
    ORGANISATIONS.c.workspace_id == bindparam("workspace_id"), ORGANISATIONS.c.id == bindparam("organisation_id")
)


_ANOTHER = (
    select(ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.workspace_id == bindparam("workspace_id"), ORGANISATIONS.c.id != bindparam("organisation_id")
    )
    .limit(1)
)


async def has_other_books(tx: Tx, item: Item) -> bool:
    """Whether the workspace has another organisation than the item's."""
    of = {"workspace_id": item.workspace_id, "organisation_id": item.organisation_id}
    return (await tx.execute(_ANOTHER, of)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    id: OrganisationId
    name: str


async def last_used_first(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> tuple[Named, ...]:
    """The workspace's organisations, in the order in which this person last brought something in."""
    of = {"workspace_id": workspace_id, "user_id": user_id}
    found = (await tx.execute(_MEANT, of)).all()
    return told_apart(found)


def told_apart(rows: Iterable[Row[Any]]) -> tuple[Named, ...]:
    """Of the columns `id`, `name` and `PROVIDER`; those of one name by the package that each is in."""
    found = list(rows)
    same = Counter(row.name for row in found)
    return tuple(
        Named(id=OrganisationId(row.id), name=in_package(row.name, row.provider) if same[row.name] > 1 else row.name)
        for row in found
    )


@dataclass(frozen=True, slots=True)
class Organisations:
    db: Database
    people: People

    async def meant(self, actor: Actor, channel_id: ChannelId | None) -> tuple[Named, ...]:
        """One when it is clear, several to choose from (last used first), none when nothing is connected.

        Raises:
            NotAllowedError: outsiders and guests are told of none.
        """
        await self.people.require_member(actor)
        async with self.db.read() as tx:
            found = await last_used_first(tx, actor.workspace.id, actor.user_id)
            bound = None
            if channel_id:
                bound = await organisation_of_channel(tx, actor.workspace.id, channel_id)
            here = tuple(organisation for organisation in found if organisation.id == bound)
            if bound is not None and not here:  # of those that are not among the last used
                of = {"workspace_id": actor.workspace.id, "organisation_id": bound}
                here = told_apart((await tx.execute(_ONE, of)).all())
        return here or found
