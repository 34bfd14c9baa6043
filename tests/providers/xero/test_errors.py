"""Each of Xero's ways to say no, and what we make of it."""

import json
from typing import Any

import pytest

from bot.domain.problems import CATALOGUE, Problem, ProblemCode, placeholders
from providers.errors import (
    AccessExpiredError,
    OutcomeUnknownError,
    PersonNeededError,
    ProviderChangedError,
    ProviderError,
    ReconnectNeededError,
    TryLaterError,
)
from providers.http import Answer
from providers.refusals import mapped_errors
from providers.xero.errors import (
    SENTENCES,
    problem_of,
    raise_for,
    raise_for_file,
    raise_for_write,
    sentences_of,
)
from providers.xero.simulated import sentences

P = ProblemCode
KNOWN = [
    ("The specified bank account details do not match a known bank account", P.BANK_ACCOUNT_NOT_TAKEN, {}),
    ("TaxType code 'OUTPUT2' has been removed as it does not match", P.TAX_RATE_GONE, {"tax_rate": "OUTPUT2"}),
    (
        "Account code '999' has been removed as it does not match a recognised account.",
        P.ACCOUNT_NOT_VALID,
        {"account": "999"},
    ),
    ("Payment amount exceeds the amount outstanding on this document", P.PAYMENT_SETTLED, {}),
    ("Payments can only be made against Authorised documents", P.PAYMENT_NOT_OPEN, {}),
    (
        "The account's currency must be the organisation's base currency or that of the document, EUR",
        P.PAYMENT_ACCOUNT_NOT_TAKEN,
        {},
    ),
    ("The line item amount must be greater than or equal to zero", P.TOTALS_DIFFER, {}),
    ("Quantity must not be less than zero.", P.FIELD_NOT_VALID, {"what": "a line's quantity"}),
    ("Discounts may not be applied to ACCPAY invoices", P.FIELD_NOT_VALID, {"what": "a discount"}),
    ("Item code 'PEN' is not valid", P.PRODUCT_NOT_VALID, {"product": "PEN"}),
    ("Tracking 'Region' has been removed as it does not match", P.FIELD_NOT_VALID, {"what": "the tracking option"}),
    ("The Type field must be specified as ACCPAY or ACCREC", P.FIELD_MISSING, {"what": "the kind of document"}),
    (
        "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement.",
        P.WITHDRAWAL_RECONCILED,
        {},
    ),
    ("Credit Note # must be unique.", P.NUMBER_TAKEN, {}),
    (
        "The document date cannot be before the period lock date, currently set at 31-Mar-2026",
        P.PERIOD_LOCKED,
        {"lock": "period", "locked_to": "31 Mar 2026"},
    ),
    (
        "The document date cannot be before the end of year lock date, currently set at 31-Dec-2025.",
        P.PERIOD_LOCKED,
        {"lock": "end of year", "locked_to": "31 Dec 2025"},
    ),
    (
        "The document date cannot be before the period lock date, currently set at 03/04/2026",
        P.PERIOD_LOCKED,
        {"lock": "period"},
    ),
    (
        "Account code '426' has been archived, or has been deleted. Each line item must reference a valid account.",
        P.ACCOUNT_ARCHIVED,
        {"account": "426"},
    ),
    ("Account code '090' is not a valid code for this document.", P.ACCOUNT_NOT_VALID, {"account": "090"}),
    ("Item PEN has an incorrect inventory asset account specified", P.ACCOUNT_NOT_VALID, {}),
    ("Account code must be specified.", P.ACCOUNT_MISSING, {}),
    ("Account must be valid", P.ACCOUNT_MISSING, {}),
    (
        "The TaxType code 'OUTPUT2' cannot be used with account code '429'.",
        P.TAX_NOT_USABLE,
        {"tax_rate": "OUTPUT2", "account": "429"},
    ),
    (
        "TaxType code 'SRINPUT' does not exist or cannot be used for this type of transaction.",
        P.TAX_RATE_GONE,
        {"tax_rate": "SRINPUT"},
    ),
    ("Tax rate must be valid", P.TAX_RATE_GONE, {}),
    ("The TaxType field is mandatory", P.TAX_MISSING, {}),
    (
        "The contact name A & B is already assigned to another contact. It must be unique across all active contacts.",
        P.CONTACT_NAME_TAKEN,
        {},
    ),
    (
        "The contact with the specified contact details has been archived. It must be un-archived before that.",
        P.CONTACT_ARCHIVED,
        {},
    ),
    ("The supplied details matched an archived contact", P.CONTACT_ARCHIVED, {}),
    (
        "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID",
        P.CONTACT_MISSING,
        {},
    ),
    ("A Contact must be specified for this type of transaction", P.CONTACT_MISSING, {}),
    ("Invoice # must be unique.", P.NUMBER_TAKEN, {}),
    ("The organisation is not subscribed to currency CHF", P.CURRENCY_NOT_ENABLED, {"currency": "CHF"}),
    ("The line total 99.99 does not match the expected line total 100.00", P.TOTALS_DIFFER, {}),
    ("The tax amount cannot be greater than the line amount.", P.TOTALS_DIFFER, {}),
    ("One or more line items must be specified", P.FIELD_MISSING, {"what": "at least one line"}),
    (
        "Tracking option 'Moon' is archived or was not found in tracking category 'Region'.",
        P.FIELD_NOT_VALID,
        {"what": "the tracking option"},
    ),
    (
        "The description field is mandatory for each line item.",
        P.FIELD_MISSING,
        {"what": "a description on every line"},
    ),
    ("The document DueDate field must be specified.", P.FIELD_MISSING, {"what": "a due date"}),
    ("The Date field must be specified.", P.FIELD_MISSING, {"what": "a date"}),
    ("Url must be a valid absolute url", P.FIELD_NOT_VALID, {"what": "the link back to Dext"}),
    ("Invoice not of valid status for modification", P.DOCUMENT_NOT_EDITABLE, {}),
    (
        "This document cannot be edited as it has a payment or credit note allocated to it.",
        P.DOCUMENT_NOT_EDITABLE,
        {},
    ),
    ("The document with the supplied id was not found for this endpoint", P.DOCUMENT_GONE, {}),
    ("An existing Invoice with the specified InvoiceID could not be found", P.DOCUMENT_GONE, {}),
    ("You have reached the limit of invoices you can approve.", P.PLAN_LIMIT, {}),
    ("Your Xero subscription is no longer active", P.SUBSCRIPTION_LAPSED, {}),
    ("The User specified does not have the correct permissions to perform this action", P.PERMISSION_MISSING, {}),
]


@pytest.mark.parametrize(("sentence", "code", "facts"), KNOWN, ids=[row[0][:50] for row in KNOWN])
def test_a_sentence_of_xeros_is_a_problem_with_its_facts(
    sentence: str, code: ProblemCode, facts: dict[str, str]
) -> None:
    problem = problem_of([sentence])

    assert (problem.code, dict(problem.facts), problem.vendor_words) == (code, facts, sentence)


def test_every_row_of_the_table_is_met_by_a_sentence() -> None:
    unmet = [
        pattern.pattern for pattern, _, _ in SENTENCES if not any(pattern.search(sentence) for sentence, _, _ in KNOWN)
    ]

    assert unmet == []


@pytest.mark.parametrize("row", SENTENCES, ids=[row[0].pattern[:40] for row in SENTENCES])
def test_the_facts_of_a_row_are_ones_that_its_text_asks_for(row: Any) -> None:
    pattern, code, facts = row
    entry = CATALOGUE[code]
    wanted = placeholders(entry.explanation) | placeholders(entry.remedy) | placeholders(entry.field or "")

    assert set(pattern.groupindex) | set(facts) <= wanted


def test_unknown_words_are_kept_as_they_are() -> None:
    problem = problem_of(["Computer says no (<b>42</b>)."])

    assert (problem.code, problem.vendor_words) == (P.NOT_UNDERSTOOD, "Computer says no (<b>42</b>).")


def test_the_first_sentence_that_is_known_decides_and_all_are_kept() -> None:
    problem = problem_of(["Computer says no.", "Invoice # must be unique.", "Account must be valid"])

    assert problem.code is P.NUMBER_TAKEN
    assert problem.vendor_words == "Computer says no. Invoice # must be unique. Account must be valid"


def test_no_reason_is_said_so() -> None:
    assert problem_of([]).vendor_words == "no reason was given"


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


EXPIRED = {"Title": "Unauthorized", "Status": 401, "Detail": "TokenExpired: token expired"}
WITHDRAWN = {"Title": "Forbidden", "Status": 403, "Detail": "AuthorizationUnsuccessful"}
NOT_PERMITTED = {"Title": "Forbidden", "Detail": "You are not permitted to access this resource"}
NO_PERMISSION = {"Title": "Forbidden", "Detail": "You do not have permission to do this"}
INVALID = {
    "ErrorNumber": 10,
    "Type": "ValidationException",
    "Message": "A validation exception occurred",
    "Elements": [{"ValidationErrors": [{"Message": "Invoice # must be unique."}]}],
}
WHOLE = {"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": "JSON for post data was invalid"}


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [
        (answer(401, EXPIRED), AccessExpiredError, P.RECONNECT_NEEDED),
        (answer(401, {"Detail": "AuthorizationUnsuccessful"}), ReconnectNeededError, P.RECONNECT_NEEDED),
        (answer(401, b"<html>"), AccessExpiredError, P.RECONNECT_NEEDED),
        (answer(403, WITHDRAWN), ReconnectNeededError, P.RECONNECT_NEEDED),
        (answer(403, {"Detail": "AuthenticationUnsuccessful"}), ReconnectNeededError, P.ACCESS_REMOVED),
        (answer(403, NOT_PERMITTED), PersonNeededError, P.PERMISSION_MISSING),
        (answer(403, NO_PERMISSION), PersonNeededError, P.PERMISSION_MISSING),
        (answer(403, {"Detail": "Something else"}), ReconnectNeededError, P.RECONNECT_NEEDED),
        (answer(404, b"The resource you're looking for cannot be found"), PersonNeededError, P.DOCUMENT_GONE),
        (answer(429, b""), TryLaterError, P.LEDGER_BUSY),
        (answer(503, b"The Organisation is offline"), TryLaterError, P.LEDGER_DOWN),
        (answer(500, b""), TryLaterError, P.LEDGER_DOWN),
        (answer(400, INVALID), PersonNeededError, P.NUMBER_TAKEN),
        (answer(400, WHOLE), PersonNeededError, P.NOT_UNDERSTOOD),
        (answer(400, [1, 2]), PersonNeededError, P.NOT_UNDERSTOOD),
        (answer(302, b""), ProviderChangedError, P.NOT_UNDERSTOOD),
        (answer(418, b""), ProviderChangedError, P.NOT_UNDERSTOOD),
    ],
)
def test_a_status_is_told_apart_by_what_happens_next(
    given: Answer, error: type[ProviderError], code: ProblemCode
) -> None:
    with pytest.raises(ProviderError) as raised:
        raise_for(given, wait_seconds=60)

    assert (type(raised.value), raised.value.problem.code) == (error, code)


@pytest.mark.parametrize("status", [405, 409, 413, 422])
def test_a_clear_no_to_a_write_that_is_in_no_table_is_a_persons_business(status: int) -> None:
    """The same body would get the same answer for ever."""
    with pytest.raises(PersonNeededError) as raised:
        raise_for_write(answer(status, {"Message": "Request too large"}), wait_seconds=60)

    assert raised.value.problem == Problem(code=P.NOT_UNDERSTOOD, vendor_words="Request too large")


@pytest.mark.parametrize("body", [{"Title": "RequestEntityTooLarge", "Detail": "PayloadTooLarge"}, b"<h3>413.0"])
def test_a_file_of_too_many_bytes_is_told_as_one(body: bytes | dict[str, Any]) -> None:
    with pytest.raises(PersonNeededError) as raised:
        raise_for_file(answer(413, body), wait_seconds=60)

    assert raised.value.problem.code is P.FILE_TOO_LARGE


def test_a_request_that_timed_out_at_the_far_end_may_have_been_done() -> None:
    with pytest.raises(OutcomeUnknownError):
        raise_for_write(answer(408, b""), wait_seconds=60)


def test_a_limit_says_which_and_how_long() -> None:
    with pytest.raises(TryLaterError) as raised:
        raise_for(answer(429, b"", X_Rate_Limit_Problem="day"), wait_seconds=3600)

    assert (raised.value.scope, raised.value.after_seconds) == ("day", 3600)


@pytest.mark.parametrize("status", [200, 204])
def test_a_success_raises_nothing(status: int) -> None:
    raise_for(answer(status), wait_seconds=1)


def test_sentences_are_found_at_every_depth() -> None:
    body = {"ValidationErrors": [{"Message": "a"}, "odd"], "Elements": [{"ValidationErrors": [{"Message": "b"}]}, None]}

    assert sentences_of(body) == ["a", "b"]


@pytest.mark.parametrize("error", [KeyError("Invoices"), TypeError("x"), ValueError("x"), ArithmeticError("x")])
def test_an_answer_of_another_form_is_not_taken_for_our_own_mistake(error: Exception) -> None:
    with pytest.raises(ProviderChangedError), mapped_errors():
        raise error


def test_every_sentence_that_is_known_to_be_xeros_own_is_a_problem_of_ours() -> None:
    """Each is filled with values that are none of a sentence's own words."""
    facts = dict.fromkeys(
        ["types", "noun", "status", "key", "which", "until", "code", "sent", "expected", "type", "account", "name"],
        "X1",
    )
    named = {name: value for name, value in vars(sentences).items() if name.isupper() and isinstance(value, str)}

    not_understood = {
        name
        for name, sentence in named.items()
        if sentence not in sentences.UNVERIFIED
        and problem_of([sentence.format_map(facts | {"noun": "Invoice", "which": "period lock date"})]).code
        is ProblemCode.NOT_UNDERSTOOD
    }

    assert not_understood == set()
    assert len(named) > 40


def test_a_lapsed_subscription_is_no_reason_to_sign_in_again() -> None:
    with pytest.raises(PersonNeededError) as refused:
        raise_for(answer(403, {"Detail": sentences.SUBSCRIPTION_LAPSED}), wait_seconds=1)

    assert refused.value.problem.code is ProblemCode.SUBSCRIPTION_LAPSED
