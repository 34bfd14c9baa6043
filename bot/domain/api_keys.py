"""API keys: what other systems send bills with. A key is one organisation's, and can do what its scopes say."""

import hashlib
import re
import secrets
import string
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from bot.domain.ids import OrganisationId, UserId, WorkspaceId

ApiKeyId = NewType("ApiKeyId", UUID)

PREFIX = "dext_"
"""Begins every key, so that scanners of repositories and of logs know one when they see it."""
LONGEST_NAME = 60
MOST_KEYS = 20
"""Live keys of one organisation: as many as a modal shows, and more than there are systems that send bills."""
SHOWN = len(PREFIX) + 4
"""Characters of a key that stay known, to tell it from the others."""

_DIGITS = string.digits + string.ascii_letters
_SECRET_BYTES = 32
_SECRET_DIGITS, _SUM_DIGITS = 43, 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET_DIGITS + _SUM_DIGITS}}}")


class Scope(StrEnum):
    WRITE_ITEMS = "items:write"
    READ_ITEMS = "items:read"

    @property
    def words(self) -> str:
        return "send bills" if self is Scope.WRITE_ITEMS else "see what became of them"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A live key as its organisation's admins see it."""

    id: ApiKeyId
    name: str
    shown: str
    """How the key begins."""
    scopes: frozenset[Scope]
    made_by: UserId
    """In whose name it sends."""
    is_operators: bool
    """Whoever runs the product made it, on the command line."""
    made_at: datetime
    last_used_at: datetime | None
    """To the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeysPage:
    organisation_id: OrganisationId
    organisation: str
    keys: tuple[ApiKey, ...]
    gone: Mapping[UserId, str]
    """Who made one and could make none now, and why not. A key is the organisation's and outlasts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a person wants a key for."""

    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A fresh key. `text` is nowhere else: whoever loses it makes another one."""

    text: str
    name: str
    scopes: frozenset[Scope]
    organisation: str
    address: str
    """Where bills are sent to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sends a request with a live key."""

    key_id: ApiKeyId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    name: str
    scopes: frozenset[Scope]
    made_by: UserId
    """In whose name it sends."""


def fresh_key() -> str:
    """`dext_`, 256 bits of chance in 43 letters and digits, and their checksum in 6."""
    number = int.from_bytes(secrets.token_bytes(_SECRET_BYTES), "big")
    secret = _digits(number, _SECRET_DIGITS)
    return f"{PREFIX}{secret}{_checksum(secret)}"


def is_well_formed(text: str) -> bool:
    """Whether it could be a key: what is cut off or mistyped is known without asking the database."""
    if not _FORM.fullmatch(text):
        return False
    secret = text[len(PREFIX) : -_SUM_DIGITS]
    return _checksum(secret) == text[-_SUM_DIGITS:]


def hash_of(text: str) -> str:
    """What is stored in place of a key.

    A plain SHA-256 is right here: slow and salted hashes protect what people choose and others could guess, and nobody
    guesses 256 bits of chance. A slow one would cost its time again with every request.
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _checksum(secret: str) -> str:
    return _digits(zlib.crc32(secret.encode()), _SUM_DIGITS)


def _digits(number: int, length: int) -> str:
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        found = _DIGITS[digit] + found
    return found
