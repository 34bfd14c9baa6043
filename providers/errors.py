"""What can go wrong between us and a ledger, grouped by what happens next.

ProviderError            carries a Problem
  TryLaterError          outage or rate limit: try again by itself, not before `after_seconds`
  ReconnectNeededError   the sign-in was withdrawn or expired: a person reconnects
  PersonNeededError      the whole call was refused for a reason a person can remedy
  OutcomeUnknownError    a write may or may not have happened: look before sending again
  ProviderChangedError   an answer we do not understand: stop and tell the operator
"""

from bot.domain.problems import Problem, ProblemCode


class ProviderError(Exception):
    """Base of all; `problem` says what to tell people."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.code}: {problem.vendor_words[:200]}")


class NotWritableError(ValueError):
    """No document can be made of an item; the words say why, to whoever can change it."""


class TryLaterError(ProviderError):
    """Nothing was written. `after_seconds` is the vendor's wish where it states one; `scope` the limit it named."""

    def __init__(self, problem: Problem, *, after_seconds: float | None = None, scope: str | None = None) -> None:
        self.after_seconds, self.scope = after_seconds, scope
        super().__init__(problem)


class AccessExpiredError(ProviderError):
    """The access token ran out or was withdrawn; a refresh may still work."""


class ReconnectNeededError(ProviderError):
    """Refresh token used up, revoked or expired, or the organisation was disconnected on the vendor's side."""


class PersonNeededError(ProviderError):
    """The request as a whole was refused; nothing was written."""


class OutcomeUnknownError(ProviderError):
    """Bytes left and no clear answer came back: connection reset, time-out, 5xx to a write, half an answer, HTML."""

    def __init__(self, words: str, *, after_seconds: float | None = None) -> None:
        self.after_seconds = after_seconds
        super().__init__(Problem(code=ProblemCode.LEDGER_DOWN, vendor_words=words))


class ProviderChangedError(ProviderError):
    """The answer is not of the documented form."""

    def __init__(self, words: str) -> None:
        super().__init__(Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words=words))
