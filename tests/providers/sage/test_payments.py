"""What settles the documents of the simulated Sage: payments, credit notes, and allocations of both."""

from typing import Any

from tests.providers.sage.conftest import Bare, Json, judged, legs

pytestmark = judged


# Payments and allocations


async def test_payments_settle_an_invoice_bit_by_bit(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())

    await bare.created("contact_payments", bare.payment((invoice, 50), total=50))
    part = await bare.read(f"purchase_invoices/{invoice['id']}", show_payments_allocations="true")
    await bare.created("contact_payments", bare.payment((invoice, 70), total=70))
    paid = await bare.read(f"purchase_invoices/{invoice['id']}")

    assert (part["status"]["id"], part["outstanding_amount"], part["total_paid"]) == ("PART_PAID", "70.0", "50.0")
    assert [(one["type"], one["amount"]) for one in part["payments_allocations"]] == [("Vendor Payment", "50.0")]
    assert (paid["status"]["id"], paid["outstanding_amount"], paid["editable"]) == ("PAID", "0.0", False)
    assert legs(bare)[1] == {"Trade Creditors": 50, "Current Account": -50}


async def test_a_discount_settles_too(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    allocated = [{"artefact_id": invoice["id"], "amount": 110, "discount": 10}]

    await bare.created("contact_payments", bare.payment(total=110, allocated_artefacts=allocated))

    assert bare.state.purchase_invoices()[0]["status"]["id"] == "PAID"
    assert legs(bare)[1] == {"Trade Creditors": 120, "Discounts Taken": -10, "Current Account": -110}


async def test_what_is_left_of_a_payment_is_on_account_and_is_allocated_later(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    payment = await bare.created("contact_payments", bare.payment(total=150))

    made = await bare.created("contact_allocations", allocation(invoice, 120, payment, -120))
    after = await bare.read(f"contact_payments/{payment['id']}")
    settled = bare.state.purchase_invoices()[0]["status"]["id"]
    await bare.delete(f"contact_allocations/{made['id']}")

    assert payment["payment_on_account"] == {"amount": "150.0", "outstanding_amount": "150.0"}
    assert after["payment_on_account"]["outstanding_amount"] == "30.0"
    assert (settled, bare.state.purchase_invoices()[0]["status"]["id"]) == ("PAID", "UNPAID")


def allocation(first: Json, amount: object, second: Json, other: object, **changes: Any) -> Json:
    artefacts = [{"artefact_id": first["id"], "amount": amount}, {"artefact_id": second["id"], "amount": other}]
    body = {"transaction_type_id": "VENDOR_ALLOCATION", "contact_id": first["contact"]["id"]}
    return {**body, "allocated_artefacts": artefacts, **changes}


async def test_a_credit_note_is_allocated_to_an_invoice(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    note = await bare.created("purchase_credit_notes", bare.credit(bare.line(10, tax_amount=2)))

    await bare.created("contact_allocations", allocation(invoice, 12, note, -12))

    found = [
        await bare.read(f"{plural}/{one['id']}")
        for plural, one in (("purchase_invoices", invoice), ("purchase_credit_notes", note))
    ]
    assert [(one["status"]["id"], one["outstanding_amount"]) for one in found] == [
        ("PART_PAID", "108.0"),
        ("PAID", "0.0"),
    ]
    assert len(legs(bare)) == 2


async def test_an_allocation_that_does_not_balance_or_is_too_much_is_refused(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    note = await bare.created("purchase_credit_notes", bare.credit(bare.line(10, tax_amount=2)))
    sources = [
        (await bare.refused("contact_allocations", allocation(*one))).sources
        for one in ((invoice, 12, note, -11), (invoice, 13, note, -13), (invoice, -12, note, 12))
    ]

    assert sources == [["allocated_artefacts"], ["allocated_artefacts.amount"], ["allocated_artefacts.amount"]]


async def test_a_document_named_twice_is_not_settled_twice(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    note = await bare.created("purchase_credit_notes", bare.credit(bare.line(10, tax_amount=2)))
    twice = allocation(invoice, 24, note, -12)
    twice["allocated_artefacts"].append({"artefact_id": note["id"], "amount": -12})

    paid = await bare.refused("contact_payments", bare.payment((invoice, 120), (invoice, 120), total=240))
    allocated = await bare.refused("contact_allocations", twice)
    await bare.created("contact_payments", bare.payment((invoice, 60), (invoice, 60), total=120))

    assert paid.sources == allocated.sources == ["allocated_artefacts.amount"]
    assert bare.state.purchase_invoices()[0]["outstanding_amount"] == 0


async def test_an_allocation_gives_no_discount(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    note = await bare.created("purchase_credit_notes", bare.credit(bare.line(10, tax_amount=2)))
    sent = allocation(invoice, 12, note, -12)
    sent["allocated_artefacts"][0]["discount"] = 1

    refused = await bare.refused("contact_allocations", sent)

    assert refused.sources == ["allocated_artefacts.discount"]


async def test_a_payment_is_refused(bare: Bare) -> None:
    invoice = await bare.created("purchase_invoices", bare.invoice())
    other = await bare.created("purchase_invoices", bare.invoice(contact_id=bare.id_of("contacts", "PowerDirect")))
    note = await bare.created("purchase_credit_notes", bare.credit())

    too_much = await bare.refused("contact_payments", bare.payment((invoice, 121), total=121))
    more = await bare.refused("contact_payments", bare.payment((invoice, 120), total=100))
    others = await bare.refused("contact_payments", bare.payment((other, 120)))
    credit = await bare.refused("contact_payments", bare.payment((note, 120)))
    await bare.refused("contact_payments", bare.payment(({"id": "unknown"}, 1)), 404)
    refund = await bare.created("contact_payments", bare.payment((note, 120), transaction_type_id="VENDOR_REFUND"))

    assert [one.sources[0].rpartition(".")[2] for one in (too_much, more, others, credit)] == [
        "amount",
        "total_amount",
        "artefact_id",
        "artefact_id",
    ]
    assert refund["transaction_type"]["displayed_as"] == "Vendor Refund"
