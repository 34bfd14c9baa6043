"""Whoever opens connections and never finishes what he sends on them keeps nobody else waiting."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import pytest

from bot import serving
from bot.playground.slack import ADMIN, BILLS
from bot.views.ids import ActionId
from handlers import guard, web
from tests.handlers.desk import Desk, a_desk

CONNECTIONS = 50
LONGEST_SECONDS = 1.0
UNFINISHED_HEADERS = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Signature: v0="
UNFINISHED_BODY = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\npayload="
UNFINISHED_CHUNK = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\npayload="
UNFINISHED_FORM = (
    b"POST /connect/xero/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nform="
)


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made


@pytest.fixture
async def hasty_desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Everything is waited for a tenth as long as it is."""
    for module, name in ((guard, "READ_SECONDS"), (web, "READ_SECONDS"), (serving, "LINGER_SECONDS")):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)
    async with a_desk(sqlite_url) as made:
        yield made


@asynccontextmanager
async def held(desk: Desk, beginning: bytes) -> AsyncIterator[list[asyncio.StreamReader]]:
    """So many connections on which this was sent, and then nothing."""
    address = urlsplit(desk.world.address)
    async with AsyncExitStack() as stack:
        readers = []
        for _ in range(CONNECTIONS):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            stack.callback(writer.close)
            writer.write(beginning)
            await writer.drain()
            readers.append(reader)
        yield readers


async def test_a_click_beside_fifty_connections_that_never_finish_is_answered_in_a_second(desk: Desk) -> None:
    """The one time that is asserted: the promise names it."""
    card = await desk.add()

    for beginning in (b"", b"P", UNFINISHED_HEADERS, UNFINISHED_BODY, UNFINISHED_CHUNK):
        async with held(desk, beginning) as readers:
            began = time.perf_counter()
            answer = await desk.press(card, ActionId.EXPLAIN_ITEM, ADMIN, settled=False)
            seconds = time.perf_counter() - began

            assert not any(reader.at_eof() for reader in readers)
        assert answer.status == 200
        assert desk.slack.view(ADMIN) is not None
        assert seconds < LONGEST_SECONDS, beginning
        await desk.slack.close_modal(ADMIN, everything=True)


async def test_a_body_that_never_ends_is_answered_and_its_connection_closed(hasty_desk: Desk) -> None:
    """Slack's requests, and the forms of our pages."""
    desk = hasty_desk

    for beginning in (UNFINISHED_BODY, UNFINISHED_CHUNK, UNFINISHED_FORM):
        async with held(desk, beginning) as readers:
            answers = await asyncio.gather(*(reader.read() for reader in readers))
        assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 Request Timeout"}, beginning
    assert (await desk.slack.command("/dext", "help", user=ADMIN, channel=BILLS)).status == 200
