"""Sign-ins that nobody uses are renewed each night; one that cannot be is told of before it lapses, and when it is over."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.db.base import table_of
from bot.db.connections import ConnectionRow, OrganisationRow
from bot.playground.slack import ADMIN, Message
from bot.views.ids import ActionId
from providers.xero.simulator import TRADING
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk
from tests.handlers.parting import CONNECTIONS, TOKENS, connection, now, reconnecting, told

ORGANISATIONS = table_of(OrganisationRow)
DAY = timedelta(days=1).total_seconds()
LAPSES, OVER = "lapses on", "took our access away"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made


async def nights(desk: Desk, count: int) -> None:
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
    await nights(desk, 52)
    assert told(desk.world, LAPSES) == []

    await nights(desk, 4)

    message = the_one(told(desk.world, LAPSES))
    assert f"<@{ADMIN}>" in now(desk.world, message)
    assert ActionId.OPEN_CONNECT in str(message.blocks)
    assert (await connection(desk.world)).health == "at_risk"


async def test_a_renewal_that_works_after_all_takes_the_warning_back(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 55)
    message = the_one(told(desk.world, LAPSES))

    desk.xero.misbehaviour.outage = False
    await nights(desk, 1)

    assert (await connection(desk.world)).health == "healthy"
    assert "was renewed. There is nothing to do" in now(desk.world, message)


async def test_reconnecting_takes_the_warning_back_as_well(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 55)
    message = the_one(told(desk.world, LAPSES))
    desk.xero.misbehaviour.outage = False

    await reconnecting(desk.world, ADMIN, message)
    await connect(desk.world)
    await desk.settle()

    assert (await connection(desk.world)).health == "healthy"
    assert "is connected again" in now(desk.world, message)


async def test_a_sign_in_that_lapsed_is_over_and_told_once(desk: Desk) -> None:
    desk.xero.misbehaviour.outage = True
    await nights(desk, 61)
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
