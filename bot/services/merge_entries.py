"""The rows of Merge lists: what of the old lists is in use, and what each of it is likely to be in the new ones.

Only what rules, settings, payment methods, items that wait and what was approved lately name has a row, so that ten thousand
accounts are not ten thousand rows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from bot.db.base import table_of
from bot.db.connections import ListEntryRow
from bot.db.history import lately_approved
from bot.db.payment_methods import all_methods
from bot.db.recodings import undecided_items
from bot.db.rules import every_rule
from bot.db.unit_of_work import Database, Tx
from bot.domain.books import Account, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.carrying import codes_of_coding, codes_of_settings, codes_of_whole_rule
from bot.domain.documents import ItemKind, Party
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.likeness import Strictness
from bot.domain.merging import (
    LIST_NAMES,
    Merge,
    MergeEntry,
    account_for,
    bank_account_for,
    option_for,
    product_for,
    tax_rate_for,
)
from bot.services import lists
from bot.services.alike import ContactsAlike
from bot.services.bank_accounts import bank_accounts
from bot.services.settings import load_settings

LISTED = table_of(ListEntryRow)
PAGE, ASKED_AT_ONCE = 100, 500

Of = tuple[WorkspaceId, OrganisationId]

_LISTED = select(LISTED.c.entry, LISTED.c.is_active).where(
    LISTED.c.workspace_id == bindparam("workspace_id"),
    LISTED.c.organisation_id == bindparam("organisation_id"),
    LISTED.c.kind == bindparam("kind"),
)
_ACCOUNT, _RATE = msgspec.json.Decoder(Account), msgspec.json.Decoder(TaxRate)
_PRODUCT, _TRACKING = msgspec.json.Decoder(Product), msgspec.json.Decoder(TrackingCategory)


async def in_use(db: Database, of: Of) -> frozenset[Code]:
    """Every entry of the lists that somebody's word in these books depends on."""
    async with db.read() as tx:
        settings = await load_settings(tx, *of)
        found = set(codes_of_settings((settings.costs, settings.sales), settings.tax))
        async for rules in every_rule(tx, *of):
            for rule in rules:
                found |= frozenset() if rule.is_deleted else codes_of_whole_rule(rule)
            await db.clock.sleep(0)
        accounts = {method.bank_account for method in await all_methods(tx, *of)}
        found |= {Code(ListKind.BANK_ACCOUNTS, account) for account in accounts if account is not None}
        found |= await lately_approved(tx, *of)
    return frozenset(found | await _waiting(db, of))


async def _waiting(db: Database, of: Of) -> set[Code]:
    """Of the items that nobody decided on; page by page, as there may be thousands."""
    found: set[Code] = set()
    after = None
    while True:
        async with db.read() as tx:
            items = await undecided_items(tx, *of, after, limit=PAGE)
        for item in items:
            found |= codes_of_coding(item.coding)
        if len(items) < PAGE:
            return found
        after = (items[-1].created_at, items[-1].id)
        await db.clock.sleep(0)


async def with_proposals(tx: Tx, merge: Merge, codes: Collection[Code]) -> tuple[MergeEntry, ...]:
    """A row for each of them, list by list and by name, with what is proposed."""
    old = await Entries.of(tx, (merge.workspace_id, merge.source_id), codes)
    new = await _New.of(tx, (merge.workspace_id, merge.organisation_id), {code.kind for code in codes})
    order = {kind: place for place, kind in enumerate(LIST_NAMES)}
    labelled = sorted(
        ((order[code.kind], old.label(code), code) for code in codes if code.kind in order),
        key=lambda found: (found[0], found[1].casefold(), found[2]),
    )
    return tuple(
        [MergeEntry(place=0, code=code, label=label, to=await new.proposed(code, old)) for _, label, code in labelled]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Entries of an organisation's lists by their codes: those that are asked for, and that the lists have."""

    accounts: Mapping[str, Account]
    rates: Mapping[str, TaxRate]
    products: Mapping[str, Product]
    contacts: Mapping[str, Contact]
    banks: Mapping[str, Account]
    options: Mapping[Code, tuple[str, str]]
    """The names of category and option."""
    live_options: frozenset[Code]

    @classmethod
    async def of(cls, tx: Tx, of: Of, codes: Collection[Code]) -> "Entries":
        keys = {kind: sorted({code.key for code in codes if code.kind is kind}) for kind in ListKind}
        tracked = bool(keys[ListKind.TRACKING_CATEGORIES])
        tracking = await listed(tx, of, ListKind.TRACKING_CATEGORIES, _TRACKING) if tracked else ()
        return cls(
            accounts=await _found(tx, of, lists.accounts_by_code, keys[ListKind.ACCOUNTS]),
            rates=await _found(tx, of, lists.tax_rates_by_code, keys[ListKind.TAX_RATES]),
            products=await _found(tx, of, lists.products_by_code, keys[ListKind.PRODUCTS]),
            contacts=await _found(tx, of, lists.contacts_by_id, keys[ListKind.CONTACTS]),
            banks={key: account for key, (_, account) in (await bank_accounts(tx, *of)).items()},
            options={
                Code(ListKind.TRACKING_CATEGORIES, option.provider_id, category.provider_id): (
                    category.name,
                    option.name,
                )
                for category, _ in tracking
                for option in category.options
            },
            live_options=frozenset(
                Code(ListKind.TRACKING_CATEGORIES, option.provider_id, category.provider_id)
                for category, is_active in tracking
                for option in category.options
                if is_active and option.is_active
            ),
        )

    def label(self, code: Code) -> str:
        """What people call it; its code where nothing is known of it any more."""
        if code.kind is ListKind.TRACKING_CATEGORIES:
            return ": ".join(self.options.get(code, (code.of, code.key)))
        entry = self.entry(code)
        return code.key if entry is None else entry.label

    def entry(self, code: Code) -> Account | TaxRate | Product | Contact | None:
        """Of any list but tracking."""
        match code.kind:
            case ListKind.ACCOUNTS:
                return self.accounts.get(code.key)
            case ListKind.TAX_RATES:
                return self.rates.get(code.key)
            case ListKind.PRODUCTS:
                return self.products.get(code.key)
            case ListKind.CONTACTS:
                return self.contacts.get(code.key)
            case ListKind.BANK_ACCOUNTS:
                return self.banks.get(code.key)
            case _:
                return None

    def is_live(self, code: Code) -> bool:
        """Whether the ledger takes it, by its list."""
        if code.kind is ListKind.TRACKING_CATEGORIES:
            return code in self.live_options
        entry = self.entry(code)
        if isinstance(entry, Account) and code.kind is ListKind.ACCOUNTS and not entry.is_codable:
            return False
        return entry is not None and entry.is_active


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    """The new lists' live entries, of the kinds that are asked for."""

    accounts: tuple[Account, ...]
    rates: tuple[TaxRate, ...]
    products: tuple[Product, ...]
    banks: tuple[Account, ...]
    tracking: tuple[TrackingCategory, ...]
    contacts: "_Contacts"

    @classmethod
    async def of(cls, tx: Tx, of: Of, kinds: Collection[ListKind]) -> "_New":
        async def live(kind: ListKind, decoder: "msgspec.json.Decoder[Any]") -> tuple[Any, ...]:
            found = await listed(tx, of, kind, decoder) if kind in kinds else ()
            return tuple(entry for entry, is_active in found if is_active)

        return cls(
            accounts=tuple(each for each in await live(ListKind.ACCOUNTS, _ACCOUNT) if each.is_codable),
            rates=await live(ListKind.TAX_RATES, _RATE),
            products=await live(ListKind.PRODUCTS, _PRODUCT),
            banks=await live(ListKind.BANK_ACCOUNTS, _ACCOUNT),
            tracking=await live(ListKind.TRACKING_CATEGORIES, _TRACKING),
            contacts=_Contacts(tx, of, ContactsAlike(tx, *of, await lists.rules_of(tx, *of), Strictness.USUAL)),
        )

    async def proposed(self, code: Code, old: Entries) -> Code | None:
        match code.kind:
            case ListKind.ACCOUNTS:
                account = account_for(code.key, old.accounts.get(code.key), self.accounts)
                return None if account is None else Code(code.kind, account.code)
            case ListKind.TAX_RATES:
                rate = tax_rate_for(code.key, old.rates.get(code.key), self.rates)
                return None if rate is None else Code(code.kind, rate.code)
            case ListKind.PRODUCTS:
                product = product_for(code.key, old.products.get(code.key), self.products)
                return None if product is None else Code(code.kind, product.code)
            case ListKind.BANK_ACCOUNTS:
                bank = bank_account_for(old.banks.get(code.key), self.banks)
                return None if bank is None else Code(code.kind, bank.provider_id)
            case ListKind.TRACKING_CATEGORIES:
                return option_for(old.options.get(code), self.tracking)
            case ListKind.CONTACTS:
                contact = old.contacts.get(code.key)
                found = None if contact is None else await self.contacts.like(contact)
                return None if found is None else Code(code.kind, found.provider_id)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class _Contacts:
    """Found one by one, as there may be ten thousands of them."""

    tx: Tx
    of: Of
    alike: ContactsAlike

    async def like(self, old: Contact) -> Contact | None:
        kind = ItemKind.SALE if old.is_customer and not old.is_supplier else ItemKind.COST
        same = await lists.contact_named(self.tx, *self.of, old.name, kind)
        if same is not None:
            return same
        match = await self.alike.match(Party(name=old.name, tax_number=old.tax_number), kind)
        return None if match is None else match.contact


async def listed(tx: Tx, of: Of, kind: ListKind, decoder: "msgspec.json.Decoder[Any]") -> tuple[tuple[Any, bool], ...]:
    """A list's entries, each with whether the ledger still has it."""
    rows = (await tx.execute(_LISTED, {"workspace_id": of[0], "organisation_id": of[1], "kind": kind})).all()
    return tuple((decoder.decode(row.entry), bool(row.is_active)) for row in rows)


async def _found(tx: Tx, of: Of, look_up: Any, keys: Iterable[str]) -> dict[str, Any]:
    asked, found = list(keys), dict[str, Any]()
    for start in range(0, len(asked), ASKED_AT_ONCE):
        found |= await look_up(tx, *of, asked[start : start + ASKED_AT_ONCE])
    return found
