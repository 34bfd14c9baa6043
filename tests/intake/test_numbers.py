"""Whatever figures a document has, the same figures are read, and they cross from child to parent unchanged."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import DocumentType
from bot.domain.money import from_stored, to_stored
from bot.intake.result import Outcome
from bot.intake.ubl import read_ubl
from tests.intake.documents import Row, a_document, an_allowance, total_of

cents = st.decimals(min_value=-(10**11), max_value=10**11, places=2, allow_nan=False, allow_infinity=False)
parts = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
numbers = st.decimals(min_value=-(10**14), max_value=10**14, places=6, allow_nan=False, allow_infinity=False)


def plain(number: Decimal) -> str:
    return f"{number:f}"


rows = st.builds(
    lambda net, quantity, price: Row(net=plain(net), quantity=plain(quantity), price=plain(price)),
    cents,
    numbers,
    numbers,
)


@given(st.lists(rows, min_size=1, max_size=8).map(tuple), st.lists(parts, max_size=3), parts)
def test_amounts_that_add_up_are_read_as_written_and_still_add_up(
    rows: tuple[Row, ...], allowances: list[Decimal], tax: Decimal
) -> None:
    net = total_of(rows) - sum(allowances, Decimal(0))
    extra = "".join(an_allowance(plain(amount)) for amount in allowances)

    reading = read_ubl(
        a_document(net=plain(net), tax=plain(tax), gross=plain(net + tax), rows=rows, extra=extra).encode()
    )

    facts = reading.facts
    sign = -1 if net + tax < 0 else 1
    assert (facts.net, facts.tax, facts.gross) == (sign * net, sign * tax, sign * (net + tax))
    assert facts.document_type is (DocumentType.CREDIT_NOTE if sign < 0 else DocumentType.INVOICE)
    assert sum((line.net for line in facts.lines), Decimal(0)) == facts.net
    assert [line.unit_price for line in facts.lines[: len(rows)]] == [Decimal(row.price or 0) for row in rows]
    assert reading.invoice_lines == len(rows)
    assert not [warning for warning in reading.warnings if not warning.startswith(("Line ", "There are "))]


@given(cents, cents)
def test_every_amount_read_can_be_kept_exactly(net: Decimal, tax: Decimal) -> None:
    facts = read_ubl(a_document(net=plain(net), tax=plain(tax), gross=plain(net + tax)).encode()).facts

    assert facts.gross is not None
    assert from_stored(to_stored(facts.gross)) == facts.gross


@given(st.lists(rows, max_size=4).map(tuple))
def test_a_reading_crosses_from_child_to_parent_unchanged(rows: tuple[Row, ...]) -> None:
    outcome = Outcome(reading=read_ubl(a_document(rows=rows).encode()))

    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome


@given(numbers, st.decimals(min_value="0.0001", max_value=10**6, places=4, allow_nan=False, allow_infinity=False))
def test_a_price_of_many_is_the_price_of_one_times_many(price: Decimal, base: Decimal) -> None:
    row = Row(price=plain(price), after_price=f"<cbc:BaseQuantity>{plain(base)}</cbc:BaseQuantity>")

    line = read_ubl(a_document(rows=(row,)).encode()).facts.lines[0]

    assert abs(line.unit_price * base - price) <= base * Decimal("0.0000000001")
    assert int(line.unit_price.as_tuple().exponent) <= 0
