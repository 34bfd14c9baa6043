"""A bare sign of money is the organisation's own currency, where that has it."""

import pytest

from bot.domain.checks import check
from bot.domain.coding import Coding
from bot.domain.documents import FactField, Facts
from bot.domain.signs import OF_SIGN, in_own_currency
from bot.intake.reader import read
from bot.intake.result import Reading
from tests.intake.drawn import a_letter, a_text_pdf


def read_from(*rows: str) -> Facts:
    found = read(a_text_pdf(a_letter(*rows)))
    assert isinstance(found, Reading)
    return found.kept


@pytest.mark.parametrize(
    ("amount", "own", "other"),
    [("$120.00", "CAD", "GBP"), ("120.00 kr", "NOK", "EUR"), ("120.00 kr.", "DKK", "USD"), ("¥12000", "JPY", "SEK")],
)
def test_a_bare_sign_is_the_own_currency_as_read_and_else_left_empty_and_said(
    amount: str, own: str, other: str
) -> None:
    facts = read_from("Paper Ltd", "# Invoice", "Invoice number|A-1", "Invoice date|14 March 2026", f"Total|{amount}")
    assert facts.currency is None

    ours, theirs = in_own_currency(facts, own), in_own_currency(facts, other)

    assert (ours.currency, FactField.CURRENCY in ours.read) == (own, True)
    assert theirs.currency is None
    complaint = f"The currency is missing: its amounts are in {facts.currency_sign}, which may be of several countries."
    assert complaint in check(theirs, Coding())
    assert not any("currency" in complaint for complaint in check(ours, Coding()))


def test_what_names_its_currency_has_no_bare_sign() -> None:
    facts = read_from(
        "Paper Ltd", "# Invoice", "Invoice number|A-1", "Invoice date|14 March 2026", "Total (USD)|$120.00"
    )

    assert (facts.currency, facts.currency_sign) == ("USD", None)
    assert in_own_currency(facts, "CAD") is facts


def test_every_sign_means_several() -> None:
    assert all(len(codes) > 1 for codes in OF_SIGN.values())
