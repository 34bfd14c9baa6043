"""Slack's requests as bytes on the wire, signed beforehand, so that making them costs nothing while measuring."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from benchmarks.far_end import CHANNEL, PERSON, TEAM

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def command(text: str) -> bytes:
    form = {"team_id": TEAM, "channel_id": CHANNEL, "user_id": PERSON, "command": "/dext", "text": text}
    return _form(form | {"api_app_id": "A0", "trigger_id": uuid4().hex, "response_url": "http://127.0.0.1/"})


def click(action_id: str, value: str = "x") -> bytes:
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.1"}
    message = {"type": "message", "ts": "1767225600.000001", "text": "…"}
    where = {"container": {"type": "message", "channel_id": CHANNEL}, "channel": {"id": CHANNEL}, "message": message}
    return _payload({"type": "block_actions", "actions": [action], "trigger_id": uuid4().hex, **where})


def submission(view: dict[str, Any], state: dict[str, Any]) -> bytes:
    shown = {"hash": "1.a", "type": "modal", **view, "id": f"V{uuid4().hex}", "state": {"values": state}}
    return _payload({"type": "view_submission", "trigger_id": uuid4().hex, "view": shown, "response_urls": []})


def payload_of(request: bytes) -> dict[str, Any]:
    """What an interaction said."""
    form = parse_qs(request.partition(b"\r\n\r\n")[2].decode())
    found: dict[str, Any] = json.loads(form["payload"][0])
    return found


def again(payload: dict[str, Any]) -> bytes:
    """The same interaction, signed now."""
    return _form({"payload": json.dumps(payload)})


def options(action_id: str, text: str, view: dict[str, Any]) -> bytes:
    shown = {"id": "V1", "hash": "1.a", "type": "modal", **view}
    asked = {"type": "block_suggestion", "action_id": action_id, "block_id": "account", "value": text}
    return _payload(asked | {"view": shown, "container": {"type": "view", "view_id": "V1"}})


def home_opened() -> bytes:
    event = {"type": "app_home_opened", "user": PERSON, "channel": "D0", "tab": "home", "event_ts": "1.1"}
    body = {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0",
        "event": event,
        "event_id": uuid4().hex,
        "event_time": int(time.time()),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": "U0BOT", "is_bot": True}],
    }
    return _request("application/json", json.dumps(body).encode())


def _payload(payload: dict[str, Any]) -> bytes:
    person = {"id": PERSON, "team_id": TEAM, "username": "bench", "name": "bench"}
    common = {"team": {"id": TEAM, "domain": "bench"}, "user": person, "api_app_id": "A0", "token": "x"}
    return _form({"payload": json.dumps({**common, **payload})})


def _form(form: dict[str, str]) -> bytes:
    return _request("application/x-www-form-urlencoded", urlencode(form).encode())


def _request(content_type: str, body: bytes) -> bytes:
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: v0={signature}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
