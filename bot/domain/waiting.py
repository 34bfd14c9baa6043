"""What waits for something to change in the ledger: when it is looked again, and whether the cause is gone."""

from datetime import date, datetime, timedelta

from bot.domain.alerts import Alert
from bot.domain.books import BillRights, Books
from bot.domain.items import Item
from bot.domain.problems import ProblemCode
from bot.domain.settings import PaymentStatus

LOOK_EVERY = timedelta(hours=1)
LONGEST_BETWEEN = timedelta(hours=24)
"""Each refusal more doubles the time until the next look, as far as this: where a look means sending it again."""


def next_look(now: datetime, *, times: int = 1) -> datetime:
    """After so many refusals."""
    return now + min(LOOK_EVERY * (1 << min(times - 1, 10)), LONGEST_BETWEEN)


def is_worth_sending(alert: Alert, item: Item, books: Books, now: datetime) -> bool:
    """Whether the ledger may take it by now, from what it says of itself. What it does not tell is found out by sending."""
    match alert.problem.code:
        case ProblemCode.PERIOD_LOCKED:
            return item.booked_on is None or _is_open(item.booked_on, books, alert.problem.facts.get("lock"))
        case ProblemCode.PLAN_LIMIT:
            return (now.year, now.month) > (alert.changed_at.year, alert.changed_at.month)
        case ProblemCode.PERMISSION_MISSING:
            return _may_write(books.bill_rights, item.publish_as)
        case _:
            return True


def _is_open(day: date, books: Books, lock: str | None) -> bool:
    """The lock of the year is for everybody. That of the period, where the other one was the reason, was none for us."""
    locks = (books.year_locked_to, None if lock == "end of year" else books.period_locked_to)
    return all(locked is None or day > locked for locked in locks)


def _may_write(rights: BillRights, status: PaymentStatus) -> bool:
    is_before_approval = status in (PaymentStatus.DRAFT, PaymentStatus.AWAITING_APPROVAL)
    return rights is BillRights.ALL or (rights is BillRights.DRAFTS and is_before_approval)
