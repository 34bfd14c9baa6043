"""Sage's sign-in: addresses, scopes, and no choice among businesses: a person allows all that is theirs.

"Authentication" guide, copy of 2026. The scope may be left out; that it is full access then is unverified, and so are the
words in which a browser is told what was asked wrongly, and that a client who is not known is a 401. Of the two ways of PKCE
only `S256` is taken here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from providers.sage.simulated import seed
from providers.sage.simulated.grants import FULL, SCOPES
from providers.sage.simulated.state import SageState
from providers.simulating import signin
from providers.simulating.answers import Answer
from providers.simulating.clients import by_form
from providers.simulating.drawing import form_of
from providers.simulating.grants import Asked
from providers.simulating.people import Person
from providers.simulating.signin import SignInRules, Wrong

ROLES = {
    "OWNER": "Business owner",
    "SYSTEM_MANAGER": "System manager",
    "FULL": "Full access",
    "RESTRICTED": "Restricted access",
    "READ_ONLY": "Read only",
    "NONE": "No access",
}


def _refused(error: str) -> Answer:
    return Answer.json({"error": error}, 401 if error == "invalid_client" else 400)


def _country(_: Asked, chosen: Sequence[str]) -> dict[str, str]:
    return {"country": seed.country(chosen[0])}


RULES = SignInRules(
    authorize="/oauth2/auth/central",
    pages="/oauth2",
    token="/token",  # noqa: S106 - an address
    revocation="/revoke",
    scopes=SCOPES,
    words={
        Wrong.CLIENT: "unauthorized_client: the client_id is not known.",
        Wrong.REDIRECT: "invalid_request: the redirect_uri is not one of those that are registered for the app.",
        Wrong.RESPONSE_TYPE: "unsupported_response_type: the response_type has to be code.",
        Wrong.SCOPE: "invalid_scope: the scope has to be readonly or full_access, not {scopes}",
        Wrong.TRANSFORM: "invalid_request: the code_challenge_method has to be S256.",
    },
    denied={"error": "access_denied"},
    beside_code=_country,
    roles=ROLES,
    has_pkce=True,
    is_client=by_form,
    refused=_refused,
)


ELSEWHERE = {"error": "Invalid request", "reason": "Email already in use"}
"""What the callback says to somebody whose businesses are in another country ("Frequently raised errors")."""


@dataclass(slots=True)
class SignIn(signin.SignIn):
    state: SageState
    countries: dict[str, str] = field(default_factory=dict)
    """The country that an app asked for, by its ask."""

    async def authorize(self, request: web.Request) -> web.Response:
        try:
            return await signin.SignIn.authorize(self, request)
        except web.HTTPSeeOther as onward:
            ask = parse_qs(urlsplit(str(onward.location)).query)["ask"][0]
            if request.query.get("country"):
                self.countries[ask] = request.query["country"].upper()
            raise

    async def decided(self, request: web.Request) -> web.Response:
        form = await form_of(request)
        person, asked = self._person(request), self.asked.get(form.get("ask", ""))
        country = self.countries.get(form.get("ask", ""))
        if person is None or asked is None or country is None or self._in(country, person):
            return await signin.SignIn.decided(self, request)
        del self.asked[form["ask"]]
        told = ELSEWHERE if asked.state is None else {**ELSEWHERE, "state": asked.state}
        raise web.HTTPSeeOther(f"{asked.redirect_uri}?{urlencode(told)}")

    def _in(self, country: str, person: Person) -> list[str]:
        return [business for business in self.state.businesses_of(person) if seed.country(business) == country]

    def _problem(self, query: Mapping[str, str]) -> str | None:
        return signin.SignIn._problem(self, {"scope": FULL, **query})  # noqa: SLF001 - what it derives from

    def _chosen(self, person: Person, form: Mapping[str, str]) -> list[str]:
        """Whatever the form says: all; those of the country that was asked for come first."""
        first = self._in(self.countries.get(form.get("ask", ""), ""), person)
        return [*first, *(one for one in self.state.businesses_of(person) if one not in first)]

    def _revocation(self, request: web.Request, body: bytes) -> Answer:
        answer = signin.SignIn._revocation(self, request, body)  # noqa: SLF001 - what it derives from
        return answer if answer.status != 200 else Answer.json({"success": "ok"})
