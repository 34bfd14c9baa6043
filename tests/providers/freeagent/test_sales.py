"""Invoices and credit notes at the simulated FreeAgent: drafts, what was sent, and what is paid."""

from datetime import date, timedelta

import pytest

from providers.freeagent.simulated import journal
from providers.freeagent.simulator import TRADING
from tests.fakes.clock import FakeClock
from tests.providers.freeagent.conftest import Bare, Json, judged

pytestmark = judged

EXPLANATIONS = "bank_transaction_explanations"


async def test_an_invoice_is_a_draft_until_it_is_sent(bare: Bare) -> None:
    draft = await bare.created("invoices", bare.invoice())
    sent = await bare.sent("invoices", bare.invoice())

    assert (draft["status"], draft["reference"], draft["due_on"]) == ("Draft", "001", "2026-04-01")
    assert (draft["net_value"], draft["sales_tax_value"], draft["total_value"]) == ("100.0", "20.0", "120.0")
    assert (sent["status"], sent["reference"], sent["long_status"]) == ("Open", "002", "Open – due in 30 days")
    assert [one.document["reference"] for one in journal.journal(bare.state.books[TRADING])] == ["002"]


@pytest.mark.parametrize("name", ["contact", "dated_on", "payment_terms_in_days"])
async def test_what_an_invoice_may_not_lack(bare: Bare, name: str) -> None:
    assert await bare.refused("invoices", bare.invoice(**{name: None})) == [f"{name} can't be blank"]


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"description": None}, ["invoice_items.description can't be blank"]),
        ({"price": None}, ["invoice_items.price can't be blank"]),
        ({"sales_tax_rate": "7"}, ["invoice_items.sales_tax_rate must be one of 20.0, 5.0, 0.0"]),
        ({"category": "https://api.freeagent.com/v2/categories/285"}, ["invoice_items.category is invalid"]),
    ],
)
async def test_what_an_item_of_an_invoice_is_refused_for(bare: Bare, changes: Json, messages: list[str]) -> None:
    changes = dict(changes)
    item = bare.sold(changes.pop("price", "100"), **changes)

    assert await bare.refused("invoices", bare.invoice(item)) == [*messages, "invoice_items contain errors"]


@pytest.mark.parametrize(
    ("contact", "tax"),
    [("Boom FM", "20.0"), ("City Limousines", "20.0"), ("Rex Media Group", "0.0"), ("Paris Paper SARL", "0.0")],
)
async def test_the_contact_decides_whether_a_sale_bears_tax(bare: Bare, contact: str, tax: str) -> None:
    invoice = await bare.created("invoices", bare.invoice(contact=bare.url_of("contacts", contact)))

    assert invoice["sales_tax_value"] == tax


async def test_prices_are_rounded_to_pennies_before_anything_else(bare: Bare) -> None:
    invoice = await bare.created("invoices", bare.invoice(bare.sold("4.1666", quantity="50")))

    assert (invoice["net_value"], invoice["total_value"]) == ("208.5", "250.2")


async def test_a_discount_is_of_each_item(bare: Bare) -> None:
    invoice = await bare.created("invoices", bare.invoice(discount_percent="10"))

    assert (invoice["net_value"], invoice["total_value"]) == ("90.0", "108.0")


async def test_no_two_sales_have_the_same_reference(bare: Bare) -> None:
    await bare.created("invoices", bare.invoice(reference="A-7"))

    assert await bare.refused("credit_notes", bare.credit_note(reference="A-7")) == ["reference has already been taken"]
    assert (await bare.created("invoices", bare.invoice()))["reference"] == "008"


async def test_an_invoice_for_a_project_is_in_its_currency(bare: Bare) -> None:
    trailers = bare.url_of("projects", "Trailers")

    assert await bare.refused("invoices", bare.invoice(project=trailers)) == [
        "currency must be EUR, the currency of the project"
    ]
    assert (await bare.created("invoices", bare.invoice(project=trailers, currency="EUR")))["exchange_rate"] == "0.86"


async def test_what_was_sent_keeps_what_it_says(bare: Bare) -> None:
    invoice = await bare.sent("invoices", bare.invoice())
    item = {"url": invoice["invoice_items"][0]["url"], "description": "Other"}
    change = {"contact": bare.url_of("contacts", "City Limousines"), "invoice_items": [item]}

    refused = await bare.put(invoice["url"], {"invoice": change})
    noted = await bare.put(invoice["url"], {"invoice": {"comments": "Thanks"}})
    await bare.put(f"{invoice['url']}/transitions/mark_as_draft")
    changed = await bare.put(invoice["url"], {"invoice": change})

    assert refused.messages == [
        "contact_id is locked and cannot be changed",
        "invoice_items.description is locked and cannot be changed",
        "invoice_items contain errors",
    ]
    assert [noted.status, changed.status] == [200, 200]
    assert (await bare.read(invoice))["invoice_items"][0]["description"] == "Other"


async def test_an_invoice_is_paid_and_may_be_overpaid(bare: Bare) -> None:
    paid, over = await bare.sent("invoices", bare.invoice()), await bare.sent("invoices", bare.invoice())

    await bare.paid(paid, "120", description=None)
    await bare.paid(over, "130")

    assert (await bare.read(paid))["status"] == "Paid"
    assert (await bare.read(paid))["long_status"] == "Paid on – 2 Mar 26"
    assert (await bare.read(over))["status"] == "Overpaid"
    assert (await bare.put(f"{paid['url']}/transitions/mark_as_draft")).status == 422
    assert [(await bare.delete(one["url"])).status for one in (paid, over)] == [409, 409]


@pytest.mark.parametrize("kind", ["invoices", "credit_notes"])
async def test_only_a_draft_is_deleted(bare: Bare, kind: str) -> None:
    sent = await bare.sent(kind, bare.invoice() if kind == "invoices" else bare.credit_note())

    kept = await bare.delete(sent["url"])
    opened = await bare.put(f"{sent['url']}/transitions/mark_as_draft")
    gone = await bare.delete(sent["url"])

    assert (kept.status, opened.json[kind.removesuffix("s")]["status"], gone.status) == (409, "Draft", 200)


async def test_what_has_no_items_is_not_sent(bare: Bare) -> None:
    empty = await bare.created("credit_notes", bare.credit_note() | {"credit_note_items": []})

    reply = await bare.put(f"{empty['url']}/transitions/mark_as_sent")

    assert (reply.status, reply.messages) == (403, ["Credit note has no items"])


async def test_a_draft_cannot_be_paid(bare: Bare) -> None:
    draft = await bare.created("invoices", bare.invoice())
    body = bare.spend(category=None, gross_value="120", paid_invoice=draft["url"])

    assert await bare.refused(EXPLANATIONS, body) == ["paid_invoice is invalid"]


async def test_only_what_is_overdue_is_written_off(bare: Bare, clock: FakeClock) -> None:
    invoice = await bare.sent("invoices", bare.invoice(payment_terms_in_days=0))
    step = f"{invoice['url']}/transitions/mark_as_cancelled"

    early = await bare.put(step)
    clock.instant += timedelta(days=1)
    bare.tokens.clear()
    late = await bare.put(step)

    assert [early.status, late.status] == [422, 200]
    assert (await bare.read(invoice))["status"] == "Written-off"


async def test_what_is_in_a_locked_period_is_not_sent(bare: Bare) -> None:
    invoice = await bare.created("invoices", bare.invoice(dated_on="2026-01-15"))
    bare.state.lock_to(TRADING, date(2026, 1, 31))

    reply = await bare.put(f"{invoice['url']}/transitions/mark_as_sent")

    assert (reply.status, reply.messages) == (403, ["Invoice is locked."])


async def test_a_credit_note_pays_an_invoice(bare: Bare) -> None:
    invoice, credit = await bare.sent("invoices", bare.invoice()), await bare.sent("credit_notes", bare.credit_note())
    body = {"gross_value": "120", "invoice": invoice["url"], "credit_note": credit["url"]}

    too_much = await bare.post(
        "credit_note_reconciliations", {"credit_note_reconciliation": body | {"gross_value": "121"}}
    )
    made = await bare.created("credit_note_reconciliations", body)
    settled = [(await bare.read(one))["status"] for one in (invoice, credit)]
    await bare.delete(made["url"])

    assert too_much.status == 422
    assert settled == ["Paid", "Refunded"]
    assert (await bare.read(invoice))["due_value"] == "120.0"


async def test_a_credit_note_pays_nothing_in_another_currency(bare: Bare) -> None:
    invoice = await bare.sent("invoices", bare.invoice())
    credit = await bare.sent("credit_notes", bare.credit_note(currency="EUR"))
    body = {"gross_value": "1", "invoice": invoice["url"], "credit_note": credit["url"]}

    assert await bare.refused("credit_note_reconciliations", body) == [
        "credit_note must be in the currency of the invoice"
    ]


async def test_a_credit_note_is_refunded_from_the_bank(bare: Bare) -> None:
    credit = await bare.sent("credit_notes", bare.credit_note())

    await bare.paid(credit, "-120")

    now = await bare.read(credit)
    assert (credit["total_value"], now["refunded_value"], now["refunded_on"]) == ("-120.0", "-120.0", "2026-03-02")


async def test_a_credit_note_of_more_than_nothing_is_refused(bare: Bare) -> None:
    assert await bare.refused("credit_notes", bare.credit_note("5")) == ["total_value must be less than or equal to 0"]


async def test_every_posting_comes_to_nothing(bare: Bare) -> None:
    bill = await bare.created("bills", bare.bill(bare.item("99.99"), bare.item("0.01", manual_sales_tax_amount="0")))
    await bare.created("bills", bare.bill(bare.item("33.33"), bare.item("0.01"), currency="EUR"))
    await bare.created("expenses", bare.expense(currency="USD", manual_sales_tax_amount="3.33"))
    await bare.paid(await bare.sent("invoices", bare.invoice(currency="EUR")), "33.33")
    await bare.paid(bill, "-1.11")
    await bare.created(EXPLANATIONS, bare.spend(bank_account=bare.url_of("bank_accounts", "Euro Account")))

    for posting in journal.journal(bare.state.books[TRADING]):
        assert sum(leg.debit for leg in posting.legs) == 0
        assert [leg.debit for leg in posting.legs] == [round(leg.debit, 2) for leg in posting.legs]
