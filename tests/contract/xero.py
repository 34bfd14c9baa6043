"""Xero as a far end: our adapter over real HTTP against the simulator, every call judged by Xero's own documents."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from bot.domain.books import ListKind
from bot.domain.postings import Posting
from bot.domain.problems import ProblemCode
from bot.domain.publishing import StepKind
from providers.base import Access, ClientConfig
from providers.xero.adapter import XeroProvider
from providers.xero.simulated import payments
from providers.xero.simulated.acting import SOMEBODY
from providers.xero.simulated.seed import new_contact, stable_id
from providers.xero.simulator import TRADING, Fault, XeroState, create_app
from tests.contract.impatient import impatient
from tests.contract.lists import ListsFarEnd
from tests.contract.losing import LosingFarEnd, Written
from tests.contract.signing_in import REDIRECT, SigningInFarEnd
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

LOST = (Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HANG_AFTER, Fault.HALF_ANSWER, Fault.HTML)
BANK_ACCOUNTS = {"GBP": "090", "EUR": "092"}


def _coded(account: str = "429", tax: str = "INPUT2") -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], account_code=account, tax_code=tax),))


def _named(product: str) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], item_code=product),))


def _taxed(amount: str) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], tax=Decimal(amount)),))


def _changed(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, **changes)


CAUSES: dict[str, tuple[Callable[[Posting], Posting], ProblemCode]] = {
    "archived account": (_coded(account="426"), ProblemCode.ACCOUNT_ARCHIVED),
    "unknown account": (_coded(account="999"), ProblemCode.ACCOUNT_NOT_VALID),
    "bank account": (_coded(account="090"), ProblemCode.ACCOUNT_NOT_VALID),
    "no account": (_coded(account=""), ProblemCode.ACCOUNT_MISSING),
    "tax of sales": (_coded(tax="OUTPUT2"), ProblemCode.TAX_NOT_USABLE),
    "archived tax rate": (_coded(tax="SRINPUT"), ProblemCode.TAX_RATE_GONE),
    "unknown product": (_named("GONE"), ProblemCode.PRODUCT_NOT_VALID),
    "tax above the net": (_taxed("200.00"), ProblemCode.TOTALS_DIFFER),
    "closed year": (_changed(issued_on=date(2008, 3, 1)), ProblemCode.PERIOD_LOCKED),
    "archived contact": (_changed(contact_name="Bluebird Couriers"), ProblemCode.CONTACT_ARCHIVED),
    "no contact": (_changed(contact_name=""), ProblemCode.CONTACT_MISSING),
    "other currency": (_changed(currency="CHF"), ProblemCode.CURRENCY_NOT_ENABLED),
    "no lines": (_changed(lines=()), ProblemCode.FIELD_MISSING),
    "no address": (_changed(marker="nowhere"), ProblemCode.FIELD_NOT_VALID),
}
"""What makes a fresh Northwind Trading Ltd refuse a bill, and how our product should call it."""


class XeroFarEnd(SigningInFarEnd, ListsFarEnd, LosingFarEnd):
    """All three parts. `budget` remembers what Xero said of its limits."""

    state: XeroState
    long_list = ListKind.CONTACTS
    writes: ClassVar[Mapping[StepKind, Written]] = {
        StepKind.DOCUMENT: Written(method="PUT", path="*/Invoices"),
        StepKind.ATTACHMENT: Written(method="PUT", path="*/Attachments/*"),
        StepKind.PAYMENT: Written(method="PUT", path="*/Payments"),
    }

    def __init__(self, provider: XeroProvider, state: XeroState, clock: FakeClock, budget: Unlimited) -> None:
        self.provider, self.state, self.clock, self.budget = provider, state, clock, budget
        self.access = self.access_of("dana")

    def access_of(self, person: str) -> Access:
        return Access(access_token=self.state.grant(person)["access_token"], tenant_id=TRADING)

    # Signing in

    async def allow(self, address: str) -> dict[str, str]:
        async with a_browser() as browser:
            page = await browser.open(address)
            page = await browser.press(page, person="dana")
            form = page.forms[0]
            fields = {**dict(form.form_values()), "decision": "allow"}
            url = f"{self.state.public_url}/identity/consent"
            async with browser.session.post(url, data=fields, allow_redirects=False) as answer:
                found = re.search(r"[?&]code=([^&]+)", answer.headers["Location"])
        assert found is not None
        return {"code": found[1]}

    # Lists

    def lengthen(self) -> int:
        books = self.state.books[TRADING]
        for number in range(2000 - len(books.contacts)):
            books.save_contact(new_contact(stable_id(f"{number}"), f"Supplier {number}", books.now()))
        return 2000

    # Writing

    def standing(self) -> list[str]:
        return [str(bill["InvoiceNumber"]) for bill in self.state.bills()]

    def void(self, number: str) -> None:
        books = self.state.books[TRADING]
        for bill in self.state.bills():
            if bill["InvoiceNumber"] == number:
                books.save_invoice({**bill, "Status": "VOIDED"})

    def lose_answer(self, way: str) -> None:
        self.state.fail_next(way, method="PUT", path="*/Invoices")

    def fresh_access(self) -> Access:
        return self.access_of("dana")

    def count(self, write: StepKind, number: str) -> int:
        books = self.state.books[TRADING]
        documents = [bill["InvoiceID"] for bill in self.state.bills() if bill["InvoiceNumber"] == number]
        match write:
            case StepKind.ATTACHMENT:
                return sum(len(books.files(document)) for document in documents)
            case StepKind.PAYMENT:
                paid = [one for one in books.payments.values() if one["Status"] == "AUTHORISED"]
                return sum(one["Invoice"]["InvoiceID"] in documents for one in paid)
            case _:
                return len(documents)

    def drop_before(self) -> None:
        self.state.fail_next(Fault.RESET_BEFORE, method="PUT", path="*/Invoices")

    def lose_withdrawal(self, way: str | None) -> None:
        self.state.fail_next(way or Fault.RESET_BEFORE, method="POST", path="*/Invoices/*")

    def be_busy(self, seconds: int) -> float:
        self.state.fail_next(Fault.TOO_MANY, seconds=seconds)
        return seconds

    def expire_access(self) -> None:
        self.state.expire_access_tokens()
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))

    def withdraw(self) -> None:
        self.state.disconnect(TRADING)

    def bank_account(self, currency: str = "GBP") -> str:
        code = BANK_ACCOUNTS[currency]
        accounts = self.state.books[TRADING].accounts.values()
        return next(str(account["AccountID"]) for account in accounts if account.get("Code") == code)

    def pay(self, number: str) -> None:
        books = self.state.books[TRADING]
        (bill,) = (one for one in books.invoices.values() if one["InvoiceNumber"] == number)
        payment = {
            "Invoice": {"InvoiceID": bill["InvoiceID"]},
            "Account": {"AccountID": self.bank_account()},
            "Amount": 1,
        }
        assert not payments.write(books, SOMEBODY, payment).errors

    def change_total(self, number: str, gross: Decimal) -> None:
        books = self.state.books[TRADING]
        (bill,) = (one for one in books.invoices.values() if one["InvoiceNumber"] == number)
        books.save_invoice({**bill, "Total": gross})

    def close_books(self) -> None:
        self.state.set_lock_date(TRADING, year_end=date(2026, 12, 31))

    def refusal(self, cause: str, bill: Posting) -> Posting:
        return CAUSES[cause][0](bill)


@asynccontextmanager
async def xero_far_end(clock: FakeClock, *, patience_seconds: float = 0.3) -> AsyncIterator[XeroFarEnd]:
    state = XeroState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(REDIRECT,))
    async with impatient(state, create_app(state), clock, seconds=patience_seconds) as (caller, budget):
        yield XeroFarEnd(XeroProvider(config_of(state), caller, clock), state, clock, budget)


def config_of(state: XeroState) -> ClientConfig:
    base = state.public_url
    return ClientConfig(
        client_id=state.grants.client_id,
        client_secret=state.grants.client_secret,
        auth_url=f"{base}/identity/connect/authorize",
        token_url=f"{base}/connect/token",
        revoke_url=f"{base}/connect/revocation",
        api_url=base,
        web_url=base,
    )
