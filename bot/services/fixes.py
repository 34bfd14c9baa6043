"""What the buttons of an alert do: change the refused item and send it again, or send it again as it is."""

from dataclasses import dataclass, replace

from bot.db import deaths, steps
from bot.db.items import change_item
from bot.db.unit_of_work import Database, Tx
from bot.domain.alerts import Alert
from bot.domain.editing import edit_of, exchanged
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix, ProblemCode
from bot.domain.publishing import StepKind
from bot.domain.rights import Deed
from bot.domain.settings import PaymentStatus
from bot.domain.slack import Actor
from bot.services import alerts, audit, bank_accounts, choices, publications
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.items import Items
from bot.services.people import People
from bot.services.recoding import paid_from_now
from bot.views.text import escape, mention

NOTHING_TO_FIX = "nothing has to be fixed now."


@dataclass(frozen=True, slots=True)
class Fixes:
    db: Database
    people: People
    items: Items

    async def item_to_fix(self, actor: Actor, item_id: ItemId) -> tuple[Item, Alert]:
        """What a fix's form is opened with.

        Raises:
            NotAllowedError: only bookkeepers and admins fix.
            NotNowError: the item is not refused any more.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.read() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            alert = await alerts.load_alert(tx, item.workspace_id, item.id)
            if item.state is not ItemState.REFUSED or alert is None:
                raise NotNowError(item, NOTHING_TO_FIX)
        return item, alert

    async def choose_account(self, actor: Actor, item_id: ItemId, version: int, account: str) -> Item:
        """Code the refused item otherwise and send it again, wherever it has the refused code; the approval is kept.

        Raises:
            NotOfferedError: not a live category, or the refused one; and as `Items.edit`.
        """
        item, alert = await self.item_to_fix(actor, item_id)
        if account == alert.refused_account:
            raise choices.NotOfferedError({choices.ACCOUNT: choices.REFUSED[choices.ACCOUNT]})
        await self._require_offered(item, account, None)
        refused = alert.problem.facts.get("account_code")
        edit = exchanged(
            edit_of(item),
            is_meant=lambda codes: refused is not None and codes.account == refused,
            change=lambda codes: replace(codes, account=account),
        )
        return await self.items.edit(actor, item_id, version, edit)

    async def choose_tax_rate(self, actor: Actor, item_id: ItemId, version: int, tax_rate: str) -> Item:
        """As `choose_account`, for the tax rate."""
        item, alert = await self.item_to_fix(actor, item_id)
        if tax_rate == alert.refused_tax_rate:
            raise choices.NotOfferedError({choices.TAX_RATE: choices.REFUSED[choices.TAX_RATE]})
        await self._require_offered(item, None, tax_rate)
        refused = alert.problem.facts.get("tax_code")
        edit = exchanged(
            edit_of(item),
            is_meant=lambda codes: refused is not None and codes.tax_rate == refused,
            change=lambda codes: replace(codes, tax_rate=tax_rate),
        )
        return await self.items.edit(actor, item_id, version, edit)

    async def publish_as_draft(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """Send the refused item again as a draft; that is less than was approved, so the approval is kept.

        Raises: as `Items.edit`.
        """
        item, _ = await self.item_to_fix(actor, item_id)
        edit = replace(edit_of(item), publish_as=PaymentStatus.DRAFT)
        return await self.items.edit(actor, item_id, version, edit)

    async def _require_offered(self, item: Item, account: str | None, tax_rate: str | None) -> None:
        """An edit may keep what stood there and was archived since; here that is what the ledger refused."""
        async with self.db.read() as tx:
            await choices.require_offered(
                tx, item.workspace_id, item.organisation_id, account, tax_rate, kind=item.kind
            )

    async def retry(self, actor: Actor, item_id: ItemId, of: StepKind = StepKind.DOCUMENT) -> Item:
        """Send again as it is, because the cause is gone in the ledger: a refused item, or of a published one what was
        refused after its document, and only that.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `item_to_fix`.
            StaleItemError: somebody else was quicker.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            if await deaths.wake(tx, before.workspace_id, before.id, of):
                item = before
            elif of.is_addition:
                item = await self._retry_step(tx, before, of)
            else:
                item = await self._send_again(tx, before)
            facts: dict[str, object] = {}
            what = alerts.SENT_AGAIN
            if item.paid_from != before.paid_from:
                facts = {"paid from": [before.paid_from, item.paid_from]}
                what = f"had it paid from {await _account(tx, item)} instead"
            await alerts.fixed(tx, item, f"{mention(actor.user_id)} {what}.", of=of)
            await self._audit(tx, item, "retried", actor, facts)
            await show(tx, item)
        return item

    async def leave_step(self, actor: Actor, item_id: ItemId, of: StepKind) -> Item:
        """The document stays in the ledger without what was refused after it.

        Raises:
            NotAllowedError, NotNowError, ItemNotFoundError: as `item_to_fix`.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            item = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, item.organisation_id)
            is_addition = item.state is ItemState.PUBLISHED and of.is_addition
            if not is_addition or not await steps.leave_steps(tx, item.workspace_id, item.id, (of,)):
                raise NotNowError(item, NOTHING_TO_FIX)
            await alerts.left(tx, item, f"{mention(actor.user_id)} left it so.", of=(of,))
            await self._audit(tx, item, "step left", actor)
            await show(tx, item)
        return item

    async def _retry_step(self, tx: Tx, item: Item, of: StepKind) -> Item:
        """What stands there otherwise than it was sent is no matter of sending it again. A bank account that was decided on
        stays, unless the ledger does not take it for the payment.
        """
        alert = await alerts.load_alert(tx, item.workspace_id, item.id, of)
        if item.state is not ItemState.PUBLISHED or alert is None or Fix.RETRY not in alert.problem.entry.fixes:
            raise NotNowError(item, NOTHING_TO_FIX)
        if not await steps.retry_steps(tx, item.workspace_id, item.id, of):
            raise NotNowError(item, NOTHING_TO_FIX)
        is_not_taken = alert.problem.code is ProblemCode.PAYMENT_ACCOUNT_NOT_TAKEN
        now = await paid_from_now(tx, item) if is_not_taken else item
        if now == item:
            return item
        changed = await change_item(tx, item, now)
        if changed is None:
            raise StaleItemError(item)
        return changed

    async def _send_again(self, tx: Tx, before: Item) -> Item:
        if before.state is not ItemState.REFUSED:
            raise NotNowError(before, NOTHING_TO_FIX)
        item = await publications.send_again(tx, before)
        if item is None:
            raise StaleItemError(before)
        return item

    async def _audit(self, tx: Tx, item: Item, deed: str, actor: Actor, facts: dict[str, object] | None = None) -> None:
        await audit.record(
            tx, item.workspace_id, item.id, deed, by=actor.user_id, organisation_id=item.organisation_id, facts=facts
        )


async def _account(tx: Tx, item: Item) -> str:
    return escape(await bank_accounts.label(tx, item.workspace_id, item.organisation_id, item.paid_from), 100)
