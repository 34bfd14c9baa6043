"""What an entry of an old list can become: found in the new lists, and looked at again where it is saved."""

from dataclasses import dataclass

from bot.db.unit_of_work import Tx
from bot.domain.books import Account, Contact, ListKind, Product, TaxRate
from bot.domain.documents import ItemKind
from bot.domain.finding import Query, search_text
from bot.domain.gone_codes import Code
from bot.domain.merging import Merge, MergeEntry, agree
from bot.services import lists
from bot.services.bank_accounts import find_bank_accounts
from bot.services.merge_entries import Entries

Choice = tuple[Code, str]
"""An entry of a new list, and what it is called."""
MOST_OPTIONS = 99
"""Slack shows a hundred, and one of them skips."""

GONE = "This is not in the new list any more. Choose another one, or skip it."


@dataclass(frozen=True, slots=True)
class MergeChoices:
    """Of one entry of a merge."""

    tx: Tx
    merge: Merge
    entry: MergeEntry

    async def found(self, text: str) -> tuple[Choice, ...]:
        """By what was typed, nearest first."""
        of, kind = (self.tx, self.merge.workspace_id, self.merge.organisation_id), self.entry.code.kind
        found: tuple[Account | TaxRate | Product | Contact, ...]
        match kind:
            case ListKind.ACCOUNTS:
                found = await lists.find_accounts(*of, text)
            case ListKind.TAX_RATES:
                found = await self._rates(text)
            case ListKind.PRODUCTS:
                found = await lists.find_products(*of, text)
            case ListKind.BANK_ACCOUNTS:
                found = await find_bank_accounts(*of, text)
            case ListKind.CONTACTS:
                found = await lists.find_contacts(*of, text)
            case ListKind.TRACKING_CATEGORIES:
                return await self._options(text)
            case _:
                found = ()
        return tuple((Code(kind, _key(kind, each)), each.label) for each in found)[:MOST_OPTIONS]

    async def _rates(self, text: str) -> tuple[TaxRate, ...]:
        """Those that can take its place."""
        old = await self._old_rate()
        of = self.tx, self.merge.workspace_id, self.merge.organisation_id
        found: dict[str, TaxRate] = {}
        for kind in (ItemKind.COST, ItemKind.SALE):
            found |= {rate.code: rate for rate in await lists.find_tax_rates(*of, text, kind)}
        return tuple(rate for rate in found.values() if old is None or agree(old, rate))

    async def _old_rate(self) -> TaxRate | None:
        code = self.entry.code.key
        old = await lists.tax_rates_by_code(self.tx, self.merge.workspace_id, self.merge.source_id, [code])
        return old.get(code)

    async def _options(self, text: str) -> tuple[Choice, ...]:
        query = Query.of(text)
        categories = await lists.live_tracking(self.tx, self.merge.workspace_id, self.merge.organisation_id)
        named = [
            (
                Code(ListKind.TRACKING_CATEGORIES, option.provider_id, category.provider_id),
                f"{category.name}: {option.name}",
            )
            for category in categories
            for option in category.options
            if option.is_active
        ]
        return tuple(each for each in named if query.place_in(search_text("", each[1])) is not None)[:MOST_OPTIONS]

    async def why_not(self, to: Code, new: Entries) -> str | None:
        """A sentence where it cannot become that; `new` are the new lists' entries."""
        if not new.is_live(to):
            return GONE
        if to.kind is not ListKind.TAX_RATES:
            return None
        old = await self._old_rate()
        if old is None or agree(old, new.rates[to.key]):
            return None
        return f"{new.rates[to.key].label} is another rate, or for something else. Choose one that is as {old.label}, or skip it."


def _key(kind: ListKind, entry: Account | TaxRate | Product | Contact) -> str:
    if isinstance(entry, Contact) or (isinstance(entry, Account) and kind is ListKind.BANK_ACCOUNTS):
        return entry.provider_id
    return entry.code
