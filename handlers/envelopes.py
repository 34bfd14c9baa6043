"""Socket Mode's messages: what Slack says on a websocket, and the acknowledgement it waits for.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from slack_bolt.response import BoltResponse

from handlers.strict import BadBodyError, Body, parse

LARGEST_MESSAGE = 1024 * 1024
"""As over HTTP: more than anything of Slack's has."""


class SocketMessage(StrEnum):
    """Kinds that are about the websocket itself; every other kind is an envelope."""

    HELLO = "hello"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The websocket is up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """Slack will close this websocket soon (`warning`, `refresh_requested`), or Socket Mode is off (`link_disabled`)."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A request in its envelope: `body` is what HTTP would have carried, field by field."""

    id: str
    takes_answer: bool
    body: Body = field(repr=False)

    def acknowledgement(self, answer: BoltResponse) -> str | None:
        """The message that says it is done, with what is answered; None when it is not done: Slack sends events again."""
        if answer.status != 200:
            return None
        payload = _payload(answer) if self.takes_answer else None
        return json.dumps({"envelope_id": self.id} if payload is None else {"envelope_id": self.id, "payload": payload})


def read_message(text: str) -> Hello | Goodbye | Envelope | None:
    """One message; None for a kind that is not for us.

    Raises:
        BadBodyError: too large, JSON with no or two meanings, or an envelope without its parts.
    """
    if len(text) > LARGEST_MESSAGE:
        raise BadBodyError("too large")
    found = parse("application/json", text.encode("utf-8", "surrogatepass"))
    match found.get("type"):
        case SocketMessage.HELLO:
            return Hello()
        case SocketMessage.DISCONNECT:
            return Goodbye(reason=str(found.get("reason") or ""))
        case _:
            return _envelope(found) if "envelope_id" in found else None


def _envelope(found: Body) -> Envelope:
    name, body = found["envelope_id"], found.get("payload")
    if not isinstance(name, str) or not isinstance(body, dict):
        raise BadBodyError("an envelope without its parts")
    return Envelope(id=name, takes_answer=found.get("accepts_response_payload") is True, body=body)


def _payload(answer: BoltResponse) -> Any:
    if not answer.body:
        return None
    kind = answer.first_headers_without_set_cookie().get("content-type", "")
    return json.loads(answer.body) if kind.startswith("application/json") else {"text": answer.body}
