"""What our client asks of FreeAgent when documents are published, beyond the contract of every provider."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ledger_documents import differences
from bot.domain.postings import Payment, Posting, PostingKind
from bot.domain.problems import ProblemCode
from bot.domain.publishing import Accepted, Refused
from bot.domain.settings import PaymentStatus
from providers.errors import OutcomeUnknownError, TryLaterError
from providers.freeagent.simulator import IRELAND, PRACTICE, TRADING, Fault
from tests.contract.at_call import AtCall
from tests.contract.freeagent import FreeAgentFarEnd
from tests.providers.freeagent.ours import a_file, access_of, bodies, calls, the_document
from tests.providers.test_stopped_half_way import paid, take_back

D = Decimal
K = PostingKind


async def refused(far: FreeAgentFarEnd, posting: Posting | Payment) -> Refused:
    (outcome,) = await far.create(posting)
    assert isinstance(outcome, Refused), outcome
    return outcome


def in_euros(posting: Posting) -> Posting:
    """Without tax, which FreeAgent would not book on costs."""
    line = replace(posting.lines[0], tax=D(0), tax_code=None)
    bare = replace(posting, currency="EUR", lines=(line,), line_amounts=LineAmounts.NO_TAX)
    return replace(bare, net=line.net, tax=D(0), gross=line.net)


# Calls


async def test_a_bill_is_one_call_once_its_supplier_and_the_books_are_known(far: FreeAgentFarEnd) -> None:
    await far.create(far.a_bill("A"))
    first = calls(far)

    await far.create(far.a_bill("B", contact_id="1"))

    assert first == ["GET company", "GET contacts", "POST bills"]
    assert calls(far) == ["POST bills"]


async def test_a_sale_that_is_sent_is_two_calls_and_a_draft_is_one(far: FreeAgentFarEnd) -> None:
    sale = replace(far.a_posting(K.SALES_INVOICE, "S-1"), contact_id="10")

    await far.create(sale)
    sent = calls(far)
    await far.create(replace(sale, number="S-2", status=PaymentStatus.DRAFT))

    assert sent == ["POST invoices", "PUT invoices/1/transitions/mark_as_sent"]
    assert calls(far) == ["POST invoices"]


async def test_a_limit_is_told_to_the_budget_as_long_as_freeagent_says(far: FreeAgentFarEnd) -> None:
    far.be_busy(42)

    with pytest.raises(TryLaterError):
        await far.provider.books(far.access)

    assert far.budget.pauses == [(TRADING, 42.0)]


async def test_whose_app_it_is_and_which_client_is_meant_is_said_in_each_call(far: FreeAgentFarEnd) -> None:
    access = access_of(far, "pat", PRACTICE, of=IRELAND)
    far.state.calls.clear()

    await far.provider.books(access)

    assert {call.headers["X-Subdomain"] for call in far.state.calls} == {IRELAND}
    assert all(call.headers["User-Agent"].startswith("dext") for call in far.state.calls)


# Contacts


async def test_a_supplier_that_nobody_knows_is_made_once(far: FreeAgentFarEnd) -> None:
    await far.create(far.a_bill("A", contact_name="Brand  New Ltd"))
    await far.create(far.a_bill("B", contact_name="brand new LTD"))

    assert [body["contact"] for body in bodies(far, "/contacts")] == [{"organisation_name": "Brand New Ltd"}]
    assert {bill["contact_name"] for bill in far.state.bills()} == {"Brand New Ltd"}


async def test_who_was_found_is_remembered_until_they_are_gone(far: FreeAgentFarEnd) -> None:
    await far.create(far.a_bill("A", contact_name="Brand New Ltd"))
    far.void("A")
    calls(far)
    await far.create(far.a_bill("B", contact_name="Brand New Ltd"))
    remembered = calls(far)
    far.void("B")
    made = far.books.named("contacts", "organisation_name", "Brand New Ltd")
    assert made is not None
    far.books.delete("contacts", made)

    await far.create(far.a_bill("C", contact_name="Brand New Ltd"))

    assert remembered == ["POST bills"]
    assert calls(far) == ["POST bills", "GET contacts", "POST contacts", "POST bills"]
    assert far.standing() == ["C"]


async def test_a_lost_answer_about_a_supplier_writes_no_bill_and_makes_no_second_one(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A", contact_name="Brand New Ltd")
    far.state.fail_next(Fault.RESET_AFTER, method="POST", path="*/contacts")
    with pytest.raises(TryLaterError) as later:
        await far.create(bill)
    assert (later.value.after_seconds, far.standing()) == (10.0, [])

    await far.create(bill)

    assert len(bodies(far, "/contacts")) == 1
    assert far.standing() == ["A"]


async def test_of_several_of_one_name_one_that_is_not_hidden_is_meant(far: FreeAgentFarEnd) -> None:
    await far.create(far.a_bill("A", contact_name="Twin Ltd"))
    far.state.set_contact_status(TRADING, "Twin Ltd", "Hidden")
    second = far.books.create(
        "contacts", {**far.books.shelf("contacts")["1"], "organisation_name": "Twin Ltd", "status": "Active"}
    )
    far.books.save("contacts", {**second, "url": f"/v2/contacts/{second['url'].rsplit('/', 1)[-1]}"})
    far.clock.move_to(far.clock.now() + timedelta(minutes=10))

    document = await the_document(far, far.a_bill("B", contact_name="Twin Ltd"))

    assert document.contact_id == str(second["url"]).rsplit("/", 1)[-1]


# Tax, currencies, projects


async def test_tax_that_its_rate_does_not_make_is_sent_by_hand(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A")
    line = replace(bill.lines[0], tax=D("19.99"))
    off = replace(bill, lines=(line,), tax=D("19.99"), gross=D("119.99"))

    document = await the_document(far, off)

    (item,) = bodies(far, "/bills")[0]["bill"]["bill_items"]
    assert (item["manual_sales_tax_amount"], "sales_tax_rate" in item) == ("19.99", False)
    assert differences(off, document) == ()


async def test_tax_of_a_sale_that_its_rate_does_not_make_is_made_right_by_a_line_more(far: FreeAgentFarEnd) -> None:
    sale = far.a_posting(K.SALES_INVOICE, "S")
    line = replace(sale.lines[0], tax=D("20.01"))
    off = replace(sale, lines=(line,), tax=D("20.01"), gross=D("120.01"))

    document = await the_document(far, off)

    items = bodies(far, "/invoices")[0]["invoice"]["invoice_items"]
    assert [(item["price"], item["sales_tax_rate"]) for item in items] == [("100.05", "20"), ("-0.05", "0")]
    assert differences(off, document) == ()


async def test_tax_of_a_sale_that_is_far_from_its_rate_is_refused_and_nothing_is_written(far: FreeAgentFarEnd) -> None:
    sale = far.a_posting(K.SALES_INVOICE, "S")
    off = replace(sale, lines=(replace(sale.lines[0], tax=D("17.50")),), tax=D("17.50"), gross=D("117.50"))

    outcome = await refused(far, off)

    assert outcome.problem.code is ProblemCode.TOTALS_DIFFER
    assert far.state.documents("invoices") == []


async def test_a_bill_in_another_currency_is_booked_without_tax_and_a_sale_with_it(far: FreeAgentFarEnd) -> None:
    bill, sale = in_euros(far.a_bill("A")), replace(far.a_posting(K.SALES_INVOICE, "S"), currency="EUR")

    for posting in (bill, sale):
        assert differences(posting, await the_document(far, posting)) == ()


async def test_a_rate_of_a_document_that_freeagent_does_not_take_is_seen_when_it_is_read_back(
    far: FreeAgentFarEnd,
) -> None:
    stated = replace(in_euros(far.a_bill("A")), currency_rate=D("1.17"))

    document = await the_document(far, stated)

    assert differences(stated, document) == ("exchange rate: 1.17 here, 1.162791 in the ledger",)


async def test_a_bill_in_euros_is_paid_from_an_account_in_pounds_by_freeagents_own_rate(far: FreeAgentFarEnd) -> None:
    bill = in_euros(far.a_bill("A"))
    document = await the_document(far, bill)
    payment = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=document.ledger_id,
        marker="B-1",
        bank_account=far.bank_account(),
        paid_on=bill.issued_on,
        amount=bill.gross,
        currency="EUR",
    )

    (paid,) = await far.create(payment)

    assert isinstance(paid, Accepted)
    (sent,) = bodies(far, "/bank_transaction_explanations")
    explanation = sent["bank_transaction_explanation"]
    assert (explanation["gross_value"], explanation["foreign_currency_value"]) == ("-86.00", "100.00")
    assert paid.record is not None
    assert differences(payment, paid.record) == ()


async def test_money_in_another_currency_than_its_account_has_is_refused_before_it_is_sent(
    far: FreeAgentFarEnd,
) -> None:
    spent = replace(in_euros(far.a_posting(K.SPEND_MONEY, "M")), bank_account=far.bank_account("GBP"))

    outcome = await refused(far, spent)

    assert outcome.problem.code is ProblemCode.CURRENCIES_MIXED
    assert bodies(far, "/bank_transaction_explanations") == []


@pytest.mark.parametrize("kind", [K.BILL, K.SALES_INVOICE, K.SPEND_MONEY])
@pytest.mark.parametrize(
    ("code", "status"), [("REVERSE_CHARGE", "TAXABLE"), ("EXEMPT", "EXEMPT"), ("OUT_OF_SCOPE", "OUT_OF_SCOPE")]
)
async def test_what_bears_no_tax_says_why(far: FreeAgentFarEnd, kind: PostingKind, code: str, status: str) -> None:
    posting = far.a_posting(kind, "T")
    line = replace(posting.lines[0], tax=D(0), tax_code=code)
    untaxed = replace(posting, lines=(line,), tax=D(0), gross=posting.net)

    document = await the_document(far, untaxed)

    assert differences(untaxed, document) == ()
    (written,) = far.state.documents(
        {K.BILL: "bills", K.SALES_INVOICE: "invoices"}.get(kind, "bank_transaction_explanations")
    )
    (item,) = written.get("bill_items") or written.get("invoice_items") or [written]
    assert item["sales_tax_status"] == status
    assert written["ec_status"] == ("Reverse Charge" if code == "REVERSE_CHARGE" else "UK/Non-EC")


async def test_reverse_charge_on_some_lines_only_is_refused(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A")
    (line,) = bill.lines
    other = replace(line, tax=D(0), tax_code="REVERSE_CHARGE")

    outcome = await refused(far, replace(bill, lines=(line, other), net=D(200), gross=D(220)))

    assert outcome.problem.code is ProblemCode.FIELD_NOT_VALID
    assert "reverse charge" in outcome.problem.facts["what"]


@pytest.mark.parametrize("kind", [K.BILL, K.SALES_INVOICE, K.SPEND_MONEY])
async def test_a_line_is_booked_to_its_project(far: FreeAgentFarEnd, kind: PostingKind) -> None:
    posting = far.a_posting(kind, "P")
    tracked = replace(posting, lines=(replace(posting.lines[0], tracking=(Track(category="project", option="1"),)),))

    document = await the_document(far, tracked)

    assert differences(tracked, document) == ()
    (written,) = far.state.documents(
        {K.BILL: "bills", K.SALES_INVOICE: "invoices"}.get(kind, "bank_transaction_explanations")
    )
    items = written.get("bill_items") or written.get("invoice_items") or [written]
    assert [item["project"] for item in items] == ["/v2/projects/1"]


async def test_money_of_several_categories_is_refused(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(K.SPEND_MONEY, "M")
    (line,) = spent.lines
    parted = replace(spent, lines=(line, replace(line, account_code="251")), net=D(200), tax=D(40), gross=D(240))

    outcome = await refused(far, parted)

    assert outcome.problem.code is ProblemCode.FIELD_NOT_VALID
    assert "several categories" in outcome.problem.facts["what"]


async def test_what_was_spent_says_on_whom_and_by_what_it_is_found(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(K.SPEND_MONEY, "M-1")
    long = replace(spent, lines=(replace(spent.lines[0], description="Paper " * 100),))

    document = await the_document(far, long)

    (written,) = far.state.documents("bank_transaction_explanations")
    assert written["description"].startswith("Central Copiers: Paper Paper")
    assert (len(written["description"]) <= 255, document.marker) == (True, spent.marker)


# Rights


async def test_an_access_level_below_banking_books_bills_and_is_told_so_of_bank_accounts(far: FreeAgentFarEnd) -> None:
    far.access = access_of(far, "ira", TRADING)

    (bill,) = await far.create(far.a_bill("A"))
    outcome = await refused(far, far.a_posting(K.SPEND_MONEY, "M"))

    assert isinstance(bill, Accepted)
    assert outcome.problem.code is ProblemCode.MONEY_NOT_ALLOWED


async def test_an_access_level_below_bills_lacks_the_right_to_write_them(far: FreeAgentFarEnd) -> None:
    far.access = access_of(far, "rae", TRADING)

    outcome = await refused(far, far.a_bill("A", contact_id="1"))

    assert outcome.problem.code is ProblemCode.PERMISSION_MISSING


async def test_a_subscription_that_has_ended_is_told_as_that(far: FreeAgentFarEnd) -> None:
    far.state.set_lapsed(TRADING, is_lapsed=True)

    outcome = await refused(far, far.a_bill("A"))

    assert outcome.problem.code is ProblemCode.SUBSCRIPTION_LAPSED


# What is sold is a draft first


async def test_an_invoice_that_cannot_be_sent_does_not_stay_a_draft(far: FreeAgentFarEnd) -> None:
    sale = replace(far.a_posting(K.SALES_INVOICE, "S"), lines=(), net=D(0), tax=D(0), gross=D(0))

    outcome = await refused(far, sale)

    assert outcome.problem.code is ProblemCode.FIELD_MISSING
    assert far.state.documents("invoices") == []


async def test_an_invoice_that_was_not_sent_yet_is_not_there_and_the_next_call_sends_it(far: FreeAgentFarEnd) -> None:
    """Also of another process, that does not know the key."""
    sale = far.a_posting(K.SALES_INVOICE, "S")
    far.state.fail_next(Fault.RESET_BEFORE, method="PUT", path="*/mark_as_sent")
    with pytest.raises(OutcomeUnknownError):
        await far.create(sale, key="k")
    assert await far.find(sale) == {}

    (outcome,) = await far.create(sale, key="another")

    assert isinstance(outcome, Accepted)
    assert [one["_state"] for one in far.state.documents("invoices")] == ["sent"]
    assert list(await far.find(sale)) == [sale.marker]


async def test_a_number_that_somebody_elses_invoice_has_is_told_with_that_one(far: FreeAgentFarEnd) -> None:
    theirs = replace(far.a_posting(K.SALES_INVOICE, "S"), marker="written-by-hand")
    await far.create(theirs)
    ours = far.a_posting(K.CUSTOMER_CREDIT_NOTE, "S")

    outcome = await refused(far, ours)

    assert outcome.problem.code is ProblemCode.NUMBER_TAKEN
    other = await far.provider.same_number(far.access, ours)
    assert other is not None
    assert (other.number, other.gross, other.kind) == ("S", D("120.00"), K.SALES_INVOICE)


async def test_numbers_of_bills_may_be_used_again(far: FreeAgentFarEnd) -> None:
    await far.create(far.a_bill("A"))

    (again,) = await far.create(far.a_bill("A", marker="https://dext.example/i/2"))

    assert isinstance(again, Accepted)
    assert await far.provider.same_number(far.access, far.a_bill("A")) is None


# Written in part, found late


async def test_what_was_written_before_a_limit_is_open_and_not_said_to_be_unwritten(far: FreeAgentFarEnd) -> None:
    """The product sends one at a time; whoever sends several loses none."""
    await far.create(far.a_bill("A"))
    far.state.meter.limits = replace(far.state.meter.limits, per_minute=len(calls(far)) + 2)

    with pytest.raises(OutcomeUnknownError):
        await far.create(*(far.a_bill(number, contact_id="1") for number in ("B", "C", "D")))

    assert far.standing()[:2] == ["A", "B"]


async def test_a_bill_that_lists_do_not_show_yet_is_found_after_the_delay(far: FreeAgentFarEnd) -> None:
    far.state.misbehaviour.late_list_seconds = 9
    bill = far.a_bill("A")
    await far.create(bill)

    early = await far.provider.find(far.access, "bills", [bill], since=far.clock.now() - timedelta(minutes=5))

    assert early == {}
    assert list(await far.find(bill)) == [bill.marker]


async def test_a_period_that_is_locked_later_keeps_what_it_has(far: FreeAgentFarEnd) -> None:
    far.state.lock_to(TRADING, date(2026, 2, 28))

    outcome = await refused(far, far.a_bill("A"))

    assert outcome.problem.code is ProblemCode.PERIOD_LOCKED


# Files


async def test_a_second_file_does_not_take_the_place_of_the_first_on_a_bill(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A")
    document = await the_document(far, bill)
    await far.attach(a_file(bill, document, "B-1.pdf"), b"%PDF")

    second = await far.attach(a_file(bill, document, "B-2.pdf"), b"%PDF")

    assert isinstance(second, Refused)
    assert second.problem.code is ProblemCode.FILE_REFUSED
    assert [file["file_name"] for file in far.state.documents("attachments")] == ["B-1.pdf"]


async def test_money_on_a_bank_account_has_many_files(far: FreeAgentFarEnd) -> None:
    spent = far.a_posting(K.SPEND_MONEY, "M")
    document = await the_document(far, spent)

    for name in ("B-1.pdf", "B-2.png"):
        assert isinstance(await far.attach(a_file(spent, document, name), b"%PDF"), Accepted)

    assert [file["file_name"] for file in far.state.documents("attachments")] == ["B-1.pdf", "B-2.png"]


async def test_a_file_of_another_kind_is_refused(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A")
    document = await the_document(far, bill)

    outcome = await far.attach(a_file(bill, document, "B-1.txt"), b"text")

    assert isinstance(outcome, Refused)
    assert outcome.problem.code is ProblemCode.FILE_KIND_NOT_TAKEN


# Taking back


async def test_a_sale_that_was_sent_is_a_draft_again_before_it_is_deleted(far: FreeAgentFarEnd) -> None:
    withdrawal = await far.published(far.a_posting(K.SALES_INVOICE, "S"))
    calls(far)

    assert isinstance(await far.take_back(withdrawal), Accepted)

    assert calls(far) == ["GET invoices/1", "PUT invoices/1/transitions/mark_as_draft", "DELETE invoices/1"]
    assert far.state.documents("invoices") == []


async def test_a_withdrawal_that_got_as_far_as_a_draft_goes_on_from_there(far: FreeAgentFarEnd) -> None:
    withdrawal = await far.published(far.a_posting(K.SALES_INVOICE, "S"))
    far.state.fail_next(Fault.RESET_BEFORE, method="DELETE", path="*/invoices/*")
    with pytest.raises(OutcomeUnknownError):
        await far.take_back(withdrawal)
    assert await far.look(withdrawal) == {}

    outcome = await far.take_back(withdrawal)

    assert isinstance(outcome, Accepted)
    assert far.state.documents("invoices") == []


@pytest.mark.parametrize("keeps", [False, True])
async def test_money_that_is_taken_back_leaves_no_transaction_on_its_account(
    far: FreeAgentFarEnd, *, keeps: bool
) -> None:
    far.state.set_keeps_transactions(TRADING, keeps=keeps)
    before = len(far.state.documents("bank_transactions"))
    withdrawal = await far.published(far.a_posting(K.SPEND_MONEY, "M"))

    assert isinstance(await far.take_back(withdrawal), Accepted)

    assert len(far.state.documents("bank_transactions")) == before
    assert far.state.documents("bank_transaction_explanations") == []


@pytest.mark.parametrize("kind", [K.BILL, K.SPEND_MONEY])
async def test_money_that_an_earlier_try_took_back_leaves_no_transaction_on_its_account_either(
    far: FreeAgentFarEnd, kind: K
) -> None:
    """It stopped after the explanation was gone: nothing names the transaction any more."""
    far.lift_limits()
    far.state.set_keeps_transactions(TRADING, keeps=True)
    before = len(far.state.documents("bank_transactions"))
    for stops_at in range(3, 6):
        withdrawal, _ = await paid(far, kind, f"M-{stops_at}")
        await take_back(far, withdrawal, AtCall(place=stops_at, fault=Fault.TOO_MANY))

        assert isinstance(await far.take_back(withdrawal), Accepted)

        assert len(far.state.documents("bank_transactions")) == before, stops_at
    assert far.state.documents("bank_transaction_explanations") == []


async def test_what_an_earlier_try_took_back_of_a_bill_in_another_currency_leaves_no_transaction_either(
    far: FreeAgentFarEnd,
) -> None:
    """The account moved what the bill is in the company's own currency."""
    far.state.set_keeps_transactions(TRADING, keeps=True)
    before = len(far.state.documents("bank_transactions"))
    bill = far.a_bill("E-1", currency="EUR")
    untaxed = replace(bill, lines=(replace(bill.lines[0], tax=D(0), tax_code=None),), tax=D(0), gross=D(100))
    withdrawal = await far.published(untaxed)
    payment = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=withdrawal.document_id,
        marker="B-1",
        bank_account=far.bank_account(),
        paid_on=bill.issued_on,
        amount=D(100),
        currency="EUR",
    )
    (paid_from_home,) = await far.create(payment)
    assert isinstance(paid_from_home, Accepted)
    ours = replace(withdrawal, payments=(paid_from_home.ledger_id,))
    await take_back(far, ours, AtCall(place=4, fault=Fault.TOO_MANY))
    assert far.state.documents("bank_transaction_explanations") == []

    assert isinstance(await far.take_back(ours), Accepted)

    assert len(far.state.documents("bank_transactions")) == before


async def test_what_came_from_the_bank_stays_there_when_its_explanation_goes(far: FreeAgentFarEnd) -> None:
    far.state.set_keeps_transactions(TRADING, keeps=True)
    withdrawal = await far.published(far.a_posting(K.SPEND_MONEY, "M"))
    (explanation,) = far.state.documents("bank_transaction_explanations")
    imported = next(one for one in far.state.documents("bank_transactions") if not one["is_manual"])
    far.books.save("bank_transaction_explanations", {**explanation, "bank_transaction": imported["url"]})

    assert isinstance(await far.take_back(withdrawal), Accepted)

    assert imported["url"] in [one["url"] for one in far.state.documents("bank_transactions")]


async def test_our_own_payment_goes_before_its_bill_and_somebodys_keeps_it(far: FreeAgentFarEnd) -> None:
    bill = far.a_bill("A")
    withdrawal = await far.published(bill)
    part = Payment(
        item_id=bill.item_id,
        kind=bill.kind,
        document_id=withdrawal.document_id,
        marker="B-1",
        bank_account=far.bank_account(),
        paid_on=bill.issued_on,
        amount=D(50),
        currency="GBP",
    )
    (paid,) = await far.create(part)
    assert isinstance(paid, Accepted)
    far.pay("A")
    ours = replace(withdrawal, payments=(paid.ledger_id,))

    kept = await far.take_back(ours)
    theirs = far.state.documents("bank_transaction_explanations")[-1]
    far.books.delete("bank_transaction_explanations", theirs)
    gone = await far.take_back(ours)

    assert isinstance(kept, Refused)
    assert kept.problem.code is ProblemCode.WITHDRAWAL_SETTLED
    assert isinstance(gone, Accepted)
    assert (far.standing(), far.state.documents("bank_transaction_explanations")) == ([], [])
