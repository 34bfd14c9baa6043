"""A simulated QuickBooks Online: sign-in, the Accounting API with the vendor's own refusals, and the ledger as a page to read.

It imports what all simulations are made of and nothing else of ours, so it cannot share our mistakes: it refuses as QuickBooks
does, and can be told to misbehave as QuickBooks sometimes does. Mount it anywhere: `app.add_subapp("/quickbooks", create_app(state))`.

Facts: developer.intuit.com (OAuth 2.0, API reference, data queries, batch, change data capture, error codes, limits) and the
published XML schema at minor version 75, against which every answer is checked in tests. What is not known to be so is marked
"unverified" where it is decided.
"""

from typing import Unpack

from aiohttp import web

from providers.quickbooks.simulated import levers, page, signin
from providers.quickbooks.simulated.api import FRONT, Api
from providers.quickbooks.simulated.drawing import HERE, the_environment
from providers.quickbooks.simulated.front import LARGEST_BODY, Limits
from providers.quickbooks.simulated.seed import AMERICA, TRADING
from providers.quickbooks.simulated.state import QUICKBOOKS, QuickBooksState
from providers.simulating.drawing import Drawing
from providers.simulating.levers import Levers
from providers.simulating.misbehaviour import Fault
from providers.simulating.server import application
from providers.simulating.serving import Server
from providers.simulating.state import Call, Setup

__all__ = ["AMERICA", "TRADING", "Call", "Fault", "Limits", "QuickBooksState", "create_app", "mounted"]


def mounted(**setup: Unpack[Setup]) -> web.Application:
    """The application as the playground mounts every simulated ledger; what it holds is kept in the `database`."""
    return create_app(QuickBooksState(**setup))


def create_app(state: QuickBooksState) -> web.Application:
    """Serve the API, the sign-in pages and the ledger's page of this state."""
    server, drawing = Server(state, FRONT), Drawing(QUICKBOOKS.name, state.app_name, the_environment())
    frame = page.frame(state, drawing)
    parts = (
        Api(state, server),
        signin.SignIn(state, server, drawing, signin.RULES),
        frame,
        page.Page(frame),
        Levers(frame, levers.TARGETS, levers.Levers(state).all()),
    )
    return application(state, parts, static=HERE / "static", largest_body=LARGEST_BODY)
