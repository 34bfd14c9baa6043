"""A simulated QuickBooks on a real port, a bare caller for it, and the vendor's schema as judge of all it answers."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from providers.quickbooks.simulator import TRADING, QuickBooksState, create_app
from tests.contract.quickbooks import QuickBooksFarEnd, quickbooks_far_end
from tests.fakes.clock import FakeClock
from tests.fakes.served import served
from tests.providers.quickbooks import vendor_schema

Json = dict[str, Any]
MONDAY = "2026-03-02"
REDIRECT = "http://127.0.0.1:3000/connect/quickbooks/callback"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Code and detail of each error of the call's fault."""
        return errors(self.json)


def errors(answer: Json) -> list[tuple[str, str]]:
    return [(one["code"], one["Detail"]) for one in answer.get("Fault", {}).get("Error", [])]


@dataclass(slots=True)
class Bare:
    """The Accounting API called by hand, as the app of one person in one company."""

    state: QuickBooksState
    session: aiohttp.ClientSession
    person: str = "dana"
    realm: str = TRADING
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def token(self) -> str:
        """One token a person and company, as long as it lives."""
        who = (self.person, self.realm)
        if who not in self.tokens:
            self.tokens[who] = self.state.grant(*who)["access_token"]
        return self.tokens[who]

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: str
    ) -> Reply:
        """`body` is JSON unless it is bytes."""
        sent = {"Authorization": f"Bearer {self.token()}", "Accept": "application/json", **(headers or {})}
        data = body
        if body is not None and not isinstance(body, bytes):
            data, sent = json.dumps(body).encode(), {"Content-Type": "application/json", **sent}
        url = f"{self.state.public_url}/v3/company/{self.realm}/{path}"
        params = {"minorversion": "75", **query}
        async with self.session.request(method, url, data=data, headers=sent, params=params) as answer:
            return Reply(answer.status, dict(answer.headers), await answer.read())

    async def get(self, path: str, **query: str) -> Reply:
        return await self.send("GET", path, headers=None, **query)

    async def post(self, path: str, body: Any, **query: str) -> Reply:
        return await self.send("POST", path, body, headers=None, **query)

    async def select(self, statement: str) -> Json:
        """The answer to a statement that is taken."""
        reply = await self.get("query", query=statement)
        assert reply.status == 200, reply.body
        found: Json = reply.json["QueryResponse"]
        return found

    async def refused(self, statement: str) -> list[tuple[str, str]]:
        reply = await self.get("query", query=statement)
        assert reply.status == 400
        return reply.errors

    async def created(self, entity: str, body: Json, **query: str) -> Json:
        """A record that was accepted."""
        reply = await self.post(entity.lower(), body, **query)
        assert reply.status == 200, reply.body
        found: Json = reply.json[entity]
        return found

    def id_of(self, entity: str, name: str) -> str:
        found = self.state.books[self.realm].named(entity, name)
        assert found is not None, name
        return str(found["Id"])

    # What may be sent

    def ref(self, entity: str, name: str) -> Json:
        return {"value": self.id_of(entity, name)}

    def line(self, amount: object = 100, **changes: Any) -> Json:
        """A line of 100 for office supplies; in a country with VAT at the standard rate."""
        name = "Office Supplies" if self.realm == TRADING else "Supplies"
        detail = {"AccountRef": self.ref("Account", name), **changes}
        if self.realm == TRADING:
            detail = {"TaxCodeRef": {"value": "2"}, **detail}
        detail = {key: value for key, value in detail.items() if value is not None}
        kind = "AccountBasedExpenseLineDetail"
        return {"DetailType": kind, "Amount": amount, "Description": "Paper", kind: detail}

    def sold(self, amount: object = 95, **changes: Any) -> Json:
        """A line of one hour of consulting, or of one design."""
        item = "Consulting" if self.realm == TRADING else "Design"
        code = "2" if self.realm == TRADING else "TAX"
        detail = {"ItemRef": self.ref("Item", item), "TaxCodeRef": {"value": code}, **changes}
        kind = "SalesItemLineDetail"
        kept = {key: value for key, value in detail.items() if value is not None}
        return {"DetailType": kind, "Amount": amount, kind: kept}

    def bill(self, number: str | None = "B-1", *lines: Json, **changes: Any) -> Json:
        """A bill of 100, and 20 of tax where there is VAT; a change of None leaves the field out."""
        body = {
            "VendorRef": self.ref("Vendor", "Central Copiers"),
            "DocNumber": number,
            "TxnDate": MONDAY,
            "DueDate": "2026-04-01",
            "Line": list(lines) or [self.line()],
            **({"GlobalTaxCalculation": "TaxExcluded"} if self.realm == TRADING else {}),
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def sale(self, *lines: Json, **changes: Any) -> Json:
        name = "Boom FM" if self.realm == TRADING else "Cool Cars"
        body = {"CustomerRef": self.ref("Customer", name), "TxnDate": MONDAY, "Line": list(lines) or [self.sold()]}
        found = {**body, **changes}
        return {name: value for name, value in found.items() if value is not None}

    def spend(self, **changes: Any) -> Json:
        """Money spent from the first bank account."""
        bank = "Business Current Account" if self.realm == TRADING else "Checking"
        body = {
            "PaymentType": "Cash",
            "AccountRef": self.ref("Account", bank),
            "EntityRef": {**self.ref("Vendor", "Central Copiers"), "type": "Vendor"},
            "TxnDate": MONDAY,
            "Line": [self.line()],
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def deposit(self, **changes: Any) -> Json:
        """Money of a customer, received on the first bank account."""
        uk = self.realm == TRADING
        customer = self.ref("Customer", "Boom FM" if uk else "Cool Cars")
        detail: Json = {"AccountRef": self.ref("Account", "Services"), "Entity": {**customer, "type": "Customer"}}
        detail |= {"TaxCodeRef": {"value": "2"}, "TaxApplicableOn": "Sales"} if uk else {}
        kind = "DepositLineDetail"
        return {
            "DepositToAccountRef": self.ref("Account", "Business Current Account" if uk else "Checking"),
            "TxnDate": MONDAY,
            "Line": [{"DetailType": kind, "Amount": 100, kind: detail}],
            **changes,
        }

    def payment(self, bill: Json, amount: object = 120, **changes: Any) -> Json:
        """Of a bill, from the first bank account."""
        line = {"Amount": amount, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
        bank = self.ref("Account", "Business Current Account")
        return {
            "VendorRef": bill["VendorRef"],
            "PayType": "Check",
            "TotalAmt": amount,
            "TxnDate": MONDAY,
            "CheckPayment": {"BankAccountRef": bank},
            "Line": [line],
            **changes,
        }


@pytest.fixture
async def state(clock: FakeClock) -> AsyncIterator[QuickBooksState]:
    state = QuickBooksState(clock=clock, redirect_uris=(REDIRECT,))
    async with served(state, create_app(state)):
        yield state


@pytest.fixture
async def bare(state: QuickBooksState) -> AsyncIterator[Bare]:
    async with aiohttp.ClientSession() as session:
        yield Bare(state, session)


@pytest.fixture
def _as_published(state: QuickBooksState) -> Iterator[None]:
    """Whatever a test provokes, the answer has the form of the vendor's own schema."""
    yield
    if vendor_schema.is_here():
        assert vendor_schema.problems(state.calls) == []


judged = pytest.mark.usefixtures("_as_published")


@pytest.fixture
async def quickbooks(clock: FakeClock) -> AsyncIterator[QuickBooksFarEnd]:
    """Our client before it."""
    async with quickbooks_far_end(clock) as far_end:
        yield far_end
