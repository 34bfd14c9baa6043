"""One page of a list, from as many calls as that takes."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from bot.clock import Clock
from bot.domain.books import ListEntry, ListKind, ListPage, Unreadable
from providers.base import Access
from providers.errors import PersonNeededError
from providers.freeagent import lists, wire
from providers.freeagent.client import PAGE_SIZE, FreeAgentClient, Json
from providers.refusals import mapped_errors

READ_AT_ONCE = 200
"""Between so many, clicks are answered."""


@dataclass(frozen=True, slots=True)
class ListReader:
    client: FreeAgentClient
    clock: Clock

    async def page(self, access: Access, kind: ListKind, page: str | None, since: datetime | None) -> ListPage:
        match kind:
            case ListKind.ACCOUNTS:
                company = await self.company(access)
                answer = await self.client.read(access, "categories", can_wait=True)
                with mapped_errors():
                    entries, unreadable = lists.accounts_of(answer, company)
                return ListPage(entries=tuple(entries), unreadable=tuple(unreadable))
            case ListKind.TAX_RATES:
                company = await self.company(access)
                with mapped_errors():
                    return ListPage(entries=tuple(lists.tax_rates_of(company)))
            case ListKind.CURRENCIES:
                company = await self.company(access)
                with mapped_errors():
                    return ListPage(entries=lists.currencies_of(company))
            case ListKind.TRACKING_CATEGORIES:
                rows = await self.client.whole(access, "projects", {"view": "all", "sort": "name"}, can_wait=True)
                return ListPage(entries=lists.projects_of(rows))
            case ListKind.BANK_ACCOUNTS:
                return await self._rows(access, kind, "bank_accounts", {}, page)
            case _:
                # in the order in which they were made, so that a page stays what it was
                query = {"view": "all", "sort": "created_at"}
                if since is not None:
                    query["updated_since"] = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
                contacts = await self._rows(access, kind, "contacts", query, page)
                return contacts if page is not None else await self._with_users(access, contacts)

    async def company(self, access: Access) -> wire.Company:
        answer = await self.client.read(access, "company")
        with mapped_errors():
            return cast("wire.Company", dict(answer["company"]))

    async def _with_users(self, access: Access, contacts: ListPage) -> ListPage:
        """Before the first contacts: there are few, and what changed of them is not told apart."""
        rows = await self._users(access)
        with mapped_errors():
            users, unreadable = lists.users_of(rows)
        return replace(contacts, entries=(*users, *contacts.entries), unreadable=(*unreadable, *contacts.unreadable))

    async def _users(self, access: Access) -> list[Json]:
        """All of them; to somebody who may not see the others, whoever is signed in. An account manager is none of them."""
        try:
            return await self.client.whole(access, "users", {"view": "all"}, can_wait=True)
        except PersonNeededError:
            pass
        try:
            found = await self.client.read(access, "users/me", can_wait=True)
        except PersonNeededError:
            return []
        with mapped_errors():
            return [dict(found["user"])]

    async def _rows(
        self, access: Access, kind: ListKind, path: str, query: dict[str, str], page: str | None
    ) -> ListPage:
        number = int(page or 1)
        rows = await self.client.page(access, path, query, number=number, can_wait=True)
        entries: list[ListEntry] = []
        unreadable: list[Unreadable] = []
        for place, row in enumerate(rows):
            read = lists.read_entry(kind, row)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            else:
                entries.append(read)
            if place % READ_AT_ONCE == 0:
                await self.clock.sleep(0)
        next_page = str(number + 1) if len(rows) >= PAGE_SIZE else None
        return ListPage(entries=tuple(entries), next_page=next_page, unreadable=tuple(unreadable))
