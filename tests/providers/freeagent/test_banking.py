"""Bank transactions at the simulated FreeAgent: what they are for, and the bills that they pay."""

from datetime import date
from decimal import Decimal

import pytest

from providers.freeagent.simulated import journal
from providers.freeagent.simulator import TRADING
from tests.providers.freeagent.conftest import Bare, Json, judged

pytestmark = judged

AUTO_ONLY = "sales_tax_rate must be the AUTO rate or a rate less than or equal to 0"
PAID = "Some parts of this bill are locked and it can't be deleted, because it has payments associated."
EXPLANATIONS = "bank_transaction_explanations"


async def test_money_spent_makes_a_manual_transaction(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend())

    moved = await bare.read({"url": explanation["bank_transaction"]})
    account = await bare.read({"url": explanation["bank_account"]})

    assert (explanation["type"], explanation["sales_tax_value"]) == ("Payment", "-20.0")
    assert (moved["is_manual"], moved["amount"], moved["unexplained_amount"]) == (True, "-120.0", "0.0")
    assert (account["current_balance"], account["latest_activity_date"]) == ("1835.5", "2026-03-02")


async def test_a_manual_transaction_goes_with_its_explanation(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend())

    assert (await bare.delete(explanation["bank_transaction"])).status == 409
    assert (await bare.delete(explanation["url"])).status == 200
    assert (await bare.get(explanation["bank_transaction"])).status == 404


async def test_a_transaction_of_the_statement_is_explained_in_parts(bare: Bare) -> None:
    account = bare.url_of("bank_accounts", "Business Current Account")
    (moved,) = [
        one for one in await bare.listed("bank_transactions", bank_account=account) if one["amount"] == "-120.0"
    ]
    part = bare.spend(bank_account=None, bank_transaction=moved["url"], gross_value="-50")

    await bare.created(EXPLANATIONS, part)
    too_much = await bare.refused(EXPLANATIONS, part | {"gross_value": "-71"})
    contrary = await bare.refused(EXPLANATIONS, part | {"gross_value": "50"})
    await bare.created(EXPLANATIONS, part | {"gross_value": "-70"})
    left = await bare.listed("bank_transactions", bank_account=account, view="unexplained")

    assert too_much == contrary == ["gross_value must not be more than the unexplained amount"]
    assert moved["url"] not in [one["url"] for one in left]


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"bank_account": None}, ["bank_account can't be blank"]),
        ({"gross_value": None}, ["gross_value can't be blank"]),
        ({"gross_value": "0"}, ["gross_value must be other than 0"]),
        ({"description": None}, ["description can't be blank"]),
        ({"category": None}, ["category can't be blank"]),
        ({"category": "https://api.freeagent.com/v2/categories/750"}, ["category is invalid"]),
        ({"sales_tax_rate": "17.5"}, ["sales_tax_rate must be one of 20.0, 5.0, 0.0"]),
    ],
)
async def test_what_an_explanation_is_refused_for(bare: Bare, changes: Json, messages: list[str]) -> None:
    assert await bare.refused(EXPLANATIONS, bare.spend(**changes)) == messages


async def test_lists_of_the_bank_want_to_know_the_account(bare: Bare) -> None:
    assert (await bare.get(EXPLANATIONS)).status == 400
    assert (await bare.get("bank_transactions", bank_account=bare.url("bank_accounts/99"))).status == 404


async def test_a_change_is_answered_with_the_explanation(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend())

    reply = await bare.put(explanation["url"], {"bank_transaction_explanation": {"gross_value": "-60"}})

    assert reply.json["bank_transaction_explanation"]["sales_tax_value"] == "-10.0"
    assert (await bare.read({"url": explanation["bank_transaction"]}))["amount"] == "-60.0"


async def test_a_locked_explanation_says_so(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend(dated_on="2026-01-15"))

    bare.state.lock_to(TRADING, date(2026, 1, 31))
    now = await bare.read(explanation)

    assert (now["is_locked"], now["is_deletable"]) == (True, False)
    assert (await bare.delete(explanation["url"])).messages == ["Bank transaction explanation is locked."]


async def test_a_transfer_has_two_sides(bare: Bare) -> None:
    euros = bare.url_of("bank_accounts", "Euro Account")

    one = await bare.created(EXPLANATIONS, bare.spend(category=None, description=None, transfer_bank_account=euros))
    other = await bare.read({"url": one["linked_transfer_explanation"]})
    await bare.delete(one["url"])

    assert (one["type"], other["gross_value"], other["bank_account"]) == (
        "Transfer to Another Account",
        "139.53",
        euros,
    )
    assert (await bare.get(other["url"])).status == 404


async def test_a_user_is_paid_back(bare: Bare) -> None:
    explanation = await bare.created(EXPLANATIONS, bare.spend(category=None, paid_user=bare.url_of("users", "Rae")))

    assert (explanation["type"], explanation["is_money_paid_to_user"]) == ("Money Paid to User", True)


async def test_a_bill_is_paid_in_parts_and_then_paid(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())

    await bare.paid(bill, "-50")
    partly = await bare.read(bill)
    await bare.paid(bill, "-70", dated_on="2026-03-01")
    paid = await bare.read(bill)

    assert (partly["status"], partly["paid_value"], partly["due_value"]) == ("Open", "50.0", "70.0")
    assert (paid["status"], paid["due_value"], paid["paid_on"]) == ("Paid", "0.0", "2026-03-02")


async def test_more_than_is_due_of_a_bill_cannot_be_paid(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())
    body = bare.spend(category=None, paid_bill=bill["url"])

    for value in ("-121", "120"):
        assert await bare.refused(EXPLANATIONS, body | {"gross_value": value}) == [
            "gross_value must not be more than the amount due"
        ]


async def test_a_payment_bears_no_tax(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())
    body = bare.spend(category=None, paid_bill=bill["url"])

    assert await bare.refused(EXPLANATIONS, body | {"sales_tax_rate": "20"}) == [AUTO_ONLY]
    await bare.created(EXPLANATIONS, body | {"sales_tax_rate": "Auto"})


async def test_a_refund_is_a_bill_of_less_than_nothing(bare: Bare) -> None:
    refund = await bare.created("bills", bare.bill(bare.item("-60")))

    await bare.paid(refund, "60")

    assert (refund["total_value"], refund["sales_tax_value"]) == ("-60.0", "10.0")
    assert (await bare.read(refund))["status"] == "Refunded"


async def test_a_bill_that_is_paid_is_not_deleted_before_its_payment(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())
    payment = await bare.paid(bill, "-50")

    refused = await bare.delete(bill["url"])
    await bare.delete(payment["url"])

    assert (refused.status, refused.messages, (await bare.delete(bill["url"])).status) == (409, [PAID], 200)


async def test_what_is_paid_of_a_bill_keeps_what_it_says(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill())
    await bare.paid(bill, "-50")
    (item,) = bill["bill_items"]

    refused = await bare.put(
        bill["url"], {"bill": {"reference": "B-2", "bill_items": [{"url": item["url"], "total_value": "1"}]}}
    )
    more = await bare.put(bill["url"], {"bill": {"bill_items": [bare.item()]}})
    open_ones = {"due_on": "2026-05-01", "comments": "x", "bill_items": [{"url": item["url"], "description": "Ink"}]}
    changed = await bare.put(bill["url"], {"bill": open_ones})
    now = changed.json["bill"]

    locked = ["bill_items.total_value is locked and cannot be changed", "bill_items contain errors"]
    assert refused.messages == ["reference is locked and cannot be changed", *locked]
    assert more.messages == locked
    assert (now["is_locked"], now["locked_reason"], now["bill_items"][0]["description"]) == (True, PAID, "Ink")
    assert "reference" in now["locked_attributes"]


async def test_a_bill_in_another_currency_is_paid_by_what_it_cost(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(currency="EUR"))

    explanation = await bare.paid(bill, "-105", foreign_currency_value="-120")

    assert (explanation["foreign_currency_value"], (await bare.read(bill))["status"]) == ("120.0", "Paid")
    balances = journal.balances(bare.state.books[TRADING])
    assert (balances["796"], balances["750"], balances["391"]) == (Decimal("0.00"), Decimal(-105), Decimal("1.80"))
