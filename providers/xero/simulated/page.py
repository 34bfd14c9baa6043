"""The ledger as a bookkeeper reads it, one organisation at a time. Links from outside arrive as at Xero."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from providers.simulating.drawing import Drawing
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame, file_answer
from providers.xero.simulated import journal, reading, settling
from providers.xero.simulated.books import Books
from providers.xero.simulated.kinds import BANK_TRANSACTION, CREDIT_NOTE, INVOICE, Kind
from providers.xero.simulated.levers import NOTES
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
SHORT = {"bills": "Bills", "sales": "Sales", "bank": "Bank"}
"""Tabs that are shorter than their page's heading."""
TABS = (
    *((listing.name, SHORT.get(listing.name, listing.heading)) for listing in reading.LISTINGS),
    ("journal", "Journal"),
    ("contacts", "Contacts"),
    ("accounts", "Accounts"),
    ("settings", "Settings"),
    ("simulation", "Misbehave"),
)
MOST_POSTINGS = 200
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(slots=True)
class Page:
    frame: Frame[Books]

    def add_to(self, app: web.Application) -> None:
        router = app.router
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

    async def deep_link(self, request: web.Request) -> web.Response:
        """`shortcode` picks the organisation, `redirecturl` the page within it (Xero's "deep linking")."""
        wanted = urlsplit(request.query.get("redirecturl", ""))
        asked = parse_qs(wanted.query)
        for name, (path, parameter, _) in VIEWS.items():
            if wanted.path == path and not wanted.netloc and parameter in asked:
                raise web.HTTPSeeOther(self.frame.drawing.path(request, name, **{parameter: asked[parameter][0]}))
        raise web.HTTPSeeOther(self.frame.drawing.path(request, "home"))

    # Documents

    def _listing(self, listing: Listing) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            books, status = self.frame.books(request), request.query.get("status", "")
            found = reading.documents(books, listing, status)
            tiles = reading.tiles(books, listing) if listing.has_tiles else []
            facts = {"listing": listing, "chosen": status, "documents": found, "tiles": tiles, "tab": listing.name}
            return self.frame.draw(request, "documents.html", books, facts)

        return draw

    def _viewing(self, parameter: str, kind: Kind) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            wanted = request.query.get(parameter, "").lower()
            books = next((books for books in self.frame.state.books.values() if wanted in books.shelf(kind)), None)
            if books is None:
                problem = (
                    "There is no document with this id. It may have been forgotten with the rest of this simulation."
                )
                return self.frame.drawing.page(request, "refused.html", status=404, problem=problem)
            return self.frame.draw(request, "document.html", books, _of_document(books, kind, wanted))

        return draw

    async def journal(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        return self.frame.draw(
            request, "journal.html", books, {"postings": journal.journal(books)[: -MOST_POSTINGS - 1 : -1]}
        )

    async def file(self, request: web.Request) -> web.Response:
        books, wanted = self.frame.books(request), request.match_info["file"]
        kept = (found for files in books.attachments.values() for found in files["files"])
        found = next((one for one in kept if one["AttachmentID"] == wanted), None)
        if found is None:
            raise web.HTTPNotFound(text="There is no such file")
        return file_answer(books.content(wanted), found["MimeType"])

    # The rest of the books

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {
            "term": term,
            "contacts": reading.contacts(books, term),
            "owed": reading.owed(books, to_us=False),
            "owing": reading.owed(books, to_us=True),
        }
        return self.frame.draw(request, "contacts.html", books, facts)

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {
            "term": term,
            "accounts": reading.accounts(books, term),
            "tax_names": reading.tax_names(books),
            "balances": journal.balances(books),
        }
        return self.frame.draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
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
        return self.frame.draw(request, "settings.html", books, facts)


def frame(state: XeroState, drawing: Drawing) -> Frame[Books]:
    """What is on every page of the ledger."""

    def facts(request: web.Request, books: Books) -> dict[str, Any]:
        def address(document: Json) -> str:
            name, parameter, kind = view_of(document)
            return drawing.path(request, name, **{parameter: document[kind.key]})

        return {"organisation": books.organisation, "address": address}

    return Frame(state, drawing, TABS, NOTES, facts)


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
