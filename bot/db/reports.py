"""Which receipts an expense report is made of, in the order of its lines."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, table_of
from bot.db.items import ITEMS, item_of
from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item
from bot.domain.reports import OPEN_STATES


class ReportReceiptRow(Base):
    """A receipt is in one report. The row goes when the report is taken apart."""

    __tablename__ = "report_receipts"

    receipt_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), index=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), index=True)
    position: Mapped[int]


RECEIPTS = table_of(ReportReceiptRow)

_OF_REPORTS = (
    select(RECEIPTS.c.report_id, ITEMS)
    .join(ITEMS, ITEMS.c.id == RECEIPTS.c.receipt_id)
    .where(
        RECEIPTS.c.workspace_id == bindparam("workspace_id"),
        RECEIPTS.c.report_id.in_(bindparam("report_ids", expanding=True)),
        ITEMS.c.workspace_id == bindparam("workspace_id"),
    )
    .order_by(RECEIPTS.c.report_id, RECEIPTS.c.position)
)
_FORGET = RECEIPTS.delete().where(
    RECEIPTS.c.workspace_id == bindparam("of_workspace"), RECEIPTS.c.report_id == bindparam("of_report")
)
_CLAIMABLE = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.submitted_by == bindparam("user_id"),
        ITEMS.c.kind == ItemKind.COST,
        ITEMS.c.state.in_(tuple(sorted(OPEN_STATES))),
    )
    .order_by(ITEMS.c.created_at.desc(), ITEMS.c.id.desc())
    .limit(bindparam("most"))
)
_LAST = (
    select(ITEMS)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        ITEMS.c.organisation_id == bindparam("organisation_id"),
        ITEMS.c.submitted_by == bindparam("user_id"),
        ITEMS.c.kind == ItemKind.EXPENSE_REPORT,
    )
    .order_by(ITEMS.c.created_at.desc(), ITEMS.c.id.desc())
    .limit(1)
)


async def keep_receipts(tx: Tx, report: Item, receipts: Sequence[Item]) -> None:
    rows = [
        {
            "receipt_id": receipt.id,
            "report_id": report.id,
            "workspace_id": report.workspace_id,
            "position": position,
        }
        for position, receipt in enumerate(receipts)
    ]
    await tx.execute(RECEIPTS.insert(), rows)


async def receipts_of(
    tx: Tx, workspace_id: WorkspaceId, report_ids: Collection[ItemId]
) -> dict[ItemId, tuple[Item, ...]]:
    """Of those of them that are reports, in the order of their lines."""
    found: dict[ItemId, list[Item]] = {}
    if report_ids:
        of = {"workspace_id": workspace_id, "report_ids": list(report_ids)}
        for row in (await tx.execute(_OF_REPORTS, of)).mappings().all():
            found.setdefault(ItemId(row["report_id"]), []).append(item_of(row))
    return {report: tuple(receipts) for report, receipts in found.items()}


async def forget_receipts(tx: Tx, report: Item) -> None:
    await tx.execute(_FORGET, {"of_workspace": report.workspace_id, "of_report": report.id})


async def claimable_items(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId, *, limit: int
) -> tuple[Item, ...]:
    """A person's own costs that nobody decided on, newest first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "user_id": user_id, "most": limit}
    return tuple(item_of(row) for row in (await tx.execute(_CLAIMABLE, of)).mappings().all())


async def last_report(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, user_id: UserId
) -> Item | None:
    """The one that a person made last."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "user_id": user_id}
    row = (await tx.execute(_LAST, of)).mappings().one_or_none()
    return None if row is None else item_of(row)
