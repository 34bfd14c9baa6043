"""The vendor's published schema as a judge of what the simulated QuickBooks answered: a field it does not know is a fault.

It was made of the vendor's XML schema, which says of hardly anything that it has to be there; so what no record may lack is
named here.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import jsonschema_rs
from jsonschema import Draft7Validator

from providers.quickbooks.simulator import Call
from tests.conftest import ROOT

BESIDE = "shared/specs/quickbooks/qbo-v3.derived.schema.json"
FILE = next((path for folder in ROOT.parents[:2] if (path := folder / BESIDE).is_file()), ROOT.parent / BESIDE)
NEEDED = ("domain", "Id")
"""Of every record, in full or as a trace of what was deleted."""
WHOLE = ("SyncToken", "MetaData", "sparse")
_PAGE = {"startPosition", "maxResults", "totalCount"}
_NO_SUCH_DEFINITION = {"CDCResponse", "BatchItemResponse", "AttachableResponse", "QueryResponse"}


def is_here() -> bool:
    return FILE.is_file()


@cache
def _definitions() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text(encoding="utf-8"))["definitions"])


@cache
def _quick(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _definitions()})


@cache
def _telling(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _definitions()})


@cache
def _names() -> frozenset[str]:
    return frozenset(_definitions())


def _faults(name: str, record: dict[str, Any]) -> Iterator[str]:
    """Nearly all is right, which the quick validator says; only for what is not, the one that says what it found."""
    if not _quick(name).is_valid(record):
        for error in _telling(name).iter_errors(record):
            yield f"{name}{list(error.absolute_path)}: {error.message[:200]}"


def problems(calls: Sequence[Call]) -> list[str]:
    """What is wrong with the answers of these calls to the Accounting API."""
    found = []
    for call in calls:
        is_json = call.answer.startswith(b"{")
        if call.status and call.fault is None and is_json and call.path.startswith("/v3/"):
            found += [f"{call.method} {call.path}: {words}" for words in _of_answer(json.loads(call.answer))]
    return found


def _of_answer(answer: dict[str, Any]) -> Iterator[str]:
    if "fault" in answer:  # the gateway's, which is of no schema
        yield from () if answer["fault"]["error"][0]["code"] in ("3001", "3100", "3200") else ("unknown gateway fault",)
        return
    if "time" not in answer:
        yield "no time"
    yield from _of_parts({key: value for key, value in answer.items() if key != "time"})


def _of_parts(parts: dict[str, Any]) -> Iterator[str]:
    """Entities by name, wherever they are wrapped in lists, queries, batches and changes."""
    for name, value in parts.items():
        if name in _PAGE:
            yield from () if isinstance(value, int) else (f"{name} is {value!r}",)
        elif name == "bId":
            yield from () if isinstance(value, str) else (f"{name} is {value!r}",)
        elif name in _NO_SUCH_DEFINITION:
            for one in value if isinstance(value, list) else [value]:
                yield from _of_parts(one)
        elif name not in _names():
            yield f"{name} is not in the schema"
        else:
            for one in value if isinstance(value, list) else [value]:
                yield from _of_record(name, one)


def _of_record(name: str, record: dict[str, Any]) -> Iterator[str]:
    yield from _faults(name, record)
    if name == "Fault":
        for error in record["Error"]:
            if set(error) != {"Message", "Detail", "code", "element"}:
                yield f"Fault has {sorted(error)}"
        return
    if record.get("sparse"):  # chosen columns
        return
    needed = set(NEEDED if record.get("status") == "Deleted" else NEEDED + WHOLE)
    if name == "ExchangeRate":  # it is found by its currency and its day
        needed.remove("Id")
    yield from (f"{name} lacks {field}" for field in sorted(needed - record.keys()))


# What is sent


def request_problems(calls: Sequence[Call]) -> list[str]:
    """What is wrong with what our client sent to the Accounting API: fields that the vendor does not know, a call without
    its version, a write without its `requestid`, or one that does not ask for JSON.
    """
    ours = [call for call in calls if call.path.startswith("/v3/")]
    return [f"{call.method} {call.path}: {words}" for call in ours for words in _of_request(call)]


def _of_request(call: Call) -> Iterator[str]:
    if call.query.get("minorversion") != "75":
        yield "no minor version"
    if "application/json" not in call.headers.get("Accept", ""):
        yield "does not ask for JSON"
    yield from (f"{name} is not documented" for name in call.query.keys() - _QUERIES)
    if call.method == "POST":
        key = call.query.get("requestid", "")
        yield from () if 0 < len(key) <= 50 else (f"requestid {key!r}",)
        yield from _of_body(call)


def _of_body(call: Call) -> Iterator[str]:
    """A record, or those of a batch. What is no whole record names itself by its id and version."""
    last = call.path.rpartition("/")[2]
    if last == "upload":
        return
    sent = json.loads(call.body)
    items = sent["BatchItemRequest"] if last == "batch" else [{_entity(last): sent}]
    for item in items:
        for name, record in item.items():
            if name not in ("bId", "operation", "optionsData"):
                yield from _of_sent(name, record)


def _of_sent(name: str, record: dict[str, Any]) -> Iterator[str]:
    if name not in _names():
        yield f"{name} is not in the schema"
        return
    yield from _faults(name, record)


@cache
def _entity(path: str) -> str:
    return next((name for name in sorted(_names()) if name.lower() == path), path)


_QUERIES = frozenset(
    {"minorversion", "requestid", "query", "operation", "include", "entities", "changedSince"}
    | {"sourcecurrencycode", "asofdate"}
)
