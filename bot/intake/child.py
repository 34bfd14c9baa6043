"""Reading in a process of its own, once for each file, with limits on memory, time and output.

A hostile document may crash or stall its reader; it then costs this process and nothing else. The child gets an empty
environment, no shared memory and no descriptors but its pipes. It imports lxml and msgspec and no more, so that it
starts in about 0.15 s.
"""

import asyncio
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bot.intake.reader import read
from bot.intake.result import Reading, Unreadable
from bot.intake.sniff import LARGEST_FILE

ROOT = str(Path(__file__).resolve().parents[2])
_BROKEN = "It could not be read within the limits for one file, which no invoice needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    output_bytes: int = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    reading: Reading | None = None
    unreadable: Unreadable | None = None


class ChildReader:
    """Reads documents, at most `at_once` at a time."""

    def __init__(self, limits: Limits | None = None, *, at_once: int = 2, module: str = "bot.intake.child") -> None:
        self._limits = limits or Limits()
        self._places = asyncio.Semaphore(at_once)
        self._module = module

    async def __call__(self, content: bytes, filename: str) -> Reading | Unreadable:  # noqa: ARG002 - names prove nothing
        """What the file says. Never raises for what is in the file."""
        if len(content) > LARGEST_FILE:
            return read(content)
        async with self._places:
            output = await self._run(content)
        try:
            result = msgspec.json.decode(output, type=_Result)
        except msgspec.DecodeError:
            return Unreadable(reason=f"{_BROKEN}.")
        return result.reading or result.unreadable or Unreadable(reason=f"{_BROKEN}.")

    async def _run(self, content: bytes) -> bytes:
        limits = self._limits
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            str(limits.memory_bytes),
            str(limits.cpu_seconds),
            str(limits.output_bytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PYTHONPATH": ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(limits.wall_seconds):
                output, _ = await child.communicate(content)
        except TimeoutError:
            return b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return output if child.returncode == 0 else b""


def limit_self(memory_bytes: int, cpu_seconds: int) -> None:
    """Bind this process before it sees the file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """The child: bytes in, one JSON object out."""
    memory_bytes, cpu_seconds, output_bytes = (int(argument) for argument in sys.argv[1:4])
    limit_self(memory_bytes, cpu_seconds)
    found = read(sys.stdin.buffer.read(LARGEST_FILE + 1))
    result = _Result(reading=found) if isinstance(found, Reading) else _Result(unreadable=found)
    output = msgspec.json.encode(result)
    if len(output) > output_bytes:
        return 1
    sys.stdout.buffer.write(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
