"""A vendor's OpenAPI document as a judge of recorded calls, strict: a field it does not know is a fault.

    xero = Document.read(path, root="/api.xro/2.0")
    assert xero.request_problems(calls) == []       # what our client sends
    assert xero.answer_problems(calls) == []        # what the simulator says

The document's own gaps are named where it is read (`beyond`), not passed over in silence.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry, Resource

HERE = "urn:vendor"
NOT_DESCRIBED = frozenset({0, 401, 403, 404, 405, 406, 412, 413, 429, 500, 503})
"""Statuses (0: no answer) that vendors' documents leave out; their bodies are not of the API's own form."""
METHODS = frozenset({"get", "put", "post", "delete"})
MS_DATE = r"^/Date\(-?\d+(\+0000)?\)/$"


class Recorded(Protocol):
    """A call as a simulator keeps it."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def query(self) -> dict[str, str]: ...
    @property
    def headers(self) -> dict[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def status(self) -> int: ...
    @property
    def answer(self) -> bytes: ...
    @property
    def fault(self) -> str | None: ...


class _Loader(yaml.CSafeLoader):
    """Dates stay text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with the parameters of both."""

    path: re.Pattern[str]
    method: str
    pointer: str
    described: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]

    def named(self, place: str) -> dict[str, Mapping[str, Any]]:
        return {found["name"]: found for found in self.parameters if found["in"] == place}


class Document:
    def __init__(
        self,
        content: dict[str, Any],
        *,
        root: str = "",
        beyond: Mapping[str, Iterable[str]],
        refusal: str | None = None,
    ) -> None:
        """Args:
        content: the document.
        root: what comes before its paths.
        beyond: by schema, fields that the vendor sends although the schema lacks them.
        refusal: the schema of a 400 where an operation describes none.
        """
        schemas = content["components"]["schemas"]
        for name, fields in beyond.items():
            schemas[name]["properties"] |= {field: {} for field in fields}
        _make_strict(schemas)
        self._content, self._root, self._refusal = content, root, refusal
        self._registry = Registry().with_resource(HERE, Resource.opaque(content))
        self._operations = list(self._read_operations())

    @classmethod
    def read(cls, path: Path, **options: Any) -> "Document":
        """`options` are those of the class."""
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        return cls(content, **options)

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self._content["paths"].items():
            pattern = re.compile(self._root + re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), re.IGNORECASE)
            shared = item.get("parameters", [])
            for method, described in item.items():
                if method in METHODS:
                    found = [self._resolved(one) for one in [*shared, *described.get("parameters", [])]]
                    yield Operation(pattern, method.upper(), _pointer("paths", path, method), described, found)

    def _resolved(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in found:
            return found
        at: Any = self._content
        for name in found["$ref"].removeprefix("#/").split("/"):
            at = at[name]
        return dict(at)

    # Judging

    def request_problems(self, calls: Iterable[Recorded]) -> list[str]:
        return [f"{_name(call)}: {problem}" for call in calls for problem in self._request(call)]

    def answer_problems(self, calls: Iterable[Recorded]) -> list[str]:
        return [f"{_name(call)} {call.status}: {problem}" for call in calls for problem in self._answer(call)]

    def schema_problems(self, name: str, value: Any) -> list[str]:
        """What is wrong with one value that no path speaks of."""
        return self._validate(OAS30ReadValidator, _pointer("components", "schemas", name), value)

    def _operation(self, call: Recorded) -> Operation | None:
        fitting = (one for one in self._operations if one.method == call.method and one.path.fullmatch(call.path))
        return next(fitting, None)

    def _request(self, call: Recorded) -> Iterator[str]:
        operation = self._operation(call)
        if operation is None:
            yield "the vendor describes no such call"
            return
        known = operation.named("query")
        yield from (f"query {name} is not known" for name in call.query.keys() - known.keys())
        for name in call.query.keys() & known.keys():
            yield from (f"query {name}: {words}" for words in self._query(known[name], call.query[name]))
        sent = {name.lower() for name in call.headers}
        needed = [name for name, found in operation.named("header").items() if found.get("required")]
        yield from (f"header {name} is missing" for name in needed if name.lower() not in sent)
        yield from self._body(operation, call)

    def _query(self, parameter: Mapping[str, Any], text: str) -> list[str]:
        schema = parameter["schema"]
        value: Any = text
        match schema.get("type"):
            case "integer":
                value = int(text) if text.isdigit() else text
            case "boolean":
                value = {"true": True, "false": False}.get(text, text)
            case "array":
                value = text.split(",")
        return [error.message for error in OAS30WriteValidator(schema, format_checker=CHECKER).iter_errors(value)]

    def _body(self, operation: Operation, call: Recorded) -> Iterator[str]:
        described = operation.described.get("requestBody")
        if described is None:
            if call.body:
                yield "a body where none is described"
            return
        if "application/json" in described["content"]:
            pointer = f"{operation.pointer}/requestBody/content/application~1json/schema"
            yield from self._validate(OAS30WriteValidator, pointer, _loaded(call.body))

    def _answer(self, call: Recorded) -> Iterator[str]:
        operation = self._operation(call)
        if call.status in NOT_DESCRIBED or call.fault is not None:
            return
        if operation is None:
            yield "an answer to a call that the vendor does not describe"
            return
        described = operation.described["responses"].get(str(call.status))
        if described is None and call.status == 400 and self._refusal is not None:
            yield from self.schema_problems(self._refusal, _loaded(call.answer))
            return
        if described is None:
            yield "a status that the vendor does not describe"
            return
        pointer = described.get("$ref", "").removeprefix("#") or f"{operation.pointer}/responses/{call.status}"
        if "application/json" in self._resolved(described).get("content", {}):
            pointer += "/content/application~1json/schema"
            yield from self._validate(OAS30ReadValidator, pointer, _loaded(call.answer))

    def _validate(self, validator: Any, pointer: str, value: Any) -> list[str]:
        schema = {"$ref": f"{HERE}#{pointer}"}
        found = validator(schema, registry=self._registry, format_checker=CHECKER).iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in found]


CHECKER = oas30_format_checker


def _make_strict(node: Any) -> None:
    """No field beyond those described; dates in the form that the vendor's own mark promises of answers."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        if "x-is-datetime" in node:  # "2019-12-07T18:46:19.5165400" in the vendor's own examples, so no RFC 3339
            node.pop("format", None)
        if node.get("readOnly") and node.get("x-is-msdate-time"):
            node["pattern"] = MS_DATE
        for child in node.values():
            _make_strict(child)
    elif isinstance(node, list):
        for child in node:
            _make_strict(child)


def _pointer(*names: str) -> str:
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def _loaded(body: bytes) -> Any:
    return json.loads(body) if body else None


def _name(call: Recorded) -> str:
    return f"{call.method} {call.path}"
