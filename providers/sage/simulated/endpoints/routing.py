"""Which endpoints there are: each a function from a call to an answer, with the kind whose rights it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.sage.simulated.books import Books
from providers.sage.simulated.kinds import ANALYSIS_TYPE, FIXED, KINDS, SETTINGS, Level
from providers.sage.simulated.refusals import Problem, denied, refused
from providers.sage.simulated.shapes import Fields, unwrapped
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, load
from providers.simulating.routes import Routes

UNREADABLE = "The request body could not be parsed as JSON."
NOT_JSON = "The media type of the request is not supported."
"""Words of ours, as the one before: unverified."""
_BY_NAME = {**KINDS, SETTINGS.plural: SETTINGS, FIXED.plural: FIXED, ANALYSIS_TYPE.plural: ANALYSIS_TYPE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call that passed authorisation."""

    books: Books
    who: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    hidden_after: datetime | None
    """Documents created since then are not in lists yet."""

    def fields(self, singular: str) -> Fields:
        """The object in the body, under its name.

        Raises:
            RefusalError: the body is not JSON, is not said to be, or holds no such object.
        """
        if "application/json" not in self.headers.get("Content-Type", ""):
            raise refused([Problem("UnsupportedMediaType", NOT_JSON)], 415)
        return unwrapped(self.json(), singular)

    def json(self) -> Any:
        try:
            return load(self.body)
        except ValueError as error:
            raise refused([Problem("BadRequest", UNREADABLE)], 400) from error

    def told(self, value: Any, status: int = 200) -> Answer:
        """As JSON; amounts as text, where the business's are."""
        return Answer.json(spelled(value) if self.books.business["_numbers_as_text"] else value, status)


def spelled(value: Any) -> Any:
    """With each decimal as text, "20.0", as the vendor's own programs read it: `BigDecimal` has at least one figure behind."""
    if isinstance(value, dict):
        return {key: spelled(found) for key, found in value.items()}
    if isinstance(value, list):
        return [spelled(found) for found in value]
    if type(value).__name__ != "Decimal":
        return value
    text = f"{value.normalize():f}"
    return text if "." in text else f"{text}.0"


ROUTES = Routes()


def serves(method: str, path: str, kind: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """`kind` names whose rights and plans the call needs."""
    return ROUTES.serves(method, path, kind)


def may(books: Books, user_id: str, kind_name: str, method: str) -> None:
    """
    Raises:
        RefusalError: the person has not the right, or the business not the plan; both are told alike (the latter unverified).
    """  # noqa: D212
    kind = _BY_NAME[kind_name]
    plans = kind.plans if method == "GET" else kind.writing_plans
    if books.plan not in plans:
        raise denied()
    needed = kind.reads if method == "GET" else Level.FULL if method == "DELETE" else kind.writes
    held = [books.level(user_id, area) >= needed for area in kind.areas]
    if not (all(held) if kind.needs_all else any(held)):
        raise denied()


def created(request: Request, record: Json) -> Answer:
    return request.told(record, 201)
