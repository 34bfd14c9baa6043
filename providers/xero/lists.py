"""Xero's lists to our words; pure.

Sources: developer.xero.com "Accounts", "Tax Rates", "Tracking Categories", "Currencies", "Items", "Contacts" (pages and their
`pagination` block).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.books import (
    Account,
    AccountClass,
    Contact,
    Currency,
    ListEntry,
    ListKind,
    ListPage,
    Product,
    TaxRate,
    TrackingCategory,
    TrackingOption,
    Unreadable,
    Usually,
)
from providers.errors import ProviderChangedError
from providers.fields import (
    FieldError,
    code_of,
    name_of,
    optional_code,
    optional_name,
    percent_of,
    record_of,
    uuid_of,
)
from providers.xero.client import PAGE_SIZE

PATHS = {
    ListKind.ACCOUNTS: "Accounts",
    ListKind.BANK_ACCOUNTS: "Accounts",
    ListKind.TAX_RATES: "TaxRates",
    ListKind.TRACKING_CATEGORIES: "TrackingCategories",
    ListKind.CURRENCIES: "Currencies",
    ListKind.PRODUCTS: "Items",
    ListKind.CONTACTS: "Contacts",
}
"""The endpoint, and the name of the list in its answer."""
MOST_COUNTED = 10**7
"""A total above this is no count of anybody's contacts."""


def query_of(kind: ListKind, page: str | None) -> dict[str, str]:
    match kind:
        case ListKind.CONTACTS:
            return {"page": page or "1", "pageSize": str(PAGE_SIZE), "summaryOnly": "true", "includeArchived": "true"}
        case ListKind.BANK_ACCOUNTS:
            return {"where": 'Type=="BANK"'}
        case ListKind.TRACKING_CATEGORIES:
            return {"includeArchived": "true"}
        case _:
            return {}


def found_in(answer: Mapping[str, Any], kind: ListKind) -> list[Any]:
    """Raises:
    ProviderChangedError: there is no such list in it.
    """
    found = answer.get(PATHS[kind])
    if not isinstance(found, list):
        raise ProviderChangedError(f"Xero's answer has no list of {PATHS[kind]}")
    return found


def page_of(
    kind: ListKind, page: str | None, answer: Mapping[str, Any], read: Sequence[ListEntry | Unreadable]
) -> ListPage:
    """One answer as a page, from what was read of its entries."""
    number = int(page or "1")
    has_next = kind is ListKind.CONTACTS and goes_on(number, len(read), answer.get("pagination"))
    return ListPage(
        entries=tuple(entry for entry in read if not isinstance(entry, Unreadable)),
        next_page=str(number + 1) if has_next else None,
        unreadable=tuple(entry for entry in read if isinstance(entry, Unreadable)),
        total=_count(answer.get("pagination"), "itemCount"),
    )


def read_entry(kind: ListKind, element: Any) -> ListEntry | Unreadable:
    """An entry of another form is named and left out; it does not cost the list."""
    try:
        return entry_of(kind, element)
    except FieldError as error:
        return _unreadable(kind, element, error)


def goes_on(number: int, found: int, pagination: Any) -> bool:
    """By the vendor's word where it gives one, because it may put less on a page than was asked for; else a full page
    has another after it.
    """
    pages = _count(pagination, "pageCount")
    return found > 0 and (found >= PAGE_SIZE if pages is None else number < pages)


def _count(pagination: Any, name: str) -> int | None:
    count = pagination.get(name) if isinstance(pagination, dict) else None
    is_count = isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= MOST_COUNTED
    return count if is_count else None


def _unreadable(kind: ListKind, element: Any, error: FieldError) -> Unreadable:
    name = element.get("Name") if isinstance(element, dict) else None
    called = name[:60] if isinstance(name, str) and name.strip() else "an entry"
    return Unreadable(words=f"{kind.replace('_', ' ')}: {called} ({error})", key=_key_of(kind, element))


def _key_of(kind: ListKind, element: Any) -> str | None:
    """What the entry would be kept under, where that much of it can be read."""
    try:
        found = record_of(element)
        match kind:
            case ListKind.ACCOUNTS | ListKind.BANK_ACCOUNTS:
                return optional_code(found, "Code") or uuid_of(found, "AccountID")
            case ListKind.TAX_RATES:
                return code_of(found, "TaxType")
            case ListKind.CONTACTS:
                return uuid_of(found, "ContactID")
            case ListKind.TRACKING_CATEGORIES:
                return uuid_of(found, "TrackingCategoryID")
            case ListKind.CURRENCIES | ListKind.PRODUCTS:
                return code_of(found, "Code")
    except FieldError:
        return None


def entry_of(kind: ListKind, element: Any) -> ListEntry:
    """One entry of a list.

    Raises:
        FieldError: it is not of the documented form; the words say what is wrong.
    """
    found = record_of(element)
    match kind:
        case ListKind.ACCOUNTS | ListKind.BANK_ACCOUNTS:
            return _account(found)
        case ListKind.TAX_RATES:
            return _tax_rate(found)
        case ListKind.CONTACTS:
            return _contact(found)
        case ListKind.TRACKING_CATEGORIES:
            return _tracking(found)
        case ListKind.PRODUCTS:
            return _product(found)
        case ListKind.CURRENCIES:
            code = code_of(found, "Code")
            return Currency(code=code, name=optional_name(found, "Description") or code)


def _account(found: Mapping[str, Any]) -> Account:
    return Account(
        provider_id=uuid_of(found, "AccountID"),
        code=optional_code(found, "Code") or "",
        name=name_of(found, "Name"),
        account_class=_class_of(found),
        is_bank=found.get("Type") == "BANK",
        is_system=bool(found.get("SystemAccount")),
        is_active=found.get("Status") == "ACTIVE",
        default_tax_code=optional_code(found, "TaxType"),
        currency=optional_code(found, "CurrencyCode"),
        is_card=found.get("BankAccountType") == "CREDITCARD",
    )


def _class_of(found: Mapping[str, Any]) -> AccountClass:
    said = name_of(found, "Class")
    try:
        return AccountClass(said.lower())
    except ValueError as error:
        raise FieldError(f"its Class, {said[:30]}, is none that I know") from error


_APPLIES = {
    "CanApplyToAssets": AccountClass.ASSET,
    "CanApplyToEquity": AccountClass.EQUITY,
    "CanApplyToExpenses": AccountClass.EXPENSE,
    "CanApplyToLiabilities": AccountClass.LIABILITY,
    "CanApplyToRevenue": AccountClass.REVENUE,
}


def _tax_rate(found: Mapping[str, Any]) -> TaxRate:
    return TaxRate(
        code=code_of(found, "TaxType"),
        name=name_of(found, "Name"),
        percent=percent_of(found, "EffectiveRate"),
        is_active=found.get("Status", "ACTIVE") == "ACTIVE",
        applies_to=frozenset(kind for name, kind in _APPLIES.items() if found.get(name)),
    )


def _contact(found: Mapping[str, Any]) -> Contact:
    return Contact(
        provider_id=uuid_of(found, "ContactID"),
        name=name_of(found, "Name"),
        is_active=found.get("ContactStatus", "ACTIVE") == "ACTIVE",
        is_supplier=bool(found.get("IsSupplier")),
        is_customer=bool(found.get("IsCustomer")),
        tax_number=optional_name(found, "TaxNumber"),
        currency=optional_code(found, "DefaultCurrency"),
        default_account_code=optional_code(found, "PurchasesDefaultAccountCode"),
    )


def _product(found: Mapping[str, Any]) -> Product:
    """An "item" that is deleted in Xero is not in its list any more; there is no status."""
    code = code_of(found, "Code")
    return Product(
        provider_id=uuid_of(found, "ItemID"),
        code=code,
        name=optional_name(found, "Name") or code,
        bought=_usually(found, "IsPurchased", "PurchaseDetails"),
        sold=_usually(found, "IsSold", "SalesDetails"),
        stock_account=optional_code(found, "InventoryAssetAccountCode") if found.get("IsTrackedAsInventory") else None,
    )


def _usually(found: Mapping[str, Any], is_so: str, details: str) -> Usually | None:
    if not found.get(is_so, True):
        return None
    stated = record_of(found.get(details) or {})
    return Usually(account=optional_code(stated, "AccountCode"), tax_rate=optional_code(stated, "TaxType"))


def _tracking(found: Mapping[str, Any]) -> TrackingCategory:
    options = found.get("Options") or []
    if not isinstance(options, list):
        raise FieldError("its Options are no list")
    return TrackingCategory(
        provider_id=uuid_of(found, "TrackingCategoryID"),
        name=name_of(found, "Name"),
        is_active=found.get("Status", "ACTIVE") == "ACTIVE",
        options=tuple(_option(record_of(option)) for option in options),
    )


def _option(found: Mapping[str, Any]) -> TrackingOption:
    return TrackingOption(
        provider_id=uuid_of(found, "TrackingOptionID"),
        name=name_of(found, "Name"),
        is_active=found.get("Status", "ACTIVE") == "ACTIVE",
    )
