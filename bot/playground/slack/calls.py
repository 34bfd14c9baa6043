"""A call of the Web API: its arguments as sent, and the record kept of it."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.playground.slack.errors import SlackRefusalError
from bot.playground.slack.people import TEAM
from bot.playground.slack.shapes import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call the app made. `args` has blocks and views already parsed; `answer` is what it was (to be) told."""

    method: str
    args: Json
    answer: Json
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token it is: the app's own in a workspace, or a person's."""

    user: str
    scopes: frozenset[str] | None
    is_bot: bool = True
    team: str = TEAM


@dataclass(frozen=True, slots=True)
class Args:
    """Arguments by name. Forms carry everything as text, JSON bodies carry types; both mean the same."""

    given: Json
    caller: Caller

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.given.get(name)
        if value is None or value == "":
            return default
        return value in (True, "true", "1", "True", 1)

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.given.get(name) or default)
        except (TypeError, ValueError):
            raise SlackRefusalError("invalid_arguments", messages=[f"[ERROR] {name} must be a number"]) from None

    def parsed(self, name: str, refusal: str = "invalid_arguments") -> Any:
        """Something that in a form is JSON inside a text."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackRefusalError(refusal) from None

    def page(self, entries: Sequence[T], to_slack: Callable[[T], Any], *, most: int = 1000) -> tuple[list[Any], str]:
        """One page by `limit` and `cursor`, and the cursor of the next."""
        limit, start = self.number("limit", most), _start(self.text("cursor"))
        if not 0 < limit <= most:
            raise SlackRefusalError("invalid_limit")
        following = start + limit
        more = base64.b64encode(f"next:{following}".encode()).decode() if following < len(entries) else ""
        return [to_slack(entry) for entry in entries[start:following]], more


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        raise SlackRefusalError("invalid_cursor") from None


def next_page(cursor: str) -> Json:
    return {"response_metadata": {"next_cursor": cursor}}


Handler = Callable[[Args], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """How a method may be called: by which scopes (any of them), how often, with what, and whether as JSON."""

    run: Handler
    tier: str
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    takes_json: bool = True
    needs_token: bool = True
