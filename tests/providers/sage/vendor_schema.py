"""What the simulated Sage answered, judged by `vendor_fields`: a field that is not there, or of another form, is a fault."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from providers.sage.simulator import Call
from tests.providers.sage.vendor_fields import FORMS, PLURALS

PAGE = {"$total", "$page", "$next", "$back", "$items"}
REFUSAL = {"$severity", "$dataCode", "$message", "$source"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_NUMBER = re.compile(r"-?\d+\.\d+")
_PATH = re.compile(r"/v3\.1/(?P<plural>\w+)(?:/(?P<key>[^/]+))?(?P<rest>/.+)?")


@cache
def form_of(name: str) -> dict[str, tuple[str, bool, bool]]:
    """Of each field: its form, whether it may be null, and whether it may be left out."""
    found = {}
    for row in FORMS[name].split("\n"):
        field, form, source = row.split(" | ")
        assert source, row
        found[field] = (form.removesuffix(" ~").removesuffix(" ?"), form.endswith("?"), form.endswith("~"))
    return found


def problems(calls: Sequence[Call]) -> list[str]:
    """What is wrong with the answers of these calls to the API."""
    return [
        f"{call.method} {call.path} {call.status}: {words}"
        for call in calls
        if call.status and call.fault is None and call.path.startswith("/v3.1/")
        for words in _of_call(call)
    ]


def _of_call(call: Call) -> Iterator[str]:
    match = _PATH.fullmatch(call.path)
    if call.status == 204 or (match and match["rest"] == "/file"):
        yield from ("an answer without content has some",) if call.status == 204 and call.answer else ()
        return
    if not call.answer.startswith((b"{", b"[")):
        yield from () if call.status == 503 else ("no JSON",)
        return
    answer = json.loads(call.answer)
    if call.status >= 400:
        yield from _refusal(answer)
    elif match is not None:
        yield from _of_answer(match["plural"], match["key"], call.query, answer)


def _refusal(answer: Any) -> Iterator[str]:
    if not isinstance(answer, list) or not answer:
        yield "a refusal is no list"
        return
    for one in answer:
        if set(one) != REFUSAL or not all(isinstance(value, str) for value in one.values()):
            yield f"a refusal has {sorted(one)}"


def _of_answer(plural: str, key: str | None, query: dict[str, str], answer: Any) -> Iterator[str]:
    if plural in ("businesses", "user", "financial_settings", "business_settings"):
        name = {"businesses": "business"}.get(plural, plural)
    else:
        name = PLURALS.get(plural, "to")
    if not isinstance(answer, dict):
        yield "an answer is no object"
        return
    if "$items" not in answer:
        yield from _record(name, answer, is_whole=not query.get("attributes"))
        return
    size = "$items_per_page" if plural == "businesses" else "$itemsPerPage"
    if set(answer) != {*PAGE, size} or key is not None:
        yield f"a list has {sorted(answer)}"
    for one in answer["$items"]:
        yield from _record(name, one, is_whole=False)


def _record(name: str, record: Any, *, is_whole: bool) -> Iterator[str]:
    if not isinstance(record, dict):
        yield f"{name} is {record!r}"
        return
    form = form_of(name)
    yield from (f"{name} has {field}, which it does not know" for field in record.keys() - form.keys())
    for field, (kind, may_be_null, may_lack) in form.items():
        if field not in record:
            if not may_lack and (is_whole or field in ("id", "displayed_as", "$path")):
                yield f"{name} lacks {field}"
        elif record[field] is None:
            yield from () if may_be_null else (f"{name}.{field} is null",)
        else:
            yield from (f"{name}.{field}: {words}" for words in _value(kind, record[field]))


def _value(kind: str, value: Any) -> Iterator[str]:
    if kind.startswith("list of "):
        if not isinstance(value, list):
            yield f"{value!r} is no list"
            return
        for one in value:
            yield from _value(kind.removeprefix("list of "), one)
    elif kind in FORMS:
        yield from _record(kind, value, is_whole=True)
    elif not _is(kind, value):
        yield f"{value!r} is no {kind}"


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "flag":
            return isinstance(value, bool)
        case "whole":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number or (isinstance(value, str) and _NUMBER.fullmatch(value) is not None)
        case "day":
            return isinstance(value, str) and _DAY.fullmatch(value) is not None
        case "moment":
            return isinstance(value, str) and _MOMENT.fullmatch(value) is not None
    raise AssertionError(kind)
