"""What our own checks insist on: whatever they let through can be booked."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import posting_of
from bot.domain.books import Account, AccountClass, TaxRate
from bot.domain.checks import (
    check,
    doubts,
    in_another_currency,
    not_paid,
    not_summed,
    not_switched_on,
    not_taken,
    parted_on_bank,
    warned_of,
    without_rate,
)
from bot.domain.coding import CodedValue, Coding, LineCoding, Source, Tracked
from bot.domain.documents import DocumentType, Door, Facts, ItemKind, Line, LineAmounts, Party, TaxSubtotal
from bot.domain.ids import ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.items import Item, ItemState
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.taxing import Disagreement
from bot.services.recoding import checked

D = Decimal
SOME = UUID(int=1)
CODING = Coding(account=CodedValue(value="429"), tax_rate=CodedValue(value="INPUT2"))
A_BILL = Facts(
    supplier=Party(name="Paper Ltd"),
    number="INV-7",
    issued_on=date(2026, 2, 20),
    currency="GBP",
    net=D("100.00"),
    tax=D("20.00"),
    gross=D("120.00"),
)
AMOUNTS = st.sampled_from([None, *(D(amount) for amount in ("0", "0.005", "20.00", "80.00", "100.00", "120.00"))])


def a_line(net: str, percent: str | None = None) -> Line:
    rate = None if percent is None else D(percent)
    return Line(description="Paper", unit_price=D(net), net=D(net), tax_percent=rate)


def a_row(percent: str | None, taxable: str, tax: str = "0.00") -> TaxSubtotal:
    return TaxSubtotal(percent=None if percent is None else D(percent), category=None, taxable=D(taxable), tax=D(tax))


def test_a_bill_whose_figures_agree_has_no_complaint() -> None:
    assert check(replace(A_BILL, lines=(a_line("60.00"), a_line("40.00"))), CODING) == ()


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"tax": D("19.00")}, "Net 100.00 and tax 19.00 do not make the total 120.00."),
        ({"tax": None}, "Net 100.00 and no tax do not make the total 120.00."),
        ({"lines": (a_line("99.00"),)}, "The lines add up to 99.00, not to the net amount 100.00."),
        ({"net": None, "lines": (a_line("110.00"),)}, "The lines add up to 110.00, not to the net amount 100.00."),
        ({"net": None, "tax": None, "lines": (a_line("110.00"),)}, "not to the net amount 120.00."),
    ],
)
def test_figures_that_would_not_be_booked_as_they_stand_are_named(changed: dict[str, object], complaint: str) -> None:
    facts = replace(A_BILL, **changed)  # type: ignore[arg-type]  # each case names its own fields

    (found,) = check(facts, CODING)
    assert complaint in found
    assert not facts.is_bookable


def test_amounts_finer_than_a_cent_are_named_each_once() -> None:
    facts = replace(A_BILL, net=D("99.9999"), tax=D("20.0001"), lines=(a_line("33.3333"),) * 3)

    (complaint,) = check(facts, CODING)
    assert complaint == "Some amounts have fractions of a cent, which no ledger accepts: 99.9999, 20.0001, 33.3333."
    assert not facts.is_bookable


def test_an_amount_written_with_more_decimals_than_it_has_is_in_cents() -> None:
    assert check(replace(A_BILL, net=D("100.0000")), CODING) == ()


@given(net=AMOUNTS, tax=AMOUNTS, gross=AMOUNTS, lines=st.lists(AMOUNTS.filter(bool), max_size=2))
def test_whatever_has_no_complaint_becomes_a_bill_in_cents(
    net: Decimal | None, tax: Decimal | None, gross: Decimal | None, lines: list[Decimal]
) -> None:
    facts = replace(A_BILL, net=net, tax=tax, gross=gross, lines=tuple(a_line(str(amount)) for amount in lines))
    if check(facts, CODING):
        return

    bill = posting_of(an_item(facts), marker="m")

    assert sum(line.net + line.tax for line in bill.lines) == facts.gross
    assert all(line.net == round(line.net, 2) for line in bill.lines)


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": (a_line("60.00", "20"), a_line("40.00", "0"))},
        {"tax_breakdown": (a_row("20", "60.00", "20.00"), a_row("0", "40.00"))},
        {"tax_breakdown": (a_row("20", "60.00", "20.00"), a_row(None, "40.00"))},
    ],
)
def test_a_bill_with_several_tax_rates_waits_because_one_would_be_used_for_all(changed: dict[str, object]) -> None:
    (complaint,) = check(replace(A_BILL, **changed), CODING)  # type: ignore[arg-type]  # as above

    assert "several tax rates (20 %, 0 %)" in complaint


@pytest.mark.parametrize("percents", [("20", "5"), ("20", "20")])
def test_lines_with_a_tax_rate_each_of_their_own_wait_for_nothing(percents: tuple[str, str]) -> None:
    own = LineCoding(tax_rate=CodedValue(value="RRINPUT"))
    facts = replace(A_BILL, lines=tuple(a_line("50.00", percent) for percent in percents))

    assert check(facts, replace(CODING, lines=(own, own))) == ()


def test_lines_that_lack_a_code_are_counted() -> None:
    facts = replace(A_BILL, lines=(a_line("60.00"), a_line("30.00"), a_line("10.00")))
    own = LineCoding(account=CodedValue(value="461"), tax_rate=CodedValue(value="INPUT2"))

    assert check(facts, Coding()) == ("A category is missing.", "A tax rate is missing.")
    assert check(facts, Coding(lines=(own, own))) == (
        "A category is missing on 1 of its 3 lines.",
        "A tax rate is missing on 1 of its 3 lines.",
    )
    assert check(facts, Coding(lines=(own, own, own))) == ()


def test_what_has_no_tax_needs_no_tax_rate_and_may_not_have_any() -> None:
    without = replace(A_BILL, line_amounts=LineAmounts.NO_TAX)

    assert check(replace(without, net=D("120.00"), tax=None), Coding(account=CODING.account)) == ()
    assert check(without, CODING) == ("It is marked as having no tax, and has tax 20.00.",)


def test_what_no_ledger_books_is_never_let_through_however_complete_it_is() -> None:
    for document_type in DocumentType:
        found = check(replace(A_BILL, document_type=document_type), CODING)

        is_refused = any("never published" in complaint for complaint in found)
        assert is_refused is not document_type.is_booked, document_type


def test_a_sale_is_asked_for_its_customer_and_not_for_a_supplier() -> None:
    assert check(replace(A_BILL, supplier=Party()), CODING, ItemKind.SALE) == ("The customer is missing.",)
    sale = replace(A_BILL, supplier=Party(), buyer=Party(name="Big Buyer plc"))
    assert check(sale, CODING, ItemKind.SALE) == ()


@pytest.mark.parametrize(
    ("going", "words"),
    [
        ({"publish_as": PaymentStatus.PAID}, "as paid"),
        ({"publish_to": Destination.BANK_ACCOUNTS}, "to bank accounts"),
    ],
)
def test_what_is_booked_on_a_bank_account_waits_until_it_has_one(going: dict[str, object], words: str) -> None:
    item = replace(an_item(A_BILL), **going)  # type: ignore[arg-type]  # as above
    unlinked = replace(item, coding=replace(CODING, payment_method=CodedValue(value="visa", source=Source.PERSON)))

    (without,), (not_linked,) = not_paid(item), not_paid(unlinked)

    assert f"published {words}" in without
    assert "no payment method" in without
    assert f"published {words}" in not_linked
    assert "not linked" in not_linked
    assert not_paid(replace(unlinked, paid_from="bank-1")) == ()
    assert not_paid(replace(item, facts=replace(A_BILL, document_type=DocumentType.STATEMENT))) == ()


def test_tax_in_another_currency_waits_where_the_ledger_books_none_there() -> None:
    home = BookRules(costs_taxed_in="EUR")

    (complaint,) = check(A_BILL, CODING, ItemKind.COST, home)

    assert "in GBP and has tax 20.00" in complaint
    assert "in EUR only" in complaint
    assert check(A_BILL, CODING, ItemKind.COST, replace(home, costs_taxed_in="GBP")) == ()
    assert check(A_BILL, CODING, ItemKind.COST, replace(home, taxes_costs=False)) == ()
    untaxed = replace(A_BILL, tax=D(0), net=A_BILL.gross)
    assert check(untaxed, CODING, ItemKind.COST, home) == ()
    sale = replace(A_BILL, buyer=Party(name="Buyer Ltd"))
    assert check(sale, CODING, ItemKind.SALE, home) == ()


def test_what_these_books_have_no_place_for_waits_and_is_told_where_else_it_can_go() -> None:
    files = BookRules(takes_not=dict.fromkeys(["spend_money", "customer_credit_note"], "The import of Xero"))
    spent = replace(an_item(A_BILL), publish_to=Destination.BANK_ACCOUNTS)
    credited = replace(an_item(A_BILL), kind=ItemKind.SALE, publish_to=Destination.SALES)
    credited = replace(credited, facts=replace(A_BILL, document_type=DocumentType.CREDIT_NOTE))

    (nowhere,), (elsewhere,) = not_taken(credited, files), not_taken(spent, files)

    assert "The import of Xero has no place for a credit note to a customer: enter it there by hand" in nowhere
    assert "a spend money transaction: publish it to purchases, or enter it there by hand" in elsewhere
    assert elsewhere in checked(spent, files).complaints
    assert not_taken(spent, USUAL_RULES) == ()
    assert not_taken(replace(spent, publish_to=Destination.PURCHASES), files) == ()
    assert not_taken(replace(credited, facts=A_BILL), files) == ()


def test_what_is_in_another_currency_waits_for_its_rate_where_nothing_else_says_so() -> None:
    files = BookRules(foreign_by_rate="EUR", takes_not=dict.fromkeys(["bank transaction in another currency"], "Sage"))
    item = an_item(A_BILL)

    (complaint,) = without_rate(item, files)

    assert "It is in GBP, and its file says so by nothing but an exchange rate" in complaint
    assert "how many GBP were 1 EUR" in complaint
    assert complaint in checked(item, files).complaints
    rated = replace(A_BILL, currency_rate=D("0.86"))
    assert without_rate(an_item(rated), files) == ()
    assert without_rate(an_item(replace(rated, rate_currency="EUR")), files) == ()
    assert without_rate(an_item(replace(rated, rate_currency="USD")), files) == (complaint,)
    assert without_rate(item, replace(files, foreign_by_rate="GBP")) == ()
    assert without_rate(item, USUAL_RULES) == ()
    spent = replace(an_item(rated), publish_to=Destination.BANK_ACCOUNTS)
    (nowhere,) = not_taken(spent, files)
    assert "Sage has no place for a bank transaction in another currency: publish it to purchases, or enter" in nowhere
    assert not_taken(spent, replace(files, foreign_by_rate="GBP")) == ()


def test_what_lines_have_and_these_books_have_no_place_for_waits_too() -> None:
    files = dict.fromkeys(["tracking", "products of costs"], "The import of QuickBooks")
    chosen = Coding(
        account=CODING.account,
        tax_rate=CODING.tax_rate,
        product=CodedValue(value="PAPER"),
        lines=(LineCoding(tracking=(Tracked(category="Region", option=CodedValue(value="North")),)), LineCoding()),
    )
    item = replace(an_item(replace(A_BILL, lines=(a_line("60.00"), a_line("40.00")))), coding=chosen)

    tracked, product = not_taken(item, BookRules(takes_not=files))

    assert "The import of QuickBooks has no place for tracking: empty what is chosen of it." in tracked
    assert "no place for products of costs" in product
    assert not_taken(replace(item, kind=ItemKind.SALE, publish_to=Destination.SALES), BookRules(takes_not=files)) == (
        tracked,
    )
    assert len(not_taken(item, BookRules(takes_not=dict.fromkeys(["products"], "It")))) == 1
    assert not_taken(replace(item, coding=CODING), BookRules(takes_not=files)) == ()


def test_lines_of_several_categories_wait_where_a_bank_account_takes_a_document_whole() -> None:
    facts = replace(A_BILL, lines=(a_line("60.00"), a_line("40.00")))
    parted = replace(CODING, lines=(LineCoding(), LineCoding(account=CodedValue(value="461"))))
    item = replace(an_item(facts), coding=parted, publish_to=Destination.BANK_ACCOUNTS)
    whole = BookRules(books_bank_whole=True)

    (complaint,) = parted_on_bank(item, whole)

    assert "under one category" in complaint
    assert "publish it to purchases" in complaint
    assert parted_on_bank(replace(item, publish_to=Destination.PURCHASES), whole) == ()
    assert parted_on_bank(replace(item, coding=CODING), whole) == ()
    assert parted_on_bank(item, USUAL_RULES) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"lines": (a_line("60.00", "20"), a_line("40.00", "20.00"))},
        {"lines": (a_line("100.00", "20"), a_line("0.00", "0"))},
        {"lines": (a_line("60.00", "20"), a_line("40.00"))},
        {"tax_breakdown": (a_row("20", "100.00", "20.00"), a_row("0", "0.00"))},
    ],
)
def test_one_rate_however_it_is_written_is_one(changed: dict[str, object]) -> None:
    facts = replace(A_BILL, **changed)  # type: ignore[arg-type]  # as above

    assert check(facts, CODING) == ()
    assert doubts(facts, D("20.0000")) == ()


def test_of_books_in_one_currency_it_is_said_that_others_are_switched_on_first() -> None:
    item = an_item(replace(A_BILL, currency="EUR"))

    assert not_switched_on(item, BookRules(has_one_currency=True)) == (
        "EUR is not switched on in the ledger, which will refuse it. Turn Multicurrency on there first: it cannot be turned off "
        "again, and some plans do not have it. Then add EUR there, and type /dext sync currencies."
    )
    assert "Multicurrency" not in not_switched_on(item, BookRules())


def test_a_tax_rate_other_than_the_documents_is_doubted_and_stops_nothing() -> None:
    facts = replace(A_BILL, lines=(a_line("100.00", "20"),))

    assert doubts(facts, D(5)) == ("The document has 20 % tax; the tax rate chosen is one of 5 %.",)
    assert check(facts, CODING) == ()


def test_tax_that_the_tax_rate_does_not_make_is_doubted_with_the_difference() -> None:
    off = Disagreement(made=D("0.00"), stated=D("20.00"), of="of the net, 100.00")
    rated = replace(A_BILL, lines=(a_line("100.00", "20"),))

    assert doubts(A_BILL, D(0), off) == (
        "The document has tax 20.00; the tax rate chosen is one of 0 %, which makes 0.00 of the net, 100.00: 20.00 less.",
    )
    assert doubts(rated, D(5), Disagreement(made=D("5.71"), stated=D("20.00"), of="out of the total, 120.00")) == (
        "The document has 20 % tax; the tax rate chosen is one of 5 %, which makes 5.71 out of the total, 120.00: 14.29 less.",
    )
    # lines with rates of their own
    assert doubts(A_BILL, None, off) == (
        "The document has tax 20.00; the tax rates chosen make 0.00 of the net, 100.00: 20.00 less.",
    )
    assert doubts(A_BILL, D(20)) == ()


def test_where_either_rate_is_unknown_nothing_is_doubted() -> None:
    assert doubts(A_BILL, D(5)) == ()
    assert doubts(replace(A_BILL, lines=(a_line("100.00", "20"),)), None) == ()


def test_what_the_reading_warned_of_is_not_said_beside_a_complaint_that_says_it() -> None:
    item = replace(an_item(replace(A_BILL, warnings=("One.", "Two."))), complaints=("One.",))

    assert warned_of(item) == ("Two.",)


@pytest.mark.parametrize(
    ("to", "of_account", "is_warned_of"),
    [
        (Destination.BANK_ACCOUNTS, "GBP", False),
        (Destination.BANK_ACCOUNTS, "EUR", True),
        (Destination.PURCHASES, "GBP", False),
        (Destination.PURCHASES, "EUR", False),
        (Destination.PURCHASES, "USD", True),
    ],
)
def test_a_bank_account_in_a_currency_that_cannot_be_paid_from_is_warned_of(
    to: Destination, of_account: str, *, is_warned_of: bool
) -> None:
    """A bill of 120 GBP in books that are kept in EUR."""
    account = Account(
        provider_id="b", code="090", name="Current", account_class=AccountClass.ASSET, is_bank=True, currency=of_account
    )
    item = replace(an_item(A_BILL), publish_to=to, publish_as=PaymentStatus.PAID, paid_from="b")

    told = in_another_currency(item, account, "EUR")

    assert [f"is in {of_account}" in words for words in told] == ([True] if is_warned_of else [])


def an_item(facts: Facts) -> Item:
    return Item(
        id=ItemId(SOME),
        workspace_id=WorkspaceId(SOME),
        organisation_id=OrganisationId(SOME),
        kind=ItemKind.COST,
        state=ItemState.SENDING,
        version=1,
        facts=facts,
        coding=CODING,
        door=Door.FILE,
        submitted_by=UserId("U1"),
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
        reference="B-1",
    )


@pytest.mark.parametrize(
    ("rules", "kind", "asked_for"),
    [
        (USUAL_RULES, ItemKind.COST, True),
        (BookRules(taxes_costs=False), ItemKind.COST, False),
        (BookRules(taxes_costs=False), ItemKind.EXPENSE_REPORT, False),
        (BookRules(taxes_costs=False), ItemKind.SALE, True),
        (BookRules(taxes_sales=False), ItemKind.SALE, False),
    ],
)
def test_a_tax_rate_is_asked_for_where_the_books_have_them(rules: BookRules, kind: ItemKind, asked_for: bool) -> None:  # noqa: FBT001 - a case
    rates = (a_line("60.00", "20"), a_line("40.00", "5"))
    facts = replace(A_BILL, buyer=Party(name="Buyer Ltd"), lines=rates)

    found = check(facts, replace(CODING, tax_rate=CodedValue()), kind, rules)

    assert any("tax rate" in complaint for complaint in found) is asked_for


def test_a_sale_with_tax_waits_in_books_without_any() -> None:
    sale = replace(A_BILL, buyer=Party(name="Buyer Ltd"))

    (complaint,) = check(sale, CODING, ItemKind.SALE, BookRules(taxes_sales=False))

    assert complaint.startswith("It has tax 20.00, and the books have no tax on sales")
    assert check(sale, CODING, ItemKind.COST, BookRules(taxes_costs=False)) == ()


def test_a_tax_rate_whose_percentage_is_not_known_is_shown_by_its_name_and_doubted_by_nobody() -> None:
    rate = TaxRate(code="TAX", name="Sales tax", percent=None)

    assert rate.label == "Sales tax"
    assert doubts(replace(A_BILL, lines=(a_line("100.00", "20"),)), rate.percent) == ()


@pytest.mark.parametrize(
    ("lines", "own", "complaint"),
    [
        ((), (), "Choose a product or service."),
        ((a_line("60.00"), a_line("40.00")), ("PAPER",), "Choose a product or service on 1 of its 2 lines."),
        ((a_line("60.00"), a_line("40.00")), ("PAPER", "INK"), None),
    ],
)
def test_a_sale_needs_a_product_on_each_line_where_the_books_ask_for_one(
    lines: tuple[Line, ...], own: tuple[str, ...], complaint: str | None
) -> None:
    sale = replace(A_BILL, buyer=Party(name="Buyer Ltd"), lines=lines)
    coding = Coding(
        tax_rate=CODING.tax_rate, lines=tuple(LineCoding(product=CodedValue(value=product)) for product in own)
    )
    rules = BookRules(sells_products=True)

    assert check(sale, coding, ItemKind.SALE, rules) == (() if complaint is None else (complaint,))
    assert check(sale, replace(coding, product=CodedValue(value="PAPER")), ItemKind.SALE, rules) == ()
    assert "A category is missing." in check(sale, coding, ItemKind.COST, rules)


@pytest.mark.parametrize(
    "own",
    [
        LineCoding(account=CodedValue(value="461", source=Source.PERSON)),
        LineCoding(tax_rate=CodedValue(value="RRINPUT", source=Source.PERSON)),
        LineCoding(product=CodedValue(value="lamp", source=Source.PERSON)),
    ],
)
def test_what_is_entered_by_its_sums_waits_until_all_of_it_is_booked_to_the_same(own: LineCoding) -> None:
    sale = replace(an_item(replace(A_BILL, lines=(a_line("60.00"), a_line("40.00")))), kind=ItemKind.SALE)
    several = replace(CODING, lines=(LineCoding(), own))
    quick = replace(sale, publish_to=Destination.QUICK_ENTRIES, coding=several)

    (words,) = not_summed(quick)

    assert "one category, one tax rate and no product" in words
    assert words in checked(quick, USUAL_RULES).complaints
    assert not_summed(replace(quick, coding=CODING)) == not_summed(replace(quick, publish_to=Destination.SALES)) == ()
