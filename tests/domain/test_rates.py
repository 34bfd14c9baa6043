"""Conversions into the books' own currency: whose rate counts, and what follows where none is known."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import FactField, Facts
from bot.domain.ids import UserId
from bot.domain.rates import (
    KnownRate,
    RateFrom,
    TypedRate,
    as_typed,
    in_own,
    is_within,
    parsed,
    rate_for,
    retyped,
    typed,
)

BILL = Facts(currency="EUR", gross=Decimal("116.80"), issued_on=date(2026, 3, 1))
LEDGERS = KnownRate(currency="EUR", rate=Decimal("1.168"), source=RateFrom.LEDGER, on=date(2026, 3, 2))
CODES = st.from_regex(r"[A-Z]{3}", fullmatch=True)
RATES = st.decimals("0.000001", "1000000", places=6)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 3, 9), ""),
        (date(2026, 3, 10), "8 days older than the document"),
        (date(2028, 11, 26), "1,000 days older than the document"),
        (date(2025, 1, 1), ""),
        (None, ""),
    ],
)
def test_a_rate_that_is_a_week_older_than_the_document_is_pointed_at(day: date | None, told: str) -> None:
    assert LEDGERS.aged_in_words(day) == told
    assert replace(LEDGERS, on=None).aged_in_words(day) == ""


def test_the_documents_rate_is_above_the_ledgers_and_that_above_what_was_typed() -> None:
    by_hand = typed([TypedRate(currency="EUR", rate=Decimal(2), by=UserId("U1"), on=date(2026, 1, 1))])
    stating = replace(BILL, currency_rate=Decimal("1.25"), rate_currency="GBP")

    from_document = rate_for(stating, "GBP", {"EUR": LEDGERS})
    from_ledger = rate_for(BILL, "GBP", {**by_hand, "EUR": LEDGERS})
    from_person = rate_for(BILL, "GBP", by_hand)

    assert from_document is not None
    assert (from_document.source, from_document.source_in_words("Xero")) == (
        RateFrom.DOCUMENT,
        "the document's own, 1 Mar 2026",
    )
    assert from_ledger == LEDGERS
    assert LEDGERS.source_in_words("Xero") == "from Xero's list, 2 Mar 2026"
    assert from_person is not None
    assert from_person.source_in_words("Xero") == "typed by a person, 1 Jan 2026"
    assert in_own(BILL.gross, stating, "GBP", {"EUR": LEDGERS}) == Decimal("93.44")
    assert in_own(BILL.gross, BILL, "GBP", {"EUR": LEDGERS}) == Decimal("100.00")


def test_a_rate_that_somebody_typed_for_the_document_is_told_as_theirs() -> None:
    edited = replace(BILL, currency_rate=Decimal("1.25"), rate_currency="GBP", edited=frozenset({FactField.CURRENCY}))

    found = rate_for(edited, "GBP", {"EUR": LEDGERS})

    assert found is not None
    assert (found.rate, found.source, found.on) == (Decimal("1.25"), RateFrom.PERSON, None)


@given(amount=st.decimals("-1000000", "1000000", places=2), limit=st.none() | st.decimals("0", "1000000000", places=2))
def test_without_a_rate_nothing_is_converted_and_every_limit_counts_as_exceeded(
    amount: Decimal, limit: Decimal | None
) -> None:
    found = in_own(amount, BILL, "GBP", {})

    assert found is None
    assert not is_within(found, limit)


@given(amount=st.decimals("0", "1000000", places=2), rate=RATES, more=st.decimals("0", "1000000", places=2))
def test_more_money_is_never_further_within_a_limit(amount: Decimal, rate: Decimal, more: Decimal) -> None:
    known = {"EUR": replace(LEDGERS, rate=rate)}
    limit = Decimal(100)

    small, large = (in_own(each, BILL, "GBP", known) for each in (amount, amount + more))

    assert is_within(small, limit) or not is_within(large, limit)


def test_a_documents_own_currency_needs_no_rate() -> None:
    at_home = replace(BILL, currency="GBP")

    assert rate_for(at_home, "GBP", {"GBP": LEDGERS}) is None
    assert in_own(at_home.gross, at_home, "GBP", {}) == at_home.gross
    assert is_within(at_home.gross, Decimal("116.80"))
    assert not is_within(at_home.gross, None)


def test_a_rate_to_another_currency_says_nothing_here() -> None:
    to_francs = replace(BILL, currency_rate=Decimal("0.95"), rate_currency="CHF")

    assert in_own(BILL.gross, to_francs, "GBP", {}) is None


@given(st.dictionaries(CODES, RATES, max_size=20))
def test_what_was_typed_is_read_the_same_again(rates: dict[str, Decimal]) -> None:
    kept = retyped((), rates, by=UserId("U1"), on=date(2026, 1, 1))

    assert parsed(as_typed(kept)) == rates


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("EUR", "write a currency and a rate"),
        ("EUR 0", "more than 0"),
        ("EUR 1,168", "write a currency and a rate"),
        ("EUR 1.1\neur 1.2", "EUR is there twice"),
        ("\n".join(f"{chr(65 + place // 26)}{chr(65 + place % 26)}X 2" for place in range(60)), "50 rates"),
    ],
)
def test_what_cannot_be_a_rate_is_told(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parsed(text)


def test_only_a_rate_that_is_changed_is_somebody_elses() -> None:
    before = retyped((), {"EUR": Decimal("1.1"), "USD": Decimal("1.2")}, by=UserId("U1"), on=date(2026, 1, 1))

    after = retyped(before, {"EUR": Decimal("1.10"), "USD": Decimal("1.3")}, by=UserId("U2"), on=date(2026, 2, 1))

    assert [(each.currency, each.by, each.on.month) for each in after] == [("EUR", "U1", 1), ("USD", "U2", 2)]
