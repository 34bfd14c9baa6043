"""A workspace without the app is forgotten after a while, whole, and no other one with it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, Table, func, insert, select, update

from bot.app import upkeep_of
from bot.db.base import table_of
from bot.db.connections import BudgetRow, ConnectionRow, ListEntryRow, OrganisationRow, TokenSetRow
from bot.db.list_terms import ListTermRow
from bot.db.messages import MessageRow
from bot.db.migrate import tables
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import WORKSPACES
from bot.domain.books import ListKind
from bot.domain.problems import Problem, ProblemCode
from bot.loops import guarded
from bot.playground.slack import TEAM
from bot.services import purging
from bot.services.purging import PURGE_AFTER, PURGED, Purge
from bot.services.revoking import InUseError
from bot.slack import learn_workspace
from providers.base import TokenAnswer
from providers.errors import TryLaterError
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.fakes.connected import Connected
from tests.handlers.desk import UNDO_SECONDS, Desk, a_desk
from tests.handlers.envelopes import UNINSTALLED, an_event, send_event

TOKENS, CONNECTIONS = table_of(TokenSetRow), table_of(ConnectionRow)
BUDGETS, MESSAGES = table_of(BudgetRow), table_of(MessageRow)


@dataclass(slots=True)
class SignInDesk:
    """Remembers what was given back."""

    fails: bool = False
    is_in_use: bool = False
    given_back: list[UUID] = field(default_factory=list)

    async def give_back(self, token_set_id: UUID) -> None:
        self.given_back.append(token_set_id)
        if self.is_in_use:
            raise InUseError
        if self.fails:
            raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))


async def a_day(world: Connected) -> None:
    """One bill in the ledger, and a dropped file."""
    made = Desk(world)
    await made.add()
    await made.approve("INV-1")
    await world.later(UNDO_SECONDS + 1)
    await made.drop("UBL-1")


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, after=a_day) as made:
        yield made


def move(desk: Desk, days: float) -> None:
    assert isinstance(desk.world.clock, FakeClock)
    desk.world.clock.move_to(desk.world.clock.now() + timedelta(days=days))


async def remove(desk: Desk) -> None:
    move(desk, 1)
    await send_event(desk.world, an_event(UNINSTALLED, at=desk.world.clock.now().timestamp(), event_id=str(uuid4())))


def a_purge(desk: Desk, sign_ins: SignInDesk | None = None) -> Purge:
    services = desk.world.services
    return Purge(services.db, services.clock, sign_ins or services.tokens)


async def finish(purge: Purge) -> None:
    while await purge.go_on():
        pass


async def forget_most_of_the_lists(desk: Desk) -> None:
    """Hundreds of rows, which two at a time take long and show nothing that a few do not."""
    async with desk.world.services.db.write() as tx:
        for table in (table_of(ListTermRow), table_of(ListEntryRow)):
            await tx.execute(table.delete().where(table.c.kind != ListKind.TAX_RATES))


async def reply_to_the_first(desk: Desk) -> None:
    """All messages but the one that a portion would begin with."""
    async with desk.world.services.db.write() as tx:
        found = select(MESSAGES.c.id).order_by(MESSAGES.c.id)
        first, *others = (await tx.execute(found)).scalars()
        assert len(others) > purging.ROWS
        await tx.execute(MESSAGES.update().where(MESSAGES.c.id.in_(others)).values(thread_of=first))


async def counted(desk: Desk) -> dict[str, int]:
    """Rows of every table that knows workspaces, where there are any."""
    found = {}
    async with desk.world.services.db.read() as tx:
        for table in (WORKSPACES, TOKENS, *_tables_of_workspaces()):
            found[table.name] = int((await tx.execute(select(func.count()).select_from(table))).scalar_one())
    return {name: number for name, number in found.items() if number}


def _tables_of_workspaces() -> list[Table]:
    return [table for table in tables().sorted_tables if "workspace_id" in table.columns]


async def another_workspace(desk: Desk, *, shares_the_sign_in: bool) -> UUID:
    """With one organisation, and a connection that the same person may have made."""
    workspace_id, organisation_id = uuid4(), uuid4()
    async with desk.world.services.db.write() as tx:
        (sign_in,) = (await tx.execute(select(TOKENS.c.id))).scalars()
        names = {"name": "Acme", "bot_user_id": "U0B", "bot_id": "B0B"}
        new = {"id": workspace_id, "enterprise_id": "", "team_id": "T0ACME", "installed_at": tx.now}
        await tx.execute(insert(WORKSPACES).values(**new, **names))
        books = {"name": "Acme Ltd", "books": "{}", "created_at": tx.now, "workspace_id": workspace_id}
        await tx.execute(insert(table_of(OrganisationRow)).values(id=organisation_id, next_reference=1, **books))
        connection = {"id": uuid4(), "workspace_id": workspace_id, "organisation_id": organisation_id}
        made = {"provider": "xero", "tenant_id": "t", "connected_by": "U1", "connected_at": tx.now, "health": "healthy"}
        shared = sign_in if shares_the_sign_in else None
        await tx.execute(insert(CONNECTIONS).values(**connection, **made, token_set_id=shared))
    return workspace_id


def test_the_purge_goes_through_every_table_with_rows_of_a_workspace() -> None:
    assert sorted(table_of(row).name for row in PURGED) == sorted(table.name for table in _tables_of_workspaces())


def test_what_refers_to_another_table_is_purged_before_it() -> None:
    order = [table_of(row).name for row in PURGED]

    for row in PURGED:
        for key in table_of(row).foreign_keys:
            target = key.column.table.name
            assert target not in order or order.index(target) >= order.index(table_of(row).name)


async def test_after_thirty_days_nothing_of_the_workspace_is_left(desk: Desk) -> None:
    assert {"items", "files", "messages", "publications", "audit_log", "list_entries"} <= set(await counted(desk))
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    await finish(a_purge(desk))

    assert await counted(desk) == {}
    async with desk.world.services.db.read() as tx:
        called = await tx.execute(select(BUDGETS.c.tenant_id).where(BUDGETS.c.tenant_id != ""))
        assert called.scalars().all() == []


async def test_before_that_nothing_is_touched(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days - 0.01)
    before = await counted(desk)

    assert not await a_purge(desk).go_on()

    assert await counted(desk) == before


async def test_a_workspace_with_the_app_is_never_purged(desk: Desk) -> None:
    move(desk, 400)
    before = await counted(desk)

    assert not await a_purge(desk).go_on()

    assert await counted(desk) == before


async def test_a_reinstallation_before_that_keeps_everything(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days - 1)
    before = await counted(desk)
    await learn_workspace(desk.world.services.clients)
    move(desk, 5)

    await finish(a_purge(desk))

    assert await counted(desk) == before


async def test_a_purge_that_was_killed_anywhere_goes_on(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    rounds = 0
    while await a_purge(desk).go_on(1):
        rounds += 1

    assert rounds > len(PURGED) / 2
    assert await counted(desk) == {}


async def test_many_rows_go_in_portions_and_threads_from_their_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "ROWS", 2)
    await forget_most_of_the_lists(desk)
    await reply_to_the_first(desk)
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    await finish(a_purge(desk))

    assert await counted(desk) == {}


async def test_whoever_installs_while_it_is_being_forgotten_begins_afresh(desk: Desk) -> None:
    await remove(desk)
    old = [row.id for row in await rows(desk)]
    move(desk, PURGE_AFTER.days)
    purge = a_purge(desk)
    assert await purge.go_on(1)

    again = await learn_workspace(desk.world.services.clients)
    await finish(purge)

    assert again is not None
    assert again.id not in old
    assert [(row.id, row.team_id) for row in await rows(desk)] == [(again.id, TEAM)]


async def rows(desk: Desk) -> list[Row[Any]]:
    async with desk.world.services.db.read() as tx:
        return list((await tx.execute(select(WORKSPACES))).all())


async def test_the_sign_in_is_given_back_at_the_ledger_and_deleted(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)
    sign_ins = SignInDesk()

    await finish(a_purge(desk, sign_ins))

    assert len(sign_ins.given_back) == 1
    assert "token_sets" not in await counted(desk)


async def test_a_ledger_that_does_not_answer_does_not_keep_the_data_here(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)
    sign_ins = SignInDesk(fails=True)

    await finish(a_purge(desk, sign_ins))

    assert (len(sign_ins.given_back), await counted(desk)) == (1, {})


async def test_a_sign_in_that_is_in_somebodys_hands_is_left_to_what_gives_back_what_nothing_uses(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    await finish(a_purge(desk, SignInDesk(is_in_use=True)))
    assert await counted(desk) == {"token_sets": 1}
    await upkeep_of(desk.world.services).giving_back.give_back()

    assert await counted(desk) == {}
    assert desk.xero.grants.connections == {}


@pytest.mark.parametrize("what", ["signs in anew", "renews it", "connects by it"])
async def test_a_sign_in_that_is_somebodys_meanwhile_is_not_ended(desk: Desk, what: str) -> None:
    """Another workspace's, of the same person, while the provider takes its time."""
    services = desk.world.services

    class Slow(SignInDesk):
        async def give_back(self, token_set_id: UUID) -> None:
            await super().give_back(token_set_id)
            if len(self.given_back) > 1:
                raise InUseError
            if what == "connects by it":
                await another_workspace(desk, shares_the_sign_in=True)
                return
            async with services.db.write() as tx:
                if what == "renews it":
                    await tx.execute(update(TOKENS).values(generation=TOKENS.c.generation + 1))
                    return
                until = tx.now + timedelta(minutes=30)
                new = TokenAnswer(access_token="a", refresh_token="r", expires_at=until, subject=subject)
                assert await services.tokens.keep(tx, "xero", new) == token_set_id

    async with services.db.read() as tx:
        subject = (await tx.execute(select(TOKENS.c.subject))).scalar_one()
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    await finish(a_purge(desk, Slow()))

    async with services.db.read() as tx:
        assert (await tx.execute(select(TOKENS.c.ended_at))).scalar_one() is None


async def test_a_workspace_that_something_goes_wrong_with_keeps_no_other_one_here(desk: Desk) -> None:
    other = await another_workspace(desk, shares_the_sign_in=False)
    services = desk.world.services
    await remove(desk)
    async with services.db.write() as tx:
        await tx.execute(update(WORKSPACES).where(WORKSPACES.c.id == other).values(removed_at=tx.now))
    move(desk, PURGE_AFTER.days)

    class Broken(SignInDesk):
        async def give_back(self, token_set_id: UUID) -> None:
            raise RuntimeError("nobody thought of this")

    purge = Purge(services.db, services.clock, Broken(), guarded)
    for _ in range(20):
        await purge.go_on()

    assert [row.id for row in await rows(desk)] != []
    assert other not in [row.id for row in await rows(desk)]


@dataclass(slots=True)
class ReinstalledFirst:
    """A database that somebody reinstalls the app in, just before the purge hides its workspace."""

    db: Database

    def read(self) -> AbstractAsyncContextManager[Tx]:
        return self.db.read()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        async with self.db.write() as tx:
            await tx.execute(update(WORKSPACES).values(removed_at=None))
        async with self.db.write() as tx:
            yield tx


async def test_a_reinstallation_in_the_last_instant_keeps_everything(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)
    before, services = await counted(desk), desk.world.services

    await finish(Purge(cast("Database", ReinstalledFirst(services.db)), services.clock, SignInDesk()))

    assert await counted(desk) == before
    assert [row.team_id for row in await rows(desk)] == [TEAM]


async def test_the_simulated_ledger_knows_the_sign_in_no_more(desk: Desk) -> None:
    (person, _), *_ = desk.xero.grants.connected_to(TRADING)
    await remove(desk)
    move(desk, PURGE_AFTER.days)

    await finish(a_purge(desk))

    assert desk.xero.grants.connected(person) == []


async def test_a_sign_in_that_another_workspace_uses_is_left_alone(desk: Desk) -> None:
    other = await another_workspace(desk, shares_the_sign_in=True)
    await remove(desk)
    move(desk, PURGE_AFTER.days)
    sign_ins = SignInDesk()

    await finish(a_purge(desk, sign_ins))

    assert sign_ins.given_back == []
    assert await counted(desk) == {"workspaces": 1, "token_sets": 1, "organisations": 1, "connections": 1}
    assert [row.id for row in await rows(desk)] == [other]


async def test_a_sign_in_that_somebody_renewed_a_moment_ago_is_not_ended_under_them(desk: Desk) -> None:
    await remove(desk)
    move(desk, PURGE_AFTER.days)
    async with desk.world.services.db.write() as tx:
        await tx.execute(update(TOKENS).values(refreshed_at=tx.now - timedelta(minutes=5)))
    sign_ins = SignInDesk()

    await finish(a_purge(desk, sign_ins))

    assert sign_ins.given_back == []
    assert await counted(desk) == {"token_sets": 1}
