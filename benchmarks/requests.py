"""Slack's requests as bytes on the wire, signed beforehand, so that making them costs nothing while measuring."""

import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from benchmarks.far_end import CHANNEL, PERSON, TEAM

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
END = b"\r\n\r\n"
PROSE = "Desks & chairs, 2 × £120.50 each; " * 100


def command(text: str, *, channel: str = CHANNEL) -> bytes:
    form = {"team_id": TEAM, "channel_id": channel, "user_id": PERSON, "command": "/dext", "text": text}
    return _form(form | {"api_app_id": "A0", "trigger_id": uuid4().hex, "response_url": "http://127.0.0.1/"})


def click_in(view: dict[str, Any], action_id: str, value: str) -> bytes:
    """On a button of a modal."""
    action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.1"}
    shown = {"hash": "1.a", "type": "modal", **view, "id": "V1", "state": {"values": {}}}
    where = {"container": {"type": "view", "view_id": "V1"}, "view": shown}
    return _payload({"type": "block_actions", "actions": [action], "trigger_id": uuid4().hex, **where})


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
    form = parse_qs(request.partition(END)[2].decode())
    found: dict[str, Any] = json.loads(form["payload"][0])
    return found


def again(payload: dict[str, Any]) -> bytes:
    """The same interaction, signed now."""
    return _form({"payload": json.dumps(payload)})


def large_click() -> bytes:
    """On a message of 50 blocks, the most it has, and 13,000 characters in them: not much more is taken."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": PROSE[:260]}}] * 50
    return again(payload_of(click("approve")) | {"message": {"type": "message", "ts": "1.1", "blocks": blocks}})


def largest_submission(typed: str = PROSE, fields: int = 100) -> bytes:
    """100 inputs of 3,000 characters, labels of 2,000 (a view has at most 250 kB) and 3,000 of metadata."""
    label, element = {"type": "plain_text", "text": PROSE[:2000]}, {"type": "plain_text_input", "action_id": "text"}
    names = [f"b{number}" for number in range(fields)]
    blocks = [{"type": "input", "block_id": name, "label": label, "element": element} for name in names]
    entry = {"text": {"type": "plain_text_input", "value": (typed * 3000)[:3000]}}
    view = {"callback_id": "form", "private_metadata": PROSE[:3000], "blocks": blocks}
    return submission(view, dict.fromkeys(names, entry))


def forged(body: bytes) -> bytes:
    """Another body under the signature of a command."""
    head = command("help").partition(END)[0]
    return re.sub(rb"(?<=Content-Length: )\d+", str(len(body)).encode(), head) + END + body


def options(action_id: str, text: str, view: dict[str, Any], *, block_id: str = "account") -> bytes:
    shown = {"id": "V1", "hash": "1.a", "type": "modal", **view}
    asked = {"type": "block_suggestion", "action_id": action_id, "block_id": block_id, "value": text}
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
    written = json.dumps({**common, **payload}, separators=(",", ":")).replace("/", "\\/")  # as Slack writes it
    return _form({"payload": written})


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
    return "\r\n".join(head).encode() + END + body
