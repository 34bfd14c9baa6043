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
from contextlib import suppress

import msgspec

from bot.intake.reader import read
from bot.intake.result import Outcome, Reading, Unreadable
from bot.intake.sniff import LARGEST_FILE

OUT_OF_MEMORY = 3
TOO_MUCH_TO_SAY = 4
"""Exit codes the parent has words for."""
_NICENESS = 10
_NOBODY = 65534


def main(reader: Callable[[bytes], Reading | Unreadable] = read) -> int:
    """The child: one file from standard input, its outcome to standard output, its limits as arguments."""
    memory_bytes, cpu_seconds, output_bytes = (int(argument) for argument in sys.argv[1:4])
    hold_to(memory_bytes, cpu_seconds)
    try:
        output = _outcome(reader(sys.stdin.buffer.read(LARGEST_FILE + 1)))
    except MemoryError:
        return OUT_OF_MEMORY
    if len(output) > output_bytes:
        return TOO_MUCH_TO_SAY
    sys.stdout.buffer.write(output)
    return 0


def hold_to(memory_bytes: int, cpu_seconds: int) -> None:
    """Bind this process before it sees the file."""
    for name in ("utf-16-le", "utf-16-be"):
        codecs.lookup(name)  # a codec is a file, and none can be opened below
    os.nice(_NICENESS)
    _leave_root()
    _limit(resource.RLIMIT_AS, memory_bytes)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, 3)


def _leave_root() -> None:
    """The superuser is above some limits, so a child of a bot that runs as root goes on as nobody."""
    if os.getuid() == 0:
        with suppress(PermissionError):  # a container may have taken this right from its root
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)


def _limit(what: int, value: int) -> None:
    resource.setrlimit(what, (value, value))


def _outcome(found: Reading | Unreadable) -> bytes:
    return msgspec.json.encode(Outcome(reading=found) if isinstance(found, Reading) else Outcome(unreadable=found))


if __name__ == "__main__":
    sys.exit(main())
