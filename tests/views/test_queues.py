"""How much of what waits today's calls still take, as the card says it."""

from datetime import UTC, datetime

import pytest

from bot.domain.queues import HeldUpBy, Queue
from bot.views import queues as views
from bot.views.rendering import to_slack

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_queue(
    by: HeldUpBy = HeldUpBy.MANY, *, documents: int = 0, others: int = 0, calls_left: int | None = 900
) -> Queue:
    return Queue(
        organisation="Northwind Trading Ltd",
        ledger="Xero",
        since=NOW,
        by=by,
        documents=documents,
        others=others,
        until=None,
        calls_left=calls_left,
        kept=100,
        together=50,
        read_at=NOW,
    )


@pytest.mark.parametrize(
    ("documents", "others", "calls_left", "fits"),
    [
        (120, 30, 900, (120, 30)),
        (120, 30, 120, (120, 14)),
        (120, 30, 4, (100, 0)),
        (0, 3, 45, (0, 0)),
        (2, 0, 1, (0, 0)),
        (7, 7, None, (7, 7)),
    ],
)
def test_the_last_calls_of_a_day_are_for_documents_alone(
    documents: int, others: int, calls_left: int | None, fits: tuple[int, int]
) -> None:
    assert a_queue(documents=documents, others=others, calls_left=calls_left).fits_today == fits


def test_files_that_wait_for_documents_to_go_first_are_not_said_to_fit() -> None:
    said = _said(a_queue(HeldUpBy.KEPT, others=3, calls_left=45))

    assert "The last requests that Xero takes today are kept for documents" in said
    assert "3 files and payments wait." in said
    assert "enough for 0 of 3 files and payments" in said


def test_what_has_nothing_to_do_with_a_days_requests_says_nothing_of_them() -> None:
    told = {by: _said(a_queue(by, documents=3, calls_left=4_975)) for by in HeldUpBy}

    assert {by for by, said in told.items() if "4,975 more requests" in said} == set(HeldUpBy) - {
        HeldUpBy.SILENT,
        HeldUpBy.LOST,
    }


def test_where_the_connection_has_ended_somebody_acts_next() -> None:
    assert "*Who acts next:* an admin, who reconnects it." in _said(a_queue(HeldUpBy.LOST, documents=1))
    assert "*Who acts next:* nobody." in _said(a_queue(HeldUpBy.SPENT, documents=1))


def _said(queue: Queue) -> str:
    return str([to_slack(block) for block in views.waiting(queue)[1]])
