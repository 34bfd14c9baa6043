"""Tokens and connections: codes of five minutes, access of thirty, refresh tokens that rotate with a grace."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from bot.clock import Clock
from providers.xero import wire
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.seed import PEOPLE, Person
from providers.xero.simulated.store import Shelf, Store

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(minutes=30)
REFRESH_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)
"""How long the refresh token before the newest one still works, in case the answer was lost."""

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


class GrantError(Exception):
    """The token endpoint's refusal; `str` is its `error`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    challenge: str | None
    person: str
    event: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an access token stands for."""

    client_id: str
    person: Person
    scopes: frozenset[str]
    is_expired: bool


@dataclass(slots=True)
class Grants:
    clock: Clock
    client_id: str
    client_secret: str
    store: Store
    codes: dict[str, Code] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    """Scopes that no token has, whatever was consented to: as of sign-ins that never asked for them."""
    access: Shelf = field(init=False)
    refreshes: Shelf = field(init=False)
    connections: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.access = Shelf(self.store, "access")
        self.refreshes = Shelf(self.store, "refresh")
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
        event, code = str(uuid4()), secrets.token_urlsafe(32)
        for tenant, name in tenants:
            self._connect(person, tenant, name, event)
        self.codes[code] = Code(
            client_id=self.client_id,
            redirect_uri=redirect_uri,
            scopes=tuple(scopes),
            challenge=challenge,
            person=person.key,
            event=event,
            expires_at=self.clock.now() + CODE_LIFE,
        )
        return code

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

    def exchange(self, code: str, *, redirect_uri: str, verifier: str | None) -> wire.TokenAnswer:
        """
        Raises:
            GrantError: unknown, used or old code, another redirect address, or a verifier that does not fit.
        """  # noqa: D212
        found = self.codes.pop(code, None)
        if found is None or found.expires_at <= self.clock.now() or found.redirect_uri != redirect_uri:
            raise GrantError("invalid_grant")
        if found.challenge != (_challenge(verifier) if verifier and found.challenge else None):
            raise GrantError("invalid_grant")
        return self._tokens(found.person, found.event, found.scopes)

    def refresh(self, token: str) -> wire.TokenAnswer:
        """A new pair. The token that was used works for thirty more minutes, and gives yet another pair.

        Raises:
            GrantError: it is unknown, revoked, sixty days old, or was used longer ago than that.
        """
        found = self.refreshes.get(token)
        now = self.clock.now()
        if found is None or datetime.fromisoformat(found["until"]) <= now:
            raise GrantError("invalid_grant")
        if not found["used"]:
            self.refreshes.save(token, {**found, "used": True, "until": (now + GRACE).isoformat()})
        return self._tokens(found["person"], found["event"], found["scopes"])

    def _tokens(self, key: str, event: str, scopes: Sequence[str]) -> wire.TokenAnswer:
        person, now = PEOPLE[key], self.clock.now()
        claims = self._claims(person, event, scopes)
        access = _jwt(claims)
        record = {"person": key, "event": event, "scopes": list(scopes)}
        self.access.save(access, {**record, "until": (now + ACCESS_LIFE).isoformat()})
        answer: wire.TokenAnswer = {
            "access_token": access,
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "token_type": "Bearer",
            "scope": " ".join(scopes),
        }
        if "openid" in scopes:
            profile = {"given_name": person.first_name, "family_name": person.last_name, "email": person.email}
            answer["id_token"] = _jwt({**claims, **profile, "aud": self.client_id})
        if "offline_access" in scopes:
            token = secrets.token_urlsafe(32)
            self.refreshes.save(token, {**record, "until": (now + REFRESH_LIFE).isoformat(), "used": False})
            answer["refresh_token"] = token
        return answer

    def _claims(self, person: Person, event: str, scopes: Sequence[str]) -> Json:
        """As in Xero's access tokens."""
        now = self.clock.now()
        return {
            "nbf": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFE).timestamp()),
            "iss": "https://identity.xero.com",
            "aud": "https://identity.xero.com/resources",
            "client_id": self.client_id,
            "sub": hashlib.md5(person.id.encode(), usedforsecurity=False).hexdigest(),
            "auth_time": int(now.timestamp()),
            "xero_userid": person.id,
            "global_session_id": uuid4().hex,
            "jti": uuid4().hex.upper(),
            "authentication_event_id": event,
            "scope": list(scopes),
        }

    def revoke(self, token: str) -> None:
        """Ends the person's tokens and connections; an unknown token is no error."""
        found = self.refreshes.get(token)
        if found is None:
            return
        for shelf in (self.refreshes, self.access, self.connections):
            for key, record in list(shelf.items()):
                if record.get("person", record.get("_person")) == found["person"]:
                    shelf.drop(key)

    def holder(self, token: str) -> Access | None:
        found = self.access.get(token)
        if found is None:
            return None
        return Access(
            client_id=self.client_id,
            person=PEOPLE[found["person"]],
            scopes=frozenset(found["scopes"]) - self.withheld,
            is_expired=datetime.fromisoformat(found["until"]) <= self.clock.now(),
        )

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
        return [(PEOPLE[record["_person"]], record["updatedDateUtc"]) for record in found]

    def disconnect(self, tenant: str) -> None:
        """Somebody disconnected the app inside Xero."""
        for key, found in list(self.connections.items()):
            if found["tenantId"] == tenant:
                self.connections.drop(key)

    def expire_access(self) -> None:
        for token, record in list(self.access.items()):
            self.access.save(token, {**record, "until": self.clock.now().isoformat()})

    def revoke_refreshes(self) -> None:
        for token in list(self.refreshes):
            self.refreshes.drop(token)

    def _now(self) -> str:
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _jwt(claims: Json) -> str:
    """Of the form of a JWT. Nobody here checks the signature, so it is noise, and it makes the token unguessable."""
    parts = ({"alg": "RS256", "kid": "SIMULATED", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(32)])
