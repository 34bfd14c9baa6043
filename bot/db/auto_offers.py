"""Offers to publish by itself, one for each rule, once: the row is what remembers that it was made."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, select, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.items import COUNTS, ITEMS, item_of
from bot.db.messages import AlertRow
from bot.db.unit_of_work import Tx, insert_into
from bot.domain.auto_offers import ENOUGH, AutoOffer
from bot.domain.ids import ItemId, OrganisationId, RuleId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.parties import name_key


class AutoOfferRow(Base):
    """One offer. `item_id` is the document at which it was made."""

    __tablename__ = "auto_offers"

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    offered_at: Mapped[datetime]
    declined_by: Mapped[str | None]
    declined_at: Mapped[datetime | None]


OFFERS, ALERTS = table_of(AutoOfferRow), table_of(AlertRow)

_OURS = (OFFERS.c.workspace_id == bindparam("of_workspace"), OFFERS.c.rule_id == bindparam("of_rule"))
_OF_RULE = select(OFFERS).where(*_OURS)
_DECLINE = (
    OFFERS.update()
    .where(*_OURS, OFFERS.c.declined_at.is_(None))
    .values(declined_by=bindparam("by"), declined_at=bindparam("at"))
)
_NEWEST = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.kind == bindparam("kind"),
        ITEMS.c.supplier_key == bindparam("supplier_key"),
        text(COUNTS),
    )
    .order_by(ITEMS.c.decided_at.desc(), ITEMS.c.id.desc())
    .limit(ENOUGH)
)


async def make_offer(tx: Tx, item: Item, rule_id: RuleId) -> bool:
    """False where it was made before."""
    of = {"workspace_id": item.workspace_id, "organisation_id": item.organisation_id, "item_id": item.id}
    return bool((await tx.execute(_new(tx.is_sqlite), {**of, "rule_id": rule_id, "offered_at": tx.now})).rowcount)


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    return insert_into(AutoOfferRow, is_sqlite=is_sqlite).on_conflict_do_nothing()


async def offer_of(tx: Tx, workspace_id: WorkspaceId, rule_id: RuleId) -> AutoOffer | None:
    row = (await tx.execute(_OF_RULE, {"of_workspace": workspace_id, "of_rule": rule_id})).one_or_none()
    if row is None:
        return None
    return AutoOffer(
        rule_id=rule_id,
        organisation_id=OrganisationId(row.organisation_id),
        item_id=ItemId(row.item_id),
        declined_by=None if row.declined_by is None else UserId(row.declined_by),
    )


async def offered_before(tx: Tx, workspace_id: WorkspaceId, rules: Collection[RuleId]) -> frozenset[RuleId]:
    """For which of these it was made."""
    statement = select(OFFERS.c.rule_id).where(OFFERS.c.workspace_id == workspace_id, OFFERS.c.rule_id.in_(rules))
    return frozenset(RuleId(each) for each in (await tx.execute(statement)).scalars())


async def decline_offer(tx: Tx, workspace_id: WorkspaceId, rule_id: RuleId, by: UserId) -> bool:
    """False where somebody has."""
    of = {"of_workspace": workspace_id, "of_rule": rule_id}
    return bool((await tx.execute(_DECLINE, {**of, "by": by, "at": tx.now})).rowcount)


async def newest_approved(tx: Tx, item: Item) -> tuple[Item, ...]:
    """Of its supplier or customer, the one approved last first."""
    of = {"workspace_id": item.workspace_id, "organisation_id": item.organisation_id, "kind": item.kind}
    found = await tx.execute(_NEWEST, {**of, "supplier_key": name_key(item.counterparty.name)})
    return tuple(item_of(row) for row in found.mappings().all())


async def refused_of(tx: Tx, workspace_id: WorkspaceId, items: Sequence[ItemId]) -> frozenset[ItemId]:
    """Those of them that the ledger ever had something against."""
    statement = select(ALERTS.c.item_id).where(ALERTS.c.workspace_id == workspace_id, ALERTS.c.item_id.in_(items))
    return frozenset(ItemId(each) for each in (await tx.execute(statement)).scalars())
