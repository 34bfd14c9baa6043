"""Codes by which files name people: proposed only of names that they can stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact_codes import is_code, proposed

LONGEST = 8


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Paper & Ink, Ltd", "PAPERINK"),
        ("A. B.", "AB"),
        ("3M Deutschland", "3MDEUTSC"),
        ("Bäckerei Row", None),
        ("株式会社", None),
        ("Paper & Ink 株式会社", "PAPERINK"),
        ("— · —", None),
        ("", None),
    ],
)
def test_a_code_is_proposed_of_names_in_plain_letters_only(name: str, code: str | None) -> None:
    assert proposed(name, LONGEST) == code


@given(st.text(max_size=40))
def test_what_is_proposed_stands_in_a_file_as_it_is(name: str) -> None:
    code = proposed(name, LONGEST)

    assert code is None or (is_code(code, LONGEST) and code == code.upper())


@pytest.mark.parametrize("code", ["", "TOOLONG01", "A B", "=A", "+44", "-A", "'A", "CAFÉ01", "A\n"])
def test_a_code_that_would_be_cut_off_or_changed_is_none(code: str) -> None:
    assert not is_code(code, LONGEST)
    assert is_code("cafe-01", LONGEST)
