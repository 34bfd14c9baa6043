"""Lists: which entries, in which order, one page of them, and which of their attributes.

Parameters are those of swagger 3.1. Of an entry in a list only `id`, `displayed_as` and `$path` are told, and what `attributes`
asks for; of one that is asked for by its key, everything ("Analysis types" guide).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from providers.sage.simulated.books import Books, shown
from providers.sage.simulated.kinds import ARTEFACTS
from providers.sage.simulated.refusals import Problem, refused
from providers.simulating.numbers import Json

BASE = ("id", "displayed_as", "$path")
DEFAULT_PAGE = 20
ALL = 2_147_483_647
"""How many entries the list of businesses has a page, as in the guide's example."""
PAYMENTS, ANALYSIS = "payments_allocations", "analysis_type_categories"
_AREAS = frozenset({"banking", "sales", "expenses", "other_payments", "other_receipts", "journals", "reporting"})
_ARTEFACT = ("search", "contact_id", "status_id", "from_date", "to_date", "has_attachments")
_MONEY = ("bank_account_id", "contact_id", "transaction_type_id", "from_date", "to_date")
PARAMETERS = {
    **dict.fromkeys(ARTEFACTS, _ARTEFACT),
    "other_payments": (*_MONEY, "has_attachments"),
    "contact_payments": _MONEY,
    "contact_allocations": ("contact_id", "transaction_type_id"),
    "ledger_accounts": (
        "search",
        "visible_in",
        "not_visible_in",
        "show_included_in_chart",
        "show_control_accounts",
        "ledger_account_type_id",
    ),
    "bank_accounts": ("filter_inactive_bank_accounts",),
    "contacts": ("search", "contact_type_id"),
    "analysis_types": ("search", "analysis_type_level"),
    "analysis_type_categories": ("analysis_type_level",),
    "attachments": ("attachment_context_id", "attachment_context_type_id"),
    **dict.fromkeys(("products", "services", "stock_items"), ("search",)),
}
"""By what each list can be narrowed, beside time: any other parameter is passed over, and everything told. Those of contacts,
allocations and items were not read (unverified).
"""
_ORDERS = ("created_at", "updated_at", "date")
_SORTED = {
    **dict.fromkeys(ARTEFACTS, (*_ORDERS, "due_date")),
    **dict.fromkeys(("purchase_quick_entries", "sales_quick_entries", "other_payments", "contact_payments"), _ORDERS),
}
LINES = ("invoice_lines", "credit_note_lines", "payment_lines")
Query = Mapping[str, str]


def _invalid(name: str) -> Exception:
    return refused([Problem("Validation", f"{name} is invalid", name)])


def page(
    plural: str,
    query: Query,
    records: Iterable[Json],
    largest: int,
    today: Callable[[Json], Json] = lambda record: record,
) -> Json:
    """One page of these, with the path of the next; `today` is each as it is now."""
    found = list(records)
    size = min(_whole(query, "items_per_page", DEFAULT_PAGE), largest)
    number = _whole(query, "page", 1)
    last = max(1, -(-len(found) // size))
    rest = {name: value for name, value in query.items() if name not in ("page", "items_per_page")}

    def path(to: int) -> str:
        return f"/{plural}?" + urlencode({"page": to, "items_per_page": size, **rest})

    return {
        "$total": len(found),
        "$page": number,
        "$next": path(number + 1) if number < last else None,
        "$back": path(number - 1) if number > 1 else None,
        "$itemsPerPage": size,
        "$items": [entry(today(record), query) for record in found[(number - 1) * size : number * size]],
    }


def _whole(query: Query, name: str, otherwise: int) -> int:
    text = query.get(name, "")
    if not text:
        return otherwise
    if not text.isdecimal() or not 1 <= int(text) <= ALL:
        raise _invalid(name)
    return int(text)


def entry(record: Json, query: Query) -> Json:
    """As a list has it."""
    wanted = {name.strip() for name in query.get("attributes", "").split(",")}
    told = _told(record, query)
    return told if "all" in wanted else {name: told[name] for name in told if name in BASE or name in wanted}


def whole(record: Json, query: Query) -> Json:
    """As it is told by itself."""
    return entry(record, query) if query.get("attributes") else _told(record, query)


def _told(record: Json, query: Query) -> Json:
    """Payments and analysis only where they are asked for."""
    found = shown(record)
    if query.get("show_payments_allocations") != "true":
        found.pop(PAYMENTS, None)
    if query.get("show_analysis_types") != "true" and "analysis_type" not in found:
        found = _without_analysis(found)
    return found


def _without_analysis(record: Json) -> Json:
    """Of a document and of its lines; an analysis type tells its categories always."""
    if "active_areas" in record:
        return record
    found = {name: value for name, value in record.items() if name != ANALYSIS}
    for name in LINES:
        if name in found:
            found[name] = [{key: one[key] for key in one if key != ANALYSIS} for one in found[name]]
    return found


# Which entries


def chosen(books: Books, plural: str, query: Query, hidden_after: datetime | None) -> list[Json]:
    """Those of a shelf that the query asks for, oldest first unless it says otherwise."""
    records = list(books.shelf(plural).values())
    if query.get("deleted_since"):
        since = moment(query["deleted_since"], "deleted_since")
        records = [one for one in records if one.get("deleted_at") and _at(one["deleted_at"]) > since]
    else:
        records = [one for one in records if not one.get("deleted_at")]
    if query.get("updated_or_created_since"):
        since = moment(query["updated_or_created_since"], "updated_or_created_since")
        records = [one for one in records if _at(one["updated_at"]) >= since]
    if hidden_after is not None:
        records = [one for one in records if _at(one["created_at"]) <= hidden_after]
    for name in (one for one in PARAMETERS.get(plural, ()) if query.get(one)):
        records = [one for one in records if _FILTERS[name](books, one, query[name])]
    return _sorted(plural, records, query.get("sort", ""))


def _sorted(plural: str, records: list[Json], sort: str) -> list[Json]:
    if not sort or plural not in _SORTED:
        return records
    name, _, direction = sort.partition(":")
    if name not in _SORTED[plural] or direction not in ("", "asc", "desc"):
        raise _invalid("sort")
    return sorted(records, key=lambda one: str(one.get(name) or ""), reverse=direction == "desc")


def moment(text: str, name: str) -> datetime:
    """A date-time, or a date with its zone; a plus that arrived as a space is one."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError as error:
        raise _invalid(name) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise _invalid(name) from error


def _dated(name: str, fits: Callable[[date, date], bool]) -> Callable[[Books, Json, str], bool]:
    def keeps(_: Books, one: Json, text: str) -> bool:
        wanted = day(text, name)
        return "date" not in one or fits(date.fromisoformat(one["date"]), wanted)

    return keeps


def _searched(_: Books, one: Json, text: str) -> bool:
    names = ("reference", "contact_name", "name", "item_code", "description", "nominal_code")
    return any(text.strip().casefold() in str(one[name]).casefold() for name in names if one.get(name) is not None)


def _visible(name: str, *, is_visible: bool) -> Callable[[Books, Json, str], bool]:
    def keeps(_: Books, one: Json, area: str) -> bool:
        if area not in _AREAS:
            raise _invalid(name)
        return bool(one[f"visible_in_{area}"]) is is_visible

    return keeps


def _of_level(books: Books, one: Json, wanted: str) -> bool:
    """Of a type, or of the type that a category is of."""
    kind = books.shelf("analysis_types")[one["analysis_type"]["id"]] if "analysis_type" in one else one
    level = kind["analysis_type_level"]
    return wanted in (str(level["id"]), level["name"], level["identifier"])


def _of(field: str) -> Callable[[Books, Json, str], bool]:
    """Entries whose reference is to this id; of entries without one, all."""

    def keeps(_: Books, one: Json, wanted: str) -> bool:
        return field not in one or bool((one[field] or {}).get("id") == wanted)

    return keeps


def _flag(field: str) -> Callable[[Books, Json, str], bool]:
    return lambda _, one, text: field not in one or bool(one[field]) is (text == "true")


def _of_type(_: Books, one: Json, wanted: str) -> bool:
    types: Any = one.get("contact_types")
    return types is None or any(found["id"] == wanted for found in types)


def _with_files(books: Books, one: Json, text: str) -> bool:
    return bool(books.files(one)) is (text == "true")


_FILTERS: dict[str, Callable[[Books, Json, str], bool]] = {
    "search": _searched,
    "contact_id": _of("contact"),
    "status_id": _of("status"),
    "bank_account_id": _of("bank_account"),
    "transaction_type_id": _of("transaction_type"),
    "ledger_account_type_id": _of("ledger_account_type"),
    "attachment_context_id": _of("attachment_context"),
    "attachment_context_type_id": _of("attachment_context_type"),
    "from_date": _dated("from_date", lambda on, wanted: on >= wanted),
    "to_date": _dated("to_date", lambda on, wanted: on <= wanted),
    "visible_in": _visible("visible_in", is_visible=True),
    "not_visible_in": _visible("not_visible_in", is_visible=False),
    "filter_inactive_bank_accounts": lambda _, one, text: text != "true" or bool(one["is_active"]),
    "analysis_type_level": _of_level,
    "show_included_in_chart": _flag("included_in_chart"),
    "show_control_accounts": _flag("is_control_account"),
    "contact_type_id": _of_type,
    "has_attachments": _with_files,
}
