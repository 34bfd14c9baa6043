"""The sign-in and consent pages of a ledger, and its token endpoints.

Nobody has a password here: a person is picked from the list. All else is as strict as the vendor, which gives its
`SignInRules`: addresses, scopes in words, PKCE or not, one organisation a grant or several, what the callback says beside
the code, and how an app shows who it is. Where a vendor speaks otherwise about tokens, its rules bring the functions.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from providers.simulating.answers import Answer
from providers.simulating.clients import IsClient, by_basic, form_in
from providers.simulating.drawing import Drawing, form_of
from providers.simulating.grants import Asked, GrantError
from providers.simulating.people import Person
from providers.simulating.serving import Server
from providers.simulating.state import AnyBooks, Simulated


class Wrong(StrEnum):
    """What may be wrong with what an app asks for, in the order in which it is looked at."""

    CLIENT = "client"
    REDIRECT = "redirect"
    RESPONSE_TYPE = "response_type"
    SCOPE = "scope"
    TRANSFORM = "transform"


def error_in_json(error: str) -> Answer:
    return Answer.json({"error": error}, 400)


def of_form(body: bytes) -> str:
    """The token that a revocation names, of a vendor that takes a form."""
    return form_in(body).get("token", "")


def of_json(body: bytes) -> str:
    """The token that a revocation names, of a vendor that takes JSON."""
    try:
        return str(json.loads(body)["token"])
    except (ValueError, KeyError, TypeError):
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    authorize: str
    """Where the browser arrives; the pages that follow are under `pages`."""
    pages: str
    token: str
    revocation: str | None
    """None: nobody can give a token back."""
    scopes: Mapping[str, str]
    """What each allows, in words. Empty: the vendor has none, and asks for none."""
    rights: tuple[str, ...] = ()
    """What any app may do, in words, of a vendor without scopes."""
    words: Mapping[Wrong, str]
    """What the person is told; in that of a scope, `{scopes}` are those that there are not."""
    denied: Mapping[str, str]
    """What the callback says when the person says no."""
    beside_code: Callable[[Asked, Sequence[str]], dict[str, str]] = lambda _asked, _tenants: {}
    """What the callback says beside code and state: of what was asked, and of which organisations were chosen."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Roles in words."""
    has_pkce: bool
    """Without it, a challenge is passed over like any other word that the vendor does not know."""
    allow: str = "Allow access"
    """What stands on the button that says yes."""
    is_of_one: bool = False
    """Whether a grant is of one organisation only."""
    is_client: IsClient = by_basic
    refused: Callable[[str], Answer] = error_in_json
    """What the token endpoints say no with, of OAuth's error."""
    revoked: Callable[[bytes], str] = of_form


@dataclass(slots=True)
class SignIn:
    state: Simulated[Any]
    server: Server
    drawing: Drawing
    rules: SignInRules
    asked: dict[str, Asked] = field(default_factory=dict)
    sessions: dict[str, Person] = field(default_factory=dict)

    def add_to(self, app: web.Application) -> None:
        router, rules = app.router, self.rules
        router.add_get(rules.authorize, self.authorize)
        router.add_get(f"{rules.pages}/login", self.login, name="login")
        router.add_post(f"{rules.pages}/login", self.signed_in)
        router.add_get(f"{rules.pages}/consent", self.consent, name="consent")
        router.add_post(f"{rules.pages}/consent", self.decided)
        router.add_post(rules.token, self.token)
        if rules.revocation is not None:
            router.add_post(rules.revocation, self.revocation)

    # Pages

    async def authorize(self, request: web.Request) -> web.Response:
        query = request.query
        problem = self._problem(query)
        if problem:
            return self.drawing.page(request, "refused.html", status=400, problem=problem)
        asked = Asked(
            redirect_uri=query["redirect_uri"],
            scopes=tuple(query.get("scope", "").split()) if self.rules.scopes else (),
            state=query.get("state"),
            challenge=query.get("code_challenge") if self.rules.has_pkce else None,
        )
        key = secrets.token_urlsafe(16)
        self.asked[key] = asked
        step = "consent" if self._person(request) else "login"
        raise web.HTTPSeeOther(self.drawing.path(request, step, ask=key))

    def _problem(self, query: Mapping[str, str]) -> str | None:
        asked = set(query.get("scope", "").split())
        unknown = asked - self.rules.scopes.keys()
        is_transform_wrong = query.get("code_challenge") and query.get("code_challenge_method") != "S256"
        wrongs = {
            Wrong.CLIENT: query.get("client_id") != self.state.grants.client_id,
            Wrong.REDIRECT: query.get("redirect_uri") not in self.state.redirect_uris,
            Wrong.RESPONSE_TYPE: query.get("response_type") != "code",
            Wrong.SCOPE: self.rules.scopes and (not asked or unknown),
            Wrong.TRANSFORM: self.rules.has_pkce and is_transform_wrong,
        }
        wrong = next((one for one, is_so in wrongs.items() if is_so), None)
        scopes = " ".join(sorted(unknown)) or "none was asked for"
        return None if wrong is None else self.rules.words[wrong].format(scopes=scopes)

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
        response.set_cookie(self._cookie, session, httponly=True, samesite="Lax", secure=is_secure)
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
            allow=self.rules.allow,
            is_of_one=self.rules.is_of_one,
            rights=[*(self.rules.scopes[scope] for scope in asked.scopes), *self.rules.rights],
        )

    async def decided(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        person, asked = self._person(request), self.asked.get(form.get("ask", ""))
        if person is None or asked is None:
            return self._too_late(request)
        chosen = self._chosen(person, form)
        if form.get("decision") == "allow" and not chosen:
            raise web.HTTPSeeOther(self.drawing.path(request, "consent", ask=form["ask"]))
        del self.asked[form["ask"]]
        answer = dict(self.rules.denied)
        if form.get("decision") == "allow":
            code = self.state.allow(person, chosen, asked)
            answer = {"code": code, **self.rules.beside_code(asked, chosen)}
        if asked.state is not None:
            answer["state"] = asked.state
        joint = "&" if "?" in asked.redirect_uri else "?"
        raise web.HTTPSeeOther(f"{asked.redirect_uri}{joint}{urlencode(answer)}")

    def _chosen(self, person: Person, form: Mapping[str, str]) -> list[str]:
        """Those that were ticked, or the one that was picked."""
        if self.rules.is_of_one:
            return [tenant for tenant in person.roles if form.get("tenant") == tenant]
        return [tenant for tenant in person.roles if form.get(f"tenant-{tenant}")]

    @property
    def _cookie(self) -> str:
        return f"sim{self.state.vendor.key}_person"

    def _person(self, request: web.Request) -> Person | None:
        return self.sessions.get(request.cookies.get(self._cookie, ""))

    def _memberships(self, person: Person) -> list[dict[str, Any]]:
        return [self._membership(person, self.state.books[tenant]) for tenant in person.roles]

    def _membership(self, person: Person, books: AnyBooks) -> dict[str, Any]:
        role = books.role_of(person.id)
        return {"id": books.tenant, "name": books.name, "role": self.rules.roles.get(role or "", role)}

    def _too_late(self, request: web.Request) -> web.Response:
        problem = "This sign-in is no longer open. Go back to the app and start again."
        return self.drawing.page(request, "refused.html", status=400, problem=problem)

    # Tokens

    async def token(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._token)

    async def revocation(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._revocation)

    def _token(self, request: web.Request, body: bytes) -> Answer:
        form, grants = form_in(body), self.state.grants
        if not self.rules.is_client(request, body, grants.client_id, grants.client_secret):
            return self.rules.refused("invalid_client")
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    redirect_uri, verifier = form.get("redirect_uri", ""), form.get("code_verifier")
                    found = grants.exchange(form.get("code", ""), redirect_uri=redirect_uri, verifier=verifier)
                case "refresh_token":
                    found = grants.refresh(form.get("refresh_token", ""))
                case _:
                    return self.rules.refused("unsupported_grant_type")
        except GrantError as error:
            return self.rules.refused(str(error))
        return Answer(body=Answer.json(found).body, headers={"Cache-Control": "no-store"})

    def _revocation(self, request: web.Request, body: bytes) -> Answer:
        grants = self.state.grants
        if not self.rules.is_client(request, body, grants.client_id, grants.client_secret):
            return self.rules.refused("invalid_client")
        grants.revoke(self.rules.revoked(body))
        return Answer()
