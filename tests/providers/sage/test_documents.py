"""The other documents of the simulated Sage: credit notes, sales, quick entries, money, contacts."""

from decimal import Decimal

import pytest

from providers.sage.simulator import IRELAND, STUDIO, TRADING
from tests.providers.sage.conftest import Bare, Json, judged, legs, sums

pytestmark = judged


# Credit notes and sales


async def test_a_credit_note_gives_back(bare: Bare) -> None:
    note = await bare.created("purchase_credit_notes", bare.credit(original_invoice_date="2026-02-01"))

    assert (note["original_invoice_date"], note["outstanding_amount"], sums(note)) == (
        "2026-02-01",
        "120.0",
        (100, 20, 120),
    )
    assert "due_date" not in note
    assert legs(bare) == [{"Office Costs": -100, "VAT on Purchases": -20, "Trade Creditors": 120}]


async def test_sales_are_numbered_and_posted_the_other_way(bare: Bare) -> None:
    first, second = await bare.created("sales_invoices", bare.sale()), await bare.created("sales_invoices", bare.sale())

    assert [first["invoice_number"], second["invoice_number"], first["displayed_as"]] == ["SI-1", "SI-2", "SI-1"]
    assert legs(bare)[0] == {"Sales - Services": -100, "VAT on Sales": -20, "Trade Debtors": 120}


async def test_a_sale_may_have_a_discount_and_needs_no_due_date(bare: Bare) -> None:
    lines = [bare.sold(100, discount_percentage=10, tax_amount=18), bare.sold(50, discount_amount=5, tax_amount=9)]

    sale = await bare.created("sales_invoices", bare.sale(*lines, due_date=None))

    assert sums(sale) == (135, 27, 162)
    assert (sale["due_date"], sale["invoice_lines"][0]["discount_amount"]) == ("2026-03-02", "10.0")


async def test_a_draft_is_posted_once_it_is_released(bare: Bare) -> None:
    draft = await bare.created("sales_invoices", bare.sale(status_id="DRAFT"))
    before = legs(bare)

    released = await bare.send("POST", f"sales_invoices/{draft['id']}/release")
    again = await bare.send("POST", f"sales_invoices/{draft['id']}/release")

    assert (draft["status"]["id"], before) == ("DRAFT", [])
    assert (released.json["status"]["id"], len(legs(bare)), again.status) == ("UNPAID", 1, 422)


async def test_purchases_are_no_drafts(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice(status_id="DRAFT"))

    assert invoice["status"]["id"] == "UNPAID"


async def test_a_sale_is_voided_with_a_reason_and_a_draft_deleted(bare: Bare) -> None:
    sale, draft = [await bare.created("sales_invoices", bare.sale(status_id=one)) for one in (None, "DRAFT")]

    without = await bare.delete(f"sales_invoices/{sale['id']}")
    voided = await bare.delete(f"sales_invoices/{sale['id']}", void_reason="Wrong customer")
    again = await bare.delete(f"sales_invoices/{sale['id']}", void_reason="Again")
    deleted = await bare.delete(f"sales_invoices/{draft['id']}")

    assert (without.status, without.errors) == (422, [("RecordInvalid", "This field is required.", "void_reason")])
    assert (voided.status, voided.json["status"]["id"], voided.json["void_reason"]) == (200, "VOID", "Wrong customer")
    assert (again.status, deleted.status, legs(bare)) == (405, 204, [])


# Quick entries


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (100, 20, 120)),
        ({"tax_amount": None}, (100, 20, 120)),
        ({"net_amount": None, "tax_amount": None, "total_amount": 120}, (100, 20, 120)),
        ({"net_amount": None, "tax_amount": 19.99, "total_amount": 120}, (Decimal("100.01"), Decimal("19.99"), 120)),
        ({"tax_rate_id": "GB_ZERO"}, (100, 0, 100)),
    ],
)
async def test_an_entry_is_its_sums(bare: Bare, changes: Json, expected: tuple[object, ...]) -> None:
    entry = await bare.created("purchase_quick_entries", bare.entry(**changes))

    assert sums(entry) == expected
    assert (entry["status"]["id"], entry["displayed_as"]) == ("UNPAID", "Q-1")


async def test_an_entry_is_an_invoice_or_a_credit_note(bare: Bare) -> None:
    note = await bare.created("purchase_quick_entries", bare.entry(quick_entry_type_id="CREDIT_NOTE"))

    assert note["transaction_type"]["id"] == "PURCHASE_QUICK_CREDIT_NOTE"
    assert legs(bare) == [{"Office Costs": -100, "VAT on Purchases": -20, "Trade Creditors": 120}]
    await bare.refused("purchase_quick_entries", bare.entry(quick_entry_type_id="OTHER"), 404)


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"reference": None}, "purchase_quick_entry[reference]"),
        ({"ledger_account_id": None}, "purchase_quick_entry[ledger_account_id]"),
        ({"net_amount": None}, "net_amount"),
        ({"tax_rate_id": None}, "tax_rate_id"),
        ({"total_amount": 121}, "total_amount"),
    ],
)
async def test_an_entry_that_lacks_something_is_refused(bare: Bare, changes: Json, source: str) -> None:
    assert (await bare.refused("purchase_quick_entries", bare.entry(**changes))).sources == [source]


# Money


async def test_money_spent_leaves_its_bank_account(bare: Bare) -> None:
    supplier = bare.id_of("contacts", "Capital Cab Co")

    spent = await bare.created(
        "other_payments", bare.spend(contact_id=supplier, payment_method_id="CASH", reference="cab")
    )

    assert sums(spent) == (100, 20, 120)
    assert (spent["bank_account"]["displayed_as"], spent["payment_method"]["id"]) == ("Current Account (1200)", "CASH")
    assert legs(bare) == [{"Office Costs": 100, "VAT on Purchases": 20, "Current Account": -120}]


async def test_money_received_comes_to_it(bare: Bare) -> None:
    line = {
        "ledger_account_id": bare.id_of("ledger_accounts", "Other Income"),
        "total_amount": 60,
        "net_amount": 50,
        "tax_amount": 10,
        "tax_rate_id": "GB_STANDARD",
    }

    await bare.created("other_payments", bare.spend(line, transaction_type_id="OTHER_RECEIPT", total_amount=60))

    assert legs(bare) == [{"Other Income": -50, "VAT on Sales": -10, "Current Account": 60}]


@pytest.mark.parametrize(
    ("changes", "status", "source"),
    [
        ({"total_amount": 119}, 422, "total_amount"),
        ({"bank_account_id": None}, 422, "bank_account_id"),
        ({"payment_lines": []}, 422, "other_payment[payment_lines]"),
        ({"transaction_type_id": "GIFT"}, 404, ""),
        ({"bank_account_id": "unknown"}, 404, ""),
        ({"contact_id": "unknown"}, 404, ""),
    ],
)
async def test_money_is_refused(bare: Bare, changes: Json, status: int, source: str) -> None:
    body = {**bare.spend(), **changes}
    body = {key: value for key, value in body.items() if value is not None}

    assert (await bare.refused("other_payments", body, status)).sources == [source]


async def test_an_inactive_bank_account_and_an_account_that_is_offered_elsewhere_are_refused(bare: Bare) -> None:
    old = bare.id_of("bank_accounts", "Old Current Account (1250)")
    line = {**bare.spend()["payment_lines"][0], "ledger_account_id": bare.id_of("ledger_accounts", "Sales - Products")}

    assert (await bare.refused("other_payments", bare.spend(bank_account_id=old))).sources == ["bank_account"]
    await bare.refused("other_payments", bare.spend(line), 404)


# Contacts


async def test_a_contact_is_made_and_used(bare: Bare) -> None:
    made = await bare.created("contacts", {"name": "New Supplies", "reference": "NEW1", "contact_type_ids": ["VENDOR"]})

    invoice = await bare.created("purchase_invoices", bare.invoice(contact_id=made["id"]))

    assert (made["displayed_as"], made["currency"]["id"]) == ("New Supplies (NEW1)", "GBP")
    assert invoice["contact_name"] == "New Supplies"


@pytest.mark.parametrize(
    ("body", "status", "source"),
    [
        ({"contact_type_ids": ["VENDOR"]}, 422, "contact[name]"),
        ({"name": "New"}, 422, "contact[contact_type_ids]"),
        ({"name": "New", "contact_type_ids": ["VENDOR", "CUSTOMER"]}, 422, "contact[contact_type_ids]"),
        ({"name": "New", "contact_type_ids": ["FRIEND"]}, 404, ""),
        ({"name": "New", "contact_type_ids": ["VENDOR"], "reference": "cen001"}, 422, "reference"),
    ],
)
async def test_a_contact_is_refused(bare: Bare, body: Json, status: int, source: str) -> None:
    assert (await bare.refused("contacts", body, status)).sources == [source]


async def test_names_are_not_unique(bare: Bare) -> None:
    await bare.created("contacts", {"name": "PowerDirect", "contact_type_ids": ["VENDOR"]})


async def test_an_invoice_keeps_the_name_that_its_supplier_had(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    path = f"contacts/{invoice['contact']['id']}"
    await bare.send("PUT", path, {"contact": {"name": "Central Copying"}})
    found = await bare.read(f"purchase_invoices/{invoice['id']}")
    gone = await bare.delete(path)

    assert (found["contact_name"], found["contact"]["displayed_as"]) == ("Central Copiers", "Central Copying (CEN001)")
    assert gone.status == 405


async def test_each_business_has_its_own(bare: Bare) -> None:
    await bare.created("purchase_invoices", bare.invoice())
    bare.business = IRELAND
    irish = await bare.created("purchase_invoices", bare.invoice(bare.line(tax_amount=23)))

    assert (irish["currency"]["id"], len(await bare.items("purchase_invoices"))) == ("EUR", 1)
    assert [len(bare.state.purchase_invoices(one)) for one in (TRADING, IRELAND, STUDIO)] == [1, 1, 0]
