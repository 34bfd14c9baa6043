"""The form of an item: what is drawn is what is read back, and what is wrong is said at its field."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.domain.books import Account, AccountClass, TaxRate
from bot.domain.coding import Codes
from bot.domain.documents import Facts, Line, LineAmounts, Party
from bot.domain.editing import Edit
from bot.domain.forms import ItemPage
from bot.domain.ids import OrganisationId
from bot.views import item_form
from bot.views.ids import BlockId
from bot.views.item_added import added
from bot.views.metadata import FormRef
from tests.playground.kit import faults_of
from tests.views.test_items import a_card, an_item, the_facts

ACCOUNT = Account(provider_id="a", code="429", name="General Expenses", account_class=AccountClass.EXPENSE)
RATE = TaxRate(code="INPUT2", name="20% (VAT on Expenses)", percent=Decimal(20))
PAGE = ItemPage(
    organisation_id=OrganisationId(UUID(int=3)),
    organisation="Northwind Ltd",
    currency="GBP",
    accounts={"429": ACCOUNT},
    tax_rates={"INPUT2": RATE},
    usual_account="429",
)
words = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60)
cents = st.integers(min_value=0, max_value=10**9).map(lambda number: Decimal(number) / 100)
lines = st.builds(
    lambda net: Line(description="Thing", unit_price=net, net=net), cents.map(lambda net: net.quantize(Decimal("0.01")))
)


rates = st.decimals("0.000001", "1000000", places=6)


@st.composite
def facts_of(draw: st.DrawFn) -> Facts:
    """Facts that add up, as a document or a form gives them."""
    rows = tuple(draw(st.lists(lines, max_size=4)))
    net = sum((line.net for line in rows), Decimal(0)) if rows else draw(cents)
    tax = draw(st.none() | cents)
    currency, rate = draw(st.sampled_from(["GBP", "EUR", "USD"])), draw(st.none() | rates)
    return Facts(
        supplier=Party(name=draw(words), bank_account=draw(st.none() | words)),
        number=draw(words),
        issued_on=draw(st.dates(date(2000, 1, 1), date(2030, 1, 1))),
        due_on=draw(st.none() | st.dates(date(2030, 1, 2), date(2040, 1, 1))),
        currency=currency,
        currency_rate=rate,
        rate_currency=None if rate is None else draw(st.sampled_from(["GBP", "CHF"])),
        net=net,
        tax=tax,
        gross=net + (tax or Decimal(0)),
        lines=rows,
        note=draw(st.none() | words),
    )


def state_of(view: View, **changes: str | None) -> dict[str, Any]:
    """What Slack sends when a form is submitted as it stands, but for these fields."""
    state: dict[str, Any] = {}
    for block in view.to_dict()["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        typed = changes.get(name, element.get("initial_value"))
        entry = {
            "plain_text_input": {"value": typed},
            "datepicker": {"selected_date": changes.get(name, element.get("initial_date"))},
            "external_select": {"selected_option": element.get("initial_option")},
            "static_select": {"selected_option": _option(changes.get(name)) or element.get("initial_option")},
        }[element["type"]]
        state[name] = {element["action_id"]: {"type": element["type"], **entry}}
    return state


def _option(value: str | None) -> dict[str, str] | None:
    return None if value is None else {"value": value}


def page_of(facts: Facts) -> ItemPage:
    return replace(PAGE, item=an_item(facts=facts))


def read(state: dict[str, Any], page: ItemPage) -> Edit:
    found = item_form.read(state, page)
    assert found.wrong == {}
    return found.edit


@given(facts_of().filter(lambda facts: facts.gross is not None and facts.gross > 0))
def test_a_form_that_nobody_touched_changes_nothing(facts: Facts) -> None:
    page = page_of(facts)

    assert read(state_of(item_form.form(page)), page) == page.edit


@given(facts_of().filter(lambda facts: facts.gross is not None and facts.gross > 0), words)
def test_one_changed_field_changes_nothing_else(facts: Facts, number: str) -> None:
    page = page_of(facts)

    edit = read(state_of(item_form.form(page), number=number), page)

    assert edit == replace(page.edit, facts=replace(facts, number=number.strip()))


def test_a_new_form_begins_with_the_organisations_currency_and_says_what_empty_means(shared: Path) -> None:
    form = item_form.form(PAGE)
    shown = str(form.to_dict())

    assert faults_of(shared, "ModalView", form.to_dict()) == []
    assert shown.index("Northwind Ltd") < shown.index("Supplier")
    assert "If you leave it empty: 429 · General Expenses" in shown
    assert "There is no default" in shown
    assert "Leave empty if the total includes no tax, whatever the tax rate." in shown
    with_default = str(item_form.form(replace(PAGE, usual_tax_rate="INPUT2")).to_dict())
    assert "The amount of tax is the one you type above" in with_default
    assert FormRef.decode(str(form.private_metadata)) == FormRef(PAGE.organisation_id)


def test_the_rate_is_asked_for_where_the_books_are_kept_in_another_currency_and_belongs_to_one() -> None:
    in_euros = page_of(replace(the_facts(), currency="EUR", currency_rate=Decimal("1.17"), rate_currency="GBP"))
    form, field = item_form.form(in_euros), f"{BlockId.CURRENCY_RATE}:EUR"

    typed = read(state_of(form, **{field: "1.2"}), in_euros).facts
    emptied = read(state_of(form, **{field: None}), in_euros).facts
    in_dollars = read(state_of(form, **{BlockId.CURRENCY: "usd"}), in_euros).facts
    wrong = [
        item_form.read(state_of(form, **{field: rate}), in_euros).wrong for rate in ("-1", "0", "1,168", "a", "1e3")
    ]

    assert "Exchange rate: EUR for 1 GBP" in str(form.to_dict())
    assert "Exchange rate" not in str(item_form.form(page_of(the_facts())).to_dict())
    assert (typed.currency_rate, typed.rate_currency) == (Decimal("1.2"), "GBP")
    assert (emptied.currency_rate, emptied.rate_currency) == (None, None)
    assert (in_dollars.currency, in_dollars.currency_rate) == ("USD", None)
    assert [list(each) for each in wrong] == [[field]] * 5
    assert read(state_of(form, **{field: "1,17"}), in_euros).facts == in_euros.edit.facts


def test_an_edit_names_the_version_it_was_drawn_from() -> None:
    item = an_item()

    form = item_form.form(replace(PAGE, item=item))

    assert FormRef.decode(str(form.private_metadata)).item.version == item.version
    assert "Edit B-1001" in str(form.to_dict()["title"])


def test_net_is_what_lies_between_total_and_tax() -> None:
    page = page_of(the_facts())

    facts = read(state_of(item_form.form(page), gross="1,234.50", tax="34,50"), page).facts

    assert (facts.net, facts.tax, facts.gross) == (Decimal("1200.00"), Decimal("34.50"), Decimal("1234.50"))


def test_an_empty_tax_is_no_tax() -> None:
    page = page_of(the_facts())

    facts = read(state_of(item_form.form(page), tax=None), page).facts

    assert (facts.net, facts.tax, facts.gross) == (Decimal("120.00"), Decimal("0.00"), Decimal("120.00"))


def test_new_amounts_replace_the_lines_that_would_contradict_them() -> None:
    line = Line(description="Paper", unit_price=Decimal(100), net=Decimal(100))
    page = page_of(replace(the_facts(), lines=(line,)))
    form = item_form.form(page)

    assert read(state_of(form), page).facts.lines == (line,)
    assert read(state_of(form, gross="240.00"), page).facts.lines == ()


def test_another_supplier_does_not_keep_the_first_ones_bank_account() -> None:
    page = page_of(the_facts())

    edit = read(state_of(item_form.form(page), supplier="Somebody Else"), page)

    assert edit.facts.supplier == Party(name="Somebody Else")


@pytest.mark.parametrize(
    ("changes", "blocks"),
    [
        ({"gross": "x", "tax": "y", "currency": "1"}, {BlockId.GROSS, BlockId.TAX, BlockId.CURRENCY}),
        ({"gross": None}, {BlockId.GROSS}),
        ({"gross": "10.00"}, {BlockId.TAX}),
        ({"tax": "-1"}, {BlockId.TAX}),
        ({"currency": "GBPP"}, {BlockId.CURRENCY}),
        ({"due_on": "2026-02-28"}, {BlockId.DUE_ON}),
        ({"supplier": None}, {BlockId.SUPPLIER}),
        ({"line_amounts": "no_tax"}, {BlockId.TAX}),
    ],
)
def test_every_mistake_is_said_at_once_each_at_its_field(changes: dict[str, str | None], blocks: set[BlockId]) -> None:
    page = page_of(the_facts())

    found = item_form.read(state_of(item_form.form(page), **changes), page)

    assert set(found.wrong) == blocks


def test_a_form_that_lost_every_field_is_refused_and_not_an_error() -> None:
    assert item_form.read({}, PAGE).wrong


def test_what_somebody_else_changed_meanwhile_is_named(shared: Path) -> None:
    lines = (Line(description="Paper", unit_price=Decimal(1180), net=Decimal(1180)),)
    now = page_of(replace(the_facts(), gross=Decimal("1200.00"), net=Decimal("1180.00"), lines=lines))
    mine = Edit(
        facts=replace(the_facts(), number="INV-2", line_amounts=LineAmounts.INCLUSIVE), codes=Codes(account="461")
    )

    form = item_form.form(replace(now, typed=mine), is_stale=True)

    assert faults_of(shared, "ModalView", form.to_dict()) == []
    shown = str(form.to_dict())
    assert "total: 1,200.00 GBP" in shown
    assert "number: INV-1" in shown
    assert "'initial_value': 'INV-2'" in shown
    assert "category: 429 · General Expenses" in shown
    assert "tax rate: 20% (VAT on Expenses)" in shown
    assert "amounts on the lines: tax exclusive" in shown
    assert "line 1: Paper: 1,180.00" in shown


def test_the_form_says_where_the_new_card_is() -> None:
    card = a_card(an_item())

    assert "your messages with me" in str(added(card).to_dict())
    assert "<#C1>" in str(added(replace(card, channel="C1")).to_dict())  # type: ignore[arg-type] # a plain id
