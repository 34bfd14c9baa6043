"""A file that a command writes: there whole, or not there."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.commands.asking import StoppedError


@contextmanager
def new_file(path: Path | None) -> Iterator[Callable[[str], object]]:
    """Gives what writes into it; without a path, to standard output.

    It is written beside its place and put there at the end, so that whatever stops the command (Ctrl-C too) leaves
    nothing that would be taken for the file, or be in the way of the next try.

    Raises:
        StoppedError: a file of that name is there, or it cannot be written.
    """
    if path is None:
        yield sys.stdout.write
        return
    with _told(path):
        if path.exists():
            raise FileExistsError
    beside = path.with_name(f".dext-bot-{secrets.token_hex(8)}.part")
    with _told(path):
        out = beside.open("x", encoding="utf-8-sig", newline="")

    def write(text: str) -> None:
        with _told(path):
            out.write(text)

    try:
        yield write
        with _told(path):
            out.flush()
            os.fsync(out.fileno())
            _put(beside, path)
    finally:
        beside.unlink(missing_ok=True)
        with suppress(OSError):  # what could not be written is told already
            out.close()


def _put(beside: Path, path: Path) -> None:
    """Never over a file that came there meanwhile: the name is taken first. Not every file system can link."""
    path.touch(exist_ok=False)
    try:
        beside.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise StoppedError(f"{path} is there already; name another file.") from None
    except OSError as error:
        raise StoppedError(f"{path} cannot be written: {error.strerror}.") from None
