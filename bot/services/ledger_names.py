"""What a ledger's lists are called by whoever writes a list of documents: by code, by name, or by both."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from bot.db.base import load, table_of
from bot.db.connections import ListEntryRow
from bot.db.unit_of_work import Tx
from bot.domain.books import Account, ListKind, TaxRate, TrackingCategory
from bot.domain.coding import CodedValue, LineCoding, Source, Track, Tracked
from bot.services.named_books import NamedBooks
from bot.sheets.lines import Names

ENTRIES = table_of(ListEntryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerNames:
    """Live accounts and tax rates by their code, their name, and both as `200 - Sales`; tracking options by the names of
    category and option. All folded.
    """

    accounts: Mapping[str, str]
    tax_rates: Mapping[str, TaxRate]
    tracking: Mapping[tuple[str, str], Track]

    def percent_of(self, named: str) -> Decimal | None:
        found = self.tax_rates.get(named.casefold())
        return None if found is None else found.percent

    def coding(self, names: Names) -> LineCoding:
        """What is meant, as brought by the document; what the ledger has not is left out."""
        account = None if names.category is None else self.accounts.get(_bare(names.category))
        tax_rate = None if names.tax_rate is None else self.tax_rates.get(names.tax_rate.casefold())
        tracks = (self.tracking.get((category.casefold(), option.casefold())) for category, option in names.tracking)
        return LineCoding(
            account=_said(account),
            tax_rate=_said(None if tax_rate is None else tax_rate.code),
            tracking=tuple(Tracked(category=track.category, option=_said(track.option)) for track in tracks if track),
        )


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
    accounts: dict[str, str] = {}
    tax_rates: dict[str, TaxRate] = {}
    tracking: dict[tuple[str, str], Track] = {}
    kinds = (ListKind.ACCOUNTS, ListKind.TAX_RATES, ListKind.TRACKING_CATEGORIES)
    statement = select(ENTRIES.c.kind, ENTRIES.c.entry).where(
        ENTRIES.c.workspace_id == books.workspace_id,
        ENTRIES.c.organisation_id == books.organisation_id,
        ENTRIES.c.kind.in_(kinds),
        ENTRIES.c.is_active,
    )
    for row in (await tx.execute(statement)).all():
        if row.kind == ListKind.TAX_RATES:
            rate = load(row.entry, TaxRate)
            tax_rates |= dict.fromkeys(_all_names(rate.code, rate.name), rate)
        elif row.kind == ListKind.TRACKING_CATEGORIES:
            tracking |= _options(load(row.entry, TrackingCategory))
        elif (account := load(row.entry, Account)).is_codable:
            accounts |= dict.fromkeys(_all_names(account.known_as, account.name), account.code)
    return LedgerNames(accounts=accounts, tax_rates=tax_rates, tracking=tracking)


async def tracking_names(tx: Tx, books: NamedBooks) -> dict[Track, tuple[str, str]]:
    """What each option and its category are called, archived ones too."""
    statement = select(ENTRIES.c.entry).where(
        ENTRIES.c.workspace_id == books.workspace_id,
        ENTRIES.c.organisation_id == books.organisation_id,
        ENTRIES.c.kind == ListKind.TRACKING_CATEGORIES,
    )
    categories = [load(entry, TrackingCategory) for entry in (await tx.execute(statement)).scalars()]
    return {
        Track(category.provider_id, option.provider_id): (category.name, option.name)
        for category in categories
        for option in category.options
    }


def _options(category: TrackingCategory) -> dict[tuple[str, str], Track]:
    return {
        (category.name.casefold(), option.name.casefold()): Track(category.provider_id, option.provider_id)
        for option in category.options
        if option.is_active
    }


def _all_names(code: str, name: str) -> tuple[str, ...]:
    """`code` is empty where an entry has none that people know."""
    return tuple(each.casefold() for each in ((name, f"{code} - {name}", code) if code else (name,)))
