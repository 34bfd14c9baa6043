"""What stands before Bolt: nothing unsigned, nothing ambiguous and nothing large gets through, and nothing gives 500."""

import gzip
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.playground.slack import ADMIN, BILLS, TEAM
from handlers.guard import LARGEST_BODY
from tests.fakes.app import SECRET, World, whole_app
from tests.fakes.clock import FakeClock

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
COMMAND = {
    "command": "/dext",
    "text": "help",
    "team_id": TEAM,
    "user_id": ADMIN,
    "channel_id": BILLS,
    "trigger_id": "1.2.3",
}


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    async with whole_app(sqlite_url, clock=FakeClock()) as made:
        yield made


def signed(world: World, body: bytes, *, secret: str = SECRET, age: int = 0, kind: str = FORM) -> dict[str, str]:
    stamp = str(int(world.clock.now().timestamp()) - age)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}


async def sent(world: World, body: bytes, **options: Any) -> tuple[int, str]:
    return await world.post(body, signed(world, body, **options))


async def test_a_signed_command_is_answered(world: World) -> None:
    status, text = await sent(world, urlencode(COMMAND).encode())

    assert status == 200
    assert "/dext help" in text


@pytest.mark.parametrize("age", [301, 100_000, -61, -100_000])
async def test_a_signature_of_another_time_is_refused(world: World, age: int) -> None:
    status, _ = await sent(world, urlencode(COMMAND).encode(), age=age)

    assert status == 401


@pytest.mark.parametrize("age", [300, 0, -60])
async def test_a_signature_within_the_window_is_taken(world: World, age: int) -> None:
    status, _ = await sent(world, urlencode(COMMAND).encode(), age=age)

    assert status == 200


async def test_another_apps_secret_is_refused(world: World) -> None:
    status, _ = await sent(world, urlencode(COMMAND).encode(), secret="another")

    assert status == 401


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Slack-Request-Timestamp", "soon"),
        ("X-Slack-Request-Timestamp", ""),
        ("X-Slack-Request-Timestamp", "1e9"),
        ("X-Slack-Request-Timestamp", "١٧٧٢٤٤٢٠٠٠"),
        ("X-Slack-Request-Timestamp", "9" * 400),
        ("X-Slack-Signature", ""),
        ("X-Slack-Signature", "v0=é"),
        ("X-Slack-Signature", "v1=0000"),
    ],
)
async def test_odd_headers_are_refused_and_break_nothing(world: World, name: str, value: str) -> None:
    body = urlencode(COMMAND).encode()

    status, _ = await world.post(body, {**signed(world, body), name: value})

    assert status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload=[]",
        b"[]",
        b"\xff\xfe",
        b"payload=" + b"[" * 100_000,
        b"ssl_check=1&" + urlencode(COMMAND).encode(),
    ],
)
async def test_rubbish_without_a_signature_is_refused_before_it_is_read(world: World, body: bytes) -> None:
    status, _ = await world.post(body, {"Content-Type": FORM})

    assert status == 401


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b"payload=[]"),
        (FORM, b"payload=" + b"[" * 100_000),
        (FORM, b"payload=" + b"%5B" * 15_000 + b"%5D" * 15_000),
        (FORM, b"payload=%7B%22a%22%3ANaN%7D"),
        (FORM, b"payload=%7B%22a%22%3A1e999%7D"),
        (FORM, b"payload=%7B%22a%22%3A1%2C%22a%22%3A2%7D"),
        (FORM, b"payload=%7B%22a%22%3A%22%5Cud800%22%7D"),
        (FORM, b"payload=%7B%22a%22%3A%22%5Cu0000%22%7D"),
        (FORM, b"payload=%7B%22a%22%3A" + b"9" * 5000 + b"%7D"),
        (FORM, b"command=/dext&command=/other"),
        (FORM, b"command=%2"),
        (FORM, b"command=%zz"),
        (FORM, b"command=%ff%fe"),
        (FORM, b"command=\xff"),
        (FORM, b"text=%00"),
        (FORM, b"&".join(b"f%d=1" % number for number in range(70))),
        (JSON, b"[]"),
        (JSON, b'{"a": Infinity}'),
        (JSON, b"{"),
        (JSON, b""),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--"),
        ("text/plain", b"hello"),
    ],
)
async def test_a_signed_body_with_no_or_two_meanings_is_refused(world: World, kind: str, body: bytes) -> None:
    status, _ = await sent(world, body, kind=kind)

    assert status == 400


async def test_text_in_any_script_arrives_as_it_was_typed(world: World) -> None:
    typed = "conect 100% & C:\\temp + 合計 😀"

    status, text = await sent(world, urlencode(COMMAND | {"text": typed}).encode())

    assert status == 200
    assert "I do not know `/dext conect`" in json.loads(text)["text"]


async def test_a_payload_with_emoji_as_surrogate_pairs_is_taken(world: World) -> None:
    payload = {"type": "block_suggestion", "value": "😀", "team": {"id": TEAM}, "user": {"id": ADMIN}, "block_id": "b"}
    body = urlencode({"payload": json.dumps({**payload, "action_id": "unheard_of"})}).encode()

    status, text = await sent(world, body)

    assert (status, json.loads(text)) == (200, {"options": []})


async def test_a_large_body_is_refused_whether_or_not_its_length_is_told(world: World) -> None:
    body = b"text=" + b"a" * LARGEST_BODY

    async def in_parts() -> AsyncIterator[bytes]:
        yield body

    url = f"{world.address}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=in_parts(), headers=signed(world, body)) as at,
    ):
        in_chunks = at.status
    told, _ = await sent(world, body)

    assert (told, in_chunks) == (413, 413)


async def test_a_compressed_body_is_refused_unread(world: World) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)

    status, _ = await world.post(bomb, {**signed(world, bomb), "Content-Encoding": "gzip"})

    assert status == 413


async def test_the_address_is_verified_when_slack_asks(world: World) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()

    status, text = await sent(world, body, kind=JSON)

    assert (status, json.loads(text)) == (200, {"challenge": "abc"})


async def test_a_workspace_without_the_app_is_told_so(world: World) -> None:
    status, text = await sent(world, urlencode(COMMAND | {"team_id": "T0NOBODY"}).encode())

    assert status == 200
    assert "not installed" in text


async def test_an_event_nobody_asked_for_is_taken_quietly(world: World) -> None:
    event = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {"type": "new_thing", "user": ADMIN},
    }

    status, text = await sent(world, json.dumps(event).encode(), kind=JSON)

    assert (status, text) == (200, "")


async def test_a_bad_signature_leaves_no_body_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")

    await sent(world, urlencode(COMMAND | {"text": "canary-text"}).encode(), secret="another")

    assert "canary-text" not in caplog.text
