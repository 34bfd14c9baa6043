"""Slack's requests over a websocket (Socket Mode): the same dispatch as over HTTP, without a signature to check.

The SDK's client was not used. It runs requests as loose tasks that its end does not wait for, closes a websocket that
is to be replaced before what came over it is answered, waits on the machine's own clock, and reads JSON that has two
meanings.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.slack import NoAnswerError, SlackClients, TokenRefusedError, socket_address
from handlers.dispatch import Dispatch
from handlers.line import Line

logger = logging.getLogger(__name__)

MOST_BYTES = 4 * 1024 * 1024
"""For one message; a larger one ends the websocket, whoever sent it."""
CONNECT_SECONDS = 10.0
HEARTBEAT_SECONDS = 10.0
"""A websocket that answers no ping for half of this is dead, whatever the operating system believes."""
CLOSE_SECONDS = 1.0
"""Slack answers the closing of a websocket, but leaves the connection open."""
LEAVE_SECONDS = 30.0
"""How long one that is to be replaced is still read. Slack closes it about ten seconds after its warning."""
STEADY_SECONDS = 30.0
"""One that ends sooner counts as a failure, so that a Slack that hangs up at once is not called all the time."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0


@dataclass(slots=True)
class SocketMode:
    """Keeps one websocket up. While an old one takes its leave, the next one is there already."""

    clients: SlackClients
    app_token: str = field(repr=False)
    dispatch: Dispatch
    clock: Clock
    _current: Line | None = None
    _keepers: set[asyncio.Task[None]] = field(default_factory=set)
    _loop: asyncio.Task[None] | None = None
    _failures: int = 0

    @property
    def is_connected(self) -> bool:
        return self._current is not None and self._current.is_up

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Connect and stay connected; at the end what is being answered is answered.

        When Slack does not answer, it begins without, and asks again after ever longer waits.

        Raises:
            TokenRefusedError: Slack refuses the app token.
        """
        address = None
        with suppress(NoAnswerError):
            address = await socket_address(self.clients, self.app_token)
        self._loop = asyncio.create_task(self._stay_connected(address))
        try:
            yield
        finally:
            await _cancelled({self._loop})
            await _cancelled(self._keepers)

    async def _stay_connected(self, address: str | None) -> None:
        while True:
            asked_to_wait = await self._one_websocket(address)
            address = None
            wait = min(FIRST_WAIT_SECONDS * 2.0 ** (self._failures - 1), LONGEST_WAIT_SECONDS) if self._failures else 0
            if wait or asked_to_wait:
                await self.clock.sleep(max(wait, asked_to_wait))

    async def _one_websocket(self, address: str | None) -> float:
        """Open one and wait until another is wanted; answers for how many seconds Slack wants to be left alone."""
        try:
            line = await self._open(address or await socket_address(self.clients, self.app_token))
        except TokenRefusedError as error:
            logger.error("%s", error)  # noqa: TRY400 - the sentence says all
            self._failures += 1
            return LONGEST_WAIT_SECONDS
        except NoAnswerError as error:
            if not self._failures:
                logger.warning(
                    "Slack's websocket cannot be reached; asking again until it can", extra={"why": str(error)}
                )
            self._failures += 1
            return error.after_seconds
        logger.info("connected by a websocket")
        began = self.clock.monotonic()
        await line.leaving.wait()
        self._failures = 0 if self.clock.monotonic() - began >= STEADY_SECONDS else self._failures + 1
        return 0.0

    async def _open(self, address: str) -> Line:
        """A websocket that Slack has greeted.

        Raises:
            NoAnswerError: it could not be opened, or nobody said hello.
        """
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                socket = await self.clients.session.ws_connect(
                    address,
                    heartbeat=HEARTBEAT_SECONDS,
                    max_msg_size=MOST_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswerError(type(error).__name__) from error
        line = Line(socket, self.dispatch)
        keeper = asyncio.create_task(self._keep(line))
        self._keepers.add(keeper)
        keeper.add_done_callback(self._keepers.discard)
        await self._greeted(line)
        self._current = line
        return line

    async def _greeted(self, line: Line) -> None:
        waits = [asyncio.create_task(line.greeted.wait()), asyncio.create_task(line.leaving.wait())]
        try:
            await asyncio.wait(waits, timeout=CONNECT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled(waits)
        if not line.greeted.is_set():
            line.leaving.set()
            raise NoAnswerError("no hello")

    async def _keep(self, line: Line) -> None:
        """Read it until it ends; one that is to be replaced, for a while longer."""
        reading = asyncio.create_task(line.read())
        leave = None
        try:
            await line.leaving.wait()
            leave = asyncio.create_task(self.clock.sleep(LEAVE_SECONDS))
            await asyncio.wait((reading, leave), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _cancelled([reading] if leave is None else [reading, leave])
            await line.finish()


async def _cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
