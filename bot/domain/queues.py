"""What is due at an organisation's ledger and does not go out, as one card says it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.retry import TELL_AFTER


class HeldUpBy(StrEnum):
    ASKED = "asked"
    """The ledger asked for a pause, or failed and is tried again later."""
    SPENT = "spent"
    """The calls that it takes in a day are used up."""
    SILENT = "silent"
    """It gives no clear answer to what is on its way."""
    LOST = "lost"
    """The connection to it has ended, and waits for a person."""
    FULL = "full"
    """The calls that it takes within a minute, or an hour, are used up."""
    MANY = "many"
    """More is due than it takes at once."""
    KEPT = "kept"
    """The last calls of a day are kept for documents; what waits is files and payments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`documents` and `others` (payments, files, withdrawals) wait since `since`; `until` is when the next one may go, where
    that is known. `calls_left` of today, None where there is no such limit, and `kept` of them are for documents alone;
    `together` is how many documents go in a call.
    """

    organisation: str
    ledger: str
    since: datetime
    by: HeldUpBy
    documents: int
    others: int
    until: datetime | None
    calls_left: int | None
    kept: int
    together: int
    read_at: datetime

    @property
    def is_empty(self) -> bool:
        return not self.documents + self.others

    @property
    def is_long(self) -> bool:
        """It has lasted for so long that somebody should know."""
        return self.read_at - self.since >= TELL_AFTER

    @property
    def fits_today(self) -> tuple[int, int]:
        """How many of the documents, and after them of the others, today's calls still take: two for each call's worth of
        documents, as they are read back, and one for each of the others.
        """
        if self.calls_left is None:
            return self.documents, self.others
        documents = min(self.documents, self.calls_left // 2 * self.together)
        left = self.calls_left - self.kept - 2 * -(-documents // self.together)
        return documents, max(min(self.others, left), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What came of a queue: how many went out since it was told of, and how many were refused."""

    organisation: str
    ledger: str
    since: datetime
    ended_at: datetime
    published: int
    refused: int
    is_lost: bool = False
    """The connection ended meanwhile; what is left waits for it, which is told by itself."""
