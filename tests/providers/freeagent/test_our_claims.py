"""An expense report as expenses of a user: all of them once, however an answer is lost, and none of one that is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.books import Contact, ListKind
from bot.domain.ledger_documents import LedgerDocument, LedgerFile, differences
from bot.domain.postings import Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from providers.errors import OutcomeUnknownError
from providers.freeagent.adapter import FreeAgentProvider
from providers.freeagent.simulated import seed
from providers.freeagent.simulated.expenses import Expenses
from providers.freeagent.simulator import TRADING, Fault
from tests.contract.freeagent import LOST, FreeAgentFarEnd, config_of
from tests.providers.freeagent.ours import a_file, access_of, bodies, calls, the_document

D = Decimal
RAE, MIA, ACCOUNTANT = "users/4", "users/6", "users/5"
DAYS = (date(2026, 2, 3), date(2026, 2, 17), date(2026, 2, 5))


def a_claim(far: FreeAgentFarEnd, number: str = "B-9", user: str = RAE) -> Posting:
    """Of 120, 30 without tax, and 12 with a tax that its rate does not make."""
    posting = far.a_posting(PostingKind.EXPENSES, number)
    (paper,) = posting.lines
    train = replace(paper, description="Train", net=D("30.00"), tax=D(0), tax_code="EXEMPT", account_code="365")
    odd = replace(paper, description="Odd", net=D("10.01"), tax=D("1.99"))
    lines = tuple(
        replace(line, dated_on=day, receipt=f"B-{place}")
        for place, (line, day) in enumerate(zip((paper, train, odd), DAYS, strict=True))
    )
    return replace(posting, contact_id=user, lines=lines, net=D("140.01"), tax=D("21.99"), gross=D("162.00"))


def standing(far: FreeAgentFarEnd) -> list[str]:
    return sorted(str(one["description"]).split()[0] for one in far.state.documents("expenses"))


def another_process(far: FreeAgentFarEnd) -> None:
    """One that remembers no key."""
    assert isinstance(far.provider, FreeAgentProvider)
    caller = far.provider._caller
    far.provider = FreeAgentProvider(config_of(far.state), caller, far.clock)


async def test_each_line_is_an_expense_of_the_claimants_user_on_its_own_day(far: FreeAgentFarEnd) -> None:
    claim = a_claim(far)

    document = await the_document(far, claim)

    assert calls(far)[:2] == ["GET expenses", "POST expenses"]
    rows = far.state.documents("expenses")
    assert [(one["dated_on"], one["gross_value"], one["sales_tax_value"]) for one in rows] == [
        ("2026-02-03", D(-120), D(-20)),
        ("2026-02-17", D(-30), D(0)),
        ("2026-02-05", D(-12), D("-1.99")),
    ]
    assert {(one["user"], one["receipt_reference"]) for one in rows} == {("/v2/users/4", "B-9")}
    assert [one["description"] for one in rows][1] == f"Train {claim.marker}#2"
    assert differences(claim, document) == ()
    moved = replace(document, contact_id=MIA, days=(*DAYS[:2], date(2026, 2, 6)))
    assert [words.partition(":")[0] for words in differences(claim, moved)] == ["date", "user"]


async def test_a_file_hangs_on_the_expense_of_its_receipt(far: FreeAgentFarEnd) -> None:
    claim = a_claim(far)
    document = await the_document(far, claim)
    train = replace(a_file(claim, document, "train.pdf"), place=1)

    outcome = await far.attach(train, b"%PDF")

    assert isinstance(outcome, Accepted)
    (file,) = far.state.documents("attachments")
    assert file["_of"] == far.state.documents("expenses")[1]["url"]
    found = await far.provider.find(far.access, far.provider.route(train), [train], since=far.clock.now())
    assert isinstance(found["train.pdf"], LedgerFile)
    assert isinstance(await far.attach(train, b"%PDF"), Accepted)
    assert len(far.state.documents("attachments")) == 1
    other = await far.attach(replace(train, name="other.pdf"), b"%PDF")
    assert isinstance(other, Refused)
    assert "takes one file of each expense" in (other.problem.vendor_words or "")


@pytest.mark.parametrize("way", LOST)
@pytest.mark.parametrize("kept", [None, 0, 1, 2])
async def test_after_a_lost_answer_only_what_is_missing_is_sent(
    far: FreeAgentFarEnd, way: Fault, kept: int | None
) -> None:
    """Twice in a row, in processes that remember nothing; `kept` are how many of an array FreeAgent gets to at a time."""
    claim = a_claim(far)
    far.state.set_keeps_some(TRADING, kept)
    for _ in range(2):
        far.state.fail_next(way, method="POST", path="*/expenses")
        with pytest.raises(OutcomeUnknownError):
            await far.create(claim, key="k")
        there = await far.find(claim)
        assert (claim.marker in there) is (len(standing(far)) == 3)
        if there:
            break
        another_process(far)
    far.state.set_keeps_some(TRADING, None)

    (outcome,) = await far.create(claim, key="k")

    assert isinstance(outcome, Accepted)
    assert standing(far) == ["Odd", "Paper,", "Train"]
    (found,) = (await far.find(claim)).values()
    assert isinstance(found, LedgerDocument)
    assert (found.ledger_id, differences(claim, found)) == (outcome.ledger_id, ())
    assert found.ledger_id.split(".")[1] == _id_of(far, "Train")


def _id_of(far: FreeAgentFarEnd, words: str) -> str:
    (one,) = [one for one in far.state.documents("expenses") if str(one["description"]).startswith(words)]
    return str(one["url"]).rsplit("/", 1)[-1]


async def test_an_answer_that_names_not_all_is_looked_up_and_else_left_open(far: FreeAgentFarEnd) -> None:
    claim = a_claim(far)
    far.state.set_keeps_some(TRADING, 2)

    with pytest.raises(OutcomeUnknownError):
        await far.create(claim)

    assert await far.find(claim) == {}
    far.state.set_keeps_some(TRADING, None)
    await far.create(claim)
    assert _sent(far) == [3, 1]


def _sent(far: FreeAgentFarEnd) -> list[int]:
    """Of how many expenses each call was."""
    found: Sequence[dict[str, Any]] = bodies(far, "/expenses")
    return [len(body["expenses"]) if "expenses" in body else 1 for body in found]


async def test_of_a_report_that_is_refused_nothing_stays_though_freeagent_kept_what_was_right(
    far: FreeAgentFarEnd,
) -> None:
    claim = a_claim(far)
    wrong = replace(claim, lines=(*claim.lines[:2], replace(claim.lines[2], account_code="999")))
    far.state.set_keeps_some(TRADING, 5)

    (outcome,) = await far.create(wrong)

    assert isinstance(outcome, Refused)
    assert (outcome.problem.code, outcome.problem.facts["account"]) == (ProblemCode.ACCOUNT_ARCHIVED, "999")
    assert standing(far) == []


async def test_what_stands_of_an_earlier_form_of_the_report_is_replaced_and_the_rest_is_left(
    far: FreeAgentFarEnd,
) -> None:
    claim = a_claim(far)
    await far.create(claim)
    kept = _id_of(far, "Paper,")
    cheaper = replace(claim.lines[1], net=D("20.00"))
    changed = replace(claim, lines=(claim.lines[0], cheaper), net=D("120.00"), tax=D("20.00"), gross=D("140.00"))

    document = await the_document(far, changed)

    assert differences(changed, document) == ()
    assert standing(far) == ["Paper,", "Train"]
    assert document.ledger_id.split(".")[0] == kept


async def test_an_earlier_form_is_replaced_on_whatever_day_that_the_report_was_known_to_be_of(
    far: FreeAgentFarEnd,
) -> None:
    claim, moved_to = a_claim(far), date(2025, 10, 1)
    await far.create(claim)
    assert min(DAYS) - moved_to > 2 * timedelta(days=60)
    lines = tuple(replace(line, dated_on=None) for line in claim.lines)
    moved = replace(claim, issued_on=moved_to, lines=lines, days=(moved_to, max(DAYS)))

    await the_document(far, moved)

    assert [one["dated_on"] for one in far.state.documents("expenses")] == ["2025-10-01"] * 3


async def test_a_lost_answer_on_the_way_out_takes_the_rest_back_with_the_next_try(far: FreeAgentFarEnd) -> None:
    withdrawal = await far.published(a_claim(far))
    other = await far.published(a_claim(far, "B-10"))
    for way in (Fault.RESET_AFTER, Fault.ERROR_BEFORE):
        far.state.fail_next(way, method="DELETE", path="*/expenses/*")
        with pytest.raises(OutcomeUnknownError):
            await far.take_back(withdrawal)
        assert await far.look(withdrawal) == {}

    assert isinstance(await far.take_back(withdrawal), Accepted)

    assert list(await far.look(withdrawal)) == [withdrawal.document_id]
    assert len(standing(far)) == 3
    assert isinstance(await far.take_back(withdrawal), Accepted)
    assert await far.look(other) == {}


async def test_what_somebody_changed_of_it_or_has_locked_stays_whole(far: FreeAgentFarEnd) -> None:
    withdrawal = await far.published(a_claim(far))
    train = next(one for one in far.state.documents("expenses") if str(one["description"]).startswith("Train"))
    Expenses(far.books, seed.FULL, "dana").update(train, {"gross_value": "-33"})

    changed = await far.take_back(withdrawal)

    assert isinstance(changed, Refused)
    assert changed.problem.code is ProblemCode.WITHDRAWAL_CHANGED
    assert changed.problem.facts["differences"].startswith("total: 162.00 here, 165.00 in the ledger")
    known = replace(withdrawal, known=changed.problem.facts["differences"])
    far.state.lock_to(TRADING, date(2026, 2, 4))
    locked = await far.take_back(known)
    assert isinstance(locked, Refused)
    assert locked.problem.code is ProblemCode.PERIOD_LOCKED
    assert len(standing(far)) == 3
    far.state.lock_to(TRADING, None)
    assert isinstance(await far.take_back(known), Accepted)
    assert standing(far) == []


async def test_a_user_who_is_hidden_or_the_accountant_is_paid_nothing_and_told_so(far: FreeAgentFarEnd) -> None:
    far.state.set_hidden(TRADING, "rae", is_hidden=True)

    for user in (RAE, ACCOUNTANT, "users/99"):
        (outcome,) = await far.create(a_claim(far, user=user))
        assert isinstance(outcome, Refused)
        assert outcome.problem.code is ProblemCode.CLAIMANT_NOT_TAKEN, user

    far.access = access_of(far, "sam", TRADING)
    (others,) = await far.create(a_claim(far, user=MIA))
    (own,) = await far.create(a_claim(far, user="users/2"))
    assert isinstance(others, Refused)
    assert others.problem.code is ProblemCode.PERMISSION_MISSING
    assert isinstance(own, Accepted)


async def test_users_stand_beside_the_contacts_with_their_addresses(far: FreeAgentFarEnd) -> None:
    far.state.set_hidden(TRADING, "sam", is_hidden=True)

    page = await far.provider.list_page(far.access, ListKind.CONTACTS, None)
    own = await far.provider.list_page(access_of(far, "rae", TRADING), ListKind.CONTACTS, None)
    later = await far.provider.list_page(
        far.access, ListKind.CONTACTS, None, since=far.clock.now() + timedelta(minutes=1)
    )

    def users(entries: Sequence[object]) -> dict[str, Contact]:
        return {one.provider_id: one for one in entries if isinstance(one, Contact) and one.is_user}

    found = users(page.entries)
    assert [(one.name, one.is_active) for one in found.values()] == [
        ("Dana Admin", True),
        ("Sam Second", False),
        ("Ira Standard", True),
        ("Rae Receipts", True),
        ("Pat Practice", False),
        ("Mia Member", True),
    ]
    assert found[MIA].email == "mia@northwind.example"
    assert not any(one.is_supplier or one.is_customer for one in found.values())
    assert list(users(own.entries)) == [RAE]
    assert users(later.entries).keys() == found.keys()
