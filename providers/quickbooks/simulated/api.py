"""The addresses of the Accounting API: whose token opens which company, and how an answer comes to be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import uuid4

from aiohttp import web

from providers.quickbooks.simulated import endpoints
from providers.quickbooks.simulated.faults import FaultError, Problem, unauthenticated, unauthorised, unsupported
from providers.quickbooks.simulated.front import BROKEN, OFFLINE, too_large, too_many
from providers.quickbooks.simulated.grants import ACCOUNTING
from providers.quickbooks.simulated.signin import ADMINS
from providers.quickbooks.simulated.state import QuickBooksState
from providers.simulating.answers import Answer
from providers.simulating.grants import Access
from providers.simulating.idempotency import fingerprint
from providers.simulating.serving import Front, Server

ROOT = "/v3/company/{realm}"
FRONT = Front(
    roots=("v3", "oauth2", "v2", "v1"),
    kept_headers=("Accept", "Content-Type"),
    offline=OFFLINE,
    broken=BROKEN,
    too_large=too_large,
    too_many=too_many,
    page=b"<!doctype html><html><head><title>QuickBooks</title></head><body>Please try again later.</body></html>",
)
NOT_AN_ADMIN = " : -11014-You do not have access to use QuickBooks Online Plus."


@dataclass(slots=True)
class Api:
    state: QuickBooksState
    server: Server

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", f"{ROOT}/{{path:.*}}", self.accounting)

    async def accounting(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._accounting, request.match_info["realm"])

    def _accounting(self, request: web.Request, body: bytes) -> Answer:
        realm = request.match_info["realm"]
        access = self._holder(request)
        if access.of["realm"] != realm or ACCOUNTING not in access.scopes:
            raise unauthorised()
        books = self.state.books[realm]
        try:
            self._needs_admin(access)
            answer = self._once(request, realm, body, lambda: self._call(request, access, body))
        except FaultError as error:
            answer = error.at(books.moment())
        answer = replace(answer, headers={**answer.headers, "intuit_tid": f"1-{uuid4().hex[:8]}-{uuid4().hex[:24]}"})
        return answer if "application/json" in request.headers.get("Accept", "") else _in_xml(answer)

    def _needs_admin(self, access: Access) -> None:
        """A connection is worth what its person is: with an admin's rights it ends, though its tokens live on."""
        if self.state.books[access.of["realm"]].role_of(access.person.id) not in ADMINS:
            raise FaultError([Problem("120", NOT_AN_ADMIN)], kind="AuthorizationFault", status=401)

    def _call(self, request: web.Request, access: Access, body: bytes) -> Answer:
        state, realm = self.state, request.match_info["realm"]
        path = "/" + request.match_info["path"].strip("/")
        found = endpoints.ROUTES.find(request.method, path)
        if found is None:
            full = f"/v3/company/{realm}{path}"
            raise unsupported(f"Could not find resource for relative : {full} of full path: {full}")
        route, names = found
        call = endpoints.Request(
            books=state.books[realm],
            who=access.person.name,
            query=dict(request.query),
            headers={"Content-Type": request.headers.get("Content-Type", "")},
            body=body,
            batches=state.batches,
            hidden_after=state.hidden_after(),
        )
        return route.answer(call, **names)

    def _once(self, request: web.Request, realm: str, body: bytes, work: Callable[[], Answer]) -> Answer:
        """Only once for a `requestid`. Parts of an upload are not held against each other: each
        time they are marked off otherwise.
        """
        key = request.query.get("requestid") if request.method == "POST" else None
        path = f"{self.server.path_of(request)}?{request.query.get('operation', '')}"
        told = b"" if path.lower().split("?")[0].endswith("/upload") else body
        return self.state.replays.once(key, fingerprint(request.method, path, realm, told), work)

    def _holder(self, request: web.Request) -> Access:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthenticated("Missing or malformed bearer token")
        access = self.state.grants.holder(token.strip())
        if access is None:
            raise unauthenticated("Token revoked")
        if access.is_expired:
            raise unauthenticated("Token expired")
        return access


def _in_xml(answer: Answer) -> Answer:
    """Who does not ask for JSON gets the same in XML, which this simulation does not spell out."""
    body = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3"/>'
    return replace(answer, body=body, content_type="application/xml")
