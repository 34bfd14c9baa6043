"""Live access for a connection.

Refreshing rotates the refresh token nearly everywhere, so it happens under one lease row for a token set, across all
processes, and the new pair is committed before it is used. A lost answer keeps the old token; `invalid_grant` is read
again once, in case somebody else refreshed, and then ends the sign-in: that is told once.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, literal, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db.base import dump, new_id, table_of
from bot.db.connections import ConnectionRow, TokenSetRow
from bot.db.publications import USABLE
from bot.db.unit_of_work import Database, Tx, to_its_end
from bot.db.workspaces import is_installed
from bot.delivery import BusyError
from bot.domain.connections import Health
from bot.domain.ids import ConnectionId
from bot.domain.problems import Problem, ProblemCode
from bot.services import audit
from bot.services.connection_messages import reconnect_role, tell
from bot.services.revoking import Revoking
from bot.services.token_pairs import access_of, can_open, opened, refresh_of, sealed_pair
from bot.vault import Vault
from providers.base import Access, AccountingProvider, TokenAnswer
from providers.errors import ReconnectNeededError, TryLaterError

logger = logging.getLogger(__name__)

TOKENS = table_of(TokenSetRow)
CONNECTIONS = table_of(ConnectionRow)

FRESH_FOR = timedelta(seconds=90)
"""Access that ends within this is refreshed first: a slow call must not outlive it."""
LEASE = timedelta(seconds=60)
"""Outlives a call of a token endpoint (`providers.http.READ_LIMIT`) and the commit of its answer."""
SETTLING = timedelta(minutes=1)
"""How long after a reconnection a refusal may still be about the access before it."""
UNUSED_FOR = timedelta(hours=1)
"""Longer than a person takes from the sign-in to Finish."""
GIVEN_UP_AFTER = timedelta(days=30)
"""How long a provider is asked to end a sign-in that nothing uses; it forgets by itself what is not used."""
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    db: Database
    vault: Vault
    clock: Clock
    providers: dict[str, AccountingProvider]
    name: str = field(default_factory=lambda: str(new_id()))
    """Who holds a lease: this process."""

    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        """A token that is good for a while yet; `to_finish` what was begun, even of a connection that was ended.

        Raises:
            ReconnectNeededError: the sign-in is over, or was given up.
            TryLaterError: the provider's token endpoint does not answer, or the app was removed from the workspace.
        """
        return await self._fresh(lambda: self._row(connection_id, even_ended=to_finish))

    async def renew(self, token_set_id: UUID, *, unused_since: datetime) -> None:
        """Refresh a sign-in that was not refreshed since then, so that it does not lapse. Raises: as `access`."""
        await self._fresh(lambda: self._bare_row(token_set_id, ""), at_least=unused_since)

    @property
    def revoking(self) -> Revoking:
        return Revoking(self.db, self.vault, self.clock, self.providers)

    async def give_back(self, token_set_id: UUID) -> None:
        """End a sign-in that nothing uses at its provider. Raises: as `Revoking.give_back`."""
        await self.revoking.give_back(token_set_id)

    async def access_to(self, token_set_id: UUID, tenant_id: str) -> Access:
        """As `access`, before there is a connection: an organisation that a new sign-in can see."""
        return await self._fresh(lambda: self._bare_row(token_set_id, tenant_id))

    async def _fresh(
        self, read: Callable[[], Awaitable[Row[Any] | None]], *, at_least: datetime | None = None
    ) -> Access:
        """`at_least`: a refresh before then does not count."""
        deadline = self.clock.now() + LEASE
        while True:
            row = _require_live(await read())
            is_recent = at_least is None or row.refreshed_at >= at_least
            if is_recent and row.expires_at - self.clock.now() > FRESH_FOR:
                return Access(access_token=opened(access_of, self.vault, row), tenant_id=row.tenant_id)
            refresh_token = opened(refresh_of, self.vault, row)
            if await self._hold(row):
                await to_its_end(self._refresh(row, refresh_token))
            elif self.clock.now() > deadline:
                raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN), after_seconds=5)
            else:
                await self.clock.sleep(POLL_SECONDS)

    async def forget(self, connection_id: ConnectionId, access: Access) -> None:
        """The ledger refused this access: it counts as expired, unless somebody refreshed meanwhile."""
        await self._forget(await self._row(connection_id, even_ended=True), access)

    async def forget_of(self, token_set_id: UUID, access: Access) -> None:
        """As `forget`, by the sign-in."""
        await self._forget(await self._bare_row(token_set_id, access.tenant_id), access)

    async def _forget(self, row: Row[Any] | None, access: Access) -> None:
        if row is None or not can_open(self.vault, row) or access_of(self.vault, row) != access.access_token:
            return
        async with self.db.write() as tx:
            await tx.execute(
                TOKENS.update()
                .where(TOKENS.c.id == row.token_set_id, TOKENS.c.generation == row.generation)
                .values(expires_at=tx.now)
            )

    async def broken(self, connection_id: ConnectionId, problem: Problem) -> None:
        """Mark the connection and say so, once, where its alerts go.

        A job that began before a reconnection finds its old access refused after it: that ends nothing.
        """
        async with self.db.write() as tx:
            ended = select(TOKENS.c.id).where(TOKENS.c.ended_at.is_not(None))
            statement = (
                CONNECTIONS.update()
                .where(
                    CONNECTIONS.c.id == connection_id,
                    CONNECTIONS.c.health.in_(USABLE),
                    or_(CONNECTIONS.c.connected_at <= tx.now - SETTLING, CONNECTIONS.c.token_set_id.in_(ended)),
                )
                .values(health="broken", trouble=dump(problem))
                .returning(CONNECTIONS)
            )
            row = (await tx.execute(statement)).one_or_none()
            if row is not None:
                await tell(tx, row, reconnect_role(row.connected_at))
                await audit.record(
                    tx, row.workspace_id, row.id, "connection broken", by=None, organisation_id=row.organisation_id
                )

    async def _refresh(self, row: Row[Any], refresh_token: str) -> None:
        """Not left halfway: from when the provider takes the old refresh token on, the new one is nowhere but in its answer."""
        provider = self.providers[row.provider]
        try:
            answer = await provider.refresh(refresh_token)
        except ReconnectNeededError:
            if await self._ended(row):
                raise
            return
        except BaseException:
            await self._let_go(row)
            raise
        await self._keep_pair(row, answer, refresh_token)

    async def _keep_pair(self, row: Row[Any], answer: TokenAnswer, refresh_token: str) -> None:
        """The old refresh token is used up and the new one is nowhere but here: tried until it is written. Whether a
        try that failed was committed does not matter, because the generation moves once.
        """
        until = self.clock.now() + LEASE
        while True:
            try:
                return await self._write_pair(row, answer, refresh_token)
            except (BusyError, SQLAlchemyError, OSError):
                if self.clock.now() >= until:
                    raise
                logger.warning("a new sign-in is not written yet; again at once", exc_info=True)
            await self.clock.sleep(POLL_SECONDS)

    async def _write_pair(self, row: Row[Any], answer: TokenAnswer, refresh_token: str) -> None:
        async with self.db.write() as tx:
            await tx.execute(
                TOKENS.update()
                .where(TOKENS.c.id == row.token_set_id, TOKENS.c.generation == row.generation)
                .values(
                    **sealed_pair(
                        self.vault, answer, refresh_token, now=tx.now, id=row.token_set_id, provider=row.provider
                    )
                )
                # another process may have found the old one used up meanwhile, and taken that for the end of the sign-in
                .values(generation=TOKENS.c.generation + 1, held_until=None, held_by=None, ended_at=None)
            )

    async def _ended(self, row: Row[Any]) -> bool:
        """True when nobody else refreshed meanwhile, so the sign-in really is over."""
        async with self.db.write() as tx:
            statement = (
                TOKENS.update()
                .where(TOKENS.c.id == row.token_set_id, TOKENS.c.generation == row.generation)
                .values(ended_at=tx.now, held_by=None, held_until=None)
            )
            return bool((await tx.execute(statement)).rowcount)

    async def _hold(self, row: Row[Any]) -> bool:
        async with self.db.write() as tx:
            statement = (
                TOKENS.update()
                .where(
                    TOKENS.c.id == row.token_set_id,
                    TOKENS.c.generation == row.generation,
                    or_(TOKENS.c.held_until.is_(None), TOKENS.c.held_until < tx.now),
                )
                .values(held_by=self.name, held_until=tx.now + LEASE)
            )
            return bool((await tx.execute(statement)).rowcount)

    async def _let_go(self, row: Row[Any]) -> None:
        async with self.db.write() as tx:
            await tx.execute(
                TOKENS.update()
                .where(
                    TOKENS.c.id == row.token_set_id,
                    TOKENS.c.generation == row.generation,
                    TOKENS.c.held_by == self.name,
                )
                .values(held_by=None, held_until=None)
            )

    async def _row(self, connection_id: ConnectionId, *, even_ended: bool) -> Row[Any] | None:
        """None when it was disconnected, or has no sign-in any more."""
        statement = (
            select(CONNECTIONS.c.tenant_id, CONNECTIONS.c.token_set_id, TOKENS)
            .add_columns(is_installed(CONNECTIONS.c.workspace_id).label("is_installed"))
            .join(TOKENS, TOKENS.c.id == CONNECTIONS.c.token_set_id)
            .where(CONNECTIONS.c.id == connection_id)
        )
        if not even_ended:
            statement = statement.where(CONNECTIONS.c.health != Health.DISCONNECTED)
        async with self.db.read() as tx:
            row = (await tx.execute(statement)).one_or_none()
        if row is not None and not row.is_installed:
            raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))
        return row

    async def _bare_row(self, token_set_id: UUID, tenant_id: str) -> Row[Any] | None:
        statement = select(
            literal(tenant_id).label("tenant_id"), TOKENS.c.id.label("token_set_id"), *TOKENS.columns
        ).where(TOKENS.c.id == token_set_id)
        async with self.db.read() as tx:
            return (await tx.execute(statement)).one_or_none()

    async def keep(self, tx: Tx, provider: str, answer: TokenAnswer) -> UUID:
        """Store a new sign-in; the same person at the same provider has one row, whatever the workspace.

        Whoever holds the sign-in before holds nothing from here on: what they learn is about another generation.
        """
        token_set_id = await self._id_of(tx, provider, answer.subject)
        values = sealed_pair(self.vault, answer, "", now=tx.now, id=token_set_id, provider=provider)
        fresh = {"ended_at": None, "held_by": None, "held_until": None, "generation": TOKENS.c.generation + 1}
        await tx.execute(TOKENS.update().where(TOKENS.c.id == token_set_id).values(**values, **fresh))
        return token_set_id

    async def _id_of(self, tx: Tx, provider: str, subject: str) -> UUID:
        """Of the person's row, which is locked; a new one is empty: what is sealed is bound to the id. Two workspaces
        that one person connects at the same instant have one.
        """
        new = {"id": new_id(), "provider": provider, "subject": subject, "generation": 0}
        empty = {"access_sealed": b"", "refresh_sealed": b"", "expires_at": tx.now, "refreshed_at": tx.now}
        statement = (
            tx.insert(TokenSetRow)
            .values(**new, **empty)
            .on_conflict_do_update(index_elements=["provider", "subject"], set_={"subject": subject})
            .returning(TOKENS.c.id)
        )
        return UUID(str((await tx.execute(statement)).scalar_one()))

    async def knows(self, provider: str, answer: TokenAnswer) -> bool:
        """Whether a sign-in of the same person at the same provider is kept."""
        found = select(TOKENS.c.id).where(TOKENS.c.provider == provider, TOKENS.c.subject == answer.subject)
        async with self.db.read() as tx:
            return (await tx.execute(found)).one_or_none() is not None

    async def sweep(self, tx: Tx) -> None:
        """Sign-ins that nothing uses and that cannot be given back: they are over, or for long nobody could be asked."""
        used = select(CONNECTIONS.c.id).where(CONNECTIONS.c.token_set_id == TOKENS.c.id)
        cannot = or_(TOKENS.c.ended_at.is_not(None), TOKENS.c.provider.not_in(tuple(self.providers)))
        is_old = and_(cannot, TOKENS.c.refreshed_at < tx.now - UNUSED_FOR)
        await tx.execute(
            TOKENS.delete().where(~used.exists(), or_(is_old, TOKENS.c.refreshed_at < tx.now - GIVEN_UP_AFTER))
        )


def _require_live(row: Row[Any] | None) -> Row[Any]:
    """Raises:
    ReconnectNeededError: the sign-in is over, or there is none any more.
    """
    if row is None or row.ended_at is not None:
        raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))
    return row
