"""Nothing in a test may leave this machine. An audit hook sees each connect and each look-up of a name."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_watching: list[list[str]] = []
_LEAVING = frozenset(("socket.getaddrinfo", "socket.connect", "socket.sendto"))
"""Of all that Python tells an audit hook: each `id()` is one, and SQLAlchemy asks for many."""


class OutsideError(OSError):
    """Code under test reached for another machine."""


def is_inside(host: object) -> bool:
    if host is None or not isinstance(host, (str, bytes)):
        return host is None
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False


def _outside(event: str, arguments: tuple[Any, ...]) -> str | None:
    """Where to, if elsewhere. A socket file's address is text or bytes, not a pair."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
        return None if is_inside(host) or _is_number(host) else f"a look-up of {host!r}"
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
        return None if is_inside(host) else f"a connection to {host}"
    return None


def _is_number(host: object) -> bool:
    """An address needs no look-up; connecting to it is what counts."""
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _LEAVING or not _watching:
        return
    found = _outside(event, arguments)
    if found is not None:
        _watching[-1].append(found)
        raise OutsideError(f"tests stay on this machine, this was {found}")


sys.addaudithook(_hook)


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse everything else, and fail at the end even where the code under test took the refusal for an outage."""
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield
    finally:
        _watching.remove(seen)
    assert not seen, f"tests stay on this machine, this one tried {', '.join(seen)}"
