"""Expenses: a list of one's own, and several at once."""

from providers.freeagent.simulated import attachments, listings, seed
from providers.freeagent.simulated.endpoints.records import (
    answered_list,
    found_at,
    listed,
    serve_changing,
    whole,
    writer_of,
)
from providers.freeagent.simulated.endpoints.routing import Request, serves
from providers.freeagent.simulated.expenses import Expenses
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import InvalidError
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, load

_RESOURCE = listings.EXPENSES


@serves("GET", "/expenses", seed.MONEY)
def listing(request: Request) -> Answer:
    user = request.books.user_of(request.person) or {}
    mine = [one for one in listed(request, "expenses") if request.level >= seed.TAX or one["user"] == user.get("url")]
    return answered_list(request, _RESOURCE, mine)


@serves("GET", "/expenses/{number}", seed.MONEY)
def reading(request: Request, number: str) -> Answer:
    found = found_at(request, "expenses", number)
    Expenses(request.books, request.level, request.person).may_see(request.books.at(found["user"]) or {})
    return request.answered("expense", whole(request, "expenses", found))


@serves("POST", "/expenses", seed.MONEY)
def creating(request: Request) -> Answer:
    """One, or an array of several, of which all are kept or none: that, and what is answered to those, is unverified. A lever
    keeps some only, of those that are right.
    """
    several = _several(request)
    if several is None:
        made = writer_of(request, _RESOURCE).create(request.json("expense"))
        return request.created("expense", whole(request, "expenses", made))
    writer, right, problems = Expenses(request.books, request.level, request.person), [], []
    for one in several:
        fields = Fields(request.books, one)
        writer.read(fields, None)
        attachments.read(fields)
        problems += fields.problems
        right += [] if fields.problems else [one]
    some = request.books.company.get("_keeps_some")
    if problems and some is None:
        raise InvalidError(problems)
    rows = [request.shown(whole(request, "expenses", writer.create(one))) for one in right[:some]]
    if problems:
        raise InvalidError(problems)
    return Answer.json({"expenses": rows}, 201)


def _several(request: Request) -> list[Json] | None:
    try:
        found = load(request.body)
    except ValueError:
        return None
    is_several = isinstance(found, dict) and found.get("expenses") is not None
    return request.rows("expenses") if is_several else None


serve_changing(_RESOURCE)
