"""Sign-ins are used once a day at least, because a provider forgets the ones that are not: Xero after 60 days.

Whoever has the worker's loop keeps alive what nobody used for most of a day, one after another; the lease of a token set
keeps two processes from doing it twice. What the provider says of its own accord, that it is over or that somebody took
our access away, is found out here as well, and told before anything waits for it. A renewal that fails is tried again at
the next round; when the end comes near, people hear of it in time.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select

from bot.clock import Clock
from bot.db.base import dump, table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import is_installed
from bot.domain.connections import Health
from bot.domain.ids import ConnectionId, OrganisationId, UserId, WorkspaceId
from bot.domain.problems import Problem, ProblemCode
from bot.domain.texts import dated
from bot.services import audit
from bot.services.connection_messages import lapse_role, redraw_connection, tell
from bot.services.token_pairs import is_altered
from bot.services.tokens import TokenKeeper
from providers.base import AccountingProvider
from providers.errors import ProviderError, ReconnectNeededError

logger = logging.getLogger(__name__)

CONNECTIONS, TOKENS = table_of(ConnectionRow), table_of(TokenSetRow)

UNUSED_FOR = timedelta(hours=20)
"""So that one that is looked after each night is not missed because the last night was an hour later."""
SPREAD = timedelta(hours=3)
"""Sign-ins that were made at one time are not renewed at one time; shorter than what is left of a day."""
TELL_BEFORE = timedelta(days=7)
"""Time for a person to come back from a holiday's first days and press a button."""


@dataclass(frozen=True, slots=True)
class KeepAlive:
    db: Database
    clock: Clock
    tokens: TokenKeeper
    providers: Mapping[str, AccountingProvider]

    async def due(self) -> tuple[UUID, ...]:
        """Sign-ins of live connections that nobody used lately, the longest unused first."""
        now = self.clock.now()
        statement = (
            select(TOKENS.c.id, TOKENS.c.refreshed_at)
            .where(
                TOKENS.c.ended_at.is_(None),
                TOKENS.c.refreshed_at < now - UNUSED_FOR,
                TOKENS.c.provider.in_(tuple(self.providers)),
                _users().exists(),
            )
            .order_by(TOKENS.c.refreshed_at)
        )
        async with self.db.read() as tx:
            found = (await tx.execute(statement)).all()
        return tuple(UUID(str(row.id)) for row in found if row.refreshed_at + UNUSED_FOR + _later(row.id) <= now)

    async def keep(self, token_set_id: UUID) -> bool:
        """Renew one sign-in, and see whether its organisations are still shared with us; False when it did not work."""
        try:
            await self.tokens.renew(token_set_id, unused_since=self.clock.now() - UNUSED_FOR)
        except ReconnectNeededError as error:
            for user in await self._used_by(token_set_id):
                await self.tokens.broken(ConnectionId(user.id), error.problem)
            return False
        except ProviderError as error:
            logger.warning("a sign-in was not renewed; again later", extra={"problem": str(error.problem.code)})
            await self._warn(token_set_id)
            return False
        await self._look(token_set_id)
        return True

    async def find_altered(self) -> int:
        """Stored sign-ins that somebody altered are told before anything waits for them; answers how many connections.

        Each round opens them all: a thousand take 15 ms.
        """
        statement = (
            select(CONNECTIONS.c.id.label("connection_id"), TOKENS, TOKENS.c.id.label("token_set_id"))
            .join(TOKENS, TOKENS.c.id == CONNECTIONS.c.token_set_id)
            .where(CONNECTIONS.c.health.in_(USABLE), is_installed(CONNECTIONS.c.workspace_id))
        )
        async with self.db.read() as tx:
            rows = (await tx.execute(statement)).all()
        found = [row.connection_id for row in rows if is_altered(self.tokens.vault, row)]
        for connection_id in found:
            await self.tokens.broken(ConnectionId(connection_id), Problem(code=ProblemCode.SIGN_IN_ALTERED))
        return len(found)

    async def recovered(self) -> int:
        """A sign-in that was about to lapse and was renewed is as good as any; answers how many connections it was."""
        renewed = select(TOKENS.c.id).where(
            TOKENS.c.id == CONNECTIONS.c.token_set_id, TOKENS.c.refreshed_at > CONNECTIONS.c.lapse_told_at
        )
        is_over = and_(CONNECTIONS.c.health == Health.AT_RISK, CONNECTIONS.c.lapse_told_at.is_not(None))
        async with self.db.read() as tx:
            found = (await tx.execute(select(CONNECTIONS).where(is_over, renewed.exists()))).all()
        for row in found:
            async with self.db.write() as tx:
                healthy = CONNECTIONS.update().where(
                    CONNECTIONS.c.id == row.id, CONNECTIONS.c.workspace_id == row.workspace_id, is_over
                )
                await tx.execute(healthy.values(health=Health.HEALTHY, trouble=None, lapse_told_at=None))
                of = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
                await redraw_connection(tx, *of, UserId(row.connected_by))
        return len(found)

    async def _look(self, token_set_id: UUID) -> None:
        """The sign-in works; an organisation that it does not see any more was disconnected in the ledger."""
        users = await self._used_by(token_set_id)
        if not users:
            return
        try:
            access = await self.tokens.access_to(token_set_id, users[0].tenant_id)
            shared = await self.providers[users[0].provider].shared(access)
        except ProviderError as error:
            logger.warning("what a sign-in sees was not told", extra={"problem": str(error.problem.code)})
            return
        for user in users:
            if user.tenant_id not in shared:
                await self.tokens.broken(ConnectionId(user.id), Problem(code=ProblemCode.ACCESS_REMOVED))

    async def _warn(self, token_set_id: UUID) -> None:
        """Say once, in every workspace that it concerns, that the sign-in ends soon if nothing is done; how many days
        are left is drawn anew each day. Whether it is over once its time has come only the provider knows, who does not
        answer: until then people hear of what is to be expected.
        """
        async with self.db.write() as tx:
            row = (await tx.execute(select(TOKENS).where(TOKENS.c.id == token_set_id))).one_or_none()
            if row is None:
                return
            life = self.providers[row.provider].profile.refresh_token_life
            lapses_at = row.refreshed_at + life
            if tx.now < lapses_at - TELL_BEFORE:
                return
            trouble = dump(_lapsing(lapses_at, tx.now) if tx.now < lapses_at else _lapsed(row.refreshed_at, life))
            users = (CONNECTIONS.c.token_set_id == token_set_id, CONNECTIONS.c.health.in_(USABLE))
            is_news = (CONNECTIONS.c.lapse_told_at.is_not(None), CONNECTIONS.c.trouble.is_distinct_from(trouble))
            for connection in await _changed(tx, *users, *is_news, trouble=trouble):
                await redraw_connection(tx, connection.workspace_id, connection.organisation_id)
            fresh = {"health": Health.AT_RISK, "trouble": trouble, "lapse_told_at": tx.now}
            for connection in await _changed(tx, *users, CONNECTIONS.c.lapse_told_at.is_(None), **fresh):
                await tell(tx, connection, lapse_role(tx.now))
                await _record(tx, connection, "connection about to lapse")

    async def _used_by(self, token_set_id: UUID) -> tuple[Row[Any], ...]:
        statement = select(CONNECTIONS).where(
            CONNECTIONS.c.token_set_id == token_set_id, CONNECTIONS.c.health.in_(USABLE)
        )
        async with self.db.read() as tx:
            return tuple((await tx.execute(statement.order_by(CONNECTIONS.c.id))).all())


def _users() -> Any:
    """Live connections that use a token set, of workspaces that still have the app."""
    return select(CONNECTIONS.c.id).where(
        CONNECTIONS.c.token_set_id == TOKENS.c.id,
        CONNECTIONS.c.health.in_(USABLE),
        is_installed(CONNECTIONS.c.workspace_id),
    )


def _later(token_set_id: UUID) -> timedelta:
    """The same for one sign-in whoever asks, so that processes agree on when it is due."""
    return SPREAD * ((token_set_id.int % 997) / 997)


async def _changed(tx: Tx, *where: ColumnElement[bool], **values: Any) -> Sequence[Row[Any]]:
    return (await tx.execute(CONNECTIONS.update().where(*where).values(**values).returning(CONNECTIONS))).all()


async def _record(tx: Tx, row: Row[Any], deed: str) -> None:
    await audit.record(tx, row.workspace_id, row.id, deed, by=None, organisation_id=OrganisationId(row.organisation_id))


def _lapsing(at: datetime, now: datetime) -> Problem:
    days = (at.date() - now.date()).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return Problem(code=ProblemCode.SIGN_IN_LAPSES, facts={"lapses_on": dated(at.date()), "when": when})


def _lapsed(renewed_at: datetime, life: timedelta) -> Problem:
    facts = {
        "renewed_on": dated(renewed_at.date()),
        "lapsed_on": dated((renewed_at + life).date()),
        "life": f"{life.days} days",
    }
    return Problem(code=ProblemCode.SIGN_IN_LAPSED, facts=facts)
