"""Sage's tokens: access of five minutes to all that a person may open, and a refresh token that each use replaces.

"Authentication" guide, copy of 2026: the code lives sixty seconds, the refresh token 31 days; an access token cannot be
revoked and lives on until its end.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict

from providers.simulating import grants
from providers.simulating.grants import Asked, Granted, TokenRules
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.store import Shelf

RULES = TokenRules(
    code_life=timedelta(seconds=60),
    access_life=timedelta(minutes=5),
    refresh_life=timedelta(days=31),
)
FULL, READ_ONLY = "full_access", "readonly"
SCOPES: Mapping[str, str] = {
    FULL: "see and change everything in Sage Accounting that you may see and change",
    READ_ONLY: "see everything in Sage Accounting that you may see",
}


class TokenAnswer(TypedDict):
    access_token: str
    scope: str
    token_type: str
    expires_in: int
    refresh_token: str
    refresh_token_expires_in: int
    requested_by_id: str


@dataclass(slots=True)
class Grants(grants.Grants[TokenAnswer]):
    """A grant is of one person, and opens every business that is theirs."""

    connections: Shelf = field(init=False)

    def __post_init__(self) -> None:
        grants.Grants.__post_init__(self)
        self.connections = Shelf(self.store, "connection")

    def allow(self, person: Person, country: str, asked: Asked) -> str:
        """A person said yes; gives the code of the redirect, which begins with the country, as in the guide's example."""
        self.connections.save(person.key, {"person": person.key, "at": self.clock.now().isoformat()})
        asked = Asked(
            redirect_uri=asked.redirect_uri,
            scopes=asked.scopes or (FULL,),
            state=asked.state,
            challenge=asked.challenge,
        )
        plain = self.code_for(person, asked, {})
        code = f"{country}/{plain}"
        self.codes[code] = self.codes.pop(plain)
        return code

    def _access_token(self, granted: Granted) -> str:
        """Of the length that real ones have: to be kept in 2048 bytes."""
        told = {"sub": granted.person.id, "scopes": " ".join(granted.scopes), "jti": secrets.token_hex(16)}
        parts = (json.dumps({"alg": "RS512"}).encode(), json.dumps(told).encode(), secrets.token_bytes(512))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)

    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> TokenAnswer:
        return {
            "access_token": access,
            "scope": " ".join(granted.scopes),
            "token_type": "bearer",
            "expires_in": int(self.rules.access_life.total_seconds()),
            "refresh_token": refresh or "",
            "refresh_token_expires_in": int(self.rules.refresh_life.total_seconds()),
            "requested_by_id": granted.person.id,
        }

    def revoke(self, token: str) -> Json | None:
        """A refresh token only; the access token that came with it goes on for its five minutes."""
        found = self.refreshes.get(token)
        if found is not None:
            self.refreshes.drop(token)
            if not any(
                record["person"] == found["person"] and not record["used"] for record in self.refreshes.values()
            ):
                self.connections.drop(found["person"])
        return found

    def connected(self) -> list[tuple[Person, str]]:
        return [(self.people[record["person"]], record["at"]) for record in self.connections.values()]

    def remove(self, person: str) -> None:
        """Somebody removed the app inside Sage: there are no new tokens of theirs."""
        for token, record in list(self.refreshes.items()):
            if record["person"] == person:
                self.refreshes.drop(token)
        self.connections.drop(person)
