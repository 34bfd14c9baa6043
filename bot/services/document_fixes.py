"""What the buttons of an alert change of the document itself: whom it is from or to, its products, and its number."""

from dataclasses import dataclass, replace

from bot.db.unit_of_work import Database
from bot.domain.books import ListKind
from bot.domain.editing import edit_of
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.slack import Actor
from bot.services import lists
from bot.services.choices import CONTACT, GONE, PRODUCT, NotOfferedError
from bot.services.current import NotNowError
from bot.services.fixes import Fixes
from bot.services.items import Items
from bot.services.refreshing import Refreshing

NOT_IN_THE_LIST = (
    "its contact is not in my list yet. I am reading the ledger's contacts again and tell you when that is done; then press "
    "the button again."
)


@dataclass(frozen=True, slots=True)
class DocumentFixes:
    """Each raises what `Fixes.item_to_fix` and `Items.edit` do."""

    db: Database
    fixes: Fixes
    items: Items
    refreshing: Refreshing

    async def choose_contact(self, actor: Actor, item_id: ItemId, version: int, contact_id: str) -> Item:
        """Another supplier, or customer; another payee is approved again.

        Raises:
            NotOfferedError: not a live contact.
        """
        item, _ = await self.fixes.item_to_fix(actor, item_id)
        async with self.db.read() as tx:
            contact = await lists.load_contact(tx, item.workspace_id, item.organisation_id, contact_id)
        # an edit may keep what stood there and was archived since; here that is what the ledger refused
        if contact is None or not contact.is_active:
            raise NotOfferedError({CONTACT: GONE[CONTACT]})
        return await self.items.edit(actor, item_id, version, replace(edit_of(item), contact=contact_id))

    async def choose_product(self, actor: Actor, item_id: ItemId, version: int, code: str | None) -> Item:
        """Another product, or none, on the lines that name the refused one; the approval is kept.

        Raises:
            NotOfferedError: not a live product.
        """
        item, alert = await self.fixes.item_to_fix(actor, item_id)
        refused = alert.problem.facts.get("product_code")
        async with self.db.read() as tx:
            known = await lists.products_by_code(tx, item.workspace_id, item.organisation_id, [code] if code else [])
        if code is not None and (code not in known or not known[code].is_active):
            raise NotOfferedError({PRODUCT: GONE[PRODUCT]})
        edit = edit_of(item)
        lines = tuple(replace(codes, product=code) if codes.product == refused else codes for codes in edit.lines)
        of_item = replace(edit.codes, product=code) if edit.codes.product == refused else edit.codes
        return await self.items.edit(actor, item_id, version, replace(edit, codes=of_item, lines=lines))

    async def use_contact(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """The ledger's contact that has the name on the document is the one that is meant.

        Raises:
            NotNowError: our list has none of that name; it is read again.
        """
        item, _ = await self.fixes.item_to_fix(actor, item_id)
        name = item.counterparty.name or ""
        async with self.db.read() as tx:
            contact = await lists.contact_named(tx, item.workspace_id, item.organisation_id, name, item.kind)
        if contact is None:
            await self.refreshing.start(actor, item.organisation_id, ListKind.CONTACTS)
            raise NotNowError(item, NOT_IN_THE_LIST)
        return await self.items.edit(actor, item_id, version, replace(edit_of(item), contact=contact.provider_id))

    async def change_number(self, actor: Actor, item_id: ItemId, version: int, number: str) -> Item:
        """Another number; the document is approved again with it."""
        item, _ = await self.fixes.item_to_fix(actor, item_id)
        edit = edit_of(item)
        return await self.items.edit(actor, item_id, version, replace(edit, facts=replace(edit.facts, number=number)))
