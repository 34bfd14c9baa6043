"""What every call to the simulated Sage has to keep to: whose it is, rights, plans, pages, keys, limits and bad days."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from providers.sage.simulator import IRELAND, STUDIO, TRADING, Area, Fault, Level
from tests.fakes.clock import FakeClock
from tests.providers.sage.conftest import SINGULARS, Bare, judged

pytestmark = judged

KEY = "c3a8adaa26daf36e02f3c672b69e3323"
DENIED = ("MultiUserAccessDenied", "The current user is not allowed to access that resource with that method.", "")


# Whose, and for which business


async def test_an_answer_says_which_business_it_is_of(bare: Bare) -> None:
    lead = await bare.send("GET", "contacts", headers={"X-Business": ""})
    named = await bare.send("GET", "contacts", headers={"X-Business": IRELAND})
    refused = await bare.send("GET", "contacts/unknown", headers={"X-Business": IRELAND})

    assert [one.headers["X-Business"] for one in (lead, named, refused)] == [TRADING, IRELAND, IRELAND]
    assert len({one.headers["x-request-id"] for one in (lead, named, refused)}) == 3


async def test_the_business_that_a_person_leads_may_change(bare: Bare) -> None:
    bare.state.set_lead("dana", IRELAND)

    unnamed = await bare.send("GET", "contacts", headers={"X-Business": ""})
    lead = await bare.read("businesses/lead")

    assert (unnamed.headers["X-Business"], lead["name"]) == (IRELAND, "Northwind Ireland Ltd")
    assert [one["id"] for one in await bare.items("businesses")] == [IRELAND, TRADING, STUDIO]


async def test_a_business_that_is_somebody_elses_is_closed(bare: Bare) -> None:
    bare.person, bare.business = "sam", IRELAND

    reply = await bare.get("contacts")

    assert (reply.status, reply.errors[0][0]) == (401, "AuthorizationFailure")


async def test_without_a_token_nothing_is_told(bare: Bare) -> None:
    for header in ("", "Bearer nonsense", "Basic x"):
        reply = await bare.send("GET", "businesses", headers={"Authorization": header})
        assert (reply.status, reply.errors[0][0]) == (401, "AuthorizationFailure")


async def test_businesses_tell_their_plan(bare: Bare) -> None:
    listed = await bare.read("businesses")
    studio, lead = await bare.read(f"businesses/{STUDIO}"), await bare.read("businesses/lead")

    assert (listed["$total"], listed["$items_per_page"]) == (3, 2147483647)
    assert studio["subscriptions"][0]["id"] == "START"
    assert (lead["name"], lead["country"]["id"]) == ("Northwind Trading Ltd", "GB")
    assert (await bare.get("businesses/unknown")).status == 404


async def test_a_lapsed_subscription_closes_everything(bare: Bare) -> None:
    bare.state.set_lapsed(TRADING, is_lapsed=True)

    reply = await bare.get("contacts")
    business = await bare.read("businesses/lead")

    assert (reply.status, reply.errors) == (401, [("AuthorizationFailure", "No active subscription. (MSE)", "")])
    assert business["subscriptions"][0]["active"] is False


# Rights and plans


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("OWNER", (200, 201, 204)),
        ("FULL", (200, 201, 204)),
        ("RESTRICTED", (200, 201, 403)),
        ("READ_ONLY", (200, 403, 403)),
        ("NONE", (403, 403, 403)),
    ],
)
async def test_a_role_decides_about_reading_writing_and_deleting(
    bare: Bare, role: str, statuses: tuple[int, ...]
) -> None:
    made = await bare.created("purchase_invoices", bare.invoice())
    bare.person = "ira"
    bare.state.set_role(TRADING, "ira", role)

    read = await bare.get("purchase_invoices")
    written = await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()})
    deleted = await bare.delete(f"purchase_invoices/{made['id']}")

    assert (read.status, written.status, deleted.status) == statuses
    assert all(one.errors == [DENIED] for one in (read, written, deleted) if one.status == 403)


async def test_access_is_by_area(bare: Bare) -> None:
    bare.person = "ira"
    bare.state.set_access(TRADING, "ira", Area.PURCHASES, Level.READ_ONLY)

    invoice = await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()})
    sale = await bare.post("sales_invoices", {"sales_invoice": bare.sale()})

    assert (invoice.status, sale.status) == (403, 201)


async def test_contacts_are_told_even_to_who_has_no_access_to_them(bare: Bare) -> None:
    bare.person = "rae"

    assert (await bare.get("contacts")).status == 200
    assert (await bare.get("ledger_accounts")).status == 403


async def test_the_smallest_plan_has_no_purchase_invoices_of_its_own_making(bare: Bare) -> None:
    bare.business = STUDIO

    refused = [
        await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()}),
        await bare.get("analysis_types"),
        await bare.post("contact_allocations", {}),
    ]
    taken = await bare.post("sales_invoices", {"sales_invoice": bare.sale()})

    assert [one.status for one in refused] == [403, 403, 403]
    assert taken.status == 201
    assert (await bare.get("purchase_invoices")).status == 200


# Addresses and bodies


async def test_addresses_and_methods_that_there_are_not(bare: Bare) -> None:
    unknown, method = await bare.get("customers"), await bare.send("PUT", "tax_rates", {})
    key = await bare.get("contacts/e9578549eaec11e7b587065b8ec10ed1")

    assert [one.status for one in (unknown, method, key)] == [404, 405, 404]
    assert key.errors == [("RecordNotFound", "Couldn't find record.", "")]


async def test_what_is_no_json_is_refused(bare: Bare) -> None:
    kind = {"Content-Type": "application/json"}
    broken = await bare.send("POST", "contacts", b"{", headers=kind)
    listed = await bare.send("POST", "contacts", b"[]", headers=kind)
    bare_object = await bare.post("contacts", {"name": "New"})
    form = await bare.send("POST", "contacts", b"name=x", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert [one.status for one in (broken, listed, bare_object, form)] == [400, 422, 422, 415]
    assert bare_object.errors == [("Validation", "contact is missing", "contact")]


async def test_amounts_are_text_unless_the_business_is_told_otherwise(bare: Bare) -> None:
    as_text = await bare.read("tax_rates/GB_STANDARD")
    bare.state.set_numbers_as_text(TRADING, as_text=False)
    as_number = await bare.read("tax_rates/GB_STANDARD")

    assert (as_text["percentage"], as_number["percentage"]) == ("20.0", 20)


# Only once


async def test_the_same_key_writes_once_for_a_week(bare: Bare, clock: FakeClock) -> None:
    body = {"purchase_invoice": bare.invoice(idempotency_id=KEY)}

    first, again = await bare.post("purchase_invoices", body), await bare.post("purchase_invoices", body)
    clock.instant += timedelta(days=7)
    later = await bare.post("purchase_invoices", body)

    assert first.body == again.body
    assert [one.status for one in (first, again, later)] == [201, 201, 201]
    assert len(bare.state.purchase_invoices()) == 2


async def test_a_key_of_another_request_is_refused(bare: Bare) -> None:
    await bare.created("purchase_invoices", bare.invoice(idempotency_id=KEY))

    refused = await bare.refused("purchase_invoices", bare.invoice(idempotency_id=KEY, reference="other"))

    assert refused.sources == ["idempotency_id"]


@pytest.mark.parametrize("key", ["c3a8adaa-26da-f36e-02f3-c672b69e3323", "x" * 32, "abc", 5])
async def test_a_key_is_32_figures_without_hyphens(bare: Bare, key: object) -> None:
    refused = await bare.refused("purchase_invoices", bare.invoice(idempotency_id=key))

    assert refused.errors[0][0] == "Validation"


async def test_a_refusal_is_not_kept_for_its_key(bare: Bare) -> None:
    await bare.refused("purchase_invoices", bare.invoice(idempotency_id=KEY, contact_id="nobody"))

    await bare.created("purchase_invoices", bare.invoice(idempotency_id=KEY))


# Too often


async def test_calls_are_counted_by_the_minute_and_business(bare: Bare, clock: FakeClock) -> None:
    bare.state.meter.limits.per_minute = 2
    replies = [await bare.get("financial_settings") for _ in range(3)]
    elsewhere = await bare.send("GET", "financial_settings", headers={"X-Business": IRELAND})
    clock.instant += timedelta(seconds=61)

    assert [reply.status for reply in replies] == [200, 200, 429]
    assert "Retry-After" not in replies[2].headers
    assert elsewhere.status == 200
    assert (await bare.get("financial_settings")).status == 200


async def test_the_figures_are_those_of_the_vendor(bare: Bare) -> None:
    limits = bare.state.meter.limits

    assert (limits.per_minute, limits.app_at_once, limits.app_per_day) == (100, 150, 1_296_000)


async def test_the_app_has_a_day_and_so_many_calls_at_once(bare: Bare) -> None:
    bare.state.meter.limits.app_per_day = 1
    first, second = await bare.get("financial_settings"), await bare.get("financial_settings")
    bare.state.meter.forget()
    bare.state.meter.limits.app_at_once = 0

    assert (first.status, second.status, (await bare.get("financial_settings")).status) == (200, 429, 429)


# Bad days


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.ERROR_BEFORE, 500), (Fault.UNAVAILABLE, 503), (Fault.TOO_MANY, 429), (Fault.TOO_LARGE, 413)],
)
async def test_nothing_is_written_by_a_call_that_fails_before(bare: Bare, fault: Fault, status: int) -> None:
    bare.state.fail_next(fault)

    reply = await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()})

    assert reply.status == status
    assert bare.state.purchase_invoices() == []


async def test_an_unexpected_error_may_come_after_the_work(bare: Bare) -> None:
    bare.state.fail_next(Fault.ERROR_AFTER, method="POST", path="*/purchase_invoices")

    reply = await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()})

    assert (reply.status, reply.errors) == (500, [("UnexpectedError", "An unexpected error occurred.", "")])
    assert len(bare.state.purchase_invoices()) == 1


async def test_what_is_never_answered_is_written(bare: Bare) -> None:
    bare.state.fail_next(Fault.HANG_AFTER, method="POST")

    bare.state.released.set()

    with pytest.raises(aiohttp.ClientError):
        await bare.post("purchase_invoices", {"purchase_invoice": bare.invoice()})

    assert len(bare.state.purchase_invoices()) == 1


async def test_lists_may_show_new_documents_late(bare: Bare, clock: FakeClock) -> None:
    bare.state.misbehaviour.late_list_seconds = 60
    made = await bare.created("purchase_invoices", bare.invoice())

    hidden = await bare.items("purchase_invoices")
    read = await bare.get(f"purchase_invoices/{made['id']}")
    clock.instant += timedelta(seconds=61)

    assert (hidden, read.status, len(await bare.items("purchase_invoices"))) == ([], 200, 1)


JUNK: tuple[Any, ...] = (
    None,
    5,
    -1.5,
    1e30,
    True,
    "x",
    "",
    "2026-02-30",
    [],
    ["x"],
    [[]],
    {},
    {"id": {}},
    [{}],
    [{"id": 1}],
    [None],
)


@pytest.mark.parametrize("plural", list(SINGULARS))
async def test_whatever_is_sent_is_answered(bare: Bare, plural: str) -> None:
    bare.state.meter.limits.per_minute = None
    invoice = await bare.created("purchase_invoices", bare.invoice())
    good = {
        "purchase_invoices": bare.invoice(currency_id="GBP", exchange_rate=1, status_id="UNPAID", notes="n"),
        "purchase_credit_notes": bare.credit(original_invoice_date="2026-03-01"),
        "purchase_quick_entries": bare.entry(total_amount=120, details="d", inverse_exchange_rate=1),
        "sales_invoices": bare.sale(bare.sold(discount_amount=1, product_id=None), status_id="DRAFT"),
        "sales_credit_notes": {**bare.credit(bare.sold()), "contact_id": bare.sale()["contact_id"]},
        "sales_quick_entries": bare.entry(),
        "other_payments": bare.spend(payment_method_id="CASH", reference="r"),
        "contact_payments": bare.payment((invoice, 1), total=1, currency_id="GBP", exchange_rate=1),
        "contact_allocations": {
            "transaction_type_id": "VENDOR_ALLOCATION",
            "contact_id": invoice["contact"]["id"],
            "date": "2026-03-02",
            "allocated_artefacts": [{"artefact_id": invoice["id"], "amount": 1}],
        },
        "attachments": {
            "file": "JVBERg==",
            "file_name": "a.pdf",
            "mime_type": "application/pdf",
            "attachment_context_id": invoice["id"],
            "attachment_context_type_id": "PURCHASE_INVOICE",
        },
        "contacts": {"name": "New", "contact_type_ids": ["VENDOR"], "currency_id": "GBP", "reference": None},
        "analysis_type_categories": {
            "name": "New",
            "code": "09",
            "analysis_type_id": bare.id_of("analysis_types", "Project"),
        },
    }[plural]
    bodies: list[Any] = [{**good, name: junk} for name in good for junk in JUNK]
    for key in ("invoice_lines", "credit_note_lines", "payment_lines", "allocated_artefacts"):
        (line, *_) = good.get(key) or [{}]
        names = (*line, "analysis_type_categories", "unit_price_includes_tax", "product_id") if line else ()
        bodies += [{**good, key: [{**line, name: junk}]} for name in names for junk in JUNK]

    answers = {(await bare.post(plural, {SINGULARS[plural]: body})).status for body in (*bodies, *JUNK)}

    assert answers <= {201, 404, 422}
