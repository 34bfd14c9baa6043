"""Sage's lists to our words; pure.

What documents refer to is the id of each entry, never its number or name. Sources: "Ledger accounts", "Tax rates", "Bank
accounts", "Contacts", "Products", "Services", "Stock items", "Analysis types", "Currencies" of the reference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
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
from providers.fields import (
    FieldError,
    code_of,
    day_of,
    name_of,
    optional_code,
    optional_name,
    percent_of,
    rate_of,
    record_of,
)
from providers.sage.resources import CUSTOMER, VENDOR

Json = dict[str, Any]
ITEMS = {"products": "product", "services": "service", "stock_items": "product"}
"""What lines name each kind of item by: a stock item as a product."""
PLURALS = {
    ListKind.ACCOUNTS: ("ledger_accounts",),
    ListKind.TAX_RATES: ("tax_rates",),
    ListKind.BANK_ACCOUNTS: ("bank_accounts",),
    ListKind.PRODUCTS: tuple(ITEMS),
    ListKind.CONTACTS: ("contacts",),
    ListKind.CURRENCIES: ("currencies",),
}
AREAS = ("visible_in_expenses", "visible_in_sales", "visible_in_other_payments", "visible_in_other_receipts")
ATTRIBUTES = {
    "ledger_accounts": "name,nominal_code,ledger_account_group,tax_rate,included_in_chart,is_control_account,"
    f"visible_in_banking,{','.join(AREAS)}",
    "tax_rates": "name,percentage,is_visible",
    "bank_accounts": "bank_account_type,nominal_code,is_active,deleted_at",
    **dict.fromkeys(
        ITEMS,
        "item_code,description,sales_ledger_account,purchase_ledger_account,sales_tax_rate,purchase_tax_rate,active,deleted_at",
    ),
    "contacts": "name,contact_types,tax_number,currency,default_purchase_ledger_account,deleted_at",
    "currencies": "name",
    "business_exchange_rates": "rate,currency,updated_at",
}
"""What is asked for of each entry: a list tells no more than that."""
_GROUPS = {
    "ASSET": AccountClass.ASSET,
    "LIABILITY": AccountClass.LIABILITY,
    "CAPITAL": AccountClass.EQUITY,
    "EQUITY": AccountClass.EQUITY,
    "INCOME": AccountClass.REVENUE,
    "EXPENSE": AccountClass.EXPENSE,
}
"""Of ledger accounts; all but the last two are unverified, so that one that is not known goes by where it is offered."""
CARDS = ("CREDIT_CARD", "LOAN")


def read_entry(kind: ListKind, element: Any, plural: str) -> ListEntry | Unreadable:
    """An entry of another form is named and left out; it does not cost the list."""
    try:
        return _entry(kind, record_of(element), plural)
    except FieldError as error:
        return _unreadable(kind, element, error)


def _unreadable(kind: ListKind, element: Any, error: FieldError) -> Unreadable:
    found = element if isinstance(element, dict) else {}
    name = found.get("displayed_as") or found.get("name")
    called = name[:60] if isinstance(name, str) and name.strip() else "an entry"
    try:
        key = code_of(found, "id")
    except FieldError:
        key = None
    return Unreadable(words=f"{kind.replace('_', ' ')}: {called} ({error})", key=key)


def _entry(kind: ListKind, found: Mapping[str, Any], plural: str) -> ListEntry:
    match kind:
        case ListKind.ACCOUNTS:
            return _account(found)
        case ListKind.BANK_ACCOUNTS:
            return _bank_account(found)
        case ListKind.TAX_RATES:
            return _tax_rate(found)
        case ListKind.CONTACTS:
            return _contact(found)
        case ListKind.PRODUCTS:
            return _product(found, ITEMS[plural])
        case ListKind.CURRENCIES:
            code = code_of(found, "id")
            return Currency(code=code, name=optional_name(found, "name") or code)
        case ListKind.TRACKING_CATEGORIES:
            raise FieldError("it is a category of an analysis type, and no type")


def _account(found: Mapping[str, Any]) -> Account:
    """One that is offered nowhere is for Sage itself."""
    account_id = code_of(found, "id")
    is_offered = any(found.get(area) for area in AREAS)
    return Account(
        provider_id=account_id,
        code=account_id,
        number=_number(found),
        name=optional_name(found, "name") or name_of(found, "displayed_as"),
        account_class=_class_of(found),
        is_bank=found.get("visible_in_banking") is True and not is_offered,
        is_system=bool(found.get("is_control_account")) or not is_offered,
        is_active=found.get("included_in_chart") is not False,
        default_tax_code=_id(found, "tax_rate"),
    )


def _class_of(found: Mapping[str, Any]) -> AccountClass:
    group = _id(found, "ledger_account_group") or ""
    if group in _GROUPS:
        return _GROUPS[group]
    return AccountClass.REVENUE if found.get("visible_in_sales") else AccountClass.EXPENSE


def _number(found: Mapping[str, Any]) -> str:
    """The nominal code; in some countries it has letters."""
    code = found.get("nominal_code")
    return str(code).zfill(4)[:100] if isinstance(code, int | str) and str(code).strip() else ""


def _bank_account(found: Mapping[str, Any]) -> Account:
    """In which currency it is kept is not told."""
    bank_id = code_of(found, "id")
    is_card = (_id(found, "bank_account_type") or "") in CARDS
    return Account(
        provider_id=bank_id,
        code=bank_id,
        number="",
        name=name_of(found, "displayed_as"),
        account_class=AccountClass.LIABILITY if is_card else AccountClass.ASSET,
        is_bank=True,
        is_active=found.get("is_active") is not False and not found.get("deleted_at"),
        is_card=is_card,
    )


def _tax_rate(found: Mapping[str, Any]) -> TaxRate:
    return TaxRate(
        code=code_of(found, "id"),
        name=optional_name(found, "name") or name_of(found, "displayed_as"),
        percent=percent_of(found, "percentage"),
        is_active=found.get("is_visible") is not False,
    )


def _contact(found: Mapping[str, Any]) -> Contact:
    types = {str(record_of(one).get("id")) for one in found.get("contact_types") or []}
    return Contact(
        provider_id=code_of(found, "id"),
        name=optional_name(found, "name") or name_of(found, "displayed_as"),
        is_active=not found.get("deleted_at"),
        is_supplier=VENDOR in types,
        is_customer=CUSTOMER in types,
        tax_number=optional_name(found, "tax_number"),
        currency=_id(found, "currency"),
        default_account_code=_id(found, "default_purchase_ledger_account"),
    )


def _product(found: Mapping[str, Any], kind: str) -> Product:
    """Named on lines with its kind, because a product and a service have a field each."""
    item_id = code_of(found, "id")
    return Product(
        provider_id=item_id,
        code=f"{kind}/{item_id}",
        number=optional_code(found, "item_code") or "",
        name=optional_name(found, "description") or name_of(found, "displayed_as"),
        is_active=found.get("active") is not False and not found.get("deleted_at"),
        bought=_usually(found, "purchase"),
        sold=_usually(found, "sales"),
    )


def _usually(found: Mapping[str, Any], side: str) -> Usually | None:
    account = _id(found, f"{side}_ledger_account")
    return None if account is None else Usually(account=account, tax_rate=_id(found, f"{side}_tax_rate"))


def with_rates(entries: Iterable[ListEntry], found: Iterable[Any]) -> list[ListEntry]:
    """Currencies with the business's own rates, "the rate against the base currency": what one unit of that is worth, which is
    unverified. One that cannot be read says nothing.
    """
    rates: dict[str, tuple[Decimal, date | None]] = {}
    for element in found:
        try:
            one = record_of(element)
            rates[_id(one, "currency") or ""] = rate_of(one, "rate"), day_of(one, "updated_at")
        except FieldError:
            continue
    return [_rated(entry, rates) for entry in entries]


def _rated(entry: ListEntry, rates: Mapping[str, tuple[Decimal, date | None]]) -> ListEntry:
    if not isinstance(entry, Currency) or entry.code not in rates:
        return entry
    rate, rated_on = rates[entry.code]
    return replace(entry, rate=rate, rated_on=rated_on)


def tracking_of(kind: Mapping[str, Any], categories: Sequence[Any]) -> TrackingCategory:
    """An analysis type with its categories; one that cannot be read is left out.

    Raises:
        FieldError: the type itself cannot be read.
    """
    options = []
    for one in categories:
        try:
            said = record_of(one)
            name = optional_name(said, "name") or name_of(said, "displayed_as")
            options.append(TrackingOption(provider_id=code_of(said, "id"), name=name))
        except FieldError:
            continue
    name = optional_name(kind, "name") or name_of(kind, "displayed_as")
    return TrackingCategory(provider_id=code_of(kind, "id"), name=name, options=tuple(options))


def _id(found: Mapping[str, Any], field: str) -> str | None:
    return optional_code(record_of(found.get(field) or {}), "id")
