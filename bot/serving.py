"""A process that serves: it listens, cuts off who never ends a request, keeps what it was started with, and is asked to stop."""

import asyncio
import errno
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.log import SERVER, AccessLog

LAST_ANSWERS_SECONDS = 5.0
IDLE_SECONDS = 75.0
"""Longer than the minute for which load balancers keep a connection, so that theirs is not closed under a request."""
LINGER_SECONDS = 2.0
"""How long whoever still sends what was refused already is listened to, so that he reads why."""


class CannotListenError(Exception):
    """The address that we are to serve at cannot be had; the text says what to write."""


@asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, *, idle_seconds: float = IDLE_SECONDS
) -> AsyncIterator[int]:
    """Serve an application; answers the port. At the end what is being answered is answered.

    Whoever has asked nothing, or not finished the headers of a request, for `idle_seconds` is cut off. By itself the
    web server begins to count after the first request only, so one that never ends its headers would stay for ever.

    Raises:
        CannotListenError: the port is taken, or the address is not ours to take.
    """
    runner = web.AppRunner(
        app,
        access_log_class=AccessLog,
        logger=SERVER,
        shutdown_timeout=LAST_ANSWERS_SECONDS,
        keepalive_timeout=idle_seconds,
        lingering_time=LINGER_SECONDS,
    )
    await runner.setup()
    serve = runner.server
    assert serve is not None

    def counted() -> asyncio.BaseProtocol:
        connection = serve()
        connection.keep_alive(True)
        return connection

    try:
        listener = await _listener(counted, host, port)
        try:
            yield int(listener.sockets[0].getsockname()[1])
        finally:
            listener.close()
    finally:
        await runner.cleanup()


async def _listener(serve: Callable[[], asyncio.BaseProtocol], host: str, port: int) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(serve, host, port, backlog=128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            words = f"Port {port} is taken. Choose another one with DEXT_PORT."
        elif error.errno == errno.EACCES:
            words = f"Port {port} is not for this user. Choose one from 1024 up with DEXT_PORT."
        else:
            words = f"{host} is no address of this machine. Choose another one with DEXT_HOST."
        raise CannotListenError(words) from error


def keep_what_stands() -> None:
    """What the start made stays to the end. Each full look of the garbage collector at it held up answers for 100 ms: in a
    worker those of other processes, where it came while SQLite was written.
    """
    gc.collect()
    gc.freeze()


async def stopped() -> None:
    """Until SIGINT or SIGTERM."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()
