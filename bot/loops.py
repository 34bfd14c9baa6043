"""The last resort of whatever goes round: it goes on whatever happens, and what happened is logged once, here."""

import logging
from collections.abc import Awaitable, Callable

from bot.delivery import BusyError

logger = logging.getLogger(__name__)


async def guarded(part: Callable[[], Awaitable[object]], what: str, **facts: str) -> bool:
    """Do one part of a pass, or for one organisation of many; answers whether it did something. One part's trouble costs no
    other its turn. `facts` are logged with it.
    """
    try:
        return bool(await part())
    except BusyError:
        logger.warning("the database was busy; again soon", extra={"part": what, **facts})
    except Exception:
        logger.exception("a part of the worker's pass failed; again soon", extra={"part": what, **facts})
    return False
