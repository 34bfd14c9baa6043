"""What is published by download: batches with numbers, and what came of pressing *Download*."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import OrganisationId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNote:
    """The batch that a document is in; `by` and `at` are who has had it first, and when."""

    number: int
    by: UserId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What whoever pressed is told. Without a number there was nothing to make a file of."""

    organisation_id: OrganisationId
    organisation: str
    number: int | None = None
    documents: int = 0
    is_again: bool = False
    """Somebody has had it before."""
