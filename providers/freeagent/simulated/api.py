"""The addresses of the API: whose token opens which company, and how an answer comes to be.

dev.freeagent.com/docs/introduction: a user agent has to be named; JSON or XML, as `Accept` says. A call without
one is told so in the words that a public client's comment quotes, with a status that is unverified; so is what an account manager is told who names no client, or a foreign one.
"""

from dataclasses import dataclass, replace

from aiohttp import web

from providers.freeagent.simulated import attachments, endpoints, seed
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.endpoints import practices
from providers.freeagent.simulated.front import BROKEN, OFFLINE, TESTED_A_MINUTE, throttled, too_large, too_many
from providers.freeagent.simulated.refusals import (
    malformed,
    not_found,
    not_permitted,
    refusal,
    refused,
    unauthenticated,
)
from providers.freeagent.simulated.state import FreeAgentState
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.grants import Access
from providers.simulating.pages import file_answer
from providers.simulating.serving import Front, Server

FRONT = Front(
    roots=("v2",),
    kept_headers=("Accept", "Content-Type", "User-Agent", "X-Subdomain", "X-Api-Version"),
    offline=OFFLINE,
    broken=BROKEN,
    too_large=too_large,
    too_many=too_many,
    page=b"<!doctype html><html><head><title>FreeAgent</title></head><body>We'll be back soon.</body></html>",
)
LAPSED = "Your FreeAgent subscription has ended"


@dataclass(slots=True)
class Api:
    state: FreeAgentState
    server: Server

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/attachments/{number}/original", self.file)
        app.router.add_route("*", "/v2/{path:.*}", self.answer)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._answer, self._who(request))

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file by the address that it was given for a while; FreeAgent keeps them elsewhere."""
        number, query = request.match_info["number"], request.query
        if attachments.is_good(number, query.get("expires", ""), query.get("signature", ""), self.state.clock.now()):
            for books in self.state.books.values():
                found = books.shelf("attachments").get(number)
                if found is not None:
                    return file_answer(books.content(number), found["content_type"])
        raise web.HTTPForbidden(text="This address is not good any more")

    def _who(self, request: web.Request) -> str | None:
        """Whose calls it counts with: a user's of a company; of a practice, a client's, whoever asks."""
        access = self._holder(request)
        if access is None:
            return None
        company = access.of["company"]
        subdomain = request.headers.get("X-Subdomain")
        return f"{access.person.key}@{company}" if company != seed.PRACTICE or not subdomain else subdomain

    def _holder(self, request: web.Request) -> Access | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.state.grants.holder(token.strip()) if scheme.lower() == "bearer" else None

    def _answer(self, request: web.Request, body: bytes) -> Answer:
        if not request.headers.get("User-Agent", "").strip():
            raise malformed("User agent http header not set")
        access = self._holder(request)
        if access is None or access.is_expired:
            raise unauthenticated()
        self._tested(request, access)
        answer = self._routed(request, access, body)
        return answer if _wants_json(request) else _in_xml(answer)

    def _tested(self, request: web.Request, access: Access) -> None:
        """`X-RateLimit-Test` lowers the limit, so that an app can try what it does then."""
        if request.headers.get("X-RateLimit-Test", "").lower() not in ("true", "1", "yes"):
            return
        broken = self.state.tested.enter(access.person.key)
        if broken is not None:
            raise RefusalError(throttled(TESTED_A_MINUTE, 60, broken.seconds))
        self.state.tested.leave(access.person.key)

    def _routed(self, request: web.Request, access: Access, body: bytes) -> Answer:
        path = "/" + request.match_info["path"].strip("/")
        is_practice = access.of["company"] == seed.PRACTICE
        found = endpoints.PRACTICE.find(request.method, path)
        if found is not None:
            if not is_practice:
                raise not_permitted()
            route, names = found
            clients = practices.books_of(self.state.books)
            return route.answer(self._call(request, access, body, clients[0], seed.FULL), clients, **names)
        books = self._books(request, access, is_practice=is_practice)
        level = int(books.role_of(access.person.id) or 0)
        if books.company["_is_lapsed"]:
            raise RefusalError(refusal(403, LAPSED))
        found = endpoints.COMPANY.find(request.method, path)
        if found is None:
            raise not_found()
        route, names = found
        if level < int(route.scope):
            raise not_permitted()
        return route.answer(self._call(request, access, body, books, level), **names)

    def _books(self, request: web.Request, access: Access, *, is_practice: bool) -> Books:
        """Of the company; an account manager names the client in a header, which from anybody else is passed over."""
        if not is_practice:
            return self.state.books[access.of["company"]]
        subdomain = request.headers.get("X-Subdomain", "")
        if subdomain not in seed.CLIENTS:
            raise refused(403, "You don't have access to this client" if subdomain else "X-Subdomain must be specified")
        return self.state.books[subdomain]

    def _call(self, request: web.Request, access: Access, body: bytes, books: Books, level: int) -> endpoints.Request:
        return endpoints.Request(
            books=books,
            person=access.person.key,
            level=level,
            query=dict(request.query),
            content_type=request.headers.get("Content-Type", ""),
            body=body,
            root=self.state.public_url,
            path=self.server.path_of(request),
            hidden_after=self.state.hidden_after(),
            has_many=attachments.are_many(request.headers.get("X-Api-Version"), books.today()),
        )


def _wants_json(request: web.Request) -> bool:
    accepted = request.headers.get("Accept", "*/*")
    return "json" in accepted or "xml" not in accepted


def _in_xml(answer: Answer) -> Answer:
    """Who asks for XML gets the same in it, which this simulation does not spell out."""
    body = b'<?xml version="1.0" encoding="UTF-8"?>\n<freeagent/>\n'
    return replace(answer, body=body, content_type="application/xml")
