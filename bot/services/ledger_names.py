"""What a ledger's lists are called by whoever writes a list of documents: by code, by name, or by both."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx
from bot.domain.books import Account, Contact, ListKind, Product, TaxRate, TrackingCategory, TrackingOption
from bot.domain.coding import CodedValue, LineCoding, Source, Track, Tracked
from bot.domain.naming import Called, Entry, not_there
from bot.services import lists
from bot.services.named_books import NamedBooks
from bot.sheets.lines import Names
from bot.sheets.writing import Written

ENTRIES = table_of(ListEntryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerNames:
    """Live entries of the lists. `options` are by the ledger's id of their tracking category."""

    accounts: Called[Account] = field(default_factory=Called)
    tax_rates: Called[TaxRate] = field(default_factory=Called)
    products: Called[Product] = field(default_factory=Called)
    customers: Called[Contact] | None = None
    """Whom costs can be for; None: the books do not track costs by customer."""
    categories: Called[TrackingCategory] = field(default_factory=Called)
    options: dict[str, Called[TrackingOption]] = field(default_factory=dict)

    def percent_of(self, named: str) -> Decimal | None:
        found = self.tax_rates.called(named)
        return None if found is None else found.percent

    def tracking_categories(self) -> tuple[str, ...]:
        return tuple(category.name for category in self.categories.entries())

    def coding(self, names: Names) -> LineCoding:
        """What is meant, as brought by the document; what the ledger has not is left out."""
        account = None if names.category is None else self.accounts.called(_bare(names.category))
        tax_rate = None if names.tax_rate is None else self.tax_rates.called(names.tax_rate)
        product = None if names.product is None else self.products.called(names.product)
        customer = None if names.customer is None or self.customers is None else self.customers.called(names.customer)
        tracks = {track.category: track for said in names.tracking if (track := self._track(said)) is not None}
        return LineCoding(
            account=_said(None if account is None else account.code),
            tax_rate=_said(None if tax_rate is None else tax_rate.code),
            product=_said(None if product is None else product.code),
            customer=_said(None if customer is None else customer.provider_id),
            billable=_said(names.billable),
            tracking=tuple(
                Tracked(category=track.category, option=_said(track.option)) for track in sorted(tracks.values())
            ),
        )

    def unknown(self, names: Names) -> Iterator[str]:
        """A sentence for each name that means nothing here, with the line that says it and what there is instead."""
        line = f"Line {names.row_number}: "
        said = (
            _unknown("live category", self.accounts, None if names.category is None else _bare(names.category)),
            _unknown("live tax rate", self.tax_rates, names.tax_rate),
            _unknown("live product or service", self.products, names.product),
            self._unknown_customer(names.customer),
        )
        yield from (line + sentence for sentence in said if sentence is not None)
        for category, option in names.tracking:
            sentence = _unknown("live tracking category", self.categories, category)
            known = self.categories.called(category)
            if known is not None:
                sentence = _unknown(f"live option of {known.name}", self.options[known.provider_id], option)
            if sentence is not None:
                yield line + sentence

    def _unknown_customer(self, said: str | None) -> str | None:
        if said is not None and self.customers is None:
            return f"It is for {said[:60]}, and these books do not track costs by customer."
        return None if self.customers is None else _unknown("live customer", self.customers, said)

    def _track(self, said: tuple[str, str]) -> Track | None:
        category = self.categories.called(said[0])
        option = None if category is None else self.options[category.provider_id].called(said[1])
        return None if category is None or option is None else Track(category.provider_id, option.provider_id)


def _unknown(what: str, called: Called[Entry], said: str | None) -> str | None:
    if said is None or called.called(said) is not None:
        return None
    return not_there(what, said, called.all_called(said), tuple(called.entries()))


def _said(code: str | None) -> CodedValue:
    return CodedValue() if code is None else CodedValue(value=code, source=Source.DOOR)


def _bare(category: str) -> str:
    """Dext puts a category's tax behind it: `310 - Manpower (0%)`."""
    folded = category.casefold().strip()
    if folded.endswith("%)") and "(" in folded:
        name, _, percent = folded[:-2].rpartition("(")
        if percent.strip().replace(".", "", 1).isdecimal():
            return name.strip()
    return folded


async def ledger_names(tx: Tx, books: NamedBooks) -> LedgerNames:
    accounts, rates, products, categories = await _lists(tx, books, only_live=True)
    customers = await _customers(tx, books, only_live=True)
    return LedgerNames(
        accounts=Called.of(account for account in accounts if account.is_codable),
        tax_rates=Called.of(rates),
        products=Called.of(products),
        customers=None if customers is None else Called.of(customers),
        categories=Called.of(categories),
        options={category.provider_id: Called.of(_live(category)) for category in categories},
    )


async def names_to_write(tx: Tx, books: NamedBooks) -> Written:
    """What each entry is called, archived ones too, in words that lead back to it."""
    known = await ledger_names(tx, books)
    accounts, rates, products, categories = await _lists(tx, books, only_live=False)
    customers = await _customers(tx, books, only_live=False) or []
    no_options: Called[TrackingOption] = Called()
    return Written(
        accounts={account.code: known.accounts.name_for(account) for account in accounts},
        tax_rates={rate.code: known.tax_rates.name_for(rate) for rate in rates},
        products={product.code: known.products.name_for(product) for product in products},
        customers={}
        if known.customers is None
        else {each.provider_id: known.customers.name_for(each) for each in customers},
        tracking={
            Track(category.provider_id, option.provider_id): (
                known.categories.name_for(category),
                known.options.get(category.provider_id, no_options).name_for(option),
            )
            for category in categories
            for option in category.options
        },
    )


def _live(category: TrackingCategory) -> Iterable[TrackingOption]:
    return (option for option in category.options if option.is_active)


async def _customers(tx: Tx, books: NamedBooks, *, only_live: bool) -> list[Contact] | None:
    """Read only in books that track costs by customer, as contacts may be tens of thousands."""
    if not (await lists.rules_of(tx, books.workspace_id, books.organisation_id)).customers_on:
        return None
    statement = select(ENTRIES.c.entry).where(
        ENTRIES.c.workspace_id == books.workspace_id,
        ENTRIES.c.organisation_id == books.organisation_id,
        ENTRIES.c.kind == ListKind.CONTACTS,
    )
    if only_live:
        statement = statement.where(ENTRIES.c.is_active)
    found = (load(entry, Contact) for entry in (await tx.execute(statement.order_by(ENTRIES.c.key))).scalars())
    return [contact for contact in found if contact.is_customer]


async def _lists(
    tx: Tx, books: NamedBooks, *, only_live: bool
) -> tuple[list[Account], list[TaxRate], list[Product], list[TrackingCategory]]:
    kinds = (ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.PRODUCTS, ListKind.TRACKING_CATEGORIES)
    statement = select(ENTRIES.c.kind, ENTRIES.c.entry).where(
        ENTRIES.c.workspace_id == books.workspace_id,
        ENTRIES.c.organisation_id == books.organisation_id,
        ENTRIES.c.kind.in_(kinds),
    )
    if only_live:
        statement = statement.where(ENTRIES.c.is_active)
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    for row in (await tx.execute(statement.order_by(ENTRIES.c.key))).all():
        found[row.kind].append(row.entry)
    return (
        [load(entry, Account) for entry in found[ListKind.ACCOUNTS]],
        [load(entry, TaxRate) for entry in found[ListKind.TAX_RATES]],
        [load(entry, Product) for entry in found[ListKind.PRODUCTS]],
        [load(entry, TrackingCategory) for entry in found[ListKind.TRACKING_CATEGORIES]],
    )
