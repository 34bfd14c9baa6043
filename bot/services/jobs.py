"""What services know of the job engine: that work can be put in line inside the transaction that decided it.

A job is a kind and a key; what to do is read from our own tables when it runs, and running it twice does no harm. Jobs
of one partition run one after another, in order, but for rare exceptions that no job may mind (`bot.db.jobs`).
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from bot.db.unit_of_work import Tx


class JobKind(StrEnum):
    PUBLISH_BATCH = "publish_batch"
    SYNC_LISTS = "sync_lists"
    READ_FILE = "read_file"
    READ_SENT_FILE = "read_sent_file"
    MAKE_PREVIEW = "make_preview"
    MAKE_SMALLER = "make_smaller"
    RECODE_ITEMS = "recode_items"
    HAND_OVER = "hand_over"
    HAND_OVER_LIST = "hand_over_list"
    """Has no row: whoever pressed for a list presses again."""
    LOOK_FOR_GONE = "look_for_gone"
    """Has none, either: a round of each hour makes up for one that failed."""


class Jobs(Protocol):
    async def enqueue(self, tx: Tx, kind: JobKind, key: str, partition: str) -> None:
        """Put a job in line; it exists when, and only when, the transaction commits. The same kind and key twice is
        one job. `key` begins with the id of the row to work on: `{id}` or `{id}:{attempt}`.
        """
        ...

    async def open_of(self, tx: Tx, kind: JobKind, keys: Collection[str]) -> frozenset[str]:
        """Those of these jobs that wait in line or are being worked on. One that is over never opens again."""
        ...
