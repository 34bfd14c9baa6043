"""The store of idempotency keys: an answer is replayed to the same key, for a while.

A vendor gives its `KeyRules`, or none where it knows no keys, and calls `Replays.once` around the work of a call with the
key that it found: in a header, in the query, in the body. What has to be the same for the key to mean the same request is
for the vendor to say as well (`fingerprint`).
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.store import Shelf


class Keys(StrEnum):
    KEPT = "kept"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRules:
    """A vendor's rules for keys, and its words where one is not taken."""

    longest: int
    remembered_for: timedelta
    too_long: Callable[[str], RefusalError]
    used_otherwise: Callable[[str], RefusalError] | None
    """For a key that comes with another request; None: the first answer is replayed whatever comes with it."""
    keeps_refusals: bool = True
    """Whether a refusal is replayed as well, even where its cause is gone by then."""


@dataclass(slots=True)
class Replays:
    """`window` is how long a key is remembered, as the rules say until somebody says otherwise."""

    clock: Clock
    shelf: Shelf
    rules: KeyRules | None
    keys: Keys = Keys.KEPT
    window: timedelta = field(init=False)
    replayed: int = 0

    def __post_init__(self) -> None:
        self.window = self.rules.remembered_for if self.rules else timedelta(0)

    @property
    def ignores(self) -> bool:
        return self.keys is Keys.IGNORED

    def once(self, key: str | None, request: str, work: Callable[[], Answer]) -> Answer:
        """Replay the first answer to this key, or give and keep it. `request` is what the key stands for.

        Raises:
            RefusalError: the key is too long, or was used for another request; or as the work itself does.
        """
        if not key or self.rules is None:
            return work()
        kept = self._find(self.rules, key, request)
        if kept is not None:
            return kept
        try:
            answer = work()
        except RefusalError as refusal:
            if not self.rules.keeps_refusals:
                raise
            answer = refusal.answer
        self._keep(key, request, answer)
        return answer

    def _find(self, rules: KeyRules, key: str, request: str) -> Answer | None:
        if len(key) > rules.longest:
            raise rules.too_long(key)
        if self.ignores:
            return None
        kept = self.shelf.get(key)
        if kept is None or self.clock.now() >= datetime.fromisoformat(kept["at"]) + self.window:
            return None
        if kept["request"] != request and rules.used_otherwise is not None:
            raise rules.used_otherwise(key)
        self.replayed += 1
        body = base64.b64decode(kept["body"])
        return Answer(status=kept["status"], body=body, content_type=kept["content_type"])

    def _keep(self, key: str, request: str, answer: Answer) -> None:
        if self.ignores:
            return
        self.shelf.save(
            key,
            {
                "at": self.clock.now().isoformat(),
                "request": request,
                "status": answer.status,
                "content_type": answer.content_type,
                "body": base64.b64encode(answer.body).decode(),
            },
        )

    def forget(self) -> None:
        for key in list(self.shelf):
            self.shelf.drop(key)


def fingerprint(method: str, path: str, tenant: str, body: bytes) -> str:
    """What has to be the same for a key to mean the same request."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), tenant.encode(), body])).hexdigest()
