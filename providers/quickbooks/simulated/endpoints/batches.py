"""Several operations in one call: each has its own answer or its own `Fault`, and the call itself is a 200."""

from typing import Any

from providers.quickbooks.simulated.endpoints import queries
from providers.quickbooks.simulated.endpoints.records import written
from providers.quickbooks.simulated.endpoints.routing import Request, serves
from providers.quickbooks.simulated.entities import ENTITIES
from providers.quickbooks.simulated.faults import FaultError, Problem, fault, missing, unsupported
from providers.quickbooks.simulated.front import too_many
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.numbers import Json

MOST_ITEMS = 10
"""The vendor says ten in one place and thirty in another."""
_OPERATIONS = ("create", "update", "delete", "void")


@serves("POST", "/batch")
def batch(request: Request) -> Answer:
    broken = request.batches.enter(request.books.tenant)
    if broken is not None:
        raise RefusalError(too_many(broken))
    request.batches.leave(request.books.tenant)
    items = request.json().get("BatchItemRequest")
    if not isinstance(items, list) or not items:
        raise FaultError([missing("BatchItemRequest")])
    if len(items) > MOST_ITEMS:
        raise fault("1040", f"The batch has {len(items)} items; at most {MOST_ITEMS} are allowed.")
    return request.answered(BatchItemResponse=[_answer(request, item) for item in items])


def _answer(request: Request, item: Any) -> Json:
    b_id = str(item.get("bId", "")) if isinstance(item, dict) else ""
    if not b_id:
        return {"Fault": FaultError([missing("bId")]).fault, "bId": b_id}
    try:
        return {**_done(request, item), "bId": b_id}
    except FaultError as error:
        return {"Fault": error.fault, "bId": b_id}


def _done(request: Request, item: Json) -> Json:
    if "Query" in item:
        return {"QueryResponse": queries.found(request, str(item["Query"]))}
    name = next((key for key in item if key in ENTITIES), None)
    operation = str(item.get("operation", "")).lower()
    if name is None or not isinstance(item[name], dict):
        raise unsupported("of an unknown entity")
    if operation not in _OPERATIONS:
        raise FaultError([Problem("2170", f"Invalid Enumeration : {operation}", "operation")])
    if operation == "create" and item[name].get("Id"):
        raise FaultError([Problem("2030", "Invalid ID : a new record has none yet.", "Id")])
    if operation == "update" and not item[name].get("Id"):
        raise FaultError([missing("Id")])
    options = str(item.get("optionsData", "")).lower()
    return {name: written(_with(request, options), name, _named(operation, options), item[name])}


def _named(operation: str, options: str) -> str:
    return "void" if operation == "update" and options == "void" else operation


def _with(request: Request, options: str) -> Request:
    """An item has options of its own."""
    return Request(
        books=request.books,
        who=request.who,
        query={**request.query, "include": options},
        headers=request.headers,
        body=b"",
        batches=request.batches,
        hidden_after=request.hidden_after,
    )
