"""Documents that go a call each: a call that failed in the middle leaves open what became of the others."""

import pytest

from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.errors import OutcomeUnknownError, ProviderChangedError, ProviderError, TryLaterError
from providers.one_by_one import one_by_one

BUSY = Problem(code=ProblemCode.LEDGER_BUSY)
REFUSED = Refused(problem=Problem(code=ProblemCode.ACCOUNT_MISSING))


async def sent(*answers: Outcome | ProviderError) -> tuple[Outcome, ...]:
    async def one(place: int, draft: Outcome | ProviderError) -> Outcome:
        assert draft is answers[place]
        if isinstance(draft, ProviderError):
            raise draft
        return draft

    return await one_by_one(answers, one)


async def test_each_has_an_outcome_in_its_place() -> None:
    answers = (Accepted(ledger_id="1"), REFUSED, Accepted(ledger_id="3"))

    assert await sent(*answers) == answers


async def test_what_waits_after_one_that_is_there_leaves_the_outcome_open() -> None:
    with pytest.raises(OutcomeUnknownError):
        await sent(REFUSED, Accepted(ledger_id="2"), TryLaterError(BUSY))


@pytest.mark.parametrize("error", [TryLaterError(BUSY), ProviderChangedError("what?"), OutcomeUnknownError("lost")])
async def test_what_failed_before_anything_is_there_is_told_as_it_is(error: ProviderError) -> None:
    with pytest.raises(type(error)):
        await sent(REFUSED, error)
