"""Bills and sales invoices: listing, reading, writing, and their history."""

from datetime import datetime
from typing import Any

from providers.xero.simulated.endpoints.attachments import attachment
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import chosen, elements, envelope, is_set, listed, results
from providers.xero.simulated.invoices import InvoiceWriter
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.query import page_of
from providers.xero.simulated.refusals import Answer, not_found


@serves("GET", "/Invoices", "accounting.invoices")
def list_invoices(request: Request) -> Answer:
    query = request.query
    found = listed(request, list(request.books.invoices.values()))
    for name, texts in (("InvoiceID", "IDs"), ("InvoiceNumber", "InvoiceNumbers"), ("Status", "Statuses")):
        found = chosen(found, name, query.get(texts))
    if query.get("ContactIDs"):
        wanted = query["ContactIDs"].lower().split(",")
        found = [one for one in found if one["Contact"]["ContactID"] in wanted]
    if is_set(request, "createdByMyApp"):
        found = [one for one in found if one["_app"] == request.author.client_id]
    if request.hidden_after is not None and not query.get("IDs"):
        found = [one for one in found if datetime.fromisoformat(one["_created_at"]) <= request.hidden_after]
    term = query.get("searchTerm", "").lower()
    found = [one for one in found if not term or term in f"{one['InvoiceNumber']} {one['Reference']}".lower()]
    if "page" not in query:
        return envelope(request, Invoices=[_summary(one) for one in found])
    page = page_of(found, query, request.books.largest_page)
    shown = [_summary(one) for one in page.records] if is_set(request, "summaryOnly") else page.records
    return envelope(request, pagination=page.pagination, Invoices=shown)


def _summary(invoice: Json) -> Json:
    """Without a page, and with `summaryOnly`, lines are left out."""
    return {key: value for key, value in invoice.items() if key not in ("LineItems", "Payments")}


@serves("GET", "/Invoices/{id}", "accounting.invoices")
def get_invoice(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.invoices.get(id) or next(
        (one for one in request.books.invoices.values() if one["InvoiceNumber"] == id), None
    )
    if found is None:
        raise not_found()
    files = [attachment(found["InvoiceID"], one) for one in request.books.files(found["InvoiceID"])]
    return envelope(request, Invoices=[{**found, "Attachments": files} if files else found])


@serves("PUT", "/Invoices", "accounting.invoices")
def put_invoices(request: Request) -> Answer:
    return _write_invoices(request, elements(request, "Invoices"), may_update=False)


@serves("POST", "/Invoices", "accounting.invoices")
def post_invoices(request: Request) -> Answer:
    return _write_invoices(request, elements(request, "Invoices"), may_update=True)


@serves("POST", "/Invoices/{id}", "accounting.invoices")
def post_invoice(request: Request, id: str) -> Answer:  # noqa: A002
    (sent, *_) = elements(request, "Invoices")
    return _write_invoices(request, [{**sent, "InvoiceID": id}], may_update=True)


def _write_invoices(request: Request, sent: list[Any], *, may_update: bool) -> Answer:
    places = 4 if request.query.get("unitdp") == "4" else 2
    writer = InvoiceWriter(request.books, request.author, may_update, places)
    outcomes = [writer.write(element) for element in sent]
    return results(request, "Invoices", "InvoiceID", outcomes, flag="HasErrors")


@serves("GET", "/Invoices/{id}/History", "accounting.invoices")
def history(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.history.get(id)
    if found is None:
        raise not_found()
    return envelope(request, HistoryRecords=list(reversed(found["records"])))


@serves("PUT", "/Invoices/{id}/History", "accounting.invoices")
def add_history(request: Request, id: str) -> Answer:  # noqa: A002
    if id not in request.books.invoices:
        raise not_found()
    told = [str(record.get("Details", ""))[:450] for record in elements(request, "HistoryRecords")]
    for details in told:
        request.books.note(id, "Note", request.author.name, details)
    return envelope(request, HistoryRecords=[{"Details": details} for details in told])
