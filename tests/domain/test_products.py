"""What a product brings to the line that names it."""

from dataclasses import replace

from bot.domain.book_rules import BookRules
from bot.domain.books import Product, Usually
from bot.domain.coding import CodedValue, Codes, LineCoding, Source
from bot.domain.documents import ItemKind
from bot.domain.editing import edit_of, edited
from bot.domain.ids import UserId
from bot.domain.products import not_to_stock, with_product
from tests.domain.test_booking import a_line, an_item

TONER = Product(
    provider_id="1",
    code="TONER",
    name="Toner",
    bought=Usually(account="461", tax_rate="INPUT2"),
    sold=Usually(account="200", tax_rate="OUTPUT2"),
)
STOCKED = replace(TONER, stock_account="630")


def test_it_brings_its_category_and_tax_rate_where_the_line_has_none() -> None:
    bare, own = Codes(product="TONER"), Codes(product="TONER", account="429")

    assert with_product(bare, TONER, ItemKind.COST) == Codes(product="TONER", account="461", tax_rate="INPUT2")
    assert with_product(bare, TONER, ItemKind.SALE) == Codes(product="TONER", account="200", tax_rate="OUTPUT2")
    assert with_product(own, TONER, ItemKind.COST) == Codes(product="TONER", account="429", tax_rate="INPUT2")
    assert with_product(own, replace(TONER, bought=None), ItemKind.COST) == own


def test_what_is_bought_for_stock_goes_to_the_account_of_the_stock() -> None:
    own = Codes(product="TONER", account="429")
    line = LineCoding(product=CodedValue(value="TONER", source=Source.PERSON))
    item = an_item(lines=(a_line("100.00"),))
    item = replace(item, coding=replace(item.coding, lines=(line,)))

    assert with_product(own, STOCKED, ItemKind.COST).account == "630"
    assert with_product(own, STOCKED, ItemKind.SALE).account == "429"
    (said,) = not_to_stock(item, {"TONER": STOCKED})
    assert said == "The ledger counts the stock of TONER · Toner, and takes what is bought of it on category 630 alone."
    assert not_to_stock(item, {"TONER": TONER}) == ()
    assert not_to_stock(item, {}) == ()
    assert not_to_stock(replace(item, kind=ItemKind.SALE), {"TONER": STOCKED}) == ()


def test_a_line_keeps_the_product_that_a_person_chose_and_can_lose_it() -> None:
    item = an_item(lines=(a_line("100.00"),))
    named = edited(item, replace(edit_of(item), lines=(Codes(product="TONER"),)), UserId("UBEN"))
    emptied = edited(named, replace(edit_of(named), lines=()), UserId("UDANA"))

    assert named.coding.lines[0].product == CodedValue(value="TONER", source=Source.PERSON, by="UBEN")
    assert edit_of(named).own_codes(0).product == "TONER"
    assert emptied.coding.own_codes(0).product is None
    assert emptied.coding.lines[0].product.beaten[0].value == "TONER"


def test_where_it_stands_in_the_place_of_a_category_it_brings_its_tax_rate_alone() -> None:
    rules = BookRules(sells_products=True)

    assert with_product(Codes(product="TONER"), TONER, ItemKind.SALE, rules) == Codes(
        product="TONER", tax_rate="OUTPUT2"
    )
    assert with_product(Codes(product="TONER"), TONER, ItemKind.COST, rules).account == "461"
