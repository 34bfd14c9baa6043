"""Intuit's sign-in: addresses, scopes, which companies may be chosen, and who is told who somebody is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from providers.quickbooks.simulated.grants import SCOPES
from providers.simulating import signin
from providers.simulating.answers import Answer
from providers.simulating.grants import Asked
from providers.simulating.people import Person
from providers.simulating.signin import SignInRules, Wrong, of_json

if TYPE_CHECKING:
    from providers.simulating.numbers import Json

ADMINS = frozenset({"PRIMARY_ADMIN", "COMPANY_ADMIN"})
"""Who may connect an app, and whose leaving ends what it may do."""
ROLES = {
    "PRIMARY_ADMIN": "Primary admin",
    "COMPANY_ADMIN": "Company admin",
    "STANDARD": "Standard all access",
    "REPORTS": "Reports only",
}
USERINFO = "/v1/openid_connect/userinfo"
_DESCRIBED = {
    "invalid_grant": "Incorrect Token type or clientID",
    "invalid_client": "Invalid client id or secret",
    "unsupported_grant_type": "Unsupported grant type",
}


def _realm(_: Asked, chosen: Sequence[str]) -> dict[str, str]:
    return {"realmId": chosen[0]}


def _refused(error: str) -> Answer:
    status = 401 if error == "invalid_client" else 400
    return Answer.json({"error": error, "error_description": _DESCRIBED.get(error, error)}, status)


RULES = SignInRules(
    allow="Connect",
    authorize="/connect/oauth2",
    pages="/app",
    token="/oauth2/v1/tokens/bearer",  # noqa: S106 - an address
    revocation="/v2/oauth2/tokens/revoke",
    scopes=SCOPES,
    words={
        Wrong.CLIENT: "The client_id query parameter is not found or invalid.",
        Wrong.REDIRECT: "The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs.",
        Wrong.RESPONSE_TYPE: "The response_type query parameter value must be code.",
        Wrong.SCOPE: "The scope query parameter is missing or invalid: {scopes}",
        Wrong.TRANSFORM: "",
    },
    denied={"error": "access_denied"},
    beside_code=_realm,
    roles=ROLES,
    has_pkce=False,
    is_of_one=True,
    refused=_refused,
    revoked=of_json,
)


@dataclass(slots=True)
class SignIn(signin.SignIn):
    """A person sees the companies in which they are an admin, and no other."""

    def add_to(self, app: web.Application) -> None:
        signin.SignIn.add_to(self, app)
        app.router.add_get(USERINFO, self.userinfo)

    def _memberships(self, person: Person) -> list[dict[str, Any]]:
        return [self._membership(person, self.state.books[realm]) for realm in self._administered(person)]

    def _chosen(self, person: Person, form: Mapping[str, str]) -> list[str]:
        return [realm for realm in self._administered(person) if form.get("tenant") == realm]

    def _administered(self, person: Person) -> list[str]:
        return [realm for realm in person.roles if self.state.books[realm].role_of(person.id) in ADMINS]

    async def userinfo(self, request: web.Request) -> web.StreamResponse:
        """Who allowed the app, as OpenID Connect has it."""
        return await self.server.serve(request, self._userinfo)

    def _userinfo(self, request: web.Request, _: bytes) -> Answer:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        access = self.state.grants.holder(token.strip()) if scheme.lower() == "bearer" else None
        if access is None or access.is_expired or "openid" not in access.scopes:
            return Answer.json({"error": "invalid_token"}, 401)
        person = access.person
        found: Json = {"sub": person.id}
        if "email" in access.scopes:
            found |= {"email": person.email, "emailVerified": True}
        if "profile" in access.scopes:
            found |= {"givenName": person.first_name, "familyName": person.last_name}
        return Answer.json(found)
