"""What is due and does not go out is told once for each organisation, followed while it lasts, and closed with what came of it.

Each minute the organisations are looked at in which something has been due for long. That is seen in the rows of what
waits, whatever the reason: a pause that the ledger asked for, an outage, a day's calls that are used up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow, SettingsRow
from bot.db.publications import BATCHES, OPEN, PUBLICATIONS, STEPS, USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.publishing import PublicationState, StepKind, StepState
from bot.domain.queues import Drained, HeldUpBy, Queue
from bot.services.budgets import Left, left_of
from bot.services.connection_messages import place_of_news
from bot.services.messages import MESSAGES, Drawn, Shown, Subject, redraw, want
from bot.services.settings import organisation_name
from bot.views import queues as views
from providers.base import AccountingProvider

CONNECTIONS, SETTINGS = table_of(ConnectionRow), table_of(SettingsRow)

LONG = timedelta(minutes=2)
"""What has been due for so long is held up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a card's row keeps: since when something waited, and when all had gone."""

    since: datetime
    ended_at: datetime | None = None
    is_lost: bool = False
    """The connection ended while something waited."""


@dataclass(frozen=True, slots=True)
class Queues:
    db: Database
    providers: Mapping[str, AccountingProvider]

    async def look(self) -> int:
        """Tell of what is held up now, and close what has drained; answers how many cards were told or closed."""
        async with self.db.read() as tx:
            found = (await tx.execute(_of_interest(tx, tuple(self.providers)))).all()
        return sum([await self._look_at(connection) for connection in found])

    async def _look_at(self, connection: Row[Any]) -> bool:
        of = WorkspaceId(connection.workspace_id), OrganisationId(connection.organisation_id)
        async with self.db.write() as tx:
            due, told_at = await _due(tx, *of), await _told_at(tx, *of)
            if told_at is None and (due.since is None or due.since > tx.now - LONG):
                return False
            is_lost = connection.health not in USABLE
            if told_at is not None and due.since is not None and not is_lost:
                await redraw(tx, of[0], Subject.QUEUE, of[1])  # the numbers are other ones by now
                return False
            await _set_told_at(tx, *of, tx.now if told_at is None else None)
            facts = (
                {"since": due.since}
                if told_at is None
                else {**await _facts(tx, *of, told_at), "ended_at": tx.now, "is_lost": is_lost}
            )
            role = _role(told_at or tx.now)
            place = await place_of_news(tx, *of, UserId(connection.connected_by), role)
            await want(tx, of[0], Subject.QUEUE, of[1], place, facts=facts)
        return True

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.QUEUE`."""
        of = message.workspace_id, OrganisationId(UUID(message.subject_id))
        connection = await _connection(tx, *of)
        provider = None if connection is None else self.providers.get(connection.provider)
        if connection is None or provider is None:
            return None
        name, told = await organisation_name(tx, *of), load(message.facts, Told)
        if told.ended_at is None:
            queue = await _queue(tx, connection, provider, name, told.since)
            text, blocks = views.waiting(queue)
            return Drawn(text=text, blocks=blocks)
        text, blocks = views.drained(
            Drained(
                organisation=name,
                ledger=provider.profile.name,
                since=told.since,
                ended_at=told.ended_at,
                published=await _ended(tx, *of, PublicationState.PUBLISHED, told),
                refused=await _ended(tx, *of, PublicationState.REFUSED, told),
                is_lost=told.is_lost,
            )
        )
        return Drawn(text=text, blocks=blocks, is_last=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    since: datetime | None
    documents: int = 0
    others: int = 0
    is_silent: bool = False


def _of_interest(tx: Tx, providers: Sequence[str]) -> Select[Any]:
    """Organisations with something that was due for long, or with a card; of all workspaces, so none is named."""
    waits = exists().where(
        STEPS.c.organisation_id == CONNECTIONS.c.organisation_id,
        STEPS.c.state.in_(_GOES_ON),
        STEPS.c.due_at <= tx.now - LONG,
        ~_is_set_aside(),
    )
    is_ready = and_(
        CONNECTIONS.c.health.in_(USABLE),
        SETTINGS.c.general_confirmed_at.is_not(None),
        SETTINGS.c.tax_confirmed_at.is_not(None),
    )
    return (
        select(CONNECTIONS)
        .join(SETTINGS, SETTINGS.c.organisation_id == CONNECTIONS.c.organisation_id)
        .where(
            CONNECTIONS.c.provider.in_(tuple(providers)),
            is_installed(CONNECTIONS.c.workspace_id),
            or_(CONNECTIONS.c.queue_told_at.is_not(None), and_(waits, is_ready)),
        )
    )


def _role(told_at: datetime) -> str:
    """Of the one message of a queue: one that forms anew is told anew."""
    return f"queue:{told_at:%Y%m%dT%H%M%S}"


async def _told_at(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> datetime | None:
    """When the card was told that stands now. Locked: one process closes it."""
    row = await _connection(tx, workspace_id, organisation_id, is_locked=True)
    return None if row is None else row.queue_told_at


async def _set_told_at(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, at: datetime | None) -> None:
    of = CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    await tx.execute(CONNECTIONS.update().where(*of).values(queue_told_at=at))


async def _facts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, told_at: datetime
) -> dict[str, Any]:
    """What the card keeps. Where its row is gone with its channel, it has waited since it was told."""
    statement = select(MESSAGES.c.facts).where(
        MESSAGES.c.workspace_id == workspace_id,
        MESSAGES.c.subject == Subject.QUEUE,
        MESSAGES.c.subject_id == str(organisation_id),
        MESSAGES.c.role == _role(told_at),
    )
    kept = (await tx.execute(statement)).scalar_one_or_none()
    return {"since": told_at if kept is None else load(kept, Told).since}


_GOES_ON = (StepState.WAITING, StepState.SENDING, StepState.UNKNOWN)
"""What goes to the ledger by itself; what is held or refused waits for people."""


def _is_set_aside() -> ColumnElement[bool]:
    """What has an alert of its own, and is looked for once a day."""
    of_step = (BATCHES.c.workspace_id == STEPS.c.workspace_id, BATCHES.c.id == STEPS.c.batch_id)
    return exists().where(*of_step, BATCHES.c.set_aside_at.is_not(None))


async def _due(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> _Due:
    statement = (
        select(STEPS.c.kind, func.count().label("number"), func.min(STEPS.c.due_at).label("since"))
        .where(
            STEPS.c.workspace_id == workspace_id,
            STEPS.c.organisation_id == organisation_id,
            STEPS.c.state.in_(_GOES_ON),
            # files are put off while the last calls of a day are kept for documents
            or_(STEPS.c.due_at <= tx.now, STEPS.c.kind == StepKind.ATTACHMENT),
            ~_is_set_aside(),
        )
        .group_by(STEPS.c.kind)
    )
    rows = (await tx.execute(statement)).all()
    silent = select(BATCHES.c.id).where(
        BATCHES.c.workspace_id == workspace_id,
        BATCHES.c.organisation_id == organisation_id,
        BATCHES.c.state.in_(OPEN),
        BATCHES.c.failing_since.is_not(None),
    )
    return _Due(
        since=min((min(row.since, tx.now) for row in rows), default=None),
        documents=sum(row.number for row in rows if row.kind == StepKind.DOCUMENT),
        others=sum(row.number for row in rows if row.kind != StepKind.DOCUMENT),
        is_silent=(await tx.execute(silent.limit(1))).first() is not None,
    )


async def _queue(
    tx: Tx, connection: Row[Any], provider: AccountingProvider, organisation: str, since: datetime
) -> Queue:
    profile = provider.profile
    due = await _due(tx, WorkspaceId(connection.workspace_id), OrganisationId(connection.organisation_id))
    left = await left_of(tx, connection.provider, connection.tenant_id, profile.limits)
    return Queue(
        organisation=organisation,
        ledger=profile.name,
        since=since,
        by=_held_up_by(due, left),
        documents=due.documents,
        others=due.others,
        until=left.until,
        calls_left=left.of_day,
        together=profile.batch_size,
    )


def _held_up_by(due: _Due, left: Left) -> HeldUpBy:
    if left.is_paused:
        return HeldUpBy.ASKED
    if left.of_day is not None and left.of_day <= 0:
        return HeldUpBy.SPENT
    return HeldUpBy.SILENT if due.is_silent else HeldUpBy.MANY


async def _connection(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, *, is_locked: bool = False
) -> Row[Any] | None:
    statement = select(CONNECTIONS).where(
        CONNECTIONS.c.workspace_id == workspace_id, CONNECTIONS.c.organisation_id == organisation_id
    )
    return (await tx.execute(statement.with_for_update() if is_locked else statement)).one_or_none()


async def _ended(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, state: PublicationState, told: Told
) -> int:
    """Documents that came to this end while the card stood."""
    statement = select(func.count()).where(
        PUBLICATIONS.c.workspace_id == workspace_id,
        PUBLICATIONS.c.organisation_id == organisation_id,
        PUBLICATIONS.c.state == state,
        PUBLICATIONS.c.ended_at >= told.since,
        PUBLICATIONS.c.ended_at <= told.ended_at,
    )
    return int((await tx.execute(statement)).scalar_one())
