"""What the guard before Bolt costs, against what Bolt does in its place: `python -m benchmarks.guard`.

Ours is `Guard` and the shape; Bolt's is its `parse_body`, then its `SignatureVerifier`. The context that Bolt builds
besides is left out: the product has it built too, afterwards. Both take aiohttp's request and make aiohttp's answer.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request
from slack_bolt.request.internals import build_normalized_headers, extract_content_type, parse_body
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from benchmarks.requests import END, SECRET, command, forged, large_click, largest_submission
from benchmarks.table import show
from bot.clock import SystemClock
from handlers.dispatch import Dispatch
from handlers.guard import LARGEST_BODY, Guard
from handlers.shapes import require_shape

ROUNDS, COUNTED = 5, 100
CHUNK = 64 * 1024
VERIFIER = SignatureVerifier(SECRET)
Answer = Callable[[web.Request], Awaitable[web.Response]]


class ShapeOnly(Dispatch):
    """The guard's part of the dispatch; no workspace is looked up and Bolt is not called."""

    def __init__(self) -> None: ...

    async def __call__(self, body: dict[str, Any]) -> BoltResponse:
        require_shape(body)
        return BoltResponse(status=200, body="")


async def bolts(request: web.Request) -> web.Response:
    """Parsed first, then verified. What Bolt lets through becomes aiohttp's 413 and 500."""
    try:
        text = await request.text()
        headers = build_normalized_headers(request.headers)  # type: ignore[arg-type]  # as Bolt's adapter
        parse_body(text, extract_content_type(headers))
    except web.HTTPRequestEntityTooLarge:
        return web.Response(status=413)
    except (ValueError, RecursionError):
        return web.Response(status=500)
    stamp, signature = headers["x-slack-request-timestamp"][0], headers["x-slack-signature"][0]
    return web.Response(status=200 if VERIFIER.is_valid(text, stamp, signature) else 401)


def _arrived(sent: bytes) -> web.Request:
    """As aiohttp hands it over, the body waiting in its buffer."""
    head, _, body = sent.partition(END)
    loop = asyncio.get_running_loop()
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    payload = StreamReader(BaseProtocol(loop), limit=4 * LARGEST_BODY, loop=loop)
    for first in range(0, len(body), CHUNK):
        payload.feed_data(body[first : first + CHUNK])
    payload.feed_eof()
    return make_mocked_request("POST", "/slack/events", headers, payload=payload, client_max_size=LARGEST_BODY)


async def _cpu(answer: Answer, sent: bytes, status: int) -> float:
    """Microseconds of processor time a request. Our own garbage collection is nobody's cost."""
    requests = [_arrived(sent) for _ in range(COUNTED)]
    gc.collect()
    gc.disable()
    before = time.process_time_ns()
    answers = [await answer(request) for request in requests]
    spent = time.process_time_ns() - before
    gc.enable()
    if {found.status for found in answers} != {status}:
        raise RuntimeError(f"{answers[0].status} instead of {status}")
    return spent / COUNTED / 1000


async def _row(name: str, sent: bytes, ours: int = 200, theirs: int = 200) -> tuple[str, ...]:
    guard = Guard(ShapeOnly(), SECRET, SystemClock())
    rounds = [(await _cpu(guard.answer, sent, ours), await _cpu(bolts, sent, theirs)) for _ in range(ROUNDS)]
    our, their = (min(spent) for spent in zip(*rounds, strict=True))
    size = f"{len(sent.partition(END)[2]) / 1000:.1f}"
    return name, size, f"{ours} / {theirs}", f"{our:.0f}", f"{their:.0f}", f"{our / their:.2f}"


async def main() -> None:
    form, chinese = largest_submission(), largest_submission("合", fields=75)
    broken = b'{"a":[' + b"0," * (LARGEST_BODY // 2 - 3)
    show(
        f"CPU before a request is handled, least of {ROUNDS} × {COUNTED}",
        ("request", "kB", "ours / Bolt's answer", "ours µs", "Bolt µs", "ratio"),
        [
            await _row("slash command", command("help")),
            await _row("block action, large message", large_click()),
            await _row("view submission, largest form", form),
            await _row("the same in Chinese, 75 inputs", chinese),
            await _row("forged command", forged(command("help").partition(END)[2]), 401, 401),
            await _row("forged largest form", forged(form.partition(END)[2]), 401, 401),
            await _row("forged, broken JSON", forged(broken), 401, 500),
            await _row("forged, too large", forged(b"x" * 2 * LARGEST_BODY), 413, 413),
        ],
    )


if __name__ == "__main__":
    asyncio.run(main())
