"""A simulated Pebble Books: sign-in, lists, and bills with its own refusals. What it holds dies with the process."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import web

from bot.clock import Clock

Json = dict[str, Any]
PAGE_SIZE = 5
REFRESH_LIFE = timedelta(days=30)
MAIN, OTHER = "granite", "slate"
CONSENT = (
    "<!doctype html><title>Pebble Books</title><h1>Pebble Books</h1><p>May this app keep your books?</p>"
    '<form method="post"><button name="decision" value="allow">Allow</button></form>'
)


@dataclass(slots=True)
class Grant:
    """What one person allowed. A refresh token is used once."""

    access: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    refresh: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    used_at: datetime | None = None
    books: set[str] = field(default_factory=lambda: {MAIN, OTHER})


@dataclass(slots=True)
class PebbleState:
    """Its books, and the levers of who tries it out."""

    clock: Clock
    client_id: str
    client_secret: str
    public_url: str = ""
    redirect_uris: Sequence[str] = ()
    accounts: Json = field(default_factory=lambda: dict.fromkeys(("100", "200", "300", "426", "429", "461"), False))
    """By code, whether it is put away."""
    rates: Mapping[str, str] = field(default_factory=lambda: {"INPUT2": "20", "RRINPUT": "5", "ZERORATEDINPUT": "0"})
    contacts: list[str] = field(default_factory=lambda: ["Central Copiers", "Paper & Ink Ltd"])
    entries: list[Json] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What becomes of the next writes: busy, dropped, or lost after it is done."""
    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    """By code, the challenge that it was asked for with."""
    answers: dict[str, Json] = field(default_factory=dict)
    """By idempotency key."""

    def grant(self) -> Grant:
        grant = Grant(used_at=self.clock.now())
        self.grants.append(grant)
        return grant


def mounted(
    *,
    clock: Clock,
    public_url: str,
    client_id: str,
    client_secret: str,
    database: Path,
    redirect_uris: Sequence[str],
) -> web.Application:
    del database  # a new process begins with empty books
    return create_app(PebbleState(clock, client_id, client_secret, public_url, redirect_uris))


def create_app(state: PebbleState) -> web.Application:
    app, signing_in, books = web.Application(), SigningIn(state), BookKeeping(state)
    app.router.add_get("/oauth/authorize", signing_in.ask)
    app.router.add_post("/oauth/authorize", signing_in.allow)
    app.router.add_post("/oauth/token", signing_in.token)
    app.router.add_post("/oauth/revoke", signing_in.revoke)
    app.router.add_get("/api/books", books.all)
    app.router.add_delete("/api/links/{link}", books.give_up)
    app.router.add_get("/api/{book}/book", books.one)
    app.router.add_get("/api/{book}/entries", books.entries)
    app.router.add_post("/api/{book}/entries", books.write)
    app.router.add_get("/api/{book}/{listed}", books.page)
    return app


@dataclass(frozen=True, slots=True)
class SigningIn:
    state: PebbleState

    async def ask(self, _: web.Request) -> web.Response:
        return web.Response(text=CONSENT, content_type="text/html")

    async def allow(self, request: web.Request) -> web.Response:
        back, code = request.query["redirect_uri"], secrets.token_urlsafe(16)
        if back not in self.state.redirect_uris:
            raise web.HTTPBadRequest(text="this app has another address to come back to")
        self.state.codes[code] = request.query.get("code_challenge", "")
        raise web.HTTPSeeOther(f"{back}?code={code}&state={request.query['state']}")

    async def token(self, request: web.Request) -> web.Response:
        form = await self._of_ours(request)
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.state.codes.pop(form["code"], None) != challenge:
                return _refused("invalid_grant")
            return self._answer(self.state.grant())
        grant = self._grant(form["refresh_token"])
        now = self.state.clock.now()
        if grant is None or grant.used_at is None or now - grant.used_at >= REFRESH_LIFE:
            return _refused("invalid_grant")
        fresh = Grant()
        grant.access, grant.refresh, grant.used_at = fresh.access, fresh.refresh, now
        return self._answer(grant)

    async def revoke(self, request: web.Request) -> web.Response:
        grant = self._grant((await self._of_ours(request))["token"])
        if grant is not None:
            self.state.grants.remove(grant)
        return web.Response()

    async def _of_ours(self, request: web.Request) -> dict[str, str]:
        """The form of an app that is known."""
        ours = base64.b64encode(f"{self.state.client_id}:{self.state.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {ours}":
            raise web.HTTPUnauthorized(text='{"error": "invalid_client"}', content_type="application/json")
        return {name: str(value) for name, value in (await request.post()).items()}

    def _grant(self, refresh: str) -> Grant | None:
        return next((grant for grant in self.state.grants if grant.refresh == refresh), None)

    @staticmethod
    def _answer(grant: Grant) -> web.Response:
        return web.json_response(
            {"access_token": grant.access, "refresh_token": grant.refresh, "expires_in": 3600, "person": "pat"}
        )


@dataclass(frozen=True, slots=True)
class BookKeeping:
    state: PebbleState

    async def all(self, request: web.Request) -> web.Response:
        return web.json_response({"books": [_book(book) for book in sorted(self._grant(request).books)]})

    async def give_up(self, request: web.Request) -> web.Response:
        self._grant(request).books.discard(request.match_info["link"])
        return web.Response(status=204)

    async def one(self, request: web.Request) -> web.Response:
        return web.json_response(_book(self._opened(request)))

    async def page(self, request: web.Request) -> web.Response:
        self._opened(request)
        found, page = self._list(request.match_info["listed"]), int(request.query.get("page", "1"))
        end = page * PAGE_SIZE
        following = str(page + 1) if end < len(found) else None
        return web.json_response({"found": found[end - PAGE_SIZE : end], "next": following})

    def _list(self, name: str) -> list[Json]:
        match name:
            case "accounts":
                return [
                    {"id": f"a{code}", "code": code, "name": f"Costs {code}", "put_away": away}
                    for code, away in self.state.accounts.items()
                ]
            case "rates":
                return [
                    {"code": code, "name": f"{percent}%", "percent": percent}
                    for code, percent in self.state.rates.items()
                ]
            case "contacts":
                return [{"id": name, "name": name} for name in self.state.contacts]
            case _:
                raise web.HTTPNotFound

    async def entries(self, request: web.Request) -> web.Response:
        book = self._opened(request)
        ((field, wanted),) = request.query.items()
        found = [entry for entry in self.state.entries if entry["book"] == book and entry[field] in wanted.split(",")]
        return web.json_response({"entries": [entry for entry in found if entry["state"] != "gone"]})

    async def write(self, request: web.Request) -> web.Response:
        book, key = self._opened(request), request.headers["Idempotency-Key"]
        trouble = self.state.troubles.pop(0) if self.state.troubles else None
        if trouble == "busy":
            raise web.HTTPTooManyRequests(headers={"Retry-After": "30"})
        if trouble == "dropped":
            raise web.HTTPBadGateway
        if key not in self.state.answers:
            sent = json.loads(await request.read())["entries"]
            self.state.answers[key] = {"results": [self._result(book, entry) for entry in sent]}
        if trouble == "lost":
            raise web.HTTPInternalServerError
        return web.json_response(self.state.answers[key])

    def _result(self, book: str, entry: Json) -> Json:
        for line in entry["lines"]:
            if line["account"] not in self.state.accounts:
                return {"refused": f"there is no account {line['account']}"}
            if self.state.accounts[line["account"]]:
                return {"refused": f"account {line['account']} is put away"}
            if line["rate"] not in self.state.rates:
                return {"refused": f"there is no rate {line['rate']}"}
        kept = {**entry, "id": uuid4().hex, "book": book}
        self.state.entries.append(kept)
        return {"id": kept["id"]}

    def _grant(self, request: web.Request) -> Grant:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        grant = next((grant for grant in self.state.grants if grant.access == token), None)
        if grant is None:
            raise web.HTTPUnauthorized
        return grant

    def _opened(self, request: web.Request) -> str:
        book = request.match_info["book"]
        if book not in self._grant(request).books:
            raise web.HTTPForbidden
        return book


def _book(book: str) -> Json:
    return {"id": book, "name": f"{book.title()} Quarries Ltd", "currency": "GBP", "link": book}


def _refused(error: str) -> web.Response:
    return web.json_response({"error": error}, status=400)
