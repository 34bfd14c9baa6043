"""The addresses of Xero's API: who may call which endpoint, and how its answer comes to be."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from providers.simulating.answers import Answer
from providers.simulating.grants import Access
from providers.simulating.idempotency import fingerprint
from providers.simulating.routes import Route
from providers.simulating.serving import Front, Server
from providers.xero.simulated import endpoints
from providers.xero.simulated.front import too_many, what_is_left
from providers.xero.simulated.outcomes import Author
from providers.xero.simulated.refusals import not_found, titled, too_large
from providers.xero.simulated.state import XeroState

ROOT = "/api.xro/2.0"
LARGEST_BODY = 12 * 1024 * 1024
FRONT = Front(
    roots=("api.xro", "connections", "connect"),
    kept_headers=("Accept", "Content-Type", "Idempotency-Key", "If-Modified-Since", "xero-tenant-id"),
    offline=Answer.text("The Organisation is offline", 503),
    broken=Answer.text("An error occurred in Xero. Check the API Status page", 500),
    too_large=lambda: too_large().answer,
    too_many=too_many,
    what_is_left=what_is_left,
    page=b"<!doctype html><title>Xero</title><h1>We'll be right back</h1>",
)


@dataclass(slots=True)
class Api:
    state: XeroState
    server: Server

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", f"{ROOT}/{{path:.*}}", self.accounting)
        app.router.add_get("/connections", self.connections)
        app.router.add_delete("/connections/{id}", self.delete_connection)

    async def accounting(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._accounting, request.headers.get("xero-tenant-id", ""))

    async def connections(self, request: web.Request) -> web.StreamResponse:
        def work(request: web.Request, _: bytes) -> Answer:
            person = self._holder(request).person
            return Answer.json(self.state.grants.connected(person, request.query.get("authEventId")))

        return await self.server.serve(request, work)

    async def delete_connection(self, request: web.Request) -> web.StreamResponse:
        def work(request: web.Request, _: bytes) -> Answer:
            person, wanted = self._holder(request).person, request.match_info["id"]
            if wanted not in {found["id"] for found in self.state.grants.connected(person)}:
                raise not_found()
            self.state.grants.connections.drop(wanted)
            return Answer(status=204)

        return await self.server.serve(request, work)

    # The Accounting API

    def _accounting(self, request: web.Request, body: bytes) -> Answer:
        access = self._holder(request)
        path = "/" + request.match_info["path"].rstrip("/")
        raw = self.server.path_of(request, is_raw=True).removeprefix(ROOT).rstrip("/")
        tenant = request.headers.get("xero-tenant-id", "")
        found = endpoints.ROUTES.find(request.method, raw) or endpoints.ROUTES.find(request.method, path)
        if found is None:
            raise titled(405, "Method Not Allowed", "") if endpoints.ROUTES.is_path(raw) else not_found()
        route, names = found
        self._authorise(access, tenant, route, request.method)
        if "json" not in request.headers.get("Accept", "") and not names.get("name"):
            raise titled(406, "Not Acceptable", "This simulation answers in JSON only: send Accept: application/json")
        return self._once(request, tenant, body, lambda: self._call(request, access, route, names, body))

    def _call(self, request: web.Request, access: Access, route: Route, names: dict[str, str], body: bytes) -> Answer:
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
            hidden_after=state.hidden_after(),
        )
        return route.answer(call, **names)

    def _once(self, request: web.Request, tenant: str, body: bytes, work: Callable[[], Answer]) -> Answer:
        """Only once for an idempotency key; what reads has none."""
        key = None if request.method == "GET" else request.headers.get("Idempotency-Key")
        return self.state.replays.once(
            key, fingerprint(request.method, self.server.path_of(request), tenant, body), work
        )

    def _holder(self, request: web.Request) -> Access:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        access = self.state.grants.holder(token.strip()) if scheme.lower() == "bearer" else None
        if access is None:
            raise titled(401, "Unauthorized", "AuthenticationUnsuccessful")
        if access.is_expired:
            raise titled(401, "Unauthorized", "TokenExpired: token expired")
        return access

    def _authorise(self, access: Access, tenant: str, route: Route, method: str) -> None:
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
