"""What Sage says before an endpoint is reached: its limits, its `idempotency_id`, and its bad days.

The day's and the at-once figures are those that are published for an app; a hundred calls a minute and company are of older
pages, and the newer ones do not say. What a refused or failed call's body is, but that of a 500, is unverified.
"""

from dataclasses import dataclass
from datetime import timedelta

from providers.sage.simulated.refusals import UNEXPECTED, Problem, answer, refused
from providers.simulating import limits
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.idempotency import KeyRules
from providers.simulating.limits import Broken

LARGEST_BODY = 6 * 1024 * 1024
KEY_LENGTH = 32


@dataclass(slots=True)
class Limits(limits.Limits):
    """Of one business by the minute, of the app by the day and at once; tests lower them."""

    per_minute: int | None = 100
    app_per_day: int | None = 1_296_000
    app_at_once: int | None = 150


def too_many(_: Broken) -> Answer:
    """No header is documented that says how long to wait."""
    return answer([Problem("TooManyRequests", "Too many requests have been made against the API.")], 429)


def too_large() -> Answer:
    return Answer(
        status=413,
        content_type="text/html",
        body=b"<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>",
    )


OFFLINE = Answer(
    status=503,
    content_type="text/html",
    body=b"<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>",
)
BROKEN = answer([Problem("UnexpectedError", UNEXPECTED)], 500)


def _too_long(_: str) -> RefusalError:
    """Never reached: a key of another form is refused where it is read."""
    return refused([Problem("Validation", "idempotency_id is invalid", "idempotency_id")])


def _used_otherwise(_: str) -> RefusalError:
    """The guide goes on to say what happens then, in a part that could not be read: unverified."""
    words = "The idempotency_id has already been used for a different request."
    return refused([Problem("RecordInvalid", words, "idempotency_id")])


KEYS = KeyRules(
    longest=KEY_LENGTH,
    remembered_for=timedelta(days=7),
    too_long=_too_long,
    used_otherwise=_used_otherwise,
    keeps_refusals=False,
)
"""Seven days ("Idempotency" guide); that a refusal is not replayed is unverified."""
