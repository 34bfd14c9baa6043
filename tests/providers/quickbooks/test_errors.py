"""Each of QuickBooks' ways to say no, and what we make of it."""

import json
from typing import Any

import pytest

from bot.domain.problems import ProblemCode
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
from providers.quickbooks.errors import SENTENCES, errors_in, problem_of, raise_for, raise_for_write
from providers.quickbooks.simulated import faults
from providers.quickbooks.simulated.lines import NOT_BILLED_ON

P = ProblemCode
INACTIVE = faults.INACTIVE
KNOWN: list[tuple[str, str, ProblemCode, dict[str, str] | None]] = [
    # what the vendor lists as its commonest errors
    (
        "6240",
        "The name supplied already exists. : Another customer is already using this name.",
        P.CONTACT_NAME_TAKEN,
        {},
    ),
    ("6210", "You must specify a different number. This number has already been used.", P.NUMBER_TAKEN, {}),
    ("6140", "Duplicate Document Number Error : … is assigned to TxnType=Bill with TxnId=145", P.NUMBER_TAKEN, {}),
    ("6210", faults.CLOSED, P.PERIOD_LOCKED, {}),
    ("6200", "Account Period Closed", P.PERIOD_LOCKED, {}),
    ("5010", "Stale Object Error : The account period has closed", P.PERIOD_LOCKED, {}),
    ("6000", "Business Validation Error: The account period has closed", P.PERIOD_LOCKED, {}),
    ("610", f"Object Not Found : {INACTIVE}", P.CONTACT_ARCHIVED, {}),
    ("610", "Object Not Found : Another user has deleted this transaction.", P.DOCUMENT_GONE, {}),
    ("2500", f"Invalid Reference Id : {INACTIVE}", P.ACCOUNT_ARCHIVED, {}),
    ("2500", "Invalid Reference Id : Accounts element id 99 not found", P.ACCOUNT_NOT_VALID, {"account": "99"}),
    ("2500", "Invalid Reference Id : Names element id 99 not found", P.CONTACT_ARCHIVED, {}),
    ("2500", "Invalid Reference Id : Klasses element id 9 not found", P.FIELD_NOT_VALID, {"what": "the class"}),
    ("2500", "Invalid Reference Id : Depts element id 9 not found", P.FIELD_NOT_VALID, {"what": "the location"}),
    ("2500", "Invalid Reference Id : Items element id 7 not found", P.PRODUCT_NOT_VALID, {"product": "7"}),
    ("2500", "Invalid Reference Id : TaxCodes element id 7 not found", P.TAX_RATE_GONE, {"tax_rate": "7"}),
    ("2500", "Invalid Reference Id : Line.SalesItemLineDetail.ItemRef", P.PRODUCT_NOT_VALID, {}),
    ("6190", faults.LAPSED, P.SUBSCRIPTION_LAPSED, {}),
    ("6000", "Your QuickBooks Online subscription appears to be inactive", P.SUBSCRIPTION_LAPSED, {}),
    ("6000", "Your company is restricted due to a payment failure", P.SUBSCRIPTION_LAPSED, {}),
    # 6000: by its words
    ("6000", faults.ONE_CURRENCY, P.CURRENCIES_MIXED, {}),
    ("6000", faults.NO_VAT, P.TAX_MISSING, {}),
    ("6000", "Make sure all your transactions have a GST/HST rate before you save.", P.TAX_MISSING, {}),
    ("6000", "One or more charge lines do not have a tax code associated with it", P.TAX_MISSING, {}),
    (
        "6000",
        "QuickBooks encountered an error while calculating tax. Try reselecting the tax rate",
        P.TAX_NOT_USABLE,
        {},
    ),
    ("6000", "You can't use an Accounts Payable account on the detail portion of a Bill", P.ACCOUNT_NOT_VALID, {}),
    ("6000", "When you use Accounts Payable, you must choose a vendor in the Name field.", P.CONTACT_MISSING, {}),
    ("6000", "When you use Accounts Payable, you must choose a Vendor", P.CONTACT_MISSING, {}),
    ("6000", "You must set a transaction amount.", P.TOTALS_DIFFER, {}),
    ("6000", "Transaction amount must be 0 or greater.", P.TOTALS_DIFFER, {}),
    (
        "6000",
        "Date Due cannot be earlier than date of transaction.",
        P.FIELD_NOT_VALID,
        {"what": "the due date, which is before the document's own"},
    ),
    # what is missing
    ("2020", "Required parameter AccountRef is missing in the request", P.ACCOUNT_MISSING, {}),
    ("2020", "Required parameter VendorRef is missing in the request", P.CONTACT_MISSING, {}),
    ("2020", "Required parameter CheckPayment.BankAccountRef is missing in the request", P.BANK_ACCOUNT_NOT_TAKEN, {}),
    ("2020", "Required parameter Line is missing in the request", P.FIELD_MISSING, {"what": "at least one line"}),
    ("2020", "Required parameter TxnDate is missing in the request", P.FIELD_MISSING, {"what": "a date"}),
    (
        "2020",
        "Required parameter PaymentMethodRef is missing in the request",
        P.FIELD_MISSING,
        {"what": "PaymentMethodRef"},
    ),
    ("2250", "Lines are required", P.FIELD_MISSING, {"what": "at least one line"}),
    ("2280", "Tax amount is missing", P.TAX_MISSING, {}),
    # what is too long or malformed
    (
        "2050",
        "DocNumber : Min:0 Max:21 supported. Supplied length:22",
        P.FIELD_NOT_VALID,
        {"what": "the number (QuickBooks takes 21 characters)"},
    ),
    ("2050", "Line.Description : Min:0 Max:4000 supported.", P.FIELD_NOT_VALID, {"what": "a line's description"}),
    ("2040", "Invalid String : a:b", P.FIELD_NOT_VALID, {"what": "the name of the supplier or customer"}),
    ("2050", "requestid : Min:0 Max:50 supported. Supplied length:60", P.FIELD_NOT_VALID, {"what": "requestid"}),
    ("2060", "Invalid Date : 2026-13-01", P.FIELD_NOT_VALID, {"what": "a date"}),
    ("2090", "Invalid Number : ExchangeRate", P.FIELD_NOT_VALID, {"what": "an amount or a rate"}),
    ("2170", "Invalid Enumeration : HAS_BEEN_BILLED", P.FIELD_NOT_VALID, {"what": "HAS_BEEN_BILLED"}),
    ("2220", "Invalid Currency Type : CHF", P.CURRENCY_NOT_ENABLED, {}),
    ("5030", "Multicurrency is not enabled for this company.", P.CURRENCIES_OFF, {}),
    (
        "5030",
        "ClassRef : the feature is turned off in this company.",
        P.FIELD_NOT_VALID,
        {"what": "tracking, which is switched off there"},
    ),
    ("2300", "Debits and credits differ", P.TOTALS_DIFFER, {}),
    ("2290", "Negative amount", P.TOTALS_DIFFER, {}),
    # what the ledger does not allow
    ("6070", "Amount is not equal to UnitPrice * Qty. Supplied value:10", P.TOTALS_DIFFER, {}),
    ("6430", "Invalid account type: You need to select a different type of account.", P.ACCOUNT_NOT_VALID, {}),
    ("6010", "Invalid account type", P.ACCOUNT_NOT_VALID, {}),
    ("6440", "A line needs an account or an item", P.ACCOUNT_MISSING, {}),
    ("6100", "Invalid Line TaxCode : 5. The tax code of a line should be either TAX or NON.", P.TAX_NOT_USABLE, {}),
    ("6160", f"Invalid Tax Code : {INACTIVE}", P.TAX_RATE_GONE, {}),
    ("6300", "Invalid vendor", P.CONTACT_ARCHIVED, {}),
    ("6310", "When you make a line billable you must also choose a customer for it.", P.FIELD_NOT_VALID, None),
    ("6000", "billable status invalid, target is not reimbursable", P.CUSTOMER_NOT_TAKEN, {}),
    ("6000", f"Business Validation Error: {NOT_BILLED_ON}", P.CUSTOMER_NOT_TAKEN, {}),
    ("5030", "CustomerRef : the feature is turned off in this company.", P.CUSTOMER_NOT_TAKEN, {}),
    ("620", "Transaction 1 is paid already", P.PAYMENT_SETTLED, {}),
    ("6480", "This transaction is linked to a payment.", P.DOCUMENT_NOT_EDITABLE, {}),
    ("6540", "This transaction has been deposited.", P.DOCUMENT_NOT_EDITABLE, {}),
    ("5010", "Stale Object Error : You and Dana were working on this at the same time.", P.DOCUMENT_NOT_EDITABLE, {}),
    ("6030", "Upload request size exceeds the allowed limit", P.FILE_TOO_LARGE, {}),
    ("6041", "Unsupported attachment type : application/zip", P.FILE_KIND_NOT_TAKEN, {}),
    ("5020", "You do not have permission to access this feature", P.PLAN_LACKS_IT, {}),
    ("5030", "Bills : the feature is not supported for this company.", P.PLAN_LACKS_IT, {}),
    ("120", ": -11014-You do not have access to use QuickBooks Online Plus.", P.PERMISSION_MISSING, {}),
]
"""Code, detail, what it is to us, and which facts it names (None: whatever)."""


def a_fault(*errors: tuple[str, str], kind: str = "ValidationFault") -> dict[str, Any]:
    told = [{"Message": "", "Detail": detail, "code": code, "element": ""} for code, detail in errors]
    return {"Fault": {"Error": told, "type": kind}, "time": "2026-03-02T01:00:00.000-08:00"}


def an_answer(status: int, body: Any = b"") -> Answer:
    return Answer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(("code", "detail", "expected", "facts"), KNOWN)
def test_a_refusal_becomes_a_problem_that_people_understand(
    code: str, detail: str, expected: ProblemCode, facts: dict[str, str] | None
) -> None:
    problem = problem_of(errors_in(a_fault((code, detail))))

    assert problem.code is expected
    assert facts is None or problem.facts == facts
    assert problem.vendor_words == detail.removeprefix(": ")


def test_what_no_row_knows_is_kept_in_quickbooks_own_words() -> None:
    problem = problem_of(errors_in(a_fault(("4711", "The moon is in the wrong house."))))

    assert (problem.code, problem.vendor_words) == (P.NOT_UNDERSTOOD, "The moon is in the wrong house.")


def test_of_several_errors_the_first_that_is_known_decides_and_all_are_told() -> None:
    problem = problem_of(errors_in(a_fault(("4711", "Strange."), ("6240", "Taken."))))

    assert (problem.code, problem.vendor_words) == (P.CONTACT_NAME_TAKEN, "Strange. Taken.")


def test_what_is_missing_or_not_valid_is_always_named() -> None:
    rows = [(pattern, facts) for pattern, code, facts in SENTENCES if code in (P.FIELD_MISSING, P.FIELD_NOT_VALID)]

    assert rows
    assert [pattern.pattern for pattern, facts in rows if "what" not in {*facts, *pattern.groupindex}] == []


GATEWAY = {"warnings": None, "fault": {"error": [{"message": "no", "detail": "no", "code": "3200"}], "type": "x"}}


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (an_answer(401, GATEWAY), AccessExpiredError, P.RECONNECT_NEEDED),
        (an_answer(401), AccessExpiredError, P.RECONNECT_NEEDED),
        (an_answer(401, a_fault(("120", ": -11014-You do not have access"))), ReconnectNeededError, P.ACCESS_REMOVED),
        (an_answer(403, {"fault": {"error": [{"code": "3100"}]}}), ReconnectNeededError, P.ACCESS_REMOVED),
        (an_answer(403, a_fault(("6190", faults.LAPSED))), PersonNeededError, P.SUBSCRIPTION_LAPSED),
        (an_answer(429, {"fault": {"error": [{"code": "3001"}]}}), TryLaterError, P.LEDGER_BUSY),
        (an_answer(400, a_fault(("003001", "ThrottleExceeded"))), TryLaterError, P.LEDGER_BUSY),
        (an_answer(503, b"<html>"), TryLaterError, P.LEDGER_DOWN),
        (an_answer(400, a_fault(("150", "maintenance"))), TryLaterError, P.LEDGER_DOWN),
        (an_answer(400, a_fault(("4001", "Invalid query"))), PersonNeededError, P.NOT_UNDERSTOOD),
        (an_answer(404, b"<html>"), ProviderChangedError, P.NOT_UNDERSTOOD),
        (an_answer(200, a_fault(("6000", "You must set a transaction amount."))), PersonNeededError, P.TOTALS_DIFFER),
    ],
)
def test_a_status_says_what_happens_next(answer: Answer, error: type[ProviderError], code: ProblemCode) -> None:
    with pytest.raises(error) as raised:
        raise_for(answer, wait_seconds=60)

    assert raised.value.problem.code is code


def test_a_write_that_was_refused_for_the_moment_only_may_have_happened() -> None:
    for code in ("600", "10000"):
        with pytest.raises(OutcomeUnknownError):
            raise_for_write(an_answer(400, a_fault((code, "System Failure Error"))), wait_seconds=60)
    with pytest.raises(OutcomeUnknownError):
        raise_for_write(an_answer(408), wait_seconds=60)


def test_a_clear_no_to_a_write_is_a_no_though_it_is_in_no_table() -> None:
    with pytest.raises(PersonNeededError):
        raise_for_write(an_answer(404, b"<html>"), wait_seconds=60)
    with pytest.raises(PersonNeededError) as too_large:
        raise_for_write(an_answer(413, b"<html>"), wait_seconds=60)

    assert too_large.value.problem.code is P.FILE_TOO_LARGE
