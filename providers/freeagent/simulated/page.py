"""The ledger as a bookkeeper reads it, one company at a time. Links from outside arrive as at FreeAgent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from providers.freeagent.simulated import attachments, journal, reading, settling, signin
from providers.freeagent.simulated.books import Books, id_of
from providers.freeagent.simulated.levers import NOTES
from providers.freeagent.simulated.reading import Listing
from providers.freeagent.simulated.state import FreeAgentState
from providers.simulating.drawing import Drawing
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame, file_answer

VIEWS = {
    "bills": "/bills/{number}",
    "expenses": "/expenses/{number}",
    "bank_transaction_explanations": "/bank_transaction_explanations/{number}",
    "invoices": "/invoices/{number}",
    "credit_notes": "/credit_notes/{number}",
}
"""Where a document is, under `https://{subdomain}.freeagent.com` (unverified); here the id alone says whose it is."""
TABS = (
    *((listing.name, listing.heading) for listing in reading.LISTINGS),
    ("journal", "Journal"),
    ("contacts", "Contacts"),
    ("accounts", "Categories"),
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
        for kind, path in VIEWS.items():
            router.add_get(path, self._viewing(kind), name=f"view-{kind}")
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
            open_ones = _unexplained(books) if listing.name == "banking" else []
            facts = {"listing": listing, "documents": reading.documents(books, listing), "tab": listing.name}
            return self.frame.draw(request, "documents.html", books, {**facts, "unexplained": open_ones})

        return draw

    def _viewing(self, kind: str) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            number = request.match_info["number"]
            books = next((one for one in self.frame.state.books.values() if number in one.shelf(kind)), None)
            if books is None:
                problem = (
                    "There is no document with this id. It may have been deleted, or forgotten with the rest of this "
                    "simulation."
                )
                return self.frame.drawing.page(request, "refused.html", status=404, problem=problem)
            return self.frame.draw(request, "document.html", books, _of_document(books, kind, number))

        return draw

    async def file(self, request: web.Request) -> web.Response:
        books, wanted = self.frame.books(request), request.match_info["file"]
        found = books.shelf("attachments").get(wanted)
        if found is None:
            raise web.HTTPNotFound(text="There is no such file")
        return file_answer(books.content(wanted), found["content_type"])

    async def journal(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        postings = [
            (one, reading.shown(books, one.kind, one.document))
            for one in journal.journal(books)[: -MOST_POSTINGS - 1 : -1]
        ]
        return self.frame.draw(request, "journal.html", books, {"postings": postings})

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {"term": term, "contacts": reading.contacts(books, term)}
        return self.frame.draw(request, "contacts.html", books, facts)

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {"term": term, "accounts": reading.categories(books, term), "balances": journal.balances(books)}
        return self.frame.draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        lists = {name: list(books.shelf(name).values()) for name in ("users", "projects", "bank_accounts")}
        facts = {
            **lists,
            "company": books.company,
            "is_uk": books.is_uk,
            "scheme": books.tax_on(books.today().isoformat()),
            "levels": signin.LEVELS,
            "user_lock": next((one for one in books.company["_locks"] if one.get("user_lock")), None),
            "other_locks": [one for one in books.company["_locks"] if not one.get("user_lock")],
        }
        return self.frame.draw(request, "settings.html", books, facts)


def frame(state: FreeAgentState, drawing: Drawing) -> Frame[Books]:
    """What is on every page of the ledger."""

    def facts(request: web.Request, books: Books) -> dict[str, Any]:
        def address(kind: str, document: Json) -> str:
            return drawing.path(request, f"view-{kind}", number=id_of(document))

        return {"home_currency": books.home, "address": address}

    return Frame(state, drawing, TABS, NOTES, facts)


def _unexplained(books: Books) -> list[Json]:
    found = [(one, _left(books, one)) for one in books.shelf("bank_transactions").values() if not one.get("is_manual")]
    return [{**one, "_left": left} for one, left in found if left]


def _left(books: Books, moved: Json) -> Any:
    explained = [
        one for one in books.shelf("bank_transaction_explanations").values() if one["bank_transaction"] == moved["url"]
    ]
    return moved["amount"] - sum(one["gross_value"] for one in explained)


def _of_document(books: Books, kind: str, number: str) -> dict[str, Any]:
    document = books.shelf(kind)[number]
    listing = next(one for one in reading.LISTINGS if kind in one.kinds)
    is_settled = kind in settling.SETTLED_BY
    due = settling.due(books, document) if is_settled else None
    state = document.get("_state", "sent")
    return {
        "document": reading.shown(books, kind, document),
        "kind_name": kind,
        "number": number,
        "tab": listing.name,
        "tax": reading.tax_of(document),
        "due": due,
        "payments": settling.payments_of(books, document) if is_settled else [],
        "files": [{**one, "_number": id_of(one)} for one in attachments.of(books, document)],
        "postings": journal.of_document(books, kind, document["url"]),
        "can_pay": bool(due) and state == "sent",
        "can_send": state == "draft",
    }
