"""Disconnected while a bill is on its way: it is looked up before the access is given back, and never sent twice."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.batches import LOOKED_FOR
from bot.db.publications import BATCHES
from providers.xero.simulator import TRADING, Fault
from tests.fakes.connected import connect
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.parting import TOKENS, connection, disconnect, now, shared_tenants, told

MINUTES = 600.0


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """Dana's bill was sent, and the answer was lost."""
    async with a_desk(database_url, undo_seconds=0, alerts_apart=True) as made:
        yield made


async def sent(desk: Desk, fault: Fault) -> None:
    desk.xero.fail_next(fault, method="PUT", path="*/Invoices")
    await desk.add()
    await desk.approve("INV-1")


async def test_what_is_in_the_ledger_is_found_there_and_the_access_given_back_then(desk: Desk) -> None:
    await sent(desk, Fault.RESET_AFTER)
    await disconnect(desk.world)
    (message,) = told(desk.world, "disconnected this organisation")
    assert "1 item on their way when it ended" in words(message)
    assert "for a day at most" in words(message)
    assert "Nothing was waiting" in words(message)
    assert "I look whether the bill is there before the access is given back" in words(desk.card("INV-1"))
    assert TRADING in shared_tenants(desk.world)

    for _ in range(2):
        await desk.world.later(MINUTES)

    assert "Published" in words(desk.card("INV-1"))
    assert len(desk.xero.bills(TRADING)) == 1
    assert shared_tenants(desk.world) == set()
    assert "Access was taken back at Xero" in now(desk.world, message)


async def test_what_is_not_in_the_ledger_is_not_sent_and_waits(desk: Desk) -> None:
    await sent(desk, Fault.RESET_BEFORE)
    await disconnect(desk.world)

    for _ in range(2):
        await desk.world.later(MINUTES)

    assert desk.xero.bills(TRADING) == []
    assert "waits for the connection" in words(desk.card("INV-1"))
    assert shared_tenants(desk.world) == set()
    await connect(desk.world)
    await desk.world.later(MINUTES)
    assert len(desk.xero.bills(TRADING)) == 1


async def test_what_cannot_be_looked_up_for_a_day_is_said_to_be_there_perhaps(desk: Desk) -> None:
    await sent(desk, Fault.RESET_AFTER)
    await disconnect(desk.world)
    desk.xero.misbehaviour.outage = True
    await desk.world.later(LOOKED_FOR.total_seconds() / 2)
    assert (await connection(desk.world)).token_set_id is not None
    await desk.world.later(LOOKED_FOR.total_seconds() / 2)
    desk.xero.misbehaviour.outage = False
    async with desk.world.services.db.write() as tx:  # between the outage's end and the next look
        await tx.execute(BATCHES.update().values(due_at=tx.now + timedelta(hours=1)))

    await desk.world.later(MINUTES)

    assert shared_tenants(desk.world) == set()
    assert "*This bill may be in Xero already*" in words(desk.card("INV-1"))
    await connect(desk.world)
    for _ in range(8):
        await desk.world.later(MINUTES)
    assert "Published" in words(desk.card("INV-1"))
    assert len(desk.xero.bills(TRADING)) == 1


async def test_nothing_is_given_back_while_an_attempt_has_a_document_in_hand(desk: Desk) -> None:
    """Another process's, which is about to send."""
    await sent(desk, Fault.RESET_BEFORE)
    async with desk.world.services.db.write() as tx:
        held = {"leased_until": tx.now + timedelta(minutes=1), "first_sent_at": None, "last_sent_at": None}
        await tx.execute(BATCHES.update().values(**held))
    await disconnect(desk.world)
    assert TRADING in shared_tenants(desk.world)

    await desk.world.later(61)

    assert shared_tenants(desk.world) == set()


async def test_a_sign_in_that_is_over_keeps_nothing_waiting(desk: Desk) -> None:
    await sent(desk, Fault.RESET_AFTER)
    async with desk.world.services.db.write() as tx:
        await tx.execute(TOKENS.update().values(ended_at=tx.now))

    await disconnect(desk.world)

    assert (await connection(desk.world)).token_set_id is None
    assert "*This bill may be in Xero already*" in words(desk.card("INV-1"))


async def test_taken_up_again_before_it_was_looked_up_it_is_published_once(desk: Desk) -> None:
    await sent(desk, Fault.RESET_AFTER)
    await disconnect(desk.world)

    await connect(desk.world)
    for _ in range(5):
        await desk.world.later(300)

    assert len(desk.xero.bills(TRADING)) == 1
    assert "Published" in words(desk.card("INV-1"))
