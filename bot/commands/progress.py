"""How far a long command is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """How far a long command is, on one line, where somebody looks."""
    is_seen = sys.stderr.isatty()

    def told(done: int) -> None:
        if is_seen:
            print(f"\r{done} of {total}", end="", file=sys.stderr, flush=True)

    try:
        yield told
    finally:
        if is_seen:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
