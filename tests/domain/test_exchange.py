"""Exchange rates: which way round, to which currency, and when one is to be looked at."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checks import check
from bot.domain.coding import Coding
from bot.domain.documents import Facts
from bot.domain.exchange import far_off, in_words, inverse, is_plausible, kept, rate_to, towards
from bot.intake.exchange import rated

D = Decimal
EUROS = Facts(currency="EUR", currency_rate=D("1.17"), rate_currency="GBP")
RATES = st.decimals("0.0001", "10000", places=6)


@pytest.mark.parametrize(
    ("changes", "rate"),
    [
        ({}, D("1.170000")),
        ({"rate_currency": None}, D("1.170000")),
        ({"rate_currency": "CHF"}, None),
        ({"currency": "GBP"}, None),
        ({"currency": None}, None),
        ({"currency_rate": None}, None),
        ({"currency_rate": D("1.23456789")}, D("1.234568")),
    ],
)
def test_a_document_goes_out_at_its_own_rate_where_that_is_to_the_books_currency(
    changes: dict[str, object], rate: Decimal | None
) -> None:
    assert rate_to(replace(EUROS, **changes), "GBP") == rate  # type: ignore[arg-type]  # each case names its own fields


def test_a_rate_that_names_no_other_currency_is_to_that_of_the_books_it_comes_into() -> None:
    entered = towards(replace(EUROS, rate_currency=None), "GBP")

    assert entered == EUROS
    assert towards(entered, "CHF") == EUROS
    assert rate_to(entered, "CHF") is None
    assert in_words(entered) == "1 GBP = 1.17 EUR"


@given(RATES, st.sampled_from(["EUR", "GBP"]), st.sampled_from(["multiply", "divide"]), st.sampled_from([D(1), D(100)]))
def test_a_rate_is_the_same_whichever_way_round_a_document_states_it(
    rate: Decimal, source: str, operator: str, unit: Decimal
) -> None:
    """`rate` euros for a pound: said of euros or of pounds, as what to multiply or to divide by, for one or for a hundred."""
    factor, divides = 1 / rate if source == "EUR" else rate, operator == "divide"
    stated = (1 / factor if divides else factor) * (1 / unit if divides else unit)
    target = "GBP" if source == "EUR" else "EUR"

    found = rated(Facts(currency="EUR"), source=source, target=target, rate=stated, source_unit=unit, divides=divides)

    assert found is not None
    assert found.rate_currency == "GBP"
    assert found.currency_rate is not None
    assert abs(found.currency_rate - rate) <= rate * D("0.000001")


@pytest.mark.parametrize(
    "stated",
    [
        {"source": None, "target": "GBP", "rate": D(2)},
        {"source": "EUR", "target": None, "rate": D(2)},
        {"source": "EUR", "target": "EUR", "rate": D(1)},
        {"source": "CHF", "target": "GBP", "rate": D(2)},
        {"source": "EUR", "target": "GBP", "rate": None},
        {"source": "EUR", "target": "GBP", "rate": D(0)},
        {"source": "EUR", "target": "GBP", "rate": D(-1)},
        {"source": "EUR", "target": "GBP", "rate": D(1), "source_unit": D(0)},
        {"source": "EUR", "target": "GBP", "rate": D("0.0000000001")},
        {"source": "EUR", "target": "GBP", "rate": D("999999999999999")},
        {"source": "GBP", "target": "EUR", "rate": D("999999999999999"), "target_unit": D("999999999999999")},
    ],
)
def test_what_says_nothing_or_cannot_be_right_is_not_taken(stated: dict[str, object]) -> None:
    assert rated(Facts(currency="EUR"), **stated) is None  # type: ignore[arg-type]  # each case names its own fields


@given(RATES)
def test_a_rate_turned_round_twice_is_the_same(rate: Decimal) -> None:
    assert abs(inverse(inverse(rate)) - rate) <= rate * D("0.000001")
    assert is_plausible(rate)
    assert kept(rate) == rate


def test_a_rate_that_cannot_be_right_is_a_complaint() -> None:
    for rate in (D(0), D(-1), D("0.0000001"), D(2_000_000)):
        complaints = check(replace(EUROS, currency_rate=rate, number="A-1"), Coding())
        assert any(f"Its exchange rate {rate} cannot be right" in complaint for complaint in complaints)
    assert not any("exchange rate" in each for each in check(replace(EUROS, number="A-1"), Coding()))


def test_one_that_is_far_from_the_last_is_pointed_at_and_so_is_one_turned_upside_down() -> None:
    before = [Facts(currency="USD"), replace(EUROS, currency_rate=D("0.1"), rate_currency="CHF"), EUROS]

    assert far_off(replace(EUROS, currency_rate=D("1.3")), before) is None
    assert far_off(replace(EUROS, currency_rate=D("0.8547")), before) is None
    said = far_off(replace(EUROS, currency_rate=D("0.7")), before)
    assert said == "Its exchange rate is 1 GBP = 0.7 EUR; on the document before it was 1.17."
    assert far_off(Facts(currency="EUR"), before) is None
    assert far_off(EUROS, []) is None
