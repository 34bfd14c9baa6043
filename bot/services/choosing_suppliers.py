"""Another supplier for an item whose own is not in the ledger yet: one of those that are there."""

from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.editing import edit_of
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.questions import QuestionKind, open_kinds
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.choices import CONTACT, GONE, NotOfferedError
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item
from bot.services.items import Items
from bot.services.people import People

ANSWERED = "its supplier has to be chosen by nobody now."


@dataclass(frozen=True, slots=True)
class ChoosingSuppliers:
    db: Database
    people: People
    items: Items

    async def asked(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """The item, while somebody has to say who it is from.

        Raises:
            NotAllowedError: only bookkeepers and admins choose.
            NotNowError: that is answered.
            StaleItemError: it was changed meanwhile.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            if item.state is not ItemState.TO_REVIEW or QuestionKind.NEW_SUPPLIER not in open_kinds(item.questions):
                raise NotNowError(item, ANSWERED)
            if item.version != version:
                raise StaleItemError(item)
        return item

    async def choose(self, actor: Actor, item_id: ItemId, version: int, contact_id: str) -> Item:
        """Raises:
        NotOfferedError: not a live contact; and as `asked` and `Items.edit`.
        """
        item = await self.asked(actor, item_id, version)
        async with self.db.read() as tx:
            contact = await lists.load_contact(tx, item.workspace_id, item.organisation_id, contact_id)
        if contact is None or not contact.is_active:
            raise NotOfferedError({CONTACT: GONE[CONTACT]})
        return await self.items.edit(actor, item_id, version, replace(edit_of(item), contact=contact_id))
