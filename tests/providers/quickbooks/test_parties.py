"""Whom a document is from or to in QuickBooks, and what is told where what it points at is gone."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.coding import Track
from bot.domain.postings import PostingKind
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Refused
from providers.errors import TryLaterError
from providers.quickbooks.client import QuickBooksClient
from providers.quickbooks.simulator import TRADING, Fault
from tests.contract.quickbooks import QuickBooksFarEnd
from tests.providers.quickbooks.ours import bodies, the_document

NORTH = "5000000000000142238"


async def test_a_supplier_that_nobody_knows_is_made_once_and_in_the_documents_currency(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bills = [quickbooks.a_bill(number, contact_name="Paper  & Ink Ltd", currency="EUR") for number in ("A", "B")]

    outcomes = await quickbooks.create(*bills)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert bodies(quickbooks, "/vendor") == [{"DisplayName": "Paper & Ink Ltd", "CurrencyRef": {"value": "EUR"}}]


async def test_a_supplier_is_the_one_of_that_name_whatever_its_capitals(quickbooks: QuickBooksFarEnd) -> None:
    document = await the_document(quickbooks, quickbooks.a_bill("A", contact_name="central COPIERS"))

    assert document.contact_name == "Central Copiers"
    assert bodies(quickbooks, "/vendor") == []


async def test_a_lost_answer_about_a_new_supplier_writes_no_bill_and_makes_no_second_one(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bill = quickbooks.a_bill("A", contact_name="Paper & Ink Ltd")
    quickbooks.state.fail_next(Fault.RESET_AFTER, method="POST", path="*/vendor")

    with pytest.raises(TryLaterError):
        await quickbooks.create(bill, key="k")
    assert quickbooks.standing() == []
    (outcome,) = await quickbooks.create(bill, key="k")

    assert isinstance(outcome, Accepted)
    named = [one for one in quickbooks.books.shelf("Vendor").values() if one["DisplayName"] == "Paper & Ink Ltd"]
    assert len(named) == 1


@pytest.mark.parametrize("is_by_id", [True, False])
async def test_who_is_a_customer_there_is_no_supplier_and_said_to_be_one(
    quickbooks: QuickBooksFarEnd, *, is_by_id: bool
) -> None:
    """The contact that has the name would be refused again, so it is not offered as the one that is meant."""
    customer = str((quickbooks.books.named("Customer", "Boom FM") or {})["Id"])
    bill = quickbooks.a_bill("A", contact_name="Boom FM", contact_id=customer if is_by_id else None)

    (outcome,) = await quickbooks.create(bill)

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.FIELD_NOT_VALID
    assert outcome.problem.facts == {"what": "the supplier (Boom FM is a customer there)"}


async def test_one_that_cannot_be_made_costs_the_others_of_the_call_nothing(quickbooks: QuickBooksFarEnd) -> None:
    bills = quickbooks.a_bill("A"), quickbooks.a_bill("B", contact_name="Boom FM"), quickbooks.a_bill("C")

    outcomes = await quickbooks.create(*bills)

    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
    assert quickbooks.standing() == ["A", "C"]


async def test_money_is_spent_on_and_received_from_whoever_has_that_id(quickbooks: QuickBooksFarEnd) -> None:
    """Vendors and customers share their ids; what is named has to say which it is."""
    customer = str((quickbooks.books.named("Customer", "Boom FM") or {})["Id"])
    spent = replace(quickbooks.a_posting(PostingKind.SPEND_MONEY, "S"), contact_id=customer)
    received = replace(quickbooks.a_posting(PostingKind.RECEIVE_MONEY, "R"), contact_name="Central Copiers")

    assert (await the_document(quickbooks, spent)).contact_name == "Boom FM"
    assert (await the_document(quickbooks, received)).contact_name == "Central Copiers"


INACTIVE = {
    "an account": ("Account", "Office Supplies", ProblemCode.ACCOUNT_ARCHIVED, {"account": "28"}),
    "a supplier": ("Vendor", "Central Copiers", ProblemCode.CONTACT_ARCHIVED, {}),
    "a class": (
        "Class",
        "North",
        ProblemCode.FIELD_NOT_VALID,
        {"what": "the class North, which is inactive there"},
    ),
    "a location": (
        "Department",
        "London",
        ProblemCode.FIELD_NOT_VALID,
        {"what": "the location London, which is inactive there"},
    ),
    "a tax code": ("TaxCode", "20.0% S", ProblemCode.TAX_RATE_GONE, {"tax_rate": "2"}),
}


@pytest.mark.parametrize("what", INACTIVE)
async def test_what_is_inactive_is_looked_for_because_quickbooks_does_not_say(
    quickbooks: QuickBooksFarEnd, what: str
) -> None:
    entity, name, code, facts = INACTIVE[what]
    bill = quickbooks.a_bill("A", tracking=(Track("Department", "1"),))
    bill = replace(bill, lines=(replace(bill.lines[0], tracking=(Track("Class", NORTH),)),))
    quickbooks.state.set_active(TRADING, entity, name, is_active=False)

    (outcome,) = await quickbooks.create(bill)

    assert isinstance(outcome, Refused)
    assert (outcome.problem.code, outcome.problem.facts) == (code, facts)
    assert "Something you're trying to use has been made inactive." in outcome.problem.vendor_words


async def test_others_that_were_written_are_there_though_nobody_can_say_what_is_inactive(
    quickbooks: QuickBooksFarEnd,
) -> None:
    """Were that an error of the whole call, they would be sent again."""
    quickbooks.state.set_active(TRADING, "Class", "North", is_active=False)
    good, bad = quickbooks.a_bill("A"), quickbooks.a_bill("B")
    bad = replace(bad, lines=(replace(bad.lines[0], tracking=(Track("Class", NORTH),)),))
    asked: list[str] = []
    whole = QuickBooksClient.whole

    async def after_the_batch(self: QuickBooksClient, *of: Any, **more: Any) -> list[Any]:
        if "Active = false" in of:
            asked.append(of[1])
            raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN))
        return await whole(self, *of, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuickBooksClient, "whole", after_the_batch)
        outcomes = await quickbooks.create(good, bad)

    assert asked == ["Account"]
    assert [type(outcome) for outcome in outcomes] == [Accepted, Refused]
