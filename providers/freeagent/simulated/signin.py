"""FreeAgent's sign-in: dev.freeagent.com/docs/oauth. It has no scopes: a person's access level decides what an app may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from providers.freeagent.simulated import seed
from providers.freeagent.simulated.front import throttled
from providers.freeagent.simulated.state import FreeAgentState
from providers.simulating import signin
from providers.simulating.answers import Answer
from providers.simulating.clients import form_in
from providers.simulating.people import Person
from providers.simulating.signin import SignInRules, Wrong

LEVELS = {
    "0": "No Access",
    "1": "Time",
    "2": "My Money",
    "3": "Contacts & Projects",
    "4": "Invoices, Estimates & Files",
    "5": "Bills",
    "6": "Banking",
    "7": "Tax, Accounting & Users",
    "8": "Full",
}


def _refused(error: str) -> Answer:
    """A wrong client is told in plain text (api-discuss.freeagent.com/t/693); the form of the others is unverified."""
    if error == "invalid_client":
        return Answer.text("HTTP Basic: Access denied.\n", 401)
    return Answer.json({"error": error}, 400)


RULES = SignInRules(
    allow="Approve",
    authorize="/v2/approve_app",
    pages="/app",
    token="/v2/token_endpoint",  # noqa: S106 - an address
    revocation=None,
    scopes={},
    rights=("work in your account with what your access level allows",),
    words={
        Wrong.CLIENT: "There is no app with this client_id.",
        Wrong.REDIRECT: "The redirect_uri does not match one that is registered for the app.",
        Wrong.RESPONSE_TYPE: "The response_type must be code.",
        Wrong.SCOPE: "",
        Wrong.TRANSFORM: "",
    },
    denied={"error": "access_denied"},
    roles=LEVELS,
    has_pkce=False,
    is_of_one=True,
    refused=_refused,
)


@dataclass(slots=True)
class SignIn(signin.SignIn):
    """A user sees the companies that let them in; an account manager sees the practice."""

    def _memberships(self, person: Person) -> list[dict[str, Any]]:
        if person.key in seed.MANAGERS:
            return [{"id": seed.PRACTICE, "name": "Harbour Accounts, a practice", "role": "Account manager"}]
        return [self._membership(person, self.state.books[company]) for company in self._open_to(person)]

    def _chosen(self, person: Person, form: Mapping[str, str]) -> list[str]:
        offered = [found["id"] for found in self._memberships(person)]
        return [tenant for tenant in offered if form.get("tenant") == tenant]

    def _open_to(self, person: Person) -> list[str]:
        """Users with level 0 access cannot log in: support article 115001223444."""
        return [company for company in person.roles if self.state.books[company].role_of(person.id) not in (None, "0")]

    async def token(self, request: web.Request) -> web.StreamResponse:
        return await self.server.serve(request, self._counted)

    def _counted(self, request: web.Request, body: bytes) -> Answer:
        """Refreshes of one person are counted, good ones and others."""
        state, form = self.state, form_in(body)
        assert isinstance(state, FreeAgentState)
        found = state.grants.refreshes.get(form.get("refresh_token", ""))
        if form.get("grant_type") == "refresh_token" and found is not None:
            who = f"{found['person']}@{found['company']}"
            broken = state.refreshes.enter(who)
            if broken is not None:
                return throttled(state.refreshes.limits.per_minute or 0, 60, broken.seconds)
            state.refreshes.leave(who)
        return self._token(request, body)
