"""What our adapter makes of a Sage that differs: by who signed in, by plan, by country, by what is switched on."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.booking import taken_by
from bot.domain.books import Capability, Contact, Currency, ListEntry, ListKind, Product, TrackingCategory
from bot.domain.ledger_documents import LedgerDocument, differences
from bot.domain.postings import USUAL_KINDS, Payment, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from bot.domain.settings import PaymentStatus
from providers.base import Access
from providers.errors import PersonNeededError, ProviderChangedError, ReconnectNeededError, TryLaterError
from providers.http import Caller
from providers.sage import PROFILE, mapping
from providers.sage.adapter import SageProvider
from providers.sage.resources import SINGULARS
from providers.sage.simulated.charts import RATES
from providers.sage.simulator import IRELAND, STUDIO, TRADING, Area, Fault, Level
from tests.contract.sage import SageFarEnd, category, config_of, sage_far_end
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited


@pytest.fixture
async def far(clock: FakeClock) -> AsyncIterator[SageFarEnd]:
    async with sage_far_end(clock) as far:
        yield far


def access_of(far: SageFarEnd, person: str, business: str = TRADING) -> Access:
    return Access(access_token=far.state.grant(person)["access_token"], tenant_id=business)


async def entries(far: SageFarEnd, kind: ListKind, access: Access | None = None, **since: Any) -> list[ListEntry]:
    found: list[ListEntry] = []
    page = None
    while True:
        answer = await far.provider.list_page(access or far.access, kind, page, **since)
        found, page = [*found, *answer.entries], answer.next_page
        if page is None:
            return found


# Whose business it is


async def test_an_answer_for_another_business_is_not_believed_whether_read_or_written(
    far: SageFarEnd, clock: FakeClock
) -> None:
    """Without the header Sage answers for the business that the person leads, and nothing says that it is another one."""

    async def elsewhere(request: web.Request) -> web.Response:
        record: dict[str, Any] = {"id": "1", "displayed_as": "B-1", "$items": [], "$next": None}
        return web.json_response(record, headers={"X-Business": IRELAND})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        config = replace(config_of(far.state), api_url=f"http://127.0.0.1:{server.port}")
        provider = SageProvider(config, Caller(session, clock, Unlimited()), clock)
        bill = far.a_bill("A", contact_id="1")

        with pytest.raises(ProviderChangedError, match="another business"):
            await provider.books(far.access)
        with pytest.raises(ProviderChangedError, match="another business"):
            await provider.create(far.access, "purchase_invoices", provider.render([bill]), idempotency_key="k")


async def test_every_call_about_a_business_says_which(far: SageFarEnd) -> None:
    await far.create(far.a_bill("A"))
    await entries(far, ListKind.TRACKING_CATEGORIES)
    await far.provider.books(far.access)

    asked = {call.headers.get("X-Business") for call in far.state.calls if "/v3.1/" in call.path}
    assert asked == {TRADING}


async def test_a_person_who_lost_the_business_is_told_from_a_token_that_ran_out(far: SageFarEnd) -> None:
    access = access_of(far, "rae")
    far.books.users.drop(far.state.people["rae"].id)

    with pytest.raises(ReconnectNeededError) as refused:
        await far.provider.books(access)

    assert refused.value.problem.code is ProblemCode.ACCESS_REMOVED


async def test_a_lapsed_subscription_and_a_missing_right_refuse_the_whole_call(far: SageFarEnd) -> None:
    far.state.set_access(TRADING, "dana", Area.PURCHASES, Level.READ_ONLY)
    with pytest.raises(PersonNeededError) as refused:
        await far.create(far.a_bill("A"))
    assert refused.value.problem.code is ProblemCode.PERMISSION_MISSING

    far.state.set_lapsed(TRADING, is_lapsed=True)
    with pytest.raises(PersonNeededError) as refused:
        await far.create(far.a_bill("A"))
    assert refused.value.problem.code is ProblemCode.SUBSCRIPTION_LAPSED


# What the books are


async def test_books_say_their_country_currency_plan_and_lock_date(far: SageFarEnd) -> None:
    trading, studio = (
        await far.provider.books(far.access),
        await far.provider.books(access_of(far, "dana", STUDIO)),
    )

    assert (trading.name, trading.country, trading.base_currency) == ("Northwind Trading Ltd", "GB", "GBP")
    assert trading.plan == "Accounting Plus"
    assert (trading.lock_dates_known, str(trading.period_locked_to)) == (True, "2024-12-31")
    assert PROFILE.plan_limits[str(studio.plan)].startswith("This plan of Sage Accounting takes no purchase invoices")
    assert not taken_by(PROFILE.capabilities, studio.rules) & {Capability.BILLS, Capability.QUICK_ENTRIES}
    assert taken_by(PROFILE.capabilities, trading.rules) == PROFILE.capabilities


async def test_a_plan_without_purchase_invoices_is_told_from_a_right_that_somebody_lacks(far: SageFarEnd) -> None:
    far.access = access_of(far, "dana", STUDIO)
    vendor = next(one for one in far.state.books[STUDIO].standing("contacts") if one["name"] == "Central Copiers")

    (outcome,) = await far.create(far.a_bill("A", contact_id=vendor["id"]))

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.PLAN_LACKS_IT


async def test_who_may_not_read_the_settings_knows_no_lock_date_and_the_countrys_currency(far: SageFarEnd) -> None:
    far.state.set_access(TRADING, "ira", Area.SETTINGS, Level.NONE)

    books = await far.provider.books(access_of(far, "ira"))

    assert (books.base_currency, books.lock_dates_known, books.period_locked_to) == ("GBP", False, None)


@pytest.mark.parametrize(("country", "taxes_costs"), [("GB", True), ("IE", True), ("CA", True), ("US", False)])
def test_costs_have_tax_rates_everywhere_but_in_the_united_states(country: str, *, taxes_costs: bool) -> None:
    business = {"id": "1", "name": "Northwind", "country": {"id": country}}

    books = mapping.books_of(business, None)

    assert (books.rules.taxes_costs, books.rules.taxes_sales, books.rules.parts_contacts) == (taxes_costs, True, True)


async def test_a_business_of_one_currency_has_only_its_own(far: SageFarEnd) -> None:
    several = await entries(far, ListKind.CURRENCIES)
    one = await entries(far, ListKind.CURRENCIES, access_of(far, "dana", IRELAND))

    assert {entry.code for entry in several if isinstance(entry, Currency)} >= {"GBP", "EUR", "USD"}
    assert [entry.code for entry in one if isinstance(entry, Currency)] == ["EUR"]


async def test_currencies_are_told_with_the_business_s_own_rates(far: SageFarEnd) -> None:
    listed = {entry.code: entry for entry in await entries(far, ListKind.CURRENCIES) if isinstance(entry, Currency)}

    assert {code: str(each.rate) for code, each in listed.items() if each.rate is not None} == RATES
    assert all(each.rated_on is not None for each in listed.values() if each.rate is not None)
    assert listed["GBP"].rate is None


async def test_who_may_not_read_the_rates_has_the_currencies_without(far: SageFarEnd) -> None:
    far.state.set_access(TRADING, "ira", Area.SETTINGS, Level.NONE)

    found = await entries(far, ListKind.CURRENCIES, access_of(far, "ira"))

    assert {entry.rate for entry in found if isinstance(entry, Currency)} == {None}


# Analysis


async def test_analysis_types_that_are_on_for_documents_are_tracking_categories(far: SageFarEnd) -> None:
    """Those of customers, of suppliers and of nothing are not on documents."""
    found = await entries(far, ListKind.TRACKING_CATEGORIES)

    named = {
        entry.name: [option.name for option in entry.options] for entry in found if isinstance(entry, TrackingCategory)
    }
    assert named == {
        "Department": ["Administration", "Sales", "Workshop"],
        "Cost Centre": ["London", "Manchester", "York"],
    }


async def test_who_may_not_see_analysis_types_and_plans_without_them_have_none(far: SageFarEnd) -> None:
    far.state.set_access(TRADING, "ira", Area.SETTINGS, Level.NONE)

    assert await entries(far, ListKind.TRACKING_CATEGORIES, access_of(far, "ira")) == []
    assert await entries(far, ListKind.TRACKING_CATEGORIES, access_of(far, "dana", STUDIO)) == []


@pytest.mark.parametrize("kind", USUAL_KINDS)
async def test_categories_of_analysis_types_stand_on_lines_and_read_back(far: SageFarEnd, kind: PostingKind) -> None:
    posting = far.a_posting(kind, "A")
    line = replace(posting.lines[0], tracking=(category("Department", "Workshop"),))
    posting = replace(
        posting, lines=(line, replace(line, tracking=())), net=Decimal(200), tax=Decimal(40), gross=Decimal(240)
    )

    (outcome,) = await far.create(posting)

    assert isinstance(outcome, Accepted), outcome
    found = (await far.read(posting, outcome.ledger_id))[outcome.ledger_id]
    assert differences(posting, found) == ()
    assert isinstance(found, LedgerDocument)
    assert found.options == (line.tracking[0].option,)


async def test_a_quick_entry_has_one_category_of_each_analysis_type(far: SageFarEnd) -> None:
    posting = far.a_posting(PostingKind.QUICK_SALE, "A")
    line = replace(posting.lines[0], tracking=(category("Department", "Workshop"),))
    posting = replace(posting, lines=(line,))

    (outcome,) = await far.create(posting)

    (entry,) = far.state.documents("sales_quick_entries")
    assert isinstance(outcome, Accepted), outcome
    assert (entry["net_amount"], entry["tax_amount"], entry["reference"]) == (100, 20, "A")
    assert [one["displayed_as"] for one in entry["analysis_type_categories"]] == ["Workshop"]
    found = (await far.read(posting, outcome.ledger_id))[outcome.ledger_id]
    assert differences(posting, found) == ()


# Products


@pytest.mark.parametrize("kind", [kind for kind in USUAL_KINDS if not kind.is_of_bank])
async def test_products_services_and_stock_stand_on_lines_and_read_back(far: SageFarEnd, kind: PostingKind) -> None:
    found = [entry for entry in await entries(far, ListKind.PRODUCTS) if isinstance(entry, Product)]
    codes = {entry.number: entry.code for entry in found}
    for number in ("LAMP", "CONS", "PAPER"):
        posting = far.a_posting(kind, number)
        posting = replace(posting, lines=(replace(posting.lines[0], item_code=codes[number]),))

        (outcome,) = await far.create(posting)

        assert isinstance(outcome, Accepted), (number, outcome)
        read = (await far.read(posting, outcome.ledger_id))[outcome.ledger_id]
        assert differences(posting, read) == (), number


async def test_a_plan_without_stock_lists_its_products(far: SageFarEnd) -> None:
    found = await entries(far, ListKind.PRODUCTS, access_of(far, "dana", STUDIO))

    assert {entry.number for entry in found if isinstance(entry, Product)} == {"LAMP", "CHAIR", "CONS", "TRAIN"}


# Contacts


async def test_of_contacts_only_what_changed_is_told_and_what_was_deleted_as_inactive(far: SageFarEnd) -> None:
    far.clock.move_to(far.clock.now() + timedelta(minutes=1))
    since = far.clock.now()
    far.state.rename(TRADING, "Capital Cab Co", "Capital Cabs")
    far.clock.move_to(since + timedelta(seconds=10))
    far.state.delete_contact(TRADING, "Net Connect")

    found = await entries(far, ListKind.CONTACTS, since=since)

    assert {entry.name: entry.is_active for entry in found if isinstance(entry, Contact)} == {
        "Capital Cabs": True,
        "Net Connect": False,
    }


@pytest.mark.parametrize("kind", [PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY])
async def test_money_in_another_currency_is_never_booked_as_so_much_in_the_books_own(
    far: SageFarEnd, kind: PostingKind
) -> None:
    """Sage is told no currency of it, and would take 120 EUR for 120 GBP."""
    euros = replace(far.a_posting(kind, "M-1"), bank_account=far.bank_account(), currency="EUR")
    pounds = replace(far.a_posting(kind, "M-2"), bank_account=far.bank_account())

    refused, booked = [outcome for posting in (euros, pounds) for outcome in await far.create(posting)]

    assert isinstance(refused, Refused)
    assert refused.problem.code is ProblemCode.CURRENCIES_MIXED
    assert isinstance(booked, Accepted)
    assert [one["reference"] for one in far.state.documents("other_payments")] == ["M-2"]


async def test_a_new_supplier_is_made_once_and_one_of_the_documents_currency_is_taken_first(far: SageFarEnd) -> None:
    new = [far.a_bill(number, contact_name="Paper & Ink Ltd") for number in ("A", "B")]
    outcomes = await far.create(*new)
    named = [one for one in far.books.standing("contacts") if one["name"] == "Paper & Ink Ltd"]

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert len(named) == 1

    (outcome,) = await far.create(far.a_bill("C", contact_name="dublin  PRINT works", currency="EUR"))
    assert isinstance(outcome, Accepted)
    assert far.state.purchase_invoices()[-1]["contact_name"] == "Dublin Print Works"


async def test_a_new_supplier_that_lists_do_not_show_yet_is_not_made_again(far: SageFarEnd) -> None:
    far.state.misbehaviour.late_list_seconds = 9

    outcomes = await far.create(*(far.a_bill(number, contact_name="Paper & Ink Ltd") for number in ("A", "B")))

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert len([one for one in far.books.standing("contacts") if one["name"] == "Paper & Ink Ltd"]) == 1


async def test_a_supplier_that_was_found_is_not_looked_for_again_until_somebody_takes_it_away(far: SageFarEnd) -> None:
    await far.create(far.a_bill("A"), far.a_bill("B"))
    asked = far.state.calls_to("GET", "/contacts")
    assert len(asked) == 1

    far.state.delete_contact(TRADING, "Central Copiers")
    (outcome,) = await far.create(far.a_bill("C"))

    assert isinstance(outcome, Accepted)
    assert far.standing() == ["A", "B", "C"]
    assert len({bill["contact"]["id"] for bill in far.state.purchase_invoices()}) == 2


async def test_a_new_supplier_that_was_deleted_the_same_day_is_made_anew(far: SageFarEnd) -> None:
    """Sage gives the first answer again for the same key, whatever became of whom it made."""
    await far.create(far.a_bill("A", contact_name="Paper & Ink Ltd"))
    far.state.delete_contact(TRADING, "Paper & Ink Ltd")

    outcomes = await far.create(*(far.a_bill(number, contact_name="Paper & Ink Ltd") for number in ("B", "C")))

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    assert len([one for one in far.books.standing("contacts") if one["name"] == "Paper & Ink Ltd"]) == 1


async def test_a_lost_answer_about_a_new_supplier_sends_no_bill_and_makes_no_second_one(far: SageFarEnd) -> None:
    bill = far.a_bill("A", contact_name="Paper & Ink Ltd")
    far.state.fail_next(Fault.RESET_AFTER, method="POST", path="*/contacts")
    with pytest.raises(TryLaterError):
        await far.create(bill, key="k")
    assert far.standing() == []

    (outcome,) = await far.create(bill, key="k")

    assert isinstance(outcome, Accepted)
    assert len([one for one in far.books.standing("contacts") if one["name"] == "Paper & Ink Ltd"]) == 1


# Payments


async def test_a_payment_of_ours_that_stands_there_is_the_one_whatever_becomes_of_keys(far: SageFarEnd) -> None:
    bill = replace(far.a_bill("A"), status=PaymentStatus.PAID)
    (outcome,) = await far.create(bill)
    assert isinstance(outcome, Accepted)
    payment = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=outcome.ledger_id,
        marker="B-1",
        bank_account=far.bank_account(),
        paid_on=bill.issued_on,
        amount=bill.gross,
        currency=bill.currency,
    )
    (first,) = await far.create(payment)
    far.state.forget_idempotency_keys()

    (again,) = await far.create(payment)
    (other,) = await far.create(replace(payment, marker="B-2"))

    assert again == first
    assert isinstance(other, Refused)
    assert other.problem.code is ProblemCode.PAYMENT_SETTLED
    assert len(far.state.documents("contact_payments")) == 1


# Keys


async def test_each_record_is_sent_with_a_key_as_the_guide_has_it_and_files_without(far: SageFarEnd) -> None:
    await far.create(far.a_bill("A", contact_name="Somebody New"), far.a_bill("B"), key="k")

    calls = [call for call in far.state.calls if call.method == "POST" and "/v3.1/" in call.path]
    keys = [_key_in(call.body) for call in calls]
    assert len(set(keys)) == len(keys) == 3
    assert all(len(key) == 32 and int(key, 16) for key in keys)


def _key_in(body: bytes) -> str:
    (record,) = json.loads(body).values()
    return str(record["idempotency_id"])


def test_every_resource_that_is_written_has_its_singular() -> None:
    assert all(plural in (f"{one}s", f"{one.removesuffix('y')}ies") for plural, one in SINGULARS.items())
