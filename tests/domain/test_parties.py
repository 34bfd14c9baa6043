"""Who is the same company, and whose books a document is for: by table, and whatever names and numbers there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.addressing import Addressed, addressed
from bot.domain.books import Books
from bot.domain.documents import Facts, Party
from bot.domain.parties import CompanyName, TaxNumber, is_same_company, name_key, number_key, tax_key

OURS = Books(
    provider_id="t",
    name="Northwind Trading Ltd",
    legal_name="Northwind Trading (UK) Limited",
    tax_number="GB 245 7193 48",
    base_currency="GBP",
)
US, OTHER, THIRD = Party(name="Northwind Trading Ltd"), Party(name="Paper & Ink GmbH"), Party(name="Else Ltd")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Paper & Ink Ltd", "PAPER AND INK LIMITED", True),
        ("Müller & Söhne GmbH", "Mueller & Soehne GmbH", False),
        ("Müller GmbH", "MULLER G.m.b.H.", True),
        ("Acme Ltd", "Acme GmbH", False),
        ("Acme Ltd", "Acme", True),
        ("Acme GmbH", "Acme GmbH & Co. KG", False),
        ("Acme Pty Ltd", "Acme Ltd", False),
        ("Società Foo S.p.A.", "SOCIETA FOO SPA", True),
        ("Acme UK Ltd", "Acme Ltd", False),
        ("Ltd", "Limited", False),
        ("Northwind Trading Ltd", "Northwind Traders Ltd", False),
        ("", "", False),
    ],
)
def test_a_name_is_compared_by_all_but_its_spelling(*, one: str, other: str, is_same: bool) -> None:
    assert CompanyName.of(one).is_same_as(CompanyName.of(other)) is is_same
    assert CompanyName.of(other).is_same_as(CompanyName.of(one)) is is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("GB245719348", "GB 245 7193 48", True),
        ("245719348", "GB245.719.348", True),
        ("EL123456789", "GR123456789", True),
        ("CHE-123.456.789 MWST", "CHE123456789", True),
        ("DE123456789", "GB123456789", False),
        ("IE6388047V", "IE6388047W", False),
    ],
)
def test_a_tax_number_is_compared_without_signs_and_with_or_without_its_country(
    *, one: str, other: str, is_same: bool
) -> None:
    numbers = TaxNumber.of(one), TaxNumber.of(other)
    assert numbers[0] is not None
    assert numbers[1] is not None
    assert numbers[0].is_same_as(numbers[1]) is is_same


@pytest.mark.parametrize("nothing", ["", "n/a", "none", "-", "1234", "VATREGISTERED"])
def test_what_is_no_tax_number_compares_with_nothing(nothing: str) -> None:
    assert TaxNumber.of(nothing) is None


def test_a_number_is_its_letters_and_digits() -> None:
    assert number_key("INV-0012/A") == number_key(" inv 0012a") == "inv0012a"
    assert number_key("--") is None
    assert number_key("INV-1") != number_key("INV-10")


@pytest.mark.parametrize(
    ("seller", "buyer", "found"),
    [
        (OTHER, US, Addressed.TO_US),
        (OTHER, Party(name="NORTHWIND TRADING (UK) LTD."), Addressed.TO_US),
        (US, OTHER, Addressed.ISSUED_BY_US),
        (OTHER, THIRD, Addressed.ELSEWHERE),
        (OTHER, Party(), Addressed.UNSTATED),
        (Party(), Party(), Addressed.UNSTATED),
        (US, Party(), Addressed.ISSUED_BY_US),
        (US, US, Addressed.TO_US),
        (OTHER, Party(name="Northwind", tax_number="245719348"), Addressed.TO_US),
        (OTHER, Party(name="Northwind Trading Ltd", tax_number="GB999999999"), Addressed.ELSEWHERE),
        (OTHER, Party(name="Northwind Trading Ltd", tax_number="DE999999999"), Addressed.TO_US),
        (OTHER, Party(tax_number="GB999999999"), Addressed.ELSEWHERE),
        (OTHER, Party(tax_number="999999999"), Addressed.UNSTATED),
    ],
)
def test_whose_books_a_document_is_for(seller: Party, buyer: Party, found: Addressed) -> None:
    assert addressed(Facts(supplier=seller, buyer=buyer), OURS) is found


NAMES = st.text(max_size=200)


@given(NAMES, NAMES)
def test_being_the_same_company_goes_both_ways_and_has_one_key(one: str, other: str) -> None:
    parties = Party(name=one), Party(name=other)
    assert is_same_company(*parties) == is_same_company(*reversed(parties))
    if is_same_company(*parties):
        assert name_key(one) == name_key(other)


@given(st.text(min_size=1, max_size=300), st.text(max_size=60))
def test_keys_fit_their_columns_and_are_their_own_keys(name: str, number: str) -> None:
    for key, made in ((name_key(name), name_key), (tax_key(number), None), (number_key(number), number_key)):
        if key is not None:
            assert 0 < len(key) <= 120
            key.encode()
        if key is not None and made is number_key:
            assert number_key(key) == key


@given(st.from_regex(r"[A-Z]{2}[0-9]{8,12}", fullmatch=True), st.sampled_from([" ", ".", "-", "/"]))
def test_signs_in_a_tax_number_do_not_count(number: str, sign: str) -> None:
    assert tax_key(sign.join(number)) == tax_key(number)
