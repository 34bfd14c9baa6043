"""Which document of the ledger a refused one collides with: looked up while the ledger is being spoken to anyway."""

from bot.domain.ledger_documents import LedgerDocument
from bot.domain.postings import Posting, Work
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Outcome, Refused
from bot.views.text import day
from providers.base import Access, AccountingProvider
from providers.errors import ProviderError


def is_collision(work: Work, outcome: Outcome) -> bool:
    """Whether there is another document to look up, which takes a call."""
    is_taken = isinstance(outcome, Refused) and outcome.problem.code is ProblemCode.NUMBER_TAKEN
    return is_taken and isinstance(work, Posting)


async def explained(provider: AccountingProvider, access: Access, work: Work, outcome: Outcome) -> Outcome:
    """A refusal for a number that is taken, with what people recognise the other document by; all else as it is."""
    if not isinstance(outcome, Refused) or outcome.problem.code is not ProblemCode.NUMBER_TAKEN:
        return outcome
    if not isinstance(work, Posting):
        return outcome
    try:
        other = await provider.same_number(access, work)
    except ProviderError:
        other = None  # the refusal is told all the same
    return Refused(problem=outcome.problem.with_facts(**_facts_of(other)))


def _facts_of(other: LedgerDocument | None) -> dict[str, str]:
    if other is None:
        return {"other": "it could not be looked up"}
    dated = "" if other.issued_on is None else f", {day(other.issued_on)}"
    who = other.contact_name or "somebody"
    return {"other": f"{who}, {other.gross} {other.currency or ''}{dated}", "link": other.url}
