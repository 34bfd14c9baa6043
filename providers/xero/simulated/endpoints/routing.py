"""Which endpoints there are: each a function from a call to an answer, with the scope that opens it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from providers.xero.simulated import sentences
from providers.xero.simulated.books import WRITERS, Books
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.refusals import Answer, titled


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call that passed authorisation."""

    books: Books
    author: Author
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    provider_name: str
    hidden_after: datetime | None
    """Documents created since then are not in lists yet."""


Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: re.Pattern[str]
    scope: str
    answer: Endpoint


ROUTES: list[Route] = []


def serves(method: str, path: str, scope: str) -> Callable[[Endpoint], Endpoint]:
    """`path` names its variable parts in braces; `scope` is the one that allows writing, and reading."""
    pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), re.IGNORECASE)

    def add(answer: Endpoint) -> Endpoint:
        ROUTES.append(Route(method, pattern, scope, answer))
        return answer

    return add


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in ROUTES:
        match = route.path.fullmatch(path)
        if match and route.method == method:
            return route, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


def is_path(path: str) -> bool:
    return any(route.path.fullmatch(path) for route in ROUTES)


def needs_rights(method: str, role: str, books: Books) -> None:
    """
    Raises:
        RefusalError: the person may look but not touch, or nobody may for want of a subscription.
    """  # noqa: D212
    if method != "GET" and role not in WRITERS:
        raise titled(403, "Forbidden", "You are not permitted to access this resource")
    if method != "GET" and books.is_lapsed:
        raise titled(403, "Forbidden", sentences.SUBSCRIPTION_LAPSED)


def hidden_after(now: datetime, late_seconds: float) -> datetime | None:
    return now - timedelta(seconds=late_seconds) if late_seconds > 0 else None
