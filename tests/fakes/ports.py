"""Ports for processes that are started later.

Those that a system hands out by itself (from 32768 on Linux) are also given to every connection that goes out: one that
was free a moment ago is taken now and then before a process comes to listen on it. These lie below.
"""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000
TRIES = 100


def free_port(*, neighbours: int = 0) -> int:
    """A port to listen on, and so many after it."""
    for _ in range(TRIES):
        port = random.randrange(LOWEST, HIGHEST)
        if all(_is_free(port + number) for number in range(neighbours + 1)):
            return port
    raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
