"""A simulated Sage Accounting: sign-in, the API in its version 3.1 with the vendor's own refusals, and the ledger as a page to read.

It imports what all simulations are made of and nothing else of ours, so it cannot share our mistakes: it refuses as Sage does,
and can be told to misbehave as Sage sometimes does. Mount it anywhere: `app.add_subapp("/sage", create_app(state))`.

Facts: developer.sage.com, guides "Authentication", "Multi business", "Access rights", "Analysis types", "Attachments",
"Idempotency", "Invoicing", "Response codes", "Frequently raised errors" (copies of 2022 to 2026), and the fields, rights and
plans of swagger 3.1 as generated into SynergiTech/sage-php and nook-io/python-sage. What is not known to be so is marked
"unverified" where it is decided.
"""

from typing import Unpack

from aiohttp import web

from providers.sage.simulated import levers, page, signin
from providers.sage.simulated.api import FRONT, Api
from providers.sage.simulated.drawing import HERE, the_environment
from providers.sage.simulated.front import LARGEST_BODY, Limits
from providers.sage.simulated.kinds import Area, Level
from providers.sage.simulated.seed import IRELAND, STUDIO, TRADING
from providers.sage.simulated.state import SAGE, SageState
from providers.simulating.drawing import Drawing
from providers.simulating.levers import Levers
from providers.simulating.misbehaviour import Fault
from providers.simulating.server import application
from providers.simulating.serving import Server
from providers.simulating.state import Call, Setup

__all__ = [
    "IRELAND",
    "STUDIO",
    "TRADING",
    "Area",
    "Call",
    "Fault",
    "Level",
    "Limits",
    "SageState",
    "create_app",
    "mounted",
]


def mounted(**setup: Unpack[Setup]) -> web.Application:
    """The application as the playground mounts every simulated ledger; what it holds is kept in the `database`."""
    return create_app(SageState(**setup))


def create_app(state: SageState) -> web.Application:
    """Serve the API, the sign-in pages and the ledger's page of this state."""
    server, drawing = Server(state, FRONT), Drawing(SAGE.name, state.app_name, the_environment())
    frame = page.frame(state, drawing)
    parts = (
        Api(state, server),
        signin.SignIn(state, server, drawing, signin.RULES),
        frame,
        page.Page(frame),
        Levers(frame, levers.TARGETS, levers.Levers(state).all()),
    )
    return application(state, parts, static=HERE / "static", largest_body=LARGEST_BODY)
