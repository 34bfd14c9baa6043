"""The ledger as a bookkeeper reads it, one organisation at a time. Links from outside arrive as at Xero."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from providers.xero.simulated import journal, reading, settling
from providers.xero.simulated.books import Books
from providers.xero.simulated.drawing import Drawing
from providers.xero.simulated.kinds import BANK_TRANSACTION, CREDIT_NOTE, INVOICE, Kind
from providers.xero.simulated.levers import NOTES, OFFERED, TARGETS
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.reading import Listing
from providers.xero.simulated.state import XeroState

VIEWS = {
    "ACCPAY": ("/AccountsPayable/View.aspx", "InvoiceID", INVOICE),
    "ACCREC": ("/AccountsReceivable/View.aspx", "InvoiceID", INVOICE),
    "ACCPAYCREDIT": ("/AccountsPayable/ViewCreditNote.aspx", "creditNoteID", CREDIT_NOTE),
    "ACCRECCREDIT": ("/AccountsReceivable/ViewCreditNote.aspx", "creditNoteID", CREDIT_NOTE),
    "SPEND": ("/Bank/ViewTransaction.aspx", "bankTransactionID", BANK_TRANSACTION),
}
"""By type, the address of a record and how it names the id ("Deep linking"; unverified but for the first two)."""
TABS = (
    *((listing.name, listing.heading) for listing in reading.LISTINGS),
    ("journal", "Journal"),
    ("contacts", "Contacts"),
    ("accounts", "Accounts"),
    ("settings", "Settings"),
    ("simulation", "Misbehave"),
)
SHORT = {"bills": "Bills", "sales": "Sales", "bank": "Bank"}
"""Tabs that are shorter than their page's heading."""
MOST_CALLS = 40
MOST_POSTINGS = 200
OPENED = frozenset({"application/pdf", "image/gif", "image/jpeg", "image/png", "text/plain"})
"""Files that a browser shows by itself; any other is saved, so that nothing of a stranger's runs here."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(slots=True)
class Page:
    state: XeroState
    drawing: Drawing

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/", self.home, name="home")
        router.add_get("/organisationlogin/default.aspx", self.deep_link)
        for name, (path, parameter, kind) in VIEWS.items():
            router.add_get(path, self._viewing(parameter, kind), name=name)
        for listing in reading.LISTINGS:
            router.add_get(f"/o/{{organisation}}/{listing.name}", self._listing(listing), name=listing.name)
        router.add_get("/o/{organisation}/journal", self.journal, name="journal")
        router.add_get("/o/{organisation}/files/{file}", self.file, name="file")
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
        asked = parse_qs(wanted.query)
        for name, (path, parameter, _) in VIEWS.items():
            if wanted.path == path and not wanted.netloc and parameter in asked:
                raise web.HTTPSeeOther(self.drawing.path(request, name, **{parameter: asked[parameter][0]}))
        raise web.HTTPSeeOther(self.drawing.path(request, "home"))

    # Documents

    def _listing(self, listing: Listing) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            books, status = self._books(request), request.query.get("status", "")
            found = reading.documents(books, listing, status)
            tiles = reading.tiles(books, listing) if listing.has_tiles else []
            facts = {"listing": listing, "chosen": status, "documents": found, "tiles": tiles, "tab": listing.name}
            return self._draw(request, "documents.html", books, facts)

        return draw

    def _viewing(self, parameter: str, kind: Kind) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            wanted = request.query.get(parameter, "").lower()
            books = next((books for books in self.state.books.values() if wanted in books.shelf(kind)), None)
            if books is None:
                problem = (
                    "There is no document with this id. It may have been forgotten with the rest of this simulation."
                )
                return self.drawing.page(request, "refused.html", status=404, problem=problem)
            return self._draw(request, "document.html", books, _of_document(books, kind, wanted))

        return draw

    async def journal(self, request: web.Request) -> web.Response:
        books = self._books(request)
        return self._draw(
            request, "journal.html", books, {"postings": journal.journal(books)[: -MOST_POSTINGS - 1 : -1]}
        )

    async def file(self, request: web.Request) -> web.Response:
        books, wanted = self._books(request), request.match_info["file"]
        kept = (found for files in books.attachments.values() for found in files["files"])
        found = next((one for one in kept if one["AttachmentID"] == wanted), None)
        if found is None:
            raise web.HTTPNotFound(text="There is no such file")
        is_shown = found["MimeType"] in OPENED
        headers = {
            "Content-Disposition": "inline" if is_shown else "attachment",
            "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }
        content_type = found["MimeType"] if is_shown else "application/octet-stream"
        return web.Response(body=books.content(wanted), content_type=content_type, headers=headers)

    # The rest of the books

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self._books(request), request.query.get("q", "")
        facts = {
            "term": term,
            "contacts": reading.contacts(books, term),
            "owed": reading.owed(books, to_us=False),
            "owing": reading.owed(books, to_us=True),
        }
        return self._draw(request, "contacts.html", books, facts)

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self._books(request), request.query.get("q", "")
        facts = {
            "term": term,
            "accounts": reading.accounts(books, term),
            "tax_names": reading.tax_names(books),
            "balances": journal.balances(books),
        }
        return self._draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self._books(request)
        own = str(books.organisation["Class"])
        facts = {
            "roles": reading.ROLES,
            "users": list(books.users.values()),
            "rates": list(books.tax_rates.values()),
            "plans": {own: own.capitalize(), **reading.PLANS},
            "is_lapsed": books.is_lapsed,
            "currencies": list(books.currencies.values()),
            "tracking": list(books.tracking.values()),
        }
        return self._draw(request, "settings.html", books, facts)

    async def simulation(self, request: web.Request) -> web.Response:
        books, state = self._books(request), self.state
        facts = {
            "faults": OFFERED,
            "targets": TARGETS,
            "misbehaviour": state.misbehaviour,
            "ignores_keys": state.replays.ignores,
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
        def address(document: Json) -> str:
            name, parameter, kind = view_of(document)
            return self.drawing.path(request, name, **{parameter: document[kind.key]})

        return self.drawing.page(
            request,
            template,
            organisation=books.organisation,
            here=books.short_code,
            organisations=[(found.short_code, found.name) for found in self.state.books.values()],
            note=NOTES.get(request.query.get("done", ""), ""),
            address=address,
            tabs=[(name, SHORT.get(name, heading)) for name, heading in TABS],
            **facts,
        )


def view_of(document: Json) -> tuple[str, str, Kind]:
    """The route's name, how it names the id, and the kind."""
    name = document["Type"] if document["Type"] in VIEWS else "SPEND"
    _, parameter, kind = VIEWS[name]
    return name, parameter, kind


def _of_document(books: Books, kind: Kind, wanted: str) -> dict[str, Any]:
    document = books.shelf(kind)[wanted]
    listing = next(one for one in reading.LISTINGS if document["Type"] in one.types)
    payments = settling.payments_of(books, kind, wanted)
    return {
        "document": document,
        "id": wanted,
        "title": reading.title(document, kind),
        "tab": listing.name,
        "still_open": reading.still_open(document),
        "can": reading.may(document, payments),
        "payments": payments,
        "credits": _credits(books, kind, wanted),
        "postings": journal.of_document(books, wanted),
        "files": books.files(wanted),
        "history": list(reversed(books.history.get(wanted, {"records": []})["records"])),
        "account_names": reading.account_names(books),
        "tax_names": reading.tax_names(books),
    }


def _credits(books: Books, kind: Kind, wanted: str) -> list[tuple[Json, Json]]:
    """The other document of each allocation, with the allocation."""
    if kind is BANK_TRANSACTION:
        return []
    found = settling.allocations_of(books, kind, wanted)
    return [
        (books.invoices[one["_invoice"]] if kind is CREDIT_NOTE else books.credit_notes[one["_credit_note"]], one)
        for one in found
    ]
