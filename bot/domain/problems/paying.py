"""Bank accounts that things are paid from, and payments of documents that are in the ledger already."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

_STAYS_UNPAID = "The {document} is in {ledger}, and its payment is not:"

PAYING: dict[ProblemCode, Entry] = {
    ProblemCode.MONEY_NOT_ALLOWED: Entry(
        title="Dext may not book on bank accounts in {ledger}",
        explanation="The sign-in behind the connection was not asked for the right to book money spent and received, or "
        "whoever signed in lacks it in {ledger}.",
        remedy="An admin presses Reconnect and allows it in {ledger}; then press Retry. Or edit the item, so that it goes "
        "somewhere else.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, Fix.RETRY, Fix.EDIT_ITEM),
    ),
    ProblemCode.PAYMENT_ACCOUNT_NOT_TAKEN: Entry(
        title="The payment's bank account cannot be used in {ledger}",
        explanation=f"{_STAYS_UNPAID} {{ledger}} does not take {{bank_account}} for it. It is archived there, is no bank "
        "account, or has another currency.",
        remedy="Choose another payment method here, and the payment alone is sent again, from its bank account. Or restore the "
        "bank account in {ledger}, or have an admin link the payment method to another one (Payment methods, in Manage); then "
        "press Retry.",
        mover=Mover.BOOKKEEPER,
        needs_admins=True,
        fixes=(Fix.PAY_WITH_ANOTHER, Fix.RETRY, Fix.LEAVE_STEP),
    ),
    ProblemCode.PAYMENT_SETTLED: Entry(
        title="The document is paid in {ledger} already",
        explanation=f"{_STAYS_UNPAID} {{ledger}} has less outstanding on it than was to be paid, so somebody paid it there, "
        "or has set credit against it.",
        remedy="Look at it in {ledger}. If it is paid, leave it so; if that was a mistake, take it back there and press "
        "Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.LEAVE_STEP, Fix.RETRY),
    ),
    ProblemCode.PAYMENT_NOT_OPEN: Entry(
        title="The document cannot be paid in {ledger}",
        explanation=f"{_STAYS_UNPAID} {{ledger}} takes payments of approved documents alone that are owed, and this one is "
        "not approved there any more, is paid already, or is voided.",
        remedy="Look at it in {ledger}, and approve it there; then press Retry. Or leave it so.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.LEAVE_STEP),
    ),
    ProblemCode.PAYMENT_LOCKED: Entry(
        title="The payment's date is in a locked period",
        explanation=f"{_STAYS_UNPAID} it is dated {{date}}, and the books in {{ledger}} are locked up to {{locked_to}}.",
        remedy="Ask somebody with the adviser role in {ledger} to move the lock date, then press Retry. Or pay it in "
        "{ledger} by hand, with another date, and leave it so.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY, Fix.LEAVE_STEP),
    ),
    ProblemCode.PAYMENTS_NOT_ALLOWED: Entry(
        title="Dext may not record payments in {ledger}",
        explanation=f"{_STAYS_UNPAID} the sign-in behind the connection was not asked for the right to record payments, or "
        "whoever signed in lacks it in {ledger}.",
        remedy="An admin presses Reconnect and allows it in {ledger}; then press Retry. Or pay it there by hand.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, Fix.RETRY, Fix.LEAVE_STEP),
    ),
    ProblemCode.PAYMENT_DIFFERS: Entry(
        title="{ledger} has another payment than we sent",
        explanation="The {document} is in {ledger}, and so is a payment of it, but reading it back does not agree: "
        "{differences}.",
        remedy="Open it in {ledger} and correct the payment there. Then leave it so.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.LEAVE_STEP,),
    ),
    ProblemCode.PAYMENT_REFUSED: Entry(
        title="{ledger} did not take the payment",
        explanation=f"{_STAYS_UNPAID} {{ledger}} gave a reason that is in its own words.",
        remedy="Read the ledger's words, and press Retry to send the payment alone again; or choose another payment method for "
        "it, if they are about its bank account. Or pay it in {ledger} by hand, and leave it so.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.PAY_WITH_ANOTHER, Fix.LEAVE_STEP),
    ),
    ProblemCode.PAYMENT_TAKEN_BACK: Entry(
        title="The payment was taken back in {ledger}",
        explanation="The {document} was to be withdrawn, so its payment was deleted in {ledger} first; then {ledger} did not "
        "let the {document} go. It stands there unpaid now.",
        remedy="If it stays, press Retry, and the payment is recorded again; or leave it so, and pay it in {ledger} by hand. If "
        "it is to go after all, press Retry in the message about its withdrawal.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.LEAVE_STEP),
    ),
}
