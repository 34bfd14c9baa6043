"""Xero takes a document with a warning: its card, Details and history say so, to everybody who sees them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.domain.settings import PaymentStatus
from bot.playground.slack import BILLS, MEMBER
from bot.views.ids import ActionId
from providers.xero.simulated.endpoints import shapes
from providers.xero.simulated.outcomes import Outcome
from tests.handlers.desk import Desk, a_desk, words
from tests.handlers.test_paid import costs
from tests.handlers.test_paid_with_another import method

WORDS = "The contact's <default> sales tax was not used."


@pytest.fixture
async def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    accepted = shapes._accepted

    def warning(outcome: Outcome, flag: str | None) -> dict[str, Any]:
        outcome.warnings.append(WORDS)
        return accepted(outcome, flag)

    monkeypatch.setattr(shapes, "_accepted", warning)
    async with a_desk(sqlite_url, undo_seconds=0, alerts_apart=True) as made:
        yield made
        assert made.slack.refusals == []


async def test_a_warning_without_a_difference_is_on_the_card_and_in_its_history(desk: Desk) -> None:
    await desk.add()

    await desk.approve("INV-1")

    card = words(desk.card("INV-1"))
    assert "*Published* to Xero" in card
    assert ":eyes: Xero took it with a warning: The contact's &lt;default&gt; sales tax was not used." in card
    assert desk.slack.thread(BILLS, desk.card("INV-1").ts) == []
    await desk.press(desk.card("INV-1"), ActionId.SHOW_DETAILS, MEMBER)
    assert "Dext: taken with a warning: The contact's &lt;default&gt;" in words(desk.modal(MEMBER))


async def test_a_warning_of_its_payment_is_told_as_one(desk: Desk) -> None:
    visa = await method(desk, "Visa", "090")
    await costs(desk, payment_status=PaymentStatus.PAID, default_payment_method=visa)
    await desk.add()

    await desk.approve("INV-1")

    card = words(desk.card("INV-1"))
    assert "Xero took it with a warning" in card
    assert "Xero took its payment with a warning" in card
