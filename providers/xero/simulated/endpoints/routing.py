"""Which endpoints there are: each a function from a call to an answer, with the scope that opens it."""

from dataclasses import dataclass
from datetime import datetime

from providers.simulating.routes import Routes
from providers.xero.simulated import sentences
from providers.xero.simulated.books import WRITERS, Books
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.refusals import titled


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


ROUTES = Routes(ignores_case=True)
serves = ROUTES.serves


def needs_rights(method: str, role: str, books: Books) -> None:
    """
    Raises:
        RefusalError: the person may look but not touch, or nobody may for want of a subscription.
    """  # noqa: D212
    if method != "GET" and role not in WRITERS:
        raise titled(403, "Forbidden", "You are not permitted to access this resource")
    if method != "GET" and books.is_lapsed:
        raise titled(403, "Forbidden", sentences.SUBSCRIPTION_LAPSED)
