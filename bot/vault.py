"""Sealing of stored secrets.

AES-256-GCM with the key's id in front and the row's identity as associated data: a cell copied to another row, column
or workspace does not open. The ring holds the newest key first; older keys open what they sealed until it is resealed.
What is stored is sealed by `bot.db.sealed`, which names the places.
"""

import base64
import binascii
import os
import re
import secrets
from dataclasses import dataclass, field
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_HEADER = re.compile(rb"([1-9]):([A-Za-z0-9_-]{1,16}):")


class KeyRingError(ValueError):
    """The key ring's text is wrong; the message says what to write."""


class SealError(Exception):
    """A sealed value does not open: wrong place, altered, or its key is not on the ring."""


class UnknownKeyError(SealError):
    """Its key is not on this ring. During a change of keys it may be on another process's."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands in front of a sealed value, in the clear. Whoever alters it has a value that does not open."""

    version: int
    key_id: str

    @classmethod
    def of(cls, sealed: bytes) -> "Envelope":
        """Raises:
        SealError: this was never sealed.
        """
        found = _HEADER.match(sealed)
        if found is None:
            raise SealError("is no sealed value")
        return cls(int(found[1]), found[2].decode())

    @property
    def header(self) -> bytes:
        return f"{self.version}:{self.key_id}:".encode()


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals with the first key, opens with any."""

    keys: tuple[tuple[str, bytes], ...] = field(repr=False)

    @classmethod
    def from_text(cls, text: str) -> "Vault":
        """Read `id:base64url(32 bytes),…`, newest first.

        Raises:
            KeyRingError: what is wrong and what to write.
        """
        keys = tuple(_read_key(part) for part in text.split(",") if part.strip())
        if not keys:
            raise KeyRingError("is empty; `dext-bot keys new` prints a key to put there")
        if len({name for name, _ in keys}) != len(keys):
            raise KeyRingError("names one key id twice; each key has an id of its own")
        return cls(keys)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Newest first."""
        return tuple(name for name, _ in self.keys)

    def seal(self, secret: str, place: str, *, version: int = 1) -> bytes:
        """Seal for one place; it opens there and nowhere else. `version` says how the place is named."""
        name, key = self.keys[0]
        nonce = os.urandom(_NONCE_BYTES)
        header = Envelope(version, name).header
        return header + nonce + AESGCM(key).encrypt(nonce, secret.encode(), header + place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Raises:
        SealError: the value was sealed for another place, was altered, or its key is unknown.
        """
        envelope = Envelope.of(sealed)
        key = dict(self.keys).get(envelope.key_id)
        if key is None:
            raise UnknownKeyError(f"sealed with a key that is not on the ring ({envelope.key_id!r})")
        header = envelope.header
        box = sealed[len(header) :]
        try:
            return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], header + place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SealError("does not open: sealed for another place, or altered") from None


def new_key(name: str) -> str:
    """A fresh entry for the ring.

    Raises:
        KeyRingError: this cannot be a key's id.
    """
    if not _KEY_ID.fullmatch(name):
        raise KeyRingError(f"cannot have a key {name!r}: an id is up to 16 letters, digits, - or _")
    return f"{name}:{base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()}"


def fresh_id(day: date) -> str:
    """Of the day, to know a key's age by, and of chance, so that no two keys are ever named alike."""
    return f"k{day:%y%m%d}-{secrets.token_hex(4)}"


def _read_key(part: str) -> tuple[str, bytes]:
    name, colon, text = part.strip().partition(":")
    if not colon or not _KEY_ID.fullmatch(name):
        raise KeyRingError("wants `id:key` pairs parted by commas, an id being up to 16 letters, digits, - or _")
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingError(f"has a key {name!r} that is not base64url") from None
    if len(key) != KEY_BYTES:
        raise KeyRingError(f"has a key {name!r} of {len(key)} bytes; it takes {KEY_BYTES}")
    return name, key
