"""A simulated Xero: sign-in, the Accounting API with Xero's own refusals, and the ledger as a page to read.

It imports `wire.py`, the clock and nothing else of ours, so it cannot share our mistakes: it refuses as Xero does, and
can be told to misbehave as Xero sometimes does. Mount it anywhere: `app.add_subapp("/xero", create_app(state))`.

Facts: developer.xero.com (OAuth 2.0, Accounting API, limits, idempotency) and the published OpenAPI document 16.1.0;
every answer is checked against the latter in tests. `simulated/sentences.py` says which sentences are not known to be
Xero's own words.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock
from providers.xero.simulated.acting import Acting
from providers.xero.simulated.api import LARGEST_BODY, Api
from providers.xero.simulated.drawing import HERE, Drawing
from providers.xero.simulated.levers import Levers
from providers.xero.simulated.limits import Limits
from providers.xero.simulated.misbehaviour import Fault
from providers.xero.simulated.page import Page
from providers.xero.simulated.seed import IRELAND, TRADING
from providers.xero.simulated.signin import SignIn
from providers.xero.simulated.state import Call, XeroState

__all__ = ["IRELAND", "TRADING", "Call", "Fault", "Limits", "XeroState", "create_app", "mounted"]


def mounted(
    *,
    clock: Clock,
    public_url: str,
    client_id: str,
    client_secret: str,
    database: Path,
    redirect_uris: Sequence[str],
) -> web.Application:
    """The application as the playground mounts every simulated ledger; what it holds is kept in `database`."""
    return create_app(
        XeroState(
            clock=clock,
            public_url=public_url,
            client_id=client_id,
            client_secret=client_secret,
            database=database,
            redirect_uris=redirect_uris,
        )
    )


def create_app(state: XeroState) -> web.Application:
    """Serve the API, the sign-in pages and the ledger's page of this state."""

    async def release(_: web.Application) -> None:
        state.released.set()

    async def close(_: web.Application) -> None:
        state.close()

    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_only_here])
    api, drawing = Api(state), Drawing(state.app_name)
    api.add_to(app)
    SignIn(state, api, drawing).add_to(app)
    Page(state, drawing).add_to(app)
    Levers(state, drawing).add_to(app)
    Acting(state, drawing).add_to(app)
    app.router.add_static("/static/", HERE / "static", name="static")
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
