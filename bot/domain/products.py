"""What follows from the product that a line names."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Product
from bot.domain.coding import Codes
from bot.domain.documents import ItemKind
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
