"""Invoices, credit notes and bank transactions: listing, reading, writing, and their history; alike for each kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, rounded
from providers.xero.simulated.bank_transactions import BankTransactionWriter
from providers.xero.simulated.credit_notes import CreditNoteWriter
from providers.xero.simulated.endpoints.attachments import attachments_of
from providers.xero.simulated.endpoints.routing import Request, serves
from providers.xero.simulated.endpoints.shapes import chosen, elements, envelope, is_set, listed, results
from providers.xero.simulated.invoices import InvoiceWriter
from providers.xero.simulated.kinds import BANK_TRANSACTION, INVOICE, Kind
from providers.xero.simulated.query import page_of
from providers.xero.simulated.refusals import not_found
from providers.xero.simulated.writing import DocumentWriter

LONGEST_NOTE = 450


def _serve(writer: type[DocumentWriter]) -> None:
    kind = writer.kind

    @serves("GET", f"/{kind.plural}", kind.scope)
    def listing(request: Request) -> Answer:
        return _listing(request, kind)

    @serves("GET", f"/{kind.plural}/{{id}}", kind.scope)
    def reading(request: Request, id: str) -> Answer:  # noqa: A002 - as in the path
        return _reading(request, kind, id)

    @serves("PUT", f"/{kind.plural}", kind.scope)
    def creating(request: Request) -> Answer:
        return _write(request, writer, elements(request, kind.plural), may_update=False)

    @serves("POST", f"/{kind.plural}", kind.scope)
    def changing(request: Request) -> Answer:
        return _write(request, writer, elements(request, kind.plural), may_update=True)

    @serves("POST", f"/{kind.plural}/{{id}}", kind.scope)
    def changing_one(request: Request, id: str) -> Answer:  # noqa: A002
        (sent, *_) = elements(request, kind.plural)
        return _write(request, writer, [{**sent, kind.key: id}], may_update=True)

    @serves("GET", f"/{kind.plural}/{{id}}/History", kind.scope)
    def history(request: Request, id: str) -> Answer:  # noqa: A002
        _known(request, kind, id)
        return envelope(request, HistoryRecords=list(reversed(request.books.history[id]["records"])))

    @serves("PUT", f"/{kind.plural}/{{id}}/History", kind.scope)
    def noting(request: Request, id: str) -> Answer:  # noqa: A002
        _known(request, kind, id)
        told = [str(record.get("Details", ""))[:LONGEST_NOTE] for record in elements(request, "HistoryRecords")]
        for details in told:
            request.books.note(id, "Note", request.author.name, details)
        return envelope(request, HistoryRecords=[{"Details": details} for details in told])


# Reading


def _listing(request: Request, kind: Kind) -> Answer:
    found = listed(request, list(request.books.shelf(kind).values()))
    if kind is INVOICE:
        found = _filtered(request, found)
    if request.hidden_after is not None and not request.query.get("IDs"):
        found = [one for one in found if datetime.fromisoformat(one["_created_at"]) <= request.hidden_after]
    if "page" not in request.query:
        return envelope(request, **{kind.plural: [_summary(one, kind) for one in found]})
    page = page_of(found, request.query, request.books.largest_page)
    is_short = is_set(request, "summaryOnly")
    shown = [_summary(one, kind) if is_short else _shown(request, one) for one in page.records]
    return envelope(request, pagination=page.pagination, **{kind.plural: shown})


def _filtered(request: Request, found: list[Json]) -> list[Json]:
    """By the parameters that only invoices have."""
    query = request.query
    for name, texts in (("InvoiceID", "IDs"), ("InvoiceNumber", "InvoiceNumbers"), ("Status", "Statuses")):
        found = chosen(found, name, query.get(texts))
    if query.get("ContactIDs"):
        wanted = query["ContactIDs"].lower().split(",")
        found = [one for one in found if one["Contact"]["ContactID"] in wanted]
    if is_set(request, "createdByMyApp"):
        found = [one for one in found if one["_app"] == request.author.client_id]
    term = query.get("searchTerm", "").lower()
    return [one for one in found if not term or term in f"{one['InvoiceNumber']} {one['Reference']}".lower()]


def _summary(document: Json, kind: Kind) -> Json:
    """Without a page, and with `summaryOnly`, lines are left out; a bank transaction's are required, and empty."""
    short = {key: value for key, value in document.items() if key not in ("LineItems", "Payments")}
    return {**short, "LineItems": []} if kind is BANK_TRANSACTION else short


def _shown(request: Request, document: Json) -> Json:
    """Unit prices come to two decimals, unless four are asked for ("unitdp")."""
    places = _places(request)
    lines = [{**line, "UnitAmount": rounded(line["UnitAmount"], places)} for line in document["LineItems"]]
    return {**document, "LineItems": lines}


def _reading(request: Request, kind: Kind, wanted: str) -> Answer:
    """By id, or by number."""
    shelf = request.books.shelf(kind)
    found = shelf.get(wanted) or next(
        (one for one in shelf.values() if kind.number and one[kind.number] == wanted), None
    )
    if found is None:
        raise not_found()
    shown = _shown(request, found)
    files = attachments_of(request, kind, found[kind.key])
    # only an invoice has them in its published form
    return envelope(request, **{kind.plural: [{**shown, "Attachments": files} if files and kind is INVOICE else shown]})


def _known(request: Request, kind: Kind, wanted: str) -> None:
    """
    Raises:
        RefusalError: there is no such document.
    """  # noqa: D212
    if wanted not in request.books.shelf(kind):
        raise not_found()


# Writing


def _write(request: Request, writer: type[DocumentWriter], sent: Sequence[Any], *, may_update: bool) -> Answer:
    by = writer(request.books, request.author, may_update, _places(request))
    outcomes = [by.write(element) for element in sent]
    return results(request, writer.kind.plural, writer.kind.key, outcomes, flag=writer.kind.flag)


def _places(request: Request) -> int:
    return 4 if request.query.get("unitdp") == "4" else 2


for _writer in (InvoiceWriter, CreditNoteWriter, BankTransactionWriter):
    _serve(_writer)
