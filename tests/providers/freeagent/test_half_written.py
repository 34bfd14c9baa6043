""" "Not now" of a later call, once something stands in FreeAgent: nobody may take it for "nothing was written"; and what an earlier
form of an item left there makes way for what is sent now.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.ledger_documents import differences
from bot.domain.postings import Posting, PostingKind
from bot.domain.publishing import Accepted, Refused
from bot.domain.withdrawing import of_withdrawal
from providers.base import Access
from providers.errors import OutcomeUnknownError
from providers.freeagent.claiming import Claims
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.documents import Json
from providers.freeagent.simulated.refusals import not_in_this_state
from providers.freeagent.simulated.sales import Sales
from providers.freeagent.simulator import TRADING, Fault
from tests.contract.at_call import AtCall
from tests.contract.freeagent import FreeAgentFarEnd
from tests.providers.freeagent.test_our_claims import a_claim, standing


def before_the_second(monkeypatch: pytest.MonkeyPatch, method: str, trouble: Callable[[], None]) -> None:
    """Of the calls that claims make by this method."""
    calls, asked = [0], getattr(Claims, method)

    async def counted(self: Claims, access: Access, about: Json) -> object:
        calls[0] += 1
        if calls[0] == 2:
            trouble()
        return await asked(self, access, about)

    monkeypatch.setattr(Claims, method, counted)


@pytest.mark.parametrize(("kept", "fault"), [(2, Fault.TOO_MANY), (5, Fault.UNAVAILABLE)])
async def test_what_is_to_be_looked_at_after_a_write_and_cannot_be_is_unknown(
    far: FreeAgentFarEnd, monkeypatch: pytest.MonkeyPatch, kept: int, fault: Fault
) -> None:
    """Of three expenses two are kept; or all that go before one that is refused."""
    claim = a_claim(far)
    if fault is Fault.UNAVAILABLE:
        claim = replace(claim, lines=(*claim.lines[:2], replace(claim.lines[2], account_code="999")))
    far.state.set_keeps_some(TRADING, kept)
    before_the_second(monkeypatch, "_around", lambda: far.state.fail_next(fault, method="GET", path="*/expenses"))

    with pytest.raises(OutcomeUnknownError):
        await far.create(claim)

    assert standing(far)


async def test_a_withdrawal_that_stops_half_way_is_unknown(
    far: FreeAgentFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = await far.published(a_claim(far))
    before_the_second(
        monkeypatch, "_delete", lambda: far.state.fail_next(Fault.TOO_MANY, method="DELETE", path="*/expenses/*")
    )

    with pytest.raises(OutcomeUnknownError):
        await far.take_back(withdrawal)


async def test_a_withdrawal_that_is_refused_half_way_names_what_is_gone_and_goes_on_from_there(
    far: FreeAgentFarEnd,
) -> None:
    """The days are the 3rd, the 17th and the 5th: the oldest goes first."""
    withdrawal = await far.published(a_claim(far))
    at = AtCall(place=4, happens=lambda: far.state.lock_to(TRADING, date(2026, 2, 5)))
    far.state.misbehaviour = at

    refused = await far.take_back(withdrawal)
    again = await far.take_back(withdrawal)
    changed = await far.take_back(replace(withdrawal, posting=with_dearer_lines(withdrawal.posting)))

    assert [method for method, _ in at.calls[:5]] == ["GET"] * 3 + ["DELETE"] * 2
    for outcome in (refused, again, changed):
        assert isinstance(outcome, Refused)
        assert outcome.problem.facts["gone"].startswith("B-0 (")
        assert outcome.problem.facts["left"].startswith("B-1 (")
        assert of_withdrawal(outcome.problem).title.startswith("Withdrawn only in part:")
    assert isinstance(refused, Refused)
    assert (refused.problem.facts["gone"], refused.problem.facts["left"]) == (
        "B-0 (120.00)",
        "B-1 (30.00), B-2 (12.00)",
    )
    assert refused.problem.facts["date"] == "5 Feb 2026"
    assert standing(far) == ["Odd", "Train"]
    far.state.lock_to(TRADING, None)
    assert isinstance(await far.take_back(withdrawal), Accepted)
    assert standing(far) == []


def with_dearer_lines(posting: Posting) -> Posting:
    """As if somebody had changed what stands in FreeAgent."""
    lines = tuple(replace(line, net=line.net + 1) for line in posting.lines)
    return replace(posting, lines=lines, net=posting.net + 3, gross=posting.gross + 3)


async def test_an_invoice_that_is_not_let_go_is_sent_again_as_it_was(
    far: FreeAgentFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_now(*_: object) -> None:
        raise not_in_this_state("Invoice cannot be deleted because it is on a filed VAT return")

    withdrawal = await far.published(far.a_posting(PostingKind.SALES_INVOICE, "S-1"))
    monkeypatch.setattr(Sales, "may_go", not_now)

    first = await far.take_back(withdrawal)

    (invoice,) = far.state.documents("invoices")
    assert isinstance(first, Refused)
    assert ("is_draft" in first.problem.facts, invoice["_state"]) == (False, "sent")


async def test_an_invoice_that_stays_a_draft_is_said_to_be_one(far: FreeAgentFarEnd) -> None:
    """The books are locked on the way, for both."""
    withdrawal = await far.published(far.a_posting(PostingKind.SALES_INVOICE, "S-1"))
    far.state.misbehaviour = AtCall(place=2, happens=far.close_books)

    first = await far.take_back(withdrawal)
    again = await far.take_back(withdrawal)

    (invoice,) = far.state.documents("invoices")
    assert invoice["_state"] == "draft"
    for outcome in (first, again):
        assert isinstance(outcome, Refused)
        told = of_withdrawal(outcome.problem)
        assert "It was made a draft before, and is one in" in told.explanation
        assert "mark it as sent in" in told.remedy


async def test_a_step_of_an_invoice_whose_answer_says_nothing_and_that_cannot_be_read_is_open(
    far: FreeAgentFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages show no answer to one."""
    withdrawal = await far.published(far.a_posting(PostingKind.SALES_INVOICE, "S-1"))
    asked = FreeAgentClient.write

    async def unheard(self: FreeAgentClient, access: Access, method: str, path: str, *args: Json, **how: Any) -> Json:
        answer = await asked(self, access, method, path, *args, **how)
        if not path.endswith("mark_as_draft"):
            return answer
        far.state.fail_next(Fault.TOO_MANY, method="GET")
        return {}

    monkeypatch.setattr(FreeAgentClient, "write", unheard)

    with pytest.raises(OutcomeUnknownError):
        await far.take_back(withdrawal)


async def test_an_expense_whose_tax_says_something_else_by_now_is_made_anew(far: FreeAgentFarEnd) -> None:
    claim = a_claim(far)
    await far.create(claim)
    train, last = claim.lines[1], claim.lines[2]
    lines = (claim.lines[0], replace(train, tax_code="0"), replace(last, net=Decimal(12), tax=Decimal(0), tax_code="0"))
    changed = replace(claim, lines=lines, net=Decimal(142), tax=Decimal(20))

    (outcome,) = await far.create(changed)

    assert isinstance(outcome, Accepted)
    assert outcome.record is not None
    assert differences(changed, outcome.record) == ()
    (row,) = [row for row in far.state.documents("expenses") if row["description"].startswith("Train")]
    assert row["sales_tax_status"] == "TAXABLE"


async def test_an_expense_of_another_day_of_an_earlier_form_goes(far: FreeAgentFarEnd) -> None:
    claim = a_claim(far)
    far.state.set_keeps_some(TRADING, 2)
    with pytest.raises(OutcomeUnknownError):
        await far.create(claim)
    far.state.set_keeps_some(TRADING, None)
    other_day = replace(claim.lines[1], dated_on=date(2026, 2, 4))

    await far.create(replace(claim, lines=(claim.lines[0], other_day, claim.lines[2])))

    assert len(standing(far)) == 3


async def test_a_draft_that_could_not_be_marked_as_sent_is_unknown_and_never_sent_as_it_was(
    far: FreeAgentFarEnd,
) -> None:
    posting = far.a_posting(PostingKind.SALES_INVOICE, "S-1")
    far.state.fail_next(Fault.TOO_MANY, method="PUT", path="*/mark_as_sent")
    with pytest.raises(OutcomeUnknownError):
        await far.create(posting)
    line = posting.lines[0]
    half = replace(line, unit_price=line.unit_price / 2, net=line.net / 2, tax=line.tax / 2)
    changed = replace(posting, lines=(half,), net=posting.net / 2, tax=posting.tax / 2, gross=posting.gross / 2)

    (outcome,) = await far.create(changed)

    assert isinstance(outcome, Accepted)
    assert outcome.record is not None
    assert differences(changed, outcome.record) == ()
    (_,) = [row for row in far.state.documents("invoices") if row["reference"] == "S-1"]
