"""Which tax rate an item gets that nobody chose one for, and which one its amounts tell."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import coded as engine
from bot.domain.book_rules import USUAL_RULES
from bot.domain.books import AccountClass, TaxRate
from bot.domain.coding import CodedValue, Coding, CodingDefaults, LineCoding, Source
from bot.domain.default_taxes import DefaultRates, with_default_rates, without_default_rates
from bot.domain.documents import Facts, Line
from bot.domain.money import tax_of
from bot.domain.rates_by_amount import Told, with_rate_by_amount
from tests.domain.test_booking import an_item

D = Decimal
TAXED = Facts(net=D("100.00"), tax=D("20.00"), gross=D("120.00"))
UNTAXED = Facts(net=D("120.00"), tax=D("0.00"), gross=D("120.00"))
RATES = DefaultRates(
    of_categories={"429": "INPUT2", "424": "NONE"}, untaxed="ZERO", percents={"INPUT2": D(20), "NONE": D(0)}
)
COST = frozenset({AccountClass.EXPENSE})
STANDARD = TaxRate(code="INPUT2", name="20%", percent=D(20), applies_to=COST)
REDUCED = TaxRate(code="RRINPUT", name="5%", percent=D(5), applies_to=COST)
EXEMPT = TaxRate(code="EXEMPT", name="Exempt", percent=D(0), applies_to=COST)
BOUGHT = TaxRate(code="CAPEX", name="20% of assets", percent=D(20), applies_to=frozenset({AccountClass.ASSET}))
TOLD = Told(rates=(STANDARD, REDUCED, EXEMPT), classes={"429": AccountClass.EXPENSE})


def a_value(value: str | None, source: Source) -> CodedValue:
    return CodedValue(value=value, source=source)


def coded(category: str | None = "429", rate: CodedValue | None = None, lines: tuple[LineCoding, ...] = ()) -> Coding:
    account = a_value(category, Source.PERSON if category else Source.NOTHING)
    return Coding(account=account, tax_rate=rate or CodedValue(), lines=lines)


def today(coding: Coding, facts: Facts = TAXED, rates: DefaultRates = RATES, default: str | None = "DEFAULT") -> Coding:
    """As an item is coded whenever it is looked at."""
    item = replace(an_item(), facts=facts, coding=without_default_rates(coding))
    defaulted = engine.coded(item, (), CodingDefaults(tax_rate=default), engine.Usable(), USUAL_RULES)
    return with_default_rates(facts, defaulted.coding, rates)


@pytest.mark.parametrize(
    ("category", "facts", "rates", "expected"),
    [
        ("429", TAXED, RATES, ("INPUT2", Source.CATEGORY_TAX)),
        ("999", TAXED, RATES, ("DEFAULT", Source.DEFAULT_TAX)),
        (None, TAXED, RATES, ("DEFAULT", Source.DEFAULT_TAX)),
        ("429", TAXED, DefaultRates(), ("DEFAULT", Source.DEFAULT_TAX)),
        ("429", UNTAXED, RATES, ("ZERO", Source.UNTAXED_DEFAULT)),
        ("429", replace(TAXED, tax=None), RATES, ("ZERO", Source.UNTAXED_DEFAULT)),
        ("429", UNTAXED, replace(RATES, untaxed=None), ("INPUT2", Source.CATEGORY_TAX)),
        ("429", Facts(), RATES, ("INPUT2", Source.CATEGORY_TAX)),
    ],
)
def test_the_default_is_the_organisations_the_categorys_or_that_of_what_shows_no_tax(
    category: str | None, facts: Facts, rates: DefaultRates, expected: tuple[str, Source]
) -> None:
    found = today(coded(category), facts, rates).tax_rate

    assert (found.value, found.source) == expected


def test_another_category_or_other_settings_take_the_earlier_default_back() -> None:
    before = today(coded())

    moved = today(replace(before, account=a_value("424", Source.PERSON)))
    switched = today(before, rates=DefaultRates())
    alone = today(before, rates=DefaultRates(), default=None)

    assert (moved.tax_rate.value, switched.tax_rate.value, alone.tax_rate) == ("NONE", "DEFAULT", CodedValue())
    assert [(each.value, each.source) for each in before.tax_rate.beaten] == [("DEFAULT", Source.DEFAULT_TAX)]


SAID = (Source.PRODUCT, Source.DOOR, Source.PERSON)
"""Those of an item itself: what rules say is offered by the engine, above these defaults."""


@given(st.sampled_from(SAID), st.sampled_from(["CHOSEN", None]), st.sampled_from([TAXED, UNTAXED]), st.booleans())
def test_no_default_ever_beats_a_product_what_came_with_the_document_or_a_person(
    source: Source,
    value: str | None,
    facts: Facts,
    has_line: bool,  # noqa: FBT001 - drawn
) -> None:
    line = LineCoding(account=a_value("424", Source.PERSON), tax_rate=a_value(value, source))
    standing = coded(rate=a_value(value, source), lines=(line,) if has_line else ())

    found = with_rate_by_amount(facts, today(standing, facts), TOLD)

    assert (found.tax_rate.value, found.tax_rate.source) == (value, source)
    assert [(each.tax_rate.value, each.tax_rate.source) for each in found.lines] == [(value, source)] * len(found.lines)


@pytest.mark.parametrize("source", [source for source in Source if source.is_rule])
def test_no_default_ever_beats_a_rule(source: Source) -> None:
    ruled = coded(rate=a_value("RULED", source), lines=(LineCoding(account=a_value("424", Source.PERSON)),))

    for facts in (TAXED, UNTAXED):
        found = with_rate_by_amount(facts, with_default_rates(facts, ruled, RATES), TOLD)
        assert (found.tax_rate.value, [line.tax_rate.value for line in found.lines]) == ("RULED", [None])


@given(
    st.sampled_from([None, "429", "424", "999"]),
    st.sampled_from([TAXED, UNTAXED, Facts()]),
    st.sampled_from([CodedValue(), a_value("P", Source.PERSON), a_value("S", Source.SUGGESTION)]),
    st.sampled_from([RATES, DefaultRates(), replace(RATES, untaxed=None)]),
)
def test_looking_twice_says_the_same(category: str | None, facts: Facts, rate: CodedValue, rates: DefaultRates) -> None:
    once = with_rate_by_amount(facts, today(coded(category, rate), facts, rates), TOLD)

    assert with_rate_by_amount(facts, today(once, facts, rates), TOLD) == once


def test_a_line_of_another_category_has_that_ones_rate_unless_the_document_says_otherwise() -> None:
    facts = replace(TAXED, lines=(a_line("60.00", "20"), a_line("40.00", "20")))
    lines = (LineCoding(), LineCoding(account=a_value("424", Source.PERSON)))

    def of_lines(facts: Facts, coding: Coding) -> list[str | None]:
        return [line.tax_rate.value for line in today(coding, facts).lines]

    assert of_lines(facts, coded(lines=lines)) == [None, "NONE"]
    several = replace(facts, lines=(a_line("60.00", "0"), a_line("40.00", "20")))
    assert of_lines(several, coded(lines=lines)) == [None, None]
    # what somebody chose for the whole of it is of its lines, too
    assert of_lines(facts, coded(rate=a_value("P", Source.PERSON), lines=lines)) == [None, None]


def a_line(net: str, percent: str | None = None, tax: str | None = None) -> Line:
    return Line(
        description="Paper",
        unit_price=D(net),
        net=D(net),
        tax=None if tax is None else D(tax),
        tax_percent=None if percent is None else D(percent),
    )


@pytest.mark.parametrize(
    ("facts", "told", "expected"),
    [
        (TAXED, TOLD, "INPUT2"),
        (replace(TAXED, net=D("114.29"), tax=D("5.71")), TOLD, "RRINPUT"),
        (replace(TAXED, net=D("101.00"), tax=D("19.00")), TOLD, None),
        # nothing tells a rate of 0 %, though there is only one
        (UNTAXED, TOLD, None),
        # too little to tell one of two
        (
            Facts(net=D("0.10"), tax=D("0.01"), gross=D("0.11")),
            replace(TOLD, rates=(REDUCED, replace(STANDARD, percent=D(10)))),
            None,
        ),
        (TAXED, replace(TOLD, rates=(STANDARD, BOUGHT)), "INPUT2"),
        (TAXED, Told(rates=(STANDARD, BOUGHT)), None),
        (TAXED, Told(rates=(replace(STANDARD, percent=None),)), None),
        (Facts(), TOLD, None),
    ],
)
def test_the_amount_tells_a_rate_where_exactly_one_makes_it(facts: Facts, told: Told, expected: str | None) -> None:
    found = with_rate_by_amount(facts, coded(), told).tax_rate

    assert (found.value, found.source) == (expected, Source.NOTHING if expected is None else Source.BY_AMOUNT)


def test_where_no_rate_makes_all_of_it_each_line_tells_its_own_and_one_without_tax_none() -> None:
    facts = Facts(
        net=D("160.00"),
        tax=D("22.00"),
        gross=D("182.00"),
        lines=(a_line("100.00", tax="20.00"), a_line("40.00", tax="2.00"), a_line("20.00", tax="0.00")),
    )

    found = with_rate_by_amount(facts, coded(), TOLD)

    assert found.tax_rate.value is None
    assert [line.tax_rate.value for line in found.lines] == ["INPUT2", "RRINPUT", None]


@given(st.integers(min_value=1, max_value=10**8), st.sampled_from([STANDARD, REDUCED]))
def test_what_a_rate_makes_tells_that_rate_or_none(cents: int, rate: TaxRate) -> None:
    net = D(cents) / 100
    tax = tax_of(net, rate.percent or D(0))

    found = with_rate_by_amount(Facts(net=net, tax=tax, gross=net + tax), coded(), TOLD).tax_rate

    assert found.value in (rate.code, None)
    if tax > D("0.10"):
        assert found.value == rate.code
