"""Taking a published item's document out of the ledger again: what is known before it is asked for, and why it may fail."""

from dataclasses import dataclass, replace

from bot.domain.ids import PublicationId
from bot.domain.items import Item
from bot.domain.postings import Ending, Posting
from bot.domain.problems import OF_WITHDRAWAL, Problem, ProblemCode

P = ProblemCode
_OTHERWISE_CALLED = {
    P.PERIOD_LOCKED: P.WITHDRAWAL_LOCKED,
    P.PERMISSION_MISSING: P.WITHDRAWAL_NOT_ALLOWED,
    P.DOCUMENT_NOT_EDITABLE: P.WITHDRAWAL_SETTLED,
}
"""What refuses a withdrawal as it refuses a document; the ways out are others."""


def of_withdrawal(problem: Problem) -> Problem:
    """A refusal, told of the withdrawal: the document is there, and stays. What has no name here has the ledger's words."""
    if problem.code in OF_WITHDRAWAL:
        return problem
    known = _OTHERWISE_CALLED.get(problem.code)
    if known is not None:
        return replace(problem, code=known)
    return replace(problem, code=P.WITHDRAWAL_REFUSED, vendor_words=problem.vendor_words or problem.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDocument:
    """An item's document that stands in the ledger, as it was sent. `last_step` is the last step there was of it."""

    publication_id: PublicationId
    ledger_id: str
    posting: Posting
    last_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToWithdraw:
    """What somebody is told before they withdraw an item: which document, and what becomes of it."""

    item: Item
    organisation: str
    ledger: str
    document: str
    """Its kind, in words."""
    is_draft: bool
    """As it was published."""
    ending: Ending
    is_paid: bool
    """By a payment of ours, which goes with it."""
    differences: str | None
    """What is known to be otherwise in the ledger by now."""
