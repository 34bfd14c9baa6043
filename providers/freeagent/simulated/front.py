"""What FreeAgent says before a resource is reached: its limits and its bad days. It knows no idempotency keys.

Limits: "Rate Limits" of dev.freeagent.com/docs/introduction. What a gateway says on a bad day is unverified.
"""

from dataclasses import dataclass

from providers.freeagent.simulated.refusals import refusal
from providers.simulating import limits
from providers.simulating.answers import Answer
from providers.simulating.limits import SECONDS, Broken

REFRESHES_A_MINUTE = 15
TESTED_A_MINUTE = 5
"""What the sandbox takes of calls with `X-RateLimit-Test`."""
LARGEST_BODY = 16 * 1024 * 1024
"""Unverified; a file of 5 MB has 7 as base64."""


@dataclass(slots=True)
class Limits(limits.Limits):
    """Of one user of one company; with a practice's token, of one client, whoever asks. Tests lower them.

    Windows start anew with each minute and hour at FreeAgent; here they roll, which is never more lenient.
    """

    per_minute: int | None = 120
    per_hour: int | None = 3600


def too_many(broken: Broken) -> Answer:
    most = Limits().of(broken.limit)
    return throttled(most or 0, int(SECONDS.get(broken.limit, 60)), broken.seconds)


def throttled(most: int, window: int, wait: int) -> Answer:
    words = f"You must not exceed {most} requests per {window} seconds"
    return Answer(
        status=429, body=words.encode(), content_type="text/plain", headers={"Retry-After": str(max(1, wait))}
    )


def too_large() -> Answer:
    page = b"<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>"
    return Answer(status=413, content_type="text/html", body=page)


OFFLINE = Answer(
    status=503,
    content_type="text/html",
    body=b"<html><head><title>FreeAgent is unavailable</title></head><body>We'll be back soon.</body></html>",
)
BROKEN = refusal(500, "Internal server error")
