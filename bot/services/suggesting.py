"""What is suggested where nothing else has set it: the tax rate of a line, by the percentage that the document states."""

from dataclasses import replace

from bot.db.unit_of_work import Tx
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.suggesting import rates_by_percent
from bot.services.lists import live_tax_rates, rules_of
from bot.services.recoding import checked


async def with_rates_of_lines(tx: Tx, item: Item) -> Item:
    """A cost with several tax rates, each line with its own where only one of the ledger's can be meant; checked again."""
    if item.kind is not ItemKind.COST or len(item.facts.tax_percents) < 2:
        return item
    of = tx, item.workspace_id, item.organisation_id
    rules = await rules_of(*of)
    if not rules.taxes(item.kind):
        return item
    return checked(replace(item, coding=rates_by_percent(item.facts, item.coding, await live_tax_rates(*of))), rules)
