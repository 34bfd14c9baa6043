"""What is due and does not go out is told once for each organisation, followed while it lasts, and closed with what came of it.

Each minute the organisations are looked at in which something has been due for long. That is seen in the rows of what
waits, whatever the reason: a pause that the ledger asked for, an outage, a day's calls that are used up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, exists, func, or_, select

from bot.db.base import load, table_of
from bot.db.connections import ConnectionRow, SettingsRow
from bot.db.publications import PUBLICATIONS, STEPS, USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.publishing import PublicationState
from bot.domain.queues import Drained
from bot.loops import guarded
from bot.services.connection_messages import place_of_news
from bot.services.held_up import GOES_ON, connection_of, due_of, is_set_aside, queues_of
from bot.services.homes import redraw_homes_of
from bot.services.messages import MESSAGES, Drawn, Shown, Subject, redraw, want
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
        return sum([await self._told(connection) for connection in found])

    async def _told(self, connection: Row[Any]) -> bool:
        """What goes wrong over one costs no other its turn."""
        of = str(connection.organisation_id)
        return await guarded(partial(self._look_at, connection), "telling what is held up", organisation=of)

    async def _look_at(self, connection: Row[Any]) -> bool:
        of = WorkspaceId(connection.workspace_id), OrganisationId(connection.organisation_id)
        async with self.db.write() as tx:
            due, told_at = (await due_of(tx, of[0], [of[1]]))[of[1]], await _told_at(tx, *of)
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
            await redraw_homes_of(tx, *of)
        return True

    async def draw(self, tx: Tx, message: Shown) -> Drawn | None:
        """The drawer of `Subject.QUEUE`."""
        of = message.workspace_id, OrganisationId(UUID(message.subject_id))
        connection = await connection_of(tx, *of)
        provider = None if connection is None else self.providers.get(connection.provider)
        if connection is None or provider is None:
            return None
        told = load(message.facts, Told)
        if told.ended_at is None:
            queue = (await queues_of(tx, of[0], [connection], self.providers))[of[1]]
            text, blocks = views.waiting(replace(queue, since=told.since))
            return Drawn(text=text, blocks=blocks)
        text, blocks = views.drained(
            Drained(
                organisation=connection.name,
                ledger=provider.profile.name,
                since=told.since,
                ended_at=told.ended_at,
                published=await _ended(tx, *of, PublicationState.PUBLISHED, told),
                refused=await _ended(tx, *of, PublicationState.REFUSED, told),
                is_lost=told.is_lost,
            )
        )
        return Drawn(text=text, blocks=blocks, is_last=True)


def _of_interest(tx: Tx, providers: Sequence[str]) -> Select[Any]:
    """Organisations with something that was due for long, or with a card; of all workspaces, so none is named."""
    waits = exists().where(
        STEPS.c.organisation_id == CONNECTIONS.c.organisation_id,
        STEPS.c.state.in_(GOES_ON),
        STEPS.c.due_at <= tx.now - LONG,
        ~is_set_aside(),
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
    row = await connection_of(tx, workspace_id, organisation_id, is_locked=True)
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
