"""What is suggested where nothing else has set it: the tax rate of a line, by the percentage that the document states; and
the product that it is sold as, by its name.
"""

from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.suggesting import named_by_lines, products_by_name, rates_by_percent, rates_by_tax
from bot.services.lists import live_tax_rates, rules_of, sold_as
from bot.services.recoding import checked

MOST_LOOKED_FOR = 20
"""Names of products, of one document."""


async def with_products_of_lines(tx: Tx, item: Item) -> Item:
    """A sale in books that have a product on each line, with those that its lines name; checked again."""
    of = tx, item.workspace_id, item.organisation_id
    if item.kind is not ItemKind.SALE or not (names := named_by_lines(item.facts, item.coding)):
        return item
    rules = await rules_of(*of)
    if not rules.asks_product(item.kind):
        return item
    found = {name: await sold_as(*of, name) for name in list(names)[:MOST_LOOKED_FOR]}
    codes = {name: product.code for name, product in found.items() if product is not None}
    coding = products_by_name(item.facts, item.coding, codes)
    return item if not codes else checked(replace(item, coding=coding), rules)


async def with_rates_of_lines(tx: Tx, item: Item) -> Item:
    """A cost with several tax rates, each line with its own where only one of the ledger's can be meant; a sale whose tax the
    ledger works out, each line as taxed or not. Checked again.
    """
    is_sale = item.kind is ItemKind.SALE
    if not item.facts.lines if is_sale else (item.kind is not ItemKind.COST or len(item.facts.tax_percents) < 2):
        return item
    of = tx, item.workspace_id, item.organisation_id
    rules = await rules_of(*of)
    if not rules.taxes(item.kind):
        return item
    rates = await live_tax_rates(*of, item.kind)
    coding = (rates_by_tax if is_sale else rates_by_percent)(item.facts, item.coding, rates)
    return item if coding == item.coding else checked(replace(item, coding=coding), rules)
