"""One page of a list, from as many calls as that takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock
from bot.domain.books import Currency, ListEntry, ListKind, ListPage, Unreadable
from bot.domain.problems import ProblemCode
from providers.base import Access
from providers.errors import PersonNeededError
from providers.fields import FieldError, optional_name
from providers.refusals import mapped_errors
from providers.sage import lists
from providers.sage.client import SageClient
from providers.sage.mapping import books_of, home_of

Json = dict[str, Any]
READ_AT_ONCE = 200
"""Between so many, clicks are answered."""
ANALYSIS = "analysis_type_categories"
EXCHANGE_RATES = "business_exchange_rates"
OF_DOCUMENTS = frozenset({"EXPENSES", "SALES", "BANKING"})
"""Active areas of analysis types whose categories stand on lines of what we write."""
DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ListReader:
    client: SageClient
    clock: Clock

    async def page(self, access: Access, kind: ListKind, page: str | None, since: datetime | None) -> ListPage:
        if kind is ListKind.TRACKING_CATEGORIES:
            return await self._tracking(access)
        if kind is ListKind.CURRENCIES and page is None and not await self._has_several(access):
            return ListPage(entries=(await self.home(access),))
        parts = _parts(kind, since)
        part, number = _place(parts, page)
        plural = part.removesuffix(f"?{DELETED}")
        found, has_next = await self._entries(access, plural, number, _query(part, plural, since))
        entries, unreadable = await self._read(kind, found, plural)
        if kind is ListKind.CURRENCIES:
            entries = lists.with_rates(entries, await self._exchange_rates(access))
        after = parts[parts.index(part) + 1 :]
        next_page = f"{part}:{number + 1}" if has_next else f"{after[0]}:1" if after else None
        return ListPage(entries=tuple(entries), next_page=next_page, unreadable=tuple(unreadable))

    async def _entries(
        self, access: Access, plural: str, number: int, query: Mapping[str, str]
    ) -> tuple[list[Json], bool]:
        """A kind of item that the plan has not, or that the person may not see, is none."""
        try:
            return await self.client.page(access, plural, number, query, can_wait=True)
        except PersonNeededError as error:
            if plural in lists.ITEMS and error.problem.code is ProblemCode.PERMISSION_MISSING:
                return [], False
            raise

    async def _read(self, kind: ListKind, found: list[Json], plural: str) -> tuple[list[ListEntry], list[Unreadable]]:
        entries: list[ListEntry] = []
        unreadable: list[Unreadable] = []
        for place, element in enumerate(found):
            read = lists.read_entry(kind, element, plural)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            else:
                entries.append(read)
            if place % READ_AT_ONCE == 0:
                await self.clock.sleep(0)
        return entries, unreadable

    async def _exchange_rates(self, access: Access) -> list[Json]:
        """None where the person behind the access may not read them."""
        try:
            query = {"attributes": lists.ATTRIBUTES[EXCHANGE_RATES]}
            return await self.client.whole(access, EXCHANGE_RATES, query, can_wait=True)
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.PERMISSION_MISSING:
                return []
            raise

    async def settings(self, access: Access) -> Json | None:
        """None: the person behind the access may not read them."""
        try:
            return await self.client.settings(access)
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.PERMISSION_MISSING:
                return None
            raise

    async def _has_several(self, access: Access) -> bool:
        """Whether documents may be in other currencies than the business's own; where that is not told, they may."""
        settings = await self.settings(access)
        return settings is None or settings.get("multi_currency_enabled") is True

    async def home(self, access: Access) -> Currency:
        """The one that its books are kept in."""
        settings, business = await self.settings(access), await self.client.business(access)
        with mapped_errors():
            code = home_of(settings, books_of(business, settings).country)
            said = (settings or {}).get("base_currency") or {}
            return Currency(code=code, name=optional_name(said, "displayed_as") or code)

    async def _tracking(self, access: Access) -> ListPage:
        """Analysis types that are on for some documents. Their list is for the highest role only, so that it is made of
        their categories; who may not see those, or has a plan without them, is offered none.
        """
        try:
            found = await self.client.whole(access, ANALYSIS, {"attributes": "name,analysis_type"}, can_wait=True)
        except PersonNeededError as error:
            if error.problem.code is ProblemCode.PERMISSION_MISSING:
                return ListPage(entries=())
            raise
        by_type: dict[str, list[Json]] = {}
        with mapped_errors():
            for one in found:
                by_type.setdefault(str(one["analysis_type"]["id"]), []).append(one)
        entries: list[ListEntry] = []
        unreadable: list[Unreadable] = []
        for type_id, categories in by_type.items():
            kind = await self.client.one(access, "analysis_types", type_id)
            if kind is None or not OF_DOCUMENTS & set(kind.get("active_areas") or ()):
                continue
            try:
                entries.append(lists.tracking_of(kind, categories))
            except FieldError as error:
                unreadable.append(Unreadable(words=f"analysis types: one ({error})", key=type_id))
        return ListPage(entries=tuple(entries), unreadable=tuple(unreadable))


def _parts(kind: ListKind, since: datetime | None) -> tuple[str, ...]:
    """What has to be read one after another: of a list that tells what changed, what was deleted as well."""
    plurals = lists.PLURALS[kind]
    return plurals if since is None else (*plurals, *(f"{plural}?{DELETED}" for plural in plurals))


def _place(parts: tuple[str, ...], page: str | None) -> tuple[str, int]:
    part, _, number = (page or f"{parts[0]}:1").partition(":")
    return part, int(number)


def _query(part: str, plural: str, since: datetime | None) -> dict[str, str]:
    query = {"attributes": lists.ATTRIBUTES[plural]}
    if plural == "contacts":
        query["exclude_system"] = "true"
    if since is not None:
        at = since.astimezone(UTC).isoformat(timespec="seconds")
        query["deleted_since" if part.endswith(DELETED) else "updated_or_created_since"] = at
    return query
