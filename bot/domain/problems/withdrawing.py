"""Why a document stays in the ledger that somebody wanted to take out of it."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

TAKEN_BACK = "taken_back"
"""The fact that holds the ledger's ids of our payments that were deleted before it did not let their document go."""
UNPAID = "Its payment was deleted there before, so the {document} is unpaid in {ledger} now."
PAID_AGAIN = "If the {document} stays, leave it so here, and press Retry in the message about its payment: that records it again."

_STAYS = (Fix.LEAVE_PUBLISHED, Fix.OPEN_IN_LEDGER)
_AGAIN = (Fix.WITHDRAW_AGAIN, *_STAYS)
_OR_CREDITED = (Fix.WITHDRAW_AGAIN, Fix.MAKE_CREDIT_NOTE, *_STAYS)

WITHDRAWING: dict[ProblemCode, Entry] = {
    ProblemCode.WITHDRAWAL_CHANGED: Entry(
        title="Not withdrawn: it was changed in {ledger}",
        explanation="Somebody changed the {document} in {ledger} after it was published, so nothing was withdrawn yet: "
        "{differences}.",
        remedy="Look at it in {ledger}. If it is to go as it is now, press Withdraw anyway; what was changed there goes "
        "with it.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.WITHDRAW_ANYWAY, *_STAYS),
    ),
    ProblemCode.WITHDRAWAL_SETTLED: Entry(
        title="Not withdrawn: it is paid, or has credit against it",
        explanation="A payment, or credit, that did not come from here stands against the {document} in {ledger}, so it "
        "cannot be withdrawn.",
        remedy="Take the payment or the credit off it in {ledger}, then press Retry. Or take it back by a credit note, or "
        "leave it as it is.",
        mover=Mover.BOOKKEEPER,
        fixes=_OR_CREDITED,
    ),
    ProblemCode.WITHDRAWAL_RECONCILED: Entry(
        title="Not withdrawn: it is matched with the bank statement",
        explanation="The {document} in {ledger}, or its payment, is reconciled with a line of a bank statement, so it "
        "cannot be withdrawn.",
        remedy="Undo the reconciliation in {ledger}, then press Retry. Or leave it as it is, or take back by a credit note "
        "what is owed by it.",
        mover=Mover.BOOKKEEPER,
        fixes=_OR_CREDITED,
    ),
    ProblemCode.WITHDRAWAL_LOCKED: Entry(
        title="Not withdrawn: its date is in a locked period",
        explanation="The {document} is dated {date}, and the books in {ledger} are locked up to {locked_to}, so nothing of "
        "that time is withdrawn.",
        remedy="Ask somebody with the adviser role in {ledger} to move the lock date, then press Retry. Or take "
        "it back by a credit note of today, or leave it as it is.",
        mover=Mover.LEDGER_ADVISER,
        fixes=_OR_CREDITED,
    ),
    ProblemCode.WITHDRAWAL_NOT_ALLOWED: Entry(
        title="Not withdrawn: the connection lacks a right in {ledger}",
        explanation="Whoever connected {organisation} may not delete or void the {document} in {ledger}.",
        remedy="Have the role raised in {ledger} and press Retry, or have somebody who may do that reconnect.",
        mover=Mover.ADMIN,
        fixes=(Fix.RECONNECT, *_AGAIN),
    ),
    ProblemCode.WITHDRAWAL_REFUSED: Entry(
        title="Not withdrawn: {ledger} did not let it go",
        explanation="The {document} still stands in {ledger}, which gave a reason that is in its own words.",
        remedy="Read the ledger's words, put right in {ledger} what they name, and press Retry. Or take it back by a credit "
        "note, or leave it as it is.",
        mover=Mover.BOOKKEEPER,
        fixes=_OR_CREDITED,
    ),
}
