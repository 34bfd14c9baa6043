"""The ledger as a bookkeeper reads it, and the levers that make it refuse."""

from dataclasses import dataclass

from aiohttp import web

from providers.xero.simulated.drawing import Drawing
from providers.xero.simulated.state import XeroState


@dataclass(slots=True)
class Page:
    state: XeroState
    drawing: Drawing

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/", self.home, name="home")

    async def home(self, request: web.Request) -> web.Response:
        return self.drawing.page(request, "home.html", books=list(self.state.books.values()))
