"""What Slack sends to the app: signed over HTTP, or over a websocket; timed, and for events tried again.

Interactions wait three seconds and are never repeated; the person sees an error instead. An event that got no 200 is
sent three more times: at once, after a minute, after five.
"""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.clock import Clock
from bot.playground.slack.pace import Faults
from bot.playground.slack.people import APP, BOT_USER, TEAM
from bot.playground.slack.shapes import Json
from bot.playground.slack.sockets import LostError, Sockets
from bot.playground.slack.workspace import new_id

ANSWER_SECONDS = 3.0
RETRY_AFTER_SECONDS = (0, 60, 300)
VERIFICATION_TOKEN = "old-verification-token"  # noqa: S105  # deprecated at Slack, still sent, never to be trusted
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the app answered. `error` is Slack's word for a person when there was no proper answer."""

    status: int | None
    text: str = ""
    error: str | None = None
    retry_reason: str | None = None
    stops_retries: bool = False

    @property
    def body(self) -> Json | None:
        """The JSON object answered, if it was one."""
        try:
            parsed = json.loads(self.text)
        except ValueError:
            return None
        return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One request to the app and its answer, for tests to look at."""

    kind: str
    payload: Json
    answer: Answer
    retry_num: int = 0


@dataclass(slots=True)
class Deliveries:
    clock: Clock
    faults: Faults
    signing_secret: str = field(repr=False)
    app_url: str
    sockets: Sockets
    delivered: list[Delivered] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def command(self, fields: dict[str, str]) -> Answer:
        return await self._interaction("slash_command", fields, urlencode(fields))

    async def interaction(self, payload: Json) -> Answer:
        r"""JSON as Slack writes it, short and with `\/` and `\uXXXX`, in a form."""
        written = json.dumps(payload, separators=(",", ":")).replace("/", "\\/")
        return await self._interaction(str(payload["type"]), payload, urlencode({"payload": written}))

    async def event(self, event: Json, *, is_shared: bool = False, team: str = TEAM) -> Answer:
        """Send an event; when it fails the later tries run by themselves."""
        envelope = self._envelope(event, is_shared=is_shared, team=team)
        kind, body = f"event:{event['type']}", json.dumps(envelope)
        if self.faults.deliver_twice:
            again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
            answer, _ = await asyncio.gather(
                self._send(kind, envelope, body, _JSON), self._send(kind, envelope, body, _JSON, again)
            )
            return answer
        answer = await self._send(kind, envelope, body, _JSON)
        if answer.retry_reason and not answer.stops_retries:
            self._later(self._retry(kind, envelope, body, answer))
        return answer

    def event_soon(self, event: Json, *, is_shared: bool = False) -> None:
        """For events caused by a call of the app itself: it gets its answer first."""

        async def send() -> None:
            await self.event(event, is_shared=is_shared)

        self._later(send())

    async def settle(self) -> None:
        """Wait until nothing more is on its way to the app, retries included."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _interaction(self, kind: str, payload: Json, body: str) -> Answer:
        if not self.faults.deliver_twice:
            return await self._send(kind, payload, body, _FORM)
        sends = (self._send(kind, payload, body, _FORM) for _ in range(2))
        answer, _ = await asyncio.gather(*sends)
        return answer

    async def _retry(self, kind: str, envelope: Json, body: str, answer: Answer) -> None:
        for number, seconds in enumerate(RETRY_AFTER_SECONDS, start=1):
            await self.clock.sleep(seconds)
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": answer.retry_reason or ""}
            answer = await self._send(kind, envelope, body, _JSON, headers)
            if not answer.retry_reason or answer.stops_retries:
                return

    async def _send(
        self, kind: str, payload: Json, body: str, content_type: str, more: dict[str, str] | None = None
    ) -> Answer:
        raw = body.encode()
        headers = {**self.signed_headers(raw), "Content-Type": content_type, **(more or {})}
        number = int((more or {}).get("X-Slack-Retry-Num", "0"))
        if self.sockets.app_token is None:
            answer = await self._post(raw, headers)
        else:
            answer = await self._over_socket(kind, payload, number, headers.get("X-Slack-Retry-Reason", ""))
        self.delivered.append(Delivered(kind=kind, payload=payload, answer=answer, retry_num=number))
        return answer

    async def _post(self, raw: bytes, headers: dict[str, str]) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(auto_decompress=False)
        wait = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        url = f"{self.app_url}/slack/events"
        try:
            async with self._session.post(url, data=raw, headers=headers, timeout=wait) as response:
                text = await response.text()
        except TimeoutError:
            return Answer(status=None, error="operation_timeout", retry_reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Answer(status=None, error="dispatch_failed", retry_reason="connection_failed")
        stops = response.headers.get("X-Slack-No-Retry") == "1"
        if response.status != 200:
            return Answer(
                status=response.status, error="dispatch_failed", retry_reason="http_error", stops_retries=stops
            )
        return Answer(status=200, text=text)

    async def _over_socket(self, kind: str, payload: Json, number: int, reason: str) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                text = await self.sockets.deliver(kind, payload, retry_num=number, retry_reason=reason)
        except TimeoutError:
            return Answer(status=None, error="operation_timeout", retry_reason="timeout")
        except LostError:
            return Answer(status=None, error="dispatch_failed", retry_reason="connection_failed")
        return Answer(status=200, text=text)

    def signed_headers(self, raw: bytes) -> dict[str, str]:
        stamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "application/json,*/*",
        }

    def _envelope(self, event: Json, *, is_shared: bool, team: str) -> Json:
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self.clock.now().timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": is_shared,
            "event_context": f"4-{new_id('', 24)}",
        }

    def _later(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
