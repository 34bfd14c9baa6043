"""Items that may be published by themselves, until somebody has looked whether they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.connections import ConnectionRow, SettingsRow
from bot.db.leases import furthest
from bot.db.publications import USABLE
from bot.db.unit_of_work import Nudge, Tx, insert_into
from bot.db.workspaces import is_installed
from bot.domain.auto_publishing import is_wanted
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState

MOVING_FOR = timedelta(seconds=60)
"""What was taken in hand and is there still is looked at again after that."""


class UnattendedRow(Base):
    """An item that is to be looked at. It goes in the transaction that decides, so whoever dies over it loses nothing."""

    __tablename__ = "unattended_items"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    due_at: Mapped[datetime] = mapped_column(index=True)


UNATTENDED = table_of(UnattendedRow)
CONNECTIONS, SETTINGS = table_of(ConnectionRow), table_of(SettingsRow)

_TAKE = UNATTENDED.delete().where(
    UNATTENDED.c.item_id == bindparam("of_item"), UNATTENDED.c.workspace_id == bindparam("of_workspace")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    item_id: ItemId


async def look_at(tx: Tx, item: Item, *, in_a_while: timedelta = timedelta(0)) -> None:
    """Have it looked at, now or in a while, if it is one that nobody is asked about."""
    if item.state is not ItemState.IN_APPROVAL or not is_wanted(item):
        return
    values = {"item_id": item.id, "workspace_id": item.workspace_id, "organisation_id": item.organisation_id}
    await tx.execute(_new(tx.is_sqlite), {**values, "due_at": tx.now + in_a_while})
    if not in_a_while:
        tx.nudge(Nudge.PLANNER)


@cache
def _new(is_sqlite: bool) -> Any:  # noqa: FBT001 - a key of the cache
    new = insert_into(UnattendedRow, is_sqlite=is_sqlite)
    return new.on_conflict_do_update(index_elements=["item_id"], set_={"due_at": new.excluded.due_at})


async def any_due(tx: Tx) -> bool:
    return (await tx.execute(_due().limit(1), _at(tx))).first() is not None


async def take_in_hand(tx: Tx, *, limit: int) -> tuple[Turn, ...]:
    """Those that have been due for longest, of organisations that are set up and connected; nobody else is given them soon."""
    locked = _due().limit(limit).with_for_update(skip_locked=True, of=UNATTENDED)
    found = (await tx.execute(locked, _at(tx))).all()
    if found:
        taken = UNATTENDED.update().where(UNATTENDED.c.item_id.in_([row.item_id for row in found]))
        await tx.execute(taken.values(due_at=tx.now + MOVING_FOR))
    return tuple(
        Turn(
            workspace_id=WorkspaceId(row.workspace_id),
            organisation_id=OrganisationId(row.organisation_id),
            item_id=ItemId(row.item_id),
        )
        for row in found
    )


async def take(tx: Tx, turn: Turn) -> bool:
    """Strike it off, in the transaction that decides. False: somebody else did."""
    return bool((await tx.execute(_TAKE, {"of_item": turn.item_id, "of_workspace": turn.workspace_id})).rowcount)


def _at(tx: Tx) -> dict[str, datetime]:
    return {"now": tx.now, "furthest": furthest(tx.now)}


@cache
def _due() -> Select[Any]:
    """Built once: it is asked at each look of the planner. Of all workspaces, so none is named."""
    instant = partial(bindparam, type_=UNATTENDED.c.due_at.type)
    return (
        select(UNATTENDED.c.item_id, UNATTENDED.c.workspace_id, UNATTENDED.c.organisation_id)
        .join(CONNECTIONS, CONNECTIONS.c.organisation_id == UNATTENDED.c.organisation_id)
        .join(SETTINGS, SETTINGS.c.organisation_id == UNATTENDED.c.organisation_id)
        .where(
            # what a clock wrote that was far ahead holds nothing up
            or_(UNATTENDED.c.due_at <= instant("now"), UNATTENDED.c.due_at > instant("furthest")),
            CONNECTIONS.c.health.in_(USABLE),
            SETTINGS.c.general_confirmed_at.is_not(None),
            SETTINGS.c.tax_confirmed_at.is_not(None),
            is_installed(UNATTENDED.c.workspace_id),
        )
        .order_by(UNATTENDED.c.due_at, UNATTENDED.c.item_id)
    )
