"""The way of one API call: outage, sign-in, limits, planned faults, idempotency, endpoint, and the record of it all."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from urllib.parse import unquote

from aiohttp import web

from providers.xero.simulated import endpoints
from providers.xero.simulated.grants import Access
from providers.xero.simulated.idempotency import request_of
from providers.xero.simulated.misbehaviour import Fault, Planned
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.refusals import Answer, RefusalError, not_found, titled, too_large
from providers.xero.simulated.state import Call, XeroState

ROOT = "/api.xro/2.0"
MOST_CALLS_KEPT = 10_000
LARGEST_BODY = 12 * 1024 * 1024
_UNDER = re.compile(r"/(?:api\.xro|connections|connect)(?:/.*)?$")
_KEPT_HEADERS = ("Accept", "Content-Type", "Idempotency-Key", "If-Modified-Since", "xero-tenant-id")
_HTML = b"<!doctype html><title>Xero</title><h1>We'll be right back</h1>"

_HANGS = frozenset({Fault.HANG_BEFORE, Fault.HANG_AFTER})

Work = Callable[[web.Request, bytes], Answer]


@dataclass(slots=True)
class Api:
    state: XeroState

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", f"{ROOT}/{{path:.*}}", self.accounting)
        app.router.add_get("/connections", self.connections)
        app.router.add_delete("/connections/{id}", self.delete_connection)

    async def accounting(self, request: web.Request) -> web.StreamResponse:
        return await self.serve(request, self._accounting, tenant=request.headers.get("xero-tenant-id", ""))

    async def connections(self, request: web.Request) -> web.StreamResponse:
        def work(request: web.Request, _: bytes) -> Answer:
            person = self._holder(request).person
            return Answer.json(self.state.grants.connected(person, request.query.get("authEventId")))

        return await self.serve(request, work)

    async def delete_connection(self, request: web.Request) -> web.StreamResponse:
        def work(request: web.Request, _: bytes) -> Answer:
            person, wanted = self._holder(request).person, request.match_info["id"]
            if wanted not in {found["id"] for found in self.state.grants.connected(person)}:
                raise not_found()
            self.state.grants.connections.drop(wanted)
            return Answer(status=204)

        return await self.serve(request, work)

    # One call

    async def serve(self, request: web.Request, work: Work, tenant: str | None = None) -> web.StreamResponse:
        """Answer a call as the switches say, and record it."""
        body = await request.read()
        path = path_of(request)
        if self.state.misbehaviour.outage:
            return await self._finish(request, body, Answer.text("The Organisation is offline", 503), None)
        problem = None if tenant is None else self.state.meter.enter(tenant)
        if problem is not None:
            return await self._finish(request, body, _too_many(*problem), None, tenant)
        planned = self.state.misbehaviour.next_for(request.method, path)
        try:
            answer = self._answer(request, body, work, planned)
            if planned is None or planned.fault not in _HANGS:
                return await self._finish(request, body, answer, planned, tenant)
        finally:
            if tenant is not None:
                self.state.meter.leave(tenant)
        # the client hears nothing, but Xero is done with the call, so it no longer counts as one at once
        return await self._finish(request, body, answer, planned, tenant)

    def _answer(self, request: web.Request, body: bytes, work: Work, planned: Planned | None) -> Answer:
        if planned is not None and planned.fault.is_before:
            return _instead(planned)
        try:
            return work(request, body)
        except RefusalError as refusal:
            return refusal.answer

    async def _finish(
        self, request: web.Request, body: bytes, answer: Answer, planned: Planned | None, tenant: str | None = None
    ) -> web.StreamResponse:
        fault = planned.fault if planned else None
        if fault is Fault.ERROR_AFTER:
            answer = Answer.text("An error occurred in Xero. Check the API Status page", 500)
        elif fault is Fault.HTML:
            answer = Answer(body=_HTML, content_type="text/html")
        is_lost = fault in _HANGS or fault in (Fault.RESET_BEFORE, Fault.RESET_AFTER)
        self.state.calls.append(
            Call(
                method=request.method,
                path=path_of(request),
                query=dict(request.query),
                headers={name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers},
                body=body,
                status=0 if is_lost else answer.status,
                answer=answer.body,
                fault=fault,
            )
        )
        del self.state.calls[:-MOST_CALLS_KEPT]
        limits = self.state.meter.headers(tenant) if tenant is not None else {}
        return await self._send(request, answer, {**limits, **answer.headers}, planned)

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

    # The Accounting API

    def _accounting(self, request: web.Request, body: bytes) -> Answer:
        access = self._holder(request)
        path = "/" + request.match_info["path"].rstrip("/")
        raw = path_of(request, is_raw=True).removeprefix(ROOT).rstrip("/")
        tenant = request.headers.get("xero-tenant-id", "")
        found = endpoints.find(request.method, raw) or endpoints.find(request.method, path)
        if found is None:
            raise titled(405, "Method Not Allowed", "") if endpoints.is_path(raw) else not_found()
        route, names = found
        self._authorise(access, tenant, route, request.method)
        if "json" not in request.headers.get("Accept", "") and not names.get("name"):
            raise titled(406, "Not Acceptable", "This simulation answers in JSON only: send Accept: application/json")
        return self._once(request, tenant, body, lambda: self._call(request, access, route, names, body))

    def _call(
        self, request: web.Request, access: Access, route: endpoints.Route, names: dict[str, str], body: bytes
    ) -> Answer:
        state, books = self.state, self.state.books[request.headers["xero-tenant-id"]]
        role = books.role_of(access.person.id) or ""
        endpoints.needs_rights(request.method, role, books)
        call = endpoints.Request(
            books=books,
            author=Author(name=access.person.name, role=role, client_id=access.client_id),
            query=dict(request.query),
            headers=dict(request.headers),
            body=body,
            provider_name=state.app_name,
            hidden_after=endpoints.hidden_after(state.clock.now(), state.misbehaviour.late_list_seconds),
        )
        return route.answer(call, **names)

    def _once(self, request: web.Request, tenant: str, body: bytes, work: Callable[[], Answer]) -> Answer:
        """Replay the first answer to this idempotency key, or give and keep it; a refusal is kept as well."""
        key = request.headers.get("Idempotency-Key")
        if not key or request.method == "GET":
            return work()
        meant = request_of(request.method, path_of(request), tenant, body)
        kept = self.state.replays.find(key, meant)
        if kept is not None:
            return kept
        try:
            answer = work()
        except RefusalError as refusal:
            answer = refusal.answer
        self.state.replays.keep(key, meant, answer)
        return answer

    def _holder(self, request: web.Request) -> Access:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        access = self.state.grants.holder(token.strip()) if scheme.lower() == "bearer" else None
        if access is None:
            raise titled(401, "Unauthorized", "AuthenticationUnsuccessful")
        if access.is_expired:
            raise titled(401, "Unauthorized", "TokenExpired: token expired")
        return access

    def _authorise(self, access: Access, tenant: str, route: endpoints.Route, method: str) -> None:
        connected = {found["tenantId"] for found in self.state.grants.connected(access.person)}
        books = self.state.books.get(tenant)
        is_member = books is not None and books.role_of(access.person.id) not in (None, "REMOVED")
        if not tenant:
            raise titled(403, "Forbidden", "AuthenticationUnsuccessful")
        needed = {route.scope, f"{route.scope}.read"} if method == "GET" else {route.scope}
        if tenant not in connected:  # a good token, for an organisation that the app is not connected to
            raise titled(403, "Forbidden", "AuthenticationUnsuccessful")
        if not is_member or not needed & access.scopes:
            raise titled(403, "Forbidden", "AuthorizationUnsuccessful")


def path_of(request: web.Request, *, is_raw: bool = False) -> str:
    """The path under the root, wherever this server is mounted."""
    path = request.raw_path.split("?")[0]
    match = _UNDER.search(path)
    found = match[0] if match else path
    return found if is_raw else unquote(found)


def _too_many(problem: str, seconds: int) -> Answer:
    return Answer(
        status=429, content_type="text/plain", headers={"X-Rate-Limit-Problem": problem, "Retry-After": str(seconds)}
    )


def _instead(planned: Planned) -> Answer:
    if planned.fault is Fault.TOO_MANY:
        return _too_many("minute", max(1, int(planned.seconds)))
    if planned.fault is Fault.TOO_LARGE:
        return too_large().answer
    if planned.fault is Fault.UNAVAILABLE:
        return Answer.text("The Organisation is offline", 503)
    return Answer.text("An error occurred in Xero. Check the API Status page", 500)


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
