"""Which endpoints there are: each a function from a call to an answer, with the access level that it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.freeagent.simulated import seed
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.refusals import malformed, missing
from providers.freeagent.simulated.showing import shown
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, load
from providers.simulating.routes import Endpoint, Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call that passed authorisation."""

    books: Books
    """Of the company; a call for a practice itself has those of its first client, and asks them nothing."""
    person: str
    level: int
    query: dict[str, str]
    content_type: str
    body: bytes
    root: str
    """Where this server is."""
    path: str
    hidden_after: datetime | None
    """Documents created since then are not in lists yet."""
    has_many: bool
    """Whether bank transaction explanations have many files, in the version of the API that was asked for."""

    def json(self, root: str) -> Json:
        """What is in the root element.

        Raises:
            RefusalError: the body is not an object in JSON, or has no such element.
        """
        inner = self._sent(root)
        if not isinstance(inner, dict):
            raise malformed(missing(root))
        return inner

    def rows(self, root: str) -> list[Json]:
        """An array of objects that is in the root element.

        Raises:
            RefusalError: there is none.
        """
        inner = self._sent(root)
        if not isinstance(inner, list) or not all(isinstance(one, dict) for one in inner):
            raise malformed(missing(root))
        return inner

    def _sent(self, root: str) -> Any:
        if "application/json" not in self.content_type:
            raise malformed("The Content-Type of the request is not supported")
        try:
            found = load(self.body)
        except ValueError as error:
            raise malformed(f"Unable to parse the request: {error}") from error
        return found.get(root) if isinstance(found, dict) else None

    def shown(self, record: Json) -> Json:
        return shown(record, self.root)

    def answered(self, root: str, record: Json) -> Answer:
        return Answer.json({root: self.shown(record)})

    def created(self, root: str, record: Json) -> Answer:
        body = Answer.json({root: self.shown(record)})
        return Answer(status=201, body=body.body, headers={"Location": f"{self.root}{record['url']}"})


DONE = Answer(status=200)
"""A deletion: its description has a status and no body."""
COMPANY, PRACTICE = Routes(), Routes()


def serves(method: str, path: str, level: int) -> Callable[[Endpoint], Endpoint]:
    """`level` is the access level of who may do so: in each page of dev.freeagent.com/docs."""
    return COMPANY.serves(method, path, str(level))


practice = PRACTICE.serves
ANYBODY = seed.TIME
