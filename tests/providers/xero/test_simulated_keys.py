"""`Idempotency-Key`: the first answer is replayed for six minutes, and the key stands for one request only."""

from datetime import timedelta
from uuid import uuid4

from providers.simulating.idempotency import Keys
from providers.xero.simulator import IRELAND, XeroState
from tests.fakes.clock import FakeClock
from tests.providers.xero.conftest import Bare, judged, wire_bill

pytestmark = judged


async def test_the_same_key_and_body_give_the_first_answer(bare: Bare, state: XeroState) -> None:
    first = await bare.write(wire_bill(), key="k")

    again = await bare.write(wire_bill(), key="k")

    assert again.body == first.body
    assert len(state.bills()) == 1
    assert state.replays.replayed == 1


async def test_a_refusal_is_replayed_as_well(bare: Bare, state: XeroState) -> None:
    """Even where its cause is gone by then: a repaired document needs a new key."""
    state.archive_account(bare.tenant, "429")
    refused = await bare.write(wire_bill(), key="k")
    state.restore_account(bare.tenant, "429")

    again = await bare.write(wire_bill(), key="k")

    assert again.body == refused.body
    assert state.bills() == []


async def test_the_same_key_with_another_body_is_refused(bare: Bare, state: XeroState) -> None:
    await bare.write(wire_bill("A"), key="k")

    reply = await bare.write(wire_bill("B"), key="k")

    assert (reply.status, reply.json["Message"]) == (400, "Idempotency Key: k is used with a different request")
    assert [bill["InvoiceNumber"] for bill in state.bills()] == ["A"]


async def test_the_same_key_for_another_organisation_is_refused(bare: Bare, state: XeroState) -> None:
    await bare.write(wire_bill(), key="k")
    bare.tenant = IRELAND

    reply = await bare.write(wire_bill(), key="k")

    assert reply.status == 400
    assert state.bills(IRELAND) == []


async def test_a_key_is_forgotten_after_six_minutes(bare: Bare, state: XeroState, clock: FakeClock) -> None:
    await bare.write(wire_bill(), key="k")
    clock.move_to(clock.now() + timedelta(minutes=6) - timedelta(seconds=1))
    await bare.write(wire_bill(), key="k")
    before = len(state.bills())
    clock.move_to(clock.now() + timedelta(seconds=1))

    await bare.write(wire_bill(), key="k")

    assert (before, len(state.bills())) == (1, 2)


async def test_a_key_may_be_128_characters_long(bare: Bare) -> None:
    longest = await bare.write(wire_bill(), key="k" * 128)
    longer = await bare.write(wire_bill(), key="k" * 129)

    assert (longest.status, longer.status) == (200, 400)


async def test_keys_can_be_switched_off(bare: Bare, state: XeroState) -> None:
    """So that it is shown what holds when a vendor ignores them."""
    state.replays.keys = Keys.IGNORED
    key = str(uuid4())
    await bare.write(wire_bill(), key=key)

    await bare.write(wire_bill(), key=key)

    assert len(state.bills()) == 2
