"""The company, its categories, locks and VAT returns, and the files."""

from providers.freeagent.simulated import attachments, lists, seed
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.endpoints.routing import ANYBODY, DONE, Request, serves
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import InvalidError, not_found, not_permitted
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json

GROUPS = ("admin_expenses_categories", "cost_of_sales_categories", "income_categories", "general_categories")
_WITH_SUBS = {"750": "bank_accounts", "905": "users", "609": "stock_items"}
"""What the sub accounts of a category are of."""


@serves("GET", "/company", ANYBODY)
def company(request: Request) -> Answer:
    return request.answered("company", lists.company_presented(request.books))


# Categories


@serves("GET", "/categories", seed.MONEY)
def categories(request: Request) -> Answer:
    """In four sets, on one page."""
    has_subs = request.query.get("sub_accounts") == "true"
    found: dict[str, list[Json]] = {group: [] for group in GROUPS}
    for one in there(request.books):
        rows = list(_subs(request.books, one)) if has_subs else []
        found[one["_group"]] += [request.shown(row) for row in rows or [one]]
    return Answer.json(found)


@serves("GET", "/categories/{code}", seed.MONEY)
def category(request: Request, code: str) -> Answer:
    parent, _, number = code.partition("-")
    one = next((one for one in there(request.books) if one["nominal_code"] == parent), None)
    if one is not None and number:
        one = next((row for row in _subs(request.books, one) if row["nominal_code"] == code), None)
    if one is None:
        raise not_found()
    return request.answered(one["_group"], one)


def there(books: Books) -> list[Json]:
    return [one for one in books.shelf("categories").values() if not one.get("_is_gone")]


def _subs(books: Books, parent: Json) -> list[Json]:
    kind = _WITH_SUBS.get(parent["nominal_code"])
    found = []
    for place, one in enumerate(books.shelf(kind).values() if kind else (), 1):
        code = f"{parent['nominal_code']}-{place}"
        name = one.get("name") or one.get("description") or f"{one.get('first_name')} {one.get('last_name')}"
        row = {**parent, "url": f"/v2/categories/{code}", "nominal_code": code}
        found.append({**row, "description": f"{parent['description']}: {name}", (kind or "")[:-1]: one["url"]})
    return found


# Locks, by the page "Account Locks"


@serves("GET", "/account_locks", seed.FULL)
def account_locks(request: Request) -> Answer:
    return Answer.json(_told(request))


@serves("PUT", "/account_locks", seed.FULL)
def lock(request: Request) -> Answer:
    fields = Fields(request.books, request.json("account_lock"))
    day = fields.day("locked_to_date", is_needed=True)
    earliest, latest = span(request.books)
    if day and not earliest <= day <= latest:
        fields.say("locked_to_date", f"must be between {earliest} and {latest}")
    fields.check()
    user = request.books.user_of(request.person) or {}
    own = {
        "locked_to_date": day,
        "user_lock": True,
        "locked_by_description": f"{user.get('first_name', '')} {user.get('last_name', '')}".strip(),
        "locked_by_url": user.get("url"),
    }
    request.books.change_company(_locks=[own, *_of_others(request.books)])
    return Answer.json(_told(request))


@serves("DELETE", "/account_locks", seed.FULL)
def unlock(request: Request) -> Answer:
    if len(_of_others(request.books)) == len(request.books.company["_locks"]):
        raise InvalidError(["There is no user account lock"])
    request.books.change_company(_locks=_of_others(request.books))
    return DONE


def span(books: Books) -> tuple[str, str]:
    """From when to when a person may lock: not before other locks, and up to a week ago (support article 115001222324)."""
    others = max((one["locked_to_date"] for one in _of_others(books)), default="")
    latest = books.today().toordinal() - 7
    return others or str(books.company["freeagent_start_date"]), type(books.today()).fromordinal(latest).isoformat()


def _of_others(books: Books) -> list[Json]:
    return [one for one in books.company["_locks"] if not one.get("user_lock")]


def _told(request: Request) -> Json:
    earliest, latest = span(request.books)
    rows = [request.shown(one) for one in request.books.company["_locks"]]
    return {"account_locks": rows, "earliest_lock_date": earliest, "latest_lock_date": latest}


# VAT returns


@serves("GET", "/vat_returns", seed.TAX)
def vat_returns(request: Request) -> Answer:
    return Answer.json({"vat_returns": [request.shown(one) for one in request.books.shelf("vat_returns").values()]})


@serves("GET", "/vat_returns/{ends_on}", seed.TAX)
def vat_return(request: Request, ends_on: str) -> Answer:
    found = request.books.shelf("vat_returns").get(ends_on)
    if found is None:
        raise not_found()
    return request.answered("vat_return", found)


# Files, which ask for the level of what they hang on

_LEVELS = {"bills": seed.BILLS, "expenses": seed.MONEY, "bank_transaction_explanations": seed.BANKING}


@serves("GET", "/attachments/{number}", ANYBODY)
def attachment(request: Request, number: str) -> Answer:
    return request.answered("attachment", attachments.presented(request.books, _file(request, number), request.root))


@serves("DELETE", "/attachments/{number}", ANYBODY)
def detaching(request: Request, number: str) -> Answer:
    request.books.delete("attachments", _file(request, number))
    return DONE


def _file(request: Request, number: str) -> Json:
    found = request.books.shelf("attachments").get(number)
    if found is None:
        raise not_found()
    if request.level < _LEVELS.get(str(found["_of"]).split("/")[2], seed.FULL):
        raise not_permitted()
    return found
