"""A simulated Xero: sign-in, the Accounting API with Xero's own refusals, and the ledger as a page to read.

It imports `wire.py`, what all simulators are made of, and nothing else of ours, so it cannot share our mistakes: it
refuses as Xero does, and can be told to misbehave as Xero sometimes does. Mount it anywhere: `app.add_subapp("/xero", create_app(state))`.

Facts: developer.xero.com (OAuth 2.0, Accounting API, limits, idempotency) and the published OpenAPI document 16.1.0;
every answer is checked against the latter in tests. `simulated/sentences.py` says which sentences are not known to be
Xero's own words.
"""

from typing import Unpack

from aiohttp import web

from providers.simulating.drawing import Drawing
from providers.simulating.levers import Levers
from providers.simulating.misbehaviour import Fault
from providers.simulating.server import application
from providers.simulating.serving import Server
from providers.simulating.signin import SignIn
from providers.simulating.state import Call, Setup
from providers.xero.simulated import levers, page, signin
from providers.xero.simulated.acting import Acting
from providers.xero.simulated.api import FRONT, LARGEST_BODY, Api
from providers.xero.simulated.drawing import HERE, the_environment
from providers.xero.simulated.front import Limits
from providers.xero.simulated.seed import IRELAND, TRADING
from providers.xero.simulated.state import XERO, XeroState

__all__ = ["IRELAND", "TRADING", "Call", "Fault", "Limits", "XeroState", "create_app", "mounted"]


def mounted(**setup: Unpack[Setup]) -> web.Application:
    """The application as the playground mounts every simulated ledger; what it holds is kept in the `database`."""
    return create_app(XeroState(**setup))


def create_app(state: XeroState) -> web.Application:
    """Serve the API, the sign-in pages and the ledger's page of this state."""
    server, drawing = Server(state, FRONT), Drawing(XERO.name, state.app_name, the_environment())
    frame = page.frame(state, drawing)
    parts = (
        Api(state, server),
        SignIn(state, server, drawing, signin.RULES),
        frame,
        page.Page(frame),
        Levers(frame, levers.TARGETS, levers.Levers(state).all()),
        Acting(frame),
    )
    return application(state, parts, static=HERE / "static", largest_body=LARGEST_BODY)
