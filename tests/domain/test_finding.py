"""What is typed is compared without accents, case and signs, by whole beginnings of words in any order."""

from dataclasses import replace

import pytest

from bot.domain.books import Account, AccountClass, Product
from bot.domain.finding import MOST_WORDS, Place, Query, found_by, search_text, words
from tests.services.listed import account


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Café Noir", "cafe"),
        ("Straßenbau", "strassenbau"),
        ("STRASSENBAU", "Straßen"),
        ("Łódź Transport", "lodz"),
        ("Bjørn & Søn", "bjorn son"),
        ("O'Brien Ltd", "obrien"),
        ("O’Brien Ltd", "o'brien"),
        ("İstanbul Ticaret", "istanbul"),
        ("Ærø Færge", "aero faerge"),
        ("7-Eleven", "7 eleven"),
        ("ＡＣＭＥ ﬁnance", "acme finance"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("Ελλάδα", "ελλαδα"),
        ("東京電力", "東京"),
    ],
)
def test_accents_case_and_signs_do_not_count(name: str, typed: str) -> None:
    assert Query.of(typed).place_in(search_text("", name)) is Place.NAME


@pytest.mark.parametrize("typed", ["exp gen", "GENERAL, expenses", "429 · gen", "expenses 429", "e g 4"])
def test_words_are_typed_in_any_order(typed: str) -> None:
    assert Query.of(typed).place_in(search_text("429", "General Expenses")) is not None


def test_a_code_is_nearer_than_a_name_and_a_name_than_a_word() -> None:
    of = search_text("42-9", "Rent 429")

    places = [Query.of(typed).place_in(of) for typed in ("42", "rent", "429", "eneral")]

    assert places == [Place.CODE, Place.NAME, Place.WORD, None]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "🧾" * 50, "'", "\u0301", "\x00"])
def test_a_sign_alone_means_nothing(typed: str) -> None:
    assert Query.of(typed).place_in(search_text("50%", "Fifty %")) is None


def test_nothing_typed_means_everything() -> None:
    assert Query.of("  ").place_in(search_text("", "***")) is Place.NAME


def test_of_a_whole_page_typed_only_the_first_words_count() -> None:
    assert len(Query.of("word " * 1000).words) == MOST_WORDS


def test_what_no_form_offers_is_found_by_nothing() -> None:
    assert found_by(account("090", "Bank", is_bank=True)) == ""
    assert Query.of("").place_in("") is None


def test_plain_text_is_folded_as_all_other_text_is() -> None:
    """The quick way for ASCII has to come to the same."""
    for text in ("Costs 5 (GENERAL)", "a_b'c`d", "x\ty\nz", "50%"):
        assert words(text) == words(f"{text} é")[:-1]


NUMBERED = Account(
    provider_id="28", code="28", number="1280", name="Office Supplies", account_class=AccountClass.EXPENSE
)


def test_an_account_is_found_by_what_people_know_it_by_and_not_by_what_documents_refer_to() -> None:
    assert Query.of("1280").place_in(found_by(NUMBERED)) is Place.CODE
    assert Query.of("28").place_in(found_by(NUMBERED)) is None
    assert NUMBERED.label == "1280 · Office Supplies"
    assert replace(NUMBERED, number="").label == "Office Supplies"
    assert replace(NUMBERED, number=None).label == "28 · Office Supplies"


def test_a_product_is_known_by_its_number_where_it_has_one() -> None:
    product = Product(provider_id="1", code="1", name="Consulting", number="")

    assert (product.label, found_by(product)) == ("Consulting", search_text("", "Consulting"))
    assert replace(product, number="C-1").label == "C-1 · Consulting"
    assert replace(product, number=None).label == "1 · Consulting"
