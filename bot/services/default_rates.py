"""The tax rates that items get by default beside the organisation's own: of their categories, and of documents without tax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.db.unit_of_work import Tx
from bot.domain.book_rules import BookRules
from bot.domain.books import Account, TaxRate
from bot.domain.coding import Coding, CodingDefaults, LineCoding, Source
from bot.domain.default_taxes import DefaultRates, with_default_rates
from bot.domain.documents import ItemKind
from bot.domain.items import Item
from bot.domain.rates_by_amount import Told, with_rate_by_amount
from bot.domain.settings import Settings
from bot.domain.tax_policies import TaxPolicy
from bot.domain.tax_settings import DefaultTax
from bot.domain.taxing import NO_RATES, LedgerRates
from bot.services.lists import accounts_by_code, live_tax_rates, tax_rates_by_code


async def with_default_taxes(
    tx: Tx, items: Sequence[Item], settings: Settings, usable: Mapping[ItemKind, CodingDefaults], rules: BookRules
) -> tuple[Item, ...]:
    """Items of one organisation, coded but for these; where nothing says it, with the rate that their tax tells. `usable` are
    those defaults by kind that the ledger takes.
    """
    found = {
        kind: await _of_kind(tx, [item for item in items if item.kind is kind], settings, usable[kind], rules)
        for kind in usable
        if rules.taxes(kind)
    }
    coded = {item.id: item for items_of_kind in found.values() for item in items_of_kind}
    return tuple(coded.get(item.id, item) for item in items)


async def _of_kind(
    tx: Tx, items: Sequence[Item], settings: Settings, usable: CodingDefaults, rules: BookRules
) -> list[Item]:
    kind = items[0].kind
    is_by_category = settings.tax.of(kind).whose is DefaultTax.CATEGORY and rules.categories_have_tax
    rates = DefaultRates(untaxed=usable.untaxed_rate)
    known = _Known() if not is_by_category else await _known(tx, items)
    if is_by_category:
        rates = replace(rates, of_categories=known.of_categories, percents=known.percents)
    coded = [_with(item, with_default_rates(item.facts, item.coding, rates)) for item in items]
    open_ = [item for item in coded if item.coding.tax_rate.source is Source.NOTHING and item.facts.tax]
    if not open_:
        return coded
    known = known if is_by_category else await _known(tx, open_)
    told = Told(rates=known.rates, classes={code: each.account_class for code, each in known.accounts.items()})
    return [_with(item, with_rate_by_amount(item.facts, item.coding, told)) for item in coded]


def _with(item: Item, coding: Coding) -> Item:
    return replace(item, coding=coding)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The categories of items, by their codes, and the tax rates that such items can have."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    rates: Sequence[TaxRate] = ()

    @property
    def of_categories(self) -> dict[str, str]:
        """The categories' own rates, as far as they can be used for them."""
        live = {rate.code: rate.applies_to for rate in self.rates}
        return {
            code: own
            for code, account in self.accounts.items()
            if (own := account.default_tax_code) is not None and account.account_class in live.get(own, ())
        }

    @property
    def percents(self) -> dict[str, Decimal]:
        return {rate.code: rate.percent for rate in self.rates if rate.percent is not None}


async def _known(tx: Tx, items: Sequence[Item]) -> _Known:
    """Of items of one kind."""
    of = tx, items[0].workspace_id, items[0].organisation_id
    accounts = await accounts_by_code(*of, _categories([item.coding for item in items]))
    return _Known(accounts=accounts, rates=await live_tax_rates(*of, items[0].kind))


def _parts(codings: Sequence[Coding]) -> list[Coding | LineCoding]:
    found: list[Coding | LineCoding] = []
    for coding in codings:
        found += (coding, *coding.lines)
    return found


def _categories(codings: Sequence[Coding]) -> set[str]:
    return {part.account.value for part in _parts(codings) if part.account.value is not None}


async def ledger_rates(tx: Tx, items: Sequence[Item], rules: BookRules) -> LedgerRates:
    """Percentages of what these items of one organisation are booked to, where the ledger works out the tax of one."""
    left = [item for item in items if item.tax_policy in (TaxPolicy.LEDGER, TaxPolicy.EXCEPTIONS)]
    if not left or rules.works_tax_out is None:
        return NO_RATES
    of = tx, left[0].workspace_id, left[0].organisation_id
    codings = [item.coding for item in left]
    chosen = {part.tax_rate.value for part in _parts(codings) if part.tax_rate.value is not None}
    accounts = await accounts_by_code(*of, _categories(codings))
    own = {code: account.default_tax_code for code, account in accounts.items() if account.default_tax_code}
    rates = await tax_rates_by_code(*of, {*chosen, *own.values()})
    percents = {code: rate.percent for code, rate in rates.items() if rate.percent is not None}
    return LedgerRates(
        percents=percents,
        of_categories={code: percents[rate] for code, rate in own.items() if rate in percents},
    )
