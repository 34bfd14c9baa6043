"""Codes and tokens: how long each lives, whether a refresh token rotates and with what grace, what a revocation ends.

A vendor gives its `TokenRules` and derives `Grants` with the form of its tokens' answer. What a consent was for, beside its
scopes, is the vendor's own record (`Json`): it is kept with the code and with every token that comes of it.
"""

import base64
import hashlib
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.clock import Clock
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.store import Shelf, Store

_OWN = frozenset({"person", "scopes", "until", "used", "since"})
"""What is the kit's in a stored token; the rest is the vendor's record of the grant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """A vendor's lifetimes, and what becomes of a refresh token that is used."""

    code_life: timedelta
    access_life: timedelta
    refresh_life: timedelta
    """Of a refresh token that nobody uses."""
    rotates_after: timedelta | None = timedelta(0)
    """A refresh token as old as this is replaced when it is used, and a younger one starts its life anew; at nothing, each
    refresh rotates. None: it keeps its value for ever.
    """
    grace: timedelta = timedelta(0)
    """How long the refresh token before the newest one still works, in case the answer was lost."""
    offline_scope: str | None = None
    """The scope without which there is no refresh token; None: there always is one."""


class GrantError(Exception):
    """The token endpoint's refusal; `str` is its `error`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an app asked for; lives until a person has decided. `challenge` is of a vendor that knows PKCE."""

    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None = None
    challenge: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a person allowed the app."""

    person: Person
    scopes: tuple[str, ...]
    of: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    granted: Granted
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What an access token stands for."""

    client_id: str
    person: Person
    scopes: frozenset[str]
    of: Json
    is_expired: bool


Tokens = TypeVar("Tokens")


@dataclass(slots=True)
class Grants(ABC, Generic[Tokens]):
    clock: Clock
    client_id: str
    client_secret: str
    store: Store
    people: Mapping[str, Person]
    rules: TokenRules
    codes: dict[str, Code] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    """Scopes that no token has, whatever was consented to: as of sign-ins that never asked for them."""
    access: Shelf = field(init=False)
    refreshes: Shelf = field(init=False)

    def __post_init__(self) -> None:
        self.access = Shelf(self.store, "access")
        self.refreshes = Shelf(self.store, "refresh")

    # The form of what is given out

    @abstractmethod
    def _tokens(self, granted: Granted, access: str, refresh: str | None) -> Tokens:
        """The token endpoint's answer, as the vendor spells it."""

    def _access_token(self, granted: Granted) -> str:
        """Unguessable; of a vendor whose tokens tell something, in its form."""
        del granted
        return secrets.token_urlsafe(32)

    def _is_ended(self, record: Json, found: Json) -> bool:
        """Whether revoking `found` ends this token as well: those of the same person and grant."""
        return record["person"] == found["person"] and _grant_of(record) == _grant_of(found)

    # Codes

    def code_for(self, person: Person, asked: Asked, of: Json) -> str:
        """The code of the redirect, for what this person allowed."""
        code = secrets.token_urlsafe(32)
        self.codes[code] = Code(
            granted=Granted(person=person, scopes=asked.scopes, of=of),
            redirect_uri=asked.redirect_uri,
            challenge=asked.challenge,
            expires_at=self.clock.now() + self.rules.code_life,
        )
        return code

    def exchange(self, code: str, *, redirect_uri: str, verifier: str | None) -> Tokens:
        """
        Raises:
            GrantError: unknown, used or old code, another redirect address, or a verifier that does not fit.
        """  # noqa: D212
        found = self.codes.pop(code, None)
        if found is None or found.expires_at <= self.clock.now() or found.redirect_uri != redirect_uri:
            raise GrantError("invalid_grant")
        if found.challenge != (_challenge(verifier) if verifier and found.challenge else None):
            raise GrantError("invalid_grant")
        return self._given(found.granted, None)

    # Tokens

    def refresh(self, token: str) -> Tokens:
        """Another access token, with another refresh token or with this one, as the rules say.

        Raises:
            GrantError: it is unknown, revoked, too old, or was replaced longer ago than its grace.
        """
        found, now = self.refreshes.get(token), self.clock.now()
        if found is None or datetime.fromisoformat(found["until"]) <= now:
            raise GrantError("invalid_grant")
        rotates = self._rotates(found, now)
        if rotates and not found["used"]:
            self.refreshes.save(token, {**found, "used": True, "until": (now + self.rules.grace).isoformat()})
        return self._given(self._granted(found), None if rotates else token)

    def _rotates(self, found: Json, now: datetime) -> bool:
        """One that was replaced already goes on giving new ones, for as long as it works."""
        after = self.rules.rotates_after
        if after is None:
            return False
        return bool(found["used"]) or not after or datetime.fromisoformat(found["since"]) + after <= now

    def _given(self, granted: Granted, kept: str | None) -> Tokens:
        """New tokens; `kept` is the refresh token that stays."""
        now, rules = self.clock.now(), self.rules
        access = self._access_token(granted)
        record = {"person": granted.person.key, **granted.of, "scopes": list(granted.scopes)}
        self.access.save(access, {**record, "until": (now + rules.access_life).isoformat()})
        refresh = None
        if rules.offline_scope in (None, *granted.scopes):
            refresh = kept or secrets.token_urlsafe(32)
            since = self.refreshes[kept]["since"] if kept else now.isoformat()
            until = (now + rules.refresh_life).isoformat()
            self.refreshes.save(refresh, {**record, "until": until, "used": False, "since": since})
        return self._tokens(granted, access, refresh)

    def _granted(self, record: Json) -> Granted:
        person = self.people[record["person"]]
        return Granted(person=person, scopes=tuple(record["scopes"]), of=_grant_of(record))

    def holder(self, token: str) -> Access | None:
        found = self.access.get(token)
        if found is None:
            return None
        granted = self._granted(found)
        return Access(
            client_id=self.client_id,
            person=granted.person,
            scopes=frozenset(granted.scopes) - self.withheld,
            of=granted.of,
            is_expired=datetime.fromisoformat(found["until"]) <= self.clock.now(),
        )

    # Endings

    def revoke(self, token: str) -> Json | None:
        """Ends the tokens that belong together with this refresh token; an unknown one is no error. What it was is told."""
        found = self.refreshes.get(token)
        if found is not None:
            self.end(lambda record: self._is_ended(record, found))
        return found

    def end(self, is_ended: Callable[[Json], bool]) -> None:
        """Ends the tokens whose record is such: of a person, of an organisation."""
        for shelf in (self.refreshes, self.access):
            for key, record in list(shelf.items()):
                if is_ended(record):
                    shelf.drop(key)

    def expire_access(self) -> None:
        for token, record in list(self.access.items()):
            self.access.save(token, {**record, "until": self.clock.now().isoformat()})

    def revoke_refreshes(self) -> None:
        for token in list(self.refreshes):
            self.refreshes.drop(token)


def _grant_of(record: Json) -> Json:
    return {name: value for name, value in record.items() if name not in _OWN}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
