"""What every package's `errors.py` is made of: a table of the vendor's sentences, and doors for answers of another form."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer

Sentence = tuple[re.Pattern[str], ProblemCode, dict[str, str]]
"""A pattern, whose named groups become facts; the problem that it is; what it says of it in our words."""


def sentence(pattern: str, code: ProblemCode, **facts: str) -> Sentence:
    """A row of the table; capitals say nothing."""
    return re.compile(pattern, re.IGNORECASE), code, facts


def problem_in(table: Sequence[Sentence], said: Sequence[str], words: str) -> Problem:
    """The first sentence that the table knows decides; `words` are the vendor's own, kept verbatim."""
    for one in said:
        for pattern, code, facts in table:
            match = pattern.search(one)
            if match:
                named = {name: value.strip() for name, value in match.groupdict().items() if value}
                return Problem(code=code, facts={**facts, **named}, vendor_words=words)
    return Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words=words or "no reason was given")


def object_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an error's body; empty where it is something else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def once_written(*, is_written: bool = True) -> Iterator[None]:
    """Around what is still to be done when something of it is written, or deleted, in the ledger already: "not now" is no
    "nothing was done" any more.

    Raises:
        OutcomeUnknownError: it could not be done for now; not before the vendor's wish where that states one.
    """
    try:
        yield
    except (TryLaterError, AccessExpiredError, ReconnectNeededError) as error:
        if not is_written:
            raise
        after = error.after_seconds if isinstance(error, TryLaterError) else None
        words = "a part of it is done, and the rest could not be done yet"
        raise OutcomeUnknownError(words, after_seconds=after) from error


@contextmanager
def a_no_is_a_no(answer: Answer) -> Iterator[None]:
    """Around `raise_for` of a write. A clear no that is in no table is still a no: nothing was written, and the same bytes
    would get the same answer for ever, so people see it.

    Raises:
        OutcomeUnknownError: the far end waited for the rest of the request.
    """
    if answer.status == 408:
        raise OutcomeUnknownError("the far end did not get the whole request in time")
    try:
        yield
    except ProviderChangedError as error:
        if answer.status < 400:
            raise
        raise PersonNeededError(error.problem) from error


@contextmanager
def mapped_errors() -> Iterator[None]:
    """The one door for an answer that is not of the documented form."""
    try:
        yield
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ProviderChangedError(f"an answer of another form: {type(error).__name__} {error}") from error
