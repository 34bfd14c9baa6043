"""Which amounts are small: those that are known to be, whatever a document says of its own rate."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import FactField, Facts
from bot.domain.rates import KnownRate, RateFrom
from bot.domain.small_amounts import SmallAmounts

KNOWN = KnownRate(currency="EUR", rate=Decimal("1.2"), source=RateFrom.LEDGER)
BILL = Facts(currency="EUR", gross=Decimal("120000.00"))
SMALL = SmallAmounts(limit=Decimal(50), own="GBP", rates={"EUR": KNOWN})


@given(st.decimals("0.000001", "1000000", places=6))
def test_no_rate_on_a_document_makes_small_what_is_not_by_the_rate_that_is_known(rate: Decimal) -> None:
    assert not SMALL.takes_total(replace(BILL, currency_rate=rate, rate_currency="GBP"))


def test_a_rate_that_only_the_document_states_makes_nothing_small_and_one_that_a_person_typed_does() -> None:
    stating = replace(BILL, gross=Decimal(12), currency_rate=Decimal("1.2"), rate_currency="GBP")
    unknown = replace(SMALL, rates={})

    assert not unknown.takes_total(stating)
    assert unknown.takes_total(replace(stating, edited=frozenset({FactField.CURRENCY})))
    assert SMALL.takes_total(stating)
