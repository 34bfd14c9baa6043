"""A simulated FreeAgent on a real port, a bare caller for it, and a schema as judge of all it answers."""

import base64
import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from providers.freeagent.simulator import AMERICA, IRELAND, TRADING, FreeAgentState, create_app
from tests.contract.freeagent import FreeAgentFarEnd, freeagent_far_end
from tests.fakes.clock import FakeClock
from tests.fakes.served import served
from tests.providers.freeagent import vendor_schema

Json = dict[str, Any]
MONDAY = "2026-03-02"
REDIRECT = "http://127.0.0.1:3000/connect/freeagent/callback"
SUPPLIERS = {TRADING: "Central Copiers", AMERICA: "Bay Office Supply", IRELAND: "Dublin Stationers"}
CLIENTS = {TRADING: "Boom FM", AMERICA: "Cool Cars", IRELAND: "Cork Cycles"}
BANKS = {TRADING: "Business Current Account", AMERICA: "Checking", IRELAND: "Checking"}
PNG = b"\x89PNG\r\n\x1a\n simulated"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def messages(self) -> list[str]:
        """What is wrong, where what was sent cannot be kept; or why the whole call was refused."""
        errors = self.json["errors"]
        return [one["message"] for one in errors] if isinstance(errors, list) else [errors["error"]["message"]]


@dataclass(slots=True)
class Bare:
    """The API called by hand, as the app of one person in one company."""

    state: FreeAgentState
    session: aiohttp.ClientSession
    person: str = "dana"
    company: str = TRADING
    client: str | None = None
    """Whom an account manager works for."""
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def token(self) -> str:
        """One token a person and company, as long as it lives."""
        who = (self.person, self.company)
        if who not in self.tokens:
            self.tokens[who] = self.state.grant(*who)["access_token"]
        return self.tokens[who]

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: str
    ) -> Reply:
        """`body` is JSON unless it is bytes."""
        sent = {"Authorization": f"Bearer {self.token()}", "Accept": "application/json", "User-Agent": "Ours/1"}
        sent |= {"X-Subdomain": self.client} if self.client else {}
        data = body
        if body is not None and not isinstance(body, bytes):
            data, sent = io.BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json", **sent}
        url = path if path.startswith("http") else f"{self.state.public_url}/v2/{path}"
        kept = {**sent, **(headers or {})}
        async with self.session.request(method, url, data=data, headers=kept, params=query) as answer:
            return Reply(answer.status, dict(answer.headers), await answer.read())

    async def get(self, path: str, **query: str) -> Reply:
        return await self.send("GET", path, headers=None, **query)

    async def post(self, path: str, body: Any) -> Reply:
        return await self.send("POST", path, body)

    async def put(self, path: str, body: Any = None) -> Reply:
        return await self.send("PUT", path, body)

    async def delete(self, path: str) -> Reply:
        return await self.send("DELETE", path)

    async def created(self, kind: str, body: Json) -> Json:
        """A record that was accepted; its root element is its kind without the plural."""
        reply = await self.post(kind, {kind.removesuffix("s"): body})
        assert reply.status == 201, reply.body
        found: Json = reply.json[kind.removesuffix("s")]
        assert reply.headers["Location"] == found["url"]
        return found

    async def refused(self, kind: str, body: Json) -> list[str]:
        """Why a record was not accepted."""
        reply = await self.post(kind, {kind.removesuffix("s"): body})
        assert reply.status == 422, reply.body
        return reply.messages

    async def read(self, record: Json) -> Json:
        """A record as it is now."""
        reply = await self.get(record["url"])
        assert reply.status == 200, reply.body
        (found,) = reply.json.values()
        return dict(found)

    async def listed(self, kind: str, **query: str) -> list[Json]:
        reply = await self.get(kind, **query)
        assert reply.status == 200, reply.body
        return list(reply.json[kind])

    # What may be sent

    def url(self, path: str) -> str:
        return f"{self.state.public_url}/v2/{path}"

    def url_of(self, kind: str, name: str) -> str:
        """The address of whoever, or whatever, is called so."""
        fields = ("organisation_name", "name", "first_name", "description", "code")
        records = self.state.books[self.company].shelf(kind).values()
        found = next(one for one in records if name in (one.get(each) for each in fields))
        return f"{self.state.public_url}{found['url']}"

    def category(self, code: str = "359") -> str:
        return self.url(f"categories/{code}")

    def item(self, value: object = "120.0", **changes: Any) -> Json:
        """A line of a bill: 120 for stationery, with tax."""
        return _kept({"category": self.category(), "description": "Paper", "total_value": value, **changes})

    def bill(self, *items: Json, **changes: Any) -> Json:
        """A bill of 120; a change of None leaves the field out."""
        body = {
            "contact": self.url_of("contacts", SUPPLIERS[self.company]),
            "reference": "B-1",
            "dated_on": MONDAY,
            "due_on": "2026-04-01",
            "bill_items": list(items) or [self.item()],
            **changes,
        }
        return _kept(body)

    def expense(self, **changes: Any) -> Json:
        """Of 120 for stationery, that is owed to who asks."""
        body = {
            "user": self.url_of("users", self.person.title()),
            "category": self.category(),
            "dated_on": MONDAY,
            "gross_value": "-120.0",
            "description": "Paper",
            **changes,
        }
        return _kept(body)

    def spend(self, **changes: Any) -> Json:
        """120 for stationery from the first bank account."""
        body = {
            "bank_account": self.url_of("bank_accounts", BANKS[self.company]),
            "dated_on": MONDAY,
            "gross_value": "-120.0",
            "description": "Paper",
            "category": self.category(),
            **changes,
        }
        return _kept(body)

    def sold(self, price: object = "100.0", **changes: Any) -> Json:
        return _kept({"description": "Jingle", "item_type": "Products", "quantity": "1", "price": price, **changes})

    def invoice(self, *items: Json, **changes: Any) -> Json:
        """Of 100 and tax."""
        body = {
            "contact": self.url_of("contacts", CLIENTS[self.company]),
            "dated_on": MONDAY,
            "payment_terms_in_days": 30,
            "invoice_items": list(items) or [self.sold()],
            **changes,
        }
        return _kept(body)

    def credit_note(self, price: object = "-100.0", **changes: Any) -> Json:
        body = {**self.invoice(), "credit_note_items": [self.sold(price)], **changes}
        return {name: value for name, value in body.items() if name != "invoice_items"}

    async def sent(self, kind: str, body: Json) -> Json:
        """An invoice or a credit note that is not a draft any more."""
        made = await self.created(kind, body)
        reply = await self.put(f"{made['url']}/transitions/mark_as_sent")
        assert reply.status == 200, reply.body
        return await self.read(made)

    async def paid(self, document: Json, value: object, **changes: Any) -> Json:
        """An explanation that pays a bill, an invoice or a credit note."""
        field = "paid_bill" if "/bills/" in document["url"] else "paid_invoice"
        body = self.spend(gross_value=value, category=None, **{field: document["url"]}, **changes)
        return await self.created("bank_transaction_explanations", body)

    def file(self, content: bytes = PNG, **changes: Any) -> Json:
        found = {"data": base64.b64encode(content).decode(), "file_name": "bill.png", "content_type": "image/png"}
        return _kept({**found, **changes})


def _kept(body: Json) -> Json:
    return {name: value for name, value in body.items() if value is not None}


@pytest.fixture
async def state(clock: FakeClock) -> AsyncIterator[FreeAgentState]:
    state = FreeAgentState(clock=clock, redirect_uris=(REDIRECT,))
    async with served(state, create_app(state)):
        yield state


@pytest.fixture
async def bare(state: FreeAgentState) -> AsyncIterator[Bare]:
    async with aiohttp.ClientSession() as session:
        yield Bare(state, session)


@pytest.fixture
def _as_described(state: FreeAgentState) -> Iterator[None]:
    """Whatever a test provokes, the answer has the form that the vendor describes."""
    yield
    assert vendor_schema.problems(state.calls) == []


judged = pytest.mark.usefixtures("_as_described")


@pytest.fixture
async def far(clock: FakeClock) -> AsyncIterator[FreeAgentFarEnd]:
    """Our client beside it."""
    async with freeagent_far_end(clock) as far_end:
        yield far_end
        assert vendor_schema.problems(far_end.state.calls) == []
