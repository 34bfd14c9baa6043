"""What stands before Bolt: size, signature over the raw bytes, strict parse, the delivery's name.

Bolt parses before it verifies, so unsigned rubbish was answered 500 and could fill a log; here it is 401 or 400 and one
line. Bolt is handed the parsed body, so nothing is parsed twice. Timestamps up to five minutes old are taken, as Slack
documents, and none from the future beyond a minute.
"""

import asyncio
import hashlib
import hmac
import logging
from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiMapping

from bot.clock import Clock
from handlers.dispatch import Dispatch
from handlers.strict import BadBodyError, parse

logger = logging.getLogger(__name__)

LARGEST_BODY = 2 * 1024 * 1024
"""Three times the largest request that this app's own views can lead to (`tests/handlers/largest.py` makes them).

Slack writes a character that is not ASCII as a `u` with four digits behind a backslash, and that as a form: 8 bytes each,
16 for an emoji. A bill's form with every field full is 15 kB in ASCII, 77 in Cyrillic or Chinese and 148 in emoji; a
click in the modal of 25 connections 99, 351 and 640 kB. A message of 40,000 characters, the longest that Slack has, comes
with a message shortcut as 81, 641 and 1,281 kB. As much as is taken costs 18 ms of processor time when Slack has signed
it, 2 ms when nobody has, and a body that is larger 9 µs (`benchmarks/guard.py`).
"""
READ_SECONDS = 5
OLDEST_SECONDS, NEWEST_SECONDS = 300, 60


class _TooLargeError(Exception):
    """More bytes than anything of Slack's has."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Answers `POST /slack/events`."""

    dispatch: Dispatch
    signing_secret: str = field(repr=False)
    clock: Clock

    def register(self, app: web.Application) -> None:
        app.router.add_post("/slack/events", self.answer)

    async def answer(self, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(READ_SECONDS):
                raw = await _read(request)
        except _TooLargeError:
            return _refused(413, "too large")
        except TimeoutError:
            return _refused(408, "too slow")
        if not self._is_signed(request.headers, raw):
            logger.info("request refused: signature", extra={"bytes": len(raw)})
            return _refused(401, "the signature is missing or wrong")
        try:
            body = parse(request.content_type, raw)
        except BadBodyError:
            logger.info("request refused: body", extra={"bytes": len(raw)})
            return _refused(400, "the body is not what Slack sends")
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": str(body.get("challenge", ""))})
        answer = await self.dispatch(body)
        return web.Response(
            status=answer.status,
            text=answer.body,
            content_type=answer.first_headers_without_set_cookie().get("content-type", "text/plain").split(";")[0],
        )

    def _is_signed(self, headers: MultiMapping[str], raw: bytes) -> bool:
        stamp, signature = _only(headers, "X-Slack-Request-Timestamp"), _only(headers, "X-Slack-Signature")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            return False
        age = self.clock.now().timestamp() - int(stamp)
        if age > OLDEST_SECONDS or age < -NEWEST_SECONDS:
            return False
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
        return hmac.compare_digest(f"v0={digest.hexdigest()}".encode(), signature.encode("utf-8", "replace"))


def _only(headers: MultiMapping[str], name: str) -> str:
    """A header given twice is none: whatever stands before us may have looked at the other."""
    found = headers.getall(name, ())
    return found[0] if len(found) == 1 else ""


async def _read(request: web.Request) -> bytes:
    """The body, its bytes counted as they come. Slack compresses nothing; what is compressed may be a bomb."""
    if (request.content_length or 0) > LARGEST_BODY or "Content-Encoding" in request.headers:
        raise _TooLargeError
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise _TooLargeError
    return bytes(raw)


def _refused(status: int, words: str) -> web.Response:
    """The connection is closed, so that nobody goes on to send what is not read."""
    answer = web.Response(status=status, text=words)
    answer.force_close()
    return answer
