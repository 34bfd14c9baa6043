"""What the simulated Sage takes as a purchase invoice, and the words with which it refuses."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from providers.sage.simulated import journal
from providers.sage.simulator import IRELAND, TRADING
from tests.providers.sage.conftest import Bare, Json, judged, sums

pytestmark = judged

REQUIRED = ("RecordInvalid", "This field is required.")


async def test_an_invoice_has_its_sums_by_the_vendor(bare: Bare) -> None:
    lines = [
        bare.line(50, quantity=2),
        bare.line(50, tax_rate_id="GB_LOWER", tax_amount=2.5),
        bare.line(10, tax_rate_id="GB_NO_TAX", tax_amount=None),
    ]

    invoice = await bare.created("purchase_invoices", bare.invoice(*lines))

    assert sums(invoice) == (160, Decimal("22.5"), Decimal("182.5"))
    assert [sums(line) for line in invoice["invoice_lines"]] == [
        (100, 20, 120),
        (50, Decimal("2.5"), Decimal("52.5")),
        (10, 0, 10),
    ]
    assert [(one["tax_rate"]["id"], one["tax_amount"]) for one in invoice["tax_analysis"]] == [
        ("GB_STANDARD", "20.0"),
        ("GB_LOWER", "2.5"),
        ("GB_NO_TAX", "0.0"),
    ]
    assert (invoice["status"]["id"], invoice["outstanding_amount"], invoice["total_paid"]) == ("UNPAID", "182.5", "0.0")
    assert (invoice["displayed_as"], invoice["contact"]["displayed_as"]) == ("B-1", "Central Copiers (CEN001)")
    assert (invoice["transaction_type"]["id"], invoice["editable"]) == ("PURCHASE_INVOICE", True)
    assert invoice["transaction"]["id"] != invoice["id"]


async def test_what_is_sent_of_sums_is_worked_out_anew(bare: Bare) -> None:
    line = bare.line(33.335, quantity=3, net_amount=1, total_amount=2, tax_amount=20.004)

    invoice = await bare.created("purchase_invoices", bare.invoice(line, total_amount=5, net_amount=4))

    assert sums(invoice) == (Decimal("100.01"), 20, Decimal("120.01"))


async def test_a_price_may_be_with_tax(bare: Bare) -> None:
    line = bare.line(119.99, tax_amount=20, unit_price_includes_tax=True)

    invoice = await bare.created("purchase_invoices", bare.invoice(line))

    assert sums(invoice) == (Decimal("99.99"), 20, Decimal("119.99"))


async def test_tax_is_what_is_said_and_there_is_none_without_a_percentage(bare: Bare) -> None:
    lines = [bare.line(100, tax_amount=19.99), bare.line(100, tax_rate_id="GB_EXEMPT", tax_amount=5)]

    invoice = await bare.created("purchase_invoices", bare.invoice(*lines))

    assert [sums(line)[1] for line in invoice["invoice_lines"]] == [Decimal("19.99"), 0]


async def test_a_line_needs_its_rate_and_its_tax(bare: Bare) -> None:
    without_tax = await bare.refused("purchase_invoices", bare.invoice(bare.line(tax_amount=None)))
    without_rate = await bare.refused("purchase_invoices", bare.invoice(bare.line(tax_rate_id=None)))

    assert without_tax.errors == [(*REQUIRED, "line_items.tax_amount")]
    assert without_rate.errors == [(*REQUIRED, "line_items.tax_rate_id")]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"contact_id": None}, ("Validation", "purchase_invoice[contact_id] is missing")),
        ({"date": None}, ("Validation", "purchase_invoice[date] is missing")),
        ({"due_date": None}, ("Validation", "purchase_invoice[due_date] is missing")),
        ({"invoice_lines": []}, ("Validation", "purchase_invoice[invoice_lines] is missing")),
        ({"invoice_lines": {"description": "x"}}, ("Validation", "purchase_invoice[invoice_lines] is invalid")),
        ({"date": "02/03/2026"}, ("Validation", "purchase_invoice[date] is invalid")),
        ({"date": "2026-02-30"}, ("Validation", "purchase_invoice[date] is invalid")),
        ({"exchange_rate": "much"}, ("Validation", "purchase_invoice[exchange_rate] is invalid")),
        ({"reference": 5}, ("Validation", "purchase_invoice[reference] is invalid")),
        ({"contact_id": "e9578549eaec11e7b587065b8ec10ed1"}, ("RecordInvalid", "Couldn't find Supplier.")),
        ({"due_date": "2026-03-01"}, ("RecordInvalid", "Due date must be on or after the invoice date.")),
        ({"currency_id": "ZZZ"}, ("RecordInvalid", "This currency is not supported.")),
        ({"date": "2019-12-31"}, ("RecordInvalid", "Date must be on or after the accounts start date (01/01/2020).")),
    ],
)
async def test_an_invoice_is_refused_in_sages_words(bare: Bare, changes: Json, problem: tuple[str, str]) -> None:
    refused = await bare.refused("purchase_invoices", bare.invoice(**changes))

    assert problem in [(code, message) for code, message, _ in refused.errors]
    assert bare.state.purchase_invoices() == []


@pytest.mark.parametrize("name", ["description", "ledger_account_id", "quantity", "unit_price"])
async def test_a_line_that_lacks_something_is_told_where(bare: Bare, name: str) -> None:
    refused = await bare.refused("purchase_invoices", bare.invoice(bare.line(), bare.line(**{name: None})))

    assert refused.sources == [f"purchase_invoice[invoice_lines][1][{name}]"]


async def test_all_that_is_wrong_in_form_is_told_at_once(bare: Bare) -> None:
    refused = await bare.refused("purchase_invoices", {"date": "x", "invoice_lines": [{}, "y"]})

    assert len(refused.errors) == 8


async def test_a_customer_is_no_supplier(bare: Bare) -> None:
    refused = await bare.refused("purchase_invoices", bare.invoice(contact_id=bare.id_of("contacts", "Boom FM")))
    sale = await bare.refused("sales_invoices", bare.sale(contact_id=bare.id_of("contacts", "PowerDirect")))

    assert refused.errors == [("RecordInvalid", "Couldn't find Supplier.", "")]
    assert sale.errors == [("RecordInvalid", "Couldn't find Customer.", "")]


@pytest.mark.parametrize(
    "changes",
    [
        {"ledger_account_id": "unknown"},
        {"tax_rate_id": "GB_UNKNOWN"},
        {"product_id": "unknown"},
        {"analysis_type_categories": [{"id": "unknown"}]},
    ],
)
async def test_an_id_that_leads_nowhere_is_not_found(bare: Bare, changes: Json) -> None:
    refused = await bare.refused("purchase_invoices", bare.invoice(bare.line(**changes)), 404)

    assert refused.errors == [("RecordNotFound", "Couldn't find record.", "")]


async def test_an_account_has_to_be_in_the_chart_and_offered_for_purchases(bare: Bare) -> None:
    body = bare.invoice()
    sales = bare.invoice(bare.line(ledger_account_id=bare.id_of("ledger_accounts", "Sales - Products")))

    await bare.refused("purchase_invoices", sales, 404)
    bare.state.hide_account(TRADING, "Office Costs", is_hidden=True)
    await bare.refused("purchase_invoices", body, 404)
    bare.state.hide_account(TRADING, "Office Costs", is_hidden=False)
    await bare.created("purchase_invoices", body)


async def test_a_locked_year_takes_nothing_and_lets_nothing_go(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    bare.state.lock(TRADING, date(2026, 3, 31))

    refused = await bare.refused("purchase_invoices", bare.invoice())
    gone = await bare.delete(f"purchase_invoices/{invoice['id']}")
    await bare.created("purchase_invoices", bare.invoice(date="2026-04-01"))

    words = "Date must be after the year end lockdown date (31/03/2026)."
    assert refused.errors == gone.errors == [("RecordInvalid", words, "date")]


async def test_contacts_that_were_deleted_or_obfuscated_are_not_used(bare: Bare) -> None:
    body = bare.invoice()
    books = bare.state.books[TRADING]
    contact = books.shelf("contacts")[body["contact_id"]]
    books.save("contacts", {**contact, "gdpr_obfuscated": True})

    obfuscated = await bare.refused("purchase_invoices", body)
    bare.state.delete_contact(TRADING, "Central Copiers")
    deleted = await bare.refused("purchase_invoices", body)

    assert [obfuscated.sources, deleted.errors[0][1]] == [["contact"], "Couldn't find Supplier."]


async def test_a_document_in_another_currency_is_told_at_home_too(bare: Bare) -> None:
    dublin = bare.id_of("contacts", "Dublin Print Works")
    lines = [bare.line(117, tax_amount=23.4), bare.line(10, tax_rate_id="GB_ZERO", tax_amount=None)]

    listed = await bare.created("purchase_invoices", bare.invoice(*lines, contact_id=dublin))
    said = await bare.created("purchase_invoices", bare.invoice(contact_id=dublin, exchange_rate="1.25"))
    inverse = await bare.created("purchase_invoices", bare.invoice(contact_id=dublin, inverse_exchange_rate=0.8))

    assert (listed["currency"]["id"], listed["exchange_rate"]) == ("EUR", "1.17")
    assert (listed["base_currency_net_amount"], listed["base_currency_tax_amount"]) == ("108.55", "20.0")
    assert listed["base_currency_total_amount"] == listed["base_currency_outstanding_amount"] == "128.55"
    assert said["base_currency_total_amount"] == inverse["base_currency_total_amount"] == "96.0"


async def test_a_business_with_one_currency_takes_no_other(bare: Bare) -> None:
    bare.business = IRELAND

    refused = await bare.refused("purchase_invoices", bare.invoice(currency_id="USD"))

    assert refused.sources == ["currency_id"]
    await bare.created("purchase_invoices", bare.invoice(currency_id="EUR"))


# Analysis


async def test_a_line_has_one_category_of_each_type_where_that_is_on(bare: Bare) -> None:
    sales, london = (bare.id_of("analysis_type_categories", one) for one in ("Workshop", "London"))
    line = bare.line(analysis_type_categories=[{"id": sales}, {"id": london}])

    invoice = await bare.created("purchase_invoices", bare.invoice(line))
    plain = await bare.read(f"purchase_invoices/{invoice['id']}")
    told = await bare.read(f"purchase_invoices/{invoice['id']}", show_analysis_types="true")

    chosen = told["invoice_lines"][0]["analysis_type_categories"]
    assert [(one["analysis_type"]["displayed_as"], one["displayed_as"]) for one in chosen] == [
        ("Department", "Workshop"),
        ("Cost Centre", "London"),
    ]
    assert "analysis_type_categories" not in plain["invoice_lines"][0]


async def test_a_category_of_a_type_that_is_off_there_is_refused(bare: Bare) -> None:
    project = bare.id_of("analysis_type_categories", "Office Move")
    body = bare.invoice(bare.line(analysis_type_categories=[project]))

    refused = await bare.refused("purchase_invoices", body)
    changed = {"analysis_type": {"active_areas": ["EXPENSES"]}}
    await bare.send("PUT", f"analysis_types/{bare.id_of('analysis_types', 'Project')}", changed)
    await bare.created("purchase_invoices", body)

    words = "analysis_type_categories are not enabled for Active Area EXPENSES"
    assert refused.errors == [("RecordInvalid", words, "analysis_type_categories")]


async def test_two_categories_of_one_type_are_refused(bare: Bare) -> None:
    both = [bare.id_of("analysis_type_categories", one) for one in ("London", "York")]

    refused = await bare.refused("purchase_invoices", bare.invoice(bare.line(analysis_type_categories=both)))

    assert refused.sources == ["analysis_type_categories"]


async def test_a_category_that_is_used_stays(bare: Bare) -> None:
    london, york = (bare.id_of("analysis_type_categories", one) for one in ("London", "York"))
    await bare.created("purchase_invoices", bare.invoice(bare.line(analysis_type_categories=[london])))

    used, free = [await bare.delete(f"analysis_type_categories/{one}") for one in (london, york)]

    words = "You cannot delete an Analysis Type Category that is in use."
    assert (used.status, used.errors) == (405, [("MethodNotAllowed", words, "")])
    assert free.status == 204


# Changing


async def change(bare: Bare, key: str, **fields: Any) -> Any:
    return await bare.send("PUT", f"purchase_invoices/{key}", {"purchase_invoice": fields})


async def test_a_change_keeps_what_it_does_not_name(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice(reference="old"))

    changed = await change(bare, invoice["id"], reference="new", invoice_lines=[bare.line(10, tax_amount=2)])

    found = changed.json
    assert (found["id"], found["transaction"], found["created_at"]) == (
        invoice["id"],
        invoice["transaction"],
        invoice["created_at"],
    )
    assert (found["reference"], found["vendor_reference"], found["total_amount"]) == ("new", "B-1", "12.0")
    assert (await change(bare, "unknown", reference="x")).status == 404


async def test_a_paid_invoice_is_neither_changed_nor_deleted(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    payment = await bare.created("contact_payments", bare.payment((invoice, 120)))

    changed, deleted = (
        await change(bare, invoice["id"], reference="x"),
        await bare.delete(f"purchase_invoices/{invoice['id']}"),
    )
    await bare.delete(f"contact_payments/{payment['id']}")
    freed = await bare.delete(f"purchase_invoices/{invoice['id']}")

    assert [changed.status, deleted.status, freed.status] == [405, 405, 204]


# The accounts


async def test_an_invoice_is_posted_to_both_sides(bare: Bare) -> None:
    await bare.created("purchase_invoices", bare.invoice())

    (posting,) = journal.journal(bare.state.books[TRADING])

    assert {leg.account["displayed_as"]: leg.debit for leg in posting.legs} == {
        "Office Costs (7500)": 100,
        "VAT on Purchases (2201)": 20,
        "Trade Creditors (2100)": -120,
    }
