"""A list of items carries its search along, and takes back nothing else."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.browsing import ItemSearch
from bot.domain.money import to_stored
from bot.views.browsing import kept, search_of
from bot.views.metadata import NotOursError


def test_a_search_is_carried_along() -> None:
    search = ItemSearch(supplier="paper", amount=Decimal("120.00"), has_archive=True)

    assert search_of(kept(search)) == search


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1e99", "0.00001", "-1e30", "", "ten"])
def test_an_amount_that_no_document_has_is_not_ours(amount: str) -> None:
    with pytest.raises(NotOursError):
        search_of(f'{{"amount": "{amount}"}}')


@given(st.text())
def test_whatever_else_stands_there_is_not_ours_or_no_search(text: str) -> None:
    try:
        search = search_of(text)
    except NotOursError:
        return
    assert search.amount is None or to_stored(search.amount) is not None
