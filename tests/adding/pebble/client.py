"""Pebble's endpoints: a path below the book, JSON both ways."""

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from providers.base import Access, ClientConfig
from providers.http import Caller, parsed, wait_of
from tests.adding.pebble.errors import raise_for


class PebbleClient:
    def __init__(self, caller: Caller, config: ClientConfig, clock: Clock) -> None:
        self._caller, self._clock = caller, clock
        self._root = f"{config.api_url.rstrip('/')}/api"

    async def books(self, access_token: str) -> Any:
        return await self._read("books", access_token, None, {})

    async def give_up(self, access: Access, link: str) -> None:
        url, headers = f"{self._root}/links/{link}", _headers(access.access_token)
        answer = await self._caller.write("DELETE", url, tenant=None, headers=headers, body=b"")
        if answer.status != 404:
            raise_for(answer, wait_seconds=wait_of(answer, self._clock))

    async def read(self, access: Access, path: str, query: Mapping[str, str]) -> Any:
        return await self._read(f"{access.tenant_id}/{path}", access.access_token, access.tenant_id, query)

    async def write(self, access: Access, path: str, body: bytes, key: str) -> Any:
        headers = {**_headers(access.access_token), "Content-Type": "application/json", "Idempotency-Key": key}
        url = f"{self._root}/{access.tenant_id}/{path}"
        answer = await self._caller.write("POST", url, tenant=access.tenant_id, headers=headers, body=body)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        return parsed(answer, is_write=True)

    async def _read(self, path: str, token: str, tenant: str | None, query: Mapping[str, str]) -> Any:
        answer = await self._caller.read(f"{self._root}/{path}", tenant=tenant, headers=_headers(token), query=query)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        return parsed(answer, is_write=False)


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}
