"""Each of FreeAgent's ways to say no, and what we make of it."""

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
from providers.freeagent.errors import SENTENCES, problem_of, raise_for, raise_for_write
from providers.freeagent.simulated import refusals
from providers.freeagent.simulated.bills import PAID
from providers.http import Answer

P = ProblemCode
KNOWN: list[tuple[str, ProblemCode, dict[str, str]]] = [
    # in the words that were seen of FreeAgent
    (f"contact_id {refusals.LOCKED_ATTRIBUTE}", P.DOCUMENT_NOT_EDITABLE, {}),
    (PAID, P.WITHDRAWAL_SETTLED, {}),
    ("Resource not found", P.DOCUMENT_GONE, {}),
    ("Invoice is locked.", P.PERIOD_LOCKED, {}),
    (f"bill_items.sales_tax_rate {refusals.AUTO_ONLY}", P.TAX_NOT_USABLE, {}),
    (f"sales_tax_rate {refusals.no_charge('Reverse Charge')}", P.TAX_NOT_USABLE, {}),
    # as Rails says them
    ("Credit note cannot be deleted because it is not a draft", P.DOCUMENT_NOT_EDITABLE, {}),
    ("dated_on must be after 31 March 2025, the date the accounts are locked to", P.PERIOD_LOCKED, {}),
    ("dated_on must be on or after the FreeAgent start date, 1 April 2024", P.PERIOD_LOCKED, {}),
    ("Dated on is before FreeAgent start date", P.PERIOD_LOCKED, {}),
    ("Dated on is within a filed VAT return", P.PERIOD_LOCKED, {}),
    ("reference has already been taken", P.NUMBER_TAKEN, {}),
    ("Reference can't be blank", P.FIELD_MISSING, {"what": "a number"}),
    (
        "reference is too long (maximum is 255 characters)",
        P.FIELD_NOT_VALID,
        {"what": "the number, which is too long"},
    ),
    ("contact can't be blank", P.CONTACT_MISSING, {}),
    ("organisation_name can't be blank", P.CONTACT_MISSING, {}),
    (
        "organisation_name is too long (maximum is 255 characters)",
        P.FIELD_NOT_VALID,
        {"what": "the name of the supplier or customer"},
    ),
    ("contact is invalid", P.CONTACT_ARCHIVED, {}),
    ("user is invalid", P.CLAIMANT_NOT_TAKEN, {}),
    ("bill_items.sales_tax_rate must be one of 20.0, 5.0, 0.0", P.TAX_RATE_GONE, {}),
    ("Sales tax rate is invalid", P.TAX_RATE_GONE, {}),
    ("The company was not registered for VAT on that date", P.TAX_RATE_GONE, {}),
    ("bill_items.category can't be blank", P.ACCOUNT_MISSING, {}),
    ("Category is invalid", P.ACCOUNT_NOT_VALID, {}),
    ("bill_items.project is invalid", P.FIELD_NOT_VALID, {"what": "the project"}),
    ("currency must be EUR, the currency of the project", P.CURRENCIES_MIXED, {}),
    ("currency must be one of GBP, EUR", P.CURRENCY_NOT_ENABLED, {}),
    (
        "bill_items.stock_item can't be blank",
        P.FIELD_NOT_VALID,
        {"what": "the category: purchases of stock are entered in FreeAgent"},
    ),
    ("gross_value must not be more than the amount due", P.PAYMENT_SETTLED, {}),
    ("paid_invoice is invalid", P.PAYMENT_NOT_OPEN, {}),
    ("bank_account is invalid", P.BANK_ACCOUNT_NOT_TAKEN, {}),
    ("bank_transaction is invalid", P.BANK_LINE_GONE, {}),
    ("gross_value must not be more than the unexplained amount", P.BANK_LINE_TAKEN, {}),
    ("bill_items.manual_sales_tax_amount must be less than or equal to the total value", P.TOTALS_DIFFER, {}),
    ("gross_value must be other than 0", P.TOTALS_DIFFER, {}),
    ("bill_items is too long (maximum is 40 items)", P.FIELD_NOT_VALID, {"what": "its lines: there are too many"}),
    ("Credit note has no items", P.FIELD_MISSING, {"what": "at least one line"}),
    ("dated_on can't be blank", P.FIELD_MISSING, {"what": "a date"}),
    ("dated_on is invalid", P.FIELD_NOT_VALID, {"what": "a date"}),
    ("due_on can't be blank", P.FIELD_MISSING, {"what": "a due date"}),
    ("payment_terms_in_days must be an integer", P.FIELD_NOT_VALID, {"what": "the due date"}),
    ("invoice_items.description can't be blank", P.FIELD_MISSING, {"what": "a description on every line"}),
    ("description is too long (maximum is 255 characters)", P.FIELD_NOT_VALID, {"what": "a line's description"}),
    ("comments is invalid", P.FIELD_NOT_VALID, {"what": "the link back to Dext"}),
    ("attachment.data is too large (maximum is 5 MB)", P.FILE_TOO_LARGE, {}),
    ("attachment.content_type must be one of image/png, image/jpeg", P.FILE_KIND_NOT_TAKEN, {}),
    ("attachment is invalid", P.FILE_REFUSED, {}),
    ("Your FreeAgent subscription has ended", P.SUBSCRIPTION_LAPSED, {}),
    ("You don't have permission to perform this action", P.PERMISSION_MISSING, {}),
    ("property can't be blank", P.FIELD_MISSING, {"what": "property"}),
    ("place_of_supply must be a country", P.FIELD_NOT_VALID, {"what": "place_of_supply"}),
    ("Something else went wrong", P.NOT_UNDERSTOOD, {}),
]


def an_answer(status: int, body: Any) -> Answer:
    return Answer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def of_attributes(*messages: str) -> dict[str, Any]:
    return {"errors": [{"message": words} for words in messages]}


def of_the_call(message: str) -> dict[str, Any]:
    return {"errors": {"error": {"message": message}}}


@pytest.mark.parametrize(("words", "code", "facts"), KNOWN, ids=[words[:60] for words, _, _ in KNOWN])
def test_each_sentence_is_a_problem_of_ours(words: str, code: ProblemCode, facts: dict[str, str]) -> None:
    problem = problem_of([words])

    assert (problem.code, problem.facts, problem.vendor_words) == (code, facts, words)


def test_every_row_of_the_table_is_tried() -> None:
    tried = set()
    for words, _, _ in KNOWN:
        tried |= {place for place, (pattern, _, _) in enumerate(SENTENCES) if pattern.search(words)}

    assert [SENTENCES[place][0].pattern for place in set(range(len(SENTENCES))) - tried] == []


def test_what_is_wrong_with_a_line_is_told_and_not_that_something_is() -> None:
    problem = problem_of(["bill_items contain errors", "bill_items.category is invalid"])

    assert (problem.code, problem.vendor_words) == (P.ACCOUNT_NOT_VALID, "bill_items.category is invalid")


STATUSES: list[tuple[int, Any, type[ProviderError], ProblemCode]] = [
    (401, of_the_call("Access token not recognised"), AccessExpiredError, P.RECONNECT_NEEDED),
    (403, of_the_call("You don't have access to this client"), ReconnectNeededError, P.ACCESS_REMOVED),
    (403, of_the_call("Bill is locked."), PersonNeededError, P.PERIOD_LOCKED),
    (403, of_the_call("Forbidden"), PersonNeededError, P.PERMISSION_MISSING),
    (403, b"", PersonNeededError, P.PERMISSION_MISSING),
    (404, of_the_call("Resource not found"), PersonNeededError, P.DOCUMENT_GONE),
    (404, b"<html>nginx</html>", ProviderChangedError, P.NOT_UNDERSTOOD),
    (409, of_the_call(PAID), PersonNeededError, P.WITHDRAWAL_SETTLED),
    (413, b"<html>nginx</html>", PersonNeededError, P.FILE_TOO_LARGE),
    (422, of_attributes("category is invalid"), PersonNeededError, P.ACCOUNT_NOT_VALID),
    (400, of_the_call("Unable to parse the request"), PersonNeededError, P.NOT_UNDERSTOOD),
    (429, b"You must not exceed 120 requests per 60 seconds", TryLaterError, P.LEDGER_BUSY),
    (500, b"<html>", TryLaterError, P.LEDGER_DOWN),
    (503, b"<html>", TryLaterError, P.LEDGER_DOWN),
    (302, b"", ProviderChangedError, P.NOT_UNDERSTOOD),
]


@pytest.mark.parametrize(("status", "body", "error", "code"), STATUSES)
def test_each_status_is_told_apart(status: int, body: Any, error: type[ProviderError], code: ProblemCode) -> None:
    with pytest.raises(error) as raised:
        raise_for(an_answer(status, body), wait_seconds=60)

    assert type(raised.value) is error
    assert raised.value.problem.code is code


def test_a_no_to_a_write_that_nobody_knows_is_a_no_and_a_request_that_did_not_arrive_is_open() -> None:
    with pytest.raises(PersonNeededError):
        raise_for_write(an_answer(418, b"a teapot"), wait_seconds=60)
    with pytest.raises(OutcomeUnknownError):
        raise_for_write(an_answer(408, b""), wait_seconds=60)
    raise_for_write(an_answer(201, b"{}"), wait_seconds=60)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"errors": 5}', b'{"errors": [5, {"message": null}]}', b'{"errors": {}}']
)
def test_a_refusal_without_words_is_still_one(body: bytes) -> None:
    with pytest.raises(PersonNeededError) as refused:
        raise_for_write(an_answer(422, body), wait_seconds=60)

    assert refused.value.problem.code is P.NOT_UNDERSTOOD
