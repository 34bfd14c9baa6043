"""Xero's refusals as problems of ours. Xero gives sentences without codes, so sentences are matched by pattern.

Sources: developer.xero.com "HTTP response codes and errors" and "Invoices" (validation), and the sentences that Xero's
own apps and partners publish. What no row matches is kept verbatim as NOT_UNDERSTOOD.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.domain.problems import Problem, ProblemCode
from bot.domain.texts import dated
from providers.errors import (
    AccessExpiredError,
    PersonNeededError,
    ProviderChangedError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer
from providers.refusals import Sentence, a_no_is_a_no, object_of, problem_in, sentence
from providers.xero.resources import BANK_TRANSACTIONS, PAYMENTS

P = ProblemCode
SENTENCES: Sequence[Sentence] = (
    sentence(
        r"cannot be before the (?P<lock>period|end of year) lock date(?:, currently set at (?P<locked_to>[^.]+))?",
        P.PERIOD_LOCKED,
    ),
    sentence(
        r"Account code ['\"](?P<account>[^'\"]*)['\"] has been archived,? or has been deleted", P.ACCOUNT_ARCHIVED
    ),
    sentence(r"Account code ['\"](?P<account>[^'\"]*)['\"] is not a valid code for this document", P.ACCOUNT_NOT_VALID),
    sentence(r"incorrect inventory asset account", P.ACCOUNT_NOT_VALID),
    sentence(r"Account code (?:or ID )?must be specified|Account must be valid", P.ACCOUNT_MISSING),
    sentence(
        r"TaxType code '?(?P<tax_rate>[^' ]*)'? cannot be used with (?:this )?account code(?: '(?P<account>[^']*)')?",
        P.TAX_NOT_USABLE,
    ),
    sentence(
        r"TaxType code '(?P<tax_rate>[^']*)' (?:does not exist|is not valid)|Tax rate must be valid", P.TAX_RATE_GONE
    ),
    sentence(r"TaxType field is mandatory", P.TAX_MISSING),
    sentence(
        r"contact name .* is already assigned to another contact|Contact Name already exists", P.CONTACT_NAME_TAKEN
    ),
    sentence(r"matched an archived contact|contact .*has been archived", P.CONTACT_ARCHIVED),
    sentence(r"Contact must contain at least 1 of the following|A Contact must be specified", P.CONTACT_MISSING),
    sentence(r"(?:Invoice|Credit Note) # must be unique|(?:invoice|credit note) number must be unique", P.NUMBER_TAKEN),
    sentence(r"not subscribed to currency (?P<currency>[A-Z]{3})?", P.CURRENCY_NOT_ENABLED),
    sentence(
        r"line total .* does not match the expected line total|tax amount cannot be greater than", P.TOTALS_DIFFER
    ),
    sentence(r"One or more line items must be specified", P.FIELD_MISSING, what="at least one line"),
    sentence(r"Tracking (?:category|option) '[^']*' (?:is|was)", P.FIELD_NOT_VALID, what="the tracking option"),
    sentence(r"description field is mandatory", P.FIELD_MISSING, what="a description on every line"),
    sentence(r"(?:document )?DueDate field must be specified", P.FIELD_MISSING, what="a due date"),
    sentence(r"Date field must be specified", P.FIELD_MISSING, what="a date"),
    sentence(r"Url must be a valid absolute url", P.FIELD_NOT_VALID, what="the link back to Dext"),
    sentence(r"can only be made against Authorised documents", P.PAYMENT_NOT_OPEN),
    sentence(r"has been reconciled", P.WITHDRAWAL_RECONCILED),
    sentence(
        r"not of valid status for (?:modification|creation)|cannot be edited as it has (?:a payment|been reconciled)"
        r"|cannot be applied as the document has payments|transactions cannot be updated",
        P.DOCUMENT_NOT_EDITABLE,
    ),
    sentence(
        r"specified bank account details do not match|Account could not be found|Account type is invalid for making a payment",
        P.BANK_ACCOUNT_NOT_TAKEN,
    ),
    sentence(r"account's currency must be", P.PAYMENT_ACCOUNT_NOT_TAKEN),
    sentence(r"Payment amount exceeds the amount outstanding", P.PAYMENT_SETTLED),
    sentence(r"TaxType code '(?P<tax_rate>[^']*)' has been removed", P.TAX_RATE_GONE),
    sentence(r"Account code '(?P<account>[^']*)' has been removed", P.ACCOUNT_NOT_VALID),
    sentence(r"must be greater than or equal to zero", P.TOTALS_DIFFER),
    sentence(r"Quantity must not be less than zero", P.FIELD_NOT_VALID, what="a line's quantity"),
    sentence(r"Discounts may not be applied", P.FIELD_NOT_VALID, what="a discount"),
    sentence(r"Item code '(?P<product>[^']*)' is not valid", P.PRODUCT_NOT_VALID),
    sentence(r"Tracking '[^']*' has been removed", P.FIELD_NOT_VALID, what="the tracking option"),
    sentence(r"Type field must be specified", P.FIELD_MISSING, what="the kind of document"),
    sentence(r"document with the supplied id was not found|existing Invoice with the specified", P.DOCUMENT_GONE),
    sentence(r"reached the limit of invoices you can approve", P.PLAN_LIMIT),
    sentence(r"subscription is (?:not|no longer) active|Xero subscription", P.SUBSCRIPTION_LAPSED),
    sentence(r"not have (?:the correct )?permission|not permitted to", P.PERMISSION_MISSING),
)


ASKED_FOR_LATER = {PAYMENTS.path: P.PAYMENTS_NOT_ALLOWED, BANK_TRANSACTIONS.path: P.MONEY_NOT_ALLOWED}
"""Rights that connections lack which are older than our wish for them: their bills go out all the same."""


def problem_of(sentences: Sequence[str]) -> Problem:
    """The first sentence that the table knows decides; all of them are kept verbatim. Its date is said as we say dates; one
    that we do not read is left to the books we know.
    """
    problem = problem_in(SENTENCES, sentences, " ".join(one.strip() for one in sentences if one))
    facts = dict(problem.facts)
    locked_to = _date_in_words(facts.pop("locked_to", ""))
    return replace(problem, facts=facts if locked_to is None else {**facts, "locked_to": locked_to})


def _date_in_words(text: str) -> str | None:
    """Xero writes `31-Mar-2026` in its sentences. Days and months as numbers alone could be either."""
    for form in ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d"):
        try:
            return dated(datetime.strptime(text, form).replace(tzinfo=UTC).date())
        except ValueError:
            continue
    return None


def raise_for(answer: Answer, *, wait_seconds: float) -> None:
    """Raise what a status other than success means; validation of single documents is not decided here.

    Raises:
        TryLaterError, AccessExpiredError, ReconnectNeededError, PersonNeededError, ProviderChangedError.
    """
    if answer.status < 300:
        return
    found = object_of(answer)
    words = str(found.get("Detail") or found.get("Message") or found.get("Title") or f"status {answer.status}")
    match answer.status:
        case 401 if "AuthorizationUnsuccessful" in words:
            raise ReconnectNeededError(Problem(code=ProblemCode.RECONNECT_NEEDED, vendor_words=words))
        case 401:
            raise AccessExpiredError(Problem(code=ProblemCode.RECONNECT_NEEDED, vendor_words=words))
        case 403:
            raise _forbidden(words)
        case 404:
            raise PersonNeededError(Problem(code=ProblemCode.DOCUMENT_GONE, vendor_words=words))
        case 429:
            scope = answer.headers.get("X-Rate-Limit-Problem")
            busy = Problem(code=ProblemCode.LEDGER_BUSY, vendor_words=f"rate limit: {scope or 'unnamed'}")
            raise TryLaterError(busy, after_seconds=wait_seconds, scope=scope)
        case 412 | 500 | 502 | 503 | 504:
            raise TryLaterError(Problem(code=ProblemCode.LEDGER_DOWN, vendor_words=words))
        case 400:
            raise PersonNeededError(problem_of(sentences_of(found) or [words]))
        case _:
            raise ProviderChangedError(words)


def _forbidden(words: str) -> PersonNeededError | ReconnectNeededError:
    """A right that the person lacks, and a subscription that nobody pays, are in the table of sentences, and no sign-in
    would change them; anything else is about the sign-in.
    """
    problem = problem_of([words])
    if problem.code in (ProblemCode.PERMISSION_MISSING, ProblemCode.SUBSCRIPTION_LAPSED):
        return PersonNeededError(problem)
    # a good token, but not for this organisation: somebody disconnected the app inside Xero
    is_removed = "AuthenticationUnsuccessful" in words
    code = ProblemCode.ACCESS_REMOVED if is_removed else ProblemCode.RECONNECT_NEEDED
    return ReconnectNeededError(Problem(code=code, vendor_words=words))


def raise_for_right(error: ReconnectNeededError, path: str) -> NoReturn:
    """Of an endpoint that a connection may be too old for: then it is that right alone that is lacking.

    Raises:
        PersonNeededError: it is; and else what was raised.
    """
    lacking = ASKED_FOR_LATER.get(path)
    if lacking is None or error.problem.code is ProblemCode.ACCESS_REMOVED:
        raise error
    raise PersonNeededError(replace(error.problem, code=lacking)) from error


def raise_for_file(answer: Answer, *, wait_seconds: float) -> None:
    """As `raise_for_write`. A file of more bytes than are taken gets 413 "PayloadTooLarge", or a page that says so; of a
    document that answer would be a riddle.
    """
    if answer.status == 413:
        words = str(object_of(answer).get("Detail") or "status 413")
        raise PersonNeededError(Problem(code=ProblemCode.FILE_TOO_LARGE, vendor_words=words))
    raise_for_write(answer, wait_seconds=wait_seconds)


def raise_for_write(answer: Answer, *, wait_seconds: float) -> None:
    """As `raise_for`; see `a_no_is_a_no`."""
    with a_no_is_a_no(answer):
        raise_for(answer, wait_seconds=wait_seconds)


def sentences_of(found: dict[str, Any]) -> list[str]:
    """Every validation sentence of an error body or of one element."""
    own = [str(error.get("Message", "")) for error in found.get("ValidationErrors") or [] if isinstance(error, dict)]
    elements = [element for element in found.get("Elements") or [] if isinstance(element, dict)]
    return own + [sentence for element in elements for sentence in sentences_of(element)]
