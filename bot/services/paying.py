"""Another payment method, where the ledger does not take the bank account that was decided on.

What was refused as a whole is changed, approved again, and sent. What is in the ledger, and only its payment is not, is not
touched: that payment alone is sent again, from the bank account of the method that was chosen.
"""

from dataclasses import dataclass, replace

from bot.db import steps
from bot.db.items import change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.alerts import AlertState
from bot.domain.coding import Source
from bot.domain.editing import edit_of
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.paying import OtherMethods
from bot.domain.payment_methods import KnownMethod
from bot.domain.problems import Fix
from bot.domain.publishing import StepKind
from bot.domain.rights import Deed, decide
from bot.domain.slack import Actor
from bot.services import alerts, audit
from bot.services.bank_accounts import label
from bot.services.cards import Cards
from bot.services.choices import NotOfferedError
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.fixes import NOTHING_TO_FIX, Fixes
from bot.services.items import Items
from bot.services.known_methods import METHOD_GONE, PAYMENT_METHOD, method_of
from bot.services.people import People, standing_of
from bot.services.usable_methods import usable_methods, why_not_usable
from bot.views.text import escape, mention


@dataclass(frozen=True, slots=True)
class Paying:
    db: Database
    people: People
    fixes: Fixes
    items: Items
    cards: Cards

    async def methods_for(self, actor: Actor, item_id: ItemId) -> OtherMethods:
        """What a refused item could be paid with instead.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `Fixes.item_to_fix`.
        """
        item, _ = await self.fixes.item_to_fix(actor, item_id)
        return await self._found(actor, item)

    async def choose_method(self, actor: Actor, item_id: ItemId, version: int, method: str) -> Item:
        """Pay a refused item with another method; another paying account is approved again.

        Raises:
            NotOfferedError: it is not there, switched off, or the item cannot be paid from its bank account.
            And as `Items.edit`.
        """
        item, _ = await self.fixes.item_to_fix(actor, item_id)
        async with self.db.read() as tx:
            await _require_usable(tx, item, method)
        return await self.items.edit(actor, item_id, version, replace(edit_of(item), payment_method=method))

    async def methods_for_payment(self, actor: Actor, item_id: ItemId) -> OtherMethods:
        """What the refused payment of a published item could be made with instead.

        Raises:
            NotAllowedError: only bookkeepers and admins fix.
            NotNowError: no payment waits for that.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            await _require_refused_payment(tx, item)
        return await self._found(actor, item)

    async def pay_with(self, actor: Actor, item_id: ItemId, version: int, method: str) -> Item:
        """Send the refused payment alone again, from the bank account of this method. The document is in the ledger and
        stays as it is, so nobody is asked to approve it again; who chose what is told in the alert, and kept.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `methods_for_payment`.
            NotOfferedError: as `choose_method`.
            StaleItemError: somebody changed what it is paid with while the form was open.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            await _require_refused_payment(tx, before)
            if before.version != version:
                raise StaleItemError(before)
            known = await _require_usable(tx, before, method)
            if not await steps.retry_steps(tx, before.workspace_id, before.id, StepKind.PAYMENT):
                raise NotNowError(before, NOTHING_TO_FIX)
            item = await change_item(tx, before, _paid_with(before, known, actor))
            if item is None:
                raise StaleItemError(before)
            await self._told(tx, actor, before, item, known)
            await show(tx, item)
        return item

    async def _told(self, tx: Tx, actor: Actor, before: Item, item: Item, known: KnownMethod) -> None:
        of = tx, item.workspace_id, item.organisation_id
        how = f"with {known.method.label}, from {await label(*of, item.paid_from)}"
        await alerts.fixed(
            tx, item, f"{mention(actor.user_id)} had it paid {escape(how, 200)} instead.", of=StepKind.PAYMENT
        )
        facts = {
            "payment method": [before.coding.payment_method.value, item.coding.payment_method.value],
            "paid from": [before.paid_from, item.paid_from],
            "how": how,
        }
        await audit.record(
            tx,
            item.workspace_id,
            item.id,
            "had it paid otherwise",
            by=actor.user_id,
            organisation_id=item.organisation_id,
            facts=facts,
        )

    async def _found(self, actor: Actor, item: Item) -> OtherMethods:
        person = await self.people.identify(actor)
        async with self.db.read() as tx:
            standing = await standing_of(tx, item.workspace_id, item.organisation_id, actor.user_id)
            return OtherMethods(
                card=await self.cards.card(tx, item),
                is_any=bool(await usable_methods(tx, item)),
                admins=standing.admins,
                may_link=decide(Deed.SET_UP, person, standing) is None,
            )


async def _require_refused_payment(tx: Tx, item: Item) -> None:
    """Raises:
    NotNowError: there is none, or another payment method would not help.
    """
    alert = await alerts.load_alert(tx, item.workspace_id, item.id, StepKind.PAYMENT)
    is_open = alert is not None and alert.state is AlertState.OPEN
    if item.state is not ItemState.PUBLISHED or alert is None or not is_open:
        raise NotNowError(item, NOTHING_TO_FIX)
    if Fix.PAY_WITH_ANOTHER not in alert.problem.entry.fixes:
        raise NotNowError(item, NOTHING_TO_FIX)


async def _require_usable(tx: Tx, item: Item, method: str) -> KnownMethod:
    """Raises:
    NotOfferedError: with the reason.
    """
    known = await method_of(tx, item.workspace_id, item.organisation_id, method)
    reason = await why_not_usable(tx, item, known)
    if known is None or reason is not None:
        raise NotOfferedError({PAYMENT_METHOD: reason or METHOD_GONE})
    return known


def _paid_with(item: Item, known: KnownMethod, actor: Actor) -> Item:
    chosen = item.coding.payment_method.offer(str(known.method.id), Source.PERSON, by=actor.user_id)
    account = known.pays_from
    assert account is not None
    return replace(item, coding=replace(item.coding, payment_method=chosen), paid_from=account.provider_id)
