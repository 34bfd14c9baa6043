"""Documents that go a call each, where what the product sends together is a list of drafts."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from bot.domain.publishing import Accepted, Outcome
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ReconnectNeededError,
    TryLaterError,
)

T = TypeVar("T")
_NOTHING_WRITTEN = (TryLaterError, AccessExpiredError, ReconnectNeededError, PersonNeededError)
"""Of the call that failed so; what went before it in the list may be there."""


async def one_by_one(drafts: Iterable[T], create: Callable[[int, T], Awaitable[Outcome]]) -> tuple[Outcome, ...]:
    """One outcome each; `create` is told the place of a draft, from 0.

    Raises:
        ProviderError: as `create` does.
        OutcomeUnknownError: also where a later one could not be sent for now, and an earlier one is there already.
    """
    outcomes: list[Outcome] = []
    for place, draft in enumerate(drafts):
        try:
            outcomes.append(await create(place, draft))
        except _NOTHING_WRITTEN as error:
            if any(isinstance(outcome, Accepted) for outcome in outcomes):
                raise OutcomeUnknownError(f"after others of the same call: {error}") from error
            raise
    return tuple(outcomes)
