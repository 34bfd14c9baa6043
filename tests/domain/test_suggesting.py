"""What is suggested for lines where nobody has chosen."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.books import TaxRate
from bot.domain.coding import CodedValue, Coding, LineCoding, Source
from bot.domain.documents import Facts, Line
from bot.domain.suggesting import named_by_lines, products_by_name, rates_by_percent, rates_by_tax

D = Decimal
TAX = TaxRate(code="TAX", name="Sales tax", percent=None)
NON = TaxRate(code="NON", name="Not taxed", percent=D(0))
FACTS = Facts(
    net=D(100),
    tax=D(6),
    gross=D(106),
    lines=(
        Line(description="Paper", unit_price=D(60), net=D(60), tax=D(6)),
        Line(description="Books", unit_price=D(40), net=D(40), tax=D(0)),
    ),
)


def codes(coding: Coding) -> list[str | None]:
    return [line.tax_rate.value for line in coding.lines]


def test_a_line_without_a_percentage_is_not_taken_for_one_of_a_rate_without_any() -> None:
    assert codes(rates_by_percent(FACTS, Coding(), (TAX, NON))) == [None, None]


def test_a_line_that_states_nothing_of_tax_in_per_cent_is_given_no_rate_of_nothing_though_there_is_only_one() -> None:
    """Zero rated, exempt, outside the scope and reverse charge are all of 0 %, and stand elsewhere on a return."""
    standard, exempt = (
        TaxRate(code="T1", name="Standard", percent=D(20)),
        TaxRate(code="T0", name="Exempt", percent=D(0)),
    )
    paper, books = FACTS.lines
    facts = replace(FACTS, lines=(replace(paper, tax_percent=D(20)), replace(books, tax_percent=D(0))))
    usual = Coding(tax_rate=CodedValue(value="T0", source=Source.DEFAULT_TAX))

    assert codes(rates_by_percent(facts, Coding(), (standard, exempt))) == ["T1", None]
    assert codes(rates_by_percent(facts, usual, (standard, exempt))) == ["T1", "T0"], "what it has as a whole"


def test_a_line_is_taxed_or_not_where_the_ledger_works_out_how_much() -> None:
    assert codes(rates_by_tax(FACTS, Coding(), (TAX, NON))) == ["TAX", "NON"]


def test_what_the_line_has_from_the_item_is_not_suggested_again() -> None:
    usual = Coding(tax_rate=CodedValue(value="TAX", source=Source.DEFAULT_TAX))

    assert codes(rates_by_tax(FACTS, usual, (TAX, NON))) == [None, "NON"]


def test_nothing_is_suggested_over_a_choice_or_where_several_could_be_meant() -> None:
    chosen = Coding(tax_rate=CodedValue(value="TAX", source=Source.PERSON))
    other = TaxRate(code="CITY", name="City tax", percent=None)

    assert rates_by_tax(FACTS, chosen, (TAX, NON)) == chosen
    assert rates_by_tax(FACTS, Coding(), (TAX, other, NON)) == Coding()


def test_lines_have_the_products_that_they_are_called_by_where_nobody_chose_one() -> None:
    chosen = Coding(product=CodedValue(value="INK", source=Source.PERSON))
    own = Coding(lines=(LineCoding(product=CodedValue(value="INK", source=Source.PERSON)),))

    assert named_by_lines(FACTS, Coding()) == {"Paper": [0], "Books": [1]}
    assert named_by_lines(FACTS, own) == {"Books": [1]}
    assert named_by_lines(FACTS, chosen) == {}
    after = products_by_name(FACTS, Coding(), {"Books": "BOOK"})
    assert [(line.product.value, line.product.source) for line in after.lines] == [
        (None, Source.NOTHING),
        ("BOOK", Source.SUGGESTION),
    ]
