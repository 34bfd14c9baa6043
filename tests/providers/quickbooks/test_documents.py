"""Money spent, sales, credits and payments in the simulated QuickBooks, and what they do to each other."""

import pytest

from providers.quickbooks.simulated import journal
from providers.quickbooks.simulator import AMERICA, TRADING
from tests.providers.quickbooks.conftest import MONDAY, Bare, Json, judged

pytestmark = judged


async def test_money_spent_names_its_account_and_whom_it_went_to(bare: Bare) -> None:
    spent = await bare.created("Purchase", bare.spend())

    assert (spent["TotalAmt"], spent["AccountRef"]["name"]) == (120, "Business Current Account")
    assert (spent["EntityRef"]["type"], spent["EntityRef"]["name"], spent["Credit"]) == (
        "Vendor",
        "Central Copiers",
        False,
    )


async def test_a_refund_is_a_credit_of_a_card(bare: Bare) -> None:
    card = {"PaymentType": "CreditCard", "AccountRef": bare.ref("Account", "Company Card")}

    refund = await bare.created("Purchase", bare.spend(Credit=True, **card))
    of_cash = await bare.post("purchase", bare.spend(Credit=True))

    assert refund["Credit"] is True
    assert of_cash.errors[0][0] == "6000"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PaymentType": None}, "2020"),
        ({"PaymentType": "Barter"}, "2170"),
        ({"AccountRef": None}, "2020"),
        ({"AccountRef": {"value": "28"}}, "6430"),
        ({"PaymentType": "CreditCard"}, "6430"),
        ({"AccountRef": {"value": "6"}}, "2500"),
        ({"EntityRef": {"value": "4", "type": "Robot"}}, "2170"),
    ],
)
async def test_money_spent_is_refused_with_the_vendors_codes(bare: Bare, changes: Json, code: str) -> None:
    reply = await bare.post("purchase", bare.spend(**changes))

    assert code in [found for found, _ in reply.errors], reply.body


async def test_money_received_names_whom_it_is_from_and_has_the_tax_of_sales(bare: Bare) -> None:
    received = await bare.created("Deposit", bare.deposit())

    (line,) = received["Line"]
    assert (received["TotalAmt"], received["DepositToAccountRef"]["name"]) == (120, "Business Current Account")
    assert line["DepositLineDetail"]["Entity"]["name"] == "Boom FM"
    assert line["DepositLineDetail"]["TaxApplicableOn"] == "Sales"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DepositToAccountRef": {"value": "4"}}, "6430"),
        ({"DepositToAccountRef": None}, "2020"),
        ({"VendorRef": {"value": "1"}}, "2010"),
    ],
)
async def test_money_received_is_refused_with_the_vendors_codes(bare: Bare, changes: Json, code: str) -> None:
    reply = await bare.post("deposit", bare.deposit(**changes))

    assert reply.errors[0][0] == code


async def test_only_a_cheques_number_is_looked_at(bare: Bare) -> None:
    cheque = bare.spend(PaymentType="Check", DocNumber="101")
    await bare.created("Purchase", cheque)
    await bare.created("Purchase", bare.spend(DocNumber="7"))

    again = await bare.post("purchase", cheque)
    cash = await bare.post("purchase", bare.spend(DocNumber="7"))

    assert (again.errors[0][0], cash.status) == ("6140", 200)


async def test_an_invoice_has_products_a_subtotal_and_tax(bare: Bare) -> None:
    invoice = await bare.created("Invoice", bare.sale(bare.sold(190, Qty=2, UnitPrice=95), DocNumber="S-1"))

    kinds = [line["DetailType"] for line in invoice["Line"]]
    assert kinds == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert (invoice["Line"][1]["Amount"], invoice["TotalAmt"], invoice["Balance"]) == (190, 228, 228)
    assert "Id" not in invoice["Line"][1]


async def test_automated_sales_tax_makes_the_tax_of_the_united_states(bare: Bare) -> None:
    bare.realm = AMERICA

    invoice = await bare.created("Invoice", bare.sale(bare.sold(100), bare.sold(50, TaxCodeRef={"value": "NON"})))

    assert (invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]) == (8.25, 158.25)
    assert invoice["DocNumber"] == "1001"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"ItemRef": None}, "Invalid Reference Id : Line.SalesItemLineDetail.ItemRef"),
        ({"ItemRef": {"value": "99"}}, "Invalid Reference Id : Line.SalesItemLineDetail.ItemRef"),
        ({"Qty": 2, "UnitPrice": 95}, "Amount is not equal to UnitPrice * Qty. Supplied value:95.00"),
    ],
)
async def test_a_sold_line_is_refused_in_quickbooks_words(bare: Bare, changes: Json, detail: str) -> None:
    reply = await bare.post("invoice", bare.sale(bare.sold(**changes)))

    assert detail in [words for _, words in reply.errors]


async def test_a_voided_invoice_stays_with_nothing_in_it(bare: Bare) -> None:
    invoice = await bare.created("Invoice", bare.sale())

    reply = await bare.post("invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="void")

    voided = reply.json["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    assert (await bare.get(f"invoice/{invoice['Id']}")).json["Invoice"]["SyncToken"] == "1"


@pytest.mark.parametrize("entity", ["CreditMemo", "SalesReceipt"])
async def test_other_sales_are_taken(bare: Bare, entity: str) -> None:
    sale = await bare.created(entity, bare.sale())

    assert sale["TotalAmt"] == 114


async def test_a_payment_settles_a_bill_which_is_then_a_version_on(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())

    payment = await bare.created("BillPayment", bare.payment(bill, 50))
    paid = (await bare.get(f"bill/{bill['Id']}")).json["Bill"]

    assert (paid["Balance"], paid["SyncToken"]) == (70, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]


async def test_a_deleted_payment_is_owed_again(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())
    payment = await bare.created("BillPayment", bare.payment(bill))

    linked = await bare.post("bill", {"Id": bill["Id"], "SyncToken": "1"}, operation="delete")
    await bare.post("billpayment", payment, operation="delete")
    owed = (await bare.get(f"bill/{bill['Id']}")).json["Bill"]
    deleted = await bare.post("bill", owed, operation="delete")

    assert linked.errors[0][0] == "6480"
    assert (owed["Balance"], owed["LinkedTxn"], deleted.status) == (120, [], 200)


async def test_a_suppliers_credit_pays_part_of_a_bill(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())
    note = {key: value for key, value in bare.bill("C-1", bare.line(50)).items() if key != "DueDate"}
    credit = await bare.created("VendorCredit", note)
    lines = [
        {"Amount": 120, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]},
        {"Amount": 60, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "VendorCredit"}]},
    ]

    await bare.created("BillPayment", bare.payment(bill, 60, Line=lines))

    balances = [bare.state.documents(name)[0]["Balance"] for name in ("Bill", "VendorCredit")]
    assert balances == [0, 0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"TotalAmt": None}, "6000"),
        ({"TotalAmt": 10}, "6000"),
        ({"PayType": None}, "2020"),
        ({"VendorRef": {"value": "1"}}, "620"),
        ({"CheckPayment": {"BankAccountRef": {"value": "4"}}}, "6430"),
        ({"CheckPayment": None}, "2020"),
        ({"Line": [{"Amount": 120, "LinkedTxn": [{"TxnId": "9", "TxnType": "Bill"}]}]}, "2500"),
    ],
)
async def test_a_payment_is_refused_with_the_vendors_codes(bare: Bare, changes: Json, code: str) -> None:
    bill = await bare.created("Bill", bare.bill())

    reply = await bare.post("billpayment", bare.payment(bill, **changes))

    assert code in [found for found, _ in reply.errors], reply.body
    assert bare.state.bills()[0]["Balance"] == 120


async def test_more_than_is_owed_cannot_be_paid(bare: Bare) -> None:
    bill = await bare.created("Bill", bare.bill())
    await bare.created("BillPayment", bare.payment(bill))

    reply = await bare.post("billpayment", bare.payment(bill))

    assert reply.errors[0][0] == "620"


async def test_a_customers_payment_settles_an_invoice_and_keeps_the_rest(bare: Bare) -> None:
    invoice = await bare.created("Invoice", bare.sale())
    line = {"Amount": 114, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 120, "TxnDate": MONDAY, "Line": [line]}

    payment = await bare.created("Payment", body)
    voided = await bare.post("payment", {**payment}, operation="update", include="void")

    assert (payment["UnappliedAmt"], payment["DepositToAccountRef"]["name"]) == (6, "Undeposited Funds")
    assert voided.json["Payment"]["TotalAmt"] == 0
    assert bare.state.documents("Invoice")[0]["Balance"] == 114


async def test_a_name_is_of_one_vendor_or_customer_only(bare: Bare) -> None:
    vendor = await bare.created("Vendor", {"DisplayName": "New Supplier Ltd"})
    for name in ("boom fm", "New supplier ltd", "Bluebird Couriers"):
        reply = await bare.post("vendor", {"DisplayName": name})
        assert reply.errors[0][0] == "6240", name

    assert (vendor["Active"], vendor["CurrencyRef"]["value"]) == (True, "GBP")


async def test_a_name_is_refused_in_quickbooks_words(bare: Bare) -> None:
    nameless = await bare.post("vendor", {"CompanyName": "x"})
    colon = await bare.post("vendor", {"DisplayName": "a:b"})
    unknown = await bare.post("vendor", {"DisplayName": "x", "Colour": "red"})
    deleted = await bare.post("vendor", {"Id": "1", "SyncToken": "0"}, operation="delete")

    assert [reply.errors[0][0] for reply in (nameless, colon, unknown, deleted)] == ["2020", "2040", "2010", "500"]


async def test_a_vendor_is_changed_in_the_version_that_was_seen(bare: Bare) -> None:
    seen = (await bare.get("vendor/1")).json["Vendor"]

    changed = await bare.created("Vendor", {"Id": "1", "SyncToken": "0", "sparse": True, "Active": False})
    stale = await bare.post("vendor", seen)

    assert (changed["Active"], changed["DisplayName"], changed["SyncToken"]) == (False, seen["DisplayName"], "1")
    assert stale.errors[0][0] == "5010"


async def test_lists_that_are_kept_inside_quickbooks_are_not_written(bare: Bare) -> None:
    reply = await bare.post("account", {"Name": "Mine"})

    assert reply.errors[0][0] == "500"


async def test_the_books_are_balanced_whatever_was_written(bare: Bare) -> None:

    bill = await bare.created("Bill", bare.bill())
    await bare.created("BillPayment", bare.payment(bill))
    await bare.created("Purchase", bare.spend())
    await bare.created("Deposit", bare.deposit())
    await bare.created("Invoice", bare.sale())
    foreign = bare.bill("E-1", VendorRef=bare.ref("Vendor", "Dublin Print Works"), CurrencyRef={"value": "EUR"})
    await bare.created("Bill", foreign)

    postings = journal.journal(bare.state.books[TRADING])

    assert len(postings) == 6
    assert {sum(leg.debit for leg in posting.legs) for posting in postings} == {0}
    assert journal.balances(bare.state.books[TRADING])[bare.id_of("Account", "Creditors")] == 0
