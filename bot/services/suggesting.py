"""What is suggested where nothing else has set it: the tax rate of a line, by the percentage that the document states; and
the product that it is sold as, by its name.
"""

from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.books import Usually
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.products import on_its_lines, sent_products, with_usual_codes
from bot.domain.suggesting import named_by_lines, products_by_name, rates_by_percent, rates_by_tax
from bot.services.lists import accounts_by_code, live_tax_rates, products_by_code, rules_of, sold_as
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


async def with_sent_products(tx: Tx, item: Item) -> Item:
    """A product that came with a document brings its category and tax rate, where nothing was said of them and they are live."""
    codes = sent_products(item)
    if not codes:
        return item
    of = tx, item.workspace_id, item.organisation_id
    rules, products = await rules_of(*of), await products_by_code(*of, codes)
    booked = {code: product.usually(is_sale=item.kind is ItemKind.SALE) for code, product in products.items()}
    usual = {code: found for code, found in booked.items() if found is not None}
    accounts = await accounts_by_code(*of, {found.account for found in usual.values() if found.account is not None})
    is_coded = not rules.asks_product(item.kind)
    live = frozenset(code for code, account in accounts.items() if account.is_active and is_coded)
    rates = await live_tax_rates(*of, item.kind) if rules.taxes(item.kind) else ()
    percents = {rate.code: rate.percent for rate in rates}
    usable = {
        code: Usually(
            account=found.account if found.account in live else None,
            tax_rate=found.tax_rate if found.tax_rate in percents else None,
        )
        for code, found in usual.items()
    }
    return with_usual_codes(on_its_lines(item, rules), usable, percents)


async def with_rates_of_lines(tx: Tx, item: Item) -> Item:
    """A cost with several tax rates, each line with its own where only one of the ledger's can be meant; a sale whose tax the
    ledger works out, each line as taxed or not. Checked again.
    """
    is_sale = item.kind is ItemKind.SALE
    if not item.facts.lines if is_sale else (item.kind is not ItemKind.COST or len(item.facts.tax_percents) < 2):
        return item
    of = tx, item.workspace_id, item.organisation_id
    rules = (await rules_of(*of)).under(item.tax_policy)
    if not rules.taxes(item.kind):
        return item
    rates = await live_tax_rates(*of, item.kind)
    coding = (rates_by_tax if is_sale else rates_by_percent)(item.facts, item.coding, rates)
    return item if coding == item.coding else checked(replace(item, coding=coding), rules)
