"""QuickBooks' refusals as problems of ours. Each error has a code, a message and a detail; a code may mean several things,
so that what is matched is all three: "6210 Account Period Closed: The account period has closed …".

Sources: developer.intuit.com "Error codes" and "Fix common QuickBooks Online Accounting API errors", and the sentences
that partners publish. What no row matches is kept verbatim as NOT_UNDERSTOOD.
"""

from collections.abc import Sequence
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
from providers.refusals import Sentence, a_no_is_a_no, object_of, problem_in, sentence

P = ProblemCode
_NUMBER = "the number (QuickBooks takes 21 characters)"
SENTENCES: Sequence[Sentence] = (
    # by its words, whatever the code: 6210 is a duplicate number as well, 5010 a closed period, 6000 anything
    sentence(r"number has already been used|^6140\b", P.NUMBER_TAKEN),
    sentence(
        r"account(?:ing)? period has closed|period closed|books (?:are|have been) closed|^6200\b", P.PERIOD_LOCKED
    ),
    sentence(
        r"subscription (?:period )?(?:has ended|is inactive|ended)|billing problem|payment failure",
        P.SUBSCRIPTION_LAPSED,
    ),
    sentence(r"appears to be inactive|^6190\b", P.SUBSCRIPTION_LAPSED),
    sentence(r"only use one foreign currency", P.CURRENCIES_MIXED),
    sentence(r"(?:VAT|GST|HST|tax) rate before you save|do not have a tax code associated", P.TAX_MISSING),
    sentence(r"error while calculating tax", P.TAX_NOT_USABLE),
    sentence(r"can't use an Accounts (?:Payable|Receivable) account", P.ACCOUNT_NOT_VALID),
    sentence(
        r"you must (?:choose|select|also choose) a (?:vendor|customer)[^.]*(?:Name field|Accounts|$)", P.CONTACT_MISSING
    ),
    sentence(r"Date Due cannot be earlier", P.FIELD_NOT_VALID, what="the due date, which is before the document's own"),
    sentence(r"set a transaction amount|amount must be 0 or greater|^(?:2290|2300)\b", P.TOTALS_DIFFER),
    sentence(r"no account for purchases", P.PRODUCT_NOT_VALID),
    sentence(r"(?:reconciled|matched)", P.WITHDRAWAL_RECONCILED),
    sentence(r"Another user has deleted this transaction", P.DOCUMENT_GONE),
    # what is pointed at
    sentence(r"Accounts element id (?P<account>\S+) not found", P.ACCOUNT_NOT_VALID),
    sentence(r"Names element id \S+ not found|^(?:6250|6290|6300)\b", P.CONTACT_ARCHIVED),
    sentence(r"TaxCodes? element id (?P<tax_rate>\S+) not found", P.TAX_RATE_GONE),
    sentence(r"(?:Items|Item) element id (?P<product>\S+) not found|ItemRef", P.PRODUCT_NOT_VALID),
    sentence(r"(?:Klasses|Class\w*) element id", P.FIELD_NOT_VALID, what="the class"),
    sentence(r"Depts element id", P.FIELD_NOT_VALID, what="the location"),
    sentence(r"^610\b.*made inactive", P.CONTACT_ARCHIVED),
    sentence(r"^2500\b.*made inactive", P.ACCOUNT_ARCHIVED),
    sentence(r"^610\b", P.DOCUMENT_GONE),
    # what is missing
    sentence(r"^2020\b.*(?:VendorRef|CustomerRef|EntityRef|DisplayName)", P.CONTACT_MISSING),
    sentence(
        r"^2020\b.*(?:BankAccountRef|CCAccountRef|DepositToAccountRef|PayType|PaymentType)", P.BANK_ACCOUNT_NOT_TAKEN
    ),
    sentence(r"^2020\b.*AccountRef|^(?:6440|6450)\b", P.ACCOUNT_MISSING),
    sentence(r"^2020\b.*TaxCodeRef|^2280\b", P.TAX_MISSING),
    sentence(r"^2020\b.*TxnDate", P.FIELD_MISSING, what="a date"),
    sentence(r"^2020\b.*parameter Line is missing|^2250\b", P.FIELD_MISSING, what="at least one line"),
    sentence(r"^2020\b.*(?:Required parameter|Required param) (?P<what>\S+) is missing", P.FIELD_MISSING),
    # what is too long or malformed
    sentence(r"^20[345]0\b.*DocNumber", P.FIELD_NOT_VALID, what=_NUMBER),
    sentence(r"^20[345]0\b.*Description", P.FIELD_NOT_VALID, what="a line's description"),
    sentence(r"^20[345]0\b.*PrivateNote", P.FIELD_NOT_VALID, what="the link back to Dext"),
    sentence(r"^2040\b|^20[35]0\b.*DisplayName", P.FIELD_NOT_VALID, what="the name of the supplier or customer"),
    sentence(r"^2060\b", P.FIELD_NOT_VALID, what="a date"),
    sentence(r"^(?:2070|2080|2090|2100|2110|2120|2130)\b", P.FIELD_NOT_VALID, what="an amount or a rate"),
    sentence(r"Multicurrency is not enabled|^5030\b.*CurrencyRef", P.CURRENCIES_OFF),
    sentence(r"^2220\b", P.CURRENCY_NOT_ENABLED),
    sentence(r"^5030\b.*(?:ClassRef|DepartmentRef)", P.FIELD_NOT_VALID, what="tracking, which is switched off there"),
    sentence(r"^5030\b.*CustomerRef|chose for a billable expense|not reimbursable", P.CUSTOMER_NOT_TAKEN),
    sentence(r"billable|^6310\b", P.FIELD_NOT_VALID, what="a line that is billable, or its customer"),
    sentence(r"^2050\b.*: ?(?P<what>[\w.]{1,60}) ?: ?Min:", P.FIELD_NOT_VALID),
    sentence(r"^(?:2010|2030|2050|21[4-9]0|22[013]0)\b.*: ?(?P<what>[^: ][^:]{0,79})$", P.FIELD_NOT_VALID),
    # what the ledger does not allow
    sentence(r"^6240\b", P.CONTACT_NAME_TAKEN),
    sentence(r"^(?:6010|6430)\b", P.ACCOUNT_NOT_VALID),
    sentence(r"^(?:6160|6170|6470)\b", P.TAX_RATE_GONE),
    sentence(r"^6100\b", P.TAX_NOT_USABLE),
    sentence(r"^6070\b", P.TOTALS_DIFFER),
    sentence(r"^620\b", P.PAYMENT_SETTLED),
    sentence(r"^(?:800|6220|6480|6540|5010)\b", P.DOCUMENT_NOT_EDITABLE),
    sentence(r"^(?:6020|6030|6040)\b", P.FILE_TOO_LARGE),
    sentence(r"^(?:6041|6050)\b", P.FILE_KIND_NOT_TAKEN),
    sentence(r"^5030\b|^5020\b|permission to access this feature", P.PLAN_LACKS_IT),
    sentence(r"^120\b|not have permission", P.PERMISSION_MISSING),
)
BUSY = frozenset({"3001", "003001"})
PASSING = BUSY | {"130", "140", "150", "600", "1000", "1010", "1020", "1030", "1050", "10000"}
"""Codes that say nothing of the document, and pass."""
NOT_AN_ADMIN = "120"
OF_ANOTHER_COMPANY = "3100"


def errors_in(found: dict[str, Any]) -> list[dict[str, str]]:
    """Of an answer or of a batch's part, in either spelling; empty where it is no refusal.

    Codes are texts of digits; leading noughts say nothing.
    """
    fault = found.get("Fault") or found.get("fault")
    if not isinstance(fault, dict):
        return []
    told = fault.get("Error") or fault.get("error") or [{}]
    errors = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return [
        {
            "code": str(one.get("code") or "").lstrip("0"),
            "message": str(one.get("Message") or one.get("message") or "").strip(),
            "detail": str(one.get("Detail") or one.get("detail") or "").strip(),
        }
        for one in errors
    ]


def problem_of(errors: Sequence[dict[str, str]]) -> Problem:
    """The first error that the table knows decides; the words of all are kept."""
    words = " ".join(error["detail"].removeprefix(": ") or error["message"] for error in errors).strip()
    said = [f"{error['code']} {error['message']}: {error['detail']}" for error in errors]
    return problem_in(SENTENCES, said, words)


def passes(errors: Sequence[dict[str, str]]) -> bool:
    """Whether it is about the moment, and not about what was sent."""
    return any(error["code"] in PASSING for error in errors)


def raise_for(answer: Answer, *, wait_seconds: float) -> None:
    """Raise what a status other than success means, or a `Fault` in a success.

    Raises:
        TryLaterError, AccessExpiredError, ReconnectNeededError, PersonNeededError, ProviderChangedError.
    """
    found = object_of(answer)
    errors = errors_in(found)
    if answer.status < 300 and not errors:
        return
    codes = {error["code"] for error in errors}
    words = problem_of(errors).vendor_words if errors else f"status {answer.status}"
    match answer.status:
        case 429:
            raise _busy(words, wait_seconds)
        case 401:
            raise _unauthenticated(codes, words)
        case 403 if codes & {OF_ANOTHER_COMPANY, NOT_AN_ADMIN} or not errors:
            raise ReconnectNeededError(Problem(code=P.ACCESS_REMOVED, vendor_words=words))
        case status if status >= 500:
            raise TryLaterError(Problem(code=P.LEDGER_DOWN, vendor_words=words))
    if codes & BUSY:
        raise _busy(words, wait_seconds)
    if errors and passes(errors):
        raise TryLaterError(Problem(code=P.LEDGER_DOWN, vendor_words=words))
    if errors:
        raise PersonNeededError(problem_of(errors))
    raise ProviderChangedError(words)


def _busy(words: str, wait_seconds: float) -> TryLaterError:
    return TryLaterError(Problem(code=P.LEDGER_BUSY, vendor_words=words), after_seconds=wait_seconds)


def _unauthenticated(codes: set[str], words: str) -> AccessExpiredError | ReconnectNeededError:
    """120: the token is good, but whoever connected is no admin of the company any more."""
    if NOT_AN_ADMIN in codes:
        return ReconnectNeededError(Problem(code=P.ACCESS_REMOVED, vendor_words=words))
    return AccessExpiredError(Problem(code=P.RECONNECT_NEEDED, vendor_words=words))


def raise_for_write(answer: Answer, *, wait_seconds: float) -> None:
    """As `raise_for`, but for what is about the moment: that may have been done, and so may what was told to the same
    `requestid` before.
    """
    with a_no_is_a_no(answer):
        errors = errors_in(object_of(answer))
        if answer.status < 429 and passes(errors) and not {error["code"] for error in errors} & BUSY:
            raise OutcomeUnknownError(problem_of(errors).vendor_words)
        if answer.status == 413:
            raise PersonNeededError(Problem(code=P.FILE_TOO_LARGE, vendor_words="status 413"))
        raise_for(answer, wait_seconds=wait_seconds)
