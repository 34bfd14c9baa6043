"""The ledger as a bookkeeper reads it, one organisation at a time. Links from outside arrive as at Xero."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from providers.xero.simulated import reading
from providers.xero.simulated.books import Books
from providers.xero.simulated.drawing import Drawing
from providers.xero.simulated.levers import NOTES, OFFERED, TARGETS
from providers.xero.simulated.state import XeroState

VIEW_BILL = "/AccountsPayable/View.aspx"
MOST_CALLS = 40


@dataclass(slots=True)
class Page:
    state: XeroState
    drawing: Drawing

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/", self.home, name="home")
        router.add_get("/organisationlogin/default.aspx", self.deep_link)
        router.add_get(VIEW_BILL, self.bill, name="bill")
        router.add_get("/o/{organisation}/bills", self.bills, name="bills")
        router.add_get("/o/{organisation}/contacts", self.contacts, name="contacts")
        router.add_get("/o/{organisation}/accounts", self.accounts, name="accounts")
        router.add_get("/o/{organisation}/settings", self.settings, name="settings")
        router.add_get("/o/{organisation}/simulation", self.simulation, name="simulation")

    # The ways in

    async def home(self, request: web.Request) -> web.Response:
        first = next(iter(self.state.books.values()))
        raise web.HTTPSeeOther(self.drawing.path(request, "bills", organisation=first.short_code))

    async def deep_link(self, request: web.Request) -> web.Response:
        """`shortcode` picks the organisation, `redirecturl` the page within it (Xero's "deep linking")."""
        wanted = urlsplit(request.query.get("redirecturl", ""))
        ids = parse_qs(wanted.query).get("InvoiceID", [])
        if wanted.path != VIEW_BILL or wanted.netloc or not ids:
            raise web.HTTPSeeOther(self.drawing.path(request, "home"))
        raise web.HTTPSeeOther(self.drawing.path(request, "bill", InvoiceID=ids[0]))

    # The pages

    async def bills(self, request: web.Request) -> web.Response:
        books = self._books(request)
        status = request.query.get("status", "")
        facts = {"chosen": status, "bills": reading.bills(books, status), "tiles": reading.tiles(books)}
        return self._draw(request, "bills.html", books, facts)

    async def bill(self, request: web.Request) -> web.Response:
        wanted = request.query.get("InvoiceID", "").lower()
        books = next((books for books in self.state.books.values() if wanted in books.invoices), None)
        if books is None:
            problem = "There is no bill with this id. It may have been forgotten with the rest of this simulation."
            return self.drawing.page(request, "refused.html", status=404, problem=problem)
        facts = {
            "bill": books.invoices[wanted],
            "files": books.files(wanted),
            "history": list(reversed(books.history.get(wanted, {"records": []})["records"])),
            "account_names": reading.account_names(books),
            "tax_names": reading.tax_names(books),
        }
        return self._draw(request, "bill.html", books, facts)

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self._books(request), request.query.get("q", "")
        facts = {"term": term, "contacts": reading.contacts(books, term), "owed": reading.owed(books)}
        return self._draw(request, "contacts.html", books, facts)

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self._books(request), request.query.get("q", "")
        facts = {"term": term, "accounts": reading.accounts(books, term), "tax_names": reading.tax_names(books)}
        return self._draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self._books(request)
        facts = {"roles": reading.ROLES, "users": list(books.users.values()), "rates": list(books.tax_rates.values())}
        return self._draw(request, "settings.html", books, facts)

    async def simulation(self, request: web.Request) -> web.Response:
        books, state = self._books(request), self.state
        facts = {
            "faults": OFFERED,
            "targets": TARGETS,
            "misbehaviour": state.misbehaviour,
            "connections": state.grants.connected_to(books.tenant),
            "calls": list(reversed(state.calls[-MOST_CALLS:])),
        }
        return self._draw(request, "simulation.html", books, facts)

    def _books(self, request: web.Request) -> Books:
        """
        Raises:
            HTTPNotFound: no organisation has this short code.
        """  # noqa: D212
        books = self.state.by_short_code(request.match_info["organisation"])
        if books is None:
            raise web.HTTPNotFound(text="There is no organisation with this short code")
        return books

    def _draw(self, request: web.Request, template: str, books: Books, facts: Mapping[str, Any]) -> web.Response:
        note = NOTES.get(request.query.get("done", ""), "")
        organisations = [(found.short_code, found.name) for found in self.state.books.values()]
        return self.drawing.page(
            request,
            template,
            organisation=books.organisation,
            here=books.short_code,
            organisations=organisations,
            note=note,
            **facts,
        )
