"""The endpoints of the Accounting API, each a function from a call to an answer, with the scopes that open it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from providers.xero.simulated import contacts, payments
from providers.xero.simulated.books import ADVISER, APPROVERS, WRITERS, Books
from providers.xero.simulated.invoices import NO_ID, Author, InvoiceWriter, Outcome
from providers.xero.simulated.numbers import Json, load, presented
from providers.xero.simulated.query import modified_since, ordered, page_of, where
from providers.xero.simulated.refusals import Answer, invalid, not_found, numbered, titled, unreadable

MOST_ELEMENTS = 50
MOST_FILES = 10
LARGEST_FILE = 10 * 1024 * 1024
FILE_KINDS = frozenset(
    [
        "7z",
        "bmp",
        "csv",
        "doc",
        "docx",
        "eml",
        "gif",
        "jpeg",
        "jpg",
        "keynote",
        "msg",
        "numbers",
        "odf",
        "ods",
        "odt",
        "pages",
        "pdf",
        "png",
        "ppt",
        "pptx",
        "rar",
        "rtf",
        "tif",
        "tiff",
        "txt",
        "xls",
        "xlsx",
        "zip",
        "xml",
    ]
)
NOT_IN_NAMES = frozenset('<>:"/\\|?*+')


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call that passed authorisation."""

    books: Books
    author: Author
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    provider_name: str
    hidden_after: datetime | None
    """Documents created since then are not in lists yet."""


Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: re.Pattern[str]
    scope: str
    answer: Endpoint


ROUTES: list[Route] = []


def _serves(method: str, path: str, scope: str) -> Callable[[Endpoint], Endpoint]:
    """`path` names its variable parts in braces; `scope` is the one that allows writing, and reading."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), re.IGNORECASE)

    def add(answer: Endpoint) -> Endpoint:
        ROUTES.append(Route(method, pattern, scope, answer))
        return answer

    return add


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in ROUTES:
        match = route.path.fullmatch(path)
        if match and route.method == method:
            return route, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


def is_path(path: str) -> bool:
    return any(route.path.fullmatch(path) for route in ROUTES)


# Shapes


def _envelope(request: Request, **content: Any) -> Answer:
    now = request.books.instant()
    head: Json = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": request.provider_name,
        "DateTimeUTC": f"/Date({int(now.timestamp() * 1000)})/",
    }
    return Answer.json({**head, **presented(content)})


def _elements(request: Request, name: str) -> list[Any]:
    """What was sent: `{"Invoices": [...]}`, a bare list, or one object.

    Raises:
        RefusalError: it is not JSON, or too much.
    """
    try:
        body = load(request.body)
    except ValueError as error:
        raise unreadable("JSON for post data was invalid") from error
    found = body.get(name, body) if isinstance(body, dict) else body
    elements = found if isinstance(found, list) else [found]
    if not elements or not all(isinstance(element, dict) for element in elements):
        raise unreadable(f"Invalid JSON data: a list of {name} was expected")
    if len(elements) > MOST_ELEMENTS:
        raise unreadable(f"No more than {MOST_ELEMENTS} {name} may be sent at once")
    return elements


def _listed(request: Request, records: Sequence[Json]) -> list[Json]:
    found = list(records)
    if request.headers.get("If-Modified-Since"):
        since = modified_since(request.headers["If-Modified-Since"])
        found = [one for one in found if since is None or datetime.fromisoformat(one["UpdatedDateUTC"]) > since]
    if request.query.get("where"):
        test = where(request.query["where"])
        found = [one for one in found if test(one)]
    return ordered(found, request.query["order"]) if request.query.get("order") else found


def _chosen(found: list[Json], name: str, texts: str | None) -> list[Json]:
    if not texts:
        return found
    wanted = {text.strip().lower() for text in texts.split(",")}
    return [one for one in found if str(one.get(name, "")).lower() in wanted]


def _flag(request: Request, name: str) -> bool:
    return request.query.get(name, "").lower() == "true"


# Settings


@_serves("GET", "/Organisations?", "accounting.settings")
def organisation(request: Request) -> Answer:
    return _envelope(request, Organisations=[request.books.organisation])


@_serves("GET", "/Organisations?/Actions", "accounting.settings")
def actions(request: Request) -> Answer:
    role, books = request.author.role, request.books
    may = {
        "CreateDraftBill": role in WRITERS,
        "CreateDraftInvoice": role in WRITERS,
        "CreateApprovedBill": role in APPROVERS,
        "CreateApprovedInvoice": role in APPROVERS,
        "CreateInvoicePayment": role in APPROVERS,
        "AttachFilesIntoInvoice": role in WRITERS,
        "CreateDraftPurchaseOrder": role in WRITERS,
        "CreateApprovedPurchaseOrder": role in APPROVERS,
        "CreateDraftQuote": role in WRITERS,
        "CreateSentQuote": role in APPROVERS,
        "CreateRepeatingBill": role in APPROVERS,
        "CreateRepeatingInvoice": role in APPROVERS,
        "ApproveTransactionsBeforePeriodLockDate": role == ADVISER,
        "UseMulticurrency": len(books.currencies) > 1,
    }
    told = [{"Name": name, "Status": "ALLOWED" if is_allowed else "NOT-ALLOWED"} for name, is_allowed in may.items()]
    return _envelope(request, Actions=told)


@_serves("GET", "/Accounts", "accounting.settings")
def accounts(request: Request) -> Answer:
    return _envelope(request, Accounts=_listed(request, list(request.books.accounts.values())))


@_serves("GET", "/Accounts/{id}", "accounting.settings")
def account(request: Request, id: str) -> Answer:  # noqa: A002 # as in the path
    found = request.books.account(id)
    if found is None:
        raise not_found()
    return _envelope(request, Accounts=[found])


@_serves("GET", "/TaxRates", "accounting.settings")
def tax_rates(request: Request) -> Answer:
    return _envelope(request, TaxRates=_listed(request, list(request.books.tax_rates.values())))


@_serves("GET", "/TrackingCategories", "accounting.settings")
def tracking(request: Request) -> Answer:
    found = _listed(request, list(request.books.tracking.values()))
    is_all = _flag(request, "includeArchived")
    shown = [
        {**one, "Options": [option for option in one["Options"] if is_all or option["Status"] == "ACTIVE"]}
        for one in found
        if is_all or one["Status"] == "ACTIVE"
    ]
    return _envelope(request, TrackingCategories=shown)


@_serves("GET", "/Currencies", "accounting.settings")
def currencies(request: Request) -> Answer:
    return _envelope(request, Currencies=_listed(request, list(request.books.currencies.values())))


@_serves("GET", "/Users", "accounting.settings")
def users(request: Request) -> Answer:
    return _envelope(request, Users=_listed(request, list(request.books.users.values())))


# Contacts

_SUMMARY = ("ContactPersons", "Addresses", "Phones", "ContactGroups", "BankAccountDetails")


@_serves("GET", "/Contacts", "accounting.contacts")
def list_contacts(request: Request) -> Answer:
    found = _listed(request, list(request.books.contacts.values()))
    found = _chosen(found, "ContactID", request.query.get("IDs"))
    if not _flag(request, "includeArchived") and "ContactStatus" not in request.query.get("where", ""):
        found = [one for one in found if one["ContactStatus"] == "ACTIVE"]
    term = request.query.get("searchTerm", "").lower()
    names = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")
    found = [one for one in found if not term or any(term in str(one.get(name, "")).lower() for name in names)]
    if _flag(request, "summaryOnly"):
        found = [{key: value for key, value in one.items() if key not in _SUMMARY} for one in found]
    if "page" not in request.query:
        return _envelope(request, Contacts=found)
    page = page_of(found, request.query)
    return _envelope(request, pagination=page.pagination, Contacts=page.records)


@_serves("GET", "/Contacts/{id}", "accounting.contacts")
def get_contact(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.contacts.get(id)
    if found is None:
        raise not_found()
    return _envelope(request, Contacts=[found])


@_serves("PUT", "/Contacts", "accounting.contacts")
def put_contacts(request: Request) -> Answer:
    return _write_contacts(request, may_update=False)


@_serves("POST", "/Contacts", "accounting.contacts")
def post_contacts(request: Request) -> Answer:
    return _write_contacts(request, may_update=True)


def _write_contacts(request: Request, *, may_update: bool) -> Answer:
    outcomes = []
    for sent in _elements(request, "Contacts"):
        found = contacts.write(request.books, sent, may_update=may_update)
        if isinstance(found, contacts.Refused):
            outcomes.append(Outcome(sent, errors=list(found.errors)))
        else:
            outcomes.append(Outcome(sent, document=found))
    return _results(request, "Contacts", "ContactID", outcomes, flag="HasValidationErrors")


def _results(request: Request, name: str, key: str, outcomes: list[Outcome], *, flag: str) -> Answer:
    """One element each. Summarised, a single refusal makes it a 400 that shows only the refused ones; what was
    accepted stays created.

    Raises:
        RefusalError: the summarised 400.
    """
    refused = [one for one in outcomes if one.errors]
    if refused and request.query.get("summarizeErrors", "true").lower() != "false":
        raise invalid([_refused(one, key, None) for one in refused])
    return _envelope(
        request, **{name: [_refused(one, key, flag) if one.errors else _accepted(one, flag) for one in outcomes]}
    )


def _accepted(outcome: Outcome, flag: str) -> Json:
    status = "WARNING" if outcome.warnings else "OK"
    answer = {**(outcome.document or {}), "StatusAttributeString": status, flag: False}
    return {**answer, "Warnings": [{"Message": words} for words in outcome.warnings]} if outcome.warnings else answer


_ECHOED = ("Type", "InvoiceNumber", "Reference", "Name", "Url", "CurrencyCode")


def _refused(outcome: Outcome, key: str, flag: str | None) -> Json:
    """What was sent comes back in part, with the sentences; without an id if it was new."""
    answer: Json = {key: str(outcome.sent.get(key) or NO_ID)}
    answer |= {name: outcome.sent[name] for name in _ECHOED if isinstance(outcome.sent.get(name), str)}
    if flag is not None:
        answer |= {flag: True, "StatusAttributeString": "ERROR"}
    answer["ValidationErrors"] = [{"Message": words} for words in outcome.errors]
    return answer


# Invoices


@_serves("GET", "/Invoices", "accounting.invoices")
def list_invoices(request: Request) -> Answer:
    query = request.query
    found = _listed(request, list(request.books.invoices.values()))
    for name, texts in (("InvoiceID", "IDs"), ("InvoiceNumber", "InvoiceNumbers"), ("Status", "Statuses")):
        found = _chosen(found, name, query.get(texts))
    if query.get("ContactIDs"):
        wanted = query["ContactIDs"].lower().split(",")
        found = [one for one in found if one["Contact"]["ContactID"] in wanted]
    if _flag(request, "createdByMyApp"):
        found = [one for one in found if one["_app"] == request.author.client_id]
    if request.hidden_after is not None and not query.get("IDs"):
        found = [one for one in found if datetime.fromisoformat(one["_created_at"]) <= request.hidden_after]
    term = query.get("searchTerm", "").lower()
    found = [one for one in found if not term or term in f"{one['InvoiceNumber']} {one['Reference']}".lower()]
    if "page" not in query:
        return _envelope(request, Invoices=[_summary(one) for one in found])
    page = page_of(found, query)
    shown = [_summary(one) for one in page.records] if _flag(request, "summaryOnly") else page.records
    return _envelope(request, pagination=page.pagination, Invoices=shown)


def _summary(invoice: Json) -> Json:
    """Without a page, and with `summaryOnly`, lines are left out."""
    return {key: value for key, value in invoice.items() if key not in ("LineItems", "Payments")}


@_serves("GET", "/Invoices/{id}", "accounting.invoices")
def get_invoice(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.invoices.get(id) or next(
        (one for one in request.books.invoices.values() if one["InvoiceNumber"] == id), None
    )
    if found is None:
        raise not_found()
    files = [_attachment(found["InvoiceID"], one) for one in request.books.files(found["InvoiceID"])]
    return _envelope(request, Invoices=[{**found, "Attachments": files} if files else found])


@_serves("PUT", "/Invoices", "accounting.invoices")
def put_invoices(request: Request) -> Answer:
    return _write_invoices(request, _elements(request, "Invoices"), may_update=False)


@_serves("POST", "/Invoices", "accounting.invoices")
def post_invoices(request: Request) -> Answer:
    return _write_invoices(request, _elements(request, "Invoices"), may_update=True)


@_serves("POST", "/Invoices/{id}", "accounting.invoices")
def post_invoice(request: Request, id: str) -> Answer:  # noqa: A002
    (sent, *_) = _elements(request, "Invoices")
    return _write_invoices(request, [{**sent, "InvoiceID": id}], may_update=True)


def _write_invoices(request: Request, sent: list[Any], *, may_update: bool) -> Answer:
    places = 4 if request.query.get("unitdp") == "4" else 2
    writer = InvoiceWriter(request.books, request.author, may_update, places)
    outcomes = [writer.write(element) for element in sent]
    return _results(request, "Invoices", "InvoiceID", outcomes, flag="HasErrors")


@_serves("GET", "/Invoices/{id}/History", "accounting.invoices")
def history(request: Request, id: str) -> Answer:  # noqa: A002
    found = request.books.history.get(id)
    if found is None:
        raise not_found()
    return _envelope(request, HistoryRecords=list(reversed(found["records"])))


@_serves("PUT", "/Invoices/{id}/History", "accounting.invoices")
def add_history(request: Request, id: str) -> Answer:  # noqa: A002
    if id not in request.books.invoices:
        raise not_found()
    told = [str(record.get("Details", ""))[:450] for record in _elements(request, "HistoryRecords")]
    for details in told:
        request.books.note(id, "Note", request.author.name, details)
    return _envelope(request, HistoryRecords=[{"Details": details} for details in told])


# Payments


@_serves("GET", "/Payments", "accounting.payments")
def list_payments(request: Request) -> Answer:
    found = _listed(request, list(request.books.payments.values()))
    if "page" not in request.query:
        return _envelope(request, Payments=found)
    page = page_of(found, request.query)
    return _envelope(request, pagination=page.pagination, Payments=page.records)


@_serves("PUT", "/Payments", "accounting.payments")
def put_payments(request: Request) -> Answer:
    outcomes = [payments.write(request.books, request.author, sent) for sent in _elements(request, "Payments")]
    return _results(request, "Payments", "PaymentID", outcomes, flag="HasValidationErrors")


@_serves("POST", "/Payments/{id}", "accounting.payments")
def delete_payment(request: Request, id: str) -> Answer:  # noqa: A002
    (sent, *_) = _elements(request, "Payments")
    if sent.get("Status") != "DELETED":
        raise numbered(10, "ValidationException", "A payment can only be deleted")
    found = payments.delete(request.books, request.author, id)
    if found is None:
        raise not_found()
    return _envelope(request, Payments=[found])


# Attachments


def _attachment(document: str, found: Json) -> Json:
    return {**found, "Url": f"https://api.xero.com/api.xro/2.0/Invoices/{document}/Attachments/{found['FileName']}"}


@_serves("GET", "/Invoices/{id}/Attachments", "accounting.attachments")
def list_attachments(request: Request, id: str) -> Answer:  # noqa: A002
    if id not in request.books.invoices:
        raise not_found()
    return _envelope(request, Attachments=[_attachment(id, one) for one in request.books.files(id)])


@_serves("GET", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
def get_attachment(request: Request, id: str, name: str) -> Answer:  # noqa: A002
    for found in request.books.files(id):
        if name in (found["FileName"], found["AttachmentID"]):
            content = request.books.content(found["AttachmentID"])
            return Answer(body=content, content_type=found["MimeType"])
    raise not_found()


@_serves("PUT", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
@_serves("POST", "/Invoices/{id}/Attachments/{name}", "accounting.attachments")
def put_attachment(request: Request, id: str, name: str) -> Answer:  # noqa: A002
    invoice = request.books.invoices.get(id)
    if invoice is None:
        sentence = "The document with the supplied id was not found for this endpoint"
        raise invalid([{"ValidationErrors": [{"Message": sentence}]}])
    problem = _file_problem(request, id, name)
    if problem:
        raise invalid([{"ValidationErrors": [{"Message": problem}]}])
    mime_type = request.headers.get("Content-Type", "application/octet-stream").split(";")[0]
    found = request.books.keep_file(id, name, mime_type, request.body)
    request.books.save_invoice({**invoice, "HasAttachments": True})
    request.books.note(id, "Attached a file", request.author.name, name)
    return _envelope(request, Attachments=[_attachment(id, found)])


def _file_problem(request: Request, document: str, name: str) -> str | None:
    if NOT_IN_NAMES & set(name) or name.rpartition(".")[2].lower() not in FILE_KINDS:
        return f"The file name or type of '{name}' is not supported"
    if not request.body:
        return "The attachment is empty"
    if len(request.body) > LARGEST_FILE:
        return "The attachment is larger than 10 MB"
    others = [found for found in request.books.files(document) if found["FileName"] != name]
    return f"No more than {MOST_FILES} files may be attached" if len(others) >= MOST_FILES else None


def needs_role(method: str, role: str) -> None:
    """
    Raises:
        RefusalError: the person may look but not touch.
    """  # noqa: D212
    if method != "GET" and role not in WRITERS:
        raise titled(403, "Forbidden", "You are not permitted to access this resource")


def hidden_after(now: datetime, late_seconds: float) -> datetime | None:
    return now - timedelta(seconds=late_seconds) if late_seconds > 0 else None
