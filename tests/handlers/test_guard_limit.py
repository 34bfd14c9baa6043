"""The guard's limit: whatever this app can be sent fits in any script, and what is larger is refused before it is read."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from slack_bolt.response import BoltResponse

from bot.playground.slack import BOOKKEEPER, MEMBER
from bot.views.ids import ActionId, BlockId
from bot.views.item_form import LONGEST_NOTE, LONGEST_NUMBER, LONGEST_SUPPLIER
from handlers.dispatch import Dispatch
from handlers.envelopes import Envelope, read_message
from handlers.guard import LARGEST_BODY, Guard
from tests.fakes.clock import FakeClock
from tests.handlers.desk import a_desk
from tests.handlers.largest import SCRIPTS, as_slack_sends, click_in_connections, full_bill, long_message

SECRET = "a-signing-secret"
PART = 64 * 1024


class Taken(Dispatch):
    """Remembers what comes through the guard."""

    bodies: list[dict[str, Any]]

    def __init__(self) -> None:
        object.__setattr__(self, "bodies", [])  # the dispatch is frozen

    async def __call__(self, body: dict[str, Any]) -> BoltResponse:
        self.bodies.append(body)
        return BoltResponse(status=200, body="")


class Endless(StreamReader):
    """A body that goes on for as long as somebody reads; `taken` is how much that was."""

    taken = 0

    async def readany(self) -> bytes:
        self.taken += PART
        return b"x" * PART


class Entry:
    """The guard alone, with a signature for whatever it is sent."""

    def __init__(self) -> None:
        self.clock, self.taken = FakeClock(), Taken()

    async def send(self, body: bytes, *, told: int | None = None, payload: StreamReader | None = None) -> int:
        stamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if told is not None:
            headers["Content-Length"] = str(told)
        if payload is None:
            payload = _stream(StreamReader)
            payload.feed_data(body)
            payload.feed_eof()
        request = make_mocked_request("POST", "/slack/events", headers, payload=payload)
        return (await Guard(self.taken, SECRET, self.clock).answer(request)).status


def _stream(kind: type[StreamReader]) -> Any:
    loop = asyncio.get_running_loop()
    return kind(BaseProtocol(loop), limit=4 * LARGEST_BODY, loop=loop)


async def test_the_largest_requests_of_our_views_are_taken_in_every_script_with_room_to_spare() -> None:
    entry = Entry()

    for char in SCRIPTS.values():
        for payload in (full_bill(char), click_in_connections(char), long_message(char)):
            body = as_slack_sends(payload)

            assert await entry.send(body, told=len(body)) == 200
            assert {name: entry.taken.bodies[-1][name] for name in payload} == payload

    ours = [as_slack_sends(make(char)) for make in (full_bill, click_in_connections) for char in SCRIPTS.values()]
    assert 3 * max(map(len, ours)) < LARGEST_BODY


def test_what_is_taken_over_http_is_taken_over_a_websocket_too() -> None:
    """There it comes without a form's percent signs, so that half the limit is as much."""
    for char in SCRIPTS.values():
        for payload in (full_bill(char), click_in_connections(char), long_message(char)):
            envelope = {"envelope_id": "e", "type": "interactive", "accepts_response_payload": True, "payload": payload}

            found = read_message(json.dumps(envelope))

            assert isinstance(found, Envelope)
            assert found.body == payload


async def test_what_is_as_large_as_the_limit_is_read_and_one_byte_more_is_not() -> None:
    entry = Entry()
    body = b"text=" + b"a" * (LARGEST_BODY - 5)

    assert await entry.send(body, told=len(body)) == 200
    assert await entry.send(body + b"a", told=len(body) + 1) == 413
    assert len(entry.taken.bodies) == 1


async def test_a_body_that_is_too_large_is_not_read_to_its_end() -> None:
    entry = Entry()
    told, untold = _stream(Endless), _stream(Endless)

    assert await entry.send(b"", told=LARGEST_BODY + 1, payload=told) == 413
    assert await entry.send(b"", payload=untold) == 413

    assert told.taken == 0
    assert untold.taken == LARGEST_BODY + PART


async def test_a_bill_that_is_filled_to_the_brim_is_kept_to_the_last_character(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        for number, char in enumerate(SCRIPTS.values()):
            supplier, note = char * LONGEST_SUPPLIER, (char + "\\u0000") * (LONGEST_NOTE // 7)
            invoice = f"{number}".ljust(LONGEST_NUMBER, char)
            typed = {BlockId.SUPPLIER: supplier, BlockId.NUMBER: invoice, BlockId.DESCRIPTION: note}

            card = await desk.add(MEMBER, **typed)
            await desk.press(card, ActionId.EDIT_ITEM, BOOKKEEPER)
            form = desk.modal(BOOKKEEPER)

            kept = {
                block["block_id"]: block["element"].get("initial_value") for block in form.blocks if "element" in block
            }
            assert {name: kept[name] for name in typed} == typed
            await desk.slack.close_modal(BOOKKEEPER, everything=True)
