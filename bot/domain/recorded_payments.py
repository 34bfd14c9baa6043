"""Which lines of a bank's statement the ledger has a payment for already, whoever entered it: those are no match for anything else."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from bot.domain.bank_lines import BankLine, BankLineId, RecordedPayment

BOOKED_WITHIN = timedelta(days=3)
"""How far from the bank's day a payment may be dated: people date it by the day on which they paid, and a bank moves it a few days later,
over a weekend.
"""


def paired(lines: Iterable[BankLine], payments: Iterable[RecordedPayment]) -> dict[BankLineId, str]:
    """The lines of one bank account that were booked, each with the ledger's id of one payment of its amount: the nearest.

    What an item has was booked on the very day of its line, so such a line takes a payment of that day before any other one does.
    """
    found: dict[BankLineId, str] = {}
    used: set[str] = set()
    for _, line, payment in sorted(_near(lines, payments), key=lambda each: each[0]):
        if line.id not in found and payment.ledger_id not in used:
            found[line.id] = payment.ledger_id
            used.add(payment.ledger_id)
    return found


def _near(
    lines: Iterable[BankLine], payments: Iterable[RecordedPayment]
) -> Iterator[tuple[tuple[object, ...], BankLine, RecordedPayment]]:
    by_amount: dict[object, list[RecordedPayment]] = {}
    for payment in payments:
        by_amount.setdefault(payment.amount, []).append(payment)
    for line in lines:
        for payment in by_amount.get(line.amount, ()):
            far = abs(line.dated_on - payment.dated_on)
            if far <= BOOKED_WITHIN:
                order = (far, line.item_id is None, line.dated_on, line.id.bytes, payment.dated_on, payment.ledger_id)
                yield order, line, payment
