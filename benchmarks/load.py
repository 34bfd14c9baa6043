"""A small load generator: plain sockets kept open, so that it takes little from the machine it measures on."""

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Result:
    """`seconds` of each answer, and the statuses that were not 200."""

    seconds: list[float] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)

    def add(self, other: "Result") -> None:
        self.seconds += other.seconds
        self.errors += other.errors

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Line:
    """One connection; one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        if fields.get(b"connection") == b"close":
            self.close()
        return int(lines[0].split()[1]), body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _ask(line: Line, request: bytes, result: Result, since: float) -> None:
    status, _ = await line.ask(request)
    result.seconds.append(time.perf_counter() - since)
    if status != 200:
        result.errors.append(status)


async def one_by_one(port: int, requests: Sequence[bytes]) -> Result:
    line, result = Line(port), Result()
    for request in requests:
        await _ask(line, request, result, time.perf_counter())
    line.close()
    return result


async def at_once(port: int, requests: Sequence[bytes], lines: int) -> Result:
    """Each line asks again as soon as it was answered."""
    result, waiting = Result(), list(requests)

    async def keep_asking() -> None:
        line = Line(port)
        while waiting:
            await _ask(line, waiting.pop(), result, time.perf_counter())
        line.close()

    with _uncollected():
        await asyncio.gather(*(keep_asking() for _ in range(lines)))
    return result


async def at_rate(port: int, requests: Sequence[bytes], per_second: float) -> Result:
    """Sent by the clock whether or not the one before was answered; waiting counts from when it was due."""
    result, free = Result(), [Line(port) for _ in range(4)]

    async def ask(request: bytes, due: float) -> None:
        line = free.pop() if free else Line(port)
        await _ask(line, request, result, due)
        free.append(line)

    with _uncollected():
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for position, request in enumerate(requests):
                due = started + position / per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(ask(request, due))
    for line in free:
        line.close()
    return result


@contextmanager
def _uncollected() -> Iterator[None]:
    """Our own garbage collection would be counted as somebody's waiting."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
