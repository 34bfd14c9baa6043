"""Another system: it has a key of Northwind's and sends bills over HTTP."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import uuid4

import aiohttp

from bot.domain.api_keys import NewKey, Scope
from tests.fakes.connected import Connected

A_BILL: dict[str, Any] = {
    "supplier": {
        "name": "Paper & Ink Ltd",
        "tax_number": "GB123456789",
        "country": "GB",
        "bank_account": "GB33BUKB20201555",
    },
    "number": "INV-7",
    "issued_on": "2026-03-01",
    "due_on": "2026-03-31",
    "currency": "GBP",
    "net": "100.00",
    "tax": "20.00",
    "gross": "120.00",
    "lines": [{"description": "Paper", "quantity": "2", "unit_price": "50.00", "net": "100.00", "tax_percent": "20"}],
    "description": "Paper for March",
}


@dataclass(frozen=True, slots=True)
class Heard:
    status: int
    headers: Mapping[str, str]
    body: bytes
    method: str
    path: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class ApiClient:
    base: str
    key: str
    session: aiohttp.ClientSession
    heard: list[Heard] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, body: bytes | aiohttp.FormData | None = None, **headers: str | None
    ) -> Heard:
        """Headers are named with underscores; None leaves one out."""
        sent = {"Authorization": f"Bearer {self.key}", "Idempotency_Key": str(uuid4()), **headers}
        named = {name.replace("_", "-"): value for name, value in sent.items() if value is not None}
        data = BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.request(method, self.base + path, data=data, headers=named) as answer:
            found = Heard(answer.status, dict(answer.headers), await answer.read(), method, path)
        self.heard.append(found)
        return found

    async def send(self, item: object = None, key: str | None = None, **headers: str | None) -> Heard:
        """As JSON."""
        body = json.dumps(A_BILL if item is None else item).encode()
        return await self.raw(body, key, **headers)

    async def raw(self, body: bytes, key: str | None = None, **headers: str | None) -> Heard:
        sent: dict[str, str | None] = {"Content_Type": "application/json", "Idempotency_Key": key or str(uuid4())}
        return await self.ask("POST", "/api/v1/items", body, **(sent | headers))

    async def upload(
        self, content: bytes, name: str = "bill.xml", *, item: object = None, key: str | None = None
    ) -> Heard:
        form = aiohttp.FormData(quote_fields=False)
        if item is not None:
            form.add_field("item", json.dumps(item), content_type="application/json")
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        return await self.ask("POST", "/api/v1/items", form, Idempotency_Key=key or str(uuid4()))

    async def get(self, item: str) -> Heard:
        return await self.ask("GET", f"/api/v1/items/{item}", Idempotency_Key=None)


async def a_key(world: Connected, *scopes: Scope) -> str:
    new = NewKey(name="The web shop", scopes=frozenset(scopes or Scope))
    return (await world.services.api_keys.make(await world.actor(), world.organisation_id, new)).text


@asynccontextmanager
async def a_client(world: Connected) -> AsyncIterator[ApiClient]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield ApiClient(world.address, await a_key(world), session)
