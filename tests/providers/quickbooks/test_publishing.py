"""What our client asks of QuickBooks when documents are published, beyond the contract of every provider."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.db.unit_of_work import Database
from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import EndedDocument, differences
from bot.domain.postings import Ending, Payment, PostingKind, Withdrawal
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from bot.services.budgets import SharedBudget
from providers.errors import TryLaterError
from providers.quickbooks import BATCHES
from providers.quickbooks.adapter import QuickBooksProvider
from providers.quickbooks.completing import Rate, _tax_lines
from providers.quickbooks.mapping import rate_of, rate_to_wire
from tests.contract.quickbooks import QuickBooksFarEnd, config_of
from tests.fakes.clock import FakeClock
from tests.providers.quickbooks.ours import a_file, bodies, client_of, the_document

NORTH = "5000000000000142238"


async def test_money_spent_on_a_card_says_so(quickbooks: QuickBooksFarEnd) -> None:
    on_card = replace(quickbooks.a_posting(PostingKind.SPEND_MONEY, "S"), bank_account="4")

    await the_document(quickbooks, on_card)

    (purchase,) = quickbooks.state.documents("Purchase")
    assert (purchase["PaymentType"], purchase["AccountRef"]["name"]) == ("CreditCard", "Company Card")


async def test_what_is_received_on_a_card_is_a_credit_of_it_that_is_found_and_taken_back(
    quickbooks: QuickBooksFarEnd,
) -> None:
    """A card takes no deposits."""
    received = replace(quickbooks.a_posting(PostingKind.RECEIVE_MONEY, "R"), bank_account="4")
    received = replace(received, contact_name="Central Copiers")

    document = await the_document(quickbooks, received)

    (purchase,) = quickbooks.state.documents("Purchase")
    assert (purchase["Credit"], purchase["PaymentType"], purchase["TotalAmt"]) == (True, "CreditCard", 120)
    assert differences(received, document) == ()
    assert list(await quickbooks.find(received)) == [received.marker]
    attached = await quickbooks.attach(a_file(received, document, "B-1.pdf", "application/pdf"), b"%PDF")
    assert isinstance(attached, Accepted)
    assert len(quickbooks.books.files("Purchase", document.ledger_id)) == 1
    spent = quickbooks.a_posting(PostingKind.SPEND_MONEY, "R")
    assert differences(spent, document)[0].startswith("kind:")
    withdrawal = Withdrawal(item_id=received.item_id, document_id=document.ledger_id, posting=received)
    assert isinstance(await quickbooks.take_back(withdrawal), Accepted)
    assert quickbooks.state.documents("Purchase") == []
    (ended,) = (await quickbooks.look(withdrawal)).values()
    assert isinstance(ended, EndedDocument)
    assert ended.ending is Ending.DELETED


@pytest.mark.parametrize(
    ("kind", "entity"), [(PostingKind.RECEIVE_MONEY, "SalesReceipt"), (PostingKind.SPEND_MONEY, "RefundReceipt")]
)
async def test_money_for_products_is_on_a_receipt_that_is_found_has_its_file_and_is_taken_back(
    quickbooks: QuickBooksFarEnd, kind: PostingKind, entity: str
) -> None:
    """Where products stand in the place of categories."""
    money = replace(quickbooks.a_posting(kind, "R"), contact_name="Boom FM")
    money = replace(money, lines=(replace(money.lines[0], item_code="1", account_code="", tax_code="2"),))

    document = await the_document(quickbooks, money)

    (receipt,) = quickbooks.state.documents(entity)
    assert (receipt["TotalAmt"], receipt["DepositToAccountRef"]["name"]) == (120, "Business Current Account")
    assert (document.kind, document.item_codes, document.gross) == (kind, ("1",), Decimal("120.00"))
    assert list(await quickbooks.find(money)) == [money.marker]
    attached = await quickbooks.attach(a_file(money, document, "B-1.pdf", "application/pdf"), b"%PDF")
    assert isinstance(attached, Accepted)
    assert len(quickbooks.books.files(entity, document.ledger_id)) == 1
    withdrawal = Withdrawal(item_id=money.item_id, document_id=document.ledger_id, posting=money, known="category")
    told = await quickbooks.take_back(withdrawal)
    if isinstance(told, Refused):  # what the product books to is not compared once the books say that products decide
        told = await quickbooks.take_back(replace(withdrawal, known=told.problem.facts["differences"]))
    assert isinstance(told, Accepted)
    assert quickbooks.state.documents(entity) == []


async def test_a_receipt_is_on_no_card(quickbooks: QuickBooksFarEnd) -> None:
    money = replace(quickbooks.a_posting(PostingKind.RECEIVE_MONEY, "R"), bank_account="4")
    money = replace(money, lines=(replace(money.lines[0], item_code="1", account_code=""),))

    (outcome,) = await quickbooks.create(money)

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN


async def test_a_cheque_is_one_in_quickbooks_and_never_on_a_card(quickbooks: QuickBooksFarEnd) -> None:
    cheque = replace(quickbooks.a_posting(PostingKind.SPEND_MONEY, "101"), is_cheque=True)

    document = await the_document(quickbooks, cheque)
    (on_card,) = await quickbooks.create(replace(cheque, number="102", bank_account="4"))

    (purchase,) = quickbooks.state.documents("Purchase")
    assert (purchase["PaymentType"], purchase["DocNumber"]) == ("Check", "101")
    assert differences(cheque, document) == ()
    assert isinstance(on_card, Refused)
    assert on_card.problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN


@pytest.mark.parametrize("account", ["28", "6", "99999"])
async def test_money_is_spent_from_bank_accounts_only(quickbooks: QuickBooksFarEnd, account: str) -> None:
    """Not from an expense, an inactive one, or none."""
    (outcome,) = await quickbooks.create(
        replace(quickbooks.a_posting(PostingKind.SPEND_MONEY, "S"), bank_account=account)
    )

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.BANK_ACCOUNT_NOT_TAKEN


@pytest.mark.parametrize(("account", "code"), [("4", None), ("14", ProblemCode.BANK_ACCOUNT_NOT_TAKEN)])
async def test_a_bill_is_paid_by_card_but_not_from_another_asset(
    quickbooks: QuickBooksFarEnd, account: str, code: ProblemCode | None
) -> None:
    bill = quickbooks.a_bill("A")
    document = await the_document(quickbooks, bill)
    payment = Payment(
        item_id=bill.item_id,
        kind=PostingKind.BILL,
        document_id=document.ledger_id,
        marker="B-1",
        bank_account=account,
        paid_on=bill.issued_on,
        amount=bill.gross,
        currency="GBP",
    )

    (outcome,) = await quickbooks.create(payment)

    if code is None:
        assert isinstance(outcome, Accepted)
        read = await quickbooks.read(payment, outcome.ledger_id)
        assert differences(payment, read[outcome.ledger_id]) == ()
    else:
        assert isinstance(outcome, Refused)
        assert outcome.problem.code is code


async def test_a_payment_of_a_bill_that_is_gone_is_refused(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    payment = Payment(
        item_id=bill.item_id,
        kind=PostingKind.BILL,
        document_id="99999",
        marker="B-1",
        bank_account="1",
        paid_on=bill.issued_on,
        amount=bill.gross,
        currency="GBP",
    )

    (outcome,) = await quickbooks.create(payment)

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.PAYMENT_NOT_OPEN


async def test_tax_is_the_documents_own_though_quickbooks_would_round_otherwise(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    bill = replace(bill, lines=(replace(bill.lines[0], tax=Decimal("19.98")),), tax=Decimal("19.98"))
    bill = replace(bill, gross=Decimal("119.98"), line_amounts=LineAmounts.INCLUSIVE)

    document = await the_document(quickbooks, bill)

    assert (document.net, document.tax, document.gross) == (Decimal("100.00"), Decimal("19.98"), Decimal("119.98"))


@pytest.mark.parametrize(
    ("percents", "net", "tax", "amounts"),
    [
        (["20"], "100", "19.98", ["19.98"]),
        (["5", "9.975"], "100", "14.98", ["5.00", "9.98"]),  # GST with QST
        (["5", "7"], "0.10", "0.01", ["0.00", "0.01"]),
        (["20", "-20"], "100", "0", ["20.00", "-20.00"]),  # reverse charge
        ([], "100", "0", []),
    ],
)
def test_the_tax_of_a_code_is_parted_over_its_rates(
    percents: list[str], net: str, tax: str, amounts: list[str]
) -> None:
    rates = [Rate(str(place), Decimal(percent)) for place, percent in enumerate(percents)]

    lines = _tax_lines(rates, Decimal(net), Decimal(tax))

    assert [line["Amount"] for line in lines] == [Decimal(amount) for amount in amounts]
    assert sum(line["Amount"] for line in lines) == Decimal(tax) or not rates


async def test_classes_are_of_lines_and_a_location_of_the_document(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    line = replace(bill.lines[0], tracking=(Track("Class", NORTH),))
    bill = replace(
        bill, lines=(line, replace(line, net=Decimal(0), tax=Decimal(0))), tracking=(Track("Department", "1"),)
    )

    document = await the_document(quickbooks, bill)

    (kept,) = quickbooks.state.bills()
    assert kept["DepartmentRef"]["name"] == "London"
    assert kept["Line"][0]["AccountBasedExpenseLineDetail"]["ClassRef"]["value"] == NORTH
    assert differences(bill, document) == ()


async def test_a_bill_names_what_was_bought_and_is_booked_to_its_account(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    bill = replace(bill, lines=(replace(bill.lines[0], item_code="2", account_code="29"),))

    document = await the_document(quickbooks, bill)

    assert (document.item_codes, document.account_codes) == (("2",), ("29",))
    assert differences(bill, document) == ()


async def test_a_number_that_the_same_supplier_used_is_told_with_the_other_document(
    quickbooks: QuickBooksFarEnd,
) -> None:
    first = await the_document(quickbooks, quickbooks.a_bill("A", marker="https://dext.example/i/other"))
    bill = quickbooks.a_bill("A")

    (outcome,) = await quickbooks.create(bill)

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.NUMBER_TAKEN
    other = await quickbooks.provider.same_number(quickbooks.access, bill)
    assert other is not None
    assert other.ledger_id == first.ledger_id


async def test_a_number_with_quotation_marks_is_asked_for_as_it_is(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("O'Brien\\1")
    document = await the_document(quickbooks, bill)

    found = await quickbooks.provider.same_number(quickbooks.access, bill)

    assert found is not None
    assert found.ledger_id == document.ledger_id


async def test_a_document_is_found_though_people_wrote_beside_its_marker(quickbooks: QuickBooksFarEnd) -> None:
    bill = quickbooks.a_bill("A")
    await the_document(quickbooks, bill)
    (kept,) = quickbooks.state.bills()
    quickbooks.books.save("Bill", {**kept, "PrivateNote": f"ask Tom\n{bill.marker}\nfor March"})

    assert list(await quickbooks.find(bill)) == [bill.marker]
    other = replace(bill, marker=f"{bill.marker}?copy=2")
    assert await quickbooks.find(other) == {}


@pytest.mark.parametrize("rate", ["1.17", "0.000123", "17250.123456", "190.5", "1"])
def test_a_rate_comes_back_as_it_went(rate: str) -> None:
    """QuickBooks counts the other way round."""
    assert rate_of(rate_to_wire(Decimal(rate))) == Decimal(rate)


def test_no_rate_is_none() -> None:
    assert rate_of(None) is None
    assert rate_of(0) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_more_batches_than_a_minute_has_wait_for_the_next_and_none_is_too_many(
    quickbooks: QuickBooksFarEnd, database: Database, clock: FakeClock
) -> None:
    clock.sleeps_at_once = True
    limits = quickbooks.provider.profile.limits
    caller = replace(client_of(quickbooks)._caller, budget=SharedBudget(database, clock, "quickbooks", limits))
    provider = QuickBooksProvider(config_of(quickbooks.state), caller, clock)
    waits = []

    for number in range(limits.per_minute_of[BATCHES] + 5):
        body = provider.render([quickbooks.a_bill(f"B-{number}")])
        try:
            await provider.create(quickbooks.access, "bill", body, idempotency_key=f"{number}")
        except TryLaterError as later:
            waits.append(later.after_seconds)
            await clock.advance(later.after_seconds or 0)

    assert len(waits) == 1
    assert quickbooks.state.batches.refused == 0
    assert quickbooks.budget.pauses == []


@pytest.mark.parametrize(("entity", "seconds"), [("TaxCode", 60), ("Vendor", 600)])
async def test_what_many_batches_have_in_common_is_asked_once_in_a_while_and_after_a_refusal(
    quickbooks: QuickBooksFarEnd, clock: FakeClock, entity: str, seconds: float
) -> None:
    def asked() -> int:
        return sum(f"from {entity} " in call.query.get("query", "") for call in quickbooks.state.calls)

    for number in range(3):
        await the_document(quickbooks, quickbooks.a_bill(f"B-{number}"))
    assert asked() == 1

    await clock.advance(seconds + 1)
    await the_document(quickbooks, quickbooks.a_bill("B-4"))
    await the_document(quickbooks, quickbooks.a_bill("B-5"))
    assert asked() == 2
    (refused,) = await quickbooks.create(quickbooks.a_bill("N" * 22))
    assert isinstance(refused, Refused)
    await the_document(quickbooks, quickbooks.a_bill("B-6"))
    assert asked() == 3


# Another currency


async def test_a_document_in_another_currency_goes_at_quickbooks_own_rate_of_its_day(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bill = replace(quickbooks.a_bill("E", contact_name="Dublin Print Works"), currency="EUR")

    document = await the_document(quickbooks, bill)

    (booked,) = quickbooks.state.documents("Bill")
    asked = [call.query for call in quickbooks.state.calls if call.path.endswith("/exchangerate")]
    assert [(query["sourcecurrencycode"], query["asofdate"]) for query in asked] == [
        ("EUR", bill.issued_on.isoformat())
    ]
    assert (booked["ExchangeRate"], booked["HomeBalance"]) == (Decimal("0.86"), Decimal("103.20"))
    assert document.currency_rate == Decimal("1.162791")


async def test_a_payment_in_another_currency_goes_at_the_rate_of_the_day_when_it_was_paid(
    quickbooks: QuickBooksFarEnd,
) -> None:
    bill = replace(quickbooks.a_bill("E", contact_name="Dublin Print Works"), currency="EUR")
    document = await the_document(quickbooks, bill)
    payment = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=document.ledger_id,
        marker="B-1",
        bank_account=quickbooks.bank_account("EUR"),
        paid_on=bill.issued_on,
        amount=bill.gross,
        currency="EUR",
    )

    (outcome,) = await quickbooks.create(payment)

    assert isinstance(outcome, Accepted)
    (paid,) = quickbooks.state.documents("BillPayment")
    assert paid["ExchangeRate"] == Decimal("0.86")


async def test_what_quickbooks_has_no_rate_for_waits_for_one_and_makes_no_supplier_of_it(
    quickbooks: QuickBooksFarEnd,
) -> None:
    """Without a rate, an app's document is booked one for one."""
    quickbooks.books.create("CompanyCurrency", {"Code": "SEK", "Name": "Swedish Krona", "Active": True})
    bill = replace(quickbooks.a_bill("K", contact_name="Malmö Tryck AB"), currency="SEK")

    (waiting,) = await quickbooks.create(bill)
    (stated,) = await quickbooks.create(replace(bill, currency_rate=Decimal("13.5")))

    assert isinstance(waiting, Refused)
    assert waiting.problem.code is ProblemCode.FIELD_MISSING
    assert waiting.problem.facts["what"] == "an exchange rate for SEK"
    assert isinstance(stated, Accepted)
    assert len(bodies(quickbooks, "/vendor")) == 1


async def test_a_company_of_one_currency_is_sent_no_document_in_another(quickbooks: QuickBooksFarEnd) -> None:
    """What a company that has switched nothing on makes of a currency is not documented."""
    quickbooks.books.change_preferences("CurrencyPrefs", MultiCurrencyEnabled=False)
    foreign = replace(quickbooks.a_bill("E", contact_name="Dublin Print Works"), currency="EUR")

    refused, taken = await quickbooks.create(foreign, quickbooks.a_bill("A"))

    assert isinstance(refused, Refused)
    assert refused.problem.code is ProblemCode.CURRENCIES_OFF
    assert isinstance(taken, Accepted)
