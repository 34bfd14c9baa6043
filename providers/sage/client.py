"""Sage's endpoints: paths, paging, headers, limits, and whose business an answer is for."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from providers.base import Access, ClientConfig
from providers.errors import ProviderChangedError, ProviderError, ReconnectNeededError
from providers.exact import exact_json
from providers.http import Answer, Caller, parsed, wait_of
from providers.refusals import mapped_errors
from providers.sage.errors import errors_in, problem_of, raise_for, raise_for_write
from providers.sage.resources import SINGULARS

PAGE_SIZE = 200
"""The most that a page of a list has."""
MOST_PAGES = 500
NO_CONTENT = 204
BUSINESS = "X-Business"
Json = dict[str, Any]


def derived_key(key: str, *parts: str) -> str:
    """An `idempotency_id` as the guide wants it, 32 hexadecimal figures without hyphens; the same each time."""
    return uuid5(NAMESPACE_URL, "/".join((key, *parts))).hex


class SageClient:
    """Calls for one configuration."""

    def __init__(self, caller: Caller, config: ClientConfig, clock: Clock) -> None:
        self._caller, self._clock = caller, clock
        self._root = f"{config.api_url.rstrip('/')}/v3.1"

    # Of a person, whatever the business

    async def user(self, access_token: str) -> Json:
        return await self._of_person(access_token, "user", {})

    async def businesses(self, access_token: str) -> list[Json]:
        """All that the person behind a token may open."""
        found: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            answer = await self._of_person(access_token, "businesses", {"page": str(page)})
            with mapped_errors():
                found += [dict(one) for one in answer["$items"]]
                if answer.get("$next") is None:
                    break
        return found

    async def _of_person(self, access_token: str, path: str, query: Mapping[str, str]) -> Json:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        answer = await self._caller.read(f"{self._root}/{path}", tenant=None, headers=headers, query=query)
        if answer.status == 429:
            await self._caller.budget.pause(None, wait_of(answer, self._clock))
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=False))

    # Of a business

    async def business(self, access: Access) -> Json:
        return await self._get(access, f"businesses/{quote(access.tenant_id, safe='')}", {})

    async def settings(self, access: Access) -> Json:
        return await self._get(access, "financial_settings", {})

    async def page(
        self, access: Access, plural: str, page: int, query: Mapping[str, str], *, can_wait: bool = False
    ) -> tuple[list[Json], bool]:
        """Entries of one page, and whether there is another."""
        found = await self._get(
            access, plural, {**query, "items_per_page": str(PAGE_SIZE), "page": str(page)}, can_wait=can_wait
        )
        with mapped_errors():
            return [dict(one) for one in found["$items"]], found.get("$next") is not None

    async def whole(
        self, access: Access, plural: str, query: Mapping[str, str], *, can_wait: bool = False
    ) -> list[Json]:
        """All pages, or none of them.

        Raises:
            ProviderChangedError: they have no end.
        """
        found: list[Json] = []
        for page in range(1, MOST_PAGES + 1):
            items, has_next = await self.page(access, plural, page, query, can_wait=can_wait)
            found += items
            if not has_next:
                return found
        raise ProviderChangedError(f"{plural} have more than {MOST_PAGES} pages")

    async def one(self, access: Access, plural: str, key: str, query: Mapping[str, str] | None = None) -> Json | None:
        """A record by its key, with all that there is of it; None, if there is none."""
        answer = await self._read(access, f"{plural}/{quote(key, safe='')}", query or {}, can_wait=False)
        return None if answer.status == 404 else await self._told(access, answer)

    async def create(
        self, access: Access, plural: str, record: Mapping[str, Any], key: str | None, *, can_wait: bool = False
    ) -> Json:
        """A new record; `key` is left out of what knows no idempotency."""
        named = {**record, "idempotency_id": key} if key is not None else dict(record)
        body = exact_json({SINGULARS[plural]: named}).encode()
        answer = await self._write(access, "POST", plural, body, {}, can_wait=can_wait)
        with mapped_errors():
            return dict(parsed(answer, is_write=True))

    async def delete(self, access: Access, plural: str, key: str, query: Mapping[str, str] | None = None) -> None:
        answer = await self._write(access, "DELETE", f"{plural}/{quote(key, safe='')}", b"", query or {})
        if answer.status != NO_CONTENT:
            parsed(answer, is_write=True)  # what is voided is told as it is then

    # How

    async def _get(self, access: Access, path: str, query: Mapping[str, str], *, can_wait: bool = False) -> Json:
        return await self._told(access, await self._read(access, path, query, can_wait=can_wait))

    async def _told(self, access: Access, answer: Answer) -> Json:
        await self._look_at(access, answer)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=False))

    async def _read(self, access: Access, path: str, query: Mapping[str, str], *, can_wait: bool) -> Answer:
        url, headers = f"{self._root}/{path}", _headers(access)
        answer = await self._caller.read(url, tenant=access.tenant_id, headers=headers, query=query, can_wait=can_wait)
        _believe(access, answer)
        return answer

    async def _write(
        self,
        access: Access,
        method: str,
        path: str,
        body: bytes,
        query: Mapping[str, str],
        *,
        can_wait: bool = False,
    ) -> Answer:
        answer = await self._caller.write(
            method,
            f"{self._root}/{path}",
            tenant=access.tenant_id,
            headers={**_headers(access), "Content-Type": "application/json"},
            body=body,
            query=query,
            can_wait=can_wait,
        )
        _believe(access, answer)
        await self._look_at(access, answer)
        raise_for_write(answer, wait_seconds=wait_of(answer, self._clock))
        return answer

    async def _look_at(self, access: Access, answer: Answer) -> None:
        """What an answer says beside what was asked.

        Raises:
            ReconnectNeededError: the person behind the token may not open this business any more. A token that ran out
                is told alike, so that it is asked what the token opens.
        """
        if answer.status == 429:
            await self._caller.budget.pause(access.tenant_id, wait_of(answer, self._clock))
        if answer.status == 401 and await self._is_taken_away(access):
            words = problem_of(errors_in(answer)).vendor_words
            raise ReconnectNeededError(Problem(code=ProblemCode.ACCESS_REMOVED, vendor_words=words))

    async def _is_taken_away(self, access: Access) -> bool:
        try:
            found = await self.businesses(access.access_token)
        except ProviderError:
            return False
        return access.tenant_id not in {one.get("id") for one in found}


def _headers(access: Access) -> dict[str, str]:
    """Without the business a call is for whichever the person leads, and no error ("Multi business")."""
    return {"Authorization": f"Bearer {access.access_token}", "Accept": "application/json", BUSINESS: access.tenant_id}


def _believe(access: Access, answer: Answer) -> None:
    """Raises:
    ProviderChangedError: the answer is for another business than was asked for: of a write nobody knows where it went.
    """
    echoed = answer.headers.get(BUSINESS)
    if answer.status < 300 and echoed is not None and echoed != access.tenant_id:
        raise ProviderChangedError("the answer is for another business than the one that was asked for")
