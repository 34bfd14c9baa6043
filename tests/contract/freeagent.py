"""FreeAgent as a far end: our adapter over real HTTP against the simulator."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from bot.domain.books import ListKind
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import StepKind
from providers.base import Access, ClientConfig
from providers.freeagent.adapter import FreeAgentProvider
from providers.freeagent.simulated import seed
from providers.freeagent.simulated.bills import Bills
from providers.freeagent.simulated.explanations import Explanations
from providers.freeagent.simulator import TRADING, Fault, FreeAgentState, create_app
from tests.contract.far_end import Codes
from tests.contract.impatient import impatient
from tests.contract.lists import ListsFarEnd
from tests.contract.losing import LosingFarEnd, Written
from tests.contract.signing_in import REDIRECT, SigningInFarEnd
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

LOST = (Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HANG_AFTER, Fault.HALF_ANSWER, Fault.HTML)
RATES = {"20": Decimal(20), "5": Decimal(5), "0": Decimal(0)}
CODES = Codes(cost="359", sale="001", cost_rates=RATES, sale_rates=RATES, customers={"GBP": "Boom FM"})


def _line(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], **changes),))


def _changed(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, **changes)


CAUSES: dict[str, tuple[Callable[[Posting], Posting], ProblemCode]] = {
    "deleted category": (_line(account_code="360"), ProblemCode.ACCOUNT_ARCHIVED),
    "unknown category": (_line(account_code="999"), ProblemCode.ACCOUNT_ARCHIVED),
    "creditors": (_line(account_code="796"), ProblemCode.ACCOUNT_NOT_VALID),
    "income": (_line(account_code="001"), ProblemCode.ACCOUNT_NOT_VALID),
    "no category": (_line(account_code=""), ProblemCode.ACCOUNT_MISSING),
    "unknown rate": (_line(tax_code="25", tax=Decimal("25.00")), ProblemCode.TAX_RATE_GONE),
    "tax on what is exempt": (_line(tax_code="EXEMPT"), ProblemCode.TAX_NOT_USABLE),
    "more tax than total": (_line(net=Decimal("-10.00"), tax=Decimal("20.00")), ProblemCode.TOTALS_DIFFER),
    "no such supplier": (_changed(contact_id="999"), ProblemCode.CONTACT_ARCHIVED),
    "no supplier": (_changed(contact_name=" "), ProblemCode.CONTACT_MISSING),
    "long name": (_changed(contact_name="N" * 300), ProblemCode.FIELD_NOT_VALID),
    "no number": (_changed(number=""), ProblemCode.FIELD_MISSING),
    "long number": (_changed(number="N" * 300), ProblemCode.FIELD_NOT_VALID),
    "tax in another currency": (_changed(currency="EUR"), ProblemCode.FIELD_NOT_VALID),
    "unknown currency": (
        lambda bill: replace(_line(tax=Decimal(0))(bill), currency="ZZZ", tax=Decimal(0)),
        ProblemCode.CURRENCY_NOT_ENABLED,
    ),
    "too many lines": (lambda bill: replace(bill, lines=bill.lines * 41), ProblemCode.FIELD_NOT_VALID),
    "before FreeAgent": (_changed(issued_on=date(2024, 3, 1)), ProblemCode.PERIOD_LOCKED),
    "locked period": (_changed(issued_on=date(2025, 3, 1)), ProblemCode.PERIOD_LOCKED),
}
"""What makes a fresh Northwind Trading Ltd refuse a bill, and how our product should call it."""


class FreeAgentFarEnd(SigningInFarEnd, ListsFarEnd, LosingFarEnd):
    """All three parts. `budget` remembers for how long there was to be silence."""

    state: FreeAgentState
    long_list = ListKind.CONTACTS
    codes = CODES
    writes: ClassVar[Mapping[StepKind, Written]] = {
        StepKind.DOCUMENT: Written(method="POST", path="*/bills"),
        StepKind.ATTACHMENT: Written(method="PUT", path="*/bills/*"),
        StepKind.PAYMENT: Written(method="POST", path="*/bank_transaction_explanations"),
    }

    def __init__(self, provider: FreeAgentProvider, state: FreeAgentState, clock: FakeClock, budget: Unlimited) -> None:
        self.provider, self.state, self.clock, self.budget = provider, state, clock, budget
        tokens = state.grant()
        self.access = Access(access_token=tokens["access_token"], tenant_id=TRADING)
        self.refresh_token = tokens["refresh_token"]
        self.books = state.books[TRADING]
        state.close_year(TRADING, date(2025, 3, 31))
        state.set_category(TRADING, "360", is_there=False)

    # Signing in

    async def allow(self, address: str, person: str = "dana", company: str = TRADING) -> dict[str, str]:
        async with a_browser() as browser:
            page = await browser.press(await browser.open(address), person=person)
            form = {"ask": page.forms[0].fields["ask"], "tenant": company, "decision": "allow"}
            url = f"{self.state.public_url}/app/consent"
            async with browser.session.post(url, data=form, allow_redirects=False) as answer:
                return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    # Lists

    def lengthen(self) -> int:
        model = self.books.shelf("contacts")["1"]
        for number in range(200):
            self.books.create("contacts", {**_own(model), "organisation_name": f"Supplier {number}"})
        return len(self.books.shelf("contacts")) + len(self.books.shelf("users"))

    # Writing

    def a_posting(self, kind: PostingKind, number: str) -> Posting:
        """Expenses are of a user."""
        posting = super().a_posting(kind, number)
        return replace(posting, contact_id="users/1") if kind is PostingKind.EXPENSES else posting

    def standing(self) -> list[str]:
        return [str(bill["reference"]) for bill in self.state.bills()]

    def bill(self, number: str) -> dict[str, Any]:
        return next(bill for bill in self.state.bills() if bill["reference"] == number)

    def void(self, number: str) -> None:
        """There is no voiding of bills, only deleting."""
        Bills(self.books, seed.FULL, "dana").delete(self.bill(number))

    def lose_answer(self, way: str) -> None:
        self.state.fail_next(way, method="POST", path="*/bills")

    def fresh_access(self) -> Access:
        return Access(access_token=self.state.grant()["access_token"], tenant_id=TRADING)

    def count(self, write: StepKind, number: str) -> int:
        documents = {bill["url"] for bill in self.state.bills() if bill["reference"] == number}
        match write:
            case StepKind.ATTACHMENT:
                return sum(file["_of"] in documents for file in self.state.documents("attachments"))
            case StepKind.PAYMENT:
                paid = self.state.documents("bank_transaction_explanations")
                return sum(one.get("paid_bill") in documents for one in paid)
            case _:
                return len([bill for bill in self.state.bills() if bill["reference"] == number])

    def drop_before(self) -> None:
        self.state.fail_next(Fault.RESET_BEFORE, method="POST", path="*/bills")

    def lose_withdrawal(self, way: str | None) -> None:
        self.state.fail_next(way or Fault.RESET_BEFORE, method="DELETE", path="*/bills/*")

    def be_busy(self, seconds: int) -> float:
        self.state.fail_next(Fault.TOO_MANY, seconds=seconds)
        return float(seconds)

    def expire_access(self) -> None:
        self.state.expire_access_tokens()
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))

    def withdraw(self) -> None:
        self.state.disconnect(TRADING)

    def bank_account(self, currency: str = "GBP") -> str:
        name = {"GBP": "Business Current Account", "EUR": "Euro Account"}[currency]
        found = self.books.named("bank_accounts", "name", name)
        assert found is not None
        return str(found["url"]).rsplit("/", 1)[-1]

    def pay(self, number: str) -> None:
        explanation = {
            "bank_account": self.bank_account(),
            "dated_on": "2026-03-02",
            "gross_value": "-1",
            "description": "A part of it",
            "paid_bill": self.bill(number)["url"],
        }
        Explanations(self.books, seed.FULL, "dana").create(explanation)

    def change_total(self, number: str, gross: Decimal) -> None:
        bill = self.bill(number)
        (item,) = bill["bill_items"]
        changed = {**item, "total_value": gross, "total_value_ex_tax": gross - 20}
        self.books.save("bills", {**bill, "total_value": gross, "bill_items": [changed]})

    def close_books(self) -> None:
        self.state.close_year(TRADING, date(2026, 12, 31))

    def refusal(self, cause: str, bill: Posting) -> Posting:
        return CAUSES[cause][0](bill)


def _own(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in ("url", "created_at", "updated_at")}


@asynccontextmanager
async def freeagent_far_end(clock: FakeClock, *, patience_seconds: float = 0.3) -> AsyncIterator[FreeAgentFarEnd]:
    state = FreeAgentState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(REDIRECT,))
    async with impatient(state, create_app(state), clock, seconds=patience_seconds) as (caller, budget):
        yield FreeAgentFarEnd(FreeAgentProvider(config_of(state), caller, clock), state, clock, budget)


def config_of(state: FreeAgentState) -> ClientConfig:
    base = state.public_url
    return ClientConfig(
        client_id=state.grants.client_id,
        client_secret=state.grants.client_secret,
        auth_url=f"{base}/v2/approve_app",
        token_url=f"{base}/v2/token_endpoint",
        api_url=base,
        web_url=base,
    )
