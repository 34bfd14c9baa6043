"""The `Idempotency-Key` store: an answer, good or bad, is replayed for six minutes and then forgotten."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from providers.xero.simulated.refusals import Answer, numbered
from providers.xero.simulated.store import Shelf

LONGEST_KEY = 128
REMEMBERED_FOR = timedelta(minutes=6)


class Keys(StrEnum):
    KEPT = "kept"
    IGNORED = "ignored"


@dataclass(slots=True)
class Replays:
    clock: Clock
    shelf: Shelf
    keys: Keys = Keys.KEPT
    window: timedelta = field(default=REMEMBERED_FOR)
    replayed: int = 0

    @property
    def ignores(self) -> bool:
        return self.keys is Keys.IGNORED

    def find(self, key: str, request: str) -> Answer | None:
        """The first answer to this key, if it is still known.

        Raises:
            RefusalError: the key is too long, or was used for another request.
        """
        if len(key) > LONGEST_KEY:
            raise _refused(f"Idempotency Key: {key[:20]}... exceeds the maximum length of {LONGEST_KEY} characters")
        if self.keys is Keys.IGNORED:
            return None
        kept = self.shelf.get(key)
        if kept is None or self.clock.now() >= datetime.fromisoformat(kept["at"]) + self.window:
            return None
        if kept["request"] != request:
            raise _refused(f"Idempotency Key: {key} is used with a different request")
        self.replayed += 1
        body = base64.b64decode(kept["body"])
        return Answer(status=kept["status"], body=body, content_type=kept["content_type"])

    def keep(self, key: str, request: str, answer: Answer) -> None:
        if self.keys is Keys.IGNORED:
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


def request_of(method: str, path: str, tenant: str, body: bytes) -> str:
    """What has to be the same for a key to mean the same request."""
    return hashlib.sha256(b"\0".join([method.encode(), path.encode(), tenant.encode(), body])).hexdigest()


def _refused(message: str) -> Exception:
    return numbered(0, "IdempotencyException", message)
