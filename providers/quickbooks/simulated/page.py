"""The ledger as a bookkeeper reads it, one company at a time. Links from outside arrive as at QuickBooks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from providers.quickbooks.simulated import journal, reading, settling, signin
from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.levers import NOTES
from providers.quickbooks.simulated.reading import Listing
from providers.quickbooks.simulated.state import QuickBooksState
from providers.simulating.drawing import Drawing
from providers.simulating.numbers import Json
from providers.simulating.pages import Frame, file_answer

VIEWS = {
    "Bill": "/app/bill",
    "VendorCredit": "/app/vendorcredit",
    "Purchase": "/app/expense",
    "Deposit": "/app/deposit",
    "Invoice": "/app/invoice",
    "CreditMemo": "/app/creditmemo",
    "SalesReceipt": "/app/salesreceipt",
    "RefundReceipt": "/app/refundreceipt",
    "BillPayment": "/app/billpayment",
    "Payment": "/app/recvpayment",
}
"""Where a document is at QuickBooks, by `txnId` (unverified)."""
TABS = (
    *((listing.name, listing.heading) for listing in reading.LISTINGS),
    ("journal", "Journal"),
    ("contacts", "Names"),
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
        for kind, path in VIEWS.items():
            router.add_get(path, self._viewing(kind), name=kind)
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

    def _viewing(self, kind: str) -> Handler:
        async def draw(request: web.Request) -> web.Response:
            wanted, company = request.query.get("txnId", ""), request.query.get("companyId")
            books = next((one for one in self._companies(company) if wanted in one.shelf(kind)), None)
            if books is None:
                problem = (
                    "There is no document with this id. It may have been deleted, or forgotten with the rest of this "
                    "simulation."
                )
                return self.frame.drawing.page(request, "refused.html", status=404, problem=problem)
            return self.frame.draw(request, "document.html", books, _of_document(books, kind, wanted))

        return draw

    def _companies(self, realm: str | None) -> list[Books]:
        """The one that the link names; without a name it is whichever has the document."""
        return [books for books in self.frame.state.books.values() if realm in (None, books.tenant)]

    async def file(self, request: web.Request) -> web.Response:
        books, wanted = self.frame.books(request), request.match_info["file"]
        found = books.get("Attachable", wanted)
        if found is None:
            raise web.HTTPNotFound(text="There is no such file")
        return file_answer(books.content(wanted), found["ContentType"])

    async def journal(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        postings = journal.journal(books)[: -MOST_POSTINGS - 1 : -1]
        return self.frame.draw(request, "journal.html", books, {"postings": postings})

    async def contacts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        return self.frame.draw(request, "contacts.html", books, {"term": term, "names": reading.names(books, term)})

    async def accounts(self, request: web.Request) -> web.Response:
        books, term = self.frame.books(request), request.query.get("q", "")
        facts = {"term": term, "accounts": reading.accounts(books, term), "balances": journal.balances(books)}
        return self.frame.draw(request, "accounts.html", books, facts)

    async def settings(self, request: web.Request) -> web.Response:
        books = self.frame.books(request)
        lists = {
            name: list(books.shelf(name).values()) for name in ("TaxCode", "Class", "Department", "CompanyCurrency")
        }
        facts = {
            "preferences": books.preferences,
            "lists": lists,
            "users": list(books.users.values()),
            "roles": signin.ROLES,
            "is_lapsed": books.is_lapsed,
        }
        return self.frame.draw(request, "settings.html", books, facts)


def frame(state: QuickBooksState, drawing: Drawing) -> Frame[Books]:
    """What is on every page of the ledger."""

    def facts(request: web.Request, books: Books) -> dict[str, Any]:
        def address(kind: str, document: Json) -> str:
            return drawing.path(request, kind, txnId=document["Id"], companyId=books.tenant)

        return {"company": books.company, "home_currency": books.home, "address": address}

    return Frame(state, drawing, TABS, NOTES, facts)


def _of_document(books: Books, kind: str, wanted: str) -> dict[str, Any]:
    document = books.shelf(kind)[wanted]
    listing = next(one for one in reading.LISTINGS if kind in one.kinds)
    return {
        "document": document,
        "kind_name": kind,
        "tab": listing.name,
        "lines": [line for line in document["Line"] if reading.is_shown(line)],
        "payments": [] if kind in settling.PAYMENTS else list(settling.payments_of(books, kind, wanted)),
        "files": books.files(kind, wanted),
        "postings": journal.of_document(books, kind, wanted),
        "tax_names": reading.tax_names(books),
        "can_pay": kind == "Bill" and document["Balance"] > 0 and not document.get("_voided"),
    }
