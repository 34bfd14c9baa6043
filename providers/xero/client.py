"""Xero's endpoints, one method each: paths, paging, headers, limits."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from providers.base import Access, ClientConfig
from providers.http import Answer, Caller, parsed, wait_of
from providers.refusals import mapped_errors
from providers.xero.errors import raise_for, raise_for_file, raise_for_write
from providers.xero.resources import PAYMENTS

PAGE_SIZE = 1000
"""The most that one call may ask for; calls are what is limited."""


class XeroClient:
    """Calls for one configuration; every answer's remaining limits go back to the budget."""

    def __init__(self, caller: Caller, config: ClientConfig, clock: Clock) -> None:
        self._caller, self._clock = caller, clock
        self._root = config.api_url.rstrip("/")

    async def connections(self, access_token: str, grant_id: str | None) -> list[Any]:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        query = {"authEventId": grant_id} if grant_id else None
        answer = await self._caller.read(f"{self._root}/connections", tenant=None, headers=headers, query=query)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return list(parsed(answer, is_write=False))

    async def delete_connection(self, access: Access, link_id: str) -> None:
        url = f"{self._root}/connections/{link_id}"
        headers = {"Authorization": f"Bearer {access.access_token}", "Accept": "application/json"}
        answer = await self._caller.write("DELETE", url, tenant=None, headers=headers, body=b"")
        if answer.status != 404:
            raise_for(answer, wait_seconds=wait_of(answer, self._clock))

    async def get(
        self,
        access: Access,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        since: datetime | None = None,
        can_wait: bool = False,
    ) -> dict[str, Any]:
        """Read one page of one endpoint."""
        headers = self._headers(access)
        if since is not None:
            headers["If-Modified-Since"] = since.strftime("%Y-%m-%dT%H:%M:%S")
        answer = await self._caller.read(
            f"{self._root}/api.xro/2.0/{path}", tenant=access.tenant_id, headers=headers, query=query, can_wait=can_wait
        )
        await self._observe(access, answer)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=False))

    async def put(self, access: Access, path: str, body: bytes, idempotency_key: str) -> list[dict[str, Any]]:
        """Create only: POST would overwrite a draft that has the same number. One element a document comes back, as for
        payments, which have no units.
        """
        query = {"summarizeErrors": "false"} | ({} if path == PAYMENTS.path else {"unitdp": "4"})
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        answer = await self._write(access, "PUT", path, body=body, headers=headers, query=query)
        raise_for_write(answer, wait_seconds=wait_of(answer, self._clock))
        found = _success(answer)
        with mapped_errors():
            return list(found[path])

    async def put_file(
        self, access: Access, path: str, content: bytes, *, media_type: str, idempotency_key: str
    ) -> list[dict[str, Any]]:
        """A file's bytes as they are ("Attachments"); what hangs there now comes back."""
        headers = {"Content-Type": media_type, "Idempotency-Key": idempotency_key}
        answer = await self._write(access, "PUT", path, body=content, headers=headers, can_wait=True)
        raise_for_file(answer, wait_seconds=wait_of(answer, self._clock))
        found = _success(answer)
        with mapped_errors():
            return list(found["Attachments"])

    async def post(self, access: Access, path: str, body: Mapping[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Change one element that is there already."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        answer = await self._write(access, "POST", path, body=json.dumps(body).encode(), headers=headers)
        raise_for_write(answer, wait_seconds=wait_of(answer, self._clock))
        return _success(answer)

    async def _write(
        self,
        access: Access,
        method: str,
        path: str,
        *,
        body: bytes,
        headers: dict[str, str],
        query: Mapping[str, str] | None = None,
        can_wait: bool = False,
    ) -> Answer:
        answer = await self._caller.write(
            method,
            f"{self._root}/api.xro/2.0/{path}",
            tenant=access.tenant_id,
            headers={**self._headers(access), **headers},
            body=body,
            query=query,
            can_wait=can_wait,
        )
        await self._observe(access, answer)
        return answer

    def _headers(self, access: Access) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {access.access_token}",
            "xero-tenant-id": access.tenant_id,
            "Accept": "application/json",
        }

    async def _observe(self, access: Access, answer: Answer) -> None:
        budget = self._caller.budget
        if answer.status == 429:
            is_of_app = answer.headers.get("X-Rate-Limit-Problem", "").lower() == "appminute"
            await budget.pause(None if is_of_app else access.tenant_id, wait_of(answer, self._clock))
            return
        minute, day = _left(answer, "X-MinLimit-Remaining"), _left(answer, "X-DayLimit-Remaining")
        app = _left(answer, "X-AppMinLimit-Remaining")
        if minute is not None or day is not None or app is not None:
            await budget.observe(access.tenant_id, minute_left=minute, day_left=day, app_left=app)


def _success(answer: Answer) -> dict[str, Any]:
    """Of a write."""
    with mapped_errors():
        return dict(parsed(answer, is_write=True))


def _left(answer: Answer, header: str) -> int | None:
    text = answer.headers.get(header, "")
    return int(text) if text.isdigit() and len(text) < 9 else None
