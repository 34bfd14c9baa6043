"""A simulated FreeAgent: sign-in, the API with the vendor's own refusals, and the ledger as a page to read.

It imports what all simulations are made of and nothing else of ours, so it cannot share our mistakes: it refuses as FreeAgent
does, and can be told to misbehave as FreeAgent sometimes does. Mount it anywhere: `app.add_subapp("/freeagent", create_app(state))`.

Facts: dev.freeagent.com/docs (as of 12 August 2025, in the copy of endjin/Endjin.FreeAgent, and its newer pages on account locks,
practices and several attachments), the answers of FreeAgent's engineers at api-discuss.freeagent.com, and support.freeagent.com. There is
no published schema: tests judge every answer by one in our own words. What is not known to be so is marked "unverified" where
it is decided.
"""

from typing import Unpack

from aiohttp import web

from providers.freeagent.simulated import levers, page, signin
from providers.freeagent.simulated.api import FRONT, Api
from providers.freeagent.simulated.drawing import HERE, the_environment
from providers.freeagent.simulated.front import LARGEST_BODY, Limits
from providers.freeagent.simulated.seed import AMERICA, IRELAND, PRACTICE, TRADING
from providers.freeagent.simulated.state import FREEAGENT, FreeAgentState
from providers.simulating.drawing import Drawing
from providers.simulating.levers import Levers
from providers.simulating.misbehaviour import Fault
from providers.simulating.server import application
from providers.simulating.serving import Server
from providers.simulating.state import Call, Setup

__all__ = [
    "AMERICA",
    "IRELAND",
    "PRACTICE",
    "TRADING",
    "Call",
    "Fault",
    "FreeAgentState",
    "Limits",
    "create_app",
    "mounted",
]


def mounted(**setup: Unpack[Setup]) -> web.Application:
    """The application as the playground mounts every simulated ledger; what it holds is kept in the `database`."""
    return create_app(FreeAgentState(**setup))


def create_app(state: FreeAgentState) -> web.Application:
    """Serve the API, the sign-in pages and the ledger's page of this state."""
    server, drawing = Server(state, FRONT), Drawing(FREEAGENT.name, state.app_name, the_environment())
    frame = page.frame(state, drawing)
    parts = (
        signin.SignIn(state, server, drawing, signin.RULES),
        Api(state, server),
        frame,
        page.Page(frame),
        Levers(frame, levers.TARGETS, levers.Levers(state).all()),
    )
    return application(state, parts, static=HERE / "static", largest_body=LARGEST_BODY)
