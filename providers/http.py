"""One call of a provider's API: time-outs, size, and what each way of failing means.

The distinction that matters is between a read, which may simply be tried again, and a write, of which a lost answer
leaves open whether it happened. JSON numbers become `Decimal`; redirects are not followed, because a token would
travel with them.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.domain.budgets import LONGEST_PAUSE
from bot.domain.problems import Problem, ProblemCode
from providers.base import Budget
from providers.errors import OutcomeUnknownError, ProviderChangedError, TryLaterError

LARGEST_ANSWER = 32 * 1024 * 1024
READ_LIMIT = aiohttp.ClientTimeout(total=30, connect=10)
WRITE_LIMIT = aiohttp.ClientTimeout(total=90, connect=10)
DEFAULT_WAIT_SECONDS = 60.0


class TooLargeError(aiohttp.ClientPayloadError):
    """Read no further; of a write the outcome is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer with a status that a provider's own table decides on."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Raises:
        ValueError: the body is not JSON.
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_int=_whole)
        except RecursionError as error:
            raise ValueError("brackets within brackets without end") from error


def _whole(text: str) -> int:
    if len(text) > 30:
        raise ValueError("a number of more than 30 digits")
    return int(text)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls for one provider, each counted against an organisation's budget."""

    session: aiohttp.ClientSession
    clock: Clock
    budget: Budget
    read_limit: aiohttp.ClientTimeout = READ_LIMIT
    write_limit: aiohttp.ClientTimeout = WRITE_LIMIT

    async def read(
        self,
        url: str,
        *,
        tenant: str | None,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        can_wait: bool = False,
    ) -> Answer:
        """A GET; `can_wait`: see `Budget.call`. Raises: TryLaterError for anything that is no complete answer; ProviderChangedError for one that is
        larger than we read, because it would be so again.
        """
        async with self.budget.call(tenant, can_wait=can_wait):
            try:
                return await self._request("GET", url, self.read_limit, headers=headers, params=query)
            except TooLargeError as error:
                raise ProviderChangedError(f"an answer of more than {LARGEST_ANSWER // 2**20} MiB") from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise _down(error) from error

    async def write(
        self,
        method: str,
        url: str,
        *,
        tenant: str | None,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str] | None = None,
        can_wait: bool = False,
        kind: str | None = None,
    ) -> Answer:
        """A write; `can_wait` and `kind`: see `Budget.call`. Raises: TryLaterError when no byte left, OutcomeUnknownError when the answer was lost."""
        # a file of many megabytes is handed over piece by piece, so that whatever else goes on gets its turn
        data = BytesIO(body)
        async with self.budget.call(tenant, can_wait=can_wait, kind=kind):
            try:
                answer = await self._request(
                    method, url, self.write_limit, headers=headers, params=query, data=data, middlewares=(_once,)
                )
            except aiohttp.ClientConnectorError as error:
                raise _down(error) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise OutcomeUnknownError(f"{type(error).__name__} while waiting for the answer") from error
        if answer.status >= 500:
            raise OutcomeUnknownError(f"status {answer.status}", after_seconds=retry_after(answer.headers, self.clock))
        return answer

    async def form(self, url: str, *, headers: Mapping[str, str], body: str, is_counted: bool = True) -> Answer:
        """A token request: not a write to books; a lost answer is tried again. Not counted is what has to work without
        our database.
        """
        async with self.budget.call(None) if is_counted else nullcontext():
            try:
                return await self._request("POST", url, self.read_limit, headers=headers, data=body.encode())
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise _down(error) from error

    async def _request(self, method: str, url: str, limit: aiohttp.ClientTimeout, **options: Any) -> Answer:
        async with self.session.request(method, url, timeout=limit, allow_redirects=False, **options) as response:
            chunks, size = [], 0
            async for chunk in response.content.iter_chunked(65536):
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise TooLargeError
                chunks.append(chunk)
            return Answer(response.status, response.headers, b"".join(chunks))


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """The library repeats a PUT by itself when the connection breaks, as HTTP calls PUT repeatable; a bill is not."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientPayloadError(f"{type(error).__name__} after the request was sent") from error


def wait_of(answer: Answer, clock: Clock) -> float:
    """How long a 429 or 503 asks us to wait, in seconds."""
    return retry_after(answer.headers, clock) or DEFAULT_WAIT_SECONDS


def retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """`Retry-After` in either form, seconds or a date (RFC 9110, 10.2.3); a day at most."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return min(float(text[:9]), LONGEST_PAUSE.total_seconds())
    at = _instant(text)
    return None if at is None else min(max(0.0, (at - clock.now()).total_seconds()), LONGEST_PAUSE.total_seconds())


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """The time on the other side's clock, by its `Date` (RFC 9110, 6.6.1); to the second."""
    return _instant(headers.get("Date", ""))


def _instant(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def parsed(answer: Answer, *, is_write: bool) -> Any:
    """The JSON of a success. HTML with 200 and half an answer are no success: of a write, the outcome is unknown."""
    try:
        return answer.json()
    except ValueError as error:
        words = f"status {answer.status} with a body that is not JSON"
        raise (OutcomeUnknownError(words) if is_write else ProviderChangedError(words)) from error


def _down(error: BaseException) -> TryLaterError:
    if isinstance(error, asyncio.CancelledError):
        raise error
    return TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN, vendor_words=type(error).__name__))
