"""*Withdraw and publish again* from Slack: what the card, its thread and the alert say at each step."""

import pytest

from bot.playground.slack import APPROVER, BOOKKEEPER, Message
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import Fault
from tests.handlers.desk import CATEGORY, Desk, words
from tests.handlers.test_withdrawing import (
    NUMBER,
    alert,
    ask,
    pay,
    published,
    standing_approvals,
    statuses,
    thread,
    unpay,
)

pytestmark = pytest.mark.desk(undo_seconds=0, alerts_apart=True)


async def again(desk: Desk, card: Message, *, settled: bool = True) -> None:
    await ask(desk, card)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {BlockId.AFTERWARDS: "again", BlockId.REASON: "Torn"})
    assert (done.errors, done.error) == ({}, None)
    if settled:
        await desk.settle()


async def test_it_is_voided_and_published_as_another_with_the_same_approval(either: Desk) -> None:
    desk = either
    card = await published(desk)
    (first,) = desk.xero.bills()

    await again(desk, card)

    (second,) = desk.xero.bills()
    assert (statuses(desk), second["Url"]) == (["VOIDED", "AUTHORISED"], f"{first['Url']}?copy=2")
    assert second["InvoiceNumber"] == first["InvoiceNumber"]
    assert [line["AccountCode"] for line in second["LineItems"]] == [CATEGORY]
    shown = desk.card(NUMBER)
    assert f"Approved* by <@{APPROVER}>" in words(shown)
    assert "*Published* to Xero" in words(shown)
    assert "checked there" in words(shown)
    assert "publishing again" not in words(shown)
    assert second["InvoiceID"] in str(shown.blocks)
    (told,) = thread(desk)
    assert f"was withdrawn by <@{BOOKKEEPER}>. The bill is voided in Xero" in told.text
    assert "It is being published to Xero again, as it was approved; its card says when it is there." in told.text
    assert await standing_approvals(desk) == 1
    keys = [call.headers["Idempotency-Key"] for call in desk.xero.calls_to("PUT", "/Invoices")]
    assert len({*keys}) == len(keys) == 2


async def test_each_step_is_said_while_it_lasts(desk: Desk) -> None:
    card = await published(desk)
    desk.xero.misbehaviour.outage = True
    await again(desk, card)
    withdrawing = words(desk.card(NUMBER))
    desk.xero.misbehaviour.outage = False
    desk.xero.misbehaviour.plan(Fault.TOO_MANY, times=1, method="PUT", path="*/Invoices", seconds=60)

    for _ in range(4):
        await desk.world.later(20)
        if statuses(desk) == ["VOIDED"]:
            break
    sending = words(desk.card(NUMBER))
    for _ in range(10):
        await desk.world.later(60)

    assert f"*Being withdrawn* from Xero by <@{BOOKKEEPER}>, to be published again once it is gone there" in withdrawing
    assert f"*Withdrawn* by <@{BOOKKEEPER}>; *publishing again*" in sending
    assert "*Published* to Xero" in words(desk.card(NUMBER))
    assert statuses(desk) == ["VOIDED", "AUTHORISED"]


async def test_what_is_paid_there_stays_and_the_alert_says_what_follows(desk: Desk) -> None:
    card = await published(desk)
    pay(desk)

    await again(desk, card)

    assert statuses(desk) == ["AUTHORISED"]
    told = words(alert(desk))
    assert "Not withdrawn: it is paid, or has credit against it" in told
    assert "So nothing was published again: that waits until the old one is gone" in told
    assert "With a credit note the old one stays in the books" in told
    unpay(desk)

    await desk.press(alert(desk), ActionId.WITHDRAW_AGAIN, BOOKKEEPER)

    assert statuses(desk) == ["VOIDED", "AUTHORISED"]
    assert "*Published* to Xero" in words(desk.card(NUMBER))
