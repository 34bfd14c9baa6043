"""The vendor's refusals: a list of `$severity`, `$dataCode`, `$message`, `$source`.

Codes and words are those of developer.sage.com ("Frequently raised errors", "Access rights", "Analysis types", "Response
codes", read in copies of 2026) and of answers that people have reported (Sage/sageone_api_php_sample issues 29 and 32,
Sage/sageone_api_csharp_sample issue 7). A sentence that is nowhere to be found is ours, and marked "unverified".

A parameter that is missing or has the wrong form is told as `Validation`, before anything is looked up; what is wrong with
good parameters as `RecordInvalid`. That both have status 422 is unverified: among the documented codes no other fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.simulating.answers import Answer, RefusalError
from providers.simulating.numbers import Json

REQUIRED = "This field is required."
NOT_FOUND = "Couldn't find record."
DENIED = "The current user is not allowed to access that resource with that method."
LAPSED = "No active subscription. (MSE)"
UNEXPECTED = "An unexpected error occurred."


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    message: str
    source: str = ""

    @property
    def json(self) -> Json:
        return {"$severity": "error", "$dataCode": self.code, "$message": self.message, "$source": self.source}


def answer(problems: Sequence[Problem], status: int) -> Answer:
    return Answer.json([problem.json for problem in problems], status)


def refused(problems: Sequence[Problem], status: int = 422) -> RefusalError:
    return RefusalError(answer(problems, status))


def invalid(message: str, source: str = "base") -> RefusalError:
    return refused([Problem("RecordInvalid", message, source)])


def not_found() -> RefusalError:
    """Of a key in the address, and of an id in a body that leads nowhere: issue 32. That the latter is a 404 is unverified."""
    return refused([Problem("RecordNotFound", NOT_FOUND)], 404)


def unauthorised(message: str) -> RefusalError:
    return refused([Problem("AuthorizationFailure", message)], 401)


def denied() -> RefusalError:
    """A 403 always has this body (guide "Access rights")."""
    return refused([Problem("MultiUserAccessDenied", DENIED)], 403)


def not_allowed(message: str) -> RefusalError:
    """A 405, as of an analysis type category that is in use; that other things in use are told so is unverified."""
    return refused([Problem("MethodNotAllowed", message)], 405)
