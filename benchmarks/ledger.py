"""A simulated Xero as a process of its own: `python -m benchmarks.ledger PORT FILE`.

FILE is where it leaves the tokens of a sign-in, so that a connection can be seeded without a browser.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from providers.xero.simulator import XeroState, create_app

ID, SECRET = "bench", "bench"


async def serve(port: int, tokens: Path) -> None:
    state = XeroState(public_url=f"http://127.0.0.1:{port}", client_id=ID, client_secret=SECRET)
    answer = state.grant()
    left = json.dumps({"access": answer["access_token"], "refresh": answer["refresh_token"]})
    await asyncio.to_thread(tokens.write_text, left)
    runner = web.AppRunner(create_app(state), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
