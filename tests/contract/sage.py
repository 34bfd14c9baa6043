"""Sage Accounting as a far end: our adapter over real HTTP against the simulator, every answer judged by the vendor's fields."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from bot.domain.books import ListKind
from bot.domain.coding import Track
from bot.domain.postings import Payment, Posting
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Outcome, StepKind
from providers.base import Access, ClientConfig
from providers.http import DEFAULT_WAIT_SECONDS
from providers.sage.adapter import SageProvider
from providers.sage.simulated.artefacts import Artefacts
from providers.sage.simulated.lists import new_contact
from providers.sage.simulated.payments import Payments
from providers.sage.simulated.seed import guid
from providers.sage.simulated.shapes import Fields
from providers.sage.simulator import TRADING, Fault, SageState, create_app
from tests.contract.far_end import Codes
from tests.contract.impatient import impatient
from tests.contract.lists import ListsFarEnd
from tests.contract.losing import LosingFarEnd, Written
from tests.contract.signing_in import REDIRECT, SigningInFarEnd
from tests.fakes.browser import a_browser
from tests.fakes.clock import FakeClock
from tests.fakes.unlimited import Unlimited

LOST = (Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.HANG_AFTER, Fault.HALF_ANSWER, Fault.HTML)
RATES = {"GB_STANDARD": Decimal(20), "GB_LOWER": Decimal(5), "GB_ZERO": Decimal(0)}


def ledger(code: str) -> str:
    """The id of a ledger account of Northwind Trading Ltd, by its nominal code."""
    return guid(TRADING, "ledger", code)


def bank(code: str) -> str:
    return guid(TRADING, "bank", code)


def category(kind: str, name: str) -> Track:
    """Of an analysis type."""
    return Track(category=guid(TRADING, "analysis", kind), option=guid(TRADING, "analysis", kind, name))


CODES = Codes(
    cost=ledger("7500"),
    sale=ledger("4010"),
    cost_rates=RATES,
    sale_rates=RATES,
    suppliers={"GBP": "Central Copiers", "EUR": "Dublin Print Works"},
    customers={"GBP": "Boom FM", "EUR": "Paris Boutique"},
)


def _line(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, lines=(replace(bill.lines[0], **changes),))


def _changed(**changes: Any) -> Callable[[Posting], Posting]:
    return lambda bill: replace(bill, **changes)


CAUSES: dict[str, tuple[Callable[[Posting], Posting], ProblemCode]] = {
    "hidden account": (_line(account_code=ledger("7110")), ProblemCode.ACCOUNT_ARCHIVED),
    "unknown account": (_line(account_code="999"), ProblemCode.ACCOUNT_NOT_VALID),
    "account of sales": (_line(account_code=ledger("4010")), ProblemCode.ACCOUNT_NOT_VALID),
    "creditors": (_line(account_code=ledger("2100")), ProblemCode.ACCOUNT_NOT_VALID),
    "no account": (_line(account_code=""), ProblemCode.ACCOUNT_MISSING),
    "no tax rate": (_line(tax_code=None), ProblemCode.TAX_MISSING),
    "hidden tax rate": (_line(tax_code="GB_STANDARD_17_5"), ProblemCode.TAX_RATE_GONE),
    "unknown tax rate": (_line(tax_code="GB_LUXURY"), ProblemCode.TAX_RATE_GONE),
    "unknown product": (_line(item_code="product/999"), ProblemCode.PRODUCT_NOT_VALID),
    "unknown service": (_line(item_code="service/999"), ProblemCode.PRODUCT_NOT_VALID),
    "category of a type that is off": (_line(tracking=(category("Project", "Website"),)), ProblemCode.FIELD_NOT_VALID),
    "unknown category": (_line(tracking=(Track(category="1", option="999"),)), ProblemCode.FIELD_NOT_VALID),
    "no such supplier": (_changed(contact_id="999"), ProblemCode.CONTACT_ARCHIVED),
    "a customer": (_changed(contact_id=guid(TRADING, "contact", "CUSTOMER", "Boom FM")), ProblemCode.FIELD_NOT_VALID),
    "no supplier": (_changed(contact_name=" "), ProblemCode.CONTACT_MISSING),
    "other currency": (
        _changed(currency="XTS", contact_id=guid(TRADING, "contact", "VENDOR", "ABC Furniture")),
        ProblemCode.CURRENCY_NOT_ENABLED,
    ),
    "no lines": (_changed(lines=()), ProblemCode.FIELD_MISSING),
    "long number": (_changed(number="N" * 256), ProblemCode.FIELD_NOT_VALID),
    "due before": (_changed(due_on=date(2026, 2, 1)), ProblemCode.FIELD_NOT_VALID),
    "locked year": (_changed(issued_on=date(2024, 3, 1)), ProblemCode.PERIOD_LOCKED),
}
"""What makes a fresh Northwind Trading Ltd refuse a bill, and how our product should call it."""


class SageFarEnd(SigningInFarEnd, ListsFarEnd, LosingFarEnd):
    """All three parts. `budget` remembers for how long there was to be silence."""

    state: SageState
    long_list = ListKind.CONTACTS
    codes = CODES
    writes: ClassVar[Mapping[StepKind, Written]] = {
        StepKind.DOCUMENT: Written(method="POST", path="*/purchase_invoices"),
        StepKind.ATTACHMENT: Written(method="POST", path="*/attachments"),
        StepKind.PAYMENT: Written(method="POST", path="*/contact_payments"),
    }

    def __init__(self, provider: SageProvider, state: SageState, clock: FakeClock, budget: Unlimited) -> None:
        self.provider, self.state, self.clock, self.budget = provider, state, clock, budget
        self.books = state.books[TRADING]
        self.is_signed_in = True
        self._sign_in()
        state.lock(TRADING, date(2024, 12, 31))

    # Signing in

    def fresh_access(self) -> Access:
        return Access(access_token=self.state.grant()["access_token"], tenant_id=TRADING)

    def _sign_in(self) -> None:
        tokens = self.state.grant()
        self.access = Access(access_token=tokens["access_token"], tenant_id=TRADING)
        self.refresh_token = tokens["refresh_token"]
        self.ends_at = self.clock.now() + timedelta(minutes=4)

    async def create(self, *works: Posting | Payment, key: str | None = None) -> Sequence[Outcome]:
        """With a new token when the one before is about to end, as the product does."""
        if self.is_signed_in and self.clock.now() > self.ends_at:
            self._sign_in()
        return await super().create(*works, key=key)

    async def allow(self, address: str) -> dict[str, str]:
        async with a_browser() as browser:
            page = await browser.press(await browser.open(address), person="dana")
            form = {"ask": page.forms[0].fields["ask"], "decision": "allow"}
            url = f"{self.state.public_url}/oauth2/consent"
            async with browser.session.post(url, data=form, allow_redirects=False) as answer:
                return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    # Lists

    def lengthen(self) -> int:
        for number in range(400):
            name = f"Supplier {number}"
            self.books.create("contacts", name, new_contact(name, None, "VENDOR", "GBP"))
        return len(self.books.standing("contacts"))

    # Writing

    def standing(self) -> list[str]:
        return [str(bill["vendor_reference"]) for bill in self.state.purchase_invoices()]

    def _bill(self, number: str) -> dict[str, Any]:
        return next(bill for bill in self.state.purchase_invoices() if bill["vendor_reference"] == number)

    def void(self, number: str) -> None:
        """Purchases are not voided there, only deleted."""
        Artefacts(self.books, "purchase_invoices").delete(self._bill(number)["id"], None)

    def lose_answer(self, way: str) -> None:
        self.state.fail_next(way, method="POST", path="*/purchase_invoices")

    def count(self, write: StepKind, number: str) -> int:
        documents = [bill for bill in self.state.purchase_invoices() if bill["vendor_reference"] == number]
        match write:
            case StepKind.ATTACHMENT:
                return sum(len(self.books.files(document)) for document in documents)
            case StepKind.PAYMENT:
                ids = {document["id"] for document in documents}
                paid = [
                    one
                    for payment in self.state.documents("contact_payments")
                    for one in payment["allocated_artefacts"]
                ]
                return sum(one["artefact"]["id"] in ids for one in paid)
            case _:
                return len(documents)

    def drop_before(self) -> None:
        self.state.fail_next(Fault.RESET_BEFORE, method="POST", path="*/purchase_invoices")

    def lose_withdrawal(self, way: str | None) -> None:
        """An answer without content has no half."""
        fault = Fault.RESET_AFTER if way == Fault.HALF_ANSWER else way or Fault.RESET_BEFORE
        self.state.fail_next(fault, method="DELETE", path="*/purchase_invoices/*")

    def be_busy(self, seconds: int) -> float:
        """No answer says how long."""
        self.state.fail_next(Fault.TOO_MANY, seconds=seconds)
        return DEFAULT_WAIT_SECONDS

    def expire_access(self) -> None:
        self.is_signed_in = False
        self.state.expire_access_tokens()
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))

    def withdraw(self) -> None:
        """The last token lives on for its five minutes."""
        self.is_signed_in = False
        self.state.disconnect(TRADING)
        self.clock.move_to(self.clock.now() + timedelta(minutes=5))

    def bank_account(self, currency: str = "GBP") -> str:
        return bank("1200")

    def pay(self, number: str) -> None:
        bill = self._bill(number)
        payment = {
            "transaction_type_id": "VENDOR_PAYMENT",
            "contact_id": bill["contact"]["id"],
            "bank_account_id": self.bank_account(),
            "date": "2026-02-20",
            "total_amount": 1,
            "allocated_artefacts": [{"artefact_id": bill["id"], "amount": 1}],
        }
        Payments(self.books).pay(Fields(payment, "contact_payment"))

    def change_total(self, number: str, gross: Decimal) -> None:
        self.books.save("purchase_invoices", {**self._bill(number), "total_amount": gross})

    def close_books(self) -> None:
        self.state.lock(TRADING, date(2026, 12, 31))

    def refusal(self, cause: str, bill: Posting) -> Posting:
        return CAUSES[cause][0](bill)


@asynccontextmanager
async def sage_far_end(clock: FakeClock, *, patience_seconds: float = 0.3) -> AsyncIterator[SageFarEnd]:
    state = SageState(clock=clock, client_id="ours", client_secret="ours-secret", redirect_uris=(REDIRECT,))
    async with impatient(state, create_app(state), clock, seconds=patience_seconds) as (caller, budget):
        yield SageFarEnd(SageProvider(config_of(state), caller, clock), state, clock, budget)


def config_of(state: SageState) -> ClientConfig:
    base = state.public_url
    return ClientConfig(
        client_id=state.grants.client_id,
        client_secret=state.grants.client_secret,
        auth_url=f"{base}/oauth2/auth/central",
        token_url=f"{base}/token",
        revoke_url=f"{base}/revoke",
        api_url=base,
        web_url=base,
    )
