"""What belongs to documents that stand in the ledger and is not there: on its way still, or refused and not left so."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, bindparam, select

from bot.db.items import ITEMS, item_of
from bot.db.publications import PUBLICATIONS, STEPS, UNDER_WAY
from bot.db.unit_of_work import Tx
from bot.domain.ids import ItemId, OrganisationId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.publishing import ADDITIONS, Additions, PublicationState, StepKind, StepState

_OF_ITEM = (
    select(STEPS.c.kind, STEPS.c.state, STEPS.c.warning)
    .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
    .where(
        STEPS.c.workspace_id == bindparam("workspace_id"),
        STEPS.c.item_id == bindparam("item_id"),
        STEPS.c.kind.in_((StepKind.DOCUMENT, StepKind.WITHDRAWAL, *ADDITIONS)),
        PUBLICATIONS.c.state == PublicationState.PUBLISHED,
    )
    .order_by(STEPS.c.position)
)
_REFUSED = (
    select(ITEMS, STEPS.c.kind.label("lacks"))
    .join(STEPS, STEPS.c.item_id == ITEMS.c.id)
    .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
    .where(
        ITEMS.c.workspace_id == bindparam("workspace_id"),
        STEPS.c.organisation_id.in_(bindparam("organisation_ids", expanding=True)),
        STEPS.c.state == StepState.REFUSED,
        STEPS.c.kind.in_((*ADDITIONS, StepKind.WITHDRAWAL)),
        PUBLICATIONS.c.state == PublicationState.PUBLISHED,
        ITEMS.c.state == ItemState.PUBLISHED,
    )
    .order_by(ITEMS.c.created_at, STEPS.c.position)
    .limit(bindparam("most"))
)


async def additions_of(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> Additions:
    """Of the document that stands in the ledger; of one that does not, there are none."""
    rows = (await tx.execute(_OF_ITEM, {"workspace_id": workspace_id, "item_id": item_id})).all()
    found = [row for row in rows if row.kind != StepKind.WITHDRAWAL]
    # each wish is a step of its own: the last one counts
    withdrawal = [row for row in rows if row.kind == StepKind.WITHDRAWAL][-1:]
    of_files = (row.state for row in found if row.kind == StepKind.ATTACHMENT)
    files = [state for state in of_files if state != StepState.CANCELLED]
    return Additions(
        files=len(files),
        files_there=files.count(StepState.DONE),
        files_to_come=sum(state in (StepState.WAITING, *UNDER_WAY) for state in files),
        refused=_kinds(row for row in (*found, *withdrawal) if row.state == StepState.REFUSED),
        under_way=_kinds(row for row in found if row.state in (StepState.WAITING, *UNDER_WAY)),
        done=_kinds(row for row in found if row.state == StepState.DONE and row.kind in ADDITIONS),
        warned=tuple((StepKind(row.kind), row.warning) for row in found if row.warning and row.state == StepState.DONE),
    )


def _kinds(rows: Iterable[Row[Any]]) -> tuple[StepKind, ...]:
    """Each once: a report has as many files as its receipts."""
    return tuple(dict.fromkeys(StepKind(row.kind) for row in rows))


async def items_lacking(
    tx: Tx, workspace_id: WorkspaceId, organisation_ids: Collection[OrganisationId], *, limit: int
) -> tuple[tuple[Item, StepKind], ...]:
    """What a bookkeeper of these organisations has to mend of what is published, oldest first: each with what was refused."""
    of = {"workspace_id": workspace_id, "organisation_ids": list(organisation_ids), "most": limit}
    rows = (await tx.execute(_REFUSED, of)).mappings().all()
    return tuple((item_of(row), StepKind(row["lacks"])) for row in rows)
