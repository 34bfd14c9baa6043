"""Expenses at the simulated FreeAgent: whose they are, and what they are worth at home."""

import pytest

from tests.providers.freeagent.conftest import Bare, judged

pytestmark = judged


async def test_an_expense_of_less_than_nothing_is_owed_to_who_claims_it(bare: Bare) -> None:
    expense = await bare.created("expenses", bare.expense(receipt_reference="R-1", attachment=bare.file()))

    assert (expense["gross_value"], expense["sales_tax_value"], expense["sales_tax_rate"]) == (
        "-120.0",
        "-20.0",
        "20.0",
    )
    assert (expense["currency"], expense["native_gross_value"]) == ("GBP", "-120.0")
    assert expense["attachment"]["file_name"] == "bill.png"
    assert await bare.read(expense) == expense


@pytest.mark.parametrize("name", ["user", "category", "dated_on", "gross_value", "description"])
async def test_what_an_expense_may_not_lack(bare: Bare, name: str) -> None:
    assert await bare.refused("expenses", bare.expense(**{name: None})) == [f"{name} can't be blank"]


async def test_an_accountant_claims_nothing(bare: Bare) -> None:
    assert await bare.refused("expenses", bare.expense(user=bare.url_of("users", "Pat"))) == ["user is invalid"]


async def test_an_expense_abroad_has_a_native_value_and_no_rate(bare: Bare) -> None:
    worked_out = await bare.created("expenses", bare.expense(currency="EUR", sales_tax_rate="20"))
    said = await bare.created(
        "expenses", bare.expense(currency="EUR", native_gross_value="-100", manual_sales_tax_amount="8.60")
    )

    assert (worked_out["native_gross_value"], worked_out["sales_tax_value"]) == ("-103.2", "0.0")
    assert (said["native_gross_value"], said["native_sales_tax_value"], said["sales_tax_value"]) == (
        "-100.0",
        "-8.6",
        "-10.0",
    )


async def test_a_user_sees_and_writes_expenses_of_their_own(bare: Bare) -> None:
    of_dana = await bare.created("expenses", bare.expense())
    bare.person = "rae"

    mine = await bare.created("expenses", bare.expense())
    for_dana = await bare.post("expenses", {"expense": bare.expense(user=bare.url_of("users", "Dana"))})

    assert [one["url"] for one in await bare.listed("expenses")] == [mine["url"]]
    assert for_dana.status == 403
    assert [(await bare.get(of_dana["url"])).status, (await bare.delete(of_dana["url"])).status] == [403, 403]


async def test_several_expenses_are_kept_together_or_not_at_all(bare: Bare) -> None:
    kept = await bare.post("expenses", {"expenses": [bare.expense(), bare.expense(gross_value="-5")]})
    lost = await bare.post("expenses", {"expenses": [bare.expense(), bare.expense(description=None)]})
    wrong = await bare.post("expenses", {"expenses": [1]})

    assert [one["gross_value"] for one in kept.json["expenses"]] == ["-120.0", "-5.0"]
    assert (kept.status, lost.status, lost.messages, wrong.status) == (201, 422, ["description can't be blank"], 400)
    assert len(bare.state.documents("expenses")) == 2


async def test_an_expense_for_a_project_tells_whose_that_is(bare: Bare) -> None:
    expense = await bare.created("expenses", bare.expense(project=bare.url_of("projects", "Jingles")))

    assert (expense["project_name"], expense["contact_name"]) == ("Jingles", "Boom FM")


async def test_expenses_of_one_user_are_found(bare: Bare) -> None:
    await bare.created("expenses", bare.expense())

    found = [await bare.listed("expenses", user=bare.url_of("users", name)) for name in ("Dana", "Rae")]

    assert [len(one) for one in found] == [1, 0]


async def test_mileage_is_said_not_to_be_simulated(bare: Bare) -> None:
    assert await bare.refused("expenses", bare.expense(category="Mileage")) == ["category Mileage is not simulated"]
