"""A simulated Xero on a real port, a bare caller for it, and the vendor's documents as judge of all it answers."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from providers.xero.simulator import TRADING, XeroState
from tests.contract import xero_documents
from tests.contract.xero import XeroFarEnd, xero_far_end
from tests.fakes.clock import FakeClock

Json = dict[str, Any]
MONDAY = "2026-03-02"
LISTS = (
    "Elements",
    "Allocations",
    "Attachments",
    "BankTransactions",
    "Contacts",
    "CreditNotes",
    "Invoices",
    "Items",
    "Payments",
)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def sentences(self) -> list[str]:
        """Every validation sentence, of each document or of the whole call."""
        return [error["Message"] for element in self.elements for error in element.get("ValidationErrors", [])]

    @property
    def elements(self) -> list[Json]:
        """What one call was about, document by document."""
        return next((self.json[name] for name in LISTS if name in self.json), [])


@dataclass(slots=True)
class Bare:
    """The Accounting API called by hand, as the app of one person in one organisation."""

    state: XeroState
    session: aiohttp.ClientSession
    person: str = "dana"
    tenant: str = TRADING
    tokens: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Reply:
        return await self.send("GET", path, None, headers=headers, **query)

    async def put(self, path: str, body: Any, headers: dict[str, str] | None = None, **query: str) -> Reply:
        return await self.send("PUT", path, body, headers=headers, **query)

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None, **query: str) -> Reply:
        return await self.send("POST", path, body, headers=headers, **query)

    async def send(
        self, method: str, path: str, body: Any, *, headers: dict[str, str] | None = None, **query: str
    ) -> Reply:
        """`body` is JSON unless it is bytes."""
        sent = {
            "Authorization": f"Bearer {self.token()}",
            "xero-tenant-id": self.tenant,
            "Accept": "application/json",
            **(headers or {}),
        }
        data = body if body is None else BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        url = f"{self.state.public_url}/api.xro/2.0/{path}"
        async with self.session.request(method, url, data=data, headers=sent, params=query) as answer:
            return Reply(answer.status, dict(answer.headers), await answer.read())

    def token(self) -> str:
        """One token a person, as long as it lives."""
        if self.person not in self.tokens:
            self.tokens[self.person] = self.state.grant(self.person)["access_token"]
        return self.tokens[self.person]

    async def write(self, *bills: Json, key: str | None = None, method: str = "PUT") -> Reply:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"Invoices": list(bills)}
        return await self.send(method, "Invoices", body, headers=headers, summarizeErrors="false", unitdp="4")

    async def create(self, plural: str, *documents: Json, method: str = "PUT", **query: str) -> Reply:
        """Documents of any kind, each answered for itself."""
        asked = {"summarizeErrors": "false", "unitdp": "4", **query}
        if plural == "Payments":
            del asked["unitdp"]
        return await self.send(method, plural, {plural: list(documents)}, headers=None, **asked)

    async def created(self, plural: str, document: Json) -> Json:
        """One that was accepted."""
        reply = await self.create(plural, document)
        assert (reply.status, reply.sentences) == (200, []), reply.body
        return dict(reply.elements[0])

    async def read(self, path: str, **query: str) -> Json:
        """One record."""
        asked = query if "Payments" in path else {"unitdp": "4", **query}
        reply = await self.get(path, None, **asked)
        assert reply.status == 200, reply.body
        return dict(reply.elements[0])

    async def written(self, bill: Json) -> Json:
        """A bill that was accepted."""
        (element,) = (await self.write(bill)).json["Invoices"]
        assert not element["HasErrors"], element
        return dict(element)


def wire_bill(number: str = "B-1", **changes: Any) -> Json:
    """A bill of 100 and 20 tax for approval; a change of None leaves the field out."""
    bill: Json = {
        "Type": "ACCPAY",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Central Copiers"},
        "InvoiceNumber": number,
        "Date": MONDAY,
        "DueDate": "2026-04-01",
        "LineItems": [wire_line()],
    }
    return {name: value for name, value in {**bill, **changes}.items() if value is not None}


def wire_sale(number: str = "INV-1", **changes: Any) -> Json:
    """A sales invoice of 100 and 20 tax."""
    line = wire_line(AccountCode="200", TaxType="OUTPUT2")
    return wire_bill(number, **{"Type": "ACCREC", "Contact": {"Name": "Boom FM"}, "LineItems": [line], **changes})


def wire_credit(number: str | None = "C-1", **changes: Any) -> Json:
    """A supplier's credit note of 100 and 20 tax."""
    note: Json = {
        "Type": "ACCPAYCREDIT",
        "Status": "AUTHORISED",
        "Contact": {"Name": "Central Copiers"},
        "CreditNoteNumber": number,
        "Date": MONDAY,
        "LineItems": [wire_line()],
    }
    return {name: value for name, value in {**note, **changes}.items() if value is not None}


def wire_spend(**changes: Any) -> Json:
    """Money spent from the current account, 100 and 20 tax."""
    spend: Json = {
        "Type": "SPEND",
        "BankAccount": {"Code": "090"},
        "Contact": {"Name": "Central Copiers"},
        "Date": MONDAY,
        "LineItems": [wire_line()],
    }
    return {name: value for name, value in {**spend, **changes}.items() if value is not None}


def wire_payment(document: Json, amount: object = 120, account: str = "090", **changes: Any) -> Json:
    """A payment of a bill, a sale or a credit note."""
    key = "CreditNoteID" if "CreditNoteID" in document else "InvoiceID"
    target = {key.removesuffix("ID"): {key: document[key]}}
    return {**target, "Account": {"Code": account}, "Date": MONDAY, "Amount": amount, **changes}


def wire_line(**changes: Any) -> Json:
    line = {
        "Description": "Paper",
        "Quantity": 4,
        "UnitAmount": 25,
        "AccountCode": "429",
        "TaxType": "INPUT2",
        **changes,
    }
    return {name: value for name, value in line.items() if value is not None}


@pytest.fixture
async def xero(clock: FakeClock) -> AsyncIterator[XeroFarEnd]:
    async with xero_far_end(clock) as far_end:
        yield far_end


@pytest.fixture
def state(xero: XeroFarEnd) -> XeroState:
    return xero.state


@pytest.fixture
async def bare(state: XeroState) -> AsyncIterator[Bare]:
    async with aiohttp.ClientSession() as session:
        yield Bare(state, session)


@pytest.fixture
def _as_published(state: XeroState) -> Iterator[None]:
    """Whatever a test provokes, the answer has the form of the vendor's own documents."""
    yield
    if xero_documents.are_here():
        assert xero_documents.answer_problems(state.calls) == []


judged = pytest.mark.usefixtures("_as_published")
