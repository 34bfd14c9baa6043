"""A write goes out once. What then is not known is said, not tried again underneath."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext

import aiohttp
import pytest
from aiohttp import web

from bot.clock import SystemClock
from providers.errors import OutcomeUnknownError, TryLaterError
from providers.http import Caller


class NoLimits:
    def call(
        self, tenant_id: str | None, *, can_wait: bool = False, kind: str | None = None
    ) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def observe(
        self, tenant_id: str | None, *, minute_left: int | None, day_left: int | None, app_left: int | None = None
    ) -> None:
        """Nothing is counted here."""

    async def pause(self, tenant_id: str | None, seconds: float) -> None:
        """Nothing is counted here."""


class Dropping:
    """Takes the first request of a connection, and drops the line on those that ask for it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        if request.path == "/drop":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({})


@pytest.fixture
def dropping() -> Dropping:
    return Dropping()


@pytest.fixture
async def root(dropping: Dropping) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_put("/{tail:.*}", dropping.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(session, SystemClock(), NoLimits())


@pytest.mark.parametrize("line", ["fresh", "used before"])
async def test_a_write_whose_answer_is_lost_reaches_the_ledger_once(
    caller: Caller, dropping: Dropping, root: str, line: str
) -> None:
    """aiohttp would send a PUT a second time by itself."""
    if line == "used before":
        await caller.write("PUT", f"{root}/keep", tenant="t", headers={}, body=b"first")

    with pytest.raises(OutcomeUnknownError):
        await caller.write("PUT", f"{root}/drop", tenant="t", headers={}, body=b"bill")

    assert dropping.bodies.count(b"bill") == 1


async def test_a_write_that_reached_nobody_may_simply_be_tried_again(caller: Caller, unused_tcp_port: int) -> None:
    with pytest.raises(TryLaterError):
        await caller.write("PUT", f"http://127.0.0.1:{unused_tcp_port}/", tenant="t", headers={}, body=b"bill")
