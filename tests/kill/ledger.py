"""A small ledger that speaks Xero's bills over HTTP in the test's process, out of the dying one's reach.

It keeps no idempotency keys at all, so only what the product does keeps a bill single.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from aiohttp import web


@dataclass(slots=True)
class HttpLedger:
    chance: random.Random
    invoices: list[dict[str, Any]] = field(default_factory=list)
    puts: int = 0
    searches: int = 0

    @property
    def numbers(self) -> list[str]:
        return sorted(invoice["InvoiceNumber"] for invoice in self.invoices)

    async def create(self, request: web.Request) -> web.Response:
        """The bytes are here, so the bills will be booked, whoever is left to hear of it."""
        body = json.loads(await request.read(), parse_float=Decimal)
        self.puts += 1
        await asyncio.sleep(self.chance.random() * 0.15)
        booked = [_booked(bill) for bill in body["Invoices"]]
        self.invoices.extend(booked)
        await asyncio.sleep(self.chance.random() * 0.15)
        return _json(booked)

    async def list(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.chance.random() * 0.01)
        ids = request.query.get("IDs")
        self.searches += ids is None
        wanted = self.invoices if ids is None else [one for one in self.invoices if one["InvoiceID"] in ids.split(",")]
        return _json(wanted)


def _booked(bill: dict[str, Any]) -> dict[str, Any]:
    net = sum((line["LineAmount"] for line in bill["LineItems"]), Decimal(0))
    tax = sum((line["TaxAmount"] for line in bill["LineItems"]), Decimal(0))
    totals = {"SubTotal": net, "TotalTax": tax, "Total": net + tax}
    return {**bill, **totals, "InvoiceID": str(uuid4()), "DateString": bill["Date"]}


def _json(invoices: list[dict[str, Any]]) -> web.Response:
    text = json.dumps({"Invoices": invoices}, default=float)
    return web.Response(text=text, content_type="application/json")


@asynccontextmanager
async def serving(ledger: HttpLedger) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_put("/api.xro/2.0/Invoices", ledger.create)
    app.router.add_get("/api.xro/2.0/Invoices", ledger.list)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
