"""How the parts of a long pass are done: the worker keeps what goes wrong in one of them to that one, and logs it."""

from collections.abc import Awaitable, Callable

Guard = Callable[[Callable[[], Awaitable[bool]], str], Awaitable[bool]]
"""Does a part, which is named in words; answers whether it did something."""


async def plainly(part: Callable[[], Awaitable[bool]], _what: str) -> bool:
    """What goes wrong is whoever's who asked for the pass."""
    return await part()
