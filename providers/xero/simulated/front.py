"""What Xero says before an endpoint is reached: its limits, its idempotency keys, and its bad days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from providers.simulating import limits
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.idempotency import KeyRules
from providers.simulating.limits import Broken, Limit
from providers.xero.simulated.refusals import numbered

LONGEST_KEY = 128
REMEMBERED_FOR = timedelta(minutes=6)


@dataclass(slots=True)
class Limits(limits.Limits):
    """Figures of the OAuth 2.0 API limits page, of one organisation and of the app; tests lower them."""

    per_minute: int | None = 60
    per_day: int | None = 5000
    at_once: int | None = 5
    app_per_minute: int | None = 10_000


_PROBLEMS = {
    Limit.AT_ONCE: "concurrent",
    Limit.PER_DAY: "day",
    Limit.PER_MINUTE: "minute",
    Limit.APP_PER_MINUTE: "appminute",
}
_HEADERS = {
    Limit.PER_MINUTE: "X-MinLimit-Remaining",
    Limit.PER_DAY: "X-DayLimit-Remaining",
    Limit.APP_PER_MINUTE: "X-AppMinLimit-Remaining",
}


def too_many(broken: Broken) -> Answer:
    headers = {"X-Rate-Limit-Problem": _PROBLEMS[broken.limit], "Retry-After": str(broken.seconds)}
    return Answer(status=429, content_type="text/plain", headers=headers)


def what_is_left(left: Mapping[Limit, int]) -> dict[str, str]:
    return {_HEADERS[limit]: str(calls) for limit, calls in left.items()}


def _too_long(key: str) -> RefusalError:
    return _refused(f"Idempotency Key: {key[:20]}... exceeds the maximum length of {LONGEST_KEY} characters")


def _used_otherwise(key: str) -> RefusalError:
    return _refused(f"Idempotency Key: {key} is used with a different request")


def _refused(message: str) -> RefusalError:
    return numbered(0, "IdempotencyException", message)


KEYS = KeyRules(longest=LONGEST_KEY, remembered_for=REMEMBERED_FOR, too_long=_too_long, used_otherwise=_used_otherwise)
