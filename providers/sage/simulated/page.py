"""The ledger as a bookkeeper reads it, one business at a time. Links from outside arrive as at Sage."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from providers.sage.simulated import journal, reading, settling, signin
from providers.sage.simulated.books import Books
from providers.sage.simulated.levers import NOTES, PLANS
from providers.sage.simulated.reading import Listing
from providers.sage.simulated.state import SageState
from providers.simulating.drawing import Drawing
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame, file_answer

VIEWS = {
    "purchase_invoices": "/invoicing/purchases/invoices/{id}",
    "purchase_credit_notes": "/invoicing/purchases/credit_notes/{id}",
    "purchase_quick_entries": "/invoicing/purchases/quick_entries/{id}",
    "sales_invoices": "/invoicing/sales/invoices/{id}",
    "sales_credit_notes": "/invoicing/sales/credit_notes/{id}",
    "sales_quick_entries": "/invoicing/sales/quick_entries/{id}",
    "other_payments": "/banking/other_payments/{id}",
    "contact_payments": "/banking/contact_payments/{id}",
    "contact_allocations": "/banking/allocations/{id}",
}
"""Where a document is at Sage (unverified)."""
TABS = (
    *((listing.name, listing.heading) for listing in reading.LISTINGS),
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
        for plural, path in VIEWS.items():
            router.add_get(path, self._viewing(plural), name=plural)
        for listing in reading.LISTINGS:
            router.add_get(f"/o/{{organisation}}/{listing.name}", self._listing(listing), name=listing.name)
        router.add_get("/o/{organisation}/files/{file}", self.file, name="file")
        router.add_get("/o/{organisation}/journal", self.journal, name="journal")
        router.add_get("/o/{organisation}/contacts", self.contacts, name="contacts")
        router.add_get("/o/{organisation}/accounts", self.accounts, name="accounts")
        router.add_get("/o/{organisation}/settings", self.settings, name="settings")

    def _listing(self, listing: Listing) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            books = self.frame.books(request)
            facts = {"listing": listing, "documents": reading.documents(books, listing), "tab": listing.name}
            return self.frame.draw(request, "documents.html", books, facts)

        return draw

    def _viewing(self, plural: str) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            """Ids are never given twice, so a link needs no business."""
            wanted = request.match_info["id"]
            books = next((one for one in self.frame.state.books.values() if wanted in one.shelf(plural)), None)
            if books is None or books.shelf(plural)[wanted]["deleted_at"]:
                problem = (
                    "There is no document with this id. It may have been deleted, or forgotten with the rest of this "
                    "simulation."
                )
                return self.frame.drawing.page(request, "refused.html", status=404, problem=problem)
            return self.frame.draw(request, "document.html", books, _of_document(books, plural, wanted))

        return draw

    async def file(self, request: web.Request) -> web.Response:
        books, wanted = self.frame.books(request), request.match_info["file"]
        found = books.get("attachments", wanted)
        if found is None or found["deleted_at"]:
            raise web.HTTPNotFound(text="There is no such file")
        return file_answer(books.content(wanted), found["mime_type"])

    async def journal(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        postings = journal.journal(books)[: -MOST_POSTINGS - 1 : -1]
        return self.frame.draw(request, "journal.html", books, {"postings": postings})

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {"term": term, "contacts": reading.contacts(books, term)}
        return self.frame.draw(request, "contacts.html", books, facts)

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {
            "term": term,
            "accounts": reading.ledger_accounts(books, term),
            "balances": journal.balances(books),
            "banks": list(books.shelf("bank_accounts").values()),
        }
        return self.frame.draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        facts = {
            "settings": books.financial_settings,
            "tax_rates": list(books.shelf("tax_rates").values()),
            "analysis": [(one, _categories(books, one)) for one in books.shelf("analysis_types").values()],
            "users": list(books.users.values()),
            "roles": signin.ROLES,
            "plan": books.plan,
            "plans": PLANS,
            "is_lapsed": books.is_lapsed,
        }
        return self.frame.draw(request, "settings.html", books, facts)


def frame(state: SageState, drawing: Drawing) -> Frame[Books]:
    """What is on every page of the ledger."""

    def facts(request: web.Request, books: Books) -> dict[str, Any]:
        def address(plural: str, document: Json) -> str:
            return drawing.path(request, plural, id=document["id"])

        return {"business": books.business, "home_currency": books.home, "address": address}

    return Frame(state, drawing, TABS, NOTES, facts)


def _of_document(books: Books, plural: str, wanted: str) -> dict[str, Any]:
    document = books.shelf(plural)[wanted]
    listing = next(one for one in reading.LISTINGS if plural in one.kinds)
    code = document.get("status", {}).get("id")
    return {
        "document": document,
        "plural": plural,
        "tab": listing.name,
        "payments": list(settling.settlements(books, wanted)),
        "files": books.files(document),
        "postings": journal.of_document(books, plural, wanted),
        "can_pay": plural == "purchase_invoices" and code in ("UNPAID", "PART_PAID"),
        "can_release": code == "DRAFT",
        "can_delete": code != "VOID",
    }


def _categories(books: Books, kind: Json) -> list[Json]:
    return [one for one in books.standing("analysis_type_categories") if one["analysis_type"]["id"] == kind["id"]]
