"""What is due to be sent, and freezing it into a batch: what the planner asks and writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, case, func, not_, or_, select

from bot.db.base import dump, new_id, table_of
from bot.db.connections import BudgetRow, ConnectionRow, SettingsRow
from bot.db.probing import Probing, probing
from bot.db.publications import BATCHES, PUBLICATIONS, SET_ASIDE_AFTER, STEPS, USABLE, holds_up, holds_up_before
from bot.db.steps import StepId
from bot.db.unit_of_work import Tx
from bot.db.workspaces import is_installed
from bot.domain.budgets import furthest_pause
from bot.domain.ids import BatchId, ConnectionId, FileId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.postings import Work
from bot.domain.publishing import TOGETHER, BatchState, PublicationState, StepKind, StepState

CONNECTIONS, SETTINGS, BUDGETS = table_of(ConnectionRow), table_of(SettingsRow), table_of(BudgetRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueOrganisation:
    """An organisation with something to send, and the connection to send it by."""

    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    provider: str
    tenant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStep:
    """`ledger_id` is set where an earlier publication left a document in the ledger: it is read again, not sent.
    `goes_alone`: it was in a batch that the ledger refused as a whole. `document_id` is the ledger's id of the document
    that it belongs to, for what comes after that one.
    """

    id: StepId
    item_id: ItemId
    kind: StepKind
    marker: str
    file_id: FileId | None
    ledger_id: str | None
    document_id: str | None
    due_at: datetime
    goes_alone: bool


_FIRST = (StepKind.DOCUMENT, StepKind.PAYMENT, StepKind.WITHDRAWAL, StepKind.ATTACHMENT)
_RANK = case({kind.value: rank for rank, kind in enumerate(_FIRST)}, value=STEPS.c.kind)
"""Documents go before all else, and files, which cost a call each, after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What goes many in a call waits so long for more, unless there is enough for one call of its provider."""

    wait: timedelta
    enough: Mapping[str, int]
    """By provider; of others nothing is due."""


_FROZEN = select(func.count()).where(
    BATCHES.c.state == BatchState.QUEUED, BATCHES.c.leased_until.is_(None), BATCHES.c.due_at > bindparam("now")
)


async def frozen_waiting(tx: Tx) -> int:
    """Batches that were frozen lately and that nobody has begun to send."""
    return int((await tx.execute(_FROZEN, {"now": tx.now})).scalar_one())


class NotYetError(Exception):
    """Its ledger fails at writing, and is tried with one document later."""


async def organisations_due(
    tx: Tx, gathering: Gathering, most: int, *, without: Collection[OrganisationId] = ()
) -> tuple[DueOrganisation, ...]:
    """Set up, connected, not paused, nothing in flight, and something due, longest first; but `without` these. Work of all
    workspaces, so none is named.
    """
    asked = {
        "now": tx.now,
        "furthest_pause": furthest_pause(tx.now),
        "ripe_before": tx.now - gathering.wait,
        "failing_before": tx.now - SET_ASIDE_AFTER,
        "without": list(without),
        "most": most,
    }
    statement = _with_something_due(tuple(sorted(gathering.enough.items())))
    return tuple(
        DueOrganisation(
            workspace_id=WorkspaceId(row.workspace_id),
            organisation_id=OrganisationId(row.organisation_id),
            connection_id=ConnectionId(row.id),
            provider=row.provider,
            tenant_id=row.tenant_id,
        )
        for row in (await tx.execute(statement, asked)).all()
    )


@cache
def _with_something_due(enough_by_provider: tuple[tuple[str, int], ...]) -> Select[Any]:
    """Built once: the planner asks at each look, and building it takes longer than answering it."""
    instant = partial(bindparam, type_=STEPS.c.due_at.type)
    now = instant("now")
    in_flight = select(BATCHES.c.id).where(
        BATCHES.c.organisation_id == CONNECTIONS.c.organisation_id, holds_up_before(instant("failing_before"))
    )
    waits = and_(STEPS.c.kind.in_(TOGETHER), STEPS.c.due_at > instant("ripe_before"))
    due = (
        select(
            STEPS.c.organisation_id,
            func.min(STEPS.c.due_at).label("since"),
            func.count(case((not_(waits), 1))).label("ripe"),
            func.count(case((STEPS.c.kind == StepKind.DOCUMENT, 1))).label("documents"),
            func.count(case((STEPS.c.kind == StepKind.PAYMENT, 1))).label("payments"),
        )
        .where(STEPS.c.state == StepState.WAITING, STEPS.c.due_at <= now)
        .group_by(STEPS.c.organisation_id)
        .subquery()
    )
    enough = case(dict(enough_by_provider), value=CONNECTIONS.c.provider)
    paused = select(BUDGETS.c.tenant_id).where(
        BUDGETS.c.provider == CONNECTIONS.c.provider,
        BUDGETS.c.tenant_id == CONNECTIONS.c.tenant_id,
        BUDGETS.c.paused_until > now,
        BUDGETS.c.paused_until <= instant("furthest_pause"),
    )
    return (
        select(CONNECTIONS)
        .join(SETTINGS, SETTINGS.c.organisation_id == CONNECTIONS.c.organisation_id)
        .join(due, due.c.organisation_id == CONNECTIONS.c.organisation_id)
        .where(
            CONNECTIONS.c.provider.in_([provider for provider, _ in enough_by_provider]),
            CONNECTIONS.c.organisation_id.not_in(bindparam("without", expanding=True)),
            or_(due.c.ripe > 0, due.c.documents >= enough, due.c.payments >= enough),
            is_installed(CONNECTIONS.c.workspace_id),
            CONNECTIONS.c.health.in_(USABLE),
            SETTINGS.c.general_confirmed_at.is_not(None),
            SETTINGS.c.tax_confirmed_at.is_not(None),
            ~in_flight.exists(),
            ~paused.exists(),
        )
        .order_by(due.c.since)
        .limit(bindparam("most"))
    )


async def take_due(tx: Tx, organisation: DueOrganisation, gathering: Gathering) -> tuple[DueStep, ...]:
    """The oldest due documents, or where none is due the oldest steps of one kind, locked against another planner and against
    being taken back; what still gathers stays, and lets others go first; nothing while a batch of theirs is in flight, or when their connection has ended meanwhile. What is only to be read again comes apart:
    it must not be sent with the others. What was refused with others comes by itself. While nothing shows that writing works,
    one goes alone to find out.
    """
    usable = select(CONNECTIONS.c.id).where(
        CONNECTIONS.c.id == organisation.connection_id,
        CONNECTIONS.c.workspace_id == organisation.workspace_id,
        CONNECTIONS.c.health.in_(USABLE),
    )
    if (await tx.execute(usable.with_for_update())).first() is None:
        return ()
    lock = select(SETTINGS.c.organisation_id).where(
        SETTINGS.c.organisation_id == organisation.organisation_id,
        SETTINGS.c.workspace_id == organisation.workspace_id,
    )
    await tx.execute(lock.with_for_update())
    busy = select(BATCHES.c.id).where(
        BATCHES.c.workspace_id == organisation.workspace_id,
        BATCHES.c.organisation_id == organisation.organisation_id,
        holds_up(tx.now),
    )
    if (await tx.execute(busy.limit(1))).first() is not None:
        return ()
    is_probing = await probing(tx, organisation.workspace_id, organisation.organisation_id)
    if is_probing is Probing.NOT_YET:
        raise NotYetError
    for kinds in (_FIRST[first:] for first in range(len(_FIRST))):
        found = await _due_of(tx, organisation, kinds, gathering.enough[organisation.provider])
        of_a_kind = tuple(step for step in found if step.kind is found[0].kind)
        left_behind = tuple(step for step in of_a_kind if step.ledger_id is not None and not step.goes_alone)
        alone = tuple(step for step in of_a_kind if step.goes_alone)[:1]
        if not _still_gathers(of_a_kind, gathering, organisation.provider, tx.now):
            chosen = left_behind or alone or of_a_kind
            return chosen[:1] if is_probing is Probing.BY_ONE else chosen
    return ()


def _still_gathers(steps: Sequence[DueStep], gathering: Gathering, provider: str, now: datetime) -> bool:
    is_enough = len(steps) >= gathering.enough[provider]
    return (
        bool(steps)
        and steps[0].kind.goes_with_others
        and not is_enough
        and min(step.due_at for step in steps) > now - gathering.wait
    )


async def _due_of(tx: Tx, organisation: DueOrganisation, kinds: Sequence[StepKind], most: int) -> tuple[DueStep, ...]:
    statement = (
        select(STEPS, PUBLICATIONS.c.ledger_id.label("document_id"))
        .join(PUBLICATIONS, PUBLICATIONS.c.id == STEPS.c.publication_id)
        .where(
            STEPS.c.workspace_id == organisation.workspace_id,
            STEPS.c.organisation_id == organisation.organisation_id,
            STEPS.c.kind.in_(tuple(kinds)),
            STEPS.c.state == StepState.WAITING,
            STEPS.c.due_at <= tx.now,
        )
        .order_by(_RANK, STEPS.c.due_at, PUBLICATIONS.c.created_at, STEPS.c.position)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return tuple(_due_step(row) for row in (await tx.execute(statement)).all())


def _due_step(row: Row[Any]) -> DueStep:
    return DueStep(
        id=StepId(PublicationId(row.publication_id), row.position),
        item_id=ItemId(row.item_id),
        kind=StepKind(row.kind),
        marker=row.marker,
        file_id=None if row.file_id is None else FileId(row.file_id),
        ledger_id=row.ledger_id,
        document_id=row.document_id,
        due_at=row.due_at,
        goes_alone=row.batch_id is not None,
    )


async def insert_batch(
    tx: Tx,
    organisation: DueOrganisation,
    *,
    kind: StepKind,
    route: str,
    body: bytes,
    body_hash: str,
    due_at: datetime,
    number: int | None = None,
) -> BatchId:
    batch_id = BatchId(new_id())
    await tx.execute(
        BATCHES.insert().values(
            id=batch_id,
            workspace_id=organisation.workspace_id,
            organisation_id=organisation.organisation_id,
            connection_id=organisation.connection_id,
            kind=kind,
            route=route,
            state=BatchState.QUEUED,
            attempt=1,
            failures=0,
            body=body,
            body_hash=body_hash,
            idempotency_key=str(new_id()),
            due_at=due_at,
            number=number,
            created_at=tx.now,
        )
    )
    return batch_id


async def bind_steps(tx: Tx, batch_id: BatchId, taken: Sequence[tuple[StepId, Work]]) -> None:
    """Freeze steps into their batch, in the order of its body: from here their content never changes."""
    steps = STEPS.update().where(
        STEPS.c.publication_id == bindparam("of_id"),
        STEPS.c.position == bindparam("at_position"),
        STEPS.c.state == StepState.WAITING,
    )
    bound = [
        {
            "of_id": step.publication_id,
            "at_position": step.position,
            "state": StepState.SENDING,
            "batch_id": batch_id,
            "place": place,
            "work": dump(work),
            "marker": work.marker,
        }
        for place, (step, work) in enumerate(taken)
    ]
    await tx.execute(steps, bound)
    sending = [
        {"of_id": step.publication_id, "state": PublicationState.SENDING} for step, _ in taken if step.is_document
    ]
    if sending:
        publications = PUBLICATIONS.update().where(
            PUBLICATIONS.c.id == bindparam("of_id"), PUBLICATIONS.c.state == PublicationState.WAITING
        )
        await tx.execute(publications, sending)
