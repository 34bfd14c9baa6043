"""QuickBooks' endpoints, one method each: paths, the query language, paging, limits."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bot.clock import Clock
from providers.base import Access, ClientConfig
from providers.errors import PersonNeededError
from providers.exact import exact_json
from providers.http import Answer, Caller, parsed, wait_of
from providers.quickbooks import BATCHES
from providers.quickbooks.errors import raise_for, raise_for_write
from providers.refusals import mapped_errors

MINOR_VERSION = "75"
PAGE_SIZE = 1000
"""The most that a query gives."""
MOST_PAGES = 100
Json = dict[str, Any]


def quoted(text: str) -> str:
    """As a value of the query language ("Data queries")."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def among(field: str, values: Sequence[str]) -> str:
    """The condition that a field has one of these values."""
    return f"{field} in ({', '.join(quoted(value) for value in values)})"


def changed_after(since: datetime) -> str:
    return f"MetaData.LastUpdatedTime >= {quoted(since.astimezone(UTC).isoformat(timespec='seconds'))}"


def derived_key(key: str, *parts: str) -> str:
    """A `requestid` for a call that belongs to another: no longer than the vendor takes, and the same each time."""
    return str(uuid5(NAMESPACE_URL, "/".join((key, *parts))))


class QuickBooksClient:
    """Calls for one configuration."""

    def __init__(self, caller: Caller, config: ClientConfig, clock: Clock) -> None:
        self._caller, self._clock = caller, clock
        self._root = f"{config.api_url.rstrip('/')}/v3/company"

    async def company(self, access: Access) -> Json:
        found = await self._get(access, f"companyinfo/{access.tenant_id}")
        with mapped_errors():
            return dict(found["CompanyInfo"])

    async def preferences(self, access: Access) -> Json:
        found = await self._get(access, "preferences")
        with mapped_errors():
            return dict(found["Preferences"])

    async def exchange_rate(self, access: Access, currency: str, day: str, *, can_wait: bool = False) -> Decimal | None:
        """Units of the home currency for one of another, as of a day; None where QuickBooks has no such rate."""
        query = {"sourcecurrencycode": currency, "asofdate": day}
        try:
            found = await self._get(access, "exchangerate", query, can_wait=can_wait)
        except PersonNeededError:
            return None
        with mapped_errors():
            rate = Decimal(found["ExchangeRate"].get("Rate") or 0)
            return rate if rate > 0 else None

    async def page(
        self,
        access: Access,
        entity: str,
        *where: str,
        order: str,
        start: int = 1,
        most: int = PAGE_SIZE,
        can_wait: bool = False,
    ) -> list[Json]:
        """Records of an entity for which all these conditions hold. Of lists only active ones, unless a condition is
        about that.
        """
        conditions = ("where", " and ".join(where)) if where else ()
        window = ("orderby", order, "startposition", str(start), "maxresults", str(most))
        statement = " ".join(("select * from", entity, *conditions, *window))
        found = await self._get(access, "query", {"query": statement}, can_wait=can_wait)
        with mapped_errors():
            return list(found["QueryResponse"].get(entity) or [])

    async def whole(
        self, access: Access, entity: str, *where: str, order: str = "MetaData.CreateTime", can_wait: bool = False
    ) -> list[Json]:
        """All pages, which are in the order of a field that does not change."""
        found: list[Json] = []
        for _ in range(MOST_PAGES):
            page = await self.page(access, entity, *where, order=order, start=len(found) + 1, can_wait=can_wait)
            found += page
            if len(page) < PAGE_SIZE:
                break
        return found

    async def deleted(self, access: Access, entity: str, since: datetime) -> frozenset[str]:
        """Ids of what was deleted ("Change data capture"), up to the thousand changes that it tells."""
        query = {"entities": entity, "changedSince": since.astimezone(UTC).isoformat(timespec="seconds")}
        found = await self._get(access, "cdc", query)
        with mapped_errors():
            answers = [one for each in found["CDCResponse"] for one in each["QueryResponse"]]
            records = [record for answer in answers for record in answer.get(entity) or []]
            return frozenset(str(record["Id"]) for record in records if record.get("status") == "Deleted")

    async def batch(self, access: Access, items: Sequence[Json], key: str) -> list[Json]:
        """One answer or one `Fault` each, by `bId`."""
        body = exact_json({"BatchItemRequest": list(items)}).encode()
        found = await self._post(access, "batch", body, key, kind=BATCHES)
        with mapped_errors():
            answers = {answer["bId"]: answer for answer in found["BatchItemResponse"]}
            return [dict(answers[item["bId"]]) for item in items]

    async def create(self, access: Access, entity: str, record: Mapping[str, Any], key: str) -> Json:
        found = await self._post(access, entity.lower(), exact_json(dict(record)).encode(), key)
        with mapped_errors():
            return dict(found[entity])

    async def delete(self, access: Access, path: str, record: Mapping[str, Any], key: str) -> None:
        """Delete a record, which is named by its id and the version of it that was read."""
        body = json.dumps({"Id": record["Id"], "SyncToken": record["SyncToken"]}).encode()
        await self._post(access, path, body, key, {"operation": "delete"})

    async def upload(self, access: Access, content: bytes, content_type: str, key: str) -> Json:
        """Files with what is known of them ("Attachable", upload); the answer to the first."""
        found = await self._post(access, "upload", content, key, content_type=content_type, can_wait=True)
        with mapped_errors():
            return dict(found["AttachableResponse"][0])

    async def _get(
        self, access: Access, path: str, query: Mapping[str, str] | None = None, *, can_wait: bool = False
    ) -> Json:
        answer = await self._caller.read(
            f"{self._root}/{access.tenant_id}/{path}",
            tenant=access.tenant_id,
            headers=_headers(access),
            query={**(query or {}), "minorversion": MINOR_VERSION},
            can_wait=can_wait,
        )
        await self._pause(access, answer)
        raise_for(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=False))

    async def _post(
        self,
        access: Access,
        path: str,
        body: bytes,
        key: str,
        query: Mapping[str, str] | None = None,
        *,
        content_type: str = "application/json",
        can_wait: bool = False,
        kind: str | None = None,
    ) -> Json:
        answer = await self._caller.write(
            "POST",
            f"{self._root}/{access.tenant_id}/{path}",
            tenant=access.tenant_id,
            headers={**_headers(access), "Content-Type": content_type},
            body=body,
            query={**(query or {}), "requestid": key, "minorversion": MINOR_VERSION},
            can_wait=can_wait,
            kind=kind,
        )
        await self._pause(access, answer)
        raise_for_write(answer, wait_seconds=wait_of(answer, self._clock))
        with mapped_errors():
            return dict(parsed(answer, is_write=True))

    async def _pause(self, access: Access, answer: Answer) -> None:
        """No answer says how long: "Limits and throttles" asks for a minute."""
        if answer.status == 429:
            await self._caller.budget.pause(access.tenant_id, wait_of(answer, self._clock))


def _headers(access: Access) -> dict[str, str]:
    return {"Authorization": f"Bearer {access.access_token}", "Accept": "application/json"}
