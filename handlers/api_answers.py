"""What the API answers: items, and refusals as problems (RFC 9457) that say which field is wrong and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

import msgspec
from aiohttp import web

from bot.domain.ingesting import Outcome, Receipt, SentItem

PROBLEM_TYPE = "application/problem+json"
REPLAYED = "Idempotency-Replayed"
STATUS = {Outcome.ADDED: 201, Outcome.HERE: 200, Outcome.READING: 202}


class ErrorCode(StrEnum):
    """For machines; the sentence beside it is for people."""

    KEY_MISSING = "key_missing"
    KEY_NOT_LIVE = "key_not_live"
    SCOPE_MISSING = "scope_missing"
    NOT_FOUND = "not_found"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    TYPE_NOT_TAKEN = "type_not_taken"
    NOT_JSON = "not_json"
    NOT_PARTS = "not_parts"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    NOT_AN_ITEM = "not_an_item"
    TOO_MANY = "too_many"
    BUSY = "busy"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemBody:
    type: str
    title: str
    status: int
    code: ErrorCode
    detail: str
    errors: tuple[FieldProblem, ...] = ()


class ApiError(Exception):
    """A refusal. Nothing was done, unless it says otherwise."""

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.headers = dict(fields or {}), dict(headers or {})
        super().__init__(code)


def refused(error: ApiError) -> web.Response:
    """The connection is closed where a body may not have been read, so that nobody goes on to send it."""
    body = ProblemBody(
        type="about:blank",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        code=error.code,
        detail=error.detail,
        errors=tuple(FieldProblem(field=name, detail=words) for name, words in error.fields.items()),
    )
    answer = web.Response(
        status=error.status, body=msgspec.json.encode(body), content_type=PROBLEM_TYPE, headers=error.headers
    )
    answer.force_close()
    return answer


def received(receipt: Receipt, *, is_replay: bool, path: str) -> web.Response:
    answer = item(receipt.item, status=STATUS[receipt.outcome])
    answer.headers["Location"] = f"{path}/{receipt.item.id}"
    if is_replay:
        answer.headers[REPLAYED] = "true"
    return answer


def item(sent: SentItem, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(sent), content_type="application/json")
