"""The tax that a document is booked with: the document's own, or what the ledger makes of its rate, to the cent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.book_rules import BookRules
from bot.domain.coding import CodedValue, LineCoding, Source
from bot.domain.documents import ItemKind, LineAmounts
from bot.domain.ledger_documents import LedgerDocument, differences
from bot.domain.money import CENT, to_cents
from bot.domain.postings import Posting, PostingKind
from bot.domain.tax_policies import TaxMethod, TaxPolicy
from bot.domain.tax_settings import TaxSettings
from bot.domain.taxing import Disagreement, Kept, LedgerRates, disagreement, taxed_posting, worked_out_tax
from tests.domain.test_booking import a_line, an_item

D = Decimal
RATES = LedgerRates(
    percents={"INPUT2": D(20), "RRINPUT": D(5), "NONE": D(0)}, of_categories={"429": D(20), "424": D(0)}
)
WORKING = BookRules(works_tax_out=TaxMethod.ROUNDS_TAX)
POLICIES = st.sampled_from([TaxPolicy.DOCUMENT, TaxPolicy.LEDGER, TaxPolicy.EXCEPTIONS])
CENTS = st.integers(min_value=0, max_value=10**9).map(lambda cents: D(cents) / 100)


def posted(policy: TaxPolicy, *, rules: BookRules = WORKING, category: str = "429", **facts: Any) -> Posting:
    item = replace(an_item(**facts), tax_policy=policy)
    coding = replace(item.coding, account=CodedValue(value=category, source=Source.PERSON))
    return taxed_posting(replace(item, coding=coding), Kept(rules=rules, rates=RATES), marker="m")


def told(posting: Posting) -> tuple[str, str, str, list[bool]]:
    return str(posting.net), str(posting.tax), str(posting.gross), [line.is_tax_left for line in posting.lines]


@pytest.mark.parametrize(
    ("policy", "facts", "category", "expected"),
    [
        (TaxPolicy.DOCUMENT, {}, "429", ("100.00", "20.00", "120.00", [False])),
        (TaxPolicy.DOCUMENT, {"tax": D("0.00"), "net": D("120.00")}, "429", ("120.00", "0.00", "120.00", [False])),
        (TaxPolicy.LEDGER, {"net": D("100.02"), "tax": D("19.98")}, "429", ("100.00", "20.00", "120.00", [True])),
        (TaxPolicy.EXCEPTIONS, {"net": D("100.02"), "tax": D("19.98")}, "429", ("100.02", "19.98", "120.00", [False])),
        (TaxPolicy.EXCEPTIONS, {"net": None, "tax": None}, "429", ("100.00", "20.00", "120.00", [True])),
        (TaxPolicy.EXCEPTIONS, {"net": D("120.00"), "tax": D("0.00")}, "429", ("100.00", "20.00", "120.00", [True])),
        (TaxPolicy.EXCEPTIONS, {"net": D("100.02"), "tax": D("19.98")}, "424", ("100.00", "20.00", "120.00", [True])),
        (TaxPolicy.NONE, {}, "429", ("120.00", "0", "120.00", [False])),
    ],
)
def test_whose_amount_of_tax_is_booked_is_as_was_decided(
    policy: TaxPolicy, facts: dict[str, Any], category: str, expected: tuple[str, str, str, list[bool]]
) -> None:
    assert told(posted(policy, category=category, **facts)) == expected


def test_without_tax_rates_a_cost_has_its_tax_in_it_and_no_code() -> None:
    bill = posted(TaxPolicy.NONE)

    assert (bill.line_amounts, bill.lines[0].tax_code, bill.lines[0].net) == (LineAmounts.NO_TAX, None, D("120.00"))


def test_what_cannot_be_worked_out_there_goes_as_it_stands_on_the_document() -> None:
    nowhere, abroad = BookRules(), replace(WORKING, costs_taxed_in="GBP")

    assert told(posted(TaxPolicy.LEDGER, rules=nowhere, tax=D("19.98"), net=D("100.02")))[1] == "19.98"
    # a rate comes to nothing in another currency
    assert told(posted(TaxPolicy.LEDGER, rules=abroad, currency="EUR", tax=D("0.00"), net=D("120.00")))[1] == "0.00"
    assert told(posted(TaxPolicy.LEDGER, rules=abroad, tax=D("0.00"), net=D("120.00")))[1] == "20.00"


def test_each_line_is_worked_out_by_its_own_rate_and_written_with_its_tax_in_it() -> None:
    item = an_item(lines=(a_line("60.00", tax=D("12.00")), a_line("40.00", tax=D("8.00"))))
    own = LineCoding(tax_rate=CodedValue(value="RRINPUT", source=Source.PERSON))
    item = replace(item, coding=replace(item.coding, lines=(LineCoding(), own)), tax_policy=TaxPolicy.LEDGER)

    bill = taxed_posting(item, Kept(rules=WORKING, rates=RATES), marker="m")

    assert [(str(line.net), str(line.tax), str(line.unit_price)) for line in bill.lines] == [
        ("60.00", "12.00", "72.0000"),
        ("45.71", "2.29", "48.0000"),
    ]
    assert (bill.line_amounts, str(bill.tax), str(bill.gross)) == (LineAmounts.INCLUSIVE, "14.29", "120.00")


@given(CENTS, st.integers(min_value=0, max_value=4000), st.sampled_from(list(TaxMethod)))
def test_tax_and_net_make_the_amount_and_the_ledgers_way_is_off_by_less_than_a_cent(
    gross: Decimal, hundredths: int, method: TaxMethod
) -> None:
    percent = D(hundredths) / 100

    tax = method.tax_within(gross, percent)

    assert tax == to_cents(tax)
    assert abs(tax - gross * percent / (100 + percent)) <= D("0.005")
    rounded = tax if method is TaxMethod.ROUNDS_TAX else gross - tax
    exact = gross * (percent if method is TaxMethod.ROUNDS_TAX else 100) / (100 + percent)
    assert rounded == to_cents(exact) or abs(exact - rounded) == D("0.005")


@given(POLICIES, st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=5), st.sampled_from(list(TaxMethod)))
def test_no_policy_ever_changes_a_total_nor_what_any_line_comes_to(
    policy: TaxPolicy, amounts: list[tuple[Decimal, Decimal]], method: TaxMethod
) -> None:
    lines = tuple(a_line(str(net), tax=tax) for net, tax in amounts)
    net, tax = (sum((each[part] for each in amounts), D("0.00")) for part in (0, 1))
    item = replace(an_item(net=net, tax=tax, gross=net + tax, lines=lines), tax_policy=policy)

    posting = taxed_posting(item, Kept(rules=BookRules(works_tax_out=method), rates=RATES), marker="m")

    assert posting.gross == posting.net + posting.tax == net + tax
    assert [line.net + line.tax for line in posting.lines] == [line.net + line.tax for line in lines]  # type: ignore[operator]
    assert (posting.net, posting.tax) == tuple(
        sum((getattr(line, part) for line in posting.lines), D(0)) for part in ("net", "tax")
    )
    if policy is TaxPolicy.DOCUMENT:
        assert posting.tax == tax


@pytest.mark.parametrize(("off", "is_taken"), [("0.01", True), ("0.02", False)])
def test_what_the_ledger_worked_out_is_read_back_as_it_rounds_and_no_more_otherwise(
    off: str, *, is_taken: bool
) -> None:
    bill = posted(TaxPolicy.LEDGER)
    found = LedgerDocument(
        ledger_id="1",
        kind=PostingKind.BILL,
        marker="m",
        number=bill.number,
        contact_name=bill.contact_name,
        status=bill.status,
        issued_on=bill.issued_on,
        currency=bill.currency,
        net=bill.net + D(off),
        tax=bill.tax - D(off),
        gross=bill.gross,
        url="",
    )

    assert (differences(bill, found) == ()) is is_taken
    assert differences(posted(TaxPolicy.DOCUMENT), found) != ()
    assert any(words.startswith("total") for words in differences(bill, replace(found, gross=bill.gross + CENT)))


def test_people_are_told_what_the_ledger_will_make_of_it_before_it_is_booked() -> None:
    item, kept = an_item(net=D("100.02"), tax=D("19.98")), Kept(rules=WORKING, rates=RATES)

    assert worked_out_tax(replace(item, tax_policy=TaxPolicy.LEDGER), kept) == D("20.00")
    assert worked_out_tax(replace(item, tax_policy=TaxPolicy.EXCEPTIONS), kept) is None
    assert worked_out_tax(item, kept) is None
    unfinished = replace(item.facts, issued_on=None)
    assert worked_out_tax(replace(item, facts=unfinished, tax_policy=TaxPolicy.LEDGER), kept) is None


@pytest.mark.parametrize(
    ("facts", "rate", "expected"),
    [
        ({}, "INPUT2", None),
        ({}, "RRINPUT", ("5.00", "20.00", "of the net, 100.00")),
        ({}, "NONE", ("0.00", "20.00", "of the net, 100.00")),
        ({"tax": D("0.00"), "net": D("120.00")}, "INPUT2", ("20.00", "0.00", "out of the total, 120.00")),
        ({"tax": D("0.00"), "net": D("120.00")}, "NONE", None),
        ({"tax": None, "net": None}, "INPUT2", None),
        ({"tax": D("19.99"), "net": D("100.01")}, "INPUT2", None),
        ({"tax": D("19.98"), "net": D("100.02")}, "INPUT2", ("20.00", "19.98", "of the net, 100.02")),
        ({}, "GONE", None),
    ],
)
def test_a_rate_that_makes_another_tax_than_the_document_states_disagrees(
    facts: dict[str, object], rate: str, expected: tuple[str, str, str] | None
) -> None:
    item = an_item(**facts)
    item = replace(item, coding=replace(item.coding, tax_rate=CodedValue(value=rate, source=Source.PERSON)))

    found = disagreement(item, RATES.percents)

    if expected is None:
        assert found is None
    else:
        made, stated, of = expected
        assert found == Disagreement(made=D(made), stated=D(stated), of=of)


def test_a_tax_is_compared_with_that_of_the_net_and_where_the_ledger_works_it_out_with_that_in_the_total() -> None:
    item = an_item(tax=D("49.70"), net=D("248.50"), gross=D("298.20"))
    item = replace(item, coding=replace(item.coding, tax_rate=CodedValue(value="IE23", source=Source.PERSON)))

    goes_out = disagreement(item, {"IE23": D(23)})
    left = disagreement(replace(item, tax_policy=TaxPolicy.LEDGER), {"IE23": D(23)})

    assert goes_out == Disagreement(made=D("57.16"), stated=D("49.70"), of="of the net, 248.50")
    assert left == Disagreement(made=D("55.76"), stated=D("49.70"), of="out of the total, 298.20")


def test_lines_of_several_rates_are_taken_by_their_own() -> None:
    own = LineCoding(tax_rate=CodedValue(value="NONE", source=Source.PERSON))
    item = an_item(lines=(a_line("60.00"), a_line("40.00")), tax=D("12.00"), gross=D("112.00"))
    item = replace(item, coding=replace(item.coding, lines=(LineCoding(), own)))

    assert disagreement(item, RATES.percents) is None
    assert disagreement(replace(item, coding=replace(item.coding, lines=())), RATES.percents) == Disagreement(
        made=D("20.00"), stated=D("12.00"), of="of the net, 100.00"
    )


@pytest.mark.parametrize(
    ("tax", "rules", "expected"),
    [
        (TaxSettings(policy=TaxPolicy.LEDGER), WORKING, TaxPolicy.LEDGER),
        (TaxSettings(policy=TaxPolicy.LEDGER), BookRules(), TaxPolicy.DOCUMENT),
        (TaxSettings(policy=TaxPolicy.LEDGER, uses_rates=False), WORKING, TaxPolicy.NONE),
        (TaxSettings(uses_rates=False), BookRules(), TaxPolicy.NONE),
    ],
)
def test_what_was_decided_holds_where_the_books_can_do_it(
    tax: TaxSettings, rules: BookRules, expected: TaxPolicy
) -> None:
    assert tax.policy_in(rules) is expected


def test_a_sale_that_states_tax_waits_where_rates_are_switched_off() -> None:
    rules = WORKING.under(TaxPolicy.NONE)

    assert (rules.taxes(ItemKind.COST), rules.taxes(ItemKind.SALE), rules.is_tax_off) == (False, False, True)
    untaxed = BookRules(taxes_costs=False, taxes_sales=False)
    assert untaxed.under(TaxPolicy.NONE) is untaxed


def test_a_line_without_tax_of_a_document_that_states_some_is_stated_too() -> None:
    lines = a_line("100.00", tax=D("20.00")), a_line("50.00", tax=D("0.00"))
    item = an_item(net=D("150.00"), tax=D("20.00"), gross=D("170.00"), lines=lines)

    posting = taxed_posting(
        replace(item, tax_policy=TaxPolicy.EXCEPTIONS), Kept(rules=WORKING, rates=RATES), marker="m"
    )

    assert (posting.net, posting.tax, posting.gross) == (D(150), D(20), D(170))
