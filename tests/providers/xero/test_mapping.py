"""Our words to Xero's and back: exact to the last digit, and the same after a trip through the books."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.books import (
    Account,
    AccountClass,
    BillRights,
    Contact,
    Currency,
    ListKind,
    Product,
    TaxRate,
    TrackingCategory,
    Usually,
)
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import LedgerDocument, differences
from bot.domain.money import to_cents
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.simulating.numbers import dump, load
from providers.xero import documents, lists, mapping
from providers.xero.resources import INVOICES
from providers.xero.simulated.dates import presented
from providers.xero.simulated.invoices import InvoiceWriter
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.seed import accounts, contacts, currencies, items, organisation, tax_rates, tracking
from providers.xero.simulator import TRADING, XeroState
from tests.contract.far_end import a_bill
from tests.fakes.clock import FakeClock

AUTHOR = Author(name="Dana", role="FINANCIALADVISER", client_id="ours")
LINE = a_bill("x").lines[0]


def a_link(kind: PostingKind, ledger_id: str) -> str:
    return f"https://go.example/{kind}/{ledger_id}"


def sent(bill: Posting) -> dict[str, Any]:
    (element,) = load(documents.postings_to_wire([bill]))["Invoices"]
    return dict(element)


def line_sent(**changes: Any) -> dict[str, Any]:
    (line,) = sent(a_bill("x", lines=(replace(LINE, **changes),)))["LineItems"]
    return dict(line)


def document(bill: Posting) -> dict[str, Any]:
    """The bill as Xero gives it back after taking it."""
    books = XeroState(clock=FakeClock()).books[TRADING]
    outcome = InvoiceWriter(books, AUTHOR, may_update=False, places=4).write(sent(bill))
    assert outcome.errors == []
    return dict(load(dump(presented(outcome.document))))


def booked(bill: Posting) -> LedgerDocument:
    return documents.document_of(document(bill), INVOICES, a_link)


# There and back

cents = st.decimals(min_value="0.01", max_value="9999999.99", places=2)
quantities = st.decimals(min_value="0", max_value="9999", allow_nan=False, allow_infinity=False)
prices = st.decimals(min_value="-9999", max_value="9999", allow_nan=False, allow_infinity=False)


@st.composite
def lines(draw: st.DrawFn) -> PostingLine:
    """A line that agrees with itself, or one whose net was changed by an allowance."""
    quantity, price = draw(quantities), draw(prices)
    worked_out = to_cents(quantity * price)
    net = worked_out if worked_out > 0 and draw(st.booleans()) else draw(cents)
    tax = to_cents(net * draw(st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.2")])))
    return replace(LINE, quantity=quantity, unit_price=price, net=net, tax=tax)


@given(st.lists(lines(), min_size=1, max_size=6))
@example([replace(LINE, quantity=Decimal("1.5"), unit_price=Decimal("0.67"), net=Decimal("1.01"), tax=Decimal(0))])
@example([replace(LINE, quantity=Decimal("0.33333"), unit_price=Decimal(300), net=Decimal("100.00"))])
def test_a_bill_reads_back_as_it_was_sent(drawn: list[PostingLine]) -> None:
    net, tax = sum((line.net for line in drawn), Decimal(0)), sum((line.tax for line in drawn), Decimal(0))
    for line_amounts in (LineAmounts.EXCLUSIVE, LineAmounts.INCLUSIVE):
        bill = a_bill("x", lines=tuple(drawn), net=net, tax=tax, gross=net + tax, line_amounts=line_amounts)

        assert differences(bill, booked(bill)) == ()


def test_a_bill_without_tax_has_none_in_the_books() -> None:
    line = replace(LINE, net=Decimal("100.00"), tax=Decimal(0), tax_code=None)
    bill = a_bill("x", lines=(line,), tax=Decimal(0), gross=Decimal("100.00"), line_amounts=LineAmounts.NO_TAX)

    assert differences(bill, booked(bill)) == ()
    assert sent(bill)["LineAmountTypes"] == "NoTax"
    assert not {"TaxType", "TaxAmount"} & sent(bill)["LineItems"][0].keys()


def test_the_tracking_of_each_line_is_booked_by_its_ids() -> None:
    region, department = tracking(TRADING)
    chosen = Track(region["TrackingCategoryID"], region["Options"][1]["TrackingOptionID"])
    other = Track(department["TrackingCategoryID"], department["Options"][0]["TrackingOptionID"])
    halves = [replace(LINE, net=Decimal("50.00"), unit_price=Decimal("12.50"), tax=Decimal("10.00"))] * 2
    bill = a_bill("x", lines=(replace(halves[0], tracking=(chosen, other)), halves[1]))

    first, second = document(bill)["LineItems"]

    assert [(track["Name"], track["Option"]) for track in first["Tracking"]] == [
        ("Region", "South"),
        ("Department", "Sales"),
    ]
    assert second["Tracking"] == []
    assert differences(bill, booked(bill)) == ()
    (differs,) = differences(replace(bill, lines=(replace(halves[0], tracking=(chosen,)), halves[1])), booked(bill))
    assert differs == "tracking: 1 options as chosen here, 2 options, others in the ledger"


@pytest.mark.parametrize(("status", "told"), [("SUBMITTED", True), ("AUTHORISED", False), ("PAID", False)])
def test_a_bill_that_is_not_as_far_on_as_it_was_sent_is_told(status: str, *, told: bool) -> None:
    found = documents.document_of({"InvoiceID": "1", "Type": "ACCPAY", "Status": status}, INVOICES, a_link)
    bill = a_bill("x")

    differs = differences(bill, replace(booked(bill), status=found.status))

    assert differs == (("status: awaiting payment here, awaiting approval in the ledger",) if told else ())


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14), max_value=10**14))
def test_amounts_go_out_digit_for_digit(amount: Decimal) -> None:
    """A float would have seventeen digits and its own idea of the last one."""
    text = documents.postings_to_wire([a_bill("x", lines=(replace(LINE, tax=amount),))]).decode()

    assert f'"TaxAmount":{amount:f}' in text
    assert json.loads(text, parse_float=Decimal)["Invoices"][0]["LineItems"][0]["TaxAmount"] == amount


@given(st.text())
def test_any_text_survives(text: str) -> None:
    written = sent(a_bill(text, contact_name=text, lines=(replace(LINE, description=text),)))

    assert (written["InvoiceNumber"], written["Contact"]) == (text, {"Name": text})
    assert written["LineItems"][0]["Description"] == (text or "-")


# Bills


def test_a_known_contact_goes_by_its_id_alone() -> None:
    """Any other field would change the contact in Xero."""
    assert sent(a_bill("x", contact_id="c-1"))["Contact"] == {"ContactID": "c-1"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (PaymentStatus.DRAFT, "DRAFT"),
        (PaymentStatus.AWAITING_APPROVAL, "SUBMITTED"),
        (PaymentStatus.AWAITING_PAYMENT, "AUTHORISED"),
    ],
)
def test_the_status_is_as_the_settings_say(status: PaymentStatus, expected: str) -> None:
    assert sent(a_bill("x", status=status))["Status"] == expected


def test_every_status_that_can_be_chosen_has_a_word_at_xero() -> None:
    assert set(documents.STATUS) == set(PaymentStatus)


def test_a_bill_without_a_due_date_is_due_on_its_own() -> None:
    assert sent(a_bill("x", due_on=None))["DueDate"] == "2026-02-20"


def test_quantity_and_price_are_kept_where_they_make_the_amount() -> None:
    line = line_sent(quantity=Decimal("1.5"), unit_price=Decimal("0.67"), net=Decimal("1.01"))

    assert (line["Quantity"], line["UnitAmount"], line["LineAmount"]) == (
        Decimal("1.5"),
        Decimal("0.67"),
        Decimal("1.01"),
    )


def test_quantity_and_price_may_be_of_any_length() -> None:
    long = Decimal(999999999999999)

    assert line_sent(quantity=long, unit_price=long, net=Decimal("10.00"))["Quantity"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"net": Decimal("99.00")},
        {"quantity": Decimal("0.33333"), "unit_price": Decimal(300)},
        {"quantity": Decimal(3), "unit_price": Decimal("33.33333")},
        {"quantity": Decimal(-4), "unit_price": Decimal(-25)},
    ],
    ids=["an allowance", "a quantity of five places", "a price of five places", "a negative quantity"],
)
def test_where_xero_would_work_out_another_amount_the_net_goes_alone(changes: dict[str, Decimal]) -> None:
    line = line_sent(**changes)

    net = changes.get("net", LINE.net)
    assert (line["Quantity"], line["UnitAmount"], line["LineAmount"]) == (1, net, net)


def test_a_description_is_never_empty_and_never_too_long() -> None:
    assert line_sent(description="")["Description"] == "-"
    assert len(line_sent(description="x" * 5000)["Description"]) == 4000


# Dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T00:00:00", date(2026, 3, 2)),
        ("/Date(1772409600000+0000)/", date(2026, 3, 2)),
        ("/Date(1772409600000)/", date(2026, 3, 2)),
        ("/Date(-86400000+0000)/", date(1969, 12, 31)),
        ("", None),
        (None, None),
    ],
)
def test_both_of_xeros_dates_are_read(text: str | None, expected: date | None) -> None:
    assert mapping.day_of(text) == expected


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_survives_the_dotnet_form(day: date) -> None:
    milliseconds = int(
        (datetime(day.year, day.month, day.day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    )

    assert mapping.day_of(f"/Date({milliseconds * 1000}+0000)/") == day


@pytest.mark.parametrize("text", ["02/03/2026", "/Date(x)/"])
def test_another_date_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        mapping.day_of(text)


# Lists


def entries(kind: ListKind, records: list[Any]) -> dict[str, Any]:
    found = [lists.entry_of(kind, load(dump(presented(record)))) for record in records]
    return {getattr(entry, "code", "") or entry.name: entry for entry in found}


def test_accounts_say_what_they_are_good_for() -> None:
    found = entries(ListKind.ACCOUNTS, accounts(TRADING))

    rent, bank, debtors, fax = (found[code] for code in ("469", "092", "610", "462"))
    assert isinstance(rent, Account)
    assert (rent.name, rent.account_class, rent.default_tax_code) == ("Rent", AccountClass.EXPENSE, "INPUT2")
    assert (bank.is_bank, bank.currency) == (True, "EUR")
    assert debtors.is_system
    assert (rent.is_active, fax.is_active) == (True, False)


def test_tax_rates_say_what_they_may_be_used_with() -> None:
    rate = entries(ListKind.TAX_RATES, tax_rates(TRADING))["INPUT2"]

    assert isinstance(rate, TaxRate)
    assert rate.percent == 20
    assert AccountClass.EXPENSE in rate.applies_to
    assert AccountClass.REVENUE not in rate.applies_to


def test_contacts_carry_what_bills_are_coded_with() -> None:
    found = entries(ListKind.CONTACTS, contacts(TRADING))

    contact = found["Gable Print"]
    assert isinstance(contact, Contact)
    assert (contact.tax_number, contact.default_account_code, contact.is_supplier) == ("GB330011224", "400", True)
    assert not found["Bluebird Couriers"].is_active


def test_tracking_categories_carry_their_options() -> None:
    category = entries(ListKind.TRACKING_CATEGORIES, tracking(TRADING))["Region"]

    assert isinstance(category, TrackingCategory)
    assert [(option.name, option.is_active) for option in category.options][-2:] == [
        ("West", True),
        ("Overseas", False),
    ]


def test_products_say_what_they_are_bought_and_sold_as() -> None:
    found = entries(ListKind.PRODUCTS, items(TRADING))
    stocked = lists.entry_of(
        ListKind.PRODUCTS,
        {
            "ItemID": found["TONER"].provider_id,
            "Code": "PEN",
            "IsTrackedAsInventory": True,
            "InventoryAssetAccountCode": "630",
            "IsPurchased": True,
            "PurchaseDetails": {"COGSAccountCode": "310", "TaxType": "INPUT2"},
            "IsSold": False,
        },
    )

    hosting, consulting = found["HOSTING"], found["CONSULT"]
    assert isinstance(hosting, Product)
    assert hosting.label == "HOSTING · Web hosting, one month"
    assert hosting.usually(is_sale=False) == Usually(account="463", tax_rate="INPUT2")
    assert hosting.usually(is_sale=True) == Usually(account="200", tax_rate="OUTPUT2")
    assert consulting.usually(is_sale=False) is None
    assert isinstance(stocked, Product)
    assert (stocked.name, stocked.label) == ("PEN", "PEN")
    assert stocked.usually(is_sale=False) == Usually(account="630", tax_rate="INPUT2")
    assert stocked.usually(is_sale=True) is None


def test_currencies_have_names() -> None:
    assert entries(ListKind.CURRENCIES, currencies(TRADING))["EUR"] == Currency(code="EUR", name="Euro")


def test_books_know_their_locks() -> None:
    books = mapping.books_of(load(dump(presented(organisation(TRADING)))), BillRights.DRAFTS)

    assert (books.name, books.base_currency, books.short_code) == ("Northwind Trading Ltd", "GBP", "!nW7tr")
    assert (books.period_locked_to, books.year_locked_to) == (date(2008, 6, 30), date(2008, 3, 31))
    assert books.bill_rights is BillRights.DRAFTS


@pytest.mark.parametrize(
    ("draft", "approved", "rights"),
    [
        ("ALLOWED", "ALLOWED", BillRights.ALL),
        ("ALLOWED", "NOT-ALLOWED", BillRights.DRAFTS),
        ("NOT-ALLOWED", "NOT-ALLOWED", BillRights.NONE),
        ("NOT-ALLOWED", None, BillRights.NONE),
        ("ALLOWED", None, BillRights.UNTOLD),
        (None, "NOT-ALLOWED", BillRights.UNTOLD),
        (None, None, BillRights.UNTOLD),
    ],
)
def test_what_a_login_may_do_with_bills(draft: str | None, approved: str | None, rights: BillRights) -> None:
    told = {"CreateDraftBill": draft, "CreateApprovedBill": approved, "UseMulticurrency": "NOT-ALLOWED"}
    actions = [{"Name": name, "Status": status} for name, status in told.items() if status is not None]

    assert mapping.bill_rights_of(actions) is rights


def test_tax_that_is_left_to_xero_goes_as_a_rate_without_an_amount() -> None:
    bill = a_bill("INV-1", line_amounts=LineAmounts.INCLUSIVE)
    left = replace(bill, lines=tuple(replace(line, is_tax_left=True) for line in bill.lines))

    (stated,), (worked_out,) = (documents.posting_to_wire(each)["LineItems"] for each in (bill, left))

    assert (stated["TaxType"], stated["TaxAmount"]) == ("INPUT2", Decimal("20.00"))
    assert worked_out == {name: value for name, value in stated.items() if name != "TaxAmount"}
