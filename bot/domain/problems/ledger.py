"""The ledger: what became of a document there, what its plan allows, and whether it answers."""

from bot.domain.problems.entries import Entry, Fix, Mover, ProblemCode

_WAIT = "Press Wait, and it goes out by itself next month."
_DRAFT = "press Publish as draft, which is counted only when it is approved there, or "

LEDGER: dict[ProblemCode, Entry] = {
    ProblemCode.DOCUMENT_NOT_EDITABLE: Entry(
        title="The document was changed in {ledger}",
        explanation="The document in {ledger} is approved, paid, voided or has something allocated to it, so it cannot "
        "be changed from here.",
        remedy="Open it in {ledger} and decide there; press Retry when it can be sent again. If the item is another document, "
        "edit it, for instance its number.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
    ),
    ProblemCode.DOCUMENT_GONE: Entry(
        title="The document is no longer in {ledger}",
        explanation="{ledger} does not find the document or entry that this item refers to; it was deleted there.",
        remedy="Press Retry to publish it as new.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.EDIT_ITEM),
    ),
    ProblemCode.PLAN_LIMIT: Entry(
        title="The plan's limit of approved bills is reached",
        explanation="This organisation's plan in {ledger} allows no more approved bills this month.",
        remedy=f"{_WAIT} Or {_DRAFT}ask the owner of the subscription to upgrade it and then press Retry.",
        without=(
            (Fix.WAIT_FOR_LEDGER, _WAIT, "It goes out by itself next month."),
            (Fix.PUBLISH_AS_DRAFT, _DRAFT, ""),
        ),
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.PUBLISH_AS_DRAFT, Fix.WAIT_FOR_LEDGER, Fix.RETRY),
    ),
    ProblemCode.PLAN_LACKS_IT: Entry(
        title="The plan of {organisation} in {ledger} does not have this",
        explanation="What this document needs is not in the organisation's plan in {ledger}, or is switched off there: some plans "
        "have no bills, and some no tracking or other currencies.",
        remedy="Edit the item, for instance to publish it to a bank account. Or ask the owner of the subscription to upgrade or "
        "switch it on, and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
    ProblemCode.SUBSCRIPTION_LAPSED: Entry(
        title="The subscription to {ledger} is not active",
        explanation="{ledger} refuses new documents because the organisation's subscription is not active.",
        remedy="Ask the owner of the subscription to settle it. It is tried again by itself every few hours; Retry tries it "
        "at once.",
        mover=Mover.LEDGER_ADVISER,
        fixes=(Fix.RETRY,),
        is_looked_after=True,
    ),
    ProblemCode.LEDGER_BUSY: Entry(
        title="{ledger} asks us to wait",
        explanation="{ledger} allows only so many requests, and the limit is reached for now.",
        remedy="Nothing to do: it goes on by itself as soon as {ledger} allows it.",
        mover=Mover.NOBODY,
    ),
    ProblemCode.LEDGER_DOWN: Entry(
        title="{ledger} does not answer",
        explanation="{ledger} is out of order or cannot be reached at the moment.",
        remedy="Nothing to do: it is tried again by itself until {ledger} answers.",
        mover=Mover.NOBODY,
    ),
    ProblemCode.CATEGORY_DROPPED: Entry(
        title="{ledger} took it without its category",
        explanation="The document is in {ledger}, but {ledger} did not know the category that was sent and left it out: "
        "{differences}.",
        remedy="Open it in {ledger} and choose the category there, then press Retry to read it again. If it is right in "
        "{ledger} as it is by then, press Take it as it is. Nothing is sent twice.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.TAKE_AS_IT_IS),
        field="Category",
    ),
    ProblemCode.READ_BACK_DIFFERS: Entry(
        title="{ledger} has other values than we sent",
        explanation="The document is in {ledger}, but reading it back does not agree: {differences}.",
        remedy="Open it in {ledger} and correct it there, then press Retry to read it again. If {ledger} is right, press Take "
        "it as it is. Nothing is sent twice.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY, Fix.TAKE_AS_IT_IS),
    ),
    ProblemCode.SET_ASIDE: Entry(
        title="Sending it stopped this program three times",
        explanation="Each time it was about to be sent to {ledger}, the program that sends stopped without an answer. It is set "
        "aside, so that it holds up nothing else. Nothing of it is in {ledger}.",
        remedy="If something in it is unusual, press Edit and change it; then press Retry. If it is set aside again, tell "
        "whoever runs this program: its log says when it stopped.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
    ProblemCode.OUTCOME_SET_ASIDE: Entry(
        title="What became of it in {ledger} is not known",
        explanation="It was sent to {ledger}, and each time its outcome was looked for, the program that looks stopped. It may "
        "be in {ledger}, so it is not sent again blindly. It is set aside, so that it holds up nothing else.",
        remedy="It is looked for once a day; press Retry to look now. What is there already is taken, and only what is not is "
        "sent. If it is set aside again, tell whoever runs this program: its log says when it stopped.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.RETRY,),
    ),
    ProblemCode.NOT_UNDERSTOOD: Entry(
        title="{ledger} refused the document",
        explanation="{ledger} gave a reason that is not in our catalogue; its own words are below.",
        remedy="Read the ledger's words, edit the item if they tell what to change, and press Retry.",
        mover=Mover.BOOKKEEPER,
        fixes=(Fix.EDIT_ITEM, Fix.RETRY),
    ),
}
