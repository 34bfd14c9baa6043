"""`openapi.yml` as a judge of the API's own answers."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.conftest import ROOT

HERE = "urn:ingest"
Json = dict[str, Any]


class Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...


@cache
def document() -> Json:
    found: Json = yaml.safe_load((ROOT / "openapi.yml").read_text(encoding="utf-8"))
    return found


def resolved(part: Json) -> Json:
    """What a reference of the document leads to."""
    if "$ref" not in part:
        return part
    at: Any = document()
    for name in part["$ref"].removeprefix("#/").split("/"):
        at = at[name]
    return dict(at)


def problems(answers: Iterable[Answer]) -> list[str]:
    """What of the answers is not as the document says."""
    return [f"{each.method} {each.path} {each.status}: {words}" for each in answers for words in _problems(each)]


def _problems(answer: Answer) -> Iterator[str]:
    where = answer.path.partition("?")[0]
    path = next(
        (found for found in document()["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", found), where)), None
    )
    if path is None or answer.method.lower() not in document()["paths"][path]:
        yield "no such operation"
        return
    described = document()["paths"][path][answer.method.lower()]["responses"].get(str(answer.status))
    if described is None:
        yield "a status that is not described"
        return
    described = resolved(described)
    ((kind, content),) = described["content"].items()
    if answer.headers.get("Content-Type", "").partition(";")[0] != kind:
        yield f"another type than {kind}"
    yield from (f"body: {words}" for words in _wrong(content["schema"], json.loads(answer.body)))
    for name, of in described.get("headers", {}).items():
        header, value = resolved(of), answer.headers.get(name)
        if value is None and header.get("required"):
            yield f"header {name} is missing"
        elif value is not None:
            yield from (f"header {name}: {words}" for words in _wrong(header["schema"], value))


def _wrong(schema: Json, value: object) -> list[str]:
    about = {"$ref": HERE + schema["$ref"]} if "$ref" in schema else schema
    registry: Registry[Any] = Registry().with_resource(
        HERE, Resource.from_contents(document(), default_specification=DRAFT202012)
    )
    validator = OAS31Validator(about, registry=registry, format_checker=oas31_format_checker)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]
