"""What is suggested where nothing else has set it: the tax rate of a line, by the percentage that the document states."""

from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.suggesting import rates_by_percent, rates_by_tax
from bot.services.lists import live_tax_rates, rules_of
from bot.services.recoding import checked


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
