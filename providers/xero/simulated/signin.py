"""Xero's sign-in, its consent page, and the token endpoints.

Nobody has a password here: a person is picked from the list. All else is as strict as Xero.
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from aiohttp import web

from providers.xero.simulated.api import Api
from providers.xero.simulated.drawing import Drawing, form_of
from providers.xero.simulated.grants import SCOPES, GrantError
from providers.xero.simulated.refusals import Answer
from providers.xero.simulated.seed import Person
from providers.xero.simulated.state import XeroState

COOKIE = "simxero_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an app asked for; lives until a person has decided."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str | None


@dataclass(slots=True)
class SignIn:
    state: XeroState
    api: Api
    drawing: Drawing
    asked: dict[str, Asked] = field(default_factory=dict)
    sessions: dict[str, Person] = field(default_factory=dict)

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/identity/connect/authorize", self.authorize)
        router.add_get("/identity/login", self.login, name="login")
        router.add_post("/identity/login", self.signed_in)
        router.add_get("/identity/consent", self.consent, name="consent")
        router.add_post("/identity/consent", self.decided)
        router.add_post("/connect/token", self.token)
        router.add_post("/connect/revocation", self.revocation)

    # Pages

    async def authorize(self, request: web.Request) -> web.Response:
        query = request.query
        problem = self._problem(query)
        if problem:
            return self.drawing.page(request, "refused.html", status=400, problem=problem)
        asked = Asked(
            redirect_uri=query["redirect_uri"],
            scopes=tuple(query.get("scope", "").split()),
            state=query.get("state"),
            challenge=query.get("code_challenge"),
        )
        key = secrets.token_urlsafe(16)
        self.asked[key] = asked
        step = "consent" if self._person(request) else "login"
        raise web.HTTPSeeOther(self.drawing.path(request, step, ask=key))

    def _problem(self, query: Mapping[str, str]) -> str | None:
        scopes = set(query.get("scope", "").split())
        if query.get("client_id") != self.state.grants.client_id:
            return "unauthorized_client: Unknown client or client not enabled"
        if query.get("redirect_uri") not in self.state.redirect_uris:
            return "unauthorized_client: Invalid redirect_uri"
        if query.get("response_type") != "code":
            return "unsupported_response_type"
        if not scopes or scopes - SCOPES.keys():
            return f"invalid_scope: {' '.join(sorted(scopes - SCOPES.keys())) or 'none was asked for'}"
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            return "invalid_request: Transform algorithm not supported"
        return None

    async def login(self, request: web.Request) -> web.Response:
        if request.query.get("ask") not in self.asked:
            return self._too_late(request)
        people = [(person, self._memberships(person)) for person in self.state.people.values()]
        return self.drawing.page(request, "login.html", ask=request.query["ask"], people=people)

    async def signed_in(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        person = self.state.people.get(form.get("person", ""))
        if person is None or form.get("ask") not in self.asked:
            return self._too_late(request)
        session = secrets.token_urlsafe(24)
        self.sessions[session] = person
        response = web.HTTPSeeOther(self.drawing.path(request, "consent", ask=form["ask"]))
        is_secure = self.state.public_url.startswith("https:")
        response.set_cookie(COOKIE, session, httponly=True, samesite="Lax", secure=is_secure)
        raise response

    async def consent(self, request: web.Request) -> web.Response:
        person, asked = self._person(request), self.asked.get(request.query.get("ask", ""))
        if person is None or asked is None:
            return self._too_late(request)
        address = urlsplit(asked.redirect_uri)
        return self.drawing.page(
            request,
            "consent.html",
            form_to=f"{address.scheme}://{address.netloc}",
            ask=request.query["ask"],
            person=person,
            organisations=self._memberships(person),
            rights=[SCOPES[scope] for scope in asked.scopes],
        )

    async def decided(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        person, asked = self._person(request), self.asked.get(form.get("ask", ""))
        if person is None or asked is None:
            return self._too_late(request)
        chosen = [tenant for tenant in person.roles if form.get(f"tenant-{tenant}")]
        if form.get("decision") == "allow" and not chosen:
            raise web.HTTPSeeOther(self.drawing.path(request, "consent", ask=form["ask"]))
        del self.asked[form["ask"]]
        answer = {"error": "access_denied", "error_description": "TenantConsent status DENIED"}
        if form.get("decision") == "allow":
            named = [(tenant, self.state.books[tenant].name) for tenant in chosen]
            code = self.state.grants.allow(
                person, named, scopes=asked.scopes, redirect_uri=asked.redirect_uri, challenge=asked.challenge
            )
            answer = {"code": code, "scope": " ".join(asked.scopes)}
        if asked.state is not None:
            answer["state"] = asked.state
        joint = "&" if "?" in asked.redirect_uri else "?"
        raise web.HTTPSeeOther(f"{asked.redirect_uri}{joint}{urlencode(answer)}")

    def _person(self, request: web.Request) -> Person | None:
        return self.sessions.get(request.cookies.get(COOKIE, ""))

    def _memberships(self, person: Person) -> list[dict[str, Any]]:
        return [
            {"id": tenant, "name": self.state.books[tenant].name, "role": self.state.books[tenant].role_of(person.id)}
            for tenant in person.roles
        ]

    def _too_late(self, request: web.Request) -> web.Response:
        problem = "This sign-in is no longer open. Go back to the app and start again."
        return self.drawing.page(request, "refused.html", status=400, problem=problem)

    # Tokens

    async def token(self, request: web.Request) -> web.StreamResponse:
        return await self.api.serve(request, self._token)

    async def revocation(self, request: web.Request) -> web.StreamResponse:
        return await self.api.serve(request, self._revocation)

    def _token(self, request: web.Request, body: bytes) -> Answer:
        form = _form(body)
        if not self._is_client(request):
            return _token_refusal("invalid_client")
        grants = self.state.grants
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    redirect_uri, verifier = form.get("redirect_uri", ""), form.get("code_verifier")
                    found = grants.exchange(form.get("code", ""), redirect_uri=redirect_uri, verifier=verifier)
                case "refresh_token":
                    found = grants.refresh(form.get("refresh_token", ""))
                case _:
                    return _token_refusal("unsupported_grant_type")
        except GrantError as error:
            return _token_refusal(str(error))
        answer = Answer.json(found)
        return Answer(body=answer.body, headers={"Cache-Control": "no-store"})

    def _revocation(self, request: web.Request, body: bytes) -> Answer:
        if not self._is_client(request):
            return _token_refusal("invalid_client")
        self.state.grants.revoke(_form(body).get("token", ""))
        return Answer()

    def _is_client(self, request: web.Request) -> bool:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        grants = self.state.grants
        is_it = unquote(name) == grants.client_id
        return scheme.lower() == "basic" and is_it and secrets.compare_digest(unquote(secret), grants.client_secret)


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _token_refusal(error: str) -> Answer:
    return Answer.json({"error": error}, 400)
