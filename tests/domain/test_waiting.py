"""What waits for the ledger: when it is looked at, and what is told by the books alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.alerts import Alert
from bot.domain.books import BillRights, Books
from bot.domain.problems import Problem, ProblemCode
from bot.domain.settings import PaymentStatus
from bot.domain.waiting import is_worth_sending, next_look
from tests.views.test_alerts import an_alert

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
BOOKS = Books(provider_id="1", name="Acme", base_currency="GBP")
MARCH, FEBRUARY = date(2026, 3, 31), date(2026, 2, 28)


def told(code: ProblemCode, **facts: str) -> Alert:
    return replace(an_alert(code).alert, problem=Problem(code=code, facts=facts), changed_at=NOW)


@pytest.mark.parametrize(
    ("lock", "period", "year", "is_open"),
    [
        ("end of year", None, MARCH, False),
        ("end of year", None, FEBRUARY, True),
        ("end of year", MARCH, None, True),
        ("period", MARCH, None, False),
        ("period", None, MARCH, False),
        ("period", FEBRUARY, FEBRUARY, True),
        (None, MARCH, None, False),
    ],
)
def test_a_date_is_free_when_no_lock_that_holds_for_us_covers_it(
    lock: str | None, period: date | None, year: date | None, *, is_open: bool
) -> None:
    """The lock of a period is none for who may post in it: then it was the year's that refused."""
    alert = told(ProblemCode.PERIOD_LOCKED, **({} if lock is None else {"lock": lock}))
    books = replace(BOOKS, period_locked_to=period, year_locked_to=year)

    assert is_worth_sending(alert, an_alert().card.item, books, NOW) is is_open


@pytest.mark.parametrize(
    ("rights", "status", "is_given"),
    [
        (BillRights.ALL, PaymentStatus.AWAITING_PAYMENT, True),
        (BillRights.DRAFTS, PaymentStatus.AWAITING_PAYMENT, False),
        (BillRights.DRAFTS, PaymentStatus.DRAFT, True),
        (BillRights.NONE, PaymentStatus.DRAFT, False),
        (BillRights.UNTOLD, PaymentStatus.DRAFT, False),
    ],
)
def test_a_right_is_given_when_the_ledger_says_so(rights: BillRights, status: PaymentStatus, *, is_given: bool) -> None:
    item = replace(an_alert().card.item, publish_as=status)
    books = replace(BOOKS, bill_rights=rights)

    assert is_worth_sending(told(ProblemCode.PERMISSION_MISSING), item, books, NOW) is is_given


def test_a_months_limit_is_over_with_the_month_and_what_is_not_told_is_found_out() -> None:
    item = an_alert().card.item
    limit, lapsed = told(ProblemCode.PLAN_LIMIT), told(ProblemCode.SUBSCRIPTION_LAPSED)

    assert not is_worth_sending(limit, item, BOOKS, NOW)
    assert is_worth_sending(limit, item, BOOKS, NOW + timedelta(days=1))
    assert is_worth_sending(lapsed, item, BOOKS, NOW)


def test_each_refusal_more_doubles_the_wait_as_far_as_a_day() -> None:
    hours = [(next_look(NOW, times=times) - NOW) / timedelta(hours=1) for times in (1, 2, 3, 5, 6, 1000)]

    assert hours == [1, 2, 4, 16, 24, 24]
