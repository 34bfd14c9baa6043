"""Reading many: the query, and what has changed since."""

from datetime import UTC, datetime, timedelta
from typing import Any

from providers.quickbooks.simulated import query
from providers.quickbooks.simulated.books import Books, shown
from providers.quickbooks.simulated.endpoints.company import told
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.entities import BY_PATH, NOT_IN_CHANGES
from providers.quickbooks.simulated.faults import fault
from providers.quickbooks.simulated.statements import parsed
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

FARTHEST_BACK = timedelta(days=30)
MOST_CHANGES = 1000
_SINGLE = ("companyinfo", "preferences")


@serves("GET", "/query")
def reading(request: Request) -> Answer:
    return request.answered(QueryResponse=found(request, request.query.get("query", "")))


@serves("POST", "/query")
def reading_by_body(request: Request) -> Answer:
    """For statements that are too long for an address."""
    return request.answered(QueryResponse=found(request, request.body.decode(errors="replace")))


def found(request: Request, statement: str) -> Json:
    """The answer to a statement.

    Raises:
        FaultError: it cannot be understood, or asks for what there is not.
    """
    select, books = parsed(statement), request.books
    wanted = select.entity.lower()
    if wanted in _SINGLE:
        name, record = (
            ("CompanyInfo", shown(books.company)) if wanted == "companyinfo" else ("Preferences", told(books))
        )
        return {name: [record], "maxResults": 1}
    entity = BY_PATH.get(wanted)
    if entity is None:
        raise fault("4001", f"QueryValidationError: Metadata not found for Entity: {select.entity}")
    select.entity = entity.name
    matches = query.matching(select, listed(request, entity.name), books.largest_page)
    if select.counts:
        return {"totalCount": len(matches)}
    rows = [shown(one) for one in query.window(select, matches)]
    return {entity.name: rows, "startPosition": select.start, "maxResults": len(rows)} if rows else {}


def listed(request: Request, entity: str) -> list[Json]:
    """What lists show; what was made a moment ago may not be there yet."""
    records, late = list(request.books.shelf(entity).values()), request.hidden_after
    if late is None:
        return records
    return [one for one in records if "_created_at" not in one or datetime.fromisoformat(one["_created_at"]) <= late]


@serves("GET", "/cdc")
def changes(request: Request) -> Answer:
    since = _since(request)
    names = [name.strip().lower() for name in request.query.get("entities", "").split(",") if name.strip()]
    responses = []
    for name in names:
        entity = BY_PATH.get(name)
        if entity is None or entity.name in NOT_IN_CHANGES:
            raise fault("4001", f"QueryValidationError: Metadata not found for Entity: {name}")
        rows = [*_changed(request, entity.name, since), *_deleted(request.books, entity.name, since)][:MOST_CHANGES]
        page = {"startPosition": 1, "maxResults": len(rows)}
        responses.append({entity.name: rows, **page} if rows else {})
    return request.answered(CDCResponse=[{"QueryResponse": responses}])


def _since(request: Request) -> datetime:
    text = request.query.get("changedSince", "")
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise fault("2060", f"Invalid Date : changedSince {text}", "changedSince") from error
    moment = found if found.tzinfo else found.replace(tzinfo=UTC)
    if moment < request.books.instant() - FARTHEST_BACK:
        raise fault("4001", "QueryValidationError: changedSince is more than 30 days ago")
    return moment


def _changed(request: Request, entity: str, since: datetime) -> list[Json]:
    rows = [one for one in listed(request, entity) if _at(one["MetaData"]["LastUpdatedTime"]) >= since]
    return [shown(one) for one in sorted(rows, key=lambda one: str(one["MetaData"]["LastUpdatedTime"]))]


def _deleted(books: Books, entity: str, since: datetime) -> list[dict[str, Any]]:
    return [
        {"domain": "QBO", "status": "Deleted", "Id": one["Id"], "MetaData": {"LastUpdatedTime": one["At"]}}
        for one in books.deleted.values()
        if one["Entity"] == entity and _at(one["At"]) >= since
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
