"""Each of Sage's ways to say no, and what we make of it."""

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
    TryLaterError,
)
from providers.http import Answer
from providers.sage.errors import SENTENCES, problem_of, raise_for, raise_for_write
from providers.sage.simulated import artefacts, banking, contacts, payments, references, refusals

P = ProblemCode
REQUIRED = refusals.REQUIRED
KNOWN: list[tuple[str, str, str, ProblemCode, dict[str, str]]] = [
    # by code
    ("AuthorizationFailure", "", refusals.LAPSED, P.SUBSCRIPTION_LAPSED, {}),
    ("MultiUserAccessDenied", "", refusals.DENIED, P.PERMISSION_MISSING, {}),
    ("RecordNotFound", "", refusals.NOT_FOUND, P.DOCUMENT_GONE, {}),
    ("MethodNotAllowed", "", artefacts.IN_USE, P.DOCUMENT_NOT_EDITABLE, {}),
    ("MethodNotAllowed", "", artefacts.NOT_EDITABLE, P.DOCUMENT_NOT_EDITABLE, {}),
    ("RecordInvalid", "base", "The transaction has been reconciled.", P.WITHDRAWAL_RECONCILED, {}),
    # when it is dated
    ("Validation", "purchase_invoice[date]", "purchase_invoice[date] is missing", P.FIELD_MISSING, {"what": "a date"}),
    ("RecordInvalid", "date", REQUIRED, P.FIELD_MISSING, {"what": "a date"}),
    ("RecordInvalid", "date", f"{references.LOCKED} (31/12/2024).", P.PERIOD_LOCKED, {}),
    ("RecordInvalid", "date", "is in a period of which nobody has told us the words", P.PERIOD_LOCKED, {}),
    ("RecordInvalid", "date", f"{references.TOO_EARLY} (01/01/2020).", P.FIELD_NOT_VALID, {}),
    ("RecordInvalid", "due_date", artefacts.EARLY_DUE, P.FIELD_NOT_VALID, {}),
    # whom it is of
    ("RecordInvalid", "", "Couldn't find Supplier.", P.CONTACT_ARCHIVED, {}),
    ("RecordInvalid", "", "can't find customer", P.CONTACT_ARCHIVED, {}),
    ("RecordInvalid", "contact", references.OBFUSCATED, P.CONTACT_ARCHIVED, {}),
    ("Validation", "sales_invoice[contact_id]", "sales_invoice[contact_id] is missing", P.CONTACT_MISSING, {}),
    ("RecordInvalid", "contact_id", REQUIRED, P.CONTACT_MISSING, {}),
    ("RecordInvalid", "name", "The name has already been taken.", P.CONTACT_NAME_TAKEN, {}),
    ("Validation", "contact[email]", "contact[email] is invalid", P.FIELD_NOT_VALID, {"what": "email"}),
    # what is paid
    ("RecordInvalid", "allocated_artefacts.amount", payments.TOO_MUCH, P.PAYMENT_SETTLED, {}),
    ("RecordInvalid", "total_amount", payments.MORE_THAN_PAID, P.PAYMENT_SETTLED, {}),
    ("RecordInvalid", "allocated_artefacts.artefact_id", payments.OTHER_CONTACT, P.PAYMENT_NOT_OPEN, {}),
    ("RecordInvalid", "allocated_artefacts.artefact_id", payments.WRONG_KIND, P.PAYMENT_NOT_OPEN, {}),
    # how much, in which currency
    ("RecordInvalid", "exchange_rate", "Exchange rate must be greater than 0", P.FIELD_NOT_VALID, {}),
    ("RecordInvalid", "currency_id", references.NO_CURRENCIES, P.CURRENCY_NOT_ENABLED, {}),
    ("RecordInvalid", "currency_id", references.UNKNOWN_CURRENCY, P.CURRENCY_NOT_ENABLED, {}),
    ("RecordInvalid", "total_amount", banking.WRONG_SUM, P.TOTALS_DIFFER, {}),
    ("RecordInvalid", "tax_analysis", "is not what the lines come to", P.TOTALS_DIFFER, {}),
    # what it is booked to
    ("RecordInvalid", "line_items.tax_rate_id", REQUIRED, P.TAX_MISSING, {}),
    ("RecordInvalid", "line_items.tax_rate_id", "The tax rate is not available.", P.TAX_RATE_GONE, {}),
    ("RecordInvalid", "line_items.tax_amount", REQUIRED, P.TAX_NOT_USABLE, {}),
    (
        "Validation",
        "purchase_invoice[invoice_lines][0][ledger_account_id]",
        "purchase_invoice[invoice_lines][0][ledger_account_id] is missing",
        P.ACCOUNT_MISSING,
        {},
    ),
    ("RecordInvalid", "line_items.ledger_account_id", "is not offered here", P.ACCOUNT_NOT_VALID, {}),
    ("RecordInvalid", "bank_account", "The bank account is inactive.", P.BANK_ACCOUNT_NOT_TAKEN, {}),
    ("RecordInvalid", "bank_account_id", REQUIRED, P.BANK_ACCOUNT_NOT_TAKEN, {}),
    ("RecordInvalid", "line_items.product_id", "is not active", P.PRODUCT_NOT_VALID, {}),
    (
        "RecordInvalid",
        "analysis_type_categories",
        "analysis_type_categories are not enabled for Active Area EXPENSES",
        P.FIELD_NOT_VALID,
        {"what": "a category of an analysis type, which is not switched on for such documents"},
    ),
    # what it says
    ("RecordInvalid", "invoice_number", "The invoice_number has already been taken.", P.NUMBER_TAKEN, {}),
    ("RecordInvalid", "reference", contacts.TAKEN, P.NUMBER_TAKEN, {}),
    (
        "Validation",
        "other_payment[payment_lines]",
        "other_payment[payment_lines] is missing",
        P.FIELD_MISSING,
        {"what": "at least one line"},
    ),
    (
        "Validation",
        "other_payment[reference]",
        "other_payment[reference] is too long (maximum is 25 characters)",
        P.FIELD_NOT_VALID,
        {"what": "the number"},
    ),
    (
        "Validation",
        "other_payment[payment_lines][0][details]",
        "other_payment[payment_lines][0][details] is too long (maximum is 255 characters)",
        P.FIELD_NOT_VALID,
        {"what": "a line's description"},
    ),
    (
        "Validation",
        "sales_invoice[notes]",
        "sales_invoice[notes] is too long (maximum is 65535 characters)",
        P.FIELD_NOT_VALID,
        {"what": "the link back to Dext"},
    ),
    # files
    ("RecordInvalid", "file_size", "The file is too large (maximum is 2.5 MB).", P.FILE_TOO_LARGE, {}),
    ("RecordInvalid", "mime_type", "The file type is not supported.", P.FILE_KIND_NOT_TAKEN, {}),
    # any other field
    (
        "Validation",
        "other_payment[total_amount]",
        "other_payment[total_amount] is missing",
        P.FIELD_MISSING,
        {"what": "total_amount"},
    ),
    ("RecordInvalid", "line_items.quantity", REQUIRED, P.FIELD_MISSING, {"what": "line_items.quantity"}),
    (
        "Validation",
        "sales_invoice[status_id]",
        "sales_invoice[status_id] is invalid",
        P.FIELD_NOT_VALID,
        {"what": "status_id"},
    ),
    ("RecordInvalid", "main_address", "is not one of ours", P.FIELD_NOT_VALID, {"what": "main_address"}),
    ("RecordInvalid", "base", "The moon is in the wrong quarter.", P.NOT_UNDERSTOOD, {}),
]
"""Code, source and words; the problem that it is, and what it says of it."""


def said(code: str, source: str, message: str) -> dict[str, str]:
    return {"code": code, "source": source, "message": message}


@pytest.mark.parametrize(("code", "source", "message", "problem", "facts"), KNOWN)
def test_a_refusal_is_a_problem_of_ours(
    code: str, source: str, message: str, problem: ProblemCode, facts: dict[str, str]
) -> None:
    found = problem_of([said(code, source, message)])

    assert (found.code, found.vendor_words) == (problem, message)
    assert facts.items() <= found.facts.items()


def test_every_row_of_the_table_is_reached() -> None:
    texts = [f"{code} {source}: {message}" for code, source, message, _, _ in KNOWN]
    reached = {next((row[0].pattern for row in SENTENCES if row[0].search(text)), None) for text in texts}

    assert [row[0].pattern for row in SENTENCES if row[0].pattern not in reached] == []


def answer(status: int, *problems: dict[str, str]) -> Answer:
    names = {"code": "$dataCode", "source": "$source", "message": "$message"}
    body: Any = [{"$severity": "error", **{names[key]: value for key, value in one.items()}} for one in problems]
    return Answer(status, {}, json.dumps(body).encode() if problems else b"<html>")


@pytest.mark.parametrize(
    ("status", "problem", "error", "code"),
    [
        (401, said("AuthorizationFailure", "", "expired"), AccessExpiredError, P.RECONNECT_NEEDED),
        (401, said("AuthorizationFailure", "", refusals.LAPSED), PersonNeededError, P.SUBSCRIPTION_LAPSED),
        (403, said("MultiUserAccessDenied", "", refusals.DENIED), PersonNeededError, P.PERMISSION_MISSING),
        (404, said("RecordNotFound", "", refusals.NOT_FOUND), PersonNeededError, P.DOCUMENT_GONE),
        (429, said("TooManyRequests", "", "Too many"), TryLaterError, P.LEDGER_BUSY),
        (500, said("UnexpectedError", "", refusals.UNEXPECTED), TryLaterError, P.LEDGER_DOWN),
    ],
)
def test_a_status_says_what_happens_next(
    status: int, problem: dict[str, str], error: type[ProviderError], code: ProblemCode
) -> None:
    with pytest.raises(error) as raised:
        raise_for(answer(status, problem), wait_seconds=60)

    assert raised.value.problem.code is code


def test_web_pages_in_the_place_of_answers_are_told_apart_by_their_status() -> None:
    with pytest.raises(TryLaterError):
        raise_for(answer(503), wait_seconds=60)
    with pytest.raises(ProviderChangedError):
        raise_for(answer(418), wait_seconds=60)
    with pytest.raises(PersonNeededError) as raised:
        raise_for_write(answer(413), wait_seconds=60)
    assert raised.value.problem.code is P.FILE_TOO_LARGE
    with pytest.raises(PersonNeededError):
        raise_for_write(answer(418), wait_seconds=60)


def test_a_key_that_was_used_has_written_something_that_is_looked_for() -> None:
    used = said("RecordInvalid", "idempotency_id", "The idempotency_id has already been used for a different request.")

    with pytest.raises(OutcomeUnknownError):
        raise_for_write(answer(422, used), wait_seconds=60)
