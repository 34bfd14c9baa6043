"""What goes to a ledger, and what came of it.

A publication is one attempt to have one document in one ledger, as an ordered plan of steps. Its state, and the frozen
batch that carries it, hold the truth about the ledger; an item's state follows them in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ledger_documents import Found
from bot.domain.problems import Problem

GATHERED_FOR = timedelta(seconds=2)
"""How long what is due waits for more to go in the same call. What a person has sent again just now does not wait."""


def due_at_once(now: datetime) -> datetime:
    """As if it had waited for others already."""
    return now - GATHERED_FOR


class PublicationState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PUBLISHED = "published"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    """Its document stood in the ledger, and we had it voided or deleted."""


class StepKind(StrEnum):
    """The steps of a publication in the order they are taken."""

    DOCUMENT = "document"
    PAYMENT = "payment"
    ATTACHMENT = "attachment"
    WITHDRAWAL = "withdrawal"
    """Takes the document out of the books again; asked for by a person, whenever that is."""

    @property
    def is_addition(self) -> bool:
        """Whether it belongs to a document that is in the ledger, and may be missing while that stays there."""
        return self not in (StepKind.DOCUMENT, StepKind.WITHDRAWAL)

    @property
    def goes_with_others(self) -> bool:
        """Whether one call takes many, so that it is worth waiting a moment for more."""
        return self in (StepKind.DOCUMENT, StepKind.PAYMENT)


ADDITIONS = tuple(kind for kind in StepKind if kind.is_addition)
TOGETHER = tuple(kind for kind in StepKind if kind.goes_with_others)
AFTER_DOCUMENT = tuple(kind for kind in StepKind if kind is not StepKind.DOCUMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions:
    """Of a document that stands in the ledger: what was refused and not left so, what is still to come, and what is there
    beside it; and what the ledger warned of as it took any of it, in its own words. Before it is sent: what will follow it.
    """

    refused: tuple[StepKind, ...] = ()
    under_way: tuple[StepKind, ...] = ()
    done: tuple[StepKind, ...] = ()
    files: int = 1
    """How many it has: an expense report those of its receipts."""
    files_there: int = 0
    files_to_come: int = 1
    kept: tuple[StepKind, ...] = ()
    """Of what is under way: what waits until the ledger takes more calls of a day."""
    warned: tuple[tuple[StepKind, str], ...] = ()
    left_out: tuple[str, ...] = ()
    """Kinds of its files, in words, that the ledger does not take, so that they stay here."""
    stay_here: tuple[str, ...] = ()
    """The names of those, where it has several files."""


class StepState(StrEnum):
    """A planned step begins when the document is in the ledger; it is cancelled where the document never gets there."""

    PLANNED = "planned"
    WAITING = "waiting"
    HELD = "held"
    """A document that somebody holds back: it is due when it is released."""
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class BatchState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    CHECKING = "checking"
    DONE = "done"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The ledger took it. `warnings` are its own words; `record` is what it has now, where the answer tells all of it."""

    ledger_id: str
    record: Found | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The ledger said no to this one; the others of its batch are not affected."""

    problem: Problem


Outcome = Accepted | Refused
