"""Which endpoints an API has: each a function from a call to an answer, with the scope that opens it.

A vendor makes one table and decorates its functions with its `serves`; what a call is, and what it has to be allowed, is
the vendor's own. Where there are no scopes, they stay empty.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from providers.simulating.answers import Answer

Endpoint = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: re.Pattern[str]
    scope: str
    answer: Endpoint


@dataclass(frozen=True, slots=True)
class Routes:
    ignores_case: bool = False
    """Of paths."""
    all: list[Route] = field(default_factory=list)

    def serves(self, method: str, path: str, scope: str = "") -> Callable[[Endpoint], Endpoint]:
        """`path` names its variable parts in braces; `scope` is the one that allows writing, and reading."""
        flags = re.IGNORECASE if self.ignores_case else re.NOFLAG
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path), flags)

        def add(answer: Endpoint) -> Endpoint:
            self.all.append(Route(method, pattern, scope, answer))
            return answer

        return add

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for route in self.all:
            match = route.path.fullmatch(path)
            if match and route.method == method:
                return route, {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    def is_path(self, path: str) -> bool:
        """Whether any method is served there."""
        return any(route.path.fullmatch(path) for route in self.all)
