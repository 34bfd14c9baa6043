"""Sign-ins that nobody uses are renewed each night; one that cannot be is told of before it lapses, and when it is over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.app import upkeep_of
from bot.db.base import table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.playground.slack import ADMIN, Message
from bot.slack import learn_workspace
from bot.views.ids import ActionId
from providers.xero.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.envelopes import UNINSTALLED, an_event, send_event
from tests.handlers.parting import CONNECTIONS, TOKENS, connection, now, reconnecting, told

ORGANISATIONS = table_of(OrganisationRow)
DAY = timedelta(days=1).total_seconds()
LAPSES, OVER = "The connection to Xero lapses", "took our access away"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        yield made


async def nights(desk: Desk, count: int, *, after_days: int = 0) -> None:
    """So many in a row, the first of them after days on which no worker ran."""
    await desk.world.later(after_days * DAY)
    keeping = desk.world.upkeep.keep_alive
    for _ in range(count):
        await desk.world.later(DAY)
        for token_set_id in await keeping.due():
            await keeping.keep(token_set_id)
        await keeping.recovered()
        await desk.settle()


async def sign_in(desk: Desk) -> Any:
    async with desk.world.services.db.read() as tx:
        return (await tx.execute(select(TOKENS))).one()


async def second_organisation(desk: Desk) -> None:
    """Connected by the same person, and so with the same sign-in."""
    async with desk.world.services.db.write() as tx:
        books = (await tx.execute(select(ORGANISATIONS.c.books))).scalar_one()
        first = (await tx.execute(select(CONNECTIONS))).one()._asdict()
        of = {"id": uuid4(), "workspace_id": first["workspace_id"], "name": "Another Ltd", "books": books}
        await tx.execute(ORGANISATIONS.insert().values(**of, created_at=tx.now))
        other = {"id": uuid4(), "organisation_id": of["id"], "tenant_id": "another", "connected_at": tx.now}
        await tx.execute(table_of(ConnectionRow).insert().values(**{**first, **other}))


def the_one(found: list[Message]) -> Message:
    assert len(found) == 1, [message.text for message in found]
    return found[0]


async def test_what_nobody_used_for_months_is_renewed_each_night_and_nobody_hears_of_it(desk: Desk) -> None:
    before = await sign_in(desk)
    heard = len(told(desk.world, ""))

    await nights(desk, 70)

    after = await sign_in(desk)
    assert after.refreshed_at >= before.refreshed_at + timedelta(days=69)
    assert (await connection(desk.world)).health == "healthy"
    assert len(told(desk.world, "")) == heard


async def test_what_was_used_today_is_left_alone(desk: Desk) -> None:
    assert await desk.world.upkeep.keep_alive.due() == ()


async def test_a_lapse_is_told_once_a_week_before_it_with_the_button(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 1, after_days=51)
    assert told(desk.world, LAPSES) == []

    await nights(desk, 4)

    message = the_one(told(desk.world, LAPSES))
    assert f"<@{ADMIN}>" in now(desk.world, message)
    assert ActionId.OPEN_CONNECT in str(message.blocks)
    assert (await connection(desk.world)).health == "at_risk"


async def test_the_days_that_are_left_are_counted_down_in_the_one_message(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 2, after_days=52)
    message = the_one(told(desk.world, LAPSES))
    assert "lapses in 6 days, on 1 May 2026" in now(desk.world, message)

    await nights(desk, 5)

    assert "lapses tomorrow, on 1 May 2026" in now(desk.world, the_one(told(desk.world, LAPSES)))

    await nights(desk, 3)

    assert "has probably lapsed" in now(desk.world, message)
    assert len(told(desk.world, "good until 1 May 2026")) == 1


async def test_past_the_day_what_is_likely_is_told_once_until_the_ledger_says_what_is_so(desk: Desk) -> None:
    """The worker was down for long, and the ledger is away as it comes back."""
    desk.xero.misbehaviour.outage = True

    await desk.world.later(65 * DAY)
    await nights(desk, 3)

    message = the_one(told(desk.world, "has probably lapsed"))
    assert told(desk.world, LAPSES) == []
    assert "forgets a sign-in that is not renewed for 60 days. Ours was renewed last on 2 Mar 2026" in words(message)
    assert "cannot be asked: Xero does not answer" in words(message)
    assert ActionId.OPEN_CONNECT in str(message.blocks)
    assert (await connection(desk.world)).health == "at_risk"

    desk.xero.misbehaviour.outage = False
    await nights(desk, 2)

    assert (await connection(desk.world)).health == "broken"
    the_one(told(desk.world, "no longer accepts our sign-in"))
    assert "a newer message says more" in now(desk.world, message)


async def test_a_worker_that_was_down_for_weeks_renews_as_it_starts(desk: Desk) -> None:
    before = await sign_in(desk)
    await desk.world.later(40 * DAY)

    await upkeep_of(desk.world.services).pass_once()
    await upkeep_of(desk.world.services).pass_once()

    after = await sign_in(desk)
    assert after.generation == before.generation + 1
    assert (await connection(desk.world)).health == "healthy"


async def test_sign_ins_of_a_workspace_without_the_app_are_neither_renewed_nor_looked_at(desk: Desk) -> None:
    await desk.world.later(2 * DAY)
    keeping = desk.world.upkeep.keep_alive
    assert len(await keeping.due()) == 1
    async with desk.world.services.db.write() as tx:
        await tx.execute(TOKENS.update().values(refresh_sealed=TOKENS.c.access_sealed))

    await send_event(desk.world, an_event(UNINSTALLED, at=desk.world.clock.now().timestamp()))

    assert await keeping.due() == ()
    assert await keeping.find_altered() == 0
    await learn_workspace(desk.world.services.clients)
    assert (len(await keeping.due()), await keeping.find_altered()) == (1, 1)


async def test_two_processes_at_once_renew_once(desk: Desk) -> None:
    before = await sign_in(desk)
    await desk.world.later(40 * DAY)

    await asyncio.gather(*(upkeep_of(desk.world.services).pass_once() for _ in range(3)))

    assert (await sign_in(desk)).generation == before.generation + 1


async def test_sign_ins_of_one_hour_are_not_all_due_in_one_hour(desk: Desk) -> None:
    async with desk.world.services.db.write() as tx:
        first = (await tx.execute(select(CONNECTIONS))).one()._asdict()
        token_set = (await tx.execute(select(TOKENS))).one()._asdict()
        for number in range(200):
            new = {"id": UUID(int=number * 7919), "subject": f"person {number}"}
            await tx.execute(TOKENS.insert().values(**{**token_set, **new}))
            of = {"id": uuid4(), "tenant_id": f"tenant {number}", "token_set_id": new["id"]}
            books = {"id": uuid4(), "workspace_id": first["workspace_id"], "name": "N", "books": "{}"}
            await tx.execute(ORGANISATIONS.insert().values(**books, created_at=tx.now))
            await tx.execute(CONNECTIONS.insert().values(**{**first, **of, "organisation_id": books["id"]}))
    clock, keeping = desk.world.clock, desk.world.upkeep.keep_alive
    assert isinstance(clock, FakeClock)
    due = []
    clock.move_to(token_set["refreshed_at"] + timedelta(hours=20))
    for _ in range(4):
        due.append(len(await keeping.due()))
        clock.move_to(clock.now() + timedelta(hours=1))

    assert due[0] < 10
    assert 40 < due[1] < 95
    assert 105 < due[2] < 160
    assert due[3] == 201


async def test_a_renewal_that_works_after_all_takes_the_warning_back(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 2, after_days=53)
    message = the_one(told(desk.world, LAPSES))

    desk.xero.misbehaviour.outage = False
    await nights(desk, 1)

    assert (await connection(desk.world)).health == "healthy"
    assert "was renewed. There is nothing to do" in now(desk.world, message)


async def test_reconnecting_takes_the_warning_back_as_well(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 2, after_days=53)
    message = the_one(told(desk.world, LAPSES))
    desk.xero.misbehaviour.outage = False

    await reconnecting(desk.world, ADMIN, message)
    await connect(desk.world)
    await desk.settle()

    assert (await connection(desk.world)).health == "healthy"
    assert "is connected again" in now(desk.world, message)


async def test_a_sign_in_that_lapsed_is_over_and_told_once(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 3, after_days=58)
    desk.xero.misbehaviour.outage = False

    await nights(desk, 3)

    assert (await connection(desk.world)).health == "broken"
    the_one(told(desk.world, "no longer accepts our sign-in"))


async def test_an_organisation_that_was_disconnected_in_the_ledger_is_noticed_and_told_once(desk: Desk) -> None:
    desk.xero.grants.disconnect(TRADING)

    await nights(desk, 3)

    assert (await connection(desk.world)).health == "broken"
    message = the_one(told(desk.world, OVER))
    assert f"<@{ADMIN}>" in now(desk.world, message)


async def test_one_renewal_serves_every_organisation_of_a_sign_in(desk: Desk) -> None:
    await second_organisation(desk)
    before = await sign_in(desk)

    await nights(desk, 1)

    assert (await sign_in(desk)).generation == before.generation + 1


async def test_one_of_two_organisations_that_is_not_shared_any_more_ends_alone(desk: Desk) -> None:
    await second_organisation(desk)

    await nights(desk, 1)

    assert (await connection(desk.world, "another")).health == "broken"
    assert (await connection(desk.world)).health == "healthy"
