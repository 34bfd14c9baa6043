"""What our adapter tells of money that stands booked on a bank account of Sage, whoever entered it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.bank_lines import RecordedPayment
from bot.domain.postings import Payment, Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted
from bot.domain.settings import PaymentStatus
from providers.base import RecordedPaymentProvider
from providers.errors import PersonNeededError, ProviderChangedError, ProviderError, TryLaterError
from providers.sage import client as client_room
from providers.sage.simulated import listing
from providers.sage.simulated.banking import OtherPayments
from providers.sage.simulated.payments import Payments
from providers.sage.simulated.seed import guid
from providers.sage.simulated.shapes import Fields
from providers.sage.simulator import TRADING, Area, Fault, Level
from tests.contract.sage import SageFarEnd, bank, ledger, sage_far_end
from tests.fakes.clock import FakeClock
from tests.providers.sage import vendor_schema

FIRST = date(2026, 1, 1)
BY_HAND, PAID_ON = date(2026, 2, 9), date(2026, 2, 24)


@pytest.fixture
async def far(clock: FakeClock) -> AsyncIterator[SageFarEnd]:
    async with sage_far_end(clock) as far:
        yield far
        assert vendor_schema.problems(far.state.calls) == []


async def told(far: SageFarEnd, account: str = "1200", first: date = FIRST) -> dict[str, RecordedPayment]:
    assert isinstance(far.provider, RecordedPaymentProvider)
    found = await far.provider.recorded_payments(far.access, bank(account), first=first)
    by_id = {one.ledger_id: one for one in found}
    assert len(by_id) == len(found)
    return by_id


def booked(ledger_id: str, day: date, amount: str) -> tuple[str, RecordedPayment]:
    return ledger_id, RecordedPayment(ledger_id=ledger_id, dated_on=day, amount=Decimal(amount))


def by_hand(far: SageFarEnd, amount: int = 12, *, account: str = "7500", **changes: Any) -> str:
    """Money spent, as a person enters it in Sage."""
    line = {"ledger_account_id": ledger(account), "total_amount": amount, "tax_rate_id": "GB_ZERO"}
    body = {
        "transaction_type_id": "OTHER_PAYMENT",
        "date": BY_HAND.isoformat(),
        "bank_account_id": bank("1200"),
        "total_amount": amount,
        "payment_lines": [line],
        **changes,
    }
    return str(OtherPayments(far.books).create(Fields(body, "other_payment"))["id"])


def paid_by_hand(far: SageFarEnd, kind: str, contact: str, amount: int | Decimal = 12, **changes: Any) -> str:
    """On account, so that it settles nothing."""
    body = {
        "transaction_type_id": kind,
        "contact_id": guid(TRADING, "contact", kind.partition("_")[0], contact),
        "bank_account_id": bank("1200"),
        "date": BY_HAND.isoformat(),
        "total_amount": amount,
        "allocated_artefacts": [],
        **changes,
    }
    return str(Payments(far.books).pay(Fields(body, "contact_payment"))["id"])


async def published(far: SageFarEnd, work: Posting | Payment) -> str:
    (outcome,) = await far.create(work)
    assert isinstance(outcome, Accepted), outcome
    return outcome.ledger_id


def payment_of(far: SageFarEnd, bill: Posting, document_id: str) -> Payment:
    return Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=document_id,
        marker="P-1",
        bank_account=far.bank_account(),
        paid_on=PAID_ON,
        amount=bill.gross,
        currency=bill.currency,
        currency_rate=bill.currency_rate,
    )


async def test_what_we_published_and_what_somebody_entered_is_told_with_sign_and_day(far: SageFarEnd) -> None:
    bill = replace(far.a_bill("B"), status=PaymentStatus.PAID)
    paid = await published(far, payment_of(far, bill, await published(far, bill)))
    spent = await published(far, far.a_posting(PostingKind.SPEND_MONEY, "M"))
    received = await published(far, far.a_posting(PostingKind.RECEIVE_MONEY, "R"))
    entered = by_hand(far)

    assert await told(far) == dict(
        (
            booked(paid, PAID_ON, "-120.00"),
            booked(spent, bill.issued_on, "-120.00"),
            booked(received, bill.issued_on, "120.00"),
            booked(entered, BY_HAND, "-12.00"),
        )
    )


@pytest.mark.parametrize("as_text", [True, False])
async def test_money_that_comes_in_is_more_than_nothing_and_money_that_goes_out_less(
    far: SageFarEnd, *, as_text: bool
) -> None:
    far.state.set_numbers_as_text(TRADING, as_text=as_text)
    made = {
        "12.00": by_hand(far, account="4010", transaction_type_id="OTHER_RECEIPT"),
        "-13.10": paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers", Decimal("13.1")),
        "14.00": paid_by_hand(far, "CUSTOMER_RECEIPT", "Boom FM", 14),
        "15.00": paid_by_hand(far, "VENDOR_REFUND", "Central Copiers", 15),
        "-16.00": paid_by_hand(far, "CUSTOMER_REFUND", "Boom FM", 16),
    }

    assert await told(far) == dict(booked(made[amount], BY_HAND, amount) for amount in made)


async def test_another_accounts_what_was_deleted_and_what_is_older_is_not_told(far: SageFarEnd) -> None:
    by_hand(far, date="2025-12-31")
    paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers", date="2025-12-31")
    OtherPayments(far.books).delete(by_hand(far))
    Payments(far.books).unpay(paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers"))
    others = (
        by_hand(far, bank_account_id=bank("1240")),
        paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers", bank_account_id=bank("1240")),
    )
    on_the_day = by_hand(far, date=FIRST.isoformat())

    assert set(await told(far)) == {on_the_day}
    assert set(await told(far, "1240")) == set(others)
    assert await told(far, "1210") == {}


async def test_where_a_list_is_not_narrowed_as_it_was_asked_for_the_rest_is_left_out_here(
    far: SageFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand(far, date="2025-12-31")
    by_hand(far, bank_account_id=bank("1240"))
    paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers", bank_account_id=bank("1240"))
    ours = by_hand(far)
    for plural in ("other_payments", "contact_payments"):
        monkeypatch.setitem(listing.PARAMETERS, plural, ())

    assert set(await told(far)) == {ours}


async def test_an_allocation_and_a_payment_of_nothing_move_no_money(far: SageFarEnd) -> None:
    bill, note = far.a_bill("B"), far.a_posting(PostingKind.SUPPLIER_CREDIT_NOTE, "C")
    ids = await published(far, bill), await published(far, note)
    body = {
        "transaction_type_id": "VENDOR_ALLOCATION",
        "contact_id": far.books.shelf("purchase_invoices")[ids[0]]["contact"]["id"],
        "allocated_artefacts": [
            {"artefact_id": one, "amount": amount} for one, amount in zip(ids, (120, -120), strict=True)
        ],
    }
    Payments(far.books).allocate(Fields(body, "contact_allocation"))
    nothing = paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers", 12)
    record = far.books.shelf("contact_payments")[nothing]
    far.books.save("contact_payments", {**record, "total_amount": 0, "base_currency_total_amount": 0})

    assert await told(far) == {}


async def test_a_payment_in_another_currency_is_told_in_that_of_the_books(far: SageFarEnd) -> None:
    """In which a bank account is kept."""
    paid = paid_by_hand(
        far, "VENDOR_PAYMENT", "Dublin Print Works", 120, currency_id="EUR", exchange_rate=Decimal("1.25")
    )

    assert await told(far) == dict([booked(paid, BY_HAND, "-96.00")])


async def test_all_pages_are_read_each_within_the_budget(far: SageFarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_room, "PAGE_SIZE", 2)
    made = {by_hand(far) for _ in range(3)} | {paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers") for _ in range(4)}
    before = len(far.budget.asked_for)

    assert set(await told(far)) == made
    assert far.budget.asked_for[before:] == [TRADING] * 4
    pages = [(call.path.rpartition("/")[2], call.query["page"]) for call in far.state.calls[-4:]]
    assert pages == [(plural, page) for plural in ("other_payments", "contact_payments") for page in ("1", "2")]


@pytest.mark.parametrize("plural", ["other_payments", "contact_payments"])
async def test_a_refusal_midway_tells_nothing_half(
    far: SageFarEnd, monkeypatch: pytest.MonkeyPatch, plural: str
) -> None:
    monkeypatch.setattr(client_room, "PAGE_SIZE", 2)
    for _ in range(3):
        by_hand(far)
        paid_by_hand(far, "VENDOR_PAYMENT", "Central Copiers")
    far.state.fail_next(Fault.SLOW, method="GET", path=f"*/{plural}", seconds=0)
    far.state.fail_next(Fault.TOO_MANY, method="GET", path=f"*/{plural}", seconds=30)

    with pytest.raises(TryLaterError):
        await told(far)

    assert far.state.calls[-1].query["page"] == "2"
    assert len(await told(far)) == 6


async def test_who_may_not_see_banking_is_told_so_and_not_that_nothing_is_booked(far: SageFarEnd) -> None:
    by_hand(far)
    far.state.set_access(TRADING, "dana", Area.BANK, Level.NONE)

    with pytest.raises(PersonNeededError) as refused:
        await told(far)

    assert refused.value.problem.code is ProblemCode.PERMISSION_MISSING


async def test_a_list_without_an_end_and_an_entry_of_another_form_are_no_answer(
    far: SageFarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [by_hand(far) for _ in range(3)]
    with monkeypatch.context() as changed:
        changed.setattr(client_room, "PAGE_SIZE", 1)
        changed.setattr(client_room, "MOST_PAGES", 2)
        with pytest.raises(ProviderChangedError, match="more than 2 pages"):
            await told(far)

    record = far.books.shelf("other_payments")[made[0]]
    far.books.save("other_payments", {name: value for name, value in record.items() if name != "total_amount"})
    with pytest.raises(ProviderError):
        await told(far)
