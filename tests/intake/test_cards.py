"""Which card something was paid with, as pages and e-invoices tell it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import PaidWith
from bot.intake.cards import card_in, card_of
from bot.intake.cii import read_cii
from bot.intake.ubl import read_ubl
from bot.playground.samples.bills import BILLS
from bot.playground.samples.e_invoices import as_cii
from tests.intake.documents import a_document

DIGITS = st.from_regex(r"[0-9]{4}", fullmatch=True)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("VISA **** **** **** 4242", ("4242", "Visa")),
        ("Visa ending in 4242", ("4242", "Visa")),
        ("Card: XXXXXXXXXXXX1234", ("1234", None)),
        ("Debit Mastercard ••••1881  45.00", ("1881", "Mastercard")),
        ("Card number 424242******4343", ("4343", None)),
        ("Kreditkarte endet auf 0007", ("0007", None)),
        ("Carte bancaire **** 1234", ("1234", None)),
        ("American Express ending with 1005", ("1005", "American Express")),
    ],
)
def test_the_last_digits_of_a_card_are_read(row: str, expected: tuple[str, str | None]) -> None:
    digits, network = expected

    assert card_in(["Paper & Ink Ltd", row, "Total 45.00"]) == PaidWith(last_digits=digits, network=network)


@pytest.mark.parametrize(
    "row",
    [
        "IBAN DE** **** 1234",
        "Account ending in 1234",
        "Paid by card 12.50",
        "Visa 12.50",
        "Visa fee ****12345",
        "Card expires 1225",
        "Order ****1234",
        "Visa **** 12.50",
    ],
)
def test_what_is_no_card_is_not_taken_for_one(row: str) -> None:
    assert card_in([row]) is None


def test_of_two_cards_neither_is_taken_and_one_that_is_named_twice_is_one() -> None:
    assert card_in(["Visa ****1111", "Visa ****2222"]) is None
    assert card_in(["Visa ****1111", "Card ending in 1111"]) == PaidWith(last_digits="1111", network="Visa")


@given(digits=DIGITS, sign=st.sampled_from("*xX•"), count=st.integers(2, 12), apart=st.sampled_from(["", " ", "-"]))
def test_however_it_is_hidden_the_last_four_are_those_that_stand_there(
    digits: str, sign: str, count: int, apart: str
) -> None:
    assert card_in([f"Visa {sign * count}{apart}{digits}"]) == PaidWith(last_digits=digits, network="Visa")


@given(st.text(max_size=400))
def test_no_row_breaks_the_reading(text: str) -> None:
    found = card_in([text, f"visa {text}"])

    assert found is None or (len(found.last_digits) == 4 and found.last_digits.isascii())


def test_an_e_invoice_states_its_card() -> None:
    means = (
        "<cac:PaymentMeans><cbc:PaymentMeansCode>48</cbc:PaymentMeansCode><cac:CardAccount>"
        "<cbc:PrimaryAccountNumberID>XXXXXXXXXXXX4242</cbc:PrimaryAccountNumberID><cbc:NetworkID>VISA</cbc:NetworkID>"
        "</cac:CardAccount></cac:PaymentMeans>"
    )

    assert read_ubl(a_document(extra=means).encode()).facts.paid_with == PaidWith(last_digits="4242", network="Visa")
    assert read_ubl(a_document().encode()).facts.paid_with is None


def test_a_cross_industry_invoice_states_its_card() -> None:
    settlement = b"<ram:ApplicableHeaderTradeSettlement>"
    means = (
        b"<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode><ram:ApplicableTradeSettlementFinancialCard>"
        b"<ram:ID>4242</ram:ID></ram:ApplicableTradeSettlementFinancialCard></ram:SpecifiedTradeSettlementPaymentMeans>"
    )
    document = as_cii(next(iter(BILLS.values())))
    assert settlement in document

    read = read_cii(document.replace(settlement, settlement + means, 1))

    assert read.facts.paid_with == PaidWith(last_digits="4242")


def test_a_number_without_its_last_digits_is_none() -> None:
    assert card_of("XXXX", "VISA") is None
    assert card_of(None, "VISA") is None
