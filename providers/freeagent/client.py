"""FreeAgent's endpoints: paths, paging, headers, limits."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.clock import Clock
from bot.version import IDENTITY
from providers.base import Access, ClientConfig
from providers.errors import PersonNeededError
from providers.exact import exact_json
from providers.freeagent.errors import P, raise_for, raise_for_write
from providers.freeagent.resources import EXPLANATIONS, Resource
from providers.http import Answer, Caller, parsed, wait_of
from providers.refusals import mapped_errors, once_written

PAGE_SIZE = 100
"""The most that a page has ("Pagination")."""
MOST_PAGES = 100
WITH_MANY_FILES = "2026-09-01"
"""Of `X-Api-Version`: explanations have many files, each with an address of its own."""
Json = dict[str, Any]


class FreeAgentClient:
    """Calls for one configuration."""

    def __init__(self, caller: Caller, config: ClientConfig, clock: Clock) -> None:
        self._caller, self._clock = caller, clock
        self.root = f"{config.api_url.rstrip('/')}/v2"

    # What belongs to a sign-in, and to no company

    async def own(self, access_token: str, path: str, root: str, query: Mapping[str, str] | None = None) -> Json:
        """What whoever signed in is told without naming a client."""
        answer = await self._caller.read(
            f"{self.root}/{path}", tenant=None, headers=_headers(access_token), query=query
        )
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            found = parsed(answer, is_write=False)
            return dict(found[root] if root else found)

    async def clients(self, access_token: str) -> list[Json]:
        """Those of a practice that are active."""
        found: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            query = {"view": "active", "minimal_data": "true", "per_page": str(PAGE_SIZE), "page": str(page)}
            answer = await self.own(access_token, "clients", "", query)
            with mapped_errors():
                rows = list(answer["clients"])
            found += rows
            if len(rows) < PAGE_SIZE:
                break
        return found

    # Reading

    async def read(
        self, access: Access, path: str, query: Mapping[str, str] | None = None, *, can_wait: bool = False
    ) -> Json:
        answer = await self._caller.read(
            f"{self.root}/{path}",
            tenant=access.tenant_id,
            headers=_of_company(access, path),
            query=query,
            can_wait=can_wait,
        )
        await self._pause(access, answer)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=False))

    async def one(self, access: Access, path: str, ledger_id: str, root: str) -> Json | None:
        """None: FreeAgent has none of that id, or not any more."""
        if not is_id(ledger_id):
            return None
        try:
            found = await self.read(access, f"{path}/{ledger_id}")
        except PersonNeededError as error:
            if error.problem.code is P.DOCUMENT_GONE:
                return None
            raise
        with mapped_errors():
            return dict(found[root])

    async def page(
        self, access: Access, path: str, query: Mapping[str, str], *, number: int = 1, can_wait: bool = False
    ) -> list[Json]:
        asked = {**query, "per_page": str(PAGE_SIZE), "page": str(number)}
        found = await self.read(access, path, asked, can_wait=can_wait)
        with mapped_errors():
            return list(found[path])

    async def whole(
        self, access: Access, path: str, query: Mapping[str, str], *, most: int = MOST_PAGES, can_wait: bool = False
    ) -> list[Json]:
        found: list[Json] = []
        for number in range(1, most + 1):
            rows = await self.page(access, path, query, number=number, can_wait=can_wait)
            found += rows
            if len(rows) < PAGE_SIZE:
                break
        return found

    async def documents(
        self,
        access: Access,
        resource: Resource,
        *,
        since: datetime | None = None,
        on: date | None = None,
        bank_account: str | None = None,
        most: int = MOST_PAGES,
    ) -> list[Json]:
        """Documents with their lines: those that were changed since, or dated on a day; else the newest first."""
        query: dict[str, str] = {}
        if since is not None:
            query["updated_since"] = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        elif on is not None:
            query |= {"from_date": on.isoformat(), "to_date": on.isoformat()}
        elif not bank_account:
            query["sort"] = "-created_at"
        if resource.items:
            query[f"nested_{resource.items}"] = "true"
        if bank_account is not None:
            query["bank_account"] = f"{self.root}/bank_accounts/{bank_account}"
        return await self.whole(access, resource.path, query, most=most)

    # Writing

    async def create(self, access: Access, path: str, root: str, record: Mapping[str, Any]) -> Json:
        found = await self.write(access, "POST", path, {root: dict(record)})
        with mapped_errors():
            return dict(found[root])

    async def change(
        self, access: Access, path: str, root: str, record: Mapping[str, Any] | None = None, *, step: str = ""
    ) -> Json:
        """A change of one record, or a step of it, which says all by its address. The pages show no answer, and the sandbox gave
        the record: where none came, it is read.
        """
        body = None if record is None else {root: dict(record)}
        found = await self.write(access, "PUT", f"{path}{step}", body, has_answer=False, can_wait=record is not None)
        if not found:
            with once_written():
                found = await self.read(access, path)
        with mapped_errors():
            return dict(found[root])

    async def delete(self, access: Access, path: str) -> None:
        """One that is gone already is no error."""
        try:
            await self.write(access, "DELETE", path, None, has_answer=False)
        except PersonNeededError as error:
            if error.problem.code is not P.DOCUMENT_GONE:
                raise

    async def write(
        self,
        access: Access,
        method: str,
        path: str,
        body: Json | None,
        *,
        has_answer: bool = True,
        can_wait: bool = False,
    ) -> Json:
        answer = await self._caller.write(
            method,
            f"{self.root}/{path}",
            tenant=access.tenant_id,
            headers={**_of_company(access, path), "Content-Type": "application/json"},
            body=b"" if body is None else exact_json(body).encode(),
            can_wait=can_wait,
        )
        await self._pause(access, answer)
        raise_for_write(answer, wait_seconds=wait_of(answer, self._clock))
        if not has_answer and not answer.body.strip():
            return {}
        with mapped_errors():
            return dict(parsed(answer, is_write=True))

    async def _pause(self, access: Access, answer: Answer) -> None:
        if answer.status == 429:
            await self._caller.budget.pause(access.tenant_id, wait_of(answer, self._clock))


def is_id(text: str) -> bool:
    """FreeAgent counts its records; what is no number is no address of one."""
    return text.isascii() and text.isdigit()


def _headers(access_token: str) -> dict[str, str]:
    """A user agent has to be named ("Introduction")."""
    return {"Authorization": f"Bearer {access_token}", "Accept": "application/json", "User-Agent": IDENTITY}


def _of_company(access: Access, path: str) -> dict[str, str]:
    """A practice's sign-in names its client; that of a company has one anyway."""
    version = {"X-Api-Version": WITH_MANY_FILES} if path.startswith(EXPLANATIONS) else {}
    return {**_headers(access.access_token), "X-Subdomain": access.tenant_id, **version}
