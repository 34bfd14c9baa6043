"""Servers as processes of their own, and what they use, as the system counts it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Time on a processor so far, of all its threads; the scheduler counts nanoseconds."""
        counted = (path.read_text().split()[0] for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat"))
        return sum(int(nanoseconds) for nanoseconds in counted) / 1e9

    def resident_mebibytes(self) -> float:
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE / 2**20

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def server(*arguments: str, port: int, environment: Mapping[str, str]) -> AsyncIterator[Server]:
    """Started, answering on its port, and ended with the block."""
    async with _started(*arguments, environment=environment) as process:
        await _answering(process, port)
        yield Server(process.pid, port)


@asynccontextmanager
async def program(
    *arguments: str, environment: Mapping[str, str], is_ready: Callable[[], bool]
) -> AsyncIterator[Server]:
    """As `server`, of one that listens nowhere and is ready when it is said to be."""
    async with _started(*arguments, environment=environment) as process:
        for _ in range(START_SECONDS * 20):
            if process.returncode is not None:
                raise RuntimeError(f"it ended at once with {process.returncode}")
            if await asyncio.to_thread(is_ready):
                break
            await asyncio.sleep(0.05)
        else:
            raise RuntimeError("it was not ready in time")
        yield Server(process.pid, 0)


@asynccontextmanager
async def _started(*arguments: str, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=_with_ours(environment))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 30)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _answering(process: asyncio.subprocess.Process, port: int) -> None:
    for _ in range(START_SECONDS * 20):
        if process.returncode is not None:
            raise RuntimeError(f"the server ended at once with {process.returncode}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise RuntimeError("the server did not answer in time")


def _with_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """The order of sets and dictionaries is the same in each run: it moves what an answer costs by some percent."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DEXT_", "SLACK_"))}
    return inherited | {"PYTHONHASHSEED": "0"} | dict(environment)
