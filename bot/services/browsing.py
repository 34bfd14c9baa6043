"""Looking through an organisation's items: a page of what somebody looks for, and the queue of those to review."""

from dataclasses import dataclass

from bot.db.browsing import find_items, next_to_review
from bot.db.unit_of_work import Database
from bot.domain.browsing import ItemList, ItemSearch, Position
from bot.domain.cards import ItemCard
from bot.domain.ids import ItemId, OrganisationId
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services.cards import Cards
from bot.services.current import require_item
from bot.services.people import People
from bot.services.settings import organisation_name


@dataclass(frozen=True, slots=True)
class Browsing:
    db: Database
    people: People
    cards: Cards

    async def page(
        self, actor: Actor, organisation_id: OrganisationId, search: ItemSearch, after: Position | None = None
    ) -> ItemList:
        """Raises:
        NotAllowedError: outsiders and guests see nothing.
        OrganisationNotFoundError: the workspace has no such organisation.
        """
        person, workspace_id = await self.people.identify(actor), actor.workspace.id
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SEE, actor, person, organisation_id)
            return ItemList(
                organisation_id=organisation_id,
                organisation=await organisation_name(tx, workspace_id, organisation_id),
                search=search,
                found=await find_items(tx, workspace_id, organisation_id, search, after),
                is_first=after is None,
            )

    async def first_to_review(self, actor: Actor, organisation_id: OrganisationId) -> ItemCard | None:
        """The item that has waited longest for review; None when none waits. Raises: as `page`."""
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            await self.people.require(tx, Deed.SEE, actor, person, organisation_id)
            item = await next_to_review(tx, actor.workspace.id, organisation_id, None)
            return None if item is None else await self.cards.card(tx, item)

    async def next_to_review(self, actor: Actor, item_id: ItemId) -> ItemCard | None:
        """The one that waits after this one; None after the last.

        Raises:
            ItemNotFoundError: unknown, or of another workspace.
            NotAllowedError: as `page`.
        """
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.SEE, actor, person, before.organisation_id)
            item = await next_to_review(tx, actor.workspace.id, before.organisation_id, before)
            return None if item is None else await self.cards.card(tx, item)
