"""What goes out to Xero and what its headers tell the budget."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.books import BillRights, Contact, ListKind
from bot.domain.budgets import LONGEST_PAUSE
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from bot.domain.settings import PaymentStatus
from providers.base import Access, ClientConfig
from providers.errors import OutcomeUnknownError, ProviderChangedError, ProviderError, TryLaterError
from providers.http import LARGEST_ANSWER, Caller
from providers.xero import PROFILE
from providers.xero.adapter import XeroProvider
from providers.xero.simulator import TRADING
from tests.contract.far_end import a_bill
from tests.contract.xero import XeroFarEnd
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

ACCESS = Access(access_token="t", tenant_id="org")

# Against the simulator


async def test_bills_are_created_and_never_overwritten(xero: XeroFarEnd) -> None:
    await xero.create(a_bill("A"), key="the-key")

    (call,) = xero.state.calls
    assert (call.method, call.path) == ("PUT", "/api.xro/2.0/Invoices")
    assert call.query == {"summarizeErrors": "false", "unitdp": "4"}
    assert call.headers["Idempotency-Key"] == "the-key"
    assert call.headers["xero-tenant-id"] == TRADING


async def test_what_xero_says_is_left_reaches_the_budget_of_that_organisation(xero: XeroFarEnd) -> None:
    await xero.provider.list_page(xero.access, ListKind.CURRENCIES, None)
    await xero.create(a_bill("A"))

    assert xero.budget.left == [(TRADING, 59, 4999), (TRADING, 58, 4998)]
    assert xero.budget.asked_for == [TRADING, TRADING]


async def test_contacts_changed_since_an_instant_come_alone_and_archived_ones_too(xero: XeroFarEnd) -> None:
    books = xero.state.books[TRADING]
    since = books.instant()
    await xero.clock.advance(60)
    changed = dict(next(iter(books.contacts.values())))
    books.save_contact({**changed, "ContactStatus": "ARCHIVED"})

    page = await xero.provider.list_page(xero.access, ListKind.CONTACTS, None, since=since)

    (contact,) = page.entries
    assert isinstance(contact, Contact)
    assert (contact.provider_id, contact.is_active) == (changed["ContactID"], False)


async def test_a_429_pauses_the_organisation_for_as_long_as_xero_says(xero: XeroFarEnd) -> None:
    xero.be_busy(42)

    with pytest.raises(TryLaterError) as refused:
        await xero.provider.list_page(xero.access, ListKind.CURRENCIES, None)

    assert xero.budget.pauses == [(TRADING, 42)]
    assert (refused.value.after_seconds, refused.value.scope) == (42, "minute")


async def test_a_search_is_one_call_for_many_markers(xero: XeroFarEnd) -> None:
    bills = [a_bill(str(number)) for number in range(20)]
    await xero.create(*bills)

    found = await xero.find(*bills)

    assert set(found) == {bill.marker for bill in bills}
    assert len(xero.state.calls_to("GET", "/Invoices")) == 1


async def test_as_many_bills_are_read_at_a_time_as_are_written(xero: XeroFarEnd) -> None:
    outcomes = [*await xero.create(*(a_bill(str(number)) for number in range(50))), *await xero.create(a_bill("50"))]
    ids = [outcome.ledger_id for outcome in outcomes if isinstance(outcome, Accepted)]

    found = await xero.provider.read(xero.access, "Invoices", ids)

    assert sorted(found) == sorted(ids)
    assert len(xero.state.calls_to("GET", "/Invoices")) == 2


async def test_a_draft_whose_account_was_dropped_is_accepted_with_the_warning(xero: XeroFarEnd) -> None:
    bill = a_bill("A", status=PaymentStatus.DRAFT, lines=(replace(a_bill("x").lines[0], account_code="999"),))

    (outcome,) = await xero.create(bill)

    assert isinstance(outcome, Accepted)
    assert "has been removed as it does not match" in outcome.warnings[0]


async def test_books_are_read_where_xero_does_not_tell_what_is_allowed(xero: XeroFarEnd) -> None:
    """Some plans answer 403 there; then what is allowed is learnt from refusals."""
    answers = Scripted({"/Organisation": (200, {"Organisations": [{"OrganisationID": "o", "Name": "N"}]})})
    async with answers.provider(xero.clock) as provider:
        books = await provider.books(ACCESS)

    assert (books.name, books.bill_rights) == ("N", BillRights.UNTOLD)


# Against a server that answers what a simulator would not


@dataclass(slots=True)
class Scripted:
    """Answers by path with a status and a body; 403 elsewhere."""

    answers: dict[str, tuple[int, Any]]
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    budget: Unlimited = field(default_factory=Unlimited)

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append(request.path)
        status, body = self.answers.get(request.path.removeprefix("/api.xro/2.0"), (403, {"Detail": "no"}))
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=self.headers)
        return web.json_response(body, status=status, headers=self.headers)

    @asynccontextmanager
    async def provider(self, clock: FakeClock) -> AsyncIterator[XeroProvider]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.answer)
        async with TestServer(app) as server, aiohttp.ClientSession() as session:
            base = f"http://127.0.0.1:{server.port}"
            config = ClientConfig(client_id="c", client_secret="s", **{**PROFILE.addresses, "api_url": base})
            yield XeroProvider(config, Caller(session, clock, self.budget), clock)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b"<html>We'll be right back</html>", OutcomeUnknownError),
        (200, b'{"Invoices": [{"InvoiceID"', OutcomeUnknownError),
        (200, b"", OutcomeUnknownError),
        (502, b"bad gateway", OutcomeUnknownError),
        (503, b"", OutcomeUnknownError),
        (200, {"Status": "OK"}, ProviderChangedError),
        (200, {"Invoices": [{"StatusAttributeString": "OK"}]}, ProviderChangedError),
    ],
)
async def test_of_a_write_an_answer_without_outcomes_leaves_it_open(
    clock: FakeClock, status: int, body: Any, error: type[ProviderError]
) -> None:
    answers = Scripted({"/Invoices": (status, body)})
    async with answers.provider(clock) as provider:
        with pytest.raises(ProviderError) as raised:
            await provider.create(ACCESS, "Invoices", b"{}", idempotency_key="k")

    assert type(raised.value) is error
    assert len(answers.seen) == 1


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [(200, b"<html>", ProviderChangedError), (200, [], ProviderChangedError), (503, b"", TryLaterError)],
)
async def test_of_a_read_the_same_is_tried_again_or_told(
    clock: FakeClock, status: int, body: Any, error: type[ProviderError]
) -> None:
    async with Scripted({"/Accounts": (status, body)}).provider(clock) as provider:
        with pytest.raises(ProviderError) as raised:
            await provider.list_page(ACCESS, ListKind.ACCOUNTS, None)

    assert type(raised.value) is error


async def test_errors_inside_a_success_are_refusals(clock: FakeClock) -> None:
    elements = [
        {"InvoiceID": "1", "HasErrors": True, "ValidationErrors": [{"Message": "Invoice # must be unique."}]},
        {"InvoiceID": "2", "StatusAttributeString": "ERROR"},
        {"InvoiceID": "3", "ValidationErrors": [{"Message": "Something new"}]},
        {"InvoiceID": "4", "Warnings": [{"Message": "Mind the gap"}]},
    ]
    async with Scripted({"/Invoices": (200, {"Invoices": elements})}).provider(clock) as provider:
        outcomes = await provider.create(ACCESS, "Invoices", b"{}", idempotency_key="k")

    codes = [outcome.problem.code for outcome in outcomes if isinstance(outcome, Refused)]
    assert codes == [ProblemCode.NUMBER_TAKEN, ProblemCode.NOT_UNDERSTOOD, ProblemCode.NOT_UNDERSTOOD]
    assert outcomes[3] == Accepted(ledger_id="4", warnings=("Mind the gap",))


async def test_one_entry_of_another_form_is_named_and_does_not_cost_the_list(clock: FakeClock) -> None:
    good = {"AccountID": str(UUID(int=1)), "Code": "1", "Name": "Good", "Class": "EXPENSE", "Status": "ACTIVE"}
    accounts = [good, {**good, "Name": "Odd", "Class": "FUTURE"}, "nonsense", {"Name": "Without a class"}]
    async with Scripted({"/Accounts": (200, {"Accounts": accounts})}).provider(clock) as provider:
        page = await provider.list_page(ACCESS, ListKind.ACCOUNTS, None)

    assert [entry.name for entry in page.entries] == ["Good"]
    assert [found.words.split(" (")[0] for found in page.unreadable] == [
        "accounts: Odd",
        "accounts: an entry",
        "accounts: Without a class",
    ]


async def test_an_answer_that_is_too_large_or_too_deep_is_not_asked_for_again(clock: FakeClock) -> None:
    for body in (b" " * (LARGEST_ANSWER + 1), b"[" * 100_000):
        async with Scripted({"/Accounts": (200, body)}).provider(clock) as provider:
            with pytest.raises(ProviderChangedError):
                await provider.list_page(ACCESS, ListKind.ACCOUNTS, None)


async def test_a_retry_after_may_be_a_date(clock: FakeClock) -> None:
    later = (clock.now() + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    headers = {"Retry-After": later, "X-Rate-Limit-Problem": "day"}
    answers = Scripted({"/Accounts": (429, b"")}, headers=headers)
    async with answers.provider(clock) as provider:
        with pytest.raises(TryLaterError) as refused:
            await provider.list_page(ACCESS, ListKind.ACCOUNTS, None)

    assert (refused.value.after_seconds, refused.value.scope) == (90, "day")


@pytest.mark.parametrize("asked", ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_a_retry_after_of_years_is_heard_again_after_a_day(clock: FakeClock, asked: str) -> None:
    """Limits are of a day at most; by a clock that is wrong a date may be far away."""
    answers = Scripted({"/Accounts": (429, b"")}, headers={"Retry-After": asked})
    async with answers.provider(clock) as provider:
        with pytest.raises(TryLaterError) as refused:
            await provider.list_page(ACCESS, ListKind.ACCOUNTS, None)

    assert refused.value.after_seconds == LONGEST_PAUSE.total_seconds()
