"""What every package's `withdrawing.py` does in turn: our payments of a document are taken back, then the document goes.

However far that gets, nobody takes it for nothing: who reads of a refusal is told which payments are gone, and once the first
call has done something, "not now" leaves open how far it got, so that it is looked at before anything else is said.
"""

from collections.abc import Awaitable, Callable, Sequence

from bot.domain.postings import Withdrawal
from bot.domain.problems import TAKEN_BACK, Problem
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.errors import PersonNeededError
from providers.refusals import once_written


async def in_turn(
    withdrawal: Withdrawal,
    standing: Sequence[str],
    take_back: Callable[[str], Awaitable[None]],
    end: Callable[[], Awaitable[None]],
) -> Outcome:
    """`standing` are those of our payments that the document still has. Begun anew after any stop, it goes on from there.

    Raises:
        OutcomeUnknownError: a payment is gone, and the rest could not be done for now.
        ProviderError: of the first call: nothing was done.
    """
    left = list(standing)
    try:
        while left:
            with once_written(is_written=len(left) < len(standing)):
                await take_back(left[0])
            del left[0]
        with once_written(is_written=bool(standing)):
            await end()
    except PersonNeededError as error:
        return kept(withdrawal, error.problem, left)
    return Accepted(ledger_id=withdrawal.document_id)


def kept(withdrawal: Withdrawal, problem: Problem, standing: Sequence[str]) -> Refused:
    """The document stays; what of our payments does not stand any more was taken back for it, now or in an earlier try."""
    gone = [payment for payment in withdrawal.payments if payment not in standing]
    return Refused(problem=problem.with_facts(**{TAKEN_BACK: " ".join(gone)}) if gone else problem)
