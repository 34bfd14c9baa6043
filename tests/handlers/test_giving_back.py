"""Giving access back while people go on: what somebody signs in to meanwhile is theirs, and one's trouble is one's own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.app import upkeep_of
from bot.db.base import table_of
from bot.db.connections import ConnectFlowRow
from bot.domain.connecting import Stage
from bot.domain.disconnecting import Keep
from bot.domain.ids import OrganisationId
from bot.playground.slack import ADMIN, BILLS, OTHER_TEAM, OUTSIDER, OWNER, TEAM
from bot.services.giving_back import GivingBack
from bot.services.revoking import FINISHING, LEASE, InUseError, Revoking
from providers.xero.adapter import XeroProvider
from providers.xero.simulator import IRELAND, TRADING
from tests.attacks.jars import Stand, a_stand
from tests.fakes.clock import FakeClock
from tests.fakes.connected import Connected, connect
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import CONNECTIONS, TOKENS, connection, shared_tenants, token_sets, told
from tests.handlers.test_shared_sign_in import actor_of, connection_of, end

FLOWS = table_of(ConnectFlowRow)
SIGNS_IN = timedelta(minutes=5)


class Nobody(GivingBack):
    """Whoever gives back in the background has not got to it yet."""

    async def give_back(self) -> int:
        return 0


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        yield made


def by_hand(world: Connected) -> GivingBack:
    """The pass of a worker, made when a test asks for it."""
    made = upkeep_of(world.services).giving_back
    world.upkeep.giving_back = Nobody(made.db, made.clock, made.tokens, made.providers)
    return made


async def ended(world: Connected, row: Any) -> None:
    actor, ending = await actor_of(world, ADMIN, TEAM), world.services.disconnecting
    seen = await ending.opened(actor, OrganisationId(row.organisation_id))
    await ending.disconnect(actor, OrganisationId(row.organisation_id), Keep.EVERYTHING, stamp=seen.stamp)


async def two_ended(world: Connected) -> tuple[Any, Any]:
    """Dana's connection to Ireland and Sam's to Trading, in the order in which they are given back."""
    await connect(world, person="sam", tenant=TRADING)
    await connect(world, person="dana", tenant=IRELAND)
    async with world.services.db.write() as tx:
        await tx.execute(CONNECTIONS.update().where(CONNECTIONS.c.tenant_id == IRELAND).values(id=UUID(int=1)))
    first, second = await connection(world, IRELAND), await connection(world, TRADING)
    for row in (first, second):
        await ended(world, row)
    return first, second


def while_the_ledger_answers(monkeypatch: pytest.MonkeyPatch, world: Connected, **how: str) -> None:
    """Somebody connects after Xero stopped sharing the first organisation, before its answer is here."""
    real, done = XeroProvider.disconnect, list[str]()

    async def slow(self: XeroProvider, access: Any, link_id: str) -> None:
        await real(self, access, link_id)
        if not done:
            done.append(link_id)
            await connect(world, **how)

    monkeypatch.setattr(XeroProvider, "disconnect", slow)


@pytest.mark.parametrize("person", ["dana", "sam"])
async def test_whoever_reconnects_while_the_ledger_answers_stays_connected(
    database_url: str, monkeypatch: pytest.MonkeyPatch, person: str
) -> None:
    async with a_desk(database_url, undo_seconds=0) as desk:
        giving_back = by_hand(desk.world)
        await ended(desk.world, await connection(desk.world))
        while_the_ledger_answers(monkeypatch, desk.world, person=person)

        await giving_back.give_back()

        row = await connection(desk.world)
        assert (row.health, row.token_set_id is None) == ("healthy", False)
        assert TRADING in shared_tenants(desk.world)


async def test_what_is_reconnected_before_its_turn_comes_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    giving_back = by_hand(desk.world)
    await two_ended(desk.world)
    while_the_ledger_answers(monkeypatch, desk.world, person="sam", tenant=TRADING)

    await giving_back.give_back()

    assert (await connection(desk.world, TRADING)).health == "healthy"
    assert TRADING in shared_tenants(desk.world)


async def test_a_sign_in_that_was_over_takes_nothing_from_the_one_after_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reconnected by another person, before the turn of the sign-in before comes."""
    giving_back = by_hand(desk.world)
    _, second = await two_ended(desk.world)
    async with desk.world.services.db.write() as tx:
        await tx.execute(TOKENS.update().where(TOKENS.c.id == second.token_set_id).values(ended_at=tx.now))
    while_the_ledger_answers(monkeypatch, desk.world, person="dana", tenant=TRADING)

    await giving_back.give_back()

    row = await connection(desk.world, TRADING)
    assert row.health == "healthy"
    assert row.token_set_id not in (None, second.token_set_id)


async def a_try(stand: Stand, stage: Stage, user: str, team: str = TEAM, **more: Any) -> UUID:
    """Somebody is signing in at the ledger, as far as this."""
    theirs, now, try_id = await actor_of(stand.world, user, team), stand.world.clock.now(), uuid4()
    values = {"id": try_id, "workspace_id": theirs.workspace.id, "user_id": user, "provider": "xero", "stage": stage}
    until = {"created_at": now, "expires_at": now + SIGNS_IN, "link_hash": str(try_id), "code_tries": 0}
    async with stand.world.services.db.write() as tx:
        await tx.execute(FLOWS.insert().values(**values, **until, **more))
    return try_id


async def test_nothing_is_given_back_while_the_same_person_may_be_signing_in_for_another_workspace(
    sqlite_url: str,
) -> None:
    async with a_stand(sqlite_url) as stand:
        await stand.connected(stand.admin, await stand.link())
        await stand.world.settle()
        row = await connection_of(stand.world, TEAM)
        try_id = await a_try(stand, Stage.RETURNED, OUTSIDER, OTHER_TEAM)

        await end(stand.world, row)
        for stage, sign_in in ((Stage.RETURNED, None), (Stage.GRANTED, row.token_set_id)):
            async with stand.world.services.db.write() as tx:
                theirs_now = FLOWS.update().where(FLOWS.c.id == try_id)
                await tx.execute(theirs_now.values(stage=stage, token_set_id=sign_in))
            await stand.world.later(1)
            assert TRADING in {found["tenantId"] for found in stand.xero.grants.connections.values()}
        assert (await connection_of(stand.world, TEAM)).token_set_id == row.token_set_id

        await stand.world.later((SIGNS_IN + FINISHING).total_seconds() + 1)
        assert stand.xero.grants.connections == {}
        assert (await connection_of(stand.world, TEAM)).token_set_id is None


async def test_of_those_still_at_the_ledger_only_who_used_the_sign_in_is_waited_for(sqlite_url: str) -> None:
    """Or anybody who may connect, in any workspace, could keep access from being given back for ever."""
    async with a_stand(sqlite_url) as stand:
        await stand.connected(stand.admin, await stand.link())
        await stand.world.settle()
        row = await connection_of(stand.world, TEAM)
        theirs = await a_try(stand, Stage.SENT, ADMIN)
        await a_try(stand, Stage.SENT, OUTSIDER, OTHER_TEAM)
        await a_try(stand, Stage.SENT, OWNER)

        await end(stand.world, row)
        await stand.world.later(1)
        assert (await connection_of(stand.world, TEAM)).token_set_id == row.token_set_id

        async with stand.world.services.db.write() as tx:
            await tx.execute(FLOWS.delete().where(FLOWS.c.id == theirs))
        await stand.world.later(1)
        assert (await connection_of(stand.world, TEAM)).token_set_id is None
        assert stand.xero.grants.connections == {}


async def test_one_that_fails_unforeseen_keeps_no_other_from_its_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    giving_back = by_hand(desk.world)
    first, second = await two_ended(desk.world)
    real = XeroProvider.disconnect

    async def broken(self: XeroProvider, access: Any, link_id: str) -> None:
        if link_id == first.link_id:
            raise RuntimeError("nobody thought of this")
        await real(self, access, link_id)

    monkeypatch.setattr(XeroProvider, "disconnect", broken)

    await giving_back.give_back()

    assert (await connection(desk.world, second.tenant_id)).token_set_id is None
    assert (await connection(desk.world, first.tenant_id)).token_set_id == first.token_set_id


async def test_a_sign_in_in_use_is_never_revoked_nor_one_that_changed_since_it_was_claimed(desk: Desk) -> None:
    revoking, row = desk.world.services.tokens.revoking, await connection(desk.world)
    with pytest.raises(InUseError):
        await revoking.give_back(row.token_set_id)
    await revoking.claim(row.token_set_id)
    with pytest.raises(InUseError):
        await revoking.claim(row.token_set_id)

    assert isinstance(desk.world.clock, FakeClock)
    desk.world.clock.move_to(desk.world.clock.now() + LEASE * 2)
    by_hand(desk.world)
    await ended(desk.world, row)
    claim = await revoking.claim(row.token_set_id)
    await connect(desk.world)
    await ended(desk.world, await connection(desk.world))
    with pytest.raises(InUseError):
        await revoking.revoke(claim)

    assert TRADING in shared_tenants(desk.world)


async def test_whoever_came_back_since_the_claim_is_seen_before_the_revocation(desk: Desk) -> None:
    """As after a pause of our process that outlived the claim."""
    revoking, row, actor = desk.world.services.tokens.revoking, await connection(desk.world), await desk.world.actor()
    by_hand(desk.world)
    await ended(desk.world, row)
    claim, now = await revoking.claim(row.token_set_id), desk.world.clock.now()
    flow = {"id": uuid4(), "workspace_id": actor.workspace.id, "user_id": ADMIN, "provider": "xero", "code_tries": 0}
    until = {"created_at": now, "expires_at": now + SIGNS_IN, "link_hash": "h", "stage": Stage.RETURNED}
    async with desk.world.services.db.write() as tx:
        await tx.execute(FLOWS.insert().values(**flow, **until))

    with pytest.raises(InUseError):
        await revoking.revoke(claim)

    assert desk.xero.calls_to("POST", "/connect/revocation") == []


async def test_what_we_took_back_and_died_before_writing_is_not_told_as_over_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    giving_back, row = by_hand(desk.world), await connection(desk.world)
    await ended(desk.world, row)

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(GivingBack, "_done", dies)
        patch.setattr(Revoking, "let_go", dies)
        with pytest.raises(KeyboardInterrupt):
            await giving_back.give_back()
    desk.xero.expire_access_tokens()
    assert isinstance(desk.world.clock, FakeClock)
    desk.world.clock.move_to(desk.world.clock.now() + LEASE * 2)
    assert await giving_back.give_back() == 1
    await desk.settle()

    assert len(told(desk.world, "Access was taken back", BILLS)) == 1
    assert told(desk.world, "was over before", BILLS) == []


@dataclass(frozen=True, slots=True)
class RenewedMeanwhile(Revoking):
    """Another process renews a sign-in between the look at it and its claim: the refresh token that was read is used up."""

    async def _row(self, token_set_id: UUID) -> Any:
        row = await Revoking._row(self, token_set_id)
        async with self.db.write() as tx:
            await tx.execute(TOKENS.update().values(generation=TOKENS.c.generation + 1))
        return row


async def test_a_sign_in_that_was_renewed_since_it_was_read_is_not_claimed(desk: Desk) -> None:
    tokens, row = desk.world.services.tokens, await connection(desk.world)
    by_hand(desk.world)
    await ended(desk.world, row)

    with pytest.raises(InUseError):
        await RenewedMeanwhile(tokens.db, tokens.vault, tokens.clock, tokens.providers).claim(row.token_set_id)


async def test_whoever_comes_back_from_the_ledger_waits_for_what_is_being_given_back(desk: Desk) -> None:
    """A revocation that is under way would take the new sign-in along."""
    revoking, row, clock = desk.world.services.tokens.revoking, await connection(desk.world), desk.world.clock
    by_hand(desk.world)
    await ended(desk.world, row)
    claim, begun = await revoking.claim(row.token_set_id), clock.now()

    await connect(desk.world)
    assert clock.now() >= begun + LEASE

    await revoking.let_go(claim)
    begun = clock.now()
    await connect(desk.world)
    assert clock.now() < begun + LEASE


async def test_three_processes_at_once_end_it_once(database_url: str) -> None:
    async with a_desk(database_url, undo_seconds=0) as desk:
        by_hand(desk.world)
        await ended(desk.world, await connection(desk.world))

        processes = [upkeep_of(desk.world.services).giving_back for _ in range(3)]
        await asyncio.gather(*(each.give_back() for each in processes))

        assert len(desk.xero.calls_to("POST", "/connect/revocation")) == 1
        assert (await connection(desk.world)).token_set_id is None
        assert await token_sets(desk.world) == 0
