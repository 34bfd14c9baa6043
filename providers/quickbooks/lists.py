"""QuickBooks' lists to our words; pure.

What documents refer to is the id of each entry, never its number or name: those are changed by people. Accounts and
products are shown by their number all the same, where they have one.

Sources: "Account", "TaxCode", "TaxRate", "Vendor", "Customer", "Class", "Department", "CompanyCurrency", "Item" of the API
reference.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bot.domain.books import (
    Account,
    AccountClass,
    Contact,
    Currency,
    ListEntry,
    ListKind,
    Product,
    TaxRate,
    TrackingCategory,
    TrackingOption,
    Unreadable,
    Usually,
)
from providers.fields import FieldError, code_of, name_of, optional_code, optional_name, percent_of, record_of
from providers.quickbooks.mapping import CLASS, LOCATION

Json = dict[str, Any]
ANY_ACTIVE = "Active in (true, false)"
CARD = "Credit Card"
BANKS = ("Bank", CARD)
CONTACTS = ("Vendor", "Customer")
ENTITIES = {
    ListKind.ACCOUNTS: ("Account",),
    ListKind.BANK_ACCOUNTS: ("Account",),
    ListKind.TAX_RATES: ("TaxCode",),
    ListKind.CURRENCIES: ("CompanyCurrency",),
    ListKind.PRODUCTS: ("Item",),
    ListKind.CONTACTS: CONTACTS,
    ListKind.TRACKING_CATEGORIES: (CLASS, LOCATION),
}
ORDER = {
    "Account": "FullyQualifiedName",
    "TaxCode": "Name",
    "CompanyCurrency": "Code",
    "Item": "FullyQualifiedName",
    "Vendor": "DisplayName",
    "Customer": "DisplayName",
    CLASS: "FullyQualifiedName",
    LOCATION: "FullyQualifiedName",
}
"""What is unique in each list: pages are cut by it. An `Id` cannot be sorted by."""
_CLASSES = {
    "Asset": AccountClass.ASSET,
    "Equity": AccountClass.EQUITY,
    "Expense": AccountClass.EXPENSE,
    "Liability": AccountClass.LIABILITY,
    "Revenue": AccountClass.REVENUE,
}
_OF_THE_SYSTEM = ("Accounts Payable", "Accounts Receivable", "Non-Posting")
_OF_TAX = ("GlobalTaxPayable", "GlobalTaxSuspense", "SalesTaxPayable")
_NOT_SOLD = ("Category", "Group", "Bundle")
_BOUGHT = frozenset({AccountClass.ASSET, AccountClass.EQUITY, AccountClass.EXPENSE, AccountClass.LIABILITY})


def read_entry(
    kind: ListKind, element: Any, entity: str, rates: Mapping[str, Decimal]
) -> ListEntry | Unreadable | None:
    """An entry of another form is named and left out; it does not cost the list. None: it is nothing that is booked."""
    try:
        return _entry(kind, record_of(element), entity, rates)
    except FieldError as error:
        return _unreadable(kind, element, error)


def _unreadable(kind: ListKind, element: Any, error: FieldError) -> Unreadable:
    found = element if isinstance(element, dict) else {}
    name = found.get("DisplayName") or found.get("Name")
    called = name[:60] if isinstance(name, str) and name.strip() else "an entry"
    try:
        key = code_of(found, "Code" if kind is ListKind.CURRENCIES else "Id")
    except FieldError:
        key = None
    return Unreadable(words=f"{kind.replace('_', ' ')}: {called} ({error})", key=key)


def _entry(kind: ListKind, found: Mapping[str, Any], entity: str, rates: Mapping[str, Decimal]) -> ListEntry | None:
    match kind:
        case ListKind.ACCOUNTS | ListKind.BANK_ACCOUNTS:
            return _account(found)
        case ListKind.TAX_RATES:
            return _tax_rate(found, rates)
        case ListKind.CONTACTS:
            return _contact(found, entity)
        case ListKind.PRODUCTS:
            return None if found.get("Type") in _NOT_SOLD else _product(found)
        case ListKind.CURRENCIES:
            code = code_of(found, "Code")
            return Currency(code=code, name=optional_name(found, "Name") or code)
        case ListKind.TRACKING_CATEGORIES:
            raise FieldError("it is an option, and no category")


def _account(found: Mapping[str, Any]) -> Account:
    account_id = code_of(found, "Id")
    return Account(
        provider_id=account_id,
        code=account_id,
        number=optional_code(found, "AcctNum") or "",
        name=optional_name(found, "FullyQualifiedName") or name_of(found, "Name"),
        account_class=_class_of(found),
        is_bank=found.get("AccountType") in BANKS,
        is_system=found.get("AccountType") in _OF_THE_SYSTEM or found.get("AccountSubType") in _OF_TAX,
        is_active=_is_active(found),
        default_tax_code=_value(found, "TaxCodeRef"),
        currency=_value(found, "CurrencyRef"),
        is_card=found.get("AccountType") == CARD,
    )


def _class_of(found: Mapping[str, Any]) -> AccountClass:
    said = name_of(found, "Classification")
    if said not in _CLASSES:
        raise FieldError(f"its Classification, {said[:30]}, is none that I know")
    return _CLASSES[said]


def _tax_rate(found: Mapping[str, Any], rates: Mapping[str, Decimal]) -> TaxRate:
    """A code has rates of its own for what is bought and what is sold; it is shown with the first that there are. In the
    United States it only says that something is taxable: how much is worked out for each document.
    """
    bought, sold = _rates_of(found, "Purchase"), _rates_of(found, "Sales")
    applies_to = (_BOUGHT if bought is not None else frozenset()) | (
        {AccountClass.REVENUE} if sold is not None else frozenset()
    )
    percents = [rates[rate] for rate in (bought or sold or ()) if rate in rates]
    is_worked_out_there = bought is None and sold is None and bool(found.get("Taxable"))
    return TaxRate(
        code=code_of(found, "Id"),
        name=name_of(found, "Name"),
        percent=None if is_worked_out_there else sum(percents, Decimal(0)),
        is_active=_is_active(found) and not found.get("Hidden"),
        applies_to=applies_to or frozenset(AccountClass),
    )


def _rates_of(found: Mapping[str, Any], side: str) -> tuple[str, ...] | None:
    """None: the code is not for this side."""
    details = record_of(found.get(f"{side}TaxRateList") or {}).get("TaxRateDetail") or []
    if not isinstance(details, list) or not details:
        return None
    return tuple(_value(record_of(one), "TaxRateRef") or "" for one in details)


def rate_percent(found: Any) -> tuple[str, Decimal]:
    """A tax rate's id and its percentage.

    Raises:
        FieldError: it is not of the documented form.
    """
    said = record_of(found)
    return code_of(said, "Id"), percent_of(said, "RateValue")


def _contact(found: Mapping[str, Any], entity: str) -> Contact:
    name = name_of(found, "DisplayName")
    return Contact(
        provider_id=code_of(found, "Id"),
        name=name,
        is_active=_is_active(found),
        is_supplier=entity == "Vendor",
        is_customer=entity == "Customer",
        tax_number=optional_name(found, "TaxIdentifier"),
        currency=_value(found, "CurrencyRef"),
        default_account_code=_value(found, "PrefillAccountRef"),
        within=_within(found, name),
    )


def _within(found: Mapping[str, Any], name: str) -> str | None:
    """The customer that a project or a job is of: what stands before its own name."""
    whole = optional_name(found, "FullyQualifiedName") or ""
    parents, _, own = whole.rpartition(":")
    return parents if parents and own == name else None


def _product(found: Mapping[str, Any]) -> Product:
    item_id = code_of(found, "Id")
    is_counted = found.get("Type") == "Inventory"
    return Product(
        provider_id=item_id,
        code=item_id,
        number=optional_code(found, "Sku") or "",
        name=optional_name(found, "FullyQualifiedName") or name_of(found, "Name"),
        is_active=_is_active(found),
        bought=_usually(found, "ExpenseAccountRef", "PurchaseTaxCodeRef"),
        sold=_usually(found, "IncomeAccountRef", "SalesTaxCodeRef"),
        stock_account=_value(found, "AssetAccountRef") if is_counted else None,
    )


def _usually(found: Mapping[str, Any], account: str, tax_code: str) -> Usually | None:
    code = _value(found, account)
    return None if code is None else Usually(account=code, tax_rate=_value(found, tax_code))


def tracking_of(entity: str, name: str, options: Sequence[Any]) -> TrackingCategory:
    """All classes, of which each line has one, or all locations, of which a document has. One that cannot be read is left
    out.
    """
    found = []
    for option in options:
        try:
            found.append(_option(record_of(option)))
        except FieldError:
            continue
    return TrackingCategory(provider_id=entity, name=name, options=tuple(found), is_of_document=entity == LOCATION)


def _option(found: Mapping[str, Any]) -> TrackingOption:
    name = optional_name(found, "FullyQualifiedName") or name_of(found, "Name")
    return TrackingOption(provider_id=code_of(found, "Id"), name=name, is_active=_is_active(found))


def _is_active(found: Mapping[str, Any]) -> bool:
    return found.get("Active", True) is not False


def _value(found: Mapping[str, Any], field: str) -> str | None:
    return optional_code(record_of(found.get(field) or {}), "value")
