"""Items that nobody decided on come along to the books that take the place of theirs.

Each comes in there as by the door it came by, coded as a person or a door had said, and by the rules and settings there; the one
here is archived and says where it went. What was approved stays, and so do expense reports, whose receipts are in these books.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from bot.db import merges
from bot.db.base import table_of
from bot.db.connections import ConnectionRow
from bot.db.items import change_item
from bot.db.payment_methods import all_methods
from bot.db.unit_of_work import Tx
from bot.domain.booking import taken_by
from bot.domain.carrying import Carrying
from bot.domain.connections import Health
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Archived, Item, ItemState
from bot.domain.merging import Merge
from bot.domain.payment_methods import alike
from bot.domain.settings import destinations_for, statuses_for
from bot.domain.texts import folded
from bot.services import audit
from bot.services.archiving import put_away
from bot.services.entering import enter
from bot.services.lists import contacts_by_id, live_tracking, rules_of
from bot.services.moving import as_moved
from bot.services.settings import organisation_name
from bot.services.settings_pages import provider_of
from providers.base import AccountingProvider

CONNECTIONS = table_of(ConnectionRow)
_HEALTH = select(CONNECTIONS.c.health).where(
    CONNECTIONS.c.workspace_id == bindparam("workspace_id"),
    CONNECTIONS.c.organisation_id == bindparam("organisation_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingItems:
    """What came of a merge that is done."""

    merge: Merge
    carrying: Carrying
    name: str
    """Of the new books."""

    async def carry(self, tx: Tx, item: Item) -> None:
        by = self.merge.done_by
        if item.kind is ItemKind.EXPENSE_REPORT or by is None:
            return
        here = item
        if item.state is ItemState.IN_APPROVAL:
            sent_back = await change_item(tx, item, replace(item, state=ItemState.TO_REVIEW))
            if sent_back is None:
                return
            here = sent_back
        new = await as_moved(tx, item, self.merge.organisation_id)
        coding = replace(self.carrying.coding(item.coding, item.kind), auto_publish=new.coding.auto_publish)
        contact = coding.contact.value
        if contact is not None and not await _is_theirs(tx, self.merge, contact, item.kind):
            coding = replace(coding, contact=Carrying().coding(item.coding, item.kind).contact)
        arrived, _ = await enter(tx, replace(new, kind=item.kind, coding=coding))
        archived = Archived(
            from_state=item.state,
            by=by,
            at=tx.now,
            why=f"carried over to {self.name} as {arrived.reference}",
            other=arrived.id,
            is_moved=True,
        )
        await put_away(tx, here, archived, by)
        await audit.record(
            tx,
            item.workspace_id,
            arrived.id,
            "carried over",
            by=by,
            organisation_id=arrived.organisation_id,
            facts={"from": item.reference, "was": str(item.id)},
        )


async def carrying_items(
    providers: Mapping[str, AccountingProvider], tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> CarryingItems | None:
    """Where other books have taken the place of these, and they were not connected again."""
    merge = await merges.merge_from(tx, workspace_id, organisation_id)
    if merge is None or not merge.is_done or not await is_disconnected(tx, workspace_id, organisation_id):
        return None
    return CarryingItems(
        merge=merge,
        carrying=await carrying_of(
            tx, merge, await merges.mapping_of(tx, workspace_id, merge.organisation_id), providers
        ),
        name=await organisation_name(tx, workspace_id, merge.organisation_id),
    )


async def carrying_of(
    tx: Tx, merge: Merge, to: Mapping[Code, Code], providers: Mapping[str, AccountingProvider]
) -> Carrying:
    """What is carried over, and how, as the payment methods of the new books stand."""
    new = merge.workspace_id, merge.organisation_id
    provider = providers.get(await provider_of(tx, *new) or "")
    declared = frozenset() if provider is None else provider.profile.capabilities
    can = taken_by(declared, await rules_of(tx, *new))
    return Carrying(
        to=to,
        methods=await same_methods(tx, merge),
        destinations={kind: destinations_for(kind, can) for kind in ItemKind},
        statuses={kind: statuses_for(kind, can) for kind in ItemKind},
        categories=await _same_categories(tx, merge),
    )


async def _same_categories(tx: Tx, merge: Merge) -> Mapping[str, str]:
    """Tracking categories of the old books, and those of the same name in the new ones."""
    old, new = [
        await live_tracking(tx, merge.workspace_id, organisation_id)
        for organisation_id in (merge.source_id, merge.organisation_id)
    ]
    named = {folded(each.name): each.provider_id for each in new}
    return {each.provider_id: named[folded(each.name)] for each in old if folded(each.name) in named}


async def is_disconnected(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    return (await tx.execute(_HEALTH, of)).scalar_one_or_none() == Health.DISCONNECTED


async def same_methods(tx: Tx, merge: Merge) -> Mapping[str, str]:
    """Payment methods of the old books by their ids, and those of the same name in the new ones."""
    new = {alike(method.name): method.id for method in await all_methods(tx, merge.workspace_id, merge.organisation_id)}
    old = await all_methods(tx, merge.workspace_id, merge.source_id)
    return {str(method.id): str(new[alike(method.name)]) for method in old if alike(method.name) in new}


async def _is_theirs(tx: Tx, merge: Merge, contact: str, kind: ItemKind) -> bool:
    of = tx, merge.workspace_id, merge.organisation_id
    found = (await contacts_by_id(*of, [contact])).get(contact)
    return found is not None and found.is_of(kind, await rules_of(*of))
