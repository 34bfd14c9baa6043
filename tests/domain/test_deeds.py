"""What somebody did about an item, as half a sentence."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.domain.coding import Codes, Coding
from bot.domain.deeds import deed
from bot.domain.documents import Line, Party
from bot.domain.editing import Edit, edit_of, edited
from bot.domain.ids import UserId
from bot.domain.items import Item
from bot.domain.settings import Destination, PaymentStatus
from tests.domain.test_booking import an_item

BEN = UserId("U1")


def after(before: Item, edit: Edit) -> Item:
    return edited(before, edit, BEN)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"payment_method": "m-1"}, "chose another payment method"),
        ({"codes": Codes(account="461")}, "chose another category"),
        ({"codes": Codes(tax_rate="INPUT2")}, "chose another tax rate"),
        ({"lines": (Codes(product="TONER"),)}, "chose another product"),
        ({"lines": (Codes(account="461", tax_rate="INPUT2"),)}, "edited it"),
        ({"publish_to": Destination.BANK_ACCOUNTS}, "chose another destination"),
        ({"publish_as": PaymentStatus.PAID}, "chose another status"),
        ({"contact": "c-1"}, "chose a contact of the ledger"),
        ({"contact": "c-1", "payment_method": "m-1"}, "edited it"),
    ],
)
def test_one_change_of_the_coding_is_named_and_several_are_an_edit(
    changes: dict[str, object], words: str | None
) -> None:
    line = Line(description="Paper", unit_price=Decimal("100.00"), net=Decimal("100.00"), tax=Decimal("20.00"))
    before = replace(an_item(lines=(line,)), coding=Coding())
    edit = replace(edit_of(before), **changes)  # type: ignore[arg-type]  # each is of its field's type

    assert deed(before, after(before, edit)) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "B-7"}, "changed the number"),
        ({"issued_on": date(2026, 4, 2)}, "changed the date"),
        ({"number": "B-7", "issued_on": date(2026, 4, 2)}, "edited it"),
        ({"supplier": Party(name="Another Ltd")}, "edited it"),
    ],
)
def test_one_change_of_what_the_document_says_is_named_where_it_has_a_plain_name(
    changes: dict[str, object], words: str
) -> None:
    before = an_item()
    facts = replace(before.facts, **changes)  # type: ignore[arg-type]  # each is of its field's type

    assert deed(before, after(before, replace(edit_of(before), facts=facts))) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"codes": Codes(account="461")}, "chose category 461"),
        ({"lines": (Codes(tax_rate="INPUT2"),)}, "chose tax rate INPUT2"),
        ({"codes": Codes(account="461"), "lines": (Codes(account="463"),)}, "chose another category"),
        ({"codes": Codes()}, None),
        ({"lines": (Codes(product="TONER"),)}, "chose another product"),
    ],
)
def test_what_was_chosen_by_its_code_is_named(changes: dict[str, object], words: str | None) -> None:
    line = Line(description="Paper", unit_price=Decimal("100.00"), net=Decimal("100.00"), tax=Decimal("20.00"))
    before = replace(an_item(lines=(line,)), coding=Coding())
    edit = replace(edit_of(before), **changes)  # type: ignore[arg-type]  # each is of its field's type

    assert deed(before, after(before, edit), lambda name, code: f"{name} {code}") == words
