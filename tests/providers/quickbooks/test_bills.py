"""What the simulated QuickBooks takes as a bill, and the faults with which it refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.quickbooks.simulator import AMERICA, TRADING
from tests.providers.quickbooks.conftest import Bare, Json, judged

pytestmark = judged

NO_VAT = "Business Validation Error: Make sure all your transactions have a VAT rate before you save."
ONE_CURRENCY = "Business Validation Error: You can only use one foreign currency per transaction."
INACTIVE = "Something you're trying to use has been made inactive."


async def test_a_bill_has_its_tax_by_rate_and_its_total_by_the_vendor(bare: Bare) -> None:
    lines = [bare.line(100), bare.line(50, TaxCodeRef={"value": "3"}), bare.line(10, TaxCodeRef={"value": "6"})]

    bill = await bare.created("Bill", bare.bill("B-1", *lines))

    taxes = [(one["Amount"], one["TaxLineDetail"]["TaxPercent"]) for one in bill["TxnTaxDetail"]["TaxLine"]]
    assert taxes == [(20, 20), (2.5, 5), (0, 0)]
    assert (bill["TxnTaxDetail"]["TotalTax"], bill["TotalAmt"], bill["Balance"]) == (22.5, 182.5, 182.5)
    assert (bill["SyncToken"], bill["APAccountRef"]["name"], bill["DueDate"]) == ("0", "Creditors", "2026-04-01")
    assert [line["Id"] for line in bill["Line"]] == ["1", "2", "3"]


async def test_tax_is_rounded_on_the_sum_of_a_rate_unless_told_otherwise(bare: Bare) -> None:
    lines = [bare.line(0.33), bare.line(0.33), bare.line(0.33)]

    by_sum = await bare.created("Bill", bare.bill("B-1", *lines))
    bare.state.set_taxes_by_line(TRADING, by_line=True)
    by_line = await bare.created("Bill", bare.bill("B-2", *lines))

    assert (by_sum["TxnTaxDetail"]["TotalTax"], by_line["TxnTaxDetail"]["TotalTax"]) == (0.20, 0.21)


async def test_tax_lines_that_are_sent_stand(bare: Bare) -> None:
    detail = {"TaxRateRef": {"value": "4"}, "PercentBased": False, "NetAmountTaxable": 100}
    tax = {"TaxLine": [{"Amount": 19.99, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}]}

    bill = await bare.created("Bill", bare.bill(TxnTaxDetail=tax))

    assert (bill["TxnTaxDetail"]["TotalTax"], bill["TotalAmt"]) == (19.99, 119.99)


async def test_a_tax_line_of_a_rate_that_no_line_has_is_refused(bare: Bare) -> None:
    tax = {"TaxLine": [{"Amount": 1, "DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": {"value": "6"}}}]}

    reply = await bare.post("bill", bare.bill(TxnTaxDetail=tax))

    ((code, detail),) = reply.errors
    assert code == "6000"
    assert "encountered an error while calculating tax" in detail


async def test_an_amount_is_without_tax_even_where_tax_is_said_to_be_included(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill(GlobalTaxCalculation="TaxInclusive"))

    (line,) = bill["Line"]
    assert (line["Amount"], line["AccountBasedExpenseLineDetail"]["TaxInclusiveAmt"]) == (100, 120)
    assert bill["TotalAmt"] == 120


async def test_an_amount_is_worked_out_of_what_it_comes_to_with_tax(bare: Bare) -> None:
    line = bare.line(100, TaxInclusiveAmt=99.99)

    bill = await bare.created("Bill", bare.bill("B-1", line, GlobalTaxCalculation="TaxInclusive"))

    assert (bill["Line"][0]["Amount"], bill["TxnTaxDetail"]["TotalTax"], bill["TotalAmt"]) == (83.33, 16.66, 99.99)


async def test_a_bill_without_any_tax_has_no_codes(bare: Bare) -> None:
    plain = bare.line(TaxCodeRef=None)
    with_code = await bare.post("bill", bare.bill(GlobalTaxCalculation="NotApplicable"))

    bill = await bare.created("Bill", bare.bill("B-2", plain, GlobalTaxCalculation="NotApplicable"))

    assert with_code.errors[0][0] == "6160"
    assert bill["TotalAmt"] == 100
    assert "TxnTaxDetail" not in bill


@pytest.mark.parametrize(
    ("changes", "code", "detail"),
    [
        ({"VendorRef": None}, "2020", "Required parameter VendorRef is missing in the request"),
        ({"VendorRef": {"value": "999"}}, "2500", "Invalid Reference Id : Names element id 999 not found"),
        ({"VendorRef": {"value": "2"}}, "610", f"Object Not Found : {INACTIVE}"),
        ({"VendorRef": {"value": "6"}}, "6000", ONE_CURRENCY),
        ({"Line": []}, "2020", "Required parameter Line is missing in the request"),
        ({"DocNumber": "x" * 22}, "2050", "DocNumber : Min:0 Max:21 supported. Supplied length:22"),
        ({"PrivateNote": "x" * 4001}, "2050", "PrivateNote : Min:0 Max:4000 supported. Supplied length:4001"),
        ({"TxnDate": "2026-02-30"}, "2060", "Invalid Date : 2026-02-30"),
        ({"DueDate": "2026-03-01"}, "6000", "Business Validation Error: Date Due cannot be earlier than"),
        ({"CurrencyRef": {"value": "CHF"}}, "2220", "Invalid Currency Type : CHF"),
        ({"GlobalTaxCalculation": "TaxIncluded"}, "2170", "Invalid Enumeration : TaxIncluded"),
        ({"DepartmentRef": {"value": "3"}}, "2500", f"Invalid Reference Id : {INACTIVE}"),
        ({"APAccountRef": {"value": "28"}}, "6430", "Invalid account type: You need to select a different type"),
        ({"SalesTermRef": {"value": "77"}}, "2500", "Invalid Reference Id : Terms element id 77 not found"),
        ({"Url": "https://x"}, "2010", "Property Name:Url specified is unsupported or invalid"),
    ],
)
async def test_a_bill_is_refused_in_quickbooks_words(bare: Bare, changes: Json, code: str, detail: str) -> None:
    reply = await bare.post("bill", bare.bill(**changes))

    assert reply.status == 400
    assert code in [found for found, _ in reply.errors], reply.errors
    assert [words for found, words in reply.errors if found == code and words.startswith(detail)], reply.errors
    assert reply.json["Fault"]["type"] == "ValidationFault"
    assert bare.state.bills() == []


@pytest.mark.parametrize(
    ("changes", "code", "detail"),
    [
        ({"AccountRef": None}, "2020", "Required parameter AccountRef is missing in the request"),
        ({"AccountRef": {"value": "999"}}, "2500", "Invalid Reference Id : Accounts element id 999 not found"),
        ({"AccountRef": {"value": "35"}}, "2500", f"Invalid Reference Id : {INACTIVE}"),
        (
            {"AccountRef": {"value": "9"}},
            "6000",
            "Business Validation Error: You can't use an Accounts Payable account",
        ),
        ({"AccountRef": {"value": "12"}}, "6430", "Invalid account type"),
        ({"AccountRef": {"value": "3"}}, "6000", ONE_CURRENCY),
        ({"TaxCodeRef": None}, "6000", NO_VAT),
        ({"TaxCodeRef": {"value": "20.0% S"}}, "6000", NO_VAT),
        ({"TaxCodeRef": {"value": "9"}}, "6160", "Invalid Tax Code"),
        ({"ClassRef": {"value": "77"}}, "2500", "Invalid Reference Id : Klasses element id 77 not found"),
        ({"BillableStatus": "Billable"}, "6310", "When you make a line billable"),
        ({"BillableStatus": "HasBeenBilled"}, "2170", "Invalid Enumeration : HasBeenBilled"),
        ({"Account": "28"}, "2010", "Property Name:Account specified is unsupported or invalid"),
    ],
)
async def test_a_line_is_refused_in_quickbooks_words(bare: Bare, changes: Json, code: str, detail: str) -> None:
    reply = await bare.post("bill", bare.bill("B-1", bare.line(**changes)))

    assert reply.status == 400
    assert [words for found, words in reply.errors if found == code and words.startswith(detail)], reply.errors
    assert bare.state.bills() == []


async def test_everything_that_is_wrong_is_told_at_once(bare: Bare) -> None:
    line = bare.line(AccountRef={"value": "999"}, ClassRef={"value": "77"})

    reply = await bare.post("bill", bare.bill("x" * 30, line))

    assert sorted(code for code, _ in reply.errors) == ["2050", "2500", "2500"]


async def test_a_bill_below_nothing_is_refused_and_a_line_below_nothing_is_not(bare: Bare) -> None:
    discounted = await bare.created("Bill", bare.bill("B-1", bare.line(100), bare.line(-10)))
    negative = await bare.post("bill", bare.bill("B-2", bare.line(-10)))

    assert discounted["TotalAmt"] == 108
    assert negative.errors == [("6000", "Business Validation Error: Transaction amount must be 0 or greater.")]


async def test_a_number_that_is_used_names_the_bill_that_has_it(bare: Bare) -> None:
    first = await bare.created("Bill", bare.bill())

    again = await bare.post("bill", bare.bill())
    of_another_vendor = await bare.post("bill", bare.bill(VendorRef=bare.ref("Vendor", "PowerDirect")))
    allowed = await bare.post("bill", bare.bill(), include="allowduplicatedocnum")
    bare.state.set_warns_of_duplicates(TRADING, warns=False)
    unwarned = await bare.post("bill", bare.bill())

    ((code, detail),) = again.errors
    assert code == "6140"
    assert detail.endswith(f"DocNumber=B-1 is assigned to TxnType=Bill with TxnId={first['Id']}")
    assert [of_another_vendor.status, allowed.status, unwarned.status] == [200, 200, 200]


async def test_nothing_is_written_in_a_closed_period(bare: Bare) -> None:
    open_bill = await bare.created("Bill", bare.bill())
    bare.state.close_books(TRADING, date(2026, 3, 2))

    created = await bare.post("bill", bare.bill("B-2"))
    changed = await bare.post("bill", {**open_bill, "TxnDate": "2026-03-10"})
    deleted = await bare.post("bill", open_bill, operation="delete")
    later = await bare.post("bill", bare.bill("B-3", TxnDate="2026-03-03"))

    assert [reply.errors[0][0] for reply in (created, changed, deleted)] == ["6210", "6210", "6210"]
    assert later.status == 200


async def test_a_bill_in_a_foreign_currency_is_of_a_vendor_in_that_currency(bare: Bare) -> None:
    vendor = bare.ref("Vendor", "Dublin Print Works")
    euro = {"value": "EUR"}

    bill = await bare.created("Bill", bare.bill(VendorRef=vendor, CurrencyRef=euro, ExchangeRate=0.9))
    at_home = await bare.post("bill", bare.bill("B-2", VendorRef=vendor))

    assert (bill["TotalAmt"], bill["HomeBalance"], bill["ExchangeRate"]) == (120, 108, 0.9)
    assert bill["APAccountRef"]["name"] == "Creditors - EUR"
    assert at_home.errors == [("6000", ONE_CURRENCY)]


async def test_a_change_needs_the_version_that_was_seen(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    changed = await bare.created("Bill", {"Id": bill["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "seen"})
    stale = await bare.post("bill", {**bill, "PrivateNote": "late"})
    without = await bare.post("bill", {"Id": bill["Id"], "sparse": True})

    assert (changed["SyncToken"], changed["PrivateNote"], changed["TotalAmt"]) == ("1", "seen", 120)
    ((code, detail),) = stale.errors
    assert code == "5010"
    assert detail.endswith("so your work was not saved. Entity=Bill")
    assert without.errors == [("2020", "Required parameter SyncToken is missing in the request")]


async def test_a_full_change_forgets_what_it_does_not_name(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill(PrivateNote="a note"))

    changed = await bare.created("Bill", {**bare.bill(), "Id": bill["Id"], "SyncToken": "0"})

    assert "PrivateNote" not in changed


async def test_a_deleted_bill_is_gone(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    reply = await bare.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="delete")
    read = await bare.get(f"bill/{bill['Id']}")
    again = await bare.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="delete")

    assert reply.json["Bill"] == {"domain": "QBO", "status": "Deleted", "Id": bill["Id"]}
    assert read.errors[0][0] == "610"
    assert again.errors == [("610", "Object Not Found : Another user has deleted this transaction.")]


async def test_a_bill_cannot_be_voided(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    reply = await bare.post("bill", bill, operation="void")

    assert reply.errors == [("500", "Operation void is not supported.")]


async def test_a_line_has_a_class_and_a_customer_and_the_bill_a_location(bare: Bare) -> None:
    line = bare.line(
        ClassRef=bare.ref("Class", "North"), CustomerRef=bare.ref("Customer", "Boom FM"), BillableStatus="Billable"
    )

    bill = await bare.created("Bill", bare.bill("B-1", line, DepartmentRef=bare.ref("Department", "London")))

    detail = bill["Line"][0]["AccountBasedExpenseLineDetail"]
    assert (detail["ClassRef"]["name"], detail["CustomerRef"]["name"]) == ("North", "Boom FM")
    assert (detail["BillableStatus"], bill["DepartmentRef"]["name"]) == ("Billable", "London")
    assert detail["ClassRef"]["value"] == "5000000000000142238"


async def test_what_is_priced_has_to_come_to_the_lines_amount(bare: Bare) -> None:
    def bought(**changes: Any) -> Json:
        kind = "ItemBasedExpenseLineDetail"
        detail = {"ItemRef": bare.ref("Item", "Desk Lamp"), "TaxCodeRef": {"value": "2"}, "Qty": 3, "UnitPrice": 3.333}
        return {"DetailType": kind, "Amount": 10, kind: detail, **changes}

    taken = await bare.created("Bill", bare.bill("B-1", bought()))
    refused = await bare.post("bill", bare.bill("B-2", bought(Amount=11)))

    assert taken["TotalAmt"] == 12
    assert refused.errors == [("6070", "Amount is not equal to UnitPrice * Qty. Supplied value:11.00")]


async def test_in_the_united_states_a_bill_has_no_tax(bare: Bare) -> None:
    bare.realm = AMERICA

    bill = await bare.created("Bill", bare.bill())
    coded = await bare.post("bill", bare.bill("B-2", bare.line(TaxCodeRef={"value": "2"})))

    assert bill["TotalAmt"] == 100
    assert {"TxnTaxDetail", "GlobalTaxCalculation", "ExchangeRate"}.isdisjoint(bill)
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert [code for code, _ in coded.errors] == ["6100"]


async def test_where_there_is_one_currency_no_other_is_taken(bare: Bare) -> None:
    bare.realm = AMERICA

    reply = await bare.post("bill", bare.bill(CurrencyRef={"value": "EUR"}))

    assert "5030" in [code for code, _ in reply.errors]


async def test_a_company_whose_subscription_ended_may_only_be_read(bare: Bare) -> None:
    bare.state.set_lapsed(TRADING, is_lapsed=True)

    written = await bare.post("bill", bare.bill())
    read = await bare.get(f"companyinfo/{TRADING}")

    assert written.errors[0][0] == "6190"
    assert {"Name": "SubscriptionStatus", "Value": "EXPIRED"} in read.json["CompanyInfo"]["NameValue"]


async def test_money_is_kept_digit_for_digit(bare: Bare) -> None:
    await bare.created("Bill", bare.bill("B-1", bare.line(1234567890.12)))

    (bill,) = bare.state.bills()
    assert bill["TotalAmt"] == Decimal("1481481468.14")
