"""A payment of ours that somebody made pay something else as well: taking it back would leave that unpaid, so that it stays."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.postings import PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Refused
from tests.contract.far_ends import FAR_ENDS
from tests.contract.losing import LosingFarEnd
from tests.fakes.clock import FakeClock
from tests.providers.test_stopped_half_way import a_payment

Json = dict[str, Any]


def of_quickbooks(documents: list[str], _: str) -> tuple[str, Json]:
    lines = [{"Amount": 120, "LinkedTxn": [{"TxnId": each, "TxnType": "Bill"}]} for each in documents]
    paid = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "1"}}}
    return "BillPayment", {**paid, "TotalAmt": 240, "VendorRef": {"value": "4"}, "Line": lines}


def of_sage(documents: list[str], account: str) -> tuple[str, Json]:
    return "contact_payments", {
        "transaction_type_id": "VENDOR_PAYMENT",
        "bank_account_id": account,
        "date": "2026-02-20",
        "total_amount": 240,
        "allocated_artefacts": [{"artefact_id": each, "amount": 120} for each in documents],
    }


@pytest.mark.parametrize(("name", "made_of"), [("quickbooks", of_quickbooks), ("sage", of_sage)])
async def test_a_payment_that_settles_another_bill_too_is_not_taken_back(
    clock: FakeClock, name: str, made_of: Any
) -> None:
    async with FAR_ENDS[name](clock) as far:
        bill = far.a_posting(PostingKind.BILL, "A")
        ours, other = await far.published(bill), await far.published(far.a_posting(PostingKind.BILL, "B"))
        payment_id = await paid_together(far, made_of([ours.document_id, other.document_id], far.bank_account()))

        outcome = await far.take_back(replace(ours, payments=(payment_id,)))

        assert isinstance(outcome, Refused)
        assert outcome.problem.code is ProblemCode.WITHDRAWAL_SETTLED
        assert not outcome.problem.taken_back
        route = far.provider.route(a_payment(far, bill, ours.document_id, "B-A"))
        assert payment_id in await far.provider.read(far.access, route, [payment_id])


async def paid_together(far: LosingFarEnd, made: tuple[str, Json]) -> str:
    """Its id."""
    plural, record = made
    client = far.provider._client  # type: ignore[attr-defined]
    if plural == "contact_payments":
        (bill, _) = far.state.documents("purchase_invoices")  # type: ignore[attr-defined]
        record = {**record, "contact_id": bill["contact"]["id"]}
    found = await client.create(far.access, plural, record, uuid4().hex)
    return str(found.get("Id") or found.get("id"))
