"""Has each file read by a child process of its own, and lives through whatever becomes of the child.

One process a document rather than a pool: on one core of a small server a child takes 0.09 s of CPU from start to end and
20 MiB of resident memory for an ordinary invoice, 0.3 s and 145 MiB for 20 MiB of lines, so there is nothing to save by
letting one document follow another into the same process.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.intake.preview import PREVIEWS
from bot.intake.reader import refusal
from bot.intake.result import Outcome, Reading, Unreadable
from bot.intake.smaller import ENDINGS, SHRINKERS
from bot.intake.sniff import LARGEST_FILE, MEBIBYTE, FileKind, sniff
from bot.intake.task import OUT_OF_MEMORY, TOO_MUCH_TO_SAY, Task

logger = logging.getLogger(__name__)

_ROOT = str(Path(__file__).parents[2])
_START = (
    "import runpy, sys\n"
    "root, module = sys.argv.pop(1), sys.argv.pop(1)\n"
    "if root not in sys.path: sys.path.insert(0, root)\n"
    "runpy.run_module(module, run_name='__main__', alter_sys=True)"
)


def entry(module: str) -> tuple[str, ...]:
    """Starts a module in isolation: neither environment, user packages nor the working directory decide what is
    imported. It comes from where this file does, so that a child is never of another version than its parent.
    """
    return ("-I", "-B", "-c", _START, _ROOT, module)


ENTRY = entry("bot.intake.child")
_CHUNK = 64 * 1024
_LAST_WORDS_SECONDS = 1.0
_TOO_MUCH_TO_SAY = "It says more than an invoice can."
_TOO_SLOW = "Reading it took longer than any invoice needs."
_STOPPED = "Its reader stopped unexpectedly, so it is damaged or no ordinary invoice."
_WORDS = {
    OUT_OF_MEMORY: "Reading it needed more memory than any invoice does.",
    TOO_MUCH_TO_SAY: _TOO_MUCH_TO_SAY,
    -signal.SIGXCPU: _TOO_SLOW,
    -signal.SIGKILL: _TOO_SLOW,  # what the kernel sends when the CPU limit is reached
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one file. Ten times what the largest honest file was seen to need, and half a minute short of a retry."""

    memory_bytes: int = 512 * MEBIBYTE
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    output_bytes: int = 4 * MEBIBYTE


SHRINKING = Limits(cpu_seconds=60, wall_seconds=100.0)
"""For making a file smaller: a scan of twenty pages is decoded and encoded several times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smaller:
    """A smaller version of a file; `ending` is that of its name, without the dot."""

    content: bytes
    ending: str


class _TalkativeError(Exception):
    """The child wrote more than it may."""


class EndedBadlyError(Exception):
    """There is no answer; its text says why, as a sentence."""


class ChildReader:
    """Reads documents and draws their previews, at most `at_once` at a time."""

    def __init__(self, limits: Limits | None = None, *, at_once: int = 2, entry: Sequence[str] = ENTRY) -> None:
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(at_once)
        self._entry = entry

    async def __call__(self, content: bytes, filename: str) -> Reading | Unreadable:  # noqa: ARG002 - names prove nothing
        """What the file says. Never raises for what is in the file."""
        kind = sniff(content)
        refused = refusal(content, kind)
        if refused is not None:
            return refused
        try:
            return _decoded(await self._ask(Task.READ, kind, content))
        except EndedBadlyError as error:
            return Unreadable(reason=str(error))

    async def preview(self, content: bytes) -> bytes | None:
        """The first page of a PDF, or a picture, as a PNG of at most 1000 × 3000 pixels that carries nothing else of
        the file. None where there is nothing to show: an e-invoice in XML, or what cannot be drawn. Never raises for
        what is in the file.
        """
        kind = sniff(content)
        if kind not in PREVIEWS or len(content) > LARGEST_FILE:
            return None
        try:
            return await self._ask(Task.PREVIEW, kind, content) or None
        except EndedBadlyError:
            return None

    async def smaller(self, content: bytes, most_bytes: int) -> Smaller | None:
        """The same document in at most so many bytes; None where it cannot be made so small. Never raises for what is
        in the file.
        """
        kind = sniff(content)
        if kind not in SHRINKERS or len(content) > LARGEST_FILE:
            return None
        try:
            made = await self._ask(Task.SMALLER, kind, content, most_bytes)
        except EndedBadlyError:
            return None
        return Smaller(content=made, ending=ENDINGS[kind]) if made else None

    async def said(self, content: bytes) -> bytes:
        """What a child of another entry says of some bytes.

        Raises:
            EndedBadlyError: nothing, because it ended.
        """
        return await self._ask(Task.READ, FileKind.UNKNOWN, content)

    async def _ask(self, task: Task, kind: FileKind, content: bytes, output_bytes: int | None = None) -> bytes:
        most = self._limits.output_bytes if output_bytes is None else output_bytes
        async with self._places:
            child = await self._start(task, kind, most)
            try:
                async with asyncio.timeout(self._limits.wall_seconds):
                    output, _ = await asyncio.gather(_listen(child, most), _tell(child, content))
                    code = await child.wait()
            except TimeoutError:
                raise _ended(_TOO_SLOW, "time") from None
            except _TalkativeError:
                raise _ended(_TOO_MUCH_TO_SAY, "output") from None
            finally:
                await _end(child)
        if code != 0:
            raise _ended(_WORDS.get(code, _STOPPED), str(code))
        return output

    async def _start(self, task: Task, kind: FileKind, output_bytes: int) -> asyncio.subprocess.Process:
        limits = self._limits
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *self._entry,
            task,
            kind,
            *(str(number) for number in (limits.memory_bytes, limits.cpu_seconds, output_bytes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )


async def _tell(child: asyncio.subprocess.Process, content: bytes) -> None:
    """Hand over the file; a child that ends before it has heard it all is judged by its exit code."""
    assert child.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()
        await child.stdin.wait_closed()


async def _listen(child: asyncio.subprocess.Process, most: int) -> bytes:
    assert child.stdout is not None
    heard = bytearray()
    while chunk := await child.stdout.read(_CHUNK):
        heard += chunk
        if len(heard) > most:
            raise _TalkativeError
    return bytes(heard)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Leave nothing behind: neither the child, nor what it may have started, nor its pipes."""
    assert child.stdin is not None
    assert child.stdout is not None
    if child.returncode is None or not child.stdout.at_eof():
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            while await child.stdout.read(_CHUNK):
                pass
    await child.wait()


def _decoded(output: bytes) -> Reading | Unreadable:
    try:
        outcome = msgspec.json.decode(output, type=Outcome)
    except msgspec.DecodeError:
        raise _ended(_STOPPED, "answer") from None
    found = outcome.reading or outcome.unreadable
    if found is None:
        raise _ended(_STOPPED, "answer")
    return found


def _ended(reason: str, cause: str) -> EndedBadlyError:
    """Logged, because a child that always ends badly is a fault of the installation and not of the files."""
    logger.warning("a document's reader ended badly", extra={"cause": cause})
    return EndedBadlyError(reason)
