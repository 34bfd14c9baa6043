"""Why a document that is in the ledger could not be paid there, as a problem of its payment; and what it could be paid with
instead.
"""

from dataclasses import dataclass, replace

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.card_accounts import fits
from bot.domain.cards import ItemCard
from bot.domain.checks import is_of_a_fitting_currency
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.payment_methods import KnownMethod
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMethods:
    """What the form for another payment method is drawn from. `admins` link payment methods; `may_link`: so may the person
    that it is drawn for.
    """

    card: ItemCard
    is_any: bool
    """Whether there is one that the item could be paid with instead."""
    admins: tuple[UserId, ...] = ()
    may_link: bool = False


def why_not(item: Item, known: KnownMethod | None, own: str, rules: BookRules = USUAL_RULES) -> str | None:
    """Why an item that its bank account was refused for cannot be paid with this method instead, in books kept in `own` that ask
    for what `rules` say; None where it can.
    """
    account = None if known is None else known.pays_from
    if account is None:
        return "This one is not linked to a live bank account of the ledger. Choose another one."
    if account.provider_id == item.paid_from:
        return "This one pays from the bank account that was refused. Choose another one."
    if not is_of_a_fitting_currency(item, account, own):
        holds = account.currency or own
        return f"This one pays in {holds}, and a document in {item.facts.currency} cannot be paid from it. Choose another one."
    if not fits(item, account, rules):
        return (
            f"This one pays from a credit card, which nothing goes to {item.publish_to.words} from. Choose another one."
        )
    return None
