"""Sign-ins as they are kept: one for a person, whoever else keeps one at that instant."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Row, select

from bot.db.base import table_of
from bot.db.connections import TokenSetRow
from bot.db.unit_of_work import Database
from bot.domain.problems import Problem, ProblemCode
from bot.services.keys import StoredSecrets
from bot.services.token_pairs import access_of, refresh_of
from bot.services.tokens import TokenKeeper
from bot.vault import Envelope, Vault, new_key
from providers.base import AccountingProvider, TokenAnswer
from providers.errors import ReconnectNeededError
from tests.fakes.clock import FakeClock

TOKENS = table_of(TokenSetRow)
LOST, RING = Vault.from_text(new_key("lost")), Vault.from_text(new_key("new"))


def answer(name: str, clock: FakeClock) -> TokenAnswer:
    until = clock.now() + timedelta(minutes=30)
    return TokenAnswer(access_token=f"a{name}", refresh_token=f"r{name}", expires_at=until, subject="dana")


async def the_row(database: Database) -> Row[Any]:
    async with database.read() as tx:
        return (await tx.execute(select(TOKENS, TOKENS.c.id.label("token_set_id")))).one()


async def test_the_same_person_coming_back_for_two_workspaces_at_one_instant_has_one_row(
    database: Database, clock: FakeClock
) -> None:
    keeper, both = TokenKeeper(database, RING, clock, {}), asyncio.Barrier(2)

    async def come_back(name: str) -> object:
        async with database.write() as tx:
            if not database.is_sqlite:  # which has one writer
                await asyncio.wait_for(both.wait(), 5)
            return await keeper.keep(tx, "xero", answer(name, clock))

    first, second = await asyncio.gather(come_back("1"), come_back("2"))

    row = await the_row(database)
    assert (first, second, row.generation) == (row.id, row.id, 2)
    assert access_of(RING, row)[1:] == refresh_of(RING, row)[1:]


async def test_a_new_sign_in_is_in_nobodys_hands_whoever_held_the_one_before(
    database: Database, clock: FakeClock
) -> None:
    keeper = TokenKeeper(database, RING, clock, {})
    for name in ("1", "2"):
        async with database.write() as tx:
            await keeper.keep(tx, "xero", answer(name, clock))
            if name == "1":
                held = {"held_by": "somebody", "held_until": tx.now + timedelta(minutes=1), "ended_at": tx.now}
                await tx.execute(TOKENS.update().values(**held))

    row = await the_row(database)
    assert (row.held_by, row.held_until, row.ended_at, row.generation) == (None, None, None, 2)
    assert access_of(RING, row) == "a2"


@dataclass(slots=True)
class Rotating:
    """A ledger that takes an old refresh token, and lets its answer wait."""

    clock: FakeClock
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        assert refresh_token == "rold"
        self.was_asked.set()
        await self.may_answer.wait()
        return answer("new", self.clock)


async def test_whoever_stops_waiting_for_a_new_sign_in_does_not_lose_it(database: Database, clock: FakeClock) -> None:
    ledger = Rotating(clock)
    keeper = TokenKeeper(database, RING, clock, {"xero": cast("AccountingProvider", ledger)})
    async with database.write() as tx:
        kept = await keeper.keep(tx, "xero", answer("old", clock))
    clock.move_to(clock.now() + timedelta(hours=1))

    waiting = asyncio.create_task(keeper.access_to(kept, "tenant"))
    await ledger.was_asked.wait()
    waiting.cancel()
    await asyncio.sleep(0)
    ledger.may_answer.set()
    await asyncio.wait((waiting,))

    row = await the_row(database)
    assert waiting.cancelled()
    assert (access_of(RING, row), refresh_of(RING, row), row.held_by) == ("anew", "rnew", None)


class UsedUp:
    """A ledger to which the old refresh token is used up."""

    async def refresh(self, refresh_token: str) -> TokenAnswer:
        raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED))


async def test_a_sign_in_that_another_process_took_for_ended_is_had_again_with_the_answer_that_came_late(
    database: Database, clock: FakeClock
) -> None:
    """Whoever holds it may be cut off from the database for longer than its lease, with the new pair in hand."""
    ledger, ended = Rotating(clock), UsedUp()
    slow, other = (
        TokenKeeper(database, RING, clock, {"xero": cast("AccountingProvider", provider)})
        for provider in (ledger, ended)
    )
    async with database.write() as tx:
        kept = await slow.keep(tx, "xero", answer("old", clock))
    clock.move_to(clock.now() + timedelta(hours=1))
    waiting = asyncio.create_task(slow.access_to(kept, "tenant"))
    await ledger.was_asked.wait()
    clock.move_to(clock.now() + timedelta(minutes=2))
    with pytest.raises(ReconnectNeededError):
        await other.access_to(kept, "tenant")

    ledger.may_answer.set()

    assert (await waiting).access_token == "anew"
    assert (await other.access_to(kept, "tenant")).access_token == "anew"


@dataclass(frozen=True, slots=True)
class SignedInMeanwhile(StoredSecrets):
    """Somebody signs in again between the look for what a lost key sealed and its giving up."""

    keeper: TokenKeeper = field(kw_only=True)
    again: TokenAnswer = field(kw_only=True)

    async def _sealed_with(self, column: Any, envelope: Envelope) -> Sequence[Row[Any]]:
        found = await StoredSecrets._sealed_with(self, column, envelope)
        if found and column.table is TOKENS:
            async with self.db.write() as tx:
                await self.keeper.keep(tx, "xero", self.again)
        return found


async def test_giving_up_a_key_ends_no_sign_in_that_was_made_meanwhile(database: Database, clock: FakeClock) -> None:
    async with database.write() as tx:
        await TokenKeeper(database, LOST, clock, {}).keep(tx, "xero", answer("old", clock))
    keeper = TokenKeeper(database, RING, clock, {})
    secrets = SignedInMeanwhile(database, RING, clock, keeper=keeper, again=answer("new", clock))

    assert await secrets.give_up("lost") == 0

    row = await the_row(database)
    assert (row.ended_at, access_of(RING, row)) == (None, "anew")
