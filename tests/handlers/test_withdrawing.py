"""Withdrawing a published item from Slack: voided or deleted in Xero as that allows, and published again as another."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER, Message, Submitted
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.desk import OTHER_CATEGORY, Desk, a_desk, actions, words
from tests.playground.kit import schema_problems

NUMBER = "INV-1"


@pytest.fixture
async def desk(sqlite_url: str, shared: Path) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []
        assert schema_problems(made.slack, shared) == []


@pytest.fixture
async def either(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url, undo_seconds=0) as made:
        await made.world.set_up()
        yield made
        assert made.slack.refusals == []


async def published(desk: Desk, **changes: Any) -> Message:
    await desk.add(**changes)
    return await desk.approve(str(changes.get(BlockId.NUMBER, NUMBER)))


async def withdraw(desk: Desk, reason: str | None = None, user: str = BOOKKEEPER) -> Submitted:
    await desk.press(desk.card(NUMBER), ActionId.WITHDRAW_ITEM, user)
    done = await desk.slack.submit(desk.modal(user), {} if reason is None else {BlockId.REASON: reason})
    await desk.settle()
    return done


def thread(desk: Desk) -> list[Message]:
    return desk.slack.thread(BILLS, desk.card(NUMBER).ts)


def bills(desk: Desk) -> list[dict[str, Any]]:
    """All that there ever were, in the order of their making."""
    return list(desk.xero.books[TRADING].invoices.values())[-2:]


async def test_a_published_bill_is_withdrawn_edited_and_published_again_as_another(either: Desk) -> None:
    desk = either
    card = await published(desk)
    (first,) = desk.xero.bills()
    await desk.press(card, ActionId.WITHDRAW_ITEM, BOOKKEEPER)
    form = desk.modal(BOOKKEEPER)
    assert "bill in Xero will be" in words(form)

    done = await desk.slack.submit(form, {BlockId.REASON: "Wrong <!channel> category"})
    await desk.settle()

    assert (done.errors, done.error) == ({}, None)
    assert desk.xero.bills() == []
    card = desk.card(NUMBER)
    assert "*To review*" in words(card)
    assert f"*Withdrawn* by <@{BOOKKEEPER}>" in words(card)
    assert "Wrong &lt;!channel&gt; category" in words(card)
    assert "429 · General Expenses" in words(card)
    assert ActionId.OPEN_IN_LEDGER not in actions(card)
    (told,) = thread(desk)
    assert f"was withdrawn by <@{BOOKKEEPER}>" in told.text
    assert "in Xero" in told.text
    assert "<!channel>" not in told.text
    assert first["InvoiceID"] not in str(card.blocks)

    await desk.edit(NUMBER, {BlockId.ACCOUNT: OTHER_CATEGORY})
    assert ActionId.APPROVE_ITEM in actions(desk.card(NUMBER))
    card = await desk.approve(NUMBER)

    (second,) = desk.xero.bills()
    assert second["InvoiceID"] != first["InvoiceID"]
    assert second["Url"] == f"{first['Url']}?copy=2"
    assert [line["AccountCode"] for line in second["LineItems"]] == [OTHER_CATEGORY]
    assert "Published* to Xero" in words(card)
    assert second["InvoiceID"] in str(card.blocks)
    assert first["InvoiceID"] not in str(card.blocks)
    assert len({call.headers["Idempotency-Key"] for call in desk.xero.calls_to("PUT", "/Invoices")}) == 2
