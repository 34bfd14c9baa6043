"""Giving access back after a connection was ended: the organisation's link first, and the sign-in with its last one.

The row is the work: a disconnected connection that still has its sign-in is not done, nor is a sign-in that no connection
uses: somebody else's took its place when the organisation was reconnected, or nobody finished. So a crash between the
provider's answer and ours costs one more call, which finds nothing left to end. Two workspaces that one person of the ledger
connected share a sign-in, and an organisation that both use shares its link: either goes only with its last user.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select

from bot.clock import Clock
from bot.db.base import dump, table_of
from bot.db.batches import in_hand
from bot.db.connections import ConnectFlowRow, ConnectionRow, TokenSetRow
from bot.db.unit_of_work import Database, Tx
from bot.domain.connecting import Stage
from bot.domain.connections import Health
from bot.domain.disconnecting import AccessEnd
from bot.domain.ids import OrganisationId, UserId, WorkspaceId
from bot.domain.problems import Problem, ProblemCode
from bot.services import audit
from bot.services.connection_messages import add_facts, disconnected_role, redraw_connection
from bot.services.guard import Guard, plainly
from bot.services.revoking import FINISHING, Claim, InUseError
from bot.services.tokens import TokenKeeper
from providers.base import AccountingProvider
from providers.errors import AccessExpiredError, ProviderError, ReconnectNeededError

logger = logging.getLogger(__name__)

CONNECTIONS, TOKENS, FLOWS = table_of(ConnectionRow), table_of(TokenSetRow), table_of(ConnectFlowRow)
_ENDED = (
    select(CONNECTIONS)
    .where(CONNECTIONS.c.health == Health.DISCONNECTED, CONNECTIONS.c.token_set_id.is_not(None))
    .order_by(CONNECTIONS.c.id)
)
_UNUSED = (
    select(TOKENS.c.id, TOKENS.c.provider)
    .where(
        TOKENS.c.provider.in_(bindparam("providers", expanding=True)),
        ~select(CONNECTIONS.c.id).where(CONNECTIONS.c.token_set_id == TOKENS.c.id).exists(),
    )
    .order_by(TOKENS.c.id)
)

AGAIN_AFTER = timedelta(minutes=2)
"""An outage of the provider's lasts minutes; nobody waits for this."""


@dataclass(slots=True)
class GivingBack:
    db: Database
    clock: Clock
    tokens: TokenKeeper
    providers: Mapping[str, AccountingProvider]
    guard: Guard = plainly
    _again_at: dict[UUID, datetime] = field(default_factory=dict)
    """When to try once more what did not work. Of this process: after a restart it is tried at once."""

    async def give_back(self) -> int:
        """Give back what was ended, one after another; answers how many are done with."""
        now, done = self.clock.now(), 0
        for row in await self._ended():
            if row.provider in self.providers and self._again_at.get(row.id, now) <= now:
                done += await self.guard(partial(self._one, row), "giving access back")
        for row in await self._unused():
            if self._again_at.get(row.id, now) <= now:
                done += await self.guard(partial(self._one_unused, row), "giving a sign-in back that nothing uses")
        return done

    async def _ended(self) -> tuple[Row[Any], ...]:
        """As they are when a pass begins: what became of each by its turn is looked at in its claim."""
        async with self.db.read() as tx:
            return tuple((await tx.execute(_ENDED)).all())

    async def _unused(self) -> tuple[Row[Any], ...]:
        """Sign-ins without a connection."""
        async with self.db.read() as tx:
            return tuple((await tx.execute(_UNUSED, {"providers": tuple(self.providers)})).all())

    async def _one_unused(self, row: Row[Any]) -> bool:
        try:
            await self.tokens.give_back(row.id)
        except ReconnectNeededError:
            logger.info("a sign-in to be given back is over already", extra={"provider": row.provider})
        except InUseError:
            return False
        except ProviderError as error:
            self._again_at[row.id] = self.clock.now() + AGAIN_AFTER
            logger.warning("a sign-in was not given back; again later", extra={"problem": str(error.problem.code)})
            return False
        self._again_at.pop(row.id, None)
        async with self.db.write() as tx:
            await _forget_unused(tx, row.id)
        logger.info("a sign-in that nothing used was given back", extra={"provider": row.provider})
        return True

    async def _one(self, row: Row[Any]) -> bool:
        was_left = await self.tokens.revoking.was_left(row.token_set_id)
        try:
            await self._with_access(row)
        except ReconnectNeededError as error:
            logger.info("a sign-in to be given back is over already", extra={"provider": row.provider})
            await self._done(row, _end_of(error.problem.code, was_left=was_left))
        except InUseError:
            return False  # looked at again at the next pass; the provider has not refused anything
        except ProviderError as error:
            self._again_at[row.id] = self.clock.now() + AGAIN_AFTER
            logger.warning("access was not given back; again later", extra={"problem": str(error.problem.code)})
            await self._failed(row, error.problem)
            return False
        self._again_at.pop(row.id, None)
        return True

    async def _with_access(self, row: Row[Any]) -> None:
        """Access that ran out is renewed between two claims: a claim keeps everybody from refreshing."""
        try:
            await self._claimed(row)
        except AccessExpiredError:
            await self.tokens.access_to(row.token_set_id, row.tenant_id)
            await self._claimed(row)

    async def _claimed(self, row: Row[Any]) -> None:
        """Not while a document is in an attempt's hands, nor once somebody connected it again."""
        is_ended = select(CONNECTIONS.c.id).where(_is_ended(row), ~in_hand(CONNECTIONS.c.id, self.clock.now()))
        claim = await self.tokens.revoking.claim(row.token_set_id, is_ended.exists())
        try:
            await self._done(row, await self._at_the_provider(row, claim))
        finally:
            await self.tokens.revoking.let_go(claim)

    async def _at_the_provider(self, row: Row[Any], claim: Claim) -> AccessEnd:
        used = await self._still_used(row)
        if row.link_id is not None and row.tenant_id not in used:
            access = self.tokens.revoking.access(claim, row.tenant_id)
            try:
                await self.providers[row.provider].disconnect(access, row.link_id)
            except AccessExpiredError:
                await self.tokens.forget_of(row.token_set_id, access)
                raise
        if not used:
            await self.tokens.revoking.revoke(claim)
        if row.tenant_id in used:
            return AccessEnd.USED_ELSEWHERE
        if used and row.link_id is None:
            return AccessEnd.SHARED
        takes_back = self.providers[row.provider].profile.takes_access_back
        return AccessEnd.TAKEN_BACK if takes_back else AccessEnd.FORGOTTEN

    async def _still_used(self, row: Row[Any]) -> frozenset[str]:
        """Tenants that other connections, of any workspace, reach by the same sign-in."""
        statement = select(CONNECTIONS.c.tenant_id).where(
            CONNECTIONS.c.token_set_id == row.token_set_id,
            CONNECTIONS.c.id != row.id,
            CONNECTIONS.c.health != Health.DISCONNECTED,
        )
        async with self.db.read() as tx:
            return frozenset((await tx.execute(statement)).scalars())

    async def _failed(self, row: Row[Any], problem: Problem) -> None:
        async with self.db.write() as tx:
            told = CONNECTIONS.update().where(_is_ended(row), CONNECTIONS.c.trouble.is_(None))
            if (await tx.execute(told.values(trouble=dump(problem)))).rowcount:
                await _redraw(tx, row)

    async def _done(self, row: Row[Any], access: AccessEnd) -> None:
        """The connection lets go of the sign-in, which is deleted with its last user."""
        async with self.db.write() as tx:
            let_go = CONNECTIONS.update().where(_is_ended(row)).values(token_set_id=None, trouble=None)
            if (await tx.execute(let_go)).rowcount == 0:
                return
            await _forget_unused(tx, row.token_set_id)
            await add_facts(tx, row, disconnected_role(row.connected_at), access=access)
            await audit.record(
                tx,
                WorkspaceId(row.workspace_id),
                row.id,
                "access given back",
                by=None,
                organisation_id=OrganisationId(row.organisation_id),
                facts={"access": access},
            )
            await _redraw(tx, row)


async def _forget_unused(tx: Tx, token_set_id: UUID) -> None:
    """A sign-in that no connection uses, unless somebody chose it a moment ago to connect with."""
    chosen = select(FLOWS.c.id).where(
        FLOWS.c.token_set_id == token_set_id,
        FLOWS.c.stage == Stage.GRANTED,
        FLOWS.c.expires_at > tx.now - FINISHING,
    )
    unused = (~_users(TOKENS.c.id).exists(), ~chosen.exists())
    await tx.execute(TOKENS.delete().where(TOKENS.c.id == token_set_id, *unused))


def _users(token_set_id: Any) -> Any:
    return select(CONNECTIONS.c.id).where(CONNECTIONS.c.token_set_id == token_set_id)


def _is_ended(row: Row[Any]) -> Any:
    """Still as it was when its sign-in was given back: nobody connected it again meanwhile."""
    return and_(
        CONNECTIONS.c.id == row.id,
        CONNECTIONS.c.workspace_id == row.workspace_id,
        CONNECTIONS.c.health == Health.DISCONNECTED,
        CONNECTIONS.c.token_set_id == row.token_set_id,
    )


def _end_of(code: ProblemCode, *, was_left: bool) -> AccessEnd:
    """Of a sign-in that was found to be over. Where we died while we gave it back, it is we who ended it."""
    if code is ProblemCode.SIGN_IN_ALTERED:
        return AccessEnd.UNREADABLE
    return AccessEnd.TAKEN_BACK if was_left else AccessEnd.OVER_BEFORE


async def _redraw(tx: Tx, row: Row[Any]) -> None:
    of = WorkspaceId(row.workspace_id), OrganisationId(row.organisation_id)
    await redraw_connection(tx, *of, UserId(row.connected_by))
