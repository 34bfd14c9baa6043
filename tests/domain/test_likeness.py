"""Which contact a document means that writes its name in another way, and when that is left open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.books import Contact
from bot.domain.documents import Party
from bot.domain.likeness import APART, Strictness, could_be_like, likeness, nearest
from bot.domain.parties import CompanyName

names = st.lists(st.text("abcdé 1.&", min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)


def alike(one: str, other: str) -> int:
    return likeness(CompanyName.of(one), CompanyName.of(other))


def contact(name: str, tax_number: str | None = None) -> Contact:
    return Contact(provider_id=f"{name} {tax_number}", name=name, is_supplier=True, tax_number=tax_number)


def meant(
    name: str, *contacts: Contact, tax: str | None = None, strictness: Strictness = Strictness.USUAL
) -> str | None:
    found = nearest(Party(name=name, tax_number=tax), contacts, strictness)
    return None if found is None else found.contact.name


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("Acme Limited", "ACME Ltd.", 100),
        ("Acme Ltd", "Acme", 100),
        ("Paper Mill", "Papermill Ltd", 100),
        ("Söhne & Müller", "Muller Sohne GmbH", 100),
        ("Central Copiers", "Central Copeirs", 92),
        ("Vodafone UK", "Vodafone", 88),
        ("Gable Print", "Gable Paint", 90),
        ("Acme", "Acme Stationery Supplies", 30),
        ("Acme Ltd", "Acme GmbH", 0),
        ("Shop 12", "Shop 13", 0),
        ("Ltd", "", 0),
    ],
)
def test_how_like_two_names_are(one: str, other: str, percent: int) -> None:
    assert alike(one, other) == alike(other, one) == percent


@given(names, names)
def test_likeness_is_the_same_either_way_and_full_for_the_same_name_alone(one: str, other: str) -> None:
    first, second = CompanyName.of(one), CompanyName.of(other)

    assert likeness(first, second) == likeness(second, first)
    assert 0 <= likeness(first, second) <= 100
    if first.core:
        assert likeness(first, first) == 100
    if likeness(first, second) == 100:
        assert sorted(first.core.replace(" ", "")) == sorted(second.core.replace(" ", ""))


@given(names, names, st.sampled_from(list(Strictness)))
def test_who_is_like_enough_is_never_passed_over_by_the_quick_look(
    one: str, other: str, strictness: Strictness
) -> None:
    first, second = CompanyName.of(one), CompanyName.of(other)

    if likeness(first, second) >= strictness.least:
        assert could_be_like(first, strictness.least)(second.core)


@given(names, st.lists(names, max_size=6), st.sampled_from(list(Strictness)))
def test_one_is_suggested_that_is_like_enough_and_none_beside_another_as_near(
    name: str, known: list[str], strictness: Strictness
) -> None:
    contacts = [Contact(provider_id=str(place), name=each) for place, each in enumerate(known)]

    found = nearest(Party(name=name), contacts, strictness)

    percents = sorted((alike(name, each) for each in known), reverse=True)
    is_alone = (
        bool(percents) and percents[0] >= strictness.least and all(percents[0] - APART >= each for each in percents[1:])
    )
    assert (found is not None) == is_alone
    if found is not None:
        assert found.likeness.percent == percents[0] == alike(name, found.contact.name)


def test_the_tax_number_says_it_first_and_another_one_excludes() -> None:
    acme, other = contact("Acme Ltd", "GB123456789"), contact("Zebra Trading", "987 6543 21")

    assert meant("Acme Ltd", acme, other, tax="GB987654321") == "Zebra Trading"
    assert meant("Acme Limited", acme, tax="GB111222333") is None
    assert meant("Acme Limited", acme, tax="123456789") == "Acme Ltd"
    assert meant("Acme Limited", contact("Acme Ltd"), tax="GB111222333") == "Acme Ltd"
    assert meant("Whoever", other, contact("Zebra Rentals", "GB987654321"), tax="GB987654321") is None, "it has two"


def test_of_two_as_near_neither_is_meant_and_how_near_is_enough_is_for_the_organisation() -> None:
    assert meant("Gable Plint", contact("Gable Print"), contact("Gable Paint")) is None
    assert meant("Acme Limited", contact("Acme Ltd"), contact("ACME")) is None
    near = contact("Jonson")
    found = [meant("Johnson", near, strictness=strictness) for strictness in Strictness]
    assert found == [None, None, "Jonson"]
