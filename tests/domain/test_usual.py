"""What is unlike a supplier's other documents, and what makes an account a known one."""

from dataclasses import replace

import pytest

from bot.domain.documents import ItemKind, Party
from bot.domain.items import Item, ItemState
from bot.domain.usual import paid_elsewhere
from tests.domain.test_booking import an_item

OLD, NEW = "GB33 BUKB 2020 1555 5555 55", "LT121000011101001000"


def payable_to(account: str | None, state: ItemState = ItemState.PUBLISHED) -> Item:
    return replace(an_item(supplier=Party(name="Paper Ltd", bank_account=account)), state=state)


def test_another_account_than_the_one_that_was_approved_is_told_with_both() -> None:
    told = f"Payable to {NEW}; before it was {OLD}."

    assert paid_elsewhere(payable_to(NEW), [payable_to(OLD)]) == told
    assert paid_elsewhere(payable_to(NEW), [payable_to(NEW, ItemState.IN_APPROVAL), payable_to(OLD)]) == told
    undecided = payable_to("DE1", ItemState.IN_APPROVAL)
    assert paid_elsewhere(payable_to(NEW), [undecided, payable_to(None), payable_to(OLD)]) == told
    assert paid_elsewhere(payable_to(NEW), [payable_to(OLD, ItemState.TO_REVIEW)]) == told


@pytest.mark.parametrize(
    "before",
    [
        [],
        [payable_to(None)],
        [payable_to(NEW.lower())],
        [payable_to(" ".join(NEW), ItemState.IN_APPROVAL)],
        [payable_to(OLD), payable_to(NEW)],
        [payable_to(OLD, ItemState.REJECTED), payable_to(OLD, ItemState.ARCHIVED)],
    ],
)
def test_a_known_account_and_the_first_one_are_not_pointed_at(before: list[Item]) -> None:
    assert paid_elsewhere(payable_to(NEW), before) is None


def test_no_account_and_our_own_one_on_a_sale_are_not_pointed_at() -> None:
    assert paid_elsewhere(payable_to(None), [payable_to(OLD)]) is None
    assert paid_elsewhere(replace(payable_to(NEW), kind=ItemKind.SALE), [payable_to(OLD)]) is None
