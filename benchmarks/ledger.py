"""A simulated Xero as a process of its own: `python -m benchmarks.ledger PORT FILE [options]`.

FILE is where it leaves the tokens of a sign-in and the ids of its organisations, so that connections can be seeded without
a browser. `--large` is an organisation with as many accounts and contacts as anybody has; `--organisations` adds others;
`--roomy` lifts the limits; `--speed` and `--since` make its clock run faster, from an instant that others know.
`GET /calls` tells what it was asked, `POST /calls` forgets that and every limit's window.
"""

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from aiohttp import web
from aiohttp.typedefs import Handler

from benchmarks.quick_clock import QuickClock
from providers.simulating.store import Shelf
from providers.xero.simulated import seed
from providers.xero.simulated.books import Books
from providers.xero.simulated.seed import new_contact, stable_id
from providers.xero.simulator import TRADING, XeroState, create_app

ID, SECRET = "bench", "bench"
ACCOUNTS, CONTACTS = 10_000, 50_000
ROOM = 1_000_000
LISTS = (
    ("account", "AccountID", seed.accounts),
    ("tax_rate", "TaxType", seed.tax_rates),
    ("contact", "ContactID", seed.contacts),
    ("tracking", "TrackingCategoryID", seed.tracking),
    ("currency", "Code", seed.currencies),
    ("user", "UserID", seed.users),
    ("item", "ItemID", seed.items),
)


class FilledBooks(Books):
    """Of records that are in the store by now."""

    def _seed(self) -> None:
        pass


@dataclass(slots=True)
class Heard:
    """What was asked, by what it asks for; `at` is when each call came that counted against an organisation's limits."""

    state: XeroState
    calls: Counter[str] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)

    async def listen(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if "/api.xro/" not in request.path and "/connect" not in request.path:
            return await handler(request)
        came_at = self.state.clock.monotonic()
        response = await handler(request)
        del self.state.calls[:]  # bodies and answers, which nobody asks for here
        what = "files" if request.path.rpartition("/")[0].endswith("/Attachments") else request.path.rpartition("/")[2]
        self.calls[f"{request.method} {what}"] += 1
        self.calls[f"status {response.status}"] += 1
        if response.status != 429:
            self.at.append(came_at)
        return response

    async def tell(self, _: web.Request) -> web.Response:
        return web.json_response({"calls": self.calls, "at": self.at, "now": self.state.clock.monotonic()})

    async def forget(self, _: web.Request) -> web.Response:
        self.calls.clear()
        self.at.clear()
        self.state.meter.forget()
        return web.Response()


def grow(xero: XeroState) -> None:
    """A chart and contacts as a large organisation has; kept in memory."""
    books = xero.books[TRADING]
    chart = next(found for found in books.accounts.values() if found["Code"] == "429")
    for number in range(ACCOUNTS - len(books.accounts)):
        key = str(UUID(int=number + 1))
        books.accounts[key] = {**chart, "AccountID": key, "Code": f"A{number:05}", "Name": f"Costs {number}"}
    for number in range(CONTACTS - len(books.contacts)):
        key = str(UUID(int=number + 1_000_001))
        books.contacts[key] = new_contact(key, f"Supplier {number}", "2026-01-01T00:00:00.000+00:00")


def more(xero: XeroState, number: int) -> list[str]:
    """Organisations beside the first one, each with the same lists; their ids."""
    tenants = [stable_id(f"Bench {each} Ltd") for each in range(number)]
    for tenant in tenants:
        own = {**seed.organisation(TRADING), "OrganisationID": tenant, "Name": f"Bench {tenant[:8]} Ltd"}
        Shelf(xero.store, f"organisation/{tenant}").save("organisation", own)
        for kind, key, records in LISTS:
            shelf = Shelf(xero.store, f"{kind}/{tenant}")
            for record in records(TRADING):
                shelf.save(record[key], record)
        xero.books[tenant] = FilledBooks(tenant, xero.store, xero.clock)
    return tenants


async def serve(options: argparse.Namespace) -> None:
    clock = QuickClock(options.speed, options.since)
    address = f"http://127.0.0.1:{options.port}"
    state = XeroState(clock=clock, public_url=address, client_id=ID, client_secret=SECRET)
    limits = state.meter.limits
    if options.large:
        grow(state)
        limits.per_minute = 100_000
    if options.roomy:
        limits.per_minute = limits.per_day = limits.app_per_minute = ROOM
    tenants = [TRADING, *more(state, options.organisations - 1)]
    answer = state.grant(tenants=tenants)
    left = {"access": answer["access_token"], "refresh": answer["refresh_token"], "tenants": tenants}
    await asyncio.to_thread(options.file.write_text, json.dumps(left))
    app, heard = create_app(state), Heard(state)

    @web.middleware
    async def listen(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await heard.listen(request, handler)

    app.middlewares.append(listen)
    app.router.add_get("/calls", heard.tell)
    app.router.add_post("/calls", heard.forget)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port).start()
    await asyncio.Event().wait()


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("file", type=Path)
    options.add_argument("--large", action="store_true")
    options.add_argument("--organisations", type=int, default=1)
    options.add_argument("--roomy", action="store_true")
    options.add_argument("--speed", type=float, default=1.0)
    options.add_argument("--since", type=float, default=0.0)
    return options.parse_args()


if __name__ == "__main__":
    asyncio.run(serve(_options()))
