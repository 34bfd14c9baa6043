"""The simulated Xero misbehaves as told: on the calls that match, as often as asked, and no longer."""

import aiohttp
import pytest

from providers.xero.simulator import Fault, XeroState
from tests.providers.xero.conftest import Bare, judged, wire_bill

pytestmark = judged

LOST = (aiohttp.ClientError, TimeoutError, OSError)
QUICK = aiohttp.ClientTimeout(total=0.3)


async def outcome(bare: Bare) -> int:
    """The status of writing a bill, or 0 where no whole answer came."""
    try:
        async with bare.session.put(
            f"{bare.state.public_url}/api.xro/2.0/Invoices",
            json={"Invoices": [wire_bill()]},
            headers={
                "Authorization": f"Bearer {bare.token()}",
                "xero-tenant-id": bare.tenant,
                "Accept": "application/json",
            },
            timeout=QUICK,
            middlewares=(_once,),
        ) as answer:
            await answer.read()
            return answer.status
    except LOST:
        return 0


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The library repeats a PUT by itself where the line broke."""
    try:
        return await handler(request)
    except aiohttp.ClientError as error:
        raise aiohttp.ClientPayloadError from error


@pytest.mark.parametrize(
    ("fault", "status", "written"),
    [
        (Fault.ERROR_BEFORE, 500, 0),
        (Fault.ERROR_AFTER, 500, 1),
        (Fault.UNAVAILABLE, 503, 0),
        (Fault.RESET_BEFORE, 0, 0),
        (Fault.RESET_AFTER, 0, 1),
        (Fault.HANG_BEFORE, 0, 0),
        (Fault.HANG_AFTER, 0, 1),
        (Fault.HALF_ANSWER, 0, 1),
        (Fault.HTML, 200, 1),
        (Fault.TOO_MANY, 429, 0),
        (Fault.TOO_LARGE, 413, 0),
    ],
)
async def test_a_fault_does_what_it_says(bare: Bare, state: XeroState, fault: Fault, status: int, written: int) -> None:
    state.fail_next(fault)

    assert await outcome(bare) == status
    assert len(state.bills()) == written
    assert state.calls[-1].fault is fault


def test_every_fault_is_tried() -> None:
    """Slow answers are tried with the limits, where time matters."""
    tried = {row[0] for row in test_a_fault_does_what_it_says.pytestmark[0].args[1]}  # type: ignore[attr-defined] # a mark

    assert set(Fault) - tried == {Fault.SLOW}


async def test_a_fault_is_for_the_calls_that_match_and_for_so_many(bare: Bare, state: XeroState) -> None:
    state.fail_next(Fault.ERROR_BEFORE, times=2, method="PUT", path="*/Invoices")

    statuses = [(await bare.get("Currencies")).status]
    statuses += [(await bare.write(wire_bill())).status for _ in range(3)]

    assert statuses == [200, 500, 500, 200]


async def test_an_outage_answers_everything_until_it_is_over(bare: Bare, state: XeroState) -> None:
    state.misbehaviour.outage = True
    during = await bare.get("Currencies")
    state.misbehaviour.calm()

    assert (during.status, during.body) == (503, b"The Organisation is offline")
    assert (await bare.get("Currencies")).status == 200


async def test_calls_are_recorded_with_what_was_answered(bare: Bare, state: XeroState) -> None:
    await bare.write(wire_bill("A"), key="k")

    (call,) = state.calls_to("PUT", "/Invoices")
    assert call.headers["Idempotency-Key"] == "k"
    assert "Authorization" not in call.headers
    assert (call.query["summarizeErrors"], call.status) == ("false", 200)
    assert b'"InvoiceNumber": "A"' in call.body
    assert b'"InvoiceNumber":"A"' in call.answer
