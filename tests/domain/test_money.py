"""Amounts as people type them: read as they are meant, or asked about, never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import from_stored, parse_amount, to_stored

cents = st.integers(min_value=0, max_value=10**12).map(lambda number: Decimal(number) / 100)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234.50", "1234.50"),
        ("1\u202f234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1234,5", "1234.50"),
        ("1,234,567", "1234567.00"),
        ("1.234.567,89", "1234567.89"),
        (" 7 ", "7.00"),
        ("0,5", "0.50"),
        ("-5", "-5.00"),
    ],
)
def test_it_is_read_as_it_is_meant(typed: str, amount: str) -> None:
    assert str(parse_amount(typed)) == amount


@pytest.mark.parametrize("typed", ["1,234", "1.234", "12,345", "-1,234"])
def test_what_could_be_either_is_asked_about(typed: str) -> None:
    with pytest.raises(ValueError, match="could mean"):
        parse_amount(typed)


@pytest.mark.parametrize("typed", ["1" * 13, "-" + "9" * 20 + ".50"])
def test_what_is_too_large_is_called_so(typed: str) -> None:
    with pytest.raises(ValueError, match="more than can be kept"):
        parse_amount(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "x",
        "1e3",
        "£5",
        "1 2",
        "1,23,456",
        "1,234.567",
        "1.2.3",
        "0.125",
        "0,125",
        "1..5",
        "--1",
        "٣",
        "1" * 13,
        "∞",
        "NaN",
    ],
)
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"such as 1234\.50"):
        parse_amount(typed)


@given(cents)
def test_every_amount_is_read_as_it_is_written(amount: Decimal) -> None:
    assert parse_amount(f"{amount:.2f}") == amount
    assert parse_amount(f"{amount:,.2f}") == amount
    assert parse_amount(f"{amount:.2f}".replace(".", ",")) == amount


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=4))
def test_what_is_kept_is_what_was_read(amount: Decimal) -> None:
    assert from_stored(to_stored(amount)) == amount


@pytest.mark.parametrize("amount", ["0.00001", "922337203685477.5808"])
def test_what_cannot_be_kept_exactly_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match=amount):
        to_stored(Decimal(amount))
