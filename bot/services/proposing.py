"""What could stand for an entry of a list that is archived or gone: proposed from the list as it is now, decided by a person."""

from bot.db.unit_of_work import Tx
from bot.domain.books import Account, Contact, ListKind, Product, TaxRate, TrackingCategory
from bot.domain.documents import ItemKind
from bot.domain.gone_codes import Code
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.payment_methods import Link
from bot.domain.replacing import (
    EVERY_KIND,
    MOST_PROPOSED,
    Instead,
    nearest,
    nearest_accounts,
    nearest_rates,
    telling_words,
)
from bot.domain.texts import folded
from bot.services import lists
from bot.services.bank_accounts import bank_accounts
from bot.services.settings import load_settings


async def proposed(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code
) -> tuple[Instead, ...]:
    """Some, the likeliest first. Of a category those most alike in name, and the default one if it is of the same class; of a tax rate
    those of the same percentage; of a product, a tracking option or a bank account those most alike in name, of the same category or
    currency; of a contact the one that is called the same.
    """
    of = tx, workspace_id, organisation_id
    match code.kind:
        case ListKind.ACCOUNTS:
            gone = await lists.load_account(*of, code.key)
            return () if gone is None else tuple(map(of_account, await _accounts(*of, gone)))
        case ListKind.TAX_RATES:
            rate = await lists.load_tax_rate(*of, code.key)
            return () if rate is None else tuple(map(of_rate, nearest_rates(rate, await _rates(*of, rate))))
        case ListKind.PRODUCTS:
            return await _products(*of, code.key)
        case ListKind.CONTACTS:
            return await _contacts(*of, code.key)
        case ListKind.TRACKING_CATEGORIES:
            return await _options(*of, code)
        case ListKind.BANK_ACCOUNTS:
            return await _bank_accounts(*of, code.key)
        case _:
            return ()


def of_account(account: Account) -> Instead:
    return Instead(key=account.code, label=account.label)


def of_rate(rate: TaxRate) -> Instead:
    return Instead(key=rate.code, label=rate.label, kinds=frozenset(kind for kind in ItemKind if rate.goes_with(kind)))


def of_product(product: Product) -> Instead:
    """Any can stand on a line of a cost; what is not sold is on no sale."""
    kinds = EVERY_KIND if product.sold is not None else EVERY_KIND - {ItemKind.SALE}
    return Instead(key=product.code, label=product.label, kinds=kinds)


def of_contact(contact: Contact) -> Instead:
    return Instead(key=contact.provider_id, label=contact.label)


def of_option(category: TrackingCategory, key: str) -> Instead | None:
    """One of its options; None where it has no such one."""
    found = next((option for option in category.options if option.provider_id == key), None)
    return None if found is None else Instead(key=key, label=f"{category.name} {found.name}")


def of_bank_account(account: Account) -> Instead:
    return Instead(key=account.provider_id, label=account.label)


async def _accounts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: Account
) -> tuple[Account, ...]:
    of = tx, workspace_id, organisation_id
    alike = [account for word in sorted(telling_words(gone.name)) for account in await lists.find_accounts(*of, word)]
    usual = await _default(*of, gone)
    found = (*nearest_accounts(gone, alike), *([] if usual is None else [usual]))
    return tuple({each.code: each for each in found}.values())[:MOST_PROPOSED]


async def _default(tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: Account) -> Account | None:
    settings = await load_settings(tx, workspace_id, organisation_id)
    codes = [settings.defaults_of(kind).account for kind in (ItemKind.COST, ItemKind.SALE)]
    known = await lists.accounts_by_code(tx, workspace_id, organisation_id, [code for code in codes if code])
    usable = [account for account in known.values() if account.is_active and account.is_codable]
    return next((each for each in usable if each.account_class is gone.account_class and each.code != gone.code), None)


async def _rates(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, gone: TaxRate
) -> tuple[TaxRate, ...]:
    kind = ItemKind.COST if gone.goes_with_costs else ItemKind.SALE
    return await lists.live_tax_rates(tx, workspace_id, organisation_id, kind)


async def _products(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, key: str
) -> tuple[Instead, ...]:
    """Bought and sold as the one that is gone."""
    of = tx, workspace_id, organisation_id
    gone = (await lists.products_by_code(*of, [key])).get(key)
    if gone is None:
        return ()
    alike = [each for word in sorted(telling_words(gone.name)) for each in await lists.find_products(*of, word)]
    fit = [each for each in alike if (gone.sold is None or each.sold) and (gone.bought is None or each.bought)]
    return tuple(map(of_product, nearest(gone.name, [each for each in fit if each.code != key])))


async def _contacts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, key: str
) -> tuple[Instead, ...]:
    """Whom another one was merged into is often called as both were."""
    of = tx, workspace_id, organisation_id
    gone = (await lists.contacts_by_id(*of, [key])).get(key)
    if gone is None:
        return ()
    same = [
        each
        for each in await lists.find_contacts(*of, gone.name, _side(gone))
        if folded(each.name) == folded(gone.name) and each.within == gone.within and each.provider_id != key
    ]
    return (of_contact(same[0]),) if len(same) == 1 else ()


def _side(contact: Contact) -> ItemKind | None:
    """Where it is known."""
    if contact.is_customer is contact.is_supplier:
        return None
    return ItemKind.SALE if contact.is_customer else ItemKind.COST


async def _options(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, code: Code
) -> tuple[Instead, ...]:
    category = await lists.load_tracking(tx, workspace_id, organisation_id, code.of)
    if category is None or not category.is_active:
        return ()
    gone = next((option for option in category.options if option.provider_id == code.key), None)
    live = [option for option in category.options if option.is_active and option.provider_id != code.key]
    found = () if gone is None else nearest(gone.name, live)
    return tuple(each for option in found if (each := of_option(category, option.provider_id)) is not None)


async def _bank_accounts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, key: str
) -> tuple[Instead, ...]:
    known = await bank_accounts(tx, workspace_id, organisation_id)
    if key not in known:
        return ()
    gone = known[key][1]
    live = [each for link, each in known.values() if link is Link.LIVE and each.currency == gone.currency]
    return tuple(map(of_bank_account, nearest(gone.name, [each for each in live if each.is_card is gone.is_card])))
