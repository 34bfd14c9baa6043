"""A simulated Sage on a real port, a bare caller for it, and the vendor's fields as judge of all it answers."""

import io
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from providers.sage.simulated import journal
from providers.sage.simulator import TRADING, SageState, create_app
from tests.fakes.clock import FakeClock
from tests.fakes.served import served
from tests.providers.sage import vendor_schema

Json = dict[str, Any]
MONDAY = "2026-03-02"
REDIRECT = "http://127.0.0.1:3000/connect/sage/callback"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Code, message and source of each problem of a refusal."""
        return [(one["$dataCode"], one["$message"], one["$source"]) for one in self.json]

    @property
    def sources(self) -> list[str]:
        return [source for _, _, source in self.errors]


@dataclass(slots=True)
class Bare:
    """The API called by hand, as the app of one person in one business."""

    state: SageState
    session: aiohttp.ClientSession
    person: str = "dana"
    business: str = TRADING
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self) -> str:
        """One token a person, until it has expired."""
        found = self.tokens.get(self.person)
        access = self.state.grants.holder(found) if found else None
        if found is None or access is None or access.is_expired:
            found = self.tokens[self.person] = self.state.grant(self.person)["access_token"]
        return found

    async def send(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **query: str
    ) -> Reply:
        """`body` is JSON unless it is bytes. A header of nothing is left out."""
        sent = {"Authorization": f"Bearer {self.token()}", "X-Business": self.business, **(headers or {})}
        data = body
        if body is not None and not isinstance(body, bytes):
            data, sent = io.BytesIO(json.dumps(body).encode()), {"Content-Type": "application/json", **sent}
        url = f"{self.state.public_url}/v3.1/{path}"
        kept = {name: value for name, value in sent.items() if value}
        async with self.session.request(method, url, data=data, headers=kept, params=query) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def get(self, path: str, **query: str) -> Reply:
        return await self.send("GET", path, headers=None, **query)

    async def post(self, path: str, body: Any) -> Reply:
        return await self.send("POST", path, body)

    async def delete(self, path: str, **query: str) -> Reply:
        return await self.send("DELETE", path, headers=None, **query)

    async def read(self, path: str, **query: str) -> Json:
        """An answer that is good."""
        reply = await self.get(path, **query)
        assert reply.status == 200, reply.body
        found: Json = reply.json
        return found

    async def items(self, path: str, **query: str) -> list[Json]:
        found: list[Json] = (await self.read(path, **query))["$items"]
        return found

    async def names(self, path: str, **query: str) -> list[str]:
        return [one["displayed_as"] for one in await self.items(path, items_per_page="200", **query)]

    async def created(self, plural: str, body: Json) -> Json:
        """A record that was accepted; `body` is wrapped in its singular."""
        reply = await self.post(plural, {SINGULARS[plural]: body})
        assert reply.status == 201, reply.body
        found: Json = reply.json
        return found

    async def refused(self, plural: str, body: Json, status: int = 422) -> Reply:
        reply = await self.post(plural, {SINGULARS[plural]: body})
        assert reply.status == status, reply.body
        return reply

    def id_of(self, plural: str, name: str) -> str:
        found = self.state.books[self.business].named(plural, name)
        assert found is not None, name
        return str(found["id"])

    # What may be sent

    @property
    def prefix(self) -> str:
        return "GB" if self.state.books[self.business].home == "GBP" else "IE"

    def line(self, price: object = 100, **changes: Any) -> Json:
        """A line of one box of paper at the standard rate."""
        body = {
            "description": "Paper",
            "ledger_account_id": self.id_of("ledger_accounts", "Office Costs"),
            "quantity": 1,
            "unit_price": price,
            "tax_rate_id": f"{self.prefix}_STANDARD",
            "tax_amount": 20,
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def sold(self, price: object = 100, **changes: Any) -> Json:
        return self.line(price, ledger_account_id=self.id_of("ledger_accounts", "Sales - Services"), **changes)

    def invoice(self, *lines: Json, **changes: Any) -> Json:
        """A purchase invoice of 100, and 20 of tax; a change of None leaves the field out."""
        name = "Central Copiers" if self.prefix == "GB" else "Galway Stationery"
        body = {
            "contact_id": self.id_of("contacts", name),
            "date": MONDAY,
            "due_date": "2026-04-01",
            "vendor_reference": "B-1",
            "invoice_lines": list(lines) or [self.line()],
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def credit(self, *lines: Json, **changes: Any) -> Json:
        """The same, given back."""
        found = self.invoice(*lines, due_date=None, **changes)
        return {
            **{key: value for key, value in found.items() if key != "invoice_lines"},
            "credit_note_lines": found["invoice_lines"],
        }

    def sale(self, *lines: Json, **changes: Any) -> Json:
        name = "Boom FM" if self.prefix == "GB" else "Kerry Tours"
        own = {"contact_id": self.id_of("contacts", name), "vendor_reference": None, **changes}
        return self.invoice(*(lines or (self.sold(),)), **own)

    def spend(self, *lines: Json, **changes: Any) -> Json:
        """120 from the first bank account, 20 of it tax."""
        line = {
            "ledger_account_id": self.id_of("ledger_accounts", "Office Costs"),
            "total_amount": 120,
            "tax_rate_id": f"{self.prefix}_STANDARD",
            "details": "Paper",
        }
        body = {
            "transaction_type_id": "OTHER_PAYMENT",
            "date": MONDAY,
            "bank_account_id": self.bank,
            "total_amount": 120,
            "payment_lines": list(lines) or [line],
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def entry(self, **changes: Any) -> Json:
        """A quick entry of 100, and 20 of tax."""
        body = {
            "quick_entry_type_id": "INVOICE",
            "contact_id": self.id_of("contacts", "Central Copiers" if self.prefix == "GB" else "Galway Stationery"),
            "date": MONDAY,
            "reference": "Q-1",
            "ledger_account_id": self.id_of("ledger_accounts", "Office Costs"),
            "net_amount": 100,
            "tax_amount": 20,
            "tax_rate_id": f"{self.prefix}_STANDARD",
            **changes,
        }
        return {name: value for name, value in body.items() if value is not None}

    def payment(self, *artefacts: tuple[Json, object], total: object = 120, **changes: Any) -> Json:
        """To the supplier, of these and how much of each."""
        return {
            "transaction_type_id": "VENDOR_PAYMENT",
            "contact_id": self.id_of("contacts", "Central Copiers"),
            "bank_account_id": self.bank,
            "date": MONDAY,
            "total_amount": total,
            "allocated_artefacts": [{"artefact_id": one["id"], "amount": amount} for one, amount in artefacts],
            **changes,
        }

    @property
    def bank(self) -> str:
        return self.id_of("bank_accounts", "Current Account (1200)")


SINGULARS = {
    "purchase_invoices": "purchase_invoice",
    "purchase_credit_notes": "purchase_credit_note",
    "purchase_quick_entries": "purchase_quick_entry",
    "sales_invoices": "sales_invoice",
    "sales_credit_notes": "sales_credit_note",
    "sales_quick_entries": "sales_quick_entry",
    "other_payments": "other_payment",
    "contact_payments": "contact_payment",
    "contact_allocations": "contact_allocation",
    "attachments": "attachment",
    "contacts": "contact",
    "analysis_type_categories": "analysis_type_category",
}


def sums(record: Json) -> tuple[object, ...]:
    """Net, tax and total."""
    return tuple(Decimal(str(record[name])) for name in ("net_amount", "tax_amount", "total_amount"))


def legs(bare: Bare) -> list[dict[str, Decimal]]:
    """Of each posting, by account, in the order of the days."""
    found = journal.journal(bare.state.books[bare.business])
    return [{leg.account["displayed_as"].split(" (")[0]: leg.debit for leg in posting.legs} for posting in found]


@pytest.fixture
async def state(clock: FakeClock) -> AsyncIterator[SageState]:
    state = SageState(clock=clock, redirect_uris=(REDIRECT,))
    async with served(state, create_app(state)):
        yield state


@pytest.fixture
async def bare(state: SageState) -> AsyncIterator[Bare]:
    async with aiohttp.ClientSession() as session:
        yield Bare(state, session)


@pytest.fixture
def _as_documented(state: SageState) -> Iterator[None]:
    """Whatever a test provokes, the answer has the fields that are documented, in their form."""
    yield
    assert vendor_schema.problems(state.calls) == []


judged = pytest.mark.usefixtures("_as_documented")
