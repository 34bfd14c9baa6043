"""Withdrawals: steps of a published document's publication that somebody asks for later, each by a key of its own."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from bot.db.base import load
from bot.db.publications import PUBLICATIONS, STEPS, UNDER_WAY
from bot.db.steps import DOCUMENT, StepId
from bot.db.unit_of_work import Nudge, Tx
from bot.domain.ids import ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.postings import Posting
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import PublicationState, StepKind, StepState
from bot.domain.withdrawing import PublishedDocument

_ALL = STEPS.alias("all_steps")
_LAST_STEP = select(func.max(_ALL.c.position)).where(_ALL.c.publication_id == PUBLICATIONS.c.id).scalar_subquery()
_PUBLISHED = (
    select(PUBLICATIONS.c.id, PUBLICATIONS.c.ledger_id, STEPS.c.work, _LAST_STEP.label("last_step"))
    .join(STEPS, STEPS.c.publication_id == PUBLICATIONS.c.id)
    .where(
        PUBLICATIONS.c.workspace_id == bindparam("workspace_id"),
        PUBLICATIONS.c.item_id == bindparam("item_id"),
        PUBLICATIONS.c.state == PublicationState.PUBLISHED,
        PUBLICATIONS.c.ledger_id.is_not(None),
        STEPS.c.position == DOCUMENT,
        STEPS.c.work.is_not(None),
    )
    .order_by(PUBLICATIONS.c.created_at.desc())
    .limit(1)
)
NOT_BEGUN = (StepState.PLANNED, StepState.WAITING, StepState.REFUSED)
"""States of a step that nothing is under way of."""
NOT_DONE = (*NOT_BEGUN, *UNDER_WAY)


async def published_document(tx: Tx, workspace_id: WorkspaceId, item_id: ItemId) -> PublishedDocument | None:
    """The item's document that stands in the ledger; None where none does that was published from here."""
    row = (await tx.execute(_PUBLISHED, {"workspace_id": workspace_id, "item_id": item_id})).one_or_none()
    if row is None:
        return None
    return PublishedDocument(
        publication_id=PublicationId(row.id),
        ledger_id=row.ledger_id,
        posting=load(row.work, Posting),
        last_step=row.last_step,
    )


async def open_withdrawal(tx: Tx, item: Item, document: PublishedDocument) -> None:
    """One more step, due at once. What was to come after the document and has not begun never does."""
    await leave_the_rest(tx, item.workspace_id, document.publication_id)
    await tx.execute(
        STEPS.insert().values(
            publication_id=document.publication_id,
            position=document.last_step + 1,
            workspace_id=item.workspace_id,
            organisation_id=item.organisation_id,
            item_id=item.id,
            kind=StepKind.WITHDRAWAL,
            state=StepState.WAITING,
            due_at=tx.now,
            marker=document.ledger_id,
        )
    )
    tx.nudge(Nudge.PLANNER)


async def leave_the_rest(
    tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId, states: tuple[StepState, ...] = NOT_BEGUN
) -> None:
    """Files, and whatever else hangs on a document, are not wanted where it is to go."""
    await tx.execute(
        STEPS.update()
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.publication_id == publication_id,
            STEPS.c.position > DOCUMENT,
            STEPS.c.kind != StepKind.WITHDRAWAL,
            STEPS.c.state.in_(states),
        )
        .values(state=StepState.CANCELLED)
    )


async def payments_of(tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId) -> tuple[str, ...]:
    """The ledger's ids of what was paid on the document from here."""
    statement = select(STEPS.c.ledger_id).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.publication_id == publication_id,
        STEPS.c.kind == StepKind.PAYMENT,
        STEPS.c.ledger_id.is_not(None),
    )
    return tuple((await tx.execute(statement)).scalars())


async def payments_gone(
    tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId, payments: Collection[str], problem: str
) -> bool:
    """These stand in the ledger no more, though the document does. They keep their ids: should the document be withdrawn
    yet, they are known to be gone. False: they are not of this publication.
    """
    gone = STEPS.update().where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.publication_id == publication_id,
        STEPS.c.kind == StepKind.PAYMENT,
        STEPS.c.ledger_id.in_(tuple(payments)),
    )
    return bool((await tx.execute(gone.values(state=StepState.REFUSED, problem=problem, read_back_at=None))).rowcount)


async def payments_taken_back(
    tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId
) -> tuple[tuple[str, ...], Problem | None]:
    """The ledger's ids of payments that went before the document, which stayed; and what was told of them."""
    statement = select(STEPS.c.ledger_id, STEPS.c.problem).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.publication_id == publication_id,
        STEPS.c.kind == StepKind.PAYMENT,
        STEPS.c.ledger_id.is_not(None),
        STEPS.c.problem.is_not(None),
    )
    told = [(row.ledger_id, load(row.problem, Problem)) for row in (await tx.execute(statement)).all()]
    gone = [(ledger_id, problem) for ledger_id, problem in told if problem.code is ProblemCode.PAYMENT_TAKEN_BACK]
    return tuple(ledger_id for ledger_id, _ in gone), next((problem for _, problem in gone), None)


async def is_paid_from_here(tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId) -> bool:
    """Whether a payment of ours stands on the document, so that it goes with it."""
    statement = select(STEPS.c.problem).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.publication_id == publication_id,
        STEPS.c.kind == StepKind.PAYMENT,
        STEPS.c.ledger_id.is_not(None),
    )
    problems = [text and load(text, Problem) for text in (await tx.execute(statement)).scalars()]
    return any(not problem or problem.code is not ProblemCode.PAYMENT_TAKEN_BACK for problem in problems)


async def is_being_paid(tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId) -> bool:
    """Whether a payment of the document is on its way, of which the ledger's id is not known yet."""
    statement = select(STEPS.c.position).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.publication_id == publication_id,
        STEPS.c.kind == StepKind.PAYMENT,
        STEPS.c.state.in_(UNDER_WAY),
    )
    return (await tx.execute(statement.limit(1))).first() is not None


async def told_of(tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId) -> str | None:
    """The differences that people were told of when the document was to be withdrawn last."""
    statement = (
        select(STEPS.c.problem)
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.publication_id == publication_id,
            STEPS.c.kind == StepKind.WITHDRAWAL,
            STEPS.c.problem.is_not(None),
        )
        .order_by(STEPS.c.position.desc())
        .limit(1)
    )
    text = (await tx.execute(statement)).scalar_one_or_none()
    problem = None if text is None else load(text, Problem)
    if problem is None or problem.code is not ProblemCode.WITHDRAWAL_CHANGED:
        return None
    return problem.facts.get("differences")


async def mark_withdrawn(tx: Tx, workspace_id: WorkspaceId, publication_id: PublicationId) -> None:
    """Its document stands in the ledger no more, so that the item's next publication makes a new one."""
    await tx.execute(
        PUBLICATIONS.update()
        .where(PUBLICATIONS.c.workspace_id == workspace_id, PUBLICATIONS.c.id == publication_id)
        .values(state=PublicationState.WITHDRAWN)
    )
    # nobody is told of what is still tried with it
    await leave_the_rest(tx, workspace_id, publication_id, NOT_DONE)


async def withdrawn_before(tx: Tx, workspace_id: WorkspaceId, item_ids: list[ItemId]) -> dict[ItemId, int]:
    """How often a document of each of these items was taken out of the ledger; those of which none was are left out."""
    statement = (
        select(PUBLICATIONS.c.item_id, func.count().label("times"))
        .where(
            PUBLICATIONS.c.workspace_id == workspace_id,
            PUBLICATIONS.c.item_id.in_(item_ids),
            PUBLICATIONS.c.state == PublicationState.WITHDRAWN,
        )
        .group_by(PUBLICATIONS.c.item_id)
    )
    return {ItemId(row.item_id): row.times for row in (await tx.execute(statement)).all()}


async def waiting_withdrawals(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> tuple[tuple[StepId, ItemId], ...]:
    """Those of an organisation that nothing was frozen of."""
    statement = select(STEPS.c.publication_id, STEPS.c.position, STEPS.c.item_id).where(
        STEPS.c.workspace_id == workspace_id,
        STEPS.c.organisation_id == organisation_id,
        STEPS.c.kind == StepKind.WITHDRAWAL,
        STEPS.c.state == StepState.WAITING,
    )
    return tuple(
        (StepId(PublicationId(row.publication_id), row.position), ItemId(row.item_id))
        for row in (await tx.execute(statement.with_for_update())).all()
    )
