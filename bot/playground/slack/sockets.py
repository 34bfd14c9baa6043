"""Socket Mode: websockets over which deliveries go instead of HTTP, each in an envelope that is to be acknowledged.

https://docs.slack.dev/apis/events-api/using-socket-mode: an address is good once and for half a minute, an app has ten
websockets at most, and each delivery goes over one of them.
"""

import asyncio
import json
import secrets
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.clock import Clock
from bot.playground.slack.calls import Args, Method
from bot.playground.slack.people import APP
from bot.playground.slack.shapes import Json

MOST_OPEN = 10
TICKET_SECONDS = 30
SCOPE = "connections:write"


class LostError(Exception):
    """The websocket broke before the acknowledgement came."""


@dataclass(slots=True, eq=False)
class _Socket:
    request: web.Request
    response: web.WebSocketResponse
    is_leaving: bool = False
    waiting: dict[str, "asyncio.Future[str]"] = field(default_factory=dict)

    def lose_all(self) -> None:
        for acknowledged in self.waiting.values():
            if not acknowledged.done():
                acknowledged.set_exception(LostError())


@dataclass(slots=True)
class Sockets:
    """Socket Mode is on where there is an app token. `lose_next` breaks the websocket of the next acknowledgements."""

    clock: Clock
    public_url: str
    app_token: str | None = field(default=None, repr=False)
    lose_next: int = 0
    problems: list[str] = field(default_factory=list)
    """What the app said that Slack would not understand."""
    is_greeting: bool = True
    _tickets: dict[str, float] = field(default_factory=dict)
    _open: deque[_Socket] = field(default_factory=deque)

    def table(self) -> dict[str, Method]:
        return {"apps.connections.open": Method(self.open, "3", (SCOPE,))}

    def open(self, _: Args) -> Json:
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = self.clock.now().timestamp()
        host = urlsplit(self.public_url).netloc
        return {"url": f"ws://{host}/link/?ticket={ticket}&app_id={APP}"}

    @property
    def count(self) -> int:
        """How many websockets take deliveries."""
        return sum(not socket.is_leaving for socket in self._open)

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """The app opens a websocket with its ticket."""
        made_at = self._tickets.pop(request.query.get("ticket", ""), None)
        if made_at is None or self.clock.now().timestamp() - made_at > TICKET_SECONDS:
            raise web.HTTPForbidden(text="this ticket is used up, or was never given")
        response = web.WebSocketResponse()
        await response.prepare(request)
        socket = _Socket(request, response)
        if len(self._open) >= MOST_OPEN:
            await response.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await response.close()
            return response
        self._open.append(socket)
        try:
            if self.is_greeting:
                await response.send_json(self._hello())
            async for message in response:
                if message.type is WSMsgType.TEXT:
                    self._heard(socket, message.data)
        finally:
            self._open.remove(socket)
            socket.lose_all()
        return response

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "connection_info": {"app_id": APP},
            "debug_info": {"host": "applink-1", "build_number": 10, "approximate_connection_time": 18060},
        }

    def _heard(self, socket: _Socket, text: str) -> None:
        """An acknowledgement; it may come over another websocket than its envelope went."""
        try:
            found = json.loads(text)
            name, payload = found["envelope_id"], found.get("payload")
        except (ValueError, TypeError, KeyError, AttributeError):
            self.problems.append(f"not an acknowledgement: {text[:80]}")
            return
        if self.lose_next:
            self.lose_next -= 1
            _hang_up(socket)
            return
        for owner in self._open:
            acknowledged = owner.waiting.get(name)
            if acknowledged is not None and not acknowledged.done():
                acknowledged.set_result("" if payload is None else json.dumps(payload))

    async def deliver(self, kind: str, payload: Json, *, retry_num: int, retry_reason: str) -> str:
        """Send it over one websocket and wait for the acknowledgement; answers its payload as text.

        Raises:
            LostError: there is no websocket, or it broke.
        """
        ready = [socket for socket in self._open if not socket.is_leaving]
        if not ready:
            raise LostError
        socket = ready[0]
        self._open.rotate(-1)
        name = str(uuid4())
        socket.waiting[name] = asyncio.get_running_loop().create_future()
        try:
            await socket.response.send_json(_envelope(name, kind, payload, retry_num, retry_reason))
            return await socket.waiting[name]
        except ConnectionError:
            raise LostError from None
        finally:
            del socket.waiting[name]

    async def disconnect(self, reason: str = "warning") -> None:
        """Ask for other websockets in place of those there are, as Slack does every few hours."""
        for socket in list(self._open):
            socket.is_leaving = True
            await socket.response.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
            )

    async def say(self, text: str) -> None:
        """Send this as it is over every websocket."""
        for socket in list(self._open):
            with suppress(ConnectionError):  # the app hung up on it
                await socket.response.send_str(text)

    def cut(self) -> None:
        """Every websocket breaks, without a word."""
        for socket in list(self._open):
            _hang_up(socket)

    async def close(self) -> None:
        for socket in list(self._open):
            await socket.response.close()


def _hang_up(socket: _Socket) -> None:
    socket.is_leaving = True
    if socket.request.transport is not None:
        socket.request.transport.abort()


def _envelope(name: str, kind: str, payload: Json, retry_num: int, retry_reason: str) -> Json:
    is_event, is_command = kind.startswith("event:"), kind == "slash_command"
    found: Json = {
        "envelope_id": name,
        "type": "events_api" if is_event else "slash_commands" if is_command else "interactive",
        "payload": payload,
        "accepts_response_payload": not is_event,
    }
    return found | ({"retry_attempt": retry_num, "retry_reason": retry_reason} if is_event else {})
