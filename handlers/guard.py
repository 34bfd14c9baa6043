"""What stands before Bolt: size, signature over the raw bytes, strict parse, the delivery's name.

Bolt parses before it verifies, so unsigned rubbish was answered 500 and could fill a log; here it is 401 or 400 and a
counter. Timestamps up to five minutes old are taken, as Slack documents, and none from the future beyond a minute.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp

from bot.clock import Clock
from bot.delivery import Delivery, RepeatedDeliveryError, current_delivery

logger = logging.getLogger(__name__)

LARGEST_BODY = 1024 * 1024
OLDEST_SECONDS, NEWEST_SECONDS = 300, 60


class _BadBodyError(ValueError):
    """Signed, and still not what Slack sends."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Answers `POST /slack/events`."""

    app: AsyncApp
    signing_secret: str = field(repr=False)
    clock: Clock

    async def __call__(self, request: web.Request) -> web.Response:
        raw = await _read(request)
        if raw is None:
            return web.Response(status=413, text="too large")
        if not self._is_signed(request.headers, raw):
            logger.info("request refused: signature", extra={"bytes": len(raw)})
            return web.Response(status=401, text="the signature is missing or wrong")
        try:
            body = _parse(request.content_type, raw)
            name = delivery_name(body)
        except (_BadBodyError, ValueError, RecursionError):
            logger.info("request refused: body", extra={"bytes": len(raw)})
            return web.Response(status=400, text="the body is not what Slack sends")
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": str(body.get("challenge", ""))})
        return await self._dispatch(request, name)

    async def _dispatch(self, request: web.Request, name: str | None) -> web.Response:
        token = current_delivery.set(None if name is None else Delivery(name))
        try:
            answer = await self.app.async_dispatch(await to_bolt_request(request))
            return await to_aiohttp_response(answer)
        except RepeatedDeliveryError:
            return web.Response()
        finally:
            current_delivery.reset(token)

    def _is_signed(self, headers: Mapping[str, str], raw: bytes) -> bool:
        stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            return False
        age = self.clock.now().timestamp() - int(stamp)
        if age > OLDEST_SECONDS or age < -NEWEST_SECONDS:
            return False
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
        return hmac.compare_digest(f"v0={digest.hexdigest()}".encode(), signature.encode("utf-8", "replace"))


async def _read(request: web.Request) -> bytes | None:
    """The body, its bytes counted as they come; None when there are too many."""
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        return None
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None


def _parse(content_type: str, raw: bytes) -> dict[str, Any]:
    text = raw.decode("utf-8")
    if content_type == "application/json":
        return _json(text)
    if content_type != "application/x-www-form-urlencoded":
        raise _BadBodyError
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=60)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _BadBodyError
    return _json(form["payload"]) if "payload" in form else dict(form)


def _json(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > 20_000:
        raise _BadBodyError
    found = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    if not isinstance(found, dict):
        raise _BadBodyError
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BadBodyError
    return found


def _refuse(constant: str) -> Any:
    raise _BadBodyError(constant)


def delivery_name(body: Mapping[str, Any]) -> str | None:
    """Slack's own name for a delivery, the same each time it is repeated; None for what only looks something up."""
    kind = body.get("type")
    if kind == "event_callback":
        return f"event:{body.get('event_id')}"
    if kind == "view_submission":
        view = body.get("view")
        return f"view:{view.get('id')}:{view.get('hash')}" if isinstance(view, dict) else None
    if kind == "block_suggestion":
        return None
    trigger = body.get("trigger_id")
    return f"trigger:{trigger}" if trigger else None
