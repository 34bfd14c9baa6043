"""What a sender states and what the file says are put together without making a document that nobody sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.documents import DocumentType, FactField, Facts, Line, Party, TaxSubtotal
from bot.domain.ingesting import Stated, completed

READ = Facts(
    document_type=DocumentType.CREDIT_NOTE,
    supplier=Party(name="Paper & Ink Ltd", tax_number="GB1", bank_account="GB33BUKB"),
    number="F-1",
    issued_on=date(2026, 3, 1),
    currency="GBP",
    net=Decimal(100),
    tax=Decimal(20),
    gross=Decimal(120),
    payable=Decimal(70),
    lines=(Line(description="Paper", unit_price=Decimal(100), net=Decimal(100)),),
    tax_breakdown=(TaxSubtotal(percent=Decimal(20), category="S", taxable=Decimal(100), tax=Decimal(20)),),
    read=frozenset({FactField.NUMBER, FactField.AMOUNTS, FactField.SUPPLIER}),
)


def of(**facts: object) -> Facts:
    return completed(Stated(facts=Facts(**facts)), READ)  # type: ignore[arg-type]  # fields by name


def test_what_is_not_stated_comes_from_the_file() -> None:
    assert completed(Stated(facts=Facts()), READ) == READ
    assert of(number="MINE").issued_on == READ.issued_on


def test_a_statement_wins_and_is_no_longer_a_guess() -> None:
    found = of(number="MINE")

    assert found.number == "MINE"
    assert found.read == {FactField.AMOUNTS, FactField.SUPPLIER}
    assert completed(Stated(facts=Facts(), document_type=DocumentType.INVOICE), READ).document_type == "invoice"


def test_the_same_payee_is_completed_and_another_ones_bank_account_is_not_taken() -> None:
    assert of(supplier=Party(name="paper &  ink LTD")).supplier.bank_account == "GB33BUKB"
    assert of(supplier=Party(name="Somebody Else Ltd")).supplier == Party(name="Somebody Else Ltd")
    assert of(supplier=Party(name="Paper & Ink Ltd", tax_number="GB2")).supplier.bank_account is None


def test_figures_that_agree_are_completed_and_others_come_without_the_files_lines() -> None:
    agreeing, other = of(gross=Decimal("120.00")), of(gross=Decimal(999))

    assert (agreeing.net, agreeing.tax, agreeing.lines) == (READ.net, READ.tax, READ.lines)
    assert (other.gross, other.net, other.tax, other.payable) == (Decimal(999), None, None, None)
    assert (other.lines, other.tax_breakdown) == ((), ())


def test_a_rate_goes_with_its_currency() -> None:
    read = replace(READ, currency="EUR", currency_rate=Decimal("1.2"), rate_currency="GBP")

    def with_file(**facts: object) -> Facts:
        return completed(Stated(facts=Facts(**facts)), read)  # type: ignore[arg-type]  # fields by name

    assert with_file(currency="EUR").currency_rate == Decimal("1.2")
    assert with_file(currency="USD").currency_rate is None
    stated = with_file(currency_rate=Decimal("1.3"))
    assert (stated.currency, stated.currency_rate, stated.rate_currency) == ("EUR", Decimal("1.3"), None)


def test_stated_lines_take_the_place_of_the_files() -> None:
    own = (Line(description="Own", unit_price=Decimal(100), net=Decimal(100)),)

    assert of(lines=own).lines == own
    assert of(lines=own).gross == READ.gross


FIGURE = st.none() | st.decimals(min_value=-1000, max_value=1000, places=2)


@given(FIGURE, FIGURE, FIGURE)
def test_every_figure_that_is_stated_stands_and_none_is_mixed_with_one_that_contradicts_it(
    net: Decimal | None, tax: Decimal | None, gross: Decimal | None
) -> None:
    found = of(net=net, tax=tax, gross=gross)
    stated = {"net": net, "tax": tax, "gross": gross}

    assert all(getattr(found, name) == value for name, value in stated.items() if value is not None)
    if any(value not in (None, getattr(READ, name)) for name, value in stated.items()):
        assert {name: getattr(found, name) for name in stated} == stated


def test_what_the_file_alone_says_of_a_stated_payee_or_total_is_still_to_be_looked_at() -> None:
    found = of(supplier=Party(name="paper & ink ltd"), gross=READ.gross)
    whole = of(supplier=READ.supplier, net=READ.net, tax=READ.tax, gross=READ.gross)

    assert found.supplier.bank_account == "GB33BUKB"
    assert found.read == READ.read
    assert whole.read == {FactField.NUMBER}
