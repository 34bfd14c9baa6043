"""`openapi.yml` says what the code does: paths, fields, what is required, every status and every code."""

import ast
from typing import Any, cast

import msgspec
import pytest
from aiohttp import web
from openapi_schema_validator import OAS31Validator

from bot.domain.ingesting import NOT_ADDED, READING, SentItem
from bot.domain.items import ItemState
from handlers.api import ItemsApi
from handlers.api_answers import STATUS, ErrorCode, FieldProblem, ProblemBody
from handlers.api_body import CodingBody, ItemBody, LineBody, PartyBody, TrackBody
from handlers.api_pace import A_MINUTE, AT_ONCE
from handlers.api_requests import LONGEST_IDEMPOTENCY_KEY
from tests.architecture.tree import sources
from tests.contract.ingest_document import Json, document, resolved

TAKEN = (ItemBody, PartyBody, LineBody, CodingBody, TrackBody)
SAID = (SentItem, ProblemBody, FieldProblem)
SILENT = ("title", "description", "default", "example")


def in_code(kind: type, ref: str = "#/components/schemas/{name}") -> Json:
    _, found = msgspec.json.schema_components([kind], ref_template=ref)
    return cast("Json", plain(found[kind.__name__]))


def plain(schema: Any) -> Any:
    """One spelling for what both can say in several: nothing is left out that a validator goes by."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: plain(value) for name, value in schema.items() if name not in SILENT or name == "properties"}
    if "properties" in schema:
        found["properties"] = {name: plain(value) for name, value in schema["properties"].items()}
    if set(found) == {"$ref"} and "Enum" not in found["$ref"]:
        return {"$ref": found["$ref"]}
    if isinstance(found.get("type"), list):
        return _any_of(found)
    if None in found.get("enum", ()):
        return {"anyOf": [{"enum": sorted(value for value in found["enum"] if value)}, {"type": "null"}]}
    if "enum" in found:
        found["enum"] = sorted(found["enum"])
    if "required" in found:
        found["required"] = sorted(found["required"])
    if found.get("required") == []:
        found.pop("required")
    return found


def _any_of(schema: Json) -> Json:
    (kind,) = (each for each in schema.pop("type") if each != "null")
    return {"anyOf": [{"type": kind, **schema}, {"type": "null"}]}


def inlined(schema: Any, kinds: Json) -> Any:
    """Enumerations are schemas of their own to msgspec, and lists of values in the document."""
    if isinstance(schema, list):
        return [inlined(each, kinds) for each in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name in kinds and "enum" in kinds[name]:
        return {"enum": sorted(kinds[name]["enum"])}
    return {key: inlined(value, kinds) for key, value in schema.items()}


def described(kind: type) -> Json:
    found: Json = plain(document()["components"]["schemas"][kind.__name__])
    return found


@pytest.mark.parametrize("kind", TAKEN)
def test_what_is_taken_is_what_the_document_says(kind: type) -> None:
    _, kinds = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")

    assert described(kind) == inlined(in_code(kind), kinds)


@pytest.mark.parametrize("kind", SAID)
def test_what_is_answered_is_what_the_document_says_and_all_of_it_is_always_there(kind: type) -> None:
    _, kinds = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    said, code = described(kind), inlined(in_code(kind), kinds)

    assert said.pop("required") == sorted(said["properties"])
    code.pop("required", None)
    assert said.pop("additionalProperties") is False
    code.pop("additionalProperties", None)
    if kind is SentItem:  # msgspec does not tell of a datetime that it is one
        said["properties"]["received_at"].pop("format")
        said["properties"]["published_at"]["anyOf"][0].pop("format")
        assert set(said["properties"]["state"].pop("enum")) == {*ItemState, READING, NOT_ADDED}
    assert said == code


def test_the_document_has_every_route_of_the_api_and_no_other() -> None:
    app = web.Application()
    ItemsApi.register(object.__new__(ItemsApi), app)

    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}

    assert {(method.upper(), path) for path, of in document()["paths"].items() for method in of} == served


def test_the_document_has_every_status_and_every_code_that_the_code_answers() -> None:
    """Refusals are raised as `ApiError(status, code, …)`, so they can be read from the code."""
    raised = {
        (node.args[0].value, node.args[1].attr)
        for path, tree in sources("handlers")
        if path.name.startswith("api")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ApiError"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[1], ast.Attribute)
    }
    said = {status for of in document()["paths"].values() for each in of.values() for status in each["responses"]}

    assert {code for _, code in raised} == set(ErrorCode.__members__)
    assert said == {str(status) for status, _ in raised} | {str(status) for status in STATUS.values()}
    assert set(document()["components"]["schemas"]["ProblemBody"]["properties"]["code"]["enum"]) == set(ErrorCode)


def test_the_document_says_the_limits_as_they_are() -> None:
    send = document()["paths"]["/api/v1/items"]["post"]
    (key,) = [resolved(each) for each in send["parameters"]]

    assert key["schema"]["maxLength"] == LONGEST_IDEMPOTENCY_KEY
    assert f"At most {A_MINUTE} requests a minute with one key, {AT_ONCE} of them at once" in send["description"]
    for schema in document()["components"]["schemas"].values():
        OAS31Validator.check_schema(schema)
