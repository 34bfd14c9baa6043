"""How the simulated FreeAgent works out the tax of a bill, in each country and abroad."""

import pytest

from providers.freeagent.simulator import AMERICA, IRELAND, TRADING
from tests.providers.freeagent.conftest import Bare, Json, judged

pytestmark = judged

AUTO_ONLY = "bill_items.sales_tax_rate must be the AUTO rate or a rate less than or equal to 0"
ERRORS = "bill_items contain errors"


@pytest.mark.parametrize(
    ("changes", "gross", "net", "tax", "status"),
    [
        ({"value": "100", "sales_tax_rate": "20"}, "100.0", "83.33", "-16.67", "TAXABLE"),
        ({"value": "100", "sales_tax_rate": "Auto"}, "100.0", "83.33", "-16.67", "TAXABLE"),
        ({"value": "100", "code": "292"}, "100.0", "95.24", "-4.76", "TAXABLE"),
        ({"value": "100", "code": "365"}, "100.0", "100.0", "0.0", "TAXABLE"),
        ({"value": "100", "code": "256"}, "100.0", "100.0", "0.0", "EXEMPT"),
        ({"value": "100", "code": "366"}, "100.0", "100.0", "0.0", "OUT_OF_SCOPE"),
        ({"value": None, "total_value_ex_tax": "33.33"}, "40.0", "33.33", "-6.67", "TAXABLE"),
        ({"value": "100", "manual_sales_tax_amount": "16.66"}, "100.0", "83.34", "-16.66", "TAXABLE"),
        ({"value": "-100", "sales_tax_rate": "20"}, "-100.0", "-83.33", "16.67", "TAXABLE"),
        ({"value": "100", "sales_tax_status": "EXEMPT"}, "100.0", "100.0", "0.0", "EXEMPT"),
        ({"value": "99.999"}, "100.0", "83.33", "-16.67", "TAXABLE"),
    ],
)
async def test_how_the_tax_of_an_item_is_worked_out(
    bare: Bare, changes: Json, *, gross: str, net: str, tax: str, status: str
) -> None:
    changes = dict(changes)
    value, code = changes.pop("value"), changes.pop("code", "359")

    bill = await bare.created("bills", bare.bill(bare.item(value, category=bare.category(code), **changes)))

    (item,) = bill["bill_items"]
    assert (item["total_value"], item["total_value_ex_tax"], item["sales_tax_value"]) == (gross, net, tax)
    assert item["sales_tax_status"] == status


async def test_a_manual_amount_goes_before_a_rate_which_is_not_answered_then(bare: Bare) -> None:
    item = bare.item(manual_sales_tax_amount="10", sales_tax_rate="20")

    bill = await bare.created("bills", bare.bill(item))

    assert "sales_tax_rate" not in bill["bill_items"][0]
    assert (bill["bill_items"][0]["manual_sales_tax_amount"], bill["sales_tax_value"]) == ("10.0", "-10.0")


async def test_each_item_is_rounded_by_itself(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(*[bare.item(None, total_value_ex_tax="0.13")] * 3))

    assert (bill["total_value"], bill["net_value"], bill["sales_tax_value"]) == ("0.48", "-0.39", "-0.09")


async def test_a_company_that_is_not_registered_pays_no_tax(bare: Bare) -> None:
    bare.state.set_registered(TRADING, is_registered=False)

    bill = await bare.created("bills", bare.bill())

    assert (bill["sales_tax_value"], bill["bill_items"][0]["sales_tax_status"]) == ("0.0", "OUT_OF_SCOPE")
    assert await bare.refused("bills", bare.bill(bare.item(sales_tax_rate="20"))) == [AUTO_ONLY, ERRORS]


async def test_sales_tax_on_purchases_is_not_reclaimed_in_the_united_states(bare: Bare) -> None:
    bare.company = AMERICA

    bill = await bare.created("bills", bare.bill())

    assert bill["net_value"] == "-120.0"
    assert await bare.refused("bills", bare.bill(bare.item(sales_tax_rate="8.25"))) == [AUTO_ONLY, ERRORS]


async def test_the_rates_are_those_of_the_day(bare: Bare) -> None:
    bare.company = IRELAND

    now = await bare.created("bills", bare.bill(bare.item("123", sales_tax_rate="23")))
    messages = await bare.refused("bills", bare.bill(bare.item(sales_tax_rate="23"), dated_on="2024-12-31"))

    assert now["sales_tax_value"] == "-23.0"
    assert messages == [AUTO_ONLY, ERRORS]


async def test_a_reverse_charge_bears_no_tax(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(ec_status="Reverse Charge"))
    messages = await bare.refused("bills", bare.bill(bare.item(sales_tax_rate="20"), ec_status="Reverse Charge"))

    assert (bill["sales_tax_value"], bill["ec_status"]) == ("0.0", "Reverse Charge")
    assert messages == ["bill_items.sales_tax_rate must be set to 'Auto' or '0.0' for Reverse Charge", ERRORS]


async def test_in_a_foreign_currency_a_rate_is_passed_over_and_an_amount_is_native(bare: Bare) -> None:
    berlin = bare.url_of("contacts", "Berlin Bauteile GmbH")

    rated = await bare.created("bills", bare.bill(bare.item(sales_tax_rate="20"), contact=berlin, currency="EUR"))
    by_hand = await bare.created(
        "bills", bare.bill(bare.item(manual_sales_tax_amount="8.60"), contact=berlin, currency="EUR")
    )

    assert (rated["exchange_rate"], rated["sales_tax_value"], rated["native_due_value"]) == ("0.86", "0.0", "103.2")
    assert (by_hand["sales_tax_value"], by_hand["bill_items"][0]["manual_sales_tax_amount"]) == ("-10.0", "8.6")
    assert by_hand["input_total_values_inc_tax"] is True
