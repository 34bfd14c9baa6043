"""The vendor's refusals: `Fault` of its services, and the lower-case `fault` of the gateway before them.

Codes and words are those of developer.intuit.com ("Error codes", "Fix common errors") and of answers that people have
reported. Where only a code is known, the sentence is ours; those are in `UNVERIFIED`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from providers.simulating.answers import Answer, RefusalError
from providers.simulating.numbers import Json

MESSAGES = {
    "120": "Authorization Failure",
    "500": "Unsupported Operation",
    "600": "Duplicate Request Id",
    "610": "Object Not Found",
    "620": "Transaction Cannot be Linked",
    "1040": "Batch size exceeds the limit",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date",
    "2090": "Invalid Number",
    "2170": "Invalid Enumeration",
    "2220": "Invalid Currency Type",
    "2500": "Invalid Reference Id",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6030": "Upload request size exceeds the allowed limit",
    "6041": "Unsupported attachment type",
    "6070": "Amount calculation incorrect in the request",
    "6100": "Invalid Line TaxCode",
    "6140": "Duplicate Document Number Error",
    "6160": "Invalid Tax Code",
    "6190": "Invalid Company Status",
    "6210": "Account Period Closed",
    "6240": "Duplicate Name Exists Error",
    "6310": "Billable expense must have a customer",
    "6430": "Invalid account type",
    "6480": "Transaction is linked and cannot be changed",
}
UNVERIFIED = frozenset({"600", "620", "1040", "2060", "2220", "5030", "6030", "6041", "6160", "6310", "6480"})
"""Codes whose words are not known to be the vendor's own."""

INACTIVE = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
NO_VAT = "Make sure all your transactions have a VAT rate before you save."
ONE_CURRENCY = "You can only use one foreign currency per transaction."
CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO Services API. "
    "Please use the QBO website to make these changes."
)
LAPSED = (
    "Subscription period has ended or canceled or there was a billing problem : "
    "You can't add data to QuickBooks Online Plus because your trial or subscription period ended."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One `Error` of a `Fault`."""

    code: str
    detail: str
    element: str = ""

    @property
    def json(self) -> Json:
        return {
            "Message": MESSAGES[self.code],
            "Detail": self.detail,
            "code": self.code,
            "element": self.element,
        }


class FaultError(RefusalError):
    """The service says no; the moment is written beside it when it is answered."""

    def __init__(self, problems: Sequence[Problem], *, kind: str = "ValidationFault", status: int = 400) -> None:
        self.fault: Json = {"Error": [problem.json for problem in problems], "type": kind}
        super().__init__(Answer.json({"Fault": self.fault}, status))

    def at(self, time: str) -> Answer:
        return Answer.json({"Fault": self.fault, "time": time}, self.answer.status)


def fault(code: str, detail: str, element: str = "") -> FaultError:
    return FaultError([Problem(code, detail, element)])


# Sentences that several places say


def missing(name: str) -> Problem:
    return Problem("2020", f"Required parameter {name} is missing in the request", name)


def business(words: str) -> Problem:
    return Problem("6000", f"Business Validation Error: {words}")


def too_long(name: str, longest: int, length: int) -> Problem:
    return Problem("2050", f"{name} : Min:0 Max:{longest} supported. Supplied length:{length}", name)


def no_such(what: str, wanted: str) -> Problem:
    """A reference to nothing; `what` is the vendor's own plural: Accounts, Names, Klasses, Depts."""
    return Problem("2500", f"Invalid Reference Id : {what} element id {wanted} not found")


def gone() -> FaultError:
    return fault("610", "Object Not Found : Another user has deleted this transaction.")


def unknown() -> FaultError:
    return fault("610", f"Object Not Found : {INACTIVE}")


def unsupported(what: str) -> FaultError:
    return fault("500", f"Operation {what} is not supported.")


# The gateway


def gateway(status: int, code: str, message: str, detail: str | None, kind: str) -> Answer:
    """As the gateway answers before any service is reached: in lower case, with everything that it might have said."""
    words = f"message={message}; errorCode={code:0>6}; statusCode={status}"
    found: Json = {
        "warnings": None,
        "intuitObject": None,
        "fault": {"error": [{"message": words, "detail": detail, "code": code, "element": None}], "type": kind},
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": None,
        "status": None,
        "cdcresponse": [],
    }
    return Answer.json(found, status)


def unauthenticated(detail: str) -> RefusalError:
    return RefusalError(gateway(401, "3200", "AuthenticationFailed", detail, "AUTHENTICATION"))


def unauthorised() -> RefusalError:
    """A good token, of another company."""
    return RefusalError(gateway(403, "3100", "ApplicationAuthorizationFailed", None, "AUTHORIZATION"))
