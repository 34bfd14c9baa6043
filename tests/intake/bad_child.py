"""Readers that misbehave, run in the real child under its real limits."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from bot.domain.documents import Facts
from bot.intake.child import in_json, main
from bot.intake.result import Reading, Unreadable

Found = Reading | Unreadable


def loop(content: bytes) -> Found:
    while True:
        pass


def sleep(content: bytes) -> Found:
    while True:
        threading.Event().wait(60)


def swallow_memory(content: bytes) -> Found:
    return Unreadable(reason=str(len(b"x" * (2 * 1024**3))))


def say_too_much(content: bytes) -> Found:
    return Reading(facts=Facts(note="x" * 10_000_000), invoice_lines=0, type_code="", profile="")


def pour(content: bytes) -> Found:
    while True:
        sys.stdout.buffer.write(b"{" * 65536)


def crash(content: bytes) -> Found:
    os.kill(os.getpid(), signal.SIGSEGV)
    return Unreadable(reason="alive")


def fail(content: bytes) -> Found:
    raise ValueError(content)


def babble(content: bytes) -> Found:
    os.write(1, b'{"reading": 7}')
    os._exit(0)


def leave(content: bytes) -> Found:
    os._exit(0)


def refused(deed: Callable[[], object]) -> Found:
    """Says what kept a deed from happening."""
    try:
        deed()
    except (OSError, ValueError) as error:
        return Unreadable(reason=f"refused: {error}")
    return Unreadable(reason="it was allowed")


def open_a_file(content: bytes) -> Found:
    return refused(lambda: Path("/etc/hosts").read_text())


def open_a_socket(content: bytes) -> Found:
    return refused(socket.socket)


def fork(content: bytes) -> Found:
    return refused(os.fork)


def tell_environment(content: bytes) -> Found:
    return Unreadable(reason=f"{sorted(os.environ)} {Path.cwd()}")


def raise_own_limit(content: bytes) -> Found:
    import resource  # noqa: PLC0415 - already loaded; nothing can be opened here

    return refused(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))


def tell_user(content: bytes) -> Found:
    return Unreadable(reason="root" if os.getuid() == 0 else "not root")


def stay_behind() -> None:
    """Starts a process that keeps our pipe open; only possible before the limits hold."""
    if os.fork() == 0:
        sleep(b"")


if __name__ == "__main__":
    how, _ = sys.argv.pop(1), sys.argv.pop(1)  # the second says whose child it is
    if how == "stay_behind":
        stay_behind()
        how = "leave"
    sys.exit(main(in_json(globals()[how])))
