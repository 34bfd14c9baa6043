"""How FreeAgent says no, and in which words.

The API reference does not list its refusals: "failure responses should be descriptive" (a FreeAgent engineer,
api-discuss.freeagent.com/t/2877). Learnt elsewhere:

- what is wrong with a document is a 422 with `{"errors": [{"message": "…"}]}`, one for each attribute, which it begins with in
  its own spelling; one of an item names it as `invoice_items.description`, and `invoice_items contain errors` follows
  (api-discuss 819; "CIS settings" of the reference has `… must be one of …`);
- everything else has `{"errors": {"error": {"message": "…"}}}`; a token that is not good is "Access token not recognised"
  (public clients that look for these words);
- a date in the address that is none is a 400 (dinoconstantinou87/FreeAgent, 2026), and so, unverified, is what cannot be read;
- what is in a locked period is a 403, "Invoice is locked." (api-discuss 2877).

Sentences that are marked "unverified" are of the form that Rails gives such refusals.
"""

from collections.abc import Sequence

from providers.simulating.answers import Answer, RefusalError

BLANK = "can't be blank"
TAKEN = "has already been taken"
NOT_A_NUMBER = "is not a number"
INVALID = "is invalid"
"""Of a reference to what there is not; unverified."""
LOCKED_ATTRIBUTE = "is locked and cannot be changed"
"""api-discuss 819 and 3486."""
AUTO_ONLY = "must be the AUTO rate or a rate less than or equal to 0"
"""Of tax on what is not relevant for sales tax: api-discuss 5854, by a FreeAgent engineer."""


def one_of(options: Sequence[str]) -> str:
    """As `contractor_details.paye_ni_period must be one of Monthly, Quarterly` of "CIS settings"."""
    return f"must be one of {', '.join(options)}"


def no_charge(ec_status: str) -> str:
    """Of tax on what the buyer accounts for: the words of a public client's test, of an invoice with "Reverse Charge"."""
    return f"must be set to 'Auto' or '0.0' for {ec_status}"


class InvalidError(RefusalError):
    """What was sent cannot be kept; nothing was written."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(Answer.json({"errors": [{"message": words} for words in messages]}, 422))


def refused(status: int, message: str) -> RefusalError:
    return RefusalError(refusal(status, message))


def refusal(status: int, message: str) -> Answer:
    return Answer.json({"errors": {"error": {"message": message}}}, status)


def unauthenticated() -> RefusalError:
    return refused(401, "Access token not recognised")


def not_permitted() -> RefusalError:
    """The person's access level is too low; the words are unverified."""
    return refused(403, "You don't have permission to perform this action")


def not_found() -> RefusalError:
    """dinoconstantinou87/FreeAgent (2026), whose tests ran against the sandbox."""
    return refused(404, "Resource not found")


def locked(words: str) -> RefusalError:
    """What is dated in a locked period; `words` is what it is called."""
    return refused(403, f"{words} is locked.")


def not_in_this_state(message: str) -> RefusalError:
    """Something hangs on what should go, or it has gone too far for that.

    A sent credit note that is deleted is a 409 (dinoconstantinou87/FreeAgent, 2026); that others are, and the words, is unverified.
    """
    return refused(409, message)


def missing(name: str) -> str:
    """What Rails says where an element lacks; unverified."""
    return f"param is missing or the value is empty: {name}"


def malformed(message: str) -> RefusalError:
    return refused(400, message)
