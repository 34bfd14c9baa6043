"""The ledger's lists as they stand here: looked through by pickers, named on cards."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, select

from bot.db import list_terms
from bot.db.base import dump, load, table_of
from bot.db.connections import ListEntryRow, ListSyncRow, OrganisationRow, SettingsRow
from bot.db.unit_of_work import Tx
from bot.domain.amounts import USUAL_AMOUNTS, AmountSettings
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import USERS, Account, Books, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.documents import ItemKind
from bot.domain.finding import Query, search_text
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.required import USUALLY_REQUIRED, RequiredFields
from bot.domain.texts import folded
from bot.services.finding import find, nearest
from bot.services.rates import small_amounts

ENTRIES, SYNCS = table_of(ListEntryRow), table_of(ListSyncRow)
ORGANISATIONS, SETTINGS = table_of(OrganisationRow), table_of(SettingsRow)

_ENTRY = select(ENTRIES.c.entry, ENTRIES.c.is_active).where(
    ENTRIES.c.workspace_id == bindparam("workspace_id"),
    ENTRIES.c.organisation_id == bindparam("organisation_id"),
    ENTRIES.c.kind == bindparam("kind"),
    ENTRIES.c.key == bindparam("key"),
)
_ENTRIES = select(ENTRIES.c.key, ENTRIES.c.entry, ENTRIES.c.is_active).where(
    ENTRIES.c.workspace_id == bindparam("workspace_id"),
    ENTRIES.c.organisation_id == bindparam("organisation_id"),
    ENTRIES.c.kind == bindparam("kind"),
    ENTRIES.c.key.in_(bindparam("keys", expanding=True)),
)
_BOOKS = select(ORGANISATIONS.c.books).where(
    ORGANISATIONS.c.id == bindparam("organisation_id"), ORGANISATIONS.c.workspace_id == bindparam("workspace_id")
)
_RULES = (
    select(ORGANISATIONS.c.books, SETTINGS.c.general, SETTINGS.c.chosen)
    .outerjoin(SETTINGS, SETTINGS.c.organisation_id == ORGANISATIONS.c.id)
    .where(
        ORGANISATIONS.c.id == bindparam("organisation_id"), ORGANISATIONS.c.workspace_id == bindparam("workspace_id")
    )
)
_READ_AT = select(SYNCS.c.kind, SYNCS.c.synced_at).where(
    SYNCS.c.workspace_id == bindparam("workspace_id"), SYNCS.c.organisation_id == bindparam("organisation_id")
)
_READ_AT_OF = select(SYNCS.c.synced_at).where(
    SYNCS.c.workspace_id == bindparam("workspace_id"),
    SYNCS.c.organisation_id == bindparam("organisation_id"),
    SYNCS.c.kind == bindparam("kind"),
)
_USED_LAST = (
    select(ENTRIES.c.key)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.used_at.is_not(None),
        ENTRIES.c.is_active.is_(True),
    )
    .order_by(ENTRIES.c.used_at.desc())
    .limit(bindparam("most"))
)
_USE = (
    ENTRIES.update()
    .where(
        ENTRIES.c.workspace_id == bindparam("of_workspace"),
        ENTRIES.c.organisation_id == bindparam("of_organisation"),
        ENTRIES.c.kind == bindparam("of_kind"),
        ENTRIES.c.key == bindparam("of_key"),
    )
    .values(used_at=bindparam("now"))
)
_LIVE = (
    select(ENTRIES.c.entry, ENTRIES.c.used_at)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.is_active.is_(True),
    )
    .order_by(ENTRIES.c.search)
)
_USERS = (
    select(ENTRIES.c.entry, ENTRIES.c.used_at)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == ListKind.CONTACTS,
        ENTRIES.c.key >= USERS,
        ENTRIES.c.key < f"{USERS}~",
        ENTRIES.c.is_active.is_(True),
    )
    .order_by(ENTRIES.c.search)
)
_ALL = (
    select(ENTRIES.c.entry)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
    )
    .order_by(ENTRIES.c.search)
)
"""In use or not: items may still be coded to them."""
_ANY = (
    select(ENTRIES.c.key)
    .where(
        ENTRIES.c.workspace_id == bindparam("workspace_id"),
        ENTRIES.c.organisation_id == bindparam("organisation_id"),
        ENTRIES.c.kind == bindparam("kind"),
        ENTRIES.c.is_active.is_(True),
    )
    .limit(1)
)
_PRODUCT = msgspec.json.Decoder(Product)
_ACCOUNT, _TAX_RATE = msgspec.json.Decoder(Account), msgspec.json.Decoder(TaxRate)
_CONTACT, _TRACKING = msgspec.json.Decoder(Contact), msgspec.json.Decoder(TrackingCategory)


class _Category(msgspec.Struct):
    """A tracking category without its options, of which there may be thousands."""

    provider_id: str
    name: str
    is_active: bool = True
    is_of_document: bool = False


class _OfGeneral(msgspec.Struct):
    """Of the general settings, what items are checked by."""

    required: RequiredFields = USUALLY_REQUIRED


class _OfChosen(msgspec.Struct):
    """As `_OfGeneral`, of what else is chosen."""

    amounts: AmountSettings = USUAL_AMOUNTS


_REQUIRED = msgspec.json.Decoder(_OfGeneral)
_AMOUNTS = msgspec.json.Decoder(_OfChosen)
_CATEGORY = msgspec.json.Decoder(_Category)


async def find_accounts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str
) -> tuple[Account, ...]:
    """Live accounts that a bill can be coded to, nearest to the text first; bank and system accounts are never offered."""
    found = await find(tx, workspace_id, organisation_id, ListKind.ACCOUNTS, text)
    return tuple(_ACCOUNT.decode(each.entry) for each in found)


async def find_tax_rates(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str, kind: ItemKind = ItemKind.COST
) -> tuple[TaxRate, ...]:
    """Live tax rates that go with items of a kind, as `find_accounts`. There are few of them, so all are read: which of them
    go with what is not in their terms.
    """
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.TAX_RATES}
    rows = [(row.used_at, _TAX_RATE.decode(row.entry)) for row in (await tx.execute(_LIVE, of)).all()]
    rates = [(used_at, rate) for used_at, rate in rows if rate.goes_with(kind)]
    return nearest(Query.of(text), [(rate, search_text("", rate.name), used_at) for used_at, rate in rates])


async def find_contacts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str, kind: ItemKind | None = None
) -> tuple[Contact, ...]:
    """Live contacts for items of a kind, or of any, as `find_accounts`. Whoever was only paid by us so far can pay us, and the
    reverse, but in books that part suppliers from customers; users are found for expense reports alone, where those are theirs.
    """
    books = await books_of(tx, workspace_id, organisation_id)
    rules = USUAL_RULES if books is None else books.rules
    if kind is not None and rules.claims_by_user(kind):
        users = await _users(tx, workspace_id, organisation_id)
        return nearest(Query.of(text), [(user, search_text("", user.name), used_at) for user, used_at in users])
    # which side is the same to whoever does not say
    asked, said = (ItemKind.COST, replace(rules, parts_contacts=False)) if kind is None else (kind, rules)

    def is_of_side(entry: str) -> bool:
        return _CONTACT.decode(entry).is_of(asked, said)

    keeps = is_of_side if said.parts_contacts or said.pays_users else None
    found = await find(tx, workspace_id, organisation_id, ListKind.CONTACTS, text, keeps=keeps)
    return tuple(_CONTACT.decode(each.entry) for each in found)


async def find_products(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, text: str
) -> tuple[Product, ...]:
    """Live products, as `find_accounts`."""
    found = await find(tx, workspace_id, organisation_id, ListKind.PRODUCTS, text)
    return tuple(_PRODUCT.decode(each.entry) for each in found)


async def has_products(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    """Whether there is one to choose; most books have none."""
    return await _has_any(tx, workspace_id, organisation_id, ListKind.PRODUCTS)


async def load_account(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str) -> Account | None:
    """Whether it is active is the list's to say: what the ledger has no more was active when it was read last."""
    row = await _entry(tx, workspace_id, organisation_id, ListKind.ACCOUNTS, code)
    if row is None:
        return None
    account = load(row.entry, Account)
    return account if row.is_active else replace(account, is_active=False)


async def load_tax_rate(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str
) -> TaxRate | None:
    """As `load_account`."""
    row = await _entry(tx, workspace_id, organisation_id, ListKind.TAX_RATES, code)
    if row is None:
        return None
    rate = load(row.entry, TaxRate)
    return rate if row.is_active else replace(rate, is_active=False)


async def live_tax_rates(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ItemKind
) -> tuple[TaxRate, ...]:
    """All tax rates that items of a kind can have now."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.TAX_RATES}
    rates = (_TAX_RATE.decode(entry) for entry in (await tx.execute(_LIVE, of)).scalars())
    return tuple(rate for rate in rates if rate.goes_with(kind))


async def live_tracking(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> tuple[TrackingCategory, ...]:
    """The tracking categories that lines can have now, by name, with all their options."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.TRACKING_CATEGORIES}
    return tuple(_TRACKING.decode(entry) for entry in (await tx.execute(_LIVE, of)).scalars())


async def load_tracking(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, category: str
) -> TrackingCategory | None:
    """As `load_account`, by the ledger's id: one category with all its options, of which there may be thousands."""
    row = await _entry(tx, workspace_id, organisation_id, ListKind.TRACKING_CATEGORIES, category)
    return None if row is None else replace(_TRACKING.decode(row.entry), is_active=row.is_active)


async def accounts_by_code(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, codes: Collection[str]
) -> dict[str, Account]:
    """Those of them that there are, archived or not."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.ACCOUNTS}
    rows = (await tx.execute(_ENTRIES, {**of, "keys": list(codes)})).all() if codes else []
    return {row.key: replace(_ACCOUNT.decode(row.entry), is_active=row.is_active) for row in rows}


async def tax_rates_by_code(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, codes: Collection[str]
) -> dict[str, TaxRate]:
    """As `accounts_by_code`."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.TAX_RATES}
    rows = (await tx.execute(_ENTRIES, {**of, "keys": list(codes)})).all() if codes else []
    return {row.key: replace(_TAX_RATE.decode(row.entry), is_active=row.is_active) for row in rows}


async def products_by_code(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, codes: Collection[str]
) -> dict[str, Product]:
    """As `accounts_by_code`."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.PRODUCTS}
    rows = (await tx.execute(_ENTRIES, {**of, "keys": list(codes)})).all() if codes else []
    return {row.key: replace(_PRODUCT.decode(row.entry), is_active=row.is_active) for row in rows}


async def read_at(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> dict[ListKind, datetime]:
    """When each list was last read to the end; none that never was."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    rows = (await tx.execute(_READ_AT, of)).all()
    return {ListKind(row.kind): row.synced_at for row in rows if row.synced_at is not None}


async def read_at_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind
) -> datetime | None:
    """As `read_at`, of one list."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind}
    found: datetime | None = (await tx.execute(_READ_AT_OF, of)).scalar_one_or_none()
    return found


async def used_last(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, *, limit: int
) -> tuple[str, ...]:
    """Keys of the live ones that somebody chose last, latest first."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind, "most": limit}
    return tuple((await tx.execute(_USED_LAST, of)).scalars())


async def load_contact(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, contact_id: str
) -> Contact | None:
    """As `load_account`."""
    row = await _entry(tx, workspace_id, organisation_id, ListKind.CONTACTS, contact_id)
    if row is None:
        return None
    contact = load(row.entry, Contact)
    return contact if row.is_active else replace(contact, is_active=False)


async def contacts_by_id(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, ids: Collection[str]
) -> dict[str, Contact]:
    """As `accounts_by_code`."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.CONTACTS}
    rows = (await tx.execute(_ENTRIES, {**of, "keys": list(ids)})).all() if ids else []
    return {row.key: replace(_CONTACT.decode(row.entry), is_active=row.is_active) for row in rows}


async def contact_named(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, name: str, kind: ItemKind | None = None
) -> Contact | None:
    """The live contact of this name, however it is written, that items of a kind, or of any, can have."""
    found = await find_contacts(tx, workspace_id, organisation_id, name, kind)
    return next((contact for contact in found if folded(contact.name) == folded(name)), None)


async def users_of(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, email: str
) -> tuple[Contact, ...]:
    """Live users of the ledger with this address, however it is written."""
    users = await _users(tx, workspace_id, organisation_id)
    return tuple(user for user, _ in users if user.email is not None and folded(user.email) == folded(email))


async def _users(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId
) -> list[tuple[Contact, datetime | None]]:
    """All live ones, of whom there are few, with when each was last chosen."""
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    rows = (await tx.execute(_USERS, of)).all()
    return [(_CONTACT.decode(row.entry), row.used_at) for row in rows]


async def lacks_currency(tx: Tx, item: Item, own: str) -> bool:
    """Whether the item's currency is none that the ledger has, as far as its list is known; it always has its `own`."""
    of, currency = (tx, item.workspace_id, item.organisation_id), item.facts.currency
    if currency is None or currency == own:
        return False
    row = await _entry(*of, ListKind.CURRENCIES, currency)
    return not row.is_active if row is not None else await _has_any(*of, ListKind.CURRENCIES)


async def has_contacts(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> bool:
    """Whether anybody is in the list."""
    return await _has_any(tx, workspace_id, organisation_id, ListKind.CONTACTS)


async def _has_any(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind) -> bool:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind}
    return (await tx.execute(_ANY, of)).first() is not None


async def account_label(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str) -> str:
    account = await load_account(tx, workspace_id, organisation_id, code)
    return code if account is None else account.label


async def tax_rate_label(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str) -> str:
    rate = await load_tax_rate(tx, workspace_id, organisation_id, code)
    return code if rate is None else rate.label


async def product_label(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str) -> str:
    found = await products_by_code(tx, workspace_id, organisation_id, [code])
    return found[code].label if code in found else code


async def sold_as(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, name: str) -> Product | None:
    """The one live product that is sold by this name, however it is written."""
    found = await find_products(tx, workspace_id, organisation_id, name)
    named = [product for product in found if product.sold is not None and folded(product.name) == folded(name)]
    return named[0] if len(named) == 1 else None


async def _entry(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, key: str
) -> Row[Any] | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": kind, "key": key}
    return (await tx.execute(_ENTRY, of)).one_or_none()


async def went_inactive(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: str) -> None:
    """As `retire`, of the account with this code."""
    account = await load_account(tx, workspace_id, organisation_id, code)
    if account is not None:
        await retire(tx, workspace_id, organisation_id, account)


async def retire(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, entry: Account | Contact | Product
) -> None:
    """The ledger says that it is archived: it is offered no more, before the next refresh says so too."""
    if isinstance(entry, Account):
        kind, key = ListKind.ACCOUNTS, entry.code
    elif isinstance(entry, Product):
        kind, key = ListKind.PRODUCTS, entry.code
    else:
        kind, key = ListKind.CONTACTS, entry.provider_id
    await list_terms.drop(tx, workspace_id, organisation_id, kind, [key])
    await tx.execute(
        ENTRIES.update()
        .where(
            ENTRIES.c.workspace_id == workspace_id,
            ENTRIES.c.organisation_id == organisation_id,
            ENTRIES.c.kind == kind,
            ENTRIES.c.key == key,
        )
        .values(is_active=False, entry=dump(replace(entry, is_active=False)))
    )


async def note_use(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, kind: ListKind, keys: Iterable[str]
) -> None:
    """A person coded an item to these; they are offered first from now on."""
    for key in keys:
        of = {"of_workspace": workspace_id, "of_organisation": organisation_id, "of_kind": kind, "of_key": key}
        await tx.execute(_USE, {**of, "now": tx.now})


async def keep_books(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    books: Books,
    *,
    has_rules_followed: bool = False,
) -> None:
    """What the ledger says of itself, as it was just read. Its rules and lock dates hold from when what waits is looked at by
    them, which is where its lists are read: for anybody else they stay what they were until then.
    """
    before = None if has_rules_followed else await books_of(tx, workspace_id, organisation_id)
    if before is not None:
        books = replace(
            books,
            rules=before.rules,
            lock_dates_known=before.lock_dates_known,
            period_locked_to=before.period_locked_to,
            year_locked_to=before.year_locked_to,
        )
    statement = ORGANISATIONS.update().where(
        ORGANISATIONS.c.id == organisation_id, ORGANISATIONS.c.workspace_id == workspace_id
    )
    await tx.execute(statement.values(books=dump(books), name=books.name))


async def rules_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> BookRules:
    """What its books ask of documents, as they were read last, and what it asks for itself."""
    row = (await tx.execute(_RULES, {"workspace_id": workspace_id, "organisation_id": organisation_id})).one_or_none()
    if row is None:
        return USUAL_RULES
    books = load(row.books, Books)
    required = USUALLY_REQUIRED if row.general is None else _REQUIRED.decode(row.general).required
    rules = replace(books.rules, required=required) if required != USUALLY_REQUIRED else books.rules
    amounts = USUAL_AMOUNTS if row.chosen is None else _AMOUNTS.decode(row.chosen).amounts
    if amounts.materiality is not None:
        small = await small_amounts(tx, workspace_id, organisation_id, amounts, books.base_currency)
        rules = replace(rules, small=small)
    if not (rules.tracks_documents or required.tracks):
        return rules
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id, "kind": ListKind.TRACKING_CATEGORIES}
    known = [_CATEGORY.decode(entry) for entry in (await tx.execute(_ALL, of)).scalars()]
    of_document = {category.provider_id: category.name for category in known if category.is_of_document}
    live = {category.provider_id: category.name for category in known if category.is_active}
    return replace(rules, of_document=of_document if rules.tracks_documents else {}, tracking_names=live)


async def books_of(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId) -> Books | None:
    of = {"workspace_id": workspace_id, "organisation_id": organisation_id}
    text = (await tx.execute(_BOOKS, of)).scalar_one_or_none()
    return None if text is None else load(text, Books)
