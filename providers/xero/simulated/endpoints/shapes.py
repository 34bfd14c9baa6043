"""What every answer and every list has in common: the envelope, filters, and one element a document."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, load
from providers.xero.simulated.dates import presented
from providers.xero.simulated.endpoints.routing import Request
from providers.xero.simulated.kinds import BANK_TRANSACTION
from providers.xero.simulated.outcomes import NO_ID, Outcome
from providers.xero.simulated.query import modified_since, ordered, where
from providers.xero.simulated.refusals import invalid, unreadable

MOST_ELEMENTS = 50


def envelope(request: Request, **content: Any) -> Answer:
    now = request.books.instant()
    head: Json = {
        "Id": str(uuid4()),
        "Status": "OK",
        "ProviderName": request.provider_name,
        "DateTimeUTC": f"/Date({int(now.timestamp() * 1000)})/",
    }
    return Answer.json({**head, **presented(content)})


def elements(request: Request, name: str) -> list[Any]:
    """What was sent: `{"Invoices": [...]}`, a bare list, or one object.

    Raises:
        RefusalError: it is not JSON, or too much.
    """
    try:
        body = load(request.body)
    except ValueError as error:
        raise unreadable("JSON for post data was invalid") from error
    found = body.get(name, body) if isinstance(body, dict) else body
    sent = found if isinstance(found, list) else [found]
    if not sent or not all(isinstance(element, dict) for element in sent):
        raise unreadable(f"Invalid JSON data: a list of {name} was expected")
    if len(sent) > MOST_ELEMENTS:
        raise unreadable(f"No more than {MOST_ELEMENTS} {name} may be sent at once")
    return sent


def listed(request: Request, records: Sequence[Json]) -> list[Json]:
    found = list(records)
    if request.headers.get("If-Modified-Since"):
        since = modified_since(request.headers["If-Modified-Since"])
        found = [one for one in found if since is None or datetime.fromisoformat(one["UpdatedDateUTC"]) > since]
    if request.query.get("where"):
        test = where(request.query["where"])
        found = [one for one in found if test(one)]
    return ordered(found, request.query["order"]) if request.query.get("order") else found


def chosen(found: list[Json], name: str, texts: str | None) -> list[Json]:
    if not texts:
        return found
    wanted = {text.strip().lower() for text in texts.split(",")}
    return [one for one in found if str(one.get(name, "")).lower() in wanted]


def is_set(request: Request, name: str) -> bool:
    return request.query.get(name, "").lower() == "true"


def results(request: Request, name: str, key: str, outcomes: list[Outcome], *, flag: str | None) -> Answer:
    """One element each. Summarised, a single refusal makes it a 400 that shows only the refused ones; what was
    accepted stays created.

    Raises:
        RefusalError: the summarised 400.
    """
    refused = [one for one in outcomes if one.errors]
    if refused and request.query.get("summarizeErrors", "true").lower() != "false":
        raise invalid([_summarised(one, key) for one in refused])
    return envelope(
        request, **{name: [_refused(one, key, flag) if one.errors else _accepted(one, flag) for one in outcomes]}
    )


def _accepted(outcome: Outcome, flag: str | None) -> Json:
    status = "WARNING" if outcome.warnings else "OK"
    answer = {**(outcome.document or {}), "StatusAttributeString": status, **({flag: False} if flag else {})}
    return {**answer, "Warnings": _sentences(outcome.warnings)} if outcome.warnings else answer


_ECHOED = {
    "InvoiceID": ("InvoiceNumber", "Reference", "Url", "CurrencyCode"),
    "CreditNoteID": ("CreditNoteNumber", "Reference", "CurrencyCode"),
    "BankTransactionID": ("Reference", "Url", "CurrencyCode"),
    "PaymentID": ("Reference",),
    "ContactID": ("Name",),
}
_NEEDED: dict[str, Json] = {
    "BankTransactionID": {"Type": "SPEND", "LineItems": [], "BankAccount": {}},
    "AllocationID": {"Amount": 0, "Invoice": {}, "Date": "0001-01-01"},
}
"""What the published forms require of every element, where nothing of the kind was sent."""


def _refused(outcome: Outcome, key: str, flag: str | None) -> Json:
    """What was sent comes back in part, with the sentences; without an id if it was new."""
    answer: Json = {key: str(outcome.sent.get(key) or NO_ID), "StatusAttributeString": "ERROR"}
    answer |= {flag: True} if flag else {}
    needed = {name: outcome.sent.get(name) or usual for name, usual in _NEEDED.get(key, {}).items()}
    answer |= {**needed, "Type": "SPEND"} if needed.get("Type") not in (None, *BANK_TRANSACTION.types) else needed
    echoed = _ECHOED.get(key, ())
    answer |= {name: outcome.sent[name] for name in echoed if isinstance(outcome.sent.get(name), str)}
    return {**answer, "ValidationErrors": _sentences(outcome.errors)}


_KNOWN = ("InvoiceID", "CreditNoteID", "BankTransactionID", "ContactID")


def _summarised(outcome: Outcome, key: str) -> Json:
    """The published form of an error's element knows the ids of some documents, and no other field of theirs."""
    known = {key: str(outcome.sent.get(key) or NO_ID)} if key in _KNOWN else {}
    return {**known, "ValidationErrors": _sentences(outcome.errors)}


def _sentences(words: list[str]) -> list[Json]:
    return [{"Message": sentence} for sentence in words]
