"""A document that the ledger has otherwise than it was sent, taken as it is there by somebody who looked."""

from dataclasses import dataclass, replace

from bot.db.items import change_item
from bot.db.publications import take_left_behind
from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Fix
from bot.domain.rights import Deed
from bot.domain.slack import Actor
from bot.services import alerts, audit
from bot.services.current import NotNowError, StaleItemError, refreshing, require_item, show
from bot.services.people import People
from bot.views.text import mention

NOTHING_TO_TAKE = "no document of it waits in the ledger to be looked at."


@dataclass(frozen=True, slots=True)
class TakingAsItIs:
    db: Database
    people: People

    async def take(self, actor: Actor, item_id: ItemId, version: int) -> Item:
        """It is published as the ledger has it; what differs stays in the log, with who took it.

        Raises:
            NotAllowedError: only bookkeepers and admins do that.
            NotNowError: no document of it was left in the ledger with other values.
            StaleItemError: it changed since the alert was drawn.
            ItemNotFoundError: unknown, or of another workspace.
        """
        person = await self.people.identify(actor)
        async with refreshing(self.db, actor.workspace.id, item_id), self.db.write() as tx:
            before = await require_item(tx, actor.workspace.id, item_id)
            await self.people.require(tx, Deed.FIX, actor, person, before.organisation_id)
            alert = await alerts.load_alert(tx, before.workspace_id, before.id)
            is_asked = before.state is ItemState.REFUSED and alert is not None
            if alert is None or not is_asked or Fix.TAKE_AS_IT_IS not in alert.problem.entry.fixes:
                raise NotNowError(before, NOTHING_TO_TAKE)
            if before.version != version:
                raise StaleItemError(before)
            ledger_id = await take_left_behind(tx, before.workspace_id, before.id)
            if ledger_id is None:
                raise NotNowError(before, NOTHING_TO_TAKE)
            facts = alert.problem.facts
            published = replace(
                before,
                state=ItemState.PUBLISHED,
                ledger_url=facts.get("link") or before.ledger_url,
                published_at=tx.now,
            )
            item = await change_item(tx, before, published)
            if item is None:
                raise StaleItemError(before)
            await alerts.fixed(tx, item, f"{mention(actor.user_id)} took it as it is there.")
            await alerts.resolved(tx, item)
            await audit.record(
                tx,
                item.workspace_id,
                item.id,
                "taken as it is",
                by=actor.user_id,
                organisation_id=item.organisation_id,
                facts={"ledger id": ledger_id, "differences": facts.get("differences", "")},
            )
            await show(tx, item)
        return item
