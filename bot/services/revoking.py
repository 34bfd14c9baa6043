"""Ending a sign-in at its provider without ending one that was made meanwhile.

A revocation ends whatever the person has there by then, so two things must not happen at once: our asking for it, and the
same person's new sign-in coming in. Each side first writes what it is about to do, and looks at the other's only then, so
that one of them sees the other in any case: who revokes claims the sign-in and looks for people who are signing in, and
who comes back from the provider says so and waits for claims to be over. A claim names the generation of the sign-in that
it was made for, and ends by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select

from bot.clock import Clock
from bot.db.base import new_id, table_of
from bot.db.connections import ConnectFlowRow, ConnectionRow, TokenSetRow
from bot.db.unit_of_work import Database
from bot.db.workspaces import is_forgotten
from bot.domain.connecting import Stage
from bot.domain.connections import Health
from bot.domain.problems import Problem, ProblemCode
from bot.services.token_pairs import access_of, opened, refresh_of
from bot.vault import Vault
from providers.base import Access, AccountingProvider
from providers.errors import AccessExpiredError, ReconnectNeededError, TryLaterError

CONNECTIONS, TOKENS, FLOWS = table_of(ConnectionRow), table_of(TokenSetRow), table_of(ConnectFlowRow)

LEASE = timedelta(minutes=2)
"""Outlives a write at a provider (`providers.http.WRITE_LIMIT`), its wait for its turn, and the commit of its answer."""
FRESH_FOR = timedelta(minutes=1)
"""Access that ends within this is renewed first; shorter than what `TokenKeeper` answers is good for."""
FINISHING = timedelta(minutes=2)
"""How long after its end a try to connect may still be about to be finished: the ledger is read between the two."""
POLL_SECONDS = 0.2
CLAIMED = "giving back "
"""Begins the holder's name of a claim; a refresh is held by the name of a process."""


class InUseError(TryLaterError):
    """Nothing is wrong at the provider: somebody else has this sign-in in hand, uses it, or is about to."""

    def __init__(self) -> None:
        super().__init__(Problem(code=ProblemCode.LEDGER_DOWN), after_seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sign-in that nobody else refreshes or gives back until the claim is let go, or over."""

    token_set_id: UUID
    provider: str
    generation: int
    holder: str
    access_token: str
    access_ends_at: datetime
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Revoking:
    db: Database
    vault: Vault
    clock: Clock
    providers: Mapping[str, AccountingProvider]

    async def give_back(self, token_set_id: UUID) -> None:
        """End a sign-in that no live connection uses. Raises: as `claim` and `revoke`."""
        claim = await self.claim(token_set_id)
        try:
            await self.revoke(claim)
        finally:
            await self.let_go(claim)

    async def claim(self, token_set_id: UUID, *where: ColumnElement[bool]) -> Claim:
        """Take it in hand, if these conditions hold at that instant.

        Raises:
            ReconnectNeededError: it is over already, or was altered where it is stored.
            InUseError: they do not hold, it is in other hands, or somebody signs in at its provider.
            TryLaterError: it cannot be opened by this process.
        """
        row = await self._row(token_set_id)
        claim = self._claim_of(row)
        is_free = or_(TOKENS.c.held_until.is_(None), TOKENS.c.held_until < self.clock.now())
        if not await self._hold(claim, is_free, *where):
            raise InUseError
        await self._require_nobody_comes(claim)
        return claim

    async def revoke(self, claim: Claim) -> None:
        """Ask the provider to end it, once it was made sure that it is still what was claimed, and nobody's.

        Raises:
            InUseError: somebody signed in meanwhile, or is about to; or a live connection uses it.
            ProviderError: the provider does not answer, or does not take it back.
        """
        if not await self._hold(claim, TOKENS.c.held_by == claim.holder, ~_in_use()):
            raise InUseError
        await self._require_nobody_comes(claim)
        await self.providers[claim.provider].revoke(claim.refresh_token)

    def access(self, claim: Claim, tenant_id: str) -> Access:
        """Raises: AccessExpiredError: it is about to end."""
        if claim.access_ends_at - self.clock.now() <= FRESH_FOR:
            raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        return Access(access_token=claim.access_token, tenant_id=tenant_id)

    async def let_go(self, claim: Claim) -> None:
        async with self.db.write() as tx:
            ours = TOKENS.update().where(TOKENS.c.id == claim.token_set_id, TOKENS.c.held_by == claim.holder)
            await tx.execute(ours.values(held_by=None, held_until=None))

    async def was_left(self, token_set_id: UUID) -> bool:
        """Whether somebody died while giving it back: a claim that ran out without being let go."""
        left = TOKENS.c.held_by.startswith(CLAIMED), TOKENS.c.held_until < self.clock.now()
        async with self.db.read() as tx:
            found = await tx.execute(select(TOKENS.c.id).where(TOKENS.c.id == token_set_id, *left))
        return found.one_or_none() is not None

    async def wait(self, provider: str) -> None:
        """Until nothing is being given back at this provider. For whoever has written down that a person came back from
        it, and is about to take the new sign-in: none is claimed from then on.
        """
        held = select(TOKENS.c.id).where(TOKENS.c.provider == provider, TOKENS.c.held_by.startswith(CLAIMED))
        while True:
            async with self.db.read() as tx:
                found = (await tx.execute(held.where(TOKENS.c.held_until >= self.clock.now()).limit(1))).one_or_none()
            if found is None:
                return
            await self.clock.sleep(POLL_SECONDS)

    async def _row(self, token_set_id: UUID) -> Row[Any]:
        statement = select(TOKENS, TOKENS.c.id.label("token_set_id")).where(TOKENS.c.id == token_set_id)
        async with self.db.read() as tx:
            row = (await tx.execute(statement)).one_or_none()
        if row is None or row.ended_at is not None or row.provider not in self.providers:
            raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))
        return row

    def _claim_of(self, row: Row[Any]) -> Claim:
        return Claim(
            token_set_id=row.id,
            provider=row.provider,
            generation=row.generation,
            holder=f"{CLAIMED}{new_id()}",
            access_token=opened(access_of, self.vault, row),
            access_ends_at=row.expires_at,
            refresh_token=opened(refresh_of, self.vault, row),
        )

    async def _hold(self, claim: Claim, *where: ColumnElement[bool]) -> bool:
        """For a lease from now on; only the generation that was claimed."""
        async with self.db.write() as tx:
            same = TOKENS.c.id == claim.token_set_id, TOKENS.c.generation == claim.generation
            held = TOKENS.update().where(*same, *where).values(held_by=claim.holder, held_until=tx.now + LEASE)
            return bool((await tx.execute(held)).rowcount)

    async def _require_nobody_comes(self, claim: Claim) -> None:
        """After the claim was written. Who has come back may be the same person, in whatever workspace. Of those who are
        still at the provider only somebody who used this sign-in counts: anybody else could keep it from being given back
        by beginning again and again.
        """
        coming = or_(
            and_(FLOWS.c.stage == Stage.SENT, or_(_connected_with(claim), _chose(claim))),
            FLOWS.c.stage == Stage.RETURNED,
            and_(FLOWS.c.stage == Stage.GRANTED, FLOWS.c.token_set_id == claim.token_set_id),
        )
        live = FLOWS.c.provider == claim.provider, FLOWS.c.expires_at > self.clock.now() - FINISHING
        async with self.db.read() as tx:
            found = (await tx.execute(select(FLOWS.c.id).where(*live, coming).limit(1))).one_or_none()
        if found is not None:
            await self.let_go(claim)
            raise InUseError


def _connected_with(claim: Claim) -> ColumnElement[bool]:
    """Whoever a try is of has connected an organisation by this sign-in."""
    return (
        select(CONNECTIONS.c.id)
        .where(
            CONNECTIONS.c.token_set_id == claim.token_set_id,
            CONNECTIONS.c.workspace_id == FLOWS.c.workspace_id,
            CONNECTIONS.c.connected_by == FLOWS.c.user_id,
        )
        .exists()
    )


def _chose(claim: Claim) -> ColumnElement[bool]:
    """Whoever a try is of has made this sign-in with an earlier one."""
    earlier = FLOWS.alias()
    return (
        select(earlier.c.id)
        .where(
            earlier.c.token_set_id == claim.token_set_id,
            earlier.c.workspace_id == FLOWS.c.workspace_id,
            earlier.c.user_id == FLOWS.c.user_id,
        )
        .exists()
    )


def _in_use() -> ColumnElement[bool]:
    """By a connection that was not ended, unless its workspace is being forgotten."""
    return (
        select(CONNECTIONS.c.id)
        .where(
            CONNECTIONS.c.token_set_id == TOKENS.c.id,
            CONNECTIONS.c.health != Health.DISCONNECTED,
            ~is_forgotten(CONNECTIONS.c.workspace_id),
        )
        .exists()
    )
