"""A simulated Xero as a process of its own: `python -m benchmarks.ledger PORT FILE [--large]`.

FILE is where it leaves the tokens of a sign-in, so that a connection can be seeded without a browser. `--large` is an
organisation with as many accounts and contacts as anybody has.
"""

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from aiohttp import web

from providers.xero.simulated.seed import new_contact
from providers.xero.simulator import TRADING, XeroState, create_app

ID, SECRET = "bench", "bench"
ACCOUNTS, CONTACTS = 10_000, 50_000


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


async def serve(port: int, tokens: Path, *, is_large: bool) -> None:
    state = XeroState(public_url=f"http://127.0.0.1:{port}", client_id=ID, client_secret=SECRET)
    if is_large:
        grow(state)
        state.meter.limits.per_minute = 100_000
    answer = state.grant()
    left = json.dumps({"access": answer["access_token"], "refresh": answer["refresh_token"]})
    await asyncio.to_thread(tokens.write_text, left)
    runner = web.AppRunner(create_app(state), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), is_large="--large" in sys.argv))
