"""The process that looks at one file: bytes in, one answer out, limits on everything in between.

A hostile document may crash or stall its reader; it then costs this process and nothing else. What the kind of file
needs is imported first, because the limits, set before the first byte is taken in, leave no descriptor but the three
pipes and cannot be raised again: a parser that were talked into opening a file or a socket could not.
"""

import codecs
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress

import msgspec

from bot.intake.preview import preview_of
from bot.intake.reader import reader_of
from bot.intake.result import Outcome, Reading, Unreadable
from bot.intake.smaller import smaller_of
from bot.intake.sniff import LARGEST_FILE, FileKind
from bot.intake.task import OUT_OF_MEMORY, TOO_MUCH_TO_SAY, Task

_NICENESS = 10
_NOBODY = 65534


def main(work: Callable[[bytes], bytes]) -> int:
    """The child: one file from standard input, what was made of it to standard output, its limits as arguments."""
    memory_bytes, cpu_seconds, output_bytes = (int(argument) for argument in sys.argv[-3:])
    hold_to(memory_bytes, cpu_seconds)
    try:
        output = work(sys.stdin.buffer.read(LARGEST_FILE + 1))
    except MemoryError:
        return OUT_OF_MEMORY
    if len(output) > output_bytes:
        return TOO_MUCH_TO_SAY
    sys.stdout.buffer.write(output)
    return 0


def work_of(task: Task, kind: FileKind, *, most_bytes: int) -> Callable[[bytes], bytes]:
    """What to do with the file, everything for it imported."""
    match task:
        case Task.READ:
            return in_json(reader_of(kind))
        case Task.PREVIEW:
            return preview_of(kind)
        case Task.SMALLER:
            return smaller_of(kind, most_bytes)


def in_json(reader: Callable[[bytes], Reading | Unreadable]) -> Callable[[bytes], bytes]:
    def work(content: bytes) -> bytes:
        found = reader(content)
        outcome = Outcome(reading=found) if isinstance(found, Reading) else Outcome(unreadable=found)
        return msgspec.json.encode(outcome)

    return work


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


if __name__ == "__main__":
    sys.exit(main(work_of(Task(sys.argv[1]), FileKind(sys.argv[2]), most_bytes=int(sys.argv[-1]))))
