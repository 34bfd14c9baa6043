"""Why a document stays in the ledger that somebody wanted to take out of it."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

TAKEN_BACK = "taken_back"
"""The fact that holds the ledger's ids of our payments that were deleted before it did not let their document go."""
IS_DRAFT = "is_draft"
"""The fact that the document was made a draft, so that it could be deleted, and stays one."""
GONE, LEFT = "gone", "left"
"""The facts that name what is deleted of a document that is several records, and what still stands of it."""
SO_FAR = {
    TAKEN_BACK: (
        "Its payment was deleted there before, so the {document} is unpaid in {ledger} now.",
        "If the {document} stays, leave it so here, and press Retry in the message about its payment: that records it again.",
    ),
    IS_DRAFT: (
        "It was made a draft before, and is one in {ledger} now, so that it counts for nothing there.",
        "If the {document} stays, mark it as sent in {ledger}.",
    ),
    GONE: (
        "A part of it is deleted there already: {gone}. Still there: {left}.",
        "Retry goes on with what is still there. If that is to stay, leave it so here, and enter what is deleted again there.",
    ),
}
"""How far a withdrawal got before it was refused, by the fact that says so: what is said of it, and of what to do about it."""
NOT_WITHDRAWN, IN_PART = "Not withdrawn:", "Withdrawn only in part:"
"""How the titles here begin, and how where a part is gone."""

_STAYS = (Fix.LEAVE_PUBLISHED, Fix.OPEN_IN_LEDGER)
_AGAIN = (Fix.WITHDRAW_AGAIN, *_STAYS)
_OR_CREDITED = (Fix.WITHDRAW_AGAIN, Fix.MAKE_CREDIT_NOTE, *_STAYS)

WITHDRAWING: dict[ProblemCode, Entry] = {
    ProblemCode.WITHDRAWAL_CHANGED: Entry(
        title="Not withdrawn: it was changed in {ledger}",
        explanation="Somebody changed the {document} in {ledger} after it was published, so it was left as it is for now: "
        "{differences}.",
        remedy="Look at it in {ledger}. If it is to go as it is now, press Withdraw anyway; what was changed there goes "
        "with it.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.WITHDRAW_ANYWAY, *_STAYS),
    ),
    ProblemCode.WITHDRAWAL_SETTLED: Entry(
        title="Not withdrawn: it is paid, or has credit against it",
        explanation="A payment, or credit, that did not come from here, or that settles something else there by now, stands "
        "against the {document} in {ledger}, so it cannot be withdrawn.",
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
    ProblemCode.WITHDRAWAL_BILLED_ON: Entry(
        title="Not withdrawn: it is on a customer's invoice already",
        explanation="What the {document} in {ledger} is for was billed to a customer there. Without it, the customer's invoice "
        "would ask for a cost that is not in the books.",
        remedy="Take it off the customer's invoice in {ledger}, then press Retry. Or take it back by a credit note, or leave "
        "it as it is.",
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
