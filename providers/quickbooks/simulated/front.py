"""What QuickBooks says before a service is reached: its limits, its `requestid`, and its bad days."""

from dataclasses import dataclass
from datetime import timedelta

from providers.quickbooks.simulated.faults import fault, gateway
from providers.simulating import limits
from providers.simulating.answers import Answer, RefusalError
from providers.simulating.idempotency import KeyRules
from providers.simulating.limits import Broken

LONGEST_KEY = 50
REMEMBERED_FOR = timedelta(days=1)
"""How long is not documented."""
BATCHES_A_MINUTE = 40
LARGEST_BODY = 101 * 1024 * 1024


@dataclass(slots=True)
class Limits(limits.Limits):
    """Figures of "Limits and throttles", of one company; tests lower them."""

    per_minute: int | None = 500
    at_once: int | None = 10


def too_many(_: Broken) -> Answer:
    """There is no header that says how long to wait: the vendor asks for a minute."""
    return gateway(429, "3001", "ThrottleExceeded", "The request limit was reached.  Try again later", "SERVICE")


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
BROKEN = Answer.json(
    {
        "Fault": {
            "Error": [
                {
                    "Message": "An application error has occurred while processing your request",
                    "Detail": "System Failure Error: Unexpected Internal Error. (-30000)",
                    "code": "10000",
                    "element": "",
                }
            ],
            "type": "SystemFault",
        },
        "time": "2026-01-01T00:00:00.000-08:00",
    },
    500,
)


def _too_long(key: str) -> RefusalError:
    return fault("2050", f"requestid : Min:0 Max:{LONGEST_KEY} supported. Supplied length:{len(key)}", "requestid")


def _used_otherwise(key: str) -> RefusalError:
    return fault("600", f"The request id {key} was used for another request.")


KEYS = KeyRules(
    longest=LONGEST_KEY,
    remembered_for=REMEMBERED_FOR,
    too_long=_too_long,
    used_otherwise=_used_otherwise,
    keeps_refusals=False,
)
"""That a refusal is not replayed is unverified: it left nothing behind to be found again."""
