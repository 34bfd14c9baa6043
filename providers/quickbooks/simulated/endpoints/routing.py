"""Which endpoints there are: each a function from a call to an answer. One scope opens them all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.faults import fault, unsupported
from providers.simulating.answers import Answer
from providers.simulating.limits import Meter
from providers.simulating.numbers import Json, load
from providers.simulating.routes import Routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call that passed authorisation."""

    books: Books
    who: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    batches: Meter
    hidden_after: datetime | None
    """Documents created since then are not in lists yet."""

    def json(self) -> Json:
        """
        Raises:
            FaultError: the body is not an object in JSON, or is not said to be.
        """  # noqa: D212
        if "application/json" not in self.headers.get("Content-Type", ""):
            raise unsupported("Cannot consume content type")
        try:
            found = load(self.body)
        except ValueError as error:
            raise fault("2010", f"Invalid or malformed JSON : {error}") from error
        if not isinstance(found, dict):
            raise fault("2010", "Invalid or malformed JSON : an object is expected")
        return found

    @property
    def options(self) -> frozenset[str]:
        """What `include` asks for."""
        return frozenset(self.query.get("include", "").lower().split(","))

    def answered(self, **found: Any) -> Answer:
        return Answer.json({**found, "time": self.books.moment()})


ROUTES = Routes(ignores_case=True)
serves = ROUTES.serves
