"""A simulated ledger as an application: its parts, what it looks like, and for whom it answers.

A vendor gives its parts (API, sign-in, pages, levers), the folder of its icon (`icon.svg`), and the largest body that it
reads. Mount it anywhere: `app.add_subapp("/vendor", application(…))`.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.static import Static
from providers.simulating.drawing import HERE
from providers.simulating.state import Simulated


class Part(Protocol):
    def add_to(self, app: web.Application) -> None:
        """Add the addresses that it answers."""
        ...


def application(state: Simulated[Any], parts: Sequence[Part], *, static: Path, largest_body: int) -> web.Application:
    """Serve these parts of the state; what hangs is let go when it stops."""

    async def release(_: web.Application) -> None:
        state.released.set()

    async def close(_: web.Application) -> None:
        state.close()

    app = web.Application(client_max_size=largest_body, middlewares=[_only_here])
    for part in parts:
        part.add_to(app)
    Static.of(HERE / "static").add_to(app.router, "/static", name="static")
    Static.of(static).add_to(app.router, "/own", name="own")
    app.on_shutdown.append(release)
    app.on_cleanup.append(close)
    return app


@web.middleware
async def _only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer to this machine's own names only, so that no foreign page reaches it through a name of its own."""
    name = request.url.host or ""
    try:
        is_here = ip_address(name).is_loopback
    except ValueError:
        is_here = name == "localhost"
    if not is_here:
        raise web.HTTPMisdirectedRequest(text="this server is for this machine only")
    return await handler(request)
