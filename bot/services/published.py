"""Documents that were read back and agree, many in one transaction: each statement is for all of them.

A ledger takes fifty documents in a call. Written down one after another they cost thirteen statements each, which is
most of what publishing costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from bot.db import steps as rows
from bot.db.batches import LiveBatch, LiveStep
from bot.db.items import change_items, load_items
from bot.db.unit_of_work import Tx
from bot.domain.ids import ItemId, UserId
from bot.domain.items import Item, ItemState
from bot.services import alerts, audit, auto_offers
from bot.services.current import show_all

NO_RATES: Mapping[ItemId, Decimal | None] = MappingProxyType({})
AT_ONCE = 25
"""Documents of one transaction: whoever presses a button meanwhile waits for no more than these."""


async def published(
    tx: Tx,
    batch: LiveBatch,
    steps: Sequence[LiveStep],
    urls: Mapping[ItemId, str | None],
    rates: Mapping[ItemId, Decimal | None] = NO_RATES,
    *,
    by: UserId | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """The documents are, and their items with them; what comes after each begins. `urls`: where people open them; `rates`: at
    which exchange rates the ledger has them (`rate_in`); `also` is told of each in the audit log, as done `by` whoever downloaded
    it.
    """
    ended = await rows.publish_documents(tx, batch.workspace_id, [step.id.publication_id for step in steps])
    those = {step.item_id: step for step in steps if step.id.publication_id in ended}
    items = await load_items(tx, batch.workspace_id, list(those), held=True)
    before = [items[item_id] for item_id in those if item_id in items]
    moved = await change_items(tx, [(item, _published(tx, item, urls, rates)) for item in before if _can_move(item)])
    await alerts.documents_resolved(tx, batch.workspace_id, [item.id for item in moved])
    facts: dict[ItemId, dict[str, Any]] = {
        item.id: dict(also) if also is not None else {"ledger id": those[item.id].ledger_id} for item in moved
    }
    organisation_id = batch.organisation_id
    await audit.record_each(tx, batch.workspace_id, "published", organisation_id=organisation_id, facts=facts, by=by)
    await show_all(tx, batch.workspace_id, moved)
    if by is None:  # what a person downloads is never published by itself
        await auto_offers.offer(tx, moved)


def _can_move(item: Item) -> bool:
    return item.state is not ItemState.PUBLISHED


def _published(tx: Tx, item: Item, urls: Mapping[ItemId, str | None], rates: Mapping[ItemId, Decimal | None]) -> Item:
    url, rate = urls.get(item.id) or item.ledger_url, rates.get(item.id) or item.ledger_rate
    return replace(item, state=ItemState.PUBLISHED, ledger_url=url, ledger_rate=rate, published_at=tx.now)
