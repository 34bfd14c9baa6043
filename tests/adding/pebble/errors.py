"""Pebble's refusals as problems of ours: a sentence for an entry, a status for a call."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bot.domain.problems import Problem, ProblemCode
from providers.errors import (
    AccessExpiredError,
    PersonNeededError,
    ProviderChangedError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer

P = ProblemCode
SENTENCES: Sequence[tuple[re.Pattern[str], ProblemCode, dict[str, str]]] = (
    (re.compile(r"account (?P<account>\S+) is put away"), P.ACCOUNT_ARCHIVED, {}),
    (re.compile(r"there is no account (?P<account>\S+)"), P.ACCOUNT_NOT_VALID, {}),
    (re.compile(r"there is no rate (?P<tax_rate>\S+)"), P.TAX_NOT_USABLE, {}),
)


def problem_of(sentence: str) -> Problem:
    for pattern, code, facts in SENTENCES:
        match = pattern.search(sentence)
        if match:
            return Problem(code=code, facts={**facts, **match.groupdict()}, vendor_words=sentence)
    return Problem(code=P.NOT_UNDERSTOOD, vendor_words=sentence)


def raise_for(answer: Answer, *, wait_seconds: float) -> None:
    words = f"status {answer.status}"
    match answer.status:
        case status if status < 300:
            return
        case 401:
            raise AccessExpiredError(Problem(code=P.RECONNECT_NEEDED, vendor_words=words))
        case 403:
            raise ReconnectNeededError(Problem(code=P.ACCESS_REMOVED, vendor_words=words))
        case 429:
            raise TryLaterError(Problem(code=P.LEDGER_BUSY, vendor_words=words), after_seconds=wait_seconds)
        case status if status >= 500:
            raise TryLaterError(Problem(code=P.LEDGER_DOWN, vendor_words=words))
        case _:
            raise PersonNeededError(Problem(code=P.NOT_UNDERSTOOD, vendor_words=words))


@contextmanager
def mapped_errors() -> Iterator[None]:
    """The one door for an answer that is not of the documented form."""
    try:
        yield
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise ProviderChangedError(f"an answer of another form: {error!r}") from error
