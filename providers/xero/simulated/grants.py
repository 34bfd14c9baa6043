"""Xero's tokens and connections: codes of five minutes, access of thirty, refresh tokens that rotate with a grace."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

from providers.simulating import grants
from providers.simulating.grants import Asked, Granted, TokenRules
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.store import Shelf
from providers.xero import wire

RULES = TokenRules(
    code_life=timedelta(minutes=5),
    access_life=timedelta(minutes=30),
    refresh_life=timedelta(days=60),
    grace=timedelta(minutes=30),
    offline_scope="offline_access",
)

READS = (
    "accounting.settings",
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.attachments",
)
SCOPES = {
    "openid": "know who you are",
    "profile": "see your name",
    "email": "see your email address",
    "offline_access": "stay connected while you are away",
    "accounting.settings": "view and change organisation settings, accounts and tax rates",
    "accounting.contacts": "view and change contacts",
    "accounting.invoices": "view and change bills, invoices and credit notes",
    "accounting.payments": "view and change payments",
    "accounting.banktransactions": "view and change bank transactions",
    "accounting.manualjournals": "view and change manual journals",
    "accounting.attachments": "view and add attachments",
    **{f"{scope}.read": f"view {scope.removeprefix('accounting.')}" for scope in READS},
}
"""The granular scopes: all that an app made since March 2026 may ask for."""


@dataclass(slots=True)
class Grants(grants.Grants[wire.TokenAnswer]):
    """A person's tokens see all organisations that the app was ever connected to by that person."""

    connections: Shelf = field(init=False)

    def __post_init__(self) -> None:
        grants.Grants.__post_init__(self)
        self.connections = Shelf(self.store, "connection")

    # Consent

    def allow(
        self,
        person: Person,
        tenants: Sequence[tuple[str, str]],
        *,
        scopes: Sequence[str],
        redirect_uri: str,
        challenge: str | None,
    ) -> str:
        """A person said yes for these organisations (id and name); gives the code of the redirect."""
        event = str(uuid4())
        for tenant, name in tenants:
            self._connect(person, tenant, name, event)
        asked = Asked(redirect_uri=redirect_uri, scopes=tuple(scopes), challenge=challenge)
        return self.code_for(person, asked, {"event": event})

    def _connect(self, person: Person, tenant: str, name: str, event: str) -> None:
        known = next((found for found in self._of(person) if found["tenantId"] == tenant), None)
        now = self._now()
        created = known["createdDateUtc"] if known else now
        connection_id = known["id"] if known else str(uuid4())
        self.connections.save(
            connection_id,
            {
                "id": connection_id,
                "authEventId": event,
                "tenantId": tenant,
                "tenantType": "ORGANISATION",
                "tenantName": name,
                "createdDateUtc": created,
                "updatedDateUtc": now,
                "_person": person.key,
            },
        )

    # Tokens

    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> wire.TokenAnswer:
        person, scopes = granted.person, granted.scopes
        answer: wire.TokenAnswer = {
            "access_token": access,
            "expires_in": int(self.rules.access_life.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(scopes),
        }
        if "openid" in scopes:
            profile = {"given_name": person.first_name, "family_name": person.last_name, "email": person.email}
            answer["id_token"] = _jwt({**_claims_of(access), **profile, "aud": self.client_id})
        if refresh is not None:
            answer["refresh_token"] = refresh
        return answer

    def _access_token(self, granted: Granted) -> str:
        return _jwt(self._claims(granted))

    def _claims(self, granted: Granted) -> Json:
        """As in Xero's access tokens."""
        now = self.clock.now()
        return {
            "nbf": int(now.timestamp()),
            "exp": int((now + self.rules.access_life).timestamp()),
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": self.client_id,
            "sub": hashlib.md5(granted.person.id.encode(), usedforsecurity=False).hexdigest(),
            "auth_time": int(now.timestamp()),
            "xero_userid": granted.person.id,
            "global_session_id": uuid4().hex,
            "jti": uuid4().hex.upper(),
            "authentication_event_id": granted.of["event"],
            "scope": list(granted.scopes),
        }

    def _is_ended(self, record: Json, found: Json) -> bool:
        """All of this person's."""
        return bool(record["person"] == found["person"])

    def revoke(self, token: str) -> Json | None:
        """Ends the person's tokens and connections; an unknown token is no error."""
        found = grants.Grants.revoke(self, token)
        for key, record in list(self.connections.items()):
            if found is not None and record["_person"] == found["person"]:
                self.connections.drop(key)
        return found

    # Connections

    def _of(self, person: Person) -> list[Json]:
        return [found for found in self.connections.values() if found["_person"] == person.key]

    def connected(self, person: Person, event: str | None = None) -> list[Json]:
        """This person's connections, without private fields; with an event, those of that consent only."""
        return [
            {key: value for key, value in found.items() if not key.startswith("_")}
            for found in self._of(person)
            if event in (None, found["authEventId"])
        ]

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        """Who connected the app to this organisation, and when."""
        found = [record for record in self.connections.values() if record["tenantId"] == tenant]
        return [(self.people[record["_person"]], record["updatedDateUtc"]) for record in found]

    def disconnect(self, tenant: str) -> None:
        """Somebody disconnected the app inside Xero."""
        for key, found in list(self.connections.items()):
            if found["tenantId"] == tenant:
                self.connections.drop(key)

    def _now(self) -> str:
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _jwt(claims: Json) -> str:
    """Of the form of a JWT. Nobody here checks the signature, so it is noise, and it makes the token unguessable."""
    parts = ({"alg": "RS256", "kid": "SIMULATED", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(32)])


def _claims_of(token: str) -> Json:
    _, claims, _ = token.split(".")
    found: Json = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return found
