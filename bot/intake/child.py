"""The process that reads one file: bytes in, one JSON object out, limits on everything in between.

A hostile document may crash or stall its reader; it then costs this process and nothing else. The limits are set before
the first byte is taken in, cannot be raised again, and leave no descriptor but the three pipes: a parser that were
talked into opening a file or a socket could not.
"""

import codecs
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from bot.intake.reader import read
from bot.intake.result import Outcome, Reading, Unreadable
from bot.intake.sniff import LARGEST_FILE

OUT_OF_MEMORY = 3
TOO_MUCH_TO_SAY = 4
"""Exit codes the parent has words for."""
_NICENESS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the child holds itself to; it is told in its arguments, in this order."""

    memory_bytes: int
    cpu_seconds: int
    output_bytes: int


def main(reader: Callable[[bytes], Reading | Unreadable] = read) -> int:
    """The child: one file from standard input, its outcome to standard output."""
    memory_bytes, cpu_seconds, output_bytes = (int(argument) for argument in sys.argv[1:4])
    hold_to(Bounds(memory_bytes=memory_bytes, cpu_seconds=cpu_seconds, output_bytes=output_bytes))
    try:
        output = _outcome(reader(sys.stdin.buffer.read(LARGEST_FILE + 1)))
    except MemoryError:
        return OUT_OF_MEMORY
    if len(output) > output_bytes:
        return TOO_MUCH_TO_SAY
    sys.stdout.buffer.write(output)
    return 0


def hold_to(bounds: Bounds) -> None:
    """Bind this process before it sees the file."""
    for name in ("utf-16-le", "utf-16-be"):
        codecs.lookup(name)  # a codec is a file, and none can be opened below
    os.nice(_NICENESS)
    _limit(resource.RLIMIT_AS, bounds.memory_bytes)
    _limit(resource.RLIMIT_CPU, bounds.cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)  # no effect for root, which a container should not run as
    _limit(resource.RLIMIT_NOFILE, 3)


def _limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def _outcome(found: Reading | Unreadable) -> bytes:
    return msgspec.json.encode(Outcome(reading=found) if isinstance(found, Reading) else Outcome(unreadable=found))


if __name__ == "__main__":
    sys.exit(main())
