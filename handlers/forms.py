"""Whoever may not send a form is told that, and nothing about what is in it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.views.metadata import NotOursError

T = TypeVar("T")


async def read_for(may_send: Callable[[], Awaitable[object]], read: Callable[[], T]) -> T:
    """What a form says. Rights are asked where it is saved; where it cannot be read it never comes to that, so they are
    asked here, before the form is called outdated.

    Raises:
        NotOursError: it is not as our forms are.
        NotAllowedError, and what else `may_send` raises: that comes first.
    """
    try:
        return read()
    except NotOursError:
        await may_send()
        raise
