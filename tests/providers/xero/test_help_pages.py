"""Every refusal that help pages and partners tell of when documents go to Xero, by the number it has in our survey of them.

Those that cannot arise say why; all others lead to an entry of the catalogue with a button.
"""

import pytest

from bot.domain.problems import CATALOGUE, ProblemCode
from providers.xero.errors import problem_of

P = ProblemCode
SAID = [
    (
        "X1",
        "Account code '429' has been archived or has been deleted. Each line must reference one.",
        P.ACCOUNT_ARCHIVED,
    ),
    ("X2", 'Account code "429" is not a valid code for this document', P.ACCOUNT_NOT_VALID),
    ("X3", "The TaxType code OUTPUT2 cannot be used with this account code", P.TAX_NOT_USABLE),
    (
        "X4",
        "The document date cannot be before the end of year lock date, currently set at 31-Mar-2026",
        P.PERIOD_LOCKED,
    ),
    ("X5", "The document date cannot be before the period lock date", P.PERIOD_LOCKED),
    ("X7", "The specified bank account details do not match a known bank account", P.BANK_ACCOUNT_NOT_TAKEN),
    ("X9", "Credit Note not of valid status for modification", P.DOCUMENT_NOT_EDITABLE),
    ("X9", "Invoice not of valid status for modification", P.DOCUMENT_NOT_EDITABLE),
    (
        "X10",
        "This document cannot be edited as it has a payment or credit note allocated to it",
        P.DOCUMENT_NOT_EDITABLE,
    ),
    ("X11", "An existing invoice with the specified ID could not be found", P.DOCUMENT_GONE),
    ("X12", "Spend money transactions cannot be updated", P.DOCUMENT_NOT_EDITABLE),
    ("X13", "This invoice number must be unique.", P.NUMBER_TAKEN),
    ("X14", "You have reached the limit of invoices you can approve!", P.PLAN_LIMIT),
    ("X18", "The User specified does not have the correct permissions to perform this action", P.PERMISSION_MISSING),
    ("X19", "The tax amount cannot be greater than the line amount!", P.TOTALS_DIFFER),
    ("X23", "Make sure your Xero subscription is still active and try publishing again.", P.SUBSCRIPTION_LAPSED),
    ("X24", "Account code or ID must be specified", P.ACCOUNT_MISSING),
    ("X25", "Item code 'PEN' is not valid", P.PRODUCT_NOT_VALID),
    ("X26", "Item PEN has an incorrect inventory asset account specified", P.ACCOUNT_NOT_VALID),
    (
        "X27",
        "The contact with the specified contact details has been archived. It must be un-archived.",
        P.CONTACT_ARCHIVED,
    ),
    ("X28", "The contact name already exists. Please enter a different contact name", P.CONTACT_NAME_TAKEN),
    ("X29", "Payments can only be made against Authorised documents", P.PAYMENT_NOT_OPEN),
    ("X29", "Payment amount exceeds the amount outstanding", P.PAYMENT_SETTLED),
    ("X30", "Quantity must not be less than zero", P.FIELD_NOT_VALID),
    ("X31", "You are not permitted to access this resource", P.PERMISSION_MISSING),
]
CANNOT_ARISE = {
    "X6": "our own check: what goes to bank accounts waits for a payment method with a bank account",
    "X8": "words of another product, which updates what it published; a document is only ever created",
    "X15": "of expense claims, which Xero took out of its API",
    "X16": "as X15",
    "X17": "as X15",
    "X20": "words of another product; a file is a step of its own, with problems of its own",
    "X21": "words of another product; a sign-in that ended is a status, and stops no item",
    "X22": "as X21",
    "X32": "nothing becomes another status silently: our own check keeps it back, and reading back would tell",
    "X33": "as X15",
}


@pytest.mark.parametrize(("number", "sentence", "code"), SAID, ids=[f"{row[0]} {row[2]}" for row in SAID])
def test_a_refusal_that_help_pages_tell_of_has_an_entry_with_a_button(
    number: str, sentence: str, code: ProblemCode
) -> None:
    problem = problem_of([sentence])

    assert number not in CANNOT_ARISE
    assert (problem.code, problem.vendor_words) == (code, sentence)
    assert CATALOGUE[code].fixes


def test_no_number_is_left_out() -> None:
    numbered = {number for number, _, _ in SAID} | set(CANNOT_ARISE)

    assert numbered == {f"X{number}" for number in range(1, 34)}


def test_what_nobody_told_of_is_kept_letter_by_letter() -> None:
    problem = problem_of(["A valid user should be identified using the UserID", "Please enter a unique Name."])

    assert problem.code is P.NOT_UNDERSTOOD
    assert problem.vendor_words == "A valid user should be identified using the UserID Please enter a unique Name."
