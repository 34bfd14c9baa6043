"""Sage's refusals as problems of ours. Each is a list of problems with a code, a message and the field it is about; what is
matched is all three: "RecordInvalid line_items.tax_rate_id: This field is required."

Sources: developer.sage.com, "Response codes", "Frequently raised errors", "Access rights", "Analysis types", and answers that
people have reported (Sage/sageone_api_php_sample issues 29 and 32, Sage/sageone_api_csharp_sample issue 7). Many words are not
published, so that rows go by the field where they can. What no row matches is kept verbatim as NOT_UNDERSTOOD.
"""

from collections.abc import Sequence
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    TryLaterError,
)
from providers.http import Answer
from providers.refusals import Sentence, a_no_is_a_no, problem_in, sentence

P = ProblemCode
_LACKS = r"(?:is missing|is required|field is required|can't be blank|can't be empty)"
_TAKEN = r"(?:already (?:been )?(?:taken|used|exist\w*)|already exists|must be unique|is not unique)"
SENTENCES: Sequence[Sentence] = (
    sentence(r"no active subscription|\(MSE\)", P.SUBSCRIPTION_LAPSED),
    sentence(r"^MultiUserAccessDenied\b|not allowed to access that resource", P.PERMISSION_MISSING),
    # when it is dated
    sentence(rf"\[?date\]? {_LACKS}|^\S+ (?:\S+[.\[])?date\]?: .*{_LACKS}", P.FIELD_MISSING, what="a date"),
    sentence(
        r"accounts start date",
        P.FIELD_NOT_VALID,
        what="the date, which is before the accounts in Sage Accounting begin",
    ),
    sentence(r"lock(?:ed|down)|year[- ]end|closed (?:period|year)", P.PERIOD_LOCKED),
    sentence(r"due[_ ]date", P.FIELD_NOT_VALID, what="the due date, which is before the document's own"),
    sentence(r"^RecordInvalid date:", P.PERIOD_LOCKED),
    # whom it is of
    sentence(r"^RecordInvalid (?:\S+[.\[])?name\]?: .*" + _TAKEN, P.CONTACT_NAME_TAKEN),
    sentence(rf"contact(?:_id)?\]? {_LACKS}|^\S+ contact(?:_id)?: .*{_LACKS}", P.CONTACT_MISSING),
    sentence(
        r"(?:couldn't|could not|can't|cannot) find (?:supplier|customer|vendor|contact)|obfuscated", P.CONTACT_ARCHIVED
    ),
    sentence(r"contact\[(?P<what>\w+)\]", P.FIELD_NOT_VALID),
    # what is paid
    sentence(r"outstanding amount|allocated amounts? cannot be more", P.PAYMENT_SETTLED),
    sentence(r"belongs to another contact|cannot be allocated|artefact_id", P.PAYMENT_NOT_OPEN),
    # how much, and in which currency
    sentence(r"exchange[_ ]rate", P.FIELD_NOT_VALID, what="the exchange rate"),
    sentence(r"multi-?currency|currency is not supported|currency_id", P.CURRENCY_NOT_ENABLED),
    sentence(r"must be the sum|tax_analysis|totals? (?:do|does) not match", P.TOTALS_DIFFER),
    # what it is booked to
    sentence(rf"tax_rate(?:_id)?\]?:? .*{_LACKS}", P.TAX_MISSING),
    sentence(r"tax rate is not available|tax_rate", P.TAX_RATE_GONE),
    sentence(r"tax_amount", P.TAX_NOT_USABLE),
    sentence(rf"ledger_account(?:_id)?\]?:? .*{_LACKS}", P.ACCOUNT_MISSING),
    sentence(r"ledger_account", P.ACCOUNT_NOT_VALID),
    sentence(r"bank[_ ]account", P.BANK_ACCOUNT_NOT_TAKEN),
    sentence(r"product_id|service_id|stock_item", P.PRODUCT_NOT_VALID),
    sentence(
        r"analysis_type|analysis type",
        P.FIELD_NOT_VALID,
        what="a category of an analysis type, which is not switched on for such documents",
    ),
    # what it says
    sentence(rf"(?:invoice_number|credit_note_number|vendor_reference|reference|number)\b.*{_TAKEN}", P.NUMBER_TAKEN),
    sentence(rf"(?:invoice|credit_note|payment)_lines\]? {_LACKS}", P.FIELD_MISSING, what="at least one line"),
    sentence(r"(?:invoice_number|credit_note_number|reference)\]? is too long", P.FIELD_NOT_VALID, what="the number"),
    sentence(r"(?:description|details)\]? is too long", P.FIELD_NOT_VALID, what="a line's description"),
    sentence(r"notes\]? is too long", P.FIELD_NOT_VALID, what="the link back to Dext"),
    # files
    sentence(r"file_size|file is too large", P.FILE_TOO_LARGE),
    sentence(r"mime_type|file type", P.FILE_KIND_NOT_TAKEN),
    # what stands there
    sentence(r"reconciled", P.WITHDRAWAL_RECONCILED),
    sentence(r"^MethodNotAllowed\b|cannot be edited|has payments or allocations", P.DOCUMENT_NOT_EDITABLE),
    sentence(r"^RecordNotFound\b", P.DOCUMENT_GONE),
    sentence(rf"\[(?P<what>\w+)\] {_LACKS}", P.FIELD_MISSING),
    sentence(rf"^\S+ (?P<what>[^\s:]+): .*{_LACKS}", P.FIELD_MISSING),
    sentence(r"\[(?P<what>\w+)\] is (?:invalid|too long)", P.FIELD_NOT_VALID),
    sentence(r"^(?:RecordInvalid|Validation) (?P<what>(?!base:)[^\s:]+):", P.FIELD_NOT_VALID),
)
"""Those about a field that is missing or wrong are of guides; other words are unverified where the simulation says so."""
OF_THE_WHOLE = frozenset({P.SUBSCRIPTION_LAPSED, P.PERMISSION_MISSING})
"""Reasons that lie in no document."""
KEY_USED = "idempotency_id"


def errors_in(answer: Answer) -> list[dict[str, str]]:
    """Of a refusal; empty where it is none, or has another form."""
    try:
        found: Any = answer.json()
    except ValueError:
        return []
    listed = found if isinstance(found, list) else [found]
    names = {"code": "$dataCode", "message": "$message", "source": "$source"}
    return [
        {ours: str(one.get(theirs) or "") for ours, theirs in names.items()}
        for one in listed
        if isinstance(one, dict) and "$message" in one
    ]


def problem_of(errors: Sequence[dict[str, str]]) -> Problem:
    """The first error that the table knows decides; the words of all are kept."""
    words = " ".join(dict.fromkeys(error["message"] for error in errors)).strip()
    said = [f"{error['code']} {error['source']}: {error['message']}" for error in errors]
    return problem_in(SENTENCES, said, words)


def raise_for(answer: Answer, *, wait_seconds: float) -> None:
    """Raise what a status other than success means.

    Raises:
        TryLaterError, AccessExpiredError, PersonNeededError, ProviderChangedError.
    """
    if answer.status < 300:
        return
    errors = errors_in(answer)
    problem = problem_of(errors) if errors else None
    words = problem.vendor_words if problem else f"status {answer.status}"
    match answer.status:
        case 429:
            raise TryLaterError(Problem(code=P.LEDGER_BUSY, vendor_words=words), after_seconds=wait_seconds)
        case 401 if problem is None or problem.code is not P.SUBSCRIPTION_LAPSED:
            raise AccessExpiredError(Problem(code=P.RECONNECT_NEEDED, vendor_words=words))
        case status if status >= 500:
            raise TryLaterError(Problem(code=P.LEDGER_DOWN, vendor_words=words))
        case 413:
            raise PersonNeededError(Problem(code=P.FILE_TOO_LARGE, vendor_words=words))
    if problem is None:
        raise ProviderChangedError(words)
    raise PersonNeededError(problem)


def raise_for_write(answer: Answer, *, wait_seconds: float) -> None:
    """As `raise_for`. A key that was used is known for what was written by it: that has to be looked for."""
    with a_no_is_a_no(answer):
        errors = errors_in(answer) if answer.status >= 400 else []
        if any(KEY_USED in error["source"] and "already" in error["message"] for error in errors):
            raise OutcomeUnknownError(problem_of(errors).vendor_words)
        raise_for(answer, wait_seconds=wait_seconds)
