"""Our own checks of an item: what we know without asking the ledger, and so may insist on.

Each complaint is a sentence for the person who can mend it. An item with a complaint waits in review; one without is
ready. What only the ledger can know is predicted elsewhere and never blocks.
"""

from decimal import Decimal

from bot.domain.coding import Coding
from bot.domain.documents import DocumentType, Facts


def check(facts: Facts, coding: Coding) -> tuple[str, ...]:
    """Every complaint at once, so that one round of editing can settle them all."""
    return (*_missing(facts, coding), *_amounts(facts), *_not_yet(facts))


def _missing(facts: Facts, coding: Coding) -> tuple[str, ...]:
    wanted = (
        (facts.supplier.name, "The supplier is missing."),
        (facts.number, "The document's number is missing."),
        (facts.issued_on, "The date is missing."),
        (facts.currency, "The currency is missing."),
        (facts.gross, "The total is missing."),
        (coding.account.value, "A category is missing."),
        (coding.tax_rate.value, "A tax rate is missing."),
    )
    return tuple(sentence for value, sentence in wanted if value is None)


def _amounts(facts: Facts) -> tuple[str, ...]:
    complaints = []
    if (
        facts.net is not None
        and facts.tax is not None
        and facts.gross is not None
        and facts.net + facts.tax != facts.gross
    ):
        complaints.append(f"Net {facts.net} and tax {facts.tax} do not make the total {facts.gross}.")
    if facts.gross is not None and facts.gross < 0:
        complaints.append("The total is negative; a document that gives money back is a credit note.")
    if facts.lines and facts.net is not None:
        of_lines = sum((line.net for line in facts.lines), Decimal(0))
        if of_lines != facts.net:
            complaints.append(f"The lines add up to {of_lines}, not to the net amount {facts.net}.")
    if facts.due_on is not None and facts.issued_on is not None and facts.due_on < facts.issued_on:
        complaints.append(f"It is due on {facts.due_on}, before its own date {facts.issued_on}.")
    return tuple(complaints)


def _not_yet(facts: Facts) -> tuple[str, ...]:
    if facts.document_type is DocumentType.CREDIT_NOTE:
        return ("This is a credit note. Only bills can be published so far, so enter it in the ledger by hand.",)
    return ()
