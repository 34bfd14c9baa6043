"""Lists: what may be asked for, their order, and their pages ("Pagination" of dev.freeagent.com/docs/introduction).

That more than a hundred a page are refused, and in which words, is of a public client's comment; the status is unverified.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.fields import address_of
from providers.freeagent.simulated.refusals import malformed
from providers.simulating.numbers import Json

A_PAGE, MOST = 25, 100
LONGEST_NUMBER = 10
View = Callable[[Books, Json], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list of one kind understands."""

    views: Mapping[str, View] | None = None
    default_view: str = "all"
    sorts: Mapping[str, Callable[[Json], str]] | None = None
    default_sort: str = ""
    has_since: bool = False
    """Whether it takes `updated_since`."""
    has_dates: bool = False
    """Whether it takes `from_date` and `to_date`."""
    by: tuple[str, ...] = ()
    """Fields with the address of another record that it can be narrowed to."""


@dataclass(frozen=True, slots=True)
class Page:
    records: list[Json]
    headers: dict[str, str]


def everything(_books: Books, _record: Json) -> bool:
    return True


def chosen(books: Books, records: list[Json], listing: Listing, query: Mapping[str, str]) -> list[Json]:
    """Those that were asked for, in their order. What a list does not understand is passed over."""
    view = _view(listing, query)
    found = [one for one in records if view(books, one) and _is_within(one, listing, query)]
    for name in (one for one in listing.by if query.get(one)):
        found = [one for one in found if one.get(name) == address_of(f"{name}s", query[name])]
    return _sorted(found, listing, query)


def _view(listing: Listing, query: Mapping[str, str]) -> View:
    """The one that was asked for; one that there is not counts as none, which is unverified."""
    views = listing.views or {}
    return views.get(query.get("view", ""), views.get(listing.default_view, everything))


def _is_within(record: Json, listing: Listing, query: Mapping[str, str]) -> bool:
    since = query.get("updated_since") if listing.has_since else None
    if since and moment(str(record["updated_at"])) < moment(since):
        return False
    day = str(record.get("dated_on", ""))
    starts, ends = (_day(query.get("from_date")), _day(query.get("to_date"))) if listing.has_dates else (None, None)
    return not (starts and day < starts) and not (ends and day > ends)


def _day(text: str | None) -> str | None:
    return moment(text).date().isoformat() if text else None


def moment(text: str) -> datetime:
    """
    Raises:
        RefusalError: it is no moment in the form of ISO 8601.
    """  # noqa: D212
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise malformed(f"Invalid date supplied: {text}") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _sorted(records: list[Json], listing: Listing, query: Mapping[str, str]) -> list[Json]:
    sorts = listing.sorts or {}
    wanted = query.get("sort", "")
    name = wanted.removeprefix("-")
    key = sorts.get(name) or sorts.get(listing.default_sort)
    return records if key is None else sorted(records, key=key, reverse=name in sorts and wanted.startswith("-"))


def page(records: list[Json], query: Mapping[str, str], address: str) -> Page:
    """One page of the list."""
    number, size = _number(query.get("page"), 1), _number(query.get("per_page"), A_PAGE)
    if size > MOST:
        raise malformed(f"Records limited to {MOST} per page")
    last = max(1, -(-len(records) // size))
    links = {"prev": number - 1 if number > 1 else None, "next": number + 1 if number < last else None}
    if last > 1:
        links |= {"first": 1, "last": last}
    rest = {name: value for name, value in query.items() if name not in ("page", "per_page")}
    told = ", ".join(
        f'<{address}?{urlencode({**rest, "page": to, "per_page": size})}>; rel="{rel}"'
        for rel, to in links.items()
        if to is not None
    )
    headers = {"X-Total-Count": str(len(records)), **({"Link": told} if told else {})}
    return Page(records[(number - 1) * size : number * size], headers)


def _number(text: str | None, otherwise: int) -> int:
    found = int(text) if text and text.isdecimal() and len(text) < LONGEST_NUMBER else 0
    return found or otherwise
