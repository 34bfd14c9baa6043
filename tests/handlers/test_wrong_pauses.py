"""A pause of an organisation's ledger that a clock wrote which was far ahead: nothing waits for it, and nobody is told of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.playground.slack import ADMIN
from bot.services.budgets import BUDGETS
from tests.handlers.desk import UNDO_SECONDS, Desk, a_desk, words


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []


async def test_a_bill_is_published_although_a_wrong_clock_wrote_a_pause(desk: Desk) -> None:
    await desk.add()
    async with desk.world.services.db.write() as tx:
        await tx.execute(BUDGETS.update().values(paused_until=tx.now + timedelta(days=700)))

    await desk.slack.command("/dext", "connections", user=ADMIN)
    shown = words(desk.modal(ADMIN))
    await desk.slack.close_modal(ADMIN, everything=True)
    await desk.approve("INV-1")
    await desk.world.later(UNDO_SECONDS + 5)

    assert "asked for a pause" not in shown
    assert [bill["InvoiceNumber"] for bill in desk.xero.bills()] == ["INV-1"]
