"""Writing what is nowhere but in memory: a busy moment of the database must not lose it."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.delivery import BusyError

logger = logging.getLogger(__name__)

T = TypeVar("T")
TRIES, PAUSE_SECONDS = 5, 0.5
"""A browser waits meanwhile: with what a busy database takes to say so, a quarter of a minute at most."""


class NotWrittenError(Exception):
    """The database did not take it, though it was tried for a while."""


async def insist(clock: Clock, write: Callable[[], Awaitable[T]]) -> T:
    """What `write` answers. It is tried again, and must be harmless when a try that failed was committed after all.

    Raises:
        NotWrittenError: it never worked.
    """
    for left in reversed(range(TRIES)):
        try:
            return await write()
        except (BusyError, SQLAlchemyError, OSError) as error:
            if not left:
                raise NotWrittenError from error
            logger.warning("what came back is not written yet; again at once", extra={"error": type(error).__name__})
        await clock.sleep(PAUSE_SECONDS)
    raise NotWrittenError
