"""What entries of a ledger's lists are called, and what is told where there is none."""

from bot.domain.books import Product
from bot.domain.naming import Called, not_there

INK, PAPER = (
    Product(provider_id="a", code="7", number="INK", name="Ink"),
    Product(provider_id="b", code="8", name="Ink"),
)


def test_a_number_is_surer_than_a_name_and_a_shared_name_is_nobodys() -> None:
    products = Called.of((INK, PAPER, Product(provider_id="c", code="9", name="INK")))

    assert products.called("ink") == INK
    assert Called.of((PAPER, Product(provider_id="c", code="9", name="Ink"))).called("ink") is None


def test_what_there_is_not_is_told_with_what_there_is() -> None:
    def told(*names: str) -> str:
        there = [Product(provider_id=name, code=name, name=name) for name in names]
        return not_there("live option of Region", "Nort", (), there)

    assert told() == "No live option of Region is called “Nort”. There is none."
    assert told("North") == "No live option of Region is called “Nort”. There is only North."
    assert told("North", "South") == "No live option of Region is called “Nort”. There are North and South."
    many = told(*(f"Street {number}" for number in range(20)), "Northern")
    assert "There are 21, such as Northern, Street 0, Street 1" in many


def test_what_several_are_called_is_told_with_what_tells_them_apart() -> None:
    told = not_there("live product of these books", "Ink", (INK, PAPER), ())

    assert told == "Which live product of these books is “Ink”? 2 are called so: write one of code 7 and code 8."
