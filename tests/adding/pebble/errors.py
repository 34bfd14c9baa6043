"""Pebble's refusals as problems of ours: a sentence for an entry, a status for a call."""

from collections.abc import Sequence

from bot.domain.problems import Problem, ProblemCode
from providers.errors import (
    AccessExpiredError,
    PersonNeededError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer
from providers.refusals import Sentence, problem_in, sentence

P = ProblemCode
SENTENCES: Sequence[Sentence] = (
    sentence(r"account (?P<account>\S+) is put away", P.ACCOUNT_ARCHIVED),
    sentence(r"there is no account (?P<account>\S+)", P.ACCOUNT_NOT_VALID),
    sentence(r"there is no rate (?P<tax_rate>\S+)", P.TAX_NOT_USABLE),
)


def problem_of(said: str) -> Problem:
    return problem_in(SENTENCES, [said], said)


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
