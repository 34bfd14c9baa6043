"""Intuit's tokens: access of an hour for one company, and a refresh token whose value changes about once a day."""

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NotRequired, TypedDict

from providers.simulating import grants
from providers.simulating.grants import Asked, Granted, TokenRules
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.store import Shelf

RULES = TokenRules(
    code_life=timedelta(minutes=5),
    access_life=timedelta(hours=1),
    refresh_life=timedelta(days=100),
    rotates_after=timedelta(hours=24),
)
"""The refresh token that was replaced ends at once: an overlap is not documented."""
ACCOUNTING = "com.intuit.quickbooks.accounting"
SCOPES = {
    ACCOUNTING: "view and change all of the company's accounting data",
    "openid": "know who you are",
    "profile": "see your name",
    "email": "see your email address",
    "phone": "see your telephone number",
    "address": "see your address",
}


class TokenAnswer(TypedDict):
    token_type: str
    access_token: str
    expires_in: int
    refresh_token: str
    x_refresh_token_expires_in: int
    id_token: NotRequired[str]


@dataclass(slots=True)
class Grants(grants.Grants[TokenAnswer]):
    """Each grant is of one person and one company, its realm."""

    connections: Shelf = field(init=False)

    def __post_init__(self) -> None:
        grants.Grants.__post_init__(self)
        self.connections = Shelf(self.store, "connection")

    def allow(self, person: Person, realm: str, asked: Asked) -> str:
        """A person said yes for this company; gives the code of the redirect."""
        record = {"person": person.key, "realm": realm, "at": self.clock.now().isoformat()}
        self.connections.save(f"{realm}/{person.key}", record)
        return self.code_for(person, asked, {"realm": realm})

    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> TokenAnswer:
        kept = refresh or ""
        answer: TokenAnswer = {
            "token_type": "bearer",
            "access_token": access,
            "expires_in": int(self.rules.access_life.total_seconds()),
            "refresh_token": kept,
            "x_refresh_token_expires_in": int(self.rules.refresh_life.total_seconds()),
        }
        if "openid" in granted.scopes:
            answer["id_token"] = self._identity(granted)
        return answer

    def _identity(self, granted: Granted) -> str:
        """Who allowed it, and of which company; nobody signed this one."""
        now = int(self.clock.now().timestamp())
        head = {"alg": "RS256", "kid": "OPENID_SIMULATED", "typ": "JWT"}
        claims = {
            "iss": "https://oauth.platform.intuit.com/op/v1",
            "sub": granted.person.id,
            "aud": [self.client_id],
            "realmid": granted.of["realm"],
            "auth_time": now,
            "iat": now,
            "exp": now + int(self.rules.access_life.total_seconds()),
        }
        return ".".join((*(_encoded(part) for part in (head, claims)), "simulated"))

    def revoke(self, token: str) -> Json | None:
        """By the refresh token or by the access token; both end, and with them the connection."""
        found = self.refreshes.get(token) or self.access.get(token)
        if found is not None:
            self.end(lambda record: self._is_ended(record, found))
            self.connections.drop(f"{found['realm']}/{found['person']}")
        return found

    def connected_to(self, realm: str) -> list[tuple[Person, str]]:
        found = [record for record in self.connections.values() if record["realm"] == realm]
        return [(self.people[record["person"]], record["at"]) for record in found]

    def disconnect(self, realm: str) -> None:
        """Somebody disconnected the app inside QuickBooks: its tokens for this company are worth nothing."""
        self.end(lambda record: bool(record["realm"] == realm))
        for key, record in list(self.connections.items()):
            if record["realm"] == realm:
                self.connections.drop(key)


def _encoded(part: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
