"""Whatever is done to the lines of a document, nothing of its amounts is lost or made up: what is sent is what was approved."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.booking import posting_of
from bot.domain.coding import NO_CODES, Codes, Track
from bot.domain.documents import Facts, Line, LineAmounts, Party
from bot.domain.editing import Edit, edited
from bot.domain.ids import UserId
from bot.domain.lines import (
    TypedLine,
    added,
    amount_of,
    balance_of,
    coded_alike,
    in_amounts,
    merged,
    opened,
    removed,
    tax_in,
    totals_taken,
    with_lines,
    with_taxes,
    worked_out,
)
from bot.domain.postings import Posting
from tests.domain.test_booking import an_item

D = Decimal
BEN = UserId("U0BEN")
TAXED = st.sampled_from([LineAmounts.EXCLUSIVE, LineAmounts.INCLUSIVE])
percents = st.sampled_from([D(0), D(5), D("13.5"), D(20), D("25")])
amounts = st.decimals(min_value=D("-999.99"), max_value=D("99999.99"), places=2)
quantities = st.sampled_from([D(1), D(3), D("0.5"), D("7.25")])
codes = st.builds(
    Codes,
    account=st.sampled_from(["429", "461"]),
    tax_rate=st.sampled_from(["INPUT2", "RRINPUT"]),
    tracking=st.sampled_from([(), (Track("region", "north"),)]),
)


@st.composite
def edits(draw: st.DrawFn, line_amounts: st.SearchStrategy[LineAmounts] = TAXED) -> Edit:
    """A document that adds up, whose tax was rounded as a whole or by line, each line coded its own way."""
    written, lines = draw(line_amounts), []
    for _ in range(draw(st.integers(1, 12))):
        amount, quantity = draw(amounts), draw(quantities)
        tax = tax_in(amount, draw(percents), written)
        net = amount - tax if written is LineAmounts.INCLUSIVE else amount
        lines.append(
            Line(
                description=draw(st.sampled_from(["", "Paper", "Ink"])),
                quantity=quantity,
                unit_price=(amount / quantity).quantize(D("0.0001")),
                net=net,
                tax=tax if draw(st.booleans()) else None,
            )
        )
    net = sum((line.net for line in lines), D(0))
    tax = sum((line.tax or D(0) for line in lines), D(0)) + draw(st.sampled_from([D("-0.02"), D(0), D("0.01")]))
    facts = Facts(
        supplier=Party(name="Paper Ltd"),
        number="INV-7",
        issued_on=date(2026, 2, 20),
        currency="GBP",
        net=net,
        tax=tax,
        gross=net + tax,
        lines=tuple(lines),
        line_amounts=written,
    )
    own = draw(st.lists(codes | st.just(NO_CODES), min_size=len(lines), max_size=len(lines)))
    return with_lines(Edit(facts=facts, codes=draw(codes)), lines, own)


def sent(edit: Edit) -> Posting:
    """The bill that goes out once such an edit was saved and approved."""
    item = an_item()
    return posting_of(edited(item, edit, BEN), marker="m")


def by_codes(bill: Posting) -> dict[tuple[object, ...], tuple[Decimal, Decimal]]:
    """What is booked to each combination of codes: net and tax."""
    found: dict[tuple[object, ...], tuple[Decimal, Decimal]] = {}
    for line in bill.lines:
        key = (line.account_code, line.tax_code, line.tracking)
        net, tax = found.get(key, (D(0), D(0)))
        found[key] = (net + line.net, tax + line.tax)
    return found


@given(edits())
def test_what_is_sent_is_what_was_approved_to_the_cent(edit: Edit) -> None:
    bill = sent(edit)
    written = sum((line.amount(bill.line_amounts) for line in bill.lines), D(0))

    assert sum((line.net + line.tax for line in bill.lines), D(0)) == bill.gross == edit.facts.gross
    assert written == (bill.gross if bill.line_amounts is LineAmounts.INCLUSIVE else bill.net)


@given(edits())
def test_opened_lines_have_all_of_the_tax_and_change_nothing_that_is_sent(edit: Edit) -> None:
    taken = totals_taken(opened(edit))

    assert all(line.tax is not None for line in taken.facts.lines)
    assert balance_of(taken.facts).agrees
    if balance_of(with_taxes(edit.facts)).agrees:
        assert by_codes(sent(opened(edit))) == by_codes(sent(edit))


@given(edits())
def test_one_line_for_each_code_books_the_same_to_each_code(edit: Edit) -> None:
    before = totals_taken(opened(edit))
    after = merged(before)

    assert by_codes(sent(after)) == by_codes(sent(before))
    assert len(sent(after).lines) == len(by_codes(sent(before)))
    assert merged(after) == after


@given(edits(), st.sampled_from([D("-0.01"), D(0), D("0.01"), D("12.34")]), st.sampled_from([D(0), D("0.01"), D("-3")]))
def test_lines_agree_exactly_when_net_and_tax_are_those_of_the_document(edit: Edit, net: Decimal, tax: Decimal) -> None:
    """A cent too much of one, and too little of the other, is not right either."""
    right = totals_taken(opened(edit)).facts
    assert right.net is not None
    assert right.tax is not None
    said = replace(right, net=right.net + net, tax=right.tax + tax, gross=right.net + net + right.tax + tax)

    balance = balance_of(said)

    assert balance.agrees == (net == tax == 0)
    assert (balance.missing_net, balance.missing_tax) == (net, tax)


@given(edits(), st.data())
def test_one_line_for_each_code_keeps_what_the_lines_make_also_while_they_are_off(
    edit: Edit, data: st.DataObject
) -> None:
    before = opened(edit)
    place = data.draw(st.integers(0, len(before.facts.lines) - 1))
    line = before.facts.lines[place]
    changed = replace(line, net=line.net + data.draw(amounts), tax=(line.tax or D(0)) + data.draw(amounts))
    lines = [*before.facts.lines[:place], changed, *before.facts.lines[place + 1 :]]
    off = replace(before, facts=replace(before.facts, lines=tuple(lines)))

    assert replace(balance_of(merged(off).facts), lines=0) == replace(balance_of(off.facts), lines=0)


@given(amounts, percents)
def test_the_tax_of_an_amount_is_right_to_half_a_cent(amount: Decimal, percent: Decimal) -> None:
    on_top = tax_in(amount, percent, LineAmounts.EXCLUSIVE)
    inside = tax_in(amount, percent, LineAmounts.INCLUSIVE)

    assert abs(on_top - amount * percent / 100) <= D("0.005")
    assert abs(inside * (100 + percent) - amount * percent) <= D("0.005") * (100 + percent)
    assert on_top == on_top.quantize(D("0.01"))
    assert inside == inside.quantize(D("0.01"))
    assert tax_in(amount, percent, LineAmounts.NO_TAX) == 0


@given(edits())
def test_amounts_written_with_tax_and_without_it_again_are_the_same(edit: Edit) -> None:
    facts = with_taxes(edit.facts)
    other = LineAmounts.EXCLUSIVE if facts.line_amounts is LineAmounts.INCLUSIVE else LineAmounts.INCLUSIVE

    there = in_amounts(facts, other)
    back = in_amounts(there, facts.line_amounts)

    assert [(line.net, line.tax) for line in there.lines] == [(line.net, line.tax) for line in facts.lines]
    assert balance_of(back) == balance_of(facts)
    assert all(line.net + (line.tax or 0) == amount_of(line, other) for line in there.lines) or (
        other is LineAmounts.EXCLUSIVE
    )


@given(edits(), st.integers(0, 12))
def test_a_line_more_takes_what_a_line_less_left(edit: Edit, place: int) -> None:
    before = totals_taken(opened(edit))
    after = added(removed(before, place % len(before.facts.lines)))

    assert balance_of(after.facts).agrees


@given(edits(), codes)
def test_lines_coded_alike_are_booked_alike(edit: Edit, wanted: Codes) -> None:
    alike = coded_alike(edit, wanted)

    for place in range(len(edit.facts.lines)):
        found = alike.codes_at(place)
        assert (found.account, found.tax_rate) == (wanted.account, wanted.tax_rate)
        assert found.tracking == (wanted.tracking or edit.codes_at(place).tracking)


@given(edits())
def test_a_page_that_nobody_touched_changes_nothing(edit: Edit) -> None:
    edit = opened(edit)
    typed = {
        place: TypedLine(
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=amount_of(line, edit.facts.line_amounts),
            tax=line.tax,
            codes=edit.own_codes(place),
        )
        for place, line in enumerate(edit.facts.lines)
    }

    assert worked_out(edit, typed, {"INPUT2": D(20), "RRINPUT": D(5)}) == edit


PAPER = Line(description="Paper", quantity=D(2), unit_price=D("50.0000"), net=D("100.00"), tax=D("20.00"))
AS_IT_IS = TypedLine(
    description="Paper", quantity=D(2), unit_price=D(50), amount=D(100), tax=D(20), codes=Codes(tax_rate="INPUT2")
)


@pytest.mark.parametrize(
    ("typed", "net", "tax"),
    [
        (AS_IT_IS, "100.00", "20.00"),
        (replace(AS_IT_IS, quantity=D(3)), "150.00", "30.00"),
        (replace(AS_IT_IS, quantity=D(3), amount=D(140)), "140.00", "28.00"),
        (replace(AS_IT_IS, amount=None), "100.00", "20.00"),
        (replace(AS_IT_IS, codes=Codes(tax_rate="RRINPUT")), "100.00", "5.00"),
        (replace(AS_IT_IS, codes=Codes(tax_rate="RRINPUT"), tax=D("4.99")), "100.00", "4.99"),
        (replace(AS_IT_IS, tax=None), "100.00", "20.00"),
        (replace(AS_IT_IS, codes=Codes(tax_rate="UNHEARD"), amount=D(90)), "90.00", "20.00"),
        (TypedLine(description=""), "0.00", "0.00"),
    ],
)
def test_what_was_left_follows_from_what_was_changed_and_what_was_typed_counts(
    typed: TypedLine, net: str, tax: str
) -> None:
    edit = with_lines(Edit(facts=Facts()), [PAPER], [Codes(tax_rate="INPUT2")])

    (line,) = worked_out(edit, {0: typed}, {"INPUT2": D(20), "RRINPUT": D(5)}).facts.lines

    assert (line.net, line.tax) == (D(net), D(tax))


def test_of_amounts_with_tax_the_tax_lies_inside() -> None:
    edit = with_lines(Edit(facts=Facts(line_amounts=LineAmounts.INCLUSIVE)), [PAPER], [NO_CODES])
    typed = TypedLine(description="", quantity=D(1), unit_price=D(120), codes=Codes(tax_rate="INPUT2"))

    (line,) = worked_out(edit, {0: typed}, {"INPUT2": D(20)}).facts.lines

    assert (line.net, line.tax, line.unit_price) == (D("100.00"), D("20.00"), D(120))
