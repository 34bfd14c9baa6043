"""One page of a list, from as many calls as that takes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.clock import Clock
from bot.domain.books import Currency, ListEntry, ListKind, ListPage, Unreadable
from providers.base import Access
from providers.fields import FieldError
from providers.quickbooks import lists
from providers.quickbooks.client import PAGE_SIZE, QuickBooksClient, among, changed_after
from providers.quickbooks.mapping import CLASS, LOCATION, home_of, rate_of
from providers.refusals import mapped_errors

Json = dict[str, Any]
READ_AT_ONCE = 200
"""Between so many, clicks are answered."""


@dataclass(frozen=True, slots=True)
class ListReader:
    client: QuickBooksClient
    clock: Clock

    async def page(self, access: Access, kind: ListKind, page: str | None, since: datetime | None) -> ListPage:
        if kind is ListKind.TRACKING_CATEGORIES:
            return await self._tracking(access)
        entity, start = _place(kind, page)
        where = [lists.ANY_ACTIVE]
        if kind is ListKind.BANK_ACCOUNTS:
            where.append(among("AccountType", lists.BANKS))
        if since is not None:
            where.append(changed_after(since))
        rates = await self._rates(access) if kind is ListKind.TAX_RATES else {}
        order = lists.ORDER[entity]
        found = await self.client.page(access, entity, *where, order=order, start=start, can_wait=True)
        entries: list[ListEntry] = [await self._home(access)] if kind is ListKind.CURRENCIES and page is None else []
        unreadable: list[Unreadable] = []
        for number, element in enumerate(found):
            read = lists.read_entry(kind, element, entity, rates)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            elif isinstance(read, Currency) and not _is_home(read, entries):
                entries.append(await self._rated(access, read))
            elif read is not None and not _is_home(read, entries):
                entries.append(read)
            if number % READ_AT_ONCE == 0:
                await self.clock.sleep(0)
        next_page = _next(kind, entity, start, len(found))
        return ListPage(entries=tuple(entries), next_page=next_page, unreadable=tuple(unreadable))

    async def _rates(self, access: Access) -> dict[str, Decimal]:
        """Percentages by the rate's id; one that cannot be read says nothing."""
        found = await self.client.whole(access, "TaxRate", lists.ANY_ACTIVE, can_wait=True)
        return dict(_percents(found))

    async def _rated(self, access: Access, currency: Currency) -> Currency:
        """With QuickBooks' rate of today; documents are sent with the one of their own day."""
        today = self.clock.now().date()
        found = await self.client.exchange_rate(access, currency.code, today.isoformat(), can_wait=True)
        rate = rate_of(found)
        return currency if rate is None else replace(currency, rate=rate, rated_on=today)

    async def _home(self, access: Access) -> Currency:
        """The home currency, which their list leaves out."""
        preferences = await self.client.preferences(access)
        with mapped_errors():
            home = preferences["CurrencyPrefs"]["HomeCurrency"]
            return Currency(code=home_of(preferences), name=str(home.get("name") or home_of(preferences))[:100])

    async def _tracking(self, access: Access) -> ListPage:
        """Classes and locations, as far as the company uses them. Where it has classes of whole documents only, those of
        suppliers have no field for one, so that none is offered.
        """
        preferences = await self.client.preferences(access)
        with mapped_errors():
            said = preferences.get("AccountingInfoPrefs") or {}
            location = str(said.get("DepartmentTerminology") or "Location")[:60]
            has_classes = bool(said.get("ClassTrackingPerTxnLine"))
            switches = ((CLASS, "Class", has_classes), (LOCATION, location, bool(said.get("TrackDepartments"))))
        entries = []
        for entity, name, is_on in switches:
            if is_on:
                options = await self.client.whole(
                    access, entity, lists.ANY_ACTIVE, order=lists.ORDER[entity], can_wait=True
                )
                entries.append(lists.tracking_of(entity, name, options))
        return ListPage(entries=tuple(entries))


def _is_home(read: ListEntry, entries: list[ListEntry]) -> bool:
    """Whether it is the home currency again, which comes first."""
    first = entries[0] if entries else None
    return isinstance(read, Currency) and isinstance(first, Currency) and read.code == first.code


def _percents(found: list[Json]) -> Iterator[tuple[str, Decimal]]:
    for one in found:
        try:
            yield lists.rate_percent(one)
        except FieldError:
            continue


def _place(kind: ListKind, page: str | None) -> tuple[str, int]:
    """Which entity a page is of, and where it begins."""
    entity, _, start = (page or f"{lists.ENTITIES[kind][0]}:1").partition(":")
    return entity, int(start)


def _next(kind: ListKind, entity: str, start: int, found: int) -> str | None:
    """A full page has another after it; then comes the next entity of the list."""
    if found >= PAGE_SIZE:
        return f"{entity}:{start + found}"
    entities = lists.ENTITIES[kind]
    place = entities.index(entity) + 1
    return f"{entities[place]}:1" if place < len(entities) else None
