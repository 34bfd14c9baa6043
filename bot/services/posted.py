"""Documents as they were sent: what comes after one, and what takes it back, goes by that."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.db.base import load
from bot.db.planning import DueOrganisation, DueStep
from bot.db.publications import PUBLICATIONS, STEPS
from bot.db.steps import DOCUMENT
from bot.db.unit_of_work import Tx
from bot.domain.ids import PublicationId
from bot.domain.postings import Posting


async def standing_as(tx: Tx, organisation: DueOrganisation, due: DueStep) -> Posting | None:
    """As what an earlier publication left it in the ledger: it is looked for there, though it may be of another kind by
    now. Whoever created it is the oldest that knows its id.
    """
    if due.ledger_id is None:
        return None
    statement = (
        select(STEPS.c.work)
        .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
        .where(
            STEPS.c.workspace_id == organisation.workspace_id,
            STEPS.c.item_id == due.item_id,
            STEPS.c.position == DOCUMENT,
            STEPS.c.ledger_id == due.ledger_id,
            STEPS.c.work.is_not(None),
        )
        .order_by(PUBLICATIONS.c.created_at)
        .limit(1)
    )
    work = (await tx.execute(statement)).scalar_one_or_none()
    return None if work is None else load(work, Posting)


async def posted(tx: Tx, organisation: DueOrganisation, due: DueStep) -> Posting | None:
    """The document that the step belongs to, as it was sent."""
    return (await all_posted(tx, organisation, [due])).get(due.id.publication_id)


async def all_posted(tx: Tx, organisation: DueOrganisation, found: Sequence[DueStep]) -> dict[PublicationId, Posting]:
    statement = select(STEPS.c.publication_id, STEPS.c.work).where(
        STEPS.c.workspace_id == organisation.workspace_id,
        STEPS.c.publication_id.in_({due.id.publication_id for due in found}),
        STEPS.c.position == DOCUMENT,
        STEPS.c.work.is_not(None),
    )
    return {PublicationId(row.publication_id): load(row.work, Posting) for row in await tx.execute(statement)}
