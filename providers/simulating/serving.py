"""The way of one API call: outage, limits, planned faults, the work itself, and the record of it all.

A vendor gives its `Front`, and hands each call to `Server.serve` with the work that answers it and with whom it counts for;
`None` is for calls that count for nobody, such as those for tokens. What a call needs before anything else (a header, a
token that is good) the work asks for itself, and raises a refusal.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from providers.simulating.answers import Answer, RefusalError
from providers.simulating.limits import Broken, Limit
from providers.simulating.misbehaviour import Fault, Planned
from providers.simulating.state import Call, Simulated

MOST_CALLS_KEPT = 10_000
_HANGS = frozenset({Fault.HANG_BEFORE, Fault.HANG_AFTER})
_RESETS = frozenset({Fault.RESET_BEFORE, Fault.RESET_AFTER})

Work = Callable[[web.Request, bytes], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What a vendor's front door says by itself, and how its addresses are known wherever it is mounted."""

    roots: tuple[str, ...]
    """How the paths of its API begin, without the slash; of what stands before, nothing is recorded."""
    kept_headers: tuple[str, ...]
    """Of a call's headers, those that its record holds."""
    offline: Answer
    broken: Answer
    too_large: Callable[[], Answer]
    too_many: Callable[[Broken], Answer]
    what_is_left: Callable[[Mapping[Limit, int]], dict[str, str]] = lambda _: {}
    """The headers that say how many calls are left; of a vendor that says nothing, none."""
    page: bytes = b"<!doctype html><title>Sorry</title><h1>We'll be right back</h1>"
    """What a gateway answers with status 200 in place of JSON."""


@dataclass(slots=True)
class Server:
    state: Simulated[Any]
    front: Front
    _under: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        roots = "|".join(map(re.escape, self.front.roots))
        self._under = re.compile(rf"/(?:{roots})(?:/.*)?$")

    async def serve(self, request: web.Request, work: Work, who: str | None = None) -> web.StreamResponse:
        """Answer a call as the switches say, and record it."""
        body = await request.read()
        path = self.path_of(request)
        if self.state.misbehaviour.outage:
            return await self._finish(request, body, self.front.offline, None)
        broken = None if who is None else self.state.meter.enter(who)
        if broken is not None:
            return await self._finish(request, body, self.front.too_many(broken), None, who)
        planned = self.state.misbehaviour.next_for(request.method, path, body)
        try:
            answer = self._answer(request, body, work, planned)
            if planned is None or planned.fault not in _HANGS:
                return await self._finish(request, body, answer, planned, who)
        finally:
            if who is not None:
                self.state.meter.leave(who)
        # the client hears nothing, but the vendor is done with the call, so it no longer counts as one at once
        return await self._finish(request, body, answer, planned, who)

    def path_of(self, request: web.Request, *, is_raw: bool = False) -> str:
        """The path under the root, wherever this server is mounted."""
        path = request.raw_path.split("?")[0]
        match = self._under.search(path)
        found = match[0] if match else path
        return found if is_raw else unquote(found)

    def _answer(self, request: web.Request, body: bytes, work: Work, planned: Planned | None) -> Answer:
        if planned is not None and planned.fault.is_before:
            return self._instead(planned)
        try:
            return work(request, body)
        except RefusalError as refusal:
            return refusal.answer

    def _instead(self, planned: Planned) -> Answer:
        match planned.fault:
            case Fault.TOO_MANY:
                return self.front.too_many(Broken(Limit.PER_MINUTE, max(1, int(planned.seconds))))
            case Fault.TOO_LARGE:
                return self.front.too_large()
            case Fault.UNAVAILABLE:
                return self.front.offline
            case _:
                return self.front.broken

    async def _finish(
        self, request: web.Request, body: bytes, answer: Answer, planned: Planned | None, who: str | None = None
    ) -> web.StreamResponse:
        fault = planned.fault if planned else None
        if fault is Fault.ERROR_AFTER:
            answer = self.front.broken
        elif fault is Fault.HTML:
            answer = Answer(body=self.front.page, content_type="text/html")
        self._record(request, body, answer, fault)
        left = self.front.what_is_left(self.state.meter.left(who)) if who is not None else {}
        return await self._send(request, answer, {**left, **answer.headers}, planned)

    def _record(self, request: web.Request, body: bytes, answer: Answer, fault: Fault | None) -> None:
        kept = self.front.kept_headers
        call = Call(
            method=request.method,
            path=self.path_of(request),
            query=dict(request.query),
            headers={name: request.headers[name] for name in kept if name in request.headers},
            body=body,
            status=0 if fault in _HANGS | _RESETS else answer.status,
            answer=answer.body,
            fault=fault,
        )
        self.state.calls.append(call)
        del self.state.calls[:-MOST_CALLS_KEPT]

    async def _send(
        self, request: web.Request, answer: Answer, headers: dict[str, str], planned: Planned | None
    ) -> web.StreamResponse:
        response = web.Response(
            status=answer.status,
            body=answer.body,
            content_type=answer.content_type,
            charset="utf-8" if answer.content_type.startswith(("text/", "application/json")) else None,
            headers={**headers, "Date": formatdate(self.state.clock.now().timestamp(), usegmt=True)},
        )
        if planned is None:
            return response
        match planned.fault:
            case Fault.RESET_BEFORE | Fault.RESET_AFTER:
                _drop(request)
            case Fault.HANG_BEFORE | Fault.HANG_AFTER:
                await self._wait(None)
                _drop(request)
            case Fault.HALF_ANSWER:
                return await _half(request, answer, headers)
            case Fault.SLOW:
                await self._wait(planned.seconds)
        return response

    async def _wait(self, seconds: float | None) -> None:
        """Until that much time has passed, or the server stops."""
        released = asyncio.create_task(self.state.released.wait())
        waits: set[asyncio.Task[object]] = {released}
        if seconds is not None:
            waits.add(asyncio.create_task(self.state.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in waits:
                waiting.cancel()


def _drop(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _half(request: web.Request, answer: Answer, headers: dict[str, str]) -> web.StreamResponse:
    """The promised length, half the bytes, and the end of the connection."""
    response = web.StreamResponse(status=answer.status, headers={**headers, "Content-Type": answer.content_type})
    response.content_length = max(2, len(answer.body))
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
