"""Reading lists and single entries, and what little may be written of lists."""

from collections.abc import Callable

from providers.sage.simulated import charts, journal, seed, settling
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.contacts import Contacts
from providers.sage.simulated.endpoints.routing import Request, created, serves
from providers.sage.simulated.kinds import ANALYSIS_TYPE, DOCUMENTS, FIXED, FIXED_LISTS, KINDS
from providers.sage.simulated.listing import LINES, chosen, day, page, whole
from providers.sage.simulated.references import percentage_on
from providers.sage.simulated.refusals import invalid, not_allowed, not_found
from providers.simulating.answers import Answer
from providers.simulating.numbers import Json, rounded

_CATEGORY_IN_USE = "You cannot delete an Analysis Type Category that is in use."
_TRANSACTION_AREAS = frozenset({"SALES", "EXPENSES", "JOURNALS", "BANKING"})


def _serve(plural: str) -> None:
    @serves("GET", f"/{plural}", plural)
    def listing(request: Request) -> Answer:
        told = page(
            plural, request.query, _chosen(request, plural), request.books.largest_page, _today(request, plural)
        )
        return request.told(told)

    # by its key, what is deleted is told as well, with the moment (unverified);
    # whoever may not list analysis types may read one ("Access Control Restrictions" of swagger 3.1)
    @serves("GET", f"/{plural}/{{key}}", ANALYSIS_TYPE.plural if plural == "analysis_types" else plural)
    def reading(request: Request, key: str) -> Answer:
        record = request.books.get(plural, key)
        if record is None:
            raise not_found()
        return request.told(whole(_today(request, plural)(record), request.query))


def _chosen(request: Request, plural: str) -> list[Json]:
    if plural == "attachments":
        _check_context(request)
    return chosen(request.books, plural, request.query, request.hidden_after)


def _check_context(request: Request) -> None:
    """Swagger 3.1: each of the two filters requires the other."""
    context, kind = request.query.get("attachment_context_id"), request.query.get("attachment_context_type_id")
    if bool(context) is not bool(kind):
        raise invalid("attachment_context_id and attachment_context_type_id have to be given together.")


def _today(request: Request, plural: str) -> Callable[[Json], Json]:
    """Each record with what it points at as that is called today, and with what is worked out of others."""
    books = request.books

    def as_type(record: Json) -> Json:
        own = [one for one in books.standing("analysis_type_categories") if one["analysis_type"]["id"] == record["id"]]
        return {**record, "analysis_type_categories": own}

    def as_rate(record: Json) -> Json:
        on = day(request.query["date"], "date").isoformat() if request.query.get("date") else books.today().isoformat()
        return {**record, "percentage": percentage_on(record, on)}

    def with_contact(record: Json) -> Json:
        contact = record.get("contact")
        found = books.get("contacts", contact["id"]) if contact else None
        return record if found is None else {**record, "contact": to("contacts", found)}

    match plural:
        case "analysis_types":
            return as_type
        case "tax_rates":
            return as_rate
        case "contacts":
            owed = settling.balances(books)
            return lambda record: {**record, "balance": owed.get(record["id"], settling.NOTHING)}
        case "bank_accounts":
            stands = journal.balances(books)
            return lambda record: {**record, "balance": stands.get(record["ledger_account"]["id"], settling.NOTHING)}
        case _:
            return with_contact


for _plural in KINDS:
    _serve(_plural)


# Lists that are the same for everybody


def _serve_fixed(plural: str, entries: dict[str, str]) -> None:
    records = {key: seed.reference(plural, key, words) for key, words in entries.items()}

    @serves("GET", f"/{plural}", FIXED.plural)
    def listing(request: Request) -> Answer:
        return request.told(page(plural, request.query, records.values(), request.books.largest_page))

    @serves("GET", f"/{plural}/{{key}}", FIXED.plural)
    def reading(request: Request, key: str) -> Answer:
        if key not in records:
            raise not_found()
        return request.told(records[key])


for _plural, _entries in (
    *FIXED_LISTS.items(),
    ("ledger_account_types", {kind: words for kind, (words, _) in charts.TYPES.items()}),
):
    _serve_fixed(_plural, _entries)


def _currency(books: Books, code: str) -> Json:
    words, symbol = charts.CURRENCIES[code]
    return {**books.currency(code), "name": words, "iso": code, "symbol": symbol}


@serves("GET", "/currencies", FIXED.plural)
def currencies(request: Request) -> Answer:
    records = [_currency(request.books, code) for code in charts.CURRENCIES]
    return request.told(page("currencies", request.query, records, request.books.largest_page))


@serves("GET", "/currencies/{key}", FIXED.plural)
def currency(request: Request, key: str) -> Answer:
    if key not in charts.CURRENCIES:
        raise not_found()
    return request.told(_currency(request.books, key))


# Contacts


@serves("POST", "/contacts", "contacts")
def new_contact(request: Request) -> Answer:
    return created(request, whole(Contacts(request.books).create(request.fields("contact")), {}))


@serves("PUT", "/contacts/{key}", "contacts")
def changed_contact(request: Request, key: str) -> Answer:
    return request.told(whole(Contacts(request.books).update(key, request.fields("contact")), {}))


@serves("DELETE", "/contacts/{key}", "contacts")
def gone_contact(request: Request, key: str) -> Answer:
    Contacts(request.books).delete(key)
    return Answer(status=204)


# Exchange rates


@serves("PUT", "/business_exchange_rates/{key}", "business_exchange_rates")
def changed_rate(request: Request, key: str) -> Answer:
    books, fields = request.books, request.fields("business_exchange_rate")
    rate, inverse = fields.amount("rate"), fields.amount("inverse_rate")
    fields.done()
    before = books.get("business_exchange_rates", key)
    if before is None:
        raise not_found()
    value = rate if rate is not None else None if not inverse else 1 / inverse
    if value is None or value <= 0:
        raise invalid("Rate must be greater than 0", "rate")
    return request.told(
        books.save("business_exchange_rates", {**before, "rate": value, "inverse_rate": rounded(1 / value, 6)})
    )


# Analysis


@serves("PUT", "/analysis_types/{key}", "analysis_types")
def changed_type(request: Request, key: str) -> Answer:
    books, fields = request.books, request.fields("analysis_type")
    name, areas = fields.text("name"), fields.ids("active_areas")
    fields.done()
    before = books.get("analysis_types", key)
    if before is None:
        raise not_found()
    if before["analysis_type_level"]["id"] == 1 and not set(areas) <= _TRANSACTION_AREAS:
        raise invalid("active_areas is invalid", "active_areas")
    changed = {**before, "name": name or before["name"], "displayed_as": name or before["displayed_as"]}
    if fields.has("active_areas"):
        changed["active_areas"] = areas
    saved = books.save("analysis_types", changed)
    return request.told(whole(_today(request, "analysis_types")(saved), {}))


@serves("POST", "/analysis_type_categories", "analysis_type_categories")
def new_category(request: Request) -> Answer:
    """Name, code and type have to be there ("Analysis types" guide); the code is unique within its type."""
    books, fields = request.books, request.fields("analysis_type_category")
    fields.needs("name", "code", "analysis_type_id")
    name, code, type_id = fields.text("name", 50), fields.text("code", 10), fields.text("analysis_type_id")
    fields.done()
    kind = books.get("analysis_types", str(type_id))
    if kind is None:
        raise not_found()
    for one in books.standing("analysis_type_categories"):
        if one["analysis_type"]["id"] == kind["id"] and one["code"] == code:
            raise invalid("The code has already been taken.", "code")
    record = {"code": code, "name": name, "combined_id": None, "analysis_type": to("analysis_types", kind)}
    return created(request, whole(books.create("analysis_type_categories", str(name), record), {}))


@serves("PUT", "/analysis_type_categories/{key}", "analysis_type_categories")
def changed_category(request: Request, key: str) -> Answer:
    """Only its name can be set ("Analysis types" guide)."""
    books, fields = request.books, request.fields("analysis_type_category")
    name = fields.text("name", 50)
    fields.done()
    before = books.get("analysis_type_categories", key)
    if before is None or before.get("deleted_at"):
        raise not_found()
    words = name or before["name"]
    saved = books.save("analysis_type_categories", {**before, "name": words, "displayed_as": words})
    return request.told(whole(saved, {}))


@serves("DELETE", "/analysis_type_categories/{key}", "analysis_type_categories")
def gone_category(request: Request, key: str) -> Answer:
    books = request.books
    before = books.get("analysis_type_categories", key)
    if before is None or before.get("deleted_at"):
        raise not_found()
    if is_category_used(books, key):
        raise not_allowed(_CATEGORY_IN_USE)
    books.delete("analysis_type_categories", before)
    return Answer(status=204)


def is_category_used(books: Books, key: str) -> bool:
    """By a document, or by one of its lines."""
    for record in (one for plural in DOCUMENTS for one in books.standing(plural)):
        lines = [one for name in LINES for one in record.get(name, [])]
        for one in (record, *lines):
            if any(found["id"] == key for found in one.get("analysis_type_categories", [])):
                return True
    return False
