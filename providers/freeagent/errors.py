"""FreeAgent's refusals as problems of ours. It gives sentences without codes, each beginning with the attribute that it is about.

The API reference lists none of them; they were learnt of FreeAgent's engineers and of public clients (api-discuss.freeagent.com,
dinoconstantinou87/FreeAgent), and the rest are of the form that Rails gives them, which is unverified: they are matched
loosely, and what no row matches is kept verbatim as NOT_UNDERSTOOD.
"""

import re
from collections.abc import Sequence

from bot.domain.problems import Problem, ProblemCode
from providers.errors import (
    AccessExpiredError,
    PersonNeededError,
    ProviderChangedError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer
from providers.refusals import Sentence, a_no_is_a_no, object_of, problem_in, sentence

P = ProblemCode
SENTENCES: Sequence[Sentence] = (
    # what stands there already, and what hangs on it
    sentence(r"is locked and cannot be changed", P.DOCUMENT_NOT_EDITABLE),
    sentence(r"payments? associated|because it has been (?:paid|used)", P.WITHDRAWAL_SETTLED),
    sentence(r"because it is not a draft", P.DOCUMENT_NOT_EDITABLE),
    sentence(r"Resource not found|record(?:s)? not found", P.DOCUMENT_GONE),
    # when
    sentence(r"accounts (?:are|were) locked|is locked\.?$|locked (?:until|up to|to) ", P.PERIOD_LOCKED),
    sentence(
        r"FreeAgent start date|(?:filed|final) (?:VAT return|accounts)|accounting (?:year|period) .*(?:closed|signed)",
        P.PERIOD_LOCKED,
    ),
    # who, and what it is called
    sentence(r"reference has already been taken", P.NUMBER_TAKEN),
    sentence(r"reference can't be blank", P.FIELD_MISSING, what="a number"),
    sentence(r"reference is too long", P.FIELD_NOT_VALID, what="the number, which is too long"),
    sentence(r"(?:contact|organisation[_ ]name|first[_ ]name|last[_ ]name) can't be blank", P.CONTACT_MISSING),
    sentence(r"(?:organisation|first|last)[_ ]name is", P.FIELD_NOT_VALID, what="the name of the supplier or customer"),
    sentence(r"contact(?:[_ ]id)? is invalid", P.CONTACT_ARCHIVED),
    sentence(r"user (?:is|can't|must)", P.CLAIMANT_NOT_TAKEN),
    # what it is booked to
    sentence(r"sales tax rate must be the AUTO rate|sales_tax_rate must be the AUTO rate", P.TAX_NOT_USABLE),
    sentence(r"must be set to 'Auto' or", P.TAX_NOT_USABLE),
    sentence(r"sales[_ ]tax[_ ](?:rate|status) ", P.TAX_RATE_GONE),
    sentence(r"not registered for (?:VAT|sales tax)", P.TAX_RATE_GONE),
    sentence(r"category can't be blank", P.ACCOUNT_MISSING),
    sentence(r"category is", P.ACCOUNT_NOT_VALID),
    sentence(r"project ", P.FIELD_NOT_VALID, what="the project"),
    sentence(r"currency must be [A-Z]{3}, the currency of the project", P.CURRENCIES_MIXED),
    sentence(r"currency ", P.CURRENCY_NOT_ENABLED),
    sentence(r"stock[_ ]", P.FIELD_NOT_VALID, what="the category: purchases of stock are entered in FreeAgent"),
    # what it comes to
    sentence(r"must not be more than the amount due|more than is due", P.PAYMENT_SETTLED),
    sentence(r"paid[_ ](?:bill|invoice) ", P.PAYMENT_NOT_OPEN),
    sentence(r"unexplained amount", P.BANK_LINE_TAKEN),
    sentence(r"bank[_ ]transaction ", P.BANK_LINE_GONE),
    sentence(r"bank[_ ]account ", P.BANK_ACCOUNT_NOT_TAKEN),
    sentence(r"manual[_ ]sales[_ ]tax[_ ]amount ", P.TOTALS_DIFFER),
    sentence(r"(?:total|gross|net)[_ ]value\w* |price (?:is|can't)|quantity is", P.TOTALS_DIFFER),
    sentence(
        r"(?:bill|invoice|credit_note)_items (?:is|are) too (?:long|many)",
        P.FIELD_NOT_VALID,
        what="its lines: there are too many",
    ),
    sentence(
        r"has no items|(?:bill|invoice|credit_note)[_ ]items? can't be blank", P.FIELD_MISSING, what="at least one line"
    ),
    # days and words
    sentence(r"dated[_ ]on can't be blank", P.FIELD_MISSING, what="a date"),
    sentence(r"dated[_ ]on ", P.FIELD_NOT_VALID, what="a date"),
    sentence(r"due[_ ]on can't be blank", P.FIELD_MISSING, what="a due date"),
    sentence(r"due[_ ]on |payment[_ ]terms[_ ]in[_ ]days ", P.FIELD_NOT_VALID, what="the due date"),
    sentence(r"description can't be blank", P.FIELD_MISSING, what="a description on every line"),
    sentence(r"description ", P.FIELD_NOT_VALID, what="a line's description"),
    sentence(r"comments ", P.FIELD_NOT_VALID, what="the link back to Dext"),
    # files
    sentence(r"data is too large|(?:attachment|file).* too (?:large|big)", P.FILE_TOO_LARGE),
    sentence(r"content[_ ]type ", P.FILE_KIND_NOT_TAKEN),
    sentence(r"attachments? |file[_ ]name |data (?:is|can't)", P.FILE_REFUSED),
    # the account
    sentence(r"subscription", P.SUBSCRIPTION_LAPSED),
    sentence(r"permission|access level|not authori[sz]ed", P.PERMISSION_MISSING),
    # whatever else
    sentence(r"(?P<what>[\w .]{1,60}?) can't be blank", P.FIELD_MISSING),
    sentence(r"(?P<what>[\w .]{1,60}?) (?:is|must|should) ", P.FIELD_NOT_VALID),
)
OF_ITEMS = re.compile(r"^\w+_items contain errors$")
"""Follows what is wrong with one of them."""
_NO_CLIENT = re.compile(r"access to this client|X-Subdomain|(?:no|unknown) client", re.IGNORECASE)
"""What an account manager is told whose practice does not have the client any more; unverified."""


def sentences_of(answer: Answer) -> list[str]:
    """Of a refusal, in either form: one for each attribute, or one for the whole call."""
    errors = object_of(answer).get("errors")
    found = errors if isinstance(errors, list) else list(errors.values()) if isinstance(errors, dict) else []
    said = [str(one.get("message") or "").strip() for one in found if isinstance(one, dict)]
    return [words for words in said if words]


def problem_of(said: Sequence[str]) -> Problem:
    """The first sentence that the table knows decides; the words of all are kept."""
    told = [words for words in said if not OF_ITEMS.match(words)] or list(said)
    return problem_in(SENTENCES, told, "; ".join(told))


def raise_for(answer: Answer, *, wait_seconds: float) -> None:
    """Raise what a status other than success means.

    Raises:
        TryLaterError, AccessExpiredError, ReconnectNeededError, PersonNeededError, ProviderChangedError.
    """
    if answer.status < 300:
        return
    said = sentences_of(answer)
    words = "; ".join(said) or f"status {answer.status}"
    match answer.status:
        case 401:
            raise AccessExpiredError(Problem(code=P.RECONNECT_NEEDED, vendor_words=words))
        case 403 if _NO_CLIENT.search(words):
            raise ReconnectNeededError(Problem(code=P.ACCESS_REMOVED, vendor_words=words))
        case 403:
            raise PersonNeededError(_forbidden(said, words))
        case 413:
            raise PersonNeededError(Problem(code=P.FILE_TOO_LARGE, vendor_words=words))
        case 429:
            raise TryLaterError(Problem(code=P.LEDGER_BUSY, vendor_words=words), after_seconds=wait_seconds)
        case status if status >= 500:
            raise TryLaterError(Problem(code=P.LEDGER_DOWN, vendor_words=words))
    if said:
        raise PersonNeededError(problem_of(said))
    raise ProviderChangedError(words)


def _forbidden(said: Sequence[str], words: str) -> Problem:
    """Locked, empty, ended; and what says nothing that we know is about the access level."""
    known = problem_of(said)
    return Problem(code=P.PERMISSION_MISSING, vendor_words=words) if known.code is P.NOT_UNDERSTOOD else known


def raise_for_write(answer: Answer, *, wait_seconds: float) -> None:
    """As `raise_for`; nothing was written wherever it raises."""
    with a_no_is_a_no(answer):
        raise_for(answer, wait_seconds=wait_seconds)
