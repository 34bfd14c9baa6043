"""Which service works which kind of job. One line is logged for each attempt."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot import log
from bot.clock import Clock
from bot.delivery import BusyError, is_patient
from bot.services.jobs import JobKind

logger = logging.getLogger(__name__)

Task = Callable[[str], Awaitable[None]]


class Runs(Protocol):
    """A service that works one kind of job. `key` names the row, and the attempt."""

    async def run(self, key: str) -> None: ...


def tasks_of(
    *,
    publishing: Runs,
    lists: Runs,
    arrivals: Runs,
    ingesting: Runs,
    previews: Runs,
    smaller_files: Runs,
    following: Runs,
    downloading: Runs,
    typing_lists: Runs,
    gone_codes: Runs,
) -> Mapping[JobKind, Task]:
    """Who works what."""
    return {
        JobKind.PUBLISH_BATCH: publishing.run,
        JobKind.SYNC_LISTS: lists.run,
        JobKind.READ_FILE: arrivals.run,
        JobKind.READ_SENT_FILE: ingesting.run,
        JobKind.MAKE_PREVIEW: previews.run,
        JobKind.MAKE_SMALLER: smaller_files.run,
        JobKind.RECODE_ITEMS: following.run,
        JobKind.HAND_OVER: downloading.run,
        JobKind.HAND_OVER_LIST: typing_lists.run,
        JobKind.LOOK_FOR_GONE: gone_codes.run,
    }


@dataclass(frozen=True, slots=True)
class Tasks:
    """Calls the task of a kind. Never raises: what failed is given its next attempt by the reconciler."""

    clock: Clock
    by_kind: Mapping[JobKind, Task]

    async def run(self, kind: str, key: str) -> None:
        started = self.clock.monotonic()
        token = is_patient.set(True)
        with log.bound(job=f"{kind}:{key}"):
            try:
                await self.by_kind[JobKind(kind)](key)
            except BusyError:
                logger.warning("the database was busy; the job is begun again when its lease ends")
                return
            except Exception:
                logger.exception("job failed", extra={"outcome": "error"})
                return
            finally:
                is_patient.reset(token)
            elapsed = round((self.clock.monotonic() - started) * 1000)
            logger.info("job done", extra={"outcome": "done", "milliseconds": elapsed})
