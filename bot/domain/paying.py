"""Why a document that is in the ledger could not be paid there, as a problem of its payment."""

from dataclasses import replace

from bot.domain.problems import OF_PAYMENT, Problem, ProblemCode

P = ProblemCode
_OTHERWISE_CALLED = {
    P.BANK_ACCOUNT_NOT_TAKEN: P.PAYMENT_ACCOUNT_NOT_TAKEN,
    P.ACCOUNT_ARCHIVED: P.PAYMENT_ACCOUNT_NOT_TAKEN,
    P.ACCOUNT_NOT_VALID: P.PAYMENT_ACCOUNT_NOT_TAKEN,
    P.DOCUMENT_NOT_EDITABLE: P.PAYMENT_NOT_OPEN,
    P.DOCUMENT_GONE: P.PAYMENT_NOT_OPEN,
    P.PERIOD_LOCKED: P.PAYMENT_LOCKED,
    P.PERMISSION_MISSING: P.PAYMENTS_NOT_ALLOWED,
    P.READ_BACK_DIFFERS: P.PAYMENT_DIFFERS,
}
"""What refuses a payment as it refuses a document; the document is there, and the ways out are others."""


def of_payment(problem: Problem) -> Problem:
    """A refusal, told of the payment. What has no name here has the ledger's words."""
    if problem.code in OF_PAYMENT:
        return problem
    known = _OTHERWISE_CALLED.get(problem.code)
    if known is not None:
        return replace(problem, code=known)
    return replace(problem, code=P.PAYMENT_REFUSED, vendor_words=problem.vendor_words or problem.title)
