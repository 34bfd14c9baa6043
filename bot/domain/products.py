"""What follows from the product that a line names."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.booking import single_line
from bot.domain.books import Product, Usually
from bot.domain.coding import CodedValue, Codes, Coding, LineCoding, Source
from bot.domain.documents import ItemKind, Line
from bot.domain.items import Item


def with_product(codes: Codes, product: Product, kind: ItemKind, rules: BookRules = USUAL_RULES) -> Codes:
    """A line's own codes, and where it has none, those that the ledger has for the product. What it counts the stock of
    goes to the account of the stock when it is bought, as the ledger would take no other. Where the books have a product in
    the place of a category, the ledger books it itself.
    """
    is_sale = kind is ItemKind.SALE
    usual = product.usually(is_sale=is_sale)
    if usual is None:
        return codes
    if rules.asks_product(kind):
        return replace(codes, tax_rate=codes.tax_rate or usual.tax_rate)
    is_stock = product.stock_account is not None and not is_sale
    account = usual.account if is_stock else codes.account or usual.account
    return replace(codes, account=account, tax_rate=codes.tax_rate or usual.tax_rate)


def not_to_stock(item: Item, products: Mapping[str, Product]) -> tuple[str, ...]:
    """A sentence for each product whose stock is counted, and that is bought on another account than that of its stock."""
    if item.kind is ItemKind.SALE:
        return ()
    lines = [item.coding.codes_at(place) for place in range(len(item.facts.lines))]
    named = [(codes.account, products.get(codes.product or "")) for codes in lines]
    wrong = {each.code: each for account, each in named if each and each.stock_account not in (None, account)}
    return tuple(
        f"The ledger counts the stock of {each.label}, and takes what is bought of it on category {each.stock_account} alone."
        for each in wrong.values()
    )


NOWHERE = "It came with a product, which stands on a line, and has no amounts to make a line of: choose the product in Edit, under Lines."


def on_its_lines(item: Item, rules: BookRules) -> Item:
    """What was sent for the whole document is of each line that names no product, where books have a product on lines alone. A
    document without lines has one of all there is.
    """
    coding, product = item.coding, item.coding.product
    if product.source is not Source.DOOR or rules.asks_product(item.kind):
        return item
    facts, coding = item.facts, replace(coding, product=CodedValue())
    if not facts.lines:
        if facts.before_tax is None:
            return replace(item, facts=replace(facts, warnings=(*facts.warnings, NOWHERE)), coding=coding)
        facts = replace(facts, lines=(replace(single_line(facts, facts.before_tax), tax=facts.tax),))
    lines = [
        line if line.product.value is not None else replace(line, product=product)
        for line in _line_codings(replace(item, facts=facts))
    ]
    return replace(item, facts=facts, coding=replace(coding, lines=tuple(lines)))


def sent_products(item: Item) -> frozenset[str]:
    """The codes of those that came with it."""
    values = (item.coding.product, *(line.product for line in item.coding.lines))
    return frozenset(value.value for value in values if value.value is not None and value.source is Source.DOOR)


def with_usual_codes(item: Item, usual: Mapping[str, Usually], percents: Mapping[str, Decimal | None]) -> Item:
    """Each line that came with a product, and with no category or tax rate, has those of `usual`, which is by product. A tax
    rate of another percentage than the line states is none of it.
    """
    lines = _line_codings(item)
    for place, line in enumerate(item.facts.lines):
        product = item.coding.product if lines[place].product.value is None else lines[place].product
        found = usual.get(product.value or "") if product.source is Source.DOOR else None
        if found is not None:
            lines[place] = _usually(item.coding, lines[place], _of_percent(found, line, percents))
    return item if lines == _line_codings(item) else replace(item, coding=replace(item.coding, lines=tuple(lines)))


def _of_percent(usual: Usually, line: Line, percents: Mapping[str, Decimal | None]) -> Usually:
    is_stated = line.tax_percent is None or line.tax_percent == percents.get(usual.tax_rate or "")
    return usual if is_stated else replace(usual, tax_rate=None)


def _usually(item: Coding, own: LineCoding, usual: Usually) -> LineCoding:
    """A line's own codes with the product's, where neither it nor the whole document came with any."""
    if usual.account is not None and own.account.value is None and item.account.source < Source.DOOR:
        own = replace(own, account=own.account.offer(usual.account, Source.PRODUCT))
    if usual.tax_rate is not None and own.tax_rate.value is None and item.tax_rate.source < Source.DOOR:
        own = replace(own, tax_rate=own.tax_rate.offer(usual.tax_rate, Source.PRODUCT))
    return own


def _line_codings(item: Item) -> list[LineCoding]:
    lines = item.coding.lines
    return [lines[place] if place < len(lines) else LineCoding() for place in range(len(item.facts.lines))]
