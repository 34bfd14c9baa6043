"""FreeAgent's own bank lines: read, and explained by what we publish."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.ledger_documents import differences
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from providers.base import BankLineProvider
from providers.freeagent.simulated.books import transaction
from tests.contract.freeagent import FreeAgentFarEnd
from tests.providers.freeagent.ours import bodies, the_document

TRANSACTIONS, EXPLANATIONS = "bank_transactions", "bank_transaction_explanations"


def a_line(far: FreeAgentFarEnd, amount: str, day: str = "2026-03-03") -> str:
    """On the current account; its id."""
    account = f"/v2/bank_accounts/{far.bank_account()}"
    made = far.books.create(TRANSACTIONS, transaction(account, day, "PAPER", Decimal(amount), is_manual=False))
    return str(made["url"]).rsplit("/", 1)[-1]


def on_line(far: FreeAgentFarEnd, line: str, number: str = "M") -> Posting:
    spent = far.a_posting(PostingKind.SPEND_MONEY, number)
    return replace(spent, bank_account=far.bank_account(), bank_line=line, issued_on=date(2026, 3, 3))


async def told(far: FreeAgentFarEnd, **asked: Any) -> dict[str, tuple[Decimal, bool]]:
    of = {"first": date(2026, 1, 1), "since": None} | asked
    assert isinstance(far.provider, BankLineProvider)
    found = await far.provider.bank_lines(far.access, far.bank_account(), **of)
    return {line.ledger_id or "": (line.amount, line.is_recorded) for line in found}


async def test_open_lines_are_told_from_those_that_are_explained_and_a_part_of_one_is_neither(
    far: FreeAgentFarEnd,
) -> None:
    for one in far.state.documents(TRANSACTIONS):
        far.books.delete(TRANSACTIONS, one)
    spent = far.a_posting(PostingKind.SPEND_MONEY, "M")
    whole, part, left, old = (
        a_line(far, f"-{spent.gross}"),
        a_line(far, "-500"),
        a_line(far, "30"),
        a_line(far, "-9", "2025-12-31"),
    )
    assert isinstance((await far.create(on_line(far, whole)))[0], Accepted)
    assert isinstance((await far.create(on_line(far, part, "N")))[0], Accepted)

    found = await told(far)

    assert found == {whole: (-spent.gross, True), left: (Decimal(30), False)}
    assert old not in found
    since = far.clock.now() + timedelta(days=1)
    assert await told(far, since=since) == {left: (Decimal(30), False)}


async def test_money_spent_on_a_line_explains_it_and_reads_back_as_it_was_sent(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(PostingKind.SPEND_MONEY, "M")
    line = a_line(far, f"-{spent.gross}")
    before = len(far.state.documents(TRANSACTIONS))

    document = await the_document(far, on_line(far, line))

    assert differences(on_line(far, line), document) == ()
    (sent,) = bodies(far, f"/{EXPLANATIONS}")
    explanation = sent["bank_transaction_explanation"]
    assert explanation["bank_transaction"].endswith(f"/v2/{TRANSACTIONS}/{line}")
    assert "bank_account" not in explanation
    assert len(far.state.documents(TRANSACTIONS)) == before


async def test_a_line_that_is_explained_already_or_gone_is_refused_as_that(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(PostingKind.SPEND_MONEY, "M")
    taken = a_line(far, f"-{spent.gross}")
    assert isinstance((await far.create(on_line(far, taken)))[0], Accepted)

    (again,), (gone,) = await far.create(on_line(far, taken, "N")), await far.create(on_line(far, "999999", "O"))

    assert isinstance(again, Refused)
    assert isinstance(gone, Refused)
    assert (again.problem.code, gone.problem.code) == (ProblemCode.BANK_LINE_TAKEN, ProblemCode.BANK_LINE_GONE)
    assert len(far.state.documents(EXPLANATIONS)) == 1


async def test_a_lost_answer_about_a_line_is_found_on_it(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(PostingKind.SPEND_MONEY, "M")
    posting = on_line(far, a_line(far, f"-{spent.gross}"))
    since = far.clock.now() - timedelta(minutes=1)
    assert isinstance((await far.create(posting))[0], Accepted)

    found = await far.provider.find(far.access, far.provider.route(posting), [posting], since=since)

    assert list(found) == [posting.marker]
