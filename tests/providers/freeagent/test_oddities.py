"""Whatever is sent, the simulated FreeAgent says what is wrong with it, and never falls over."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.providers.freeagent.conftest import CLIENTS, Bare, Json, judged

pytestmark = judged

ODD: tuple[Any, ...] = (
    None,
    [],
    [{}],
    {"a": 1},
    True,
    -1,
    10**30,
    1e308,
    "NaN",
    "1e9999999",
    "\ud800",
    "x" * 300,
    "9999-12-31",
    "/v2/",
)
BODIES: dict[str, Callable[[Bare], Json]] = {
    "bills": lambda bare: bare.bill(
        bare.item(sales_tax_rate="20", manual_sales_tax_amount="1", quantity="1", unit="Hours", url=""),
        currency="GBP",
        ec_status="UK/Non-EC",
        project="1",
        rebill_type="markup",
        rebill_factor="0.1",
        attachment=bare.file(),
    ),
    "expenses": lambda bare: bare.expense(currency="EUR", native_gross_value="-1", receipt_reference="R"),
    "bank_transaction_explanations": lambda bare: bare.spend(
        sales_tax_rate="20", paid_user="1", attachment=bare.file()
    ),
    "invoices": lambda bare: bare.invoice(bare.sold(sales_tax_rate="20", id="", category="001"), discount_percent="1"),
    "credit_notes": lambda bare: bare.credit_note(bank_account="1", comments="x"),
    "credit_note_reconciliations": lambda _: {"gross_value": "1", "invoice": "1", "credit_note": "1"},
    "contacts": lambda bare: {"organisation_name": CLIENTS[bare.company], "default_payment_terms_in_days": 3},
}


def odd(body: Json) -> Iterator[Json]:
    """The body with one field after the other, also of its first item and its file, become something odd."""
    for name, value in body.items():
        yield from ({**body, name: one} for one in ODD)
        if isinstance(value, list):
            yield from ({**body, name: [inner]} for inner in odd(value[0]))
        if isinstance(value, dict):
            yield from ({**body, name: inner} for inner in odd(value))


@pytest.mark.parametrize("kind", BODIES)
async def test_whatever_is_sent_is_kept_or_refused(bare: Bare, kind: str) -> None:
    limits, root = bare.state.meter.limits, kind.removesuffix("s")
    limits.per_minute = limits.per_hour = None
    found: dict[int, int] = {}

    for body in odd(BODIES[kind](bare)):
        reply = await bare.post(kind, {root: body})
        found[reply.status] = found.get(reply.status, 0) + 1
        if reply.status == 201:
            await bare.delete(reply.json[root]["url"])

    assert set(found) <= {201, 403, 422}
    assert found[422] >= len(ODD)


async def test_half_a_character_is_no_text(bare: Bare) -> None:
    assert await bare.refused("bills", bare.bill(reference="A\ud800")) == ["reference is invalid"]


@pytest.mark.parametrize(
    "query",
    [
        {"page": "9" * 5000},
        {"page": "-1", "per_page": "x"},
        {"updated_since": "9999-12-31"},
        {"from_date": "0001-01-01T00:00:00+23:00"},
        {"view": "[]", "sort": "--"},
        {"contact": "https://elsewhere.example/v2/contacts/1", "project": "../company"},
    ],
)
async def test_whatever_a_list_is_asked_for_is_answered(bare: Bare, query: dict[str, Any]) -> None:
    await bare.created("bills", bare.bill())

    assert (await bare.get("bills", **query)).status == 200
