"""The addresses of the API: who a token is of, which business a call is for, and how an answer comes to be.

A call without `X-Business` is for the business that the person leads; every answer says in the same header which it was for
("Multi business" guide). What a token that is no good, and a business that is not theirs, are told is unverified.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from aiohttp import web

from providers.sage.simulated import endpoints, listing
from providers.sage.simulated.books import Books, shown
from providers.sage.simulated.endpoints.routing import may
from providers.sage.simulated.front import BROKEN, KEY_LENGTH, OFFLINE, too_large, too_many
from providers.sage.simulated.grants import FULL
from providers.sage.simulated.kinds import KINDS
from providers.sage.simulated.refusals import LAPSED, Problem, denied, not_allowed, refused, unauthorised
from providers.sage.simulated.state import SageState
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.grants import Access
from providers.simulating.idempotency import fingerprint
from providers.simulating.numbers import Json, load
from providers.simulating.serving import Front, Server

ROOT = "/v3.1"
ABOUT = ("/user", "/businesses")
"""What is told of a person, whatever the business."""
FRONT = Front(
    roots=("v3.1", "token", "revoke", "oauth2"),
    kept_headers=("Accept", "Content-Type", "X-Business"),
    offline=OFFLINE,
    broken=BROKEN,
    too_large=too_large,
    too_many=too_many,
    page=b"<!doctype html><html><head><title>Sage</title></head><body>Please try again later.</body></html>",
)
NO_TOKEN = "No access token was provided."  # noqa: S105 - words
NO_GOOD = "The access token is invalid or has expired."
NOT_THEIRS = "The business cannot be accessed."
NO_PATH = "The requested resource does not exist."
NO_METHOD = "The method is not allowed for this resource."
_KEY = re.compile(rf"[0-9a-fA-F]{{{KEY_LENGTH}}}")
_WITHOUT_KEYS = frozenset({"attachments", "analysis_type_categories"})


@dataclass(slots=True)
class Api:
    state: SageState
    server: Server

    def add_to(self, app: web.Application) -> None:
        app.router.add_route("*", f"{ROOT}/{{path:.*}}", self.accounting)

    async def accounting(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._accounting, self._counted(request))

    def _counted(self, request: web.Request) -> str:
        """For which business a call counts; one that is nobody's, for itself."""
        try:
            return self._business(request, self._holder(request)) or "nobody"
        except RefusalError:
            return "nobody"

    def _accounting(self, request: web.Request, body: bytes) -> Answer:
        business = ""
        try:
            access = self._holder(request)
            business = self._business(request, access)
            answer = self._call(request, body, access, business)
        except RefusalError as refusal:
            answer = refusal.answer
        headers = {"x-request-id": str(uuid4()), **({"X-Business": business} if business else {})}
        return replace(answer, headers={**answer.headers, **headers})

    # Who, and for which business

    def _holder(self, request: web.Request) -> Access:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorised(NO_TOKEN)
        access = self.state.grants.holder(token.strip())
        if access is None or access.is_expired:
            raise unauthorised(NO_GOOD)
        return access

    def _business(self, request: web.Request, access: Access) -> str:
        theirs = self.state.businesses_of(access.person)
        wanted = request.headers.get("X-Business") or (theirs[0] if theirs else "")
        if wanted not in theirs:
            raise unauthorised(NOT_THEIRS)
        return wanted

    # The work

    def _call(self, request: web.Request, body: bytes, access: Access, business: str) -> Answer:
        path = "/" + request.match_info["path"].strip("/")
        if path in ABOUT or path.startswith("/businesses/"):
            return self._about(request.method, path, access)
        books, route = self.state.books[business], endpoints.ROUTES.find(request.method, path)
        if books.is_lapsed:
            raise unauthorised(LAPSED)
        if route is None:
            raise not_allowed(NO_METHOD) if endpoints.ROUTES.is_path(path) else _no_path()
        if request.method != "GET" and FULL not in access.scopes:
            raise denied()
        may(books, access.person.id, route[0].scope, request.method)
        call = endpoints.Request(
            books=books,
            who=access.person.name,
            query=dict(request.query),
            headers={"Content-Type": request.headers.get("Content-Type", "")},
            body=body,
            hidden_after=self.state.hidden_after(),
        )
        return self._once(request, call, path, lambda: route[0].answer(call, **route[1]))

    def _once(self, request: web.Request, call: endpoints.Request, path: str, work: Callable[[], Answer]) -> Answer:
        """Only once for an `idempotency_id`, which is among the parameters of what is created."""
        plural = path.strip("/")
        if request.method != "POST" or plural not in KINDS or plural in _WITHOUT_KEYS:
            return work()
        key = _key_in(call.body, KINDS[plural].singular)
        return self.state.replays.once(key, fingerprint("POST", path, call.books.tenant, call.body), work)

    # Who somebody is, and what is theirs

    def _about(self, method: str, path: str, access: Access) -> Answer:
        theirs = self.state.businesses_of(access.person)
        wanted = path.removeprefix("/businesses/")
        if path not in ABOUT and wanted not in (*theirs, "lead"):
            raise refused([Problem("RecordNotFound", "Couldn't find record.")], 404)
        if method != "GET":
            raise not_allowed(NO_METHOD)
        if path == "/user":
            return Answer.json(_user(access))
        if path == "/businesses":
            return Answer.json(_listed([self.state.books[one] for one in theirs]))
        return Answer.json(shown(self.state.books[theirs[0] if wanted == "lead" else wanted].business))


def _no_path() -> RefusalError:
    return refused([Problem("NotFound", NO_PATH)], 404)


def _key_in(body: bytes, singular: str) -> str | None:
    """The key, if there is one; whatever else is wrong with a body is told by what reads it."""
    try:
        sent: Any = load(body)
    except ValueError:
        return None
    found = sent.get(singular) if isinstance(sent, dict) else None
    key = found.get("idempotency_id") if isinstance(found, dict) else None
    if key is None:
        return None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        name = f"{singular}[idempotency_id]"
        raise refused([Problem("Validation", f"{name} is invalid", name)])
    return key.lower()


def _listed(businesses: list[Books]) -> Json:
    """As in the guide's example, which spells the size of a page otherwise than every other list."""
    return {
        "$total": len(businesses),
        "$page": 1,
        "$next": None,
        "$back": None,
        "$items_per_page": listing.ALL,
        "$items": [{name: one.business[name] for name in listing.BASE} for one in businesses],
    }


def _user(access: Access) -> Json:
    person = access.person
    return {
        "id": person.id,
        "displayed_as": person.name,
        "$path": "/user",
        "first_name": person.first_name,
        "last_name": person.last_name,
        "initials": person.first_name[0] + person.last_name[0],
        "email": person.email,
        "locale": "en-GB",
    }
