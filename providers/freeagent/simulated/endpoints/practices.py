"""What an account manager's token opens without a client: dev.freeagent.com/docs/accountancy_practice_api.

The fields of a client are those of its example, as a public copy has them (d34ndev/freeagentrb, 39ec2b9).
"""

from collections.abc import Mapping

from providers.freeagent.simulated import lists, seed
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.endpoints.routing import Request, practice
from providers.freeagent.simulated.paging import Listing, chosen, everything, page
from providers.freeagent.simulated.refusals import not_found
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

NAME = "Harbour Accounts"
_LISTING = Listing(
    views={
        "all": everything,
        "active": everything,
        "practice": everything,
        **{name: lambda _books, _one: False for name in ("inactive", "closed", "linked", "demo", "copilot")},
    },
    sorts={name: lambda one, name=name: str(one[name]) for name in ("created_at", "updated_at", "name")},  # type: ignore[misc]
    default_sort="created_at",
)
_LEFT_OUT = ("annual_accounting_periods", "sales_tax_rates", "locked_attributes", "currency", "mileage_units", "id")


def books_of(all_books: Mapping[str, Books]) -> list[Books]:
    return [all_books[subdomain] for subdomain in seed.CLIENTS]


@practice("GET", "/practice")
def the_practice(_request: Request, _clients: list[Books]) -> Answer:
    """Without a root element, as in its example."""
    return Answer.json({"name": NAME, "subdomain": seed.PRACTICE})


@practice("GET", "/clients")
def clients(request: Request, clients: list[Books]) -> Answer:
    found = page(
        chosen(request.books, [_client(books) for books in clients], _LISTING, request.query),
        request.query,
        f"{request.root}{request.path}",
    )
    is_minimal = request.query.get("minimal_data") == "true"
    rows = [request.shown(_minimal(one) if is_minimal else one) for one in found.records]
    return Answer(body=Answer.json({"clients": rows}).body, headers=found.headers)


def _client(books: Books) -> Json:
    company = {name: value for name, value in lists.company_presented(books).items() if name not in _LEFT_OUT}
    owner = next(iter(books.shelf("users").values()))
    return {
        **company,
        "_number": books.company["id"],
        "status": "Active Licence",
        "account_manager": "/v2/account_managers/1",
        "account_owner": {"first_name": owner["first_name"], "last_name": owner["last_name"]},
    }


def _minimal(client: Json) -> Json:
    """The example of `minimal_data`."""
    return {"id": client["_number"], "name": client["name"], "subdomain": client["subdomain"]}


@practice("GET", "/account_managers")
def managers(request: Request, _clients: list[Books]) -> Answer:
    return Answer.json({"account_managers": [request.shown(_manager("pat"))]})


@practice("GET", "/account_managers/{number}")
def manager(request: Request, _clients: list[Books], number: str) -> Answer:
    if number not in ("me", "1"):
        raise not_found()
    return request.answered("account_manager", _manager("pat"))


def _manager(person: str) -> Json:
    found = seed.PEOPLE[person]
    return {"url": "/v2/account_managers/1", "name": found.name, "email": found.email}
