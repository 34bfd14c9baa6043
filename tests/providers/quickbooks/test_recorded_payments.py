"""What QuickBooks has as moved on one bank account, whoever entered it: amounts, days and accounts, read whole or not at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.bank_lines import RecordedPayment
from bot.domain.postings import Payment, PostingKind
from bot.domain.publishing import Accepted
from providers.base import RecordedPaymentProvider
from providers.errors import ProviderChangedError, ProviderError
from providers.quickbooks.recorded_payments import SIGNS, PaymentReader
from providers.quickbooks.simulated.endpoints.records import WRITERS
from providers.quickbooks.simulator import AMERICA, TRADING, Fault
from tests.contract.quickbooks import QuickBooksFarEnd
from tests.providers.quickbooks.conftest import MONDAY, Bare
from tests.providers.quickbooks.ours import client_of, the_document

CURRENT, SAVINGS, EUROS, CARD = "1", "2", "3", "4"
DAY = date(2026, 1, 1)
ON = date.fromisoformat(MONDAY)

Json = dict[str, Any]


@pytest.fixture
def hand(quickbooks: QuickBooksFarEnd) -> Bare:
    """What a person can enter; nothing of it is sent through our client."""
    return Bare(quickbooks.state, client_of(quickbooks)._caller.session)


async def booked(quickbooks: QuickBooksFarEnd, account: str = CURRENT, *, first: date = DAY) -> list[RecordedPayment]:
    provider = quickbooks.provider
    assert isinstance(provider, RecordedPaymentProvider)
    return list(await provider.recorded_payments(quickbooks.access, account, first=first))


def entered(quickbooks: QuickBooksFarEnd, entity: str, body: Json) -> Json:
    return dict(WRITERS[entity](quickbooks.books, who="Somebody").write(body))


def recorded(entity: str, ledger_id: str, amount: str, on: date = ON) -> RecordedPayment:
    return RecordedPayment(ledger_id=f"{entity}:{ledger_id}", dated_on=on, amount=Decimal(amount))


async def test_what_this_product_spent_received_and_paid_is_told_with_its_day_and_sign(
    quickbooks: QuickBooksFarEnd,
) -> None:
    spent = await the_document(quickbooks, replace(quickbooks.a_posting(PostingKind.SPEND_MONEY, "S"), issued_on=ON))
    received = await the_document(quickbooks, quickbooks.a_posting(PostingKind.RECEIVE_MONEY, "R"))
    bill = quickbooks.a_bill("B-1")
    payment = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=(await the_document(quickbooks, bill)).ledger_id,
        marker=bill.marker,
        bank_account=CURRENT,
        paid_on=date(2026, 3, 5),
        amount=Decimal("50.00"),
        currency="GBP",
        currency_rate=None,
    )
    (paid,) = await quickbooks.create(payment)
    assert isinstance(paid, Accepted)

    found = await booked(quickbooks)

    assert sorted(found, key=lambda one: one.amount) == [
        recorded("Purchase", spent.ledger_id, "-120.00"),
        recorded("BillPayment", paid.ledger_id, "-50.00", date(2026, 3, 5)),
        recorded("Deposit", received.ledger_id, "120.00", date(2026, 2, 20)),
    ]


async def test_what_somebody_entered_by_hand_is_told_of_every_kind(quickbooks: QuickBooksFarEnd, hand: Bare) -> None:
    """A deposit of several lines is one line of the bank's."""
    bill = entered(quickbooks, "Bill", hand.bill())
    current = {"value": CURRENT}
    line = hand.deposit()["Line"][0]
    made = {
        "Purchase": hand.spend(PaymentType="Check"),
        "BillPayment": hand.payment(bill, 70),
        "Deposit": hand.deposit(Line=[line, {**line, "Amount": 25}]),
        "Payment": hand.sale(TotalAmt=33, Line=[], DepositToAccountRef=current),
        "SalesReceipt": hand.sale(DepositToAccountRef=current),
        "RefundReceipt": hand.sale(DepositToAccountRef=current),
    }
    ids = {entity: entered(quickbooks, entity, body)["Id"] for entity, body in made.items()}
    amounts = {"Purchase": "-120", "BillPayment": "-70", "Deposit": "150", "Payment": "33"}
    amounts |= {"SalesReceipt": "114", "RefundReceipt": "-114"}

    found = await booked(quickbooks)

    assert ids.keys() == SIGNS.keys()
    assert found == [recorded(entity, ids[entity], amounts[entity]) for entity in SIGNS]


async def test_of_a_card_what_is_spent_credited_and_paid_from_it_is_told(
    quickbooks: QuickBooksFarEnd, hand: Bare
) -> None:
    bill = entered(quickbooks, "Bill", hand.bill())
    of_card = {"AccountRef": {"value": CARD}, "PaymentType": "CreditCard"}
    spent = entered(quickbooks, "Purchase", hand.spend(**of_card))
    back = entered(quickbooks, "Purchase", hand.spend(**of_card, Credit=True))
    by_card = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": CARD}}}
    payment = {name: value for name, value in hand.payment(bill).items() if name != "CheckPayment"}
    paid = entered(quickbooks, "BillPayment", {**payment, **by_card})

    found = await booked(quickbooks, CARD)

    assert found == [
        recorded("Purchase", spent["Id"], "-120"),
        recorded("Purchase", back["Id"], "120"),
        recorded("BillPayment", paid["Id"], "-120"),
    ]
    assert await booked(quickbooks) == []


async def test_another_accounts_earlier_voided_and_deleted_ones_are_not_told(
    quickbooks: QuickBooksFarEnd, hand: Bare
) -> None:
    """What waits to be banked is on no bank account yet."""
    savings = entered(quickbooks, "Purchase", hand.spend(AccountRef={"value": SAVINGS}))
    entered(quickbooks, "Purchase", hand.spend(TxnDate="2025-12-31"))
    first = entered(quickbooks, "Purchase", hand.spend(TxnDate="2026-01-01"))
    entered(quickbooks, "Payment", hand.sale(TotalAmt=33, Line=[]))
    deleted = entered(quickbooks, "Deposit", hand.deposit())
    WRITERS["Deposit"](quickbooks.books, who="Somebody").delete(deleted)
    receipt = entered(quickbooks, "SalesReceipt", hand.sale(DepositToAccountRef={"value": CURRENT}))
    WRITERS["SalesReceipt"](quickbooks.books, who="Somebody").void(receipt)

    assert await booked(quickbooks) == [recorded("Purchase", first["Id"], "-120", DAY)]
    assert await booked(quickbooks, SAVINGS) == [recorded("Purchase", savings["Id"], "-120")]
    assert await booked(quickbooks, "999") == []


async def test_what_is_paid_in_another_currency_is_told_in_the_accounts_own(
    quickbooks: QuickBooksFarEnd, hand: Bare
) -> None:
    euros: Json = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("0.85555")}
    vendor = hand.ref("Vendor", "Dublin Print Works")
    bill = entered(quickbooks, "Bill", hand.bill(VendorRef=vendor, **euros))
    from_pounds = entered(quickbooks, "BillPayment", hand.payment(bill, 50, **euros))
    from_euros = entered(
        quickbooks,
        "BillPayment",
        hand.payment(bill, 70, CheckPayment={"BankAccountRef": {"value": EUROS}}, **euros),
    )

    assert await booked(quickbooks) == [recorded("BillPayment", from_pounds["Id"], "-42.78")]
    assert await booked(quickbooks, EUROS) == [recorded("BillPayment", from_euros["Id"], "-70")]


async def test_a_company_with_one_currency_needs_to_tell_none(quickbooks: QuickBooksFarEnd, hand: Bare) -> None:
    hand.realm = AMERICA
    books = quickbooks.state.books[AMERICA]
    assert not books.has_currencies
    spent = WRITERS["Purchase"](books, who="Somebody").write(hand.spend(EntityRef=None))
    account = hand.id_of("Account", "Checking")
    told = books.shelf("Account")[account].items()
    books.save("Account", {name: value for name, value in told if name != "CurrencyRef"})
    tokens = quickbooks.state.grant("dana", AMERICA)
    access = replace(quickbooks.access, access_token=tokens["access_token"], tenant_id=AMERICA)

    found = await PaymentReader(client_of(quickbooks)).recorded(access, account, first=DAY)

    assert found == (recorded("Purchase", spent["Id"], "-100"),)


async def test_all_pages_are_read_through_the_budget_and_more_than_may_be_read_is_no_answer(
    quickbooks: QuickBooksFarEnd, hand: Bare
) -> None:
    ids = [entered(quickbooks, "Purchase", hand.spend())["Id"] for _ in range(3)]
    reader = PaymentReader(client_of(quickbooks), page_size=2)
    quickbooks.budget.asked_for.clear()

    found = await reader.recorded(quickbooks.access, CURRENT, first=DAY)

    assert {one.ledger_id for one in found} == {f"Purchase:{each}" for each in ids}
    assert quickbooks.budget.asked_for == [TRADING] * (1 + len(SIGNS) + 1)
    with pytest.raises(ProviderChangedError):
        await replace(reader, most_pages=1).recorded(quickbooks.access, CURRENT, first=DAY)


@pytest.mark.parametrize("way", [Fault.TOO_MANY, Fault.ERROR_BEFORE, Fault.HALF_ANSWER, Fault.HTML])
async def test_a_refusal_midway_tells_nothing_half(quickbooks: QuickBooksFarEnd, hand: Bare, way: Fault) -> None:
    entered(quickbooks, "Purchase", hand.spend())
    quickbooks.state.fail_next(Fault.SLOW, times=3, path="*/query", seconds=0)
    quickbooks.state.fail_next(way, path="*/query")

    with pytest.raises(ProviderError):
        await booked(quickbooks)

    assert len([call for call in quickbooks.state.calls if call.path.endswith("/query")]) == 4
    assert len(await booked(quickbooks)) == 1


@pytest.mark.parametrize(
    ("entity", "field", "words"),
    [
        ("Deposit", "DepositToAccountRef", "property 'DepositToAccountRef' is not queryable"),
        ("BillPayment", "CheckPayment.BankAccountRef", "Property CheckPayment.BankAccountRef not found"),
    ],
)
async def test_quickbooks_is_not_asked_for_these_by_their_account(
    bare: Bare, entity: str, field: str, words: str
) -> None:
    await bare.created("Deposit", bare.deposit())

    ((code, detail),) = await bare.refused(f"select * from {entity} where {field} = '{CURRENT}'")

    assert code == "4001"
    assert words in detail
