"""QuickBooks Online as a far end: our adapter over real HTTP against the simulator, every call judged by Intuit's schema."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from bot.domain.books import ListKind
from bot.domain.postings import Posting
from bot.domain.problems import ProblemCode
from bot.domain.publishing import StepKind
from providers.base import Access, ClientConfig
from providers.http import DEFAULT_WAIT_SECONDS
from providers.quickbooks.adapter import QuickBooksProvider
from providers.quickbooks.simulated.payments import BillPaymentWriter
from providers.quickbooks.simulated.purchases import BillWriter
from providers.quickbooks.simulated.seed import new_name
from providers.quickbooks.simulator import TRADING, Fault, QuickBooksState, create_app
from tests.contract.far_end import Codes
from tests.contract.impatient import impatient
from tests.contract.lists import ListsFarEnd
from tests.contract.losing import LosingFarEnd, Written
from tests.contract.signing_in import REDIRECT, SigningInFarEnd
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

LOST = (Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HANG_AFTER, Fault.HALF_ANSWER, Fault.HTML)
RATES = {"2": Decimal(20), "3": Decimal(5), "4": Decimal(0)}
CODES = Codes(
    cost="28",
    sale="20",
    cost_rates=RATES,
    sale_rates=RATES,
    suppliers={"GBP": "Central Copiers", "EUR": "Dublin Print Works"},
    customers={"GBP": "Boom FM", "EUR": "Paris Boutique"},
    sold="1",
    buyers=("16", "22"),
)
BANK_ACCOUNTS = {"GBP": "1", "EUR": "3"}


def _line(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], **changes),))


def _changed(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, **changes)


CAUSES: dict[str, tuple[Callable[[Posting], Posting], ProblemCode]] = {
    "inactive account": (_line(account_code="35"), ProblemCode.ACCOUNT_ARCHIVED),
    "unknown account": (_line(account_code="999"), ProblemCode.ACCOUNT_NOT_VALID),
    "creditors": (_line(account_code="9"), ProblemCode.ACCOUNT_NOT_VALID),
    "tax account": (_line(account_code="12"), ProblemCode.ACCOUNT_NOT_VALID),
    "no account": (_line(account_code=""), ProblemCode.ACCOUNT_MISSING),
    "no tax rate": (_line(tax_code=None), ProblemCode.TAX_MISSING),
    "inactive tax rate": (_line(tax_code="9"), ProblemCode.TAX_RATE_GONE),
    "unknown product": (_line(item_code="999"), ProblemCode.PRODUCT_NOT_VALID),
    "product that is only sold": (_line(item_code="1"), ProblemCode.PRODUCT_NOT_VALID),
    "inactive supplier": (_changed(contact_name="Bluebird Couriers"), ProblemCode.CONTACT_ARCHIVED),
    "no such supplier": (_changed(contact_id="999"), ProblemCode.CONTACT_ARCHIVED),
    "name of a customer": (_changed(contact_name="Boom FM"), ProblemCode.FIELD_NOT_VALID),
    "a customer": (_changed(contact_id="16"), ProblemCode.FIELD_NOT_VALID),
    "a customer of a line who is inactive": (_line(customer="21"), ProblemCode.FIELD_NOT_VALID),
    "a supplier whom a line is for": (_line(customer="4"), ProblemCode.FIELD_NOT_VALID),
    "billable to nobody": (_line(is_billable=True), ProblemCode.FIELD_NOT_VALID),
    "no supplier": (_changed(contact_name=" "), ProblemCode.CONTACT_MISSING),
    "name with a colon": (_changed(contact_name="Acme: North"), ProblemCode.FIELD_NOT_VALID),
    "supplier of another currency": (_changed(currency="EUR"), ProblemCode.CURRENCIES_MIXED),
    "other currency": (_changed(currency="CHF", contact_id="4"), ProblemCode.CURRENCY_NOT_ENABLED),
    "no lines": (_changed(lines=()), ProblemCode.FIELD_MISSING),
    "less than nothing": (_line(net=Decimal("-1.00"), tax=Decimal(0)), ProblemCode.TOTALS_DIFFER),
    "long number": (_changed(number="N" * 22), ProblemCode.FIELD_NOT_VALID),
    "due before": (_changed(due_on=date(2026, 2, 1)), ProblemCode.FIELD_NOT_VALID),
    "closed period": (_changed(issued_on=date(2019, 3, 1)), ProblemCode.PERIOD_LOCKED),
}
"""What makes a fresh Northwind Trading Ltd refuse a bill, and how our product should call it."""


class QuickBooksFarEnd(SigningInFarEnd, ListsFarEnd, LosingFarEnd):
    """All three parts. `budget` remembers for how long there was to be silence."""

    state: QuickBooksState
    long_list = ListKind.CONTACTS
    codes = CODES
    # documents and payments share a call
    writes: ClassVar[Mapping[StepKind, Written]] = {
        StepKind.DOCUMENT: Written(method="POST", path="*/batch", holding=b'"Bill":'),
        StepKind.ATTACHMENT: Written(method="POST", path="*/upload"),
        StepKind.PAYMENT: Written(method="POST", path="*/batch", holding=b'"BillPayment":'),
    }

    def __init__(
        self, provider: QuickBooksProvider, state: QuickBooksState, clock: FakeClock, budget: Unlimited
    ) -> None:
        self.provider, self.state, self.clock, self.budget = provider, state, clock, budget
        tokens = state.grant()
        self.access = Access(access_token=tokens["access_token"], tenant_id=TRADING)
        self.refresh_token = tokens["refresh_token"]
        self.books = state.books[TRADING]
        state.close_books(TRADING, date(2019, 12, 31))

    # Signing in

    async def allow(self, address: str) -> dict[str, str]:
        async with a_browser() as browser:
            page = await browser.press(await browser.open(address), person="dana")
            form = {"ask": page.forms[0].fields["ask"], "tenant": TRADING, "decision": "allow"}
            url = f"{self.state.public_url}/app/consent"
            async with browser.session.post(url, data=form, allow_redirects=False) as answer:
                return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    # Lists

    def lengthen(self) -> int:
        for number in range(2000):
            self.books.create("Vendor", new_name("Vendor", f"Supplier {number}", "GBP"))
        return len(self.books.shelf("Vendor")) + len(self.books.shelf("Customer"))

    # Writing

    def standing(self) -> list[str]:
        return [str(bill["DocNumber"]) for bill in self.state.bills()]

    def _bill(self, number: str) -> dict[str, Any]:
        return next(bill for bill in self.state.bills() if bill["DocNumber"] == number)

    def void(self, number: str) -> None:
        """Bills cannot be voided there, only deleted."""
        BillWriter(self.books, who="Somebody").delete(self._bill(number))

    def lose_answer(self, way: str) -> None:
        self.state.fail_next(way, method="POST", path="*/batch")

    def fresh_access(self) -> Access:
        return Access(access_token=self.state.grant()["access_token"], tenant_id=TRADING)

    def lift_limits(self) -> None:
        super().lift_limits()
        self.state.batches.limits = self.state.meter.limits

    def count(self, write: StepKind, number: str) -> int:
        documents = {bill["Id"] for bill in self.state.bills() if bill["DocNumber"] == number}
        match write:
            case StepKind.ATTACHMENT:
                return sum(len(self.books.files("Bill", document)) for document in documents)
            case StepKind.PAYMENT:
                lines = [line for payment in self.state.documents("BillPayment") for line in payment["Line"]]
                return sum(link["TxnId"] in documents for line in lines for link in line["LinkedTxn"])
            case _:
                return len(documents)

    def drop_before(self) -> None:
        self.state.fail_next(Fault.RESET_BEFORE, method="POST", path="*/batch")

    def lose_withdrawal(self, way: str | None) -> None:
        self.state.fail_next(way or Fault.RESET_BEFORE, method="POST", path="*/bill")

    def be_busy(self, seconds: int) -> float:
        """No answer says how long; the vendor asks for a minute."""
        self.state.fail_next(Fault.TOO_MANY, seconds=seconds)
        return DEFAULT_WAIT_SECONDS

    def expire_access(self) -> None:
        self.state.expire_access_tokens()
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))

    def withdraw(self) -> None:
        self.state.disconnect(TRADING)

    def bank_account(self, currency: str = "GBP") -> str:
        return BANK_ACCOUNTS[currency]

    def pay(self, number: str) -> None:
        bill = self._bill(number)
        linked = {"Amount": 1, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
        payment = {
            "VendorRef": bill["VendorRef"],
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": self.bank_account()}},
            "TotalAmt": 1,
            "Line": [linked],
        }
        BillPaymentWriter(self.books, who="Somebody").write(payment)

    def change_total(self, number: str, gross: Decimal) -> None:
        self.books.save("Bill", {**self._bill(number), "TotalAmt": gross})

    def close_books(self) -> None:
        self.state.close_books(TRADING, date(2026, 12, 31))

    def refusal(self, cause: str, bill: Posting) -> Posting:
        return CAUSES[cause][0](bill)


@asynccontextmanager
async def quickbooks_far_end(clock: FakeClock, *, patience_seconds: float = 0.3) -> AsyncIterator[QuickBooksFarEnd]:
    state = QuickBooksState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(REDIRECT,))
    async with impatient(state, create_app(state), clock, seconds=patience_seconds) as (caller, budget):
        yield QuickBooksFarEnd(QuickBooksProvider(config_of(state), caller, clock), state, clock, budget)


def config_of(state: QuickBooksState) -> ClientConfig:
    base = state.public_url
    return ClientConfig(
        client_id=state.grants.client_id,
        client_secret=state.grants.client_secret,
        auth_url=f"{base}/connect/oauth2",
        token_url=f"{base}/oauth2/v1/tokens/bearer",
        revoke_url=f"{base}/v2/oauth2/tokens/revoke",
        api_url=base,
        web_url=base,
        user_url=f"{base}/v1/openid_connect/userinfo",
    )
