"""How much is due at the ledgers of organisations and does not go out, and why: for the card that tells of it, and for where
connections are shown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, exists, func, or_, select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.db.publications import BATCHES, OPEN, STEPS, USABLE
from bot.db.unit_of_work import Tx
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.publishing import StepKind, StepState
from bot.domain.queues import HeldUpBy, Queue
from bot.services.budgets import Left, lefts_of
from providers.base import Profile

CONNECTIONS, ORGANISATIONS = table_of(ConnectionRow), table_of(OrganisationRow)

GOES_ON = (StepState.WAITING, StepState.SENDING, StepState.UNKNOWN)
"""What goes to the ledger by itself; what is held or refused waits for people."""


class Profiled(Protocol):
    """A provider, or what is known of one without its credentials."""

    @property
    def profile(self) -> Profile: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`since` the oldest of it is due; None: nothing is."""

    since: datetime | None = None
    documents: int = 0
    others: int = 0
    is_silent: bool = False


def is_set_aside() -> ColumnElement[bool]:
    """What has an alert of its own, and is looked for once a day."""
    of_step = (BATCHES.c.workspace_id == STEPS.c.workspace_id, BATCHES.c.id == STEPS.c.batch_id)
    return exists().where(*of_step, BATCHES.c.set_aside_at.is_not(None))


async def due_of(
    tx: Tx, workspace_id: WorkspaceId, organisations: Collection[OrganisationId]
) -> Mapping[OrganisationId, Due]:
    """Of each of these, in two statements however many there are."""
    statement = (
        select(
            STEPS.c.organisation_id, STEPS.c.kind, func.count().label("number"), func.min(STEPS.c.due_at).label("since")
        )
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.organisation_id.in_(tuple(organisations)),
            STEPS.c.state.in_(GOES_ON),
            # files are put off while the last calls of a day are kept for documents
            or_(STEPS.c.due_at <= tx.now, STEPS.c.kind == StepKind.ATTACHMENT),
            ~is_set_aside(),
        )
        .group_by(STEPS.c.organisation_id, STEPS.c.kind)
    )
    silent = select(BATCHES.c.organisation_id).where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.organisation_id.in_(tuple(organisations)),
        BATCHES.c.state.in_(OPEN),
        BATCHES.c.failing_since.is_not(None),
    )
    found = dict.fromkeys(organisations, Due())
    for row in (await tx.execute(statement)).all():
        of, since = OrganisationId(row.organisation_id), min(row.since, tx.now)
        due, is_document = found[of], row.kind == StepKind.DOCUMENT
        found[of] = replace(
            due,
            since=since if due.since is None else min(due.since, since),
            documents=due.documents + row.number * is_document,
            others=due.others + row.number * (not is_document),
        )
    for of in (await tx.execute(silent.distinct())).scalars():
        found[OrganisationId(of)] = replace(found[OrganisationId(of)], is_silent=True)
    return found


async def connection_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, is_locked: bool = False
) -> Row[Any] | None:
    """An organisation's, as `queues_of` wants it."""
    statement = (
        select(CONNECTIONS, ORGANISATIONS.c.name)
        .join(ORGANISATIONS, ORGANISATIONS.c.id == CONNECTIONS.c.organisation_id)
        .where(CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id)
    )
    lock = statement.with_for_update(of=CONNECTIONS)
    return (await tx.execute(lock if is_locked else statement)).one_or_none()


async def queues_of(
    tx: Tx, workspace_id: WorkspaceId, connections: Sequence[Row[Any]], providers: Mapping[str, Profiled]
) -> Mapping[OrganisationId, Queue]:
    """What waits now for each of these connections, rows with the organisation's `name`; those of providers that we are not
    configured for are left out.
    """
    of_provider = [connection for connection in connections if connection.provider in providers]
    if not of_provider:
        return {}
    due = await due_of(tx, workspace_id, [OrganisationId(each.organisation_id) for each in of_provider])
    limits = {(each.provider, each.tenant_id): providers[each.provider].profile.limits for each in of_provider}
    left = await lefts_of(tx, limits)
    return {
        OrganisationId(each.organisation_id): _queue(
            each, providers[each.provider], due[each.organisation_id], left[each.provider, each.tenant_id], tx.now
        )
        for each in of_provider
    }


def _queue(connection: Row[Any], provider: Profiled, due: Due, left: Left, now: datetime) -> Queue:
    kept = provider.profile.limits.day_kept
    return Queue(
        organisation=connection.name,
        ledger=provider.profile.name,
        since=due.since or now,
        by=HeldUpBy.LOST if connection.health not in USABLE else _held_up_by(due, left, kept),
        documents=due.documents,
        others=due.others,
        until=left.until,
        calls_left=left.of_day,
        kept=kept,
        together=provider.profile.batch_size,
        read_at=now,
    )


def _held_up_by(due: Due, left: Left, kept: int) -> HeldUpBy:
    if left.is_paused:
        return HeldUpBy.ASKED
    if left.of_day is not None and left.of_day <= 0:
        return HeldUpBy.SPENT
    if left.of_day is not None and left.of_day <= kept and not due.documents:
        return HeldUpBy.KEPT
    if left.is_full:
        return HeldUpBy.FULL
    return HeldUpBy.SILENT if due.is_silent else HeldUpBy.MANY
