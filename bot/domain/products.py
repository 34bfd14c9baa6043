"""What follows from the product that a line names."""

from dataclasses import replace

from bot.domain.books import Product
from bot.domain.coding import Codes
from bot.domain.documents import ItemKind


def with_product(codes: Codes, product: Product, kind: ItemKind) -> Codes:
    """A line's own codes, and where it has none, those that the ledger has for the product. What it counts the stock of
    goes to the account of the stock when it is bought, as the ledger would take no other.
    """
    is_sale = kind is ItemKind.SALE
    usual = product.usually(is_sale=is_sale)
    if usual is None:
        return codes
    is_stock = product.stock_account is not None and not is_sale
    account = usual.account if is_stock else codes.account or usual.account
    return replace(codes, account=account, tax_rate=codes.tax_rate or usual.tax_rate)


def not_to_its_stock(codes: Codes, product: Product, kind: ItemKind) -> str | None:
    """A sentence where what is bought of a product is booked to another account than that of its stock."""
    if kind is ItemKind.SALE or product.stock_account in (None, codes.account):
        return None
    return (
        f"The ledger counts the stock of {product.label}, and takes what is bought of it on category "
        f"{product.stock_account} alone."
    )
