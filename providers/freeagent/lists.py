"""FreeAgent's lists to our words; pure.

Sources: dev.freeagent.com "Categories", "Bank Accounts", "Contacts", "Projects", "Company" and "Sales Tax" (rates and statuses),
"Currencies", which is a list that is the same for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.domain.books import (
    USERS,
    Account,
    AccountClass,
    Contact,
    Currency,
    ListEntry,
    ListKind,
    TaxRate,
    TrackingCategory,
    TrackingOption,
    Unreadable,
)
from providers.fields import FieldError, code_of, name_of, optional_code, optional_name, record_of
from providers.freeagent import wire
from providers.freeagent.mapping import is_in_uk, is_registered
from providers.freeagent.resources import id_of

PROJECT = "project"
"""The tracking category there is; its options are projects."""
ACCOUNTANT = "Accountant"
"""The role of users to whom nothing is paid back."""
EXEMPT, OUT_OF_SCOPE = "EXEMPT", "OUT_OF_SCOPE"
UK_RATES = ("20.0", "5.0", "0.0")
"""Where a company of the United Kingdom does not tell any: the example of "Company" has none (unverified)."""
REVERSE_CHARGE = "REVERSE_CHARGE"
"""Our code for what FreeAgent says of a whole document (`ec_status`)."""
GROUPS = {
    "income_categories": AccountClass.REVENUE,
    "cost_of_sales_categories": AccountClass.EXPENSE,
    "admin_expenses_categories": AccountClass.EXPENSE,
    "general_categories": None,
}
"""The sets of "Categories"; what a general one is, its nominal code says."""
PLACES = {"Standard rate": 0, "Reduced rate": 1}
"""Which of the company's rates a category has by itself."""
_ASSETS = range(601, 608)
_STOCK = "609"
_NOT_BY_HAND = frozenset({_STOCK, "681", "750", "796", "817", "905"})
"""Debtors, banks, creditors, VAT, users' own accounts; and stock, which wants its item. The names of codes are unverified."""
_EXTRA_CURRENCIES = """
AED AMD AOA ARS AUD AWG AZN BBD BDT BGN BRL BWP CAD CHF CLP CNY COP CRC CUC CUP CZK DKK DOP EGP
EUR FJD GBP GEL GHS GTQ GYD HKD HNL HRK HUF IDR ILS INR ISK JMD JPY KES KRW KWD KYD KZT LAK LBP
LKR LTL LVL MAD MDL MGA MUR MVR MWK MXN MYR MZN NAD NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RON
RSD RUB RWF SAR SCR SEK SGD THB TND TRY TTD TWD TZS UAH UGX USD UYU VEF VND VUV XAF XCD XOF ZAR ZMK
"""
CURRENCIES = tuple(_EXTRA_CURRENCIES.split())


def read_entry(kind: ListKind, element: Any) -> ListEntry | Unreadable:
    """An entry of another form is named and left out; it does not cost the list."""
    try:
        found = record_of(element)
        return _contact(found) if kind is ListKind.CONTACTS else _bank_account(found)
    except FieldError as error:
        return _unreadable(kind, element, error)


def users_of(rows: Sequence[Any]) -> tuple[list[ListEntry], list[Unreadable]]:
    """Whoever works with the books, to be kept beside its contacts."""
    entries: list[ListEntry] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        try:
            entries.append(_user(record_of(row)))
        except FieldError as error:
            unread = _unreadable(ListKind.CONTACTS, row, error)
            unreadable.append(replace(unread, key=None if unread.key is None else USERS + unread.key))
    return entries, unreadable


def _unreadable(kind: ListKind, element: Any, error: FieldError) -> Unreadable:
    found = element if isinstance(element, dict) else {}
    name = found.get("organisation_name") or found.get("name") or found.get("description")
    called = name[:60] if isinstance(name, str) and name.strip() else "an entry"
    address = found.get("url")
    key = id_of(address)[:100] if isinstance(address, str) and address else None
    return Unreadable(words=f"{kind.replace('_', ' ')}: {called} ({error})", key=key)


# Categories


def accounts_of(answer: Mapping[str, Any], company: wire.Company) -> tuple[list[ListEntry], list[Unreadable]]:
    """All four sets; one that cannot be read is named."""
    entries: list[ListEntry] = []
    unreadable: list[Unreadable] = []
    for group, account_class in GROUPS.items():
        for element in answer.get(group) or []:
            try:
                entries.append(_account(record_of(element), account_class, company))
            except FieldError as error:
                unreadable.append(_unreadable(ListKind.ACCOUNTS, element, error))
    return entries, unreadable


def _account(found: Mapping[str, Any], account_class: AccountClass | None, company: wire.Company) -> Account:
    code = code_of(found, "nominal_code")
    first = code.partition("-")[0]
    is_asset = first.isdigit() and int(first) in _ASSETS
    return Account(
        provider_id=code,
        code=code,
        name=name_of(found, "description"),
        account_class=account_class or _class_of(first),
        # what capital assets need besides is entered in FreeAgent, as stock is
        is_system=account_class is None and (first in _NOT_BY_HAND or is_asset),
        default_tax_code=_usual_rate(found.get("auto_sales_tax_rate"), company),
    )


def _class_of(code: str) -> AccountClass:
    """By the ranges of "Categories": interest, assets from 600, liabilities from 790, users and equity from 900."""
    number = int(code) if code.isdigit() else 0
    if number < 100:
        return AccountClass.REVENUE
    if number < 600:
        return AccountClass.EXPENSE
    if number < 790:
        return AccountClass.ASSET
    return AccountClass.LIABILITY if number < 950 else AccountClass.EQUITY


def _usual_rate(said: Any, company: wire.Company) -> str | None:
    """None where the company has no such rate, as of one that is not registered."""
    rates = rates_of(company)
    if not rates:
        return None
    match said:
        case "Exempt":
            return EXEMPT
        case "Outside of the scope of VAT":
            return OUT_OF_SCOPE
        case "Zero rate":
            return "0"
    place = PLACES.get(str(said))
    return rates[place] if place is not None and place < len(rates) else None


# Tax


def rates_of(company: wire.Company) -> list[str]:
    """The percentages of a company, as codes: FreeAgent refers to a rate by what it is. Nothing, where it is not registered."""
    if not is_registered(company):
        return []
    told = company.get("sales_tax_rates") or (UK_RATES if is_in_uk(company) else ())
    return list(dict.fromkeys(f"{Decimal(str(rate)).normalize():f}" for rate in told))


def tax_rates_of(company: wire.Company) -> Iterator[TaxRate]:
    name = (company.get("sales_tax_name") or "Sales tax")[:40]
    rates = rates_of(company)
    for code in rates:
        yield TaxRate(code=code, name=f"{name} {code}%", percent=Decimal(code))
    if rates:
        yield TaxRate(code=EXEMPT, name=f"Exempt from {name}", percent=Decimal(0))
        yield TaxRate(code=OUT_OF_SCOPE, name=f"Outside the scope of {name}", percent=Decimal(0))
    if rates and is_in_uk(company):
        yield TaxRate(code=REVERSE_CHARGE, name="Reverse charge", percent=Decimal(0))


def currencies_of(company: wire.Company) -> tuple[Currency, ...]:
    """The company's own first."""
    home = str(company["currency"])
    return tuple(Currency(code=code, name=code) for code in dict.fromkeys((home, *CURRENCIES)))


# Contacts, bank accounts, projects


def called(found: Mapping[str, Any]) -> str:
    """A contact by its organisation's name, or else the person's."""
    person = " ".join(filter(None, (optional_name(found, "first_name"), optional_name(found, "last_name"))))
    return optional_name(found, "organisation_name") or person or name_of(found, "organisation_name")


def _contact(found: Mapping[str, Any]) -> Contact:
    """Whoever it is may be both: FreeAgent has no other word for the one or the other."""
    return Contact(
        provider_id=id_of(code_of(found, "url")),
        name=called(found),
        is_active=found.get("status") != "Hidden",
        is_supplier=True,
        is_customer=True,
        tax_number=optional_name(found, "sales_tax_registration_number"),
    )


def _user(found: Mapping[str, Any]) -> Contact:
    """Who can be paid back; the page "Users" and the sandbox's `hidden`."""
    name = " ".join(filter(None, (optional_name(found, "first_name"), optional_name(found, "last_name"))))
    return Contact(
        provider_id=USERS + id_of(code_of(found, "url")),
        name=name or name_of(found, "email"),
        is_active=not found.get("hidden") and found.get("role") != ACCOUNTANT,
        is_user=True,
        email=optional_name(found, "email"),
    )


def _bank_account(found: Mapping[str, Any]) -> Account:
    ledger_id = id_of(code_of(found, "url"))
    is_card = found.get("type") == "CreditCardAccount"
    return Account(
        provider_id=ledger_id,
        code=ledger_id,
        number="",
        name=name_of(found, "name"),
        account_class=AccountClass.LIABILITY if is_card else AccountClass.ASSET,
        is_bank=True,
        is_active=found.get("status") != "hidden",
        currency=optional_code(found, "currency"),
        is_card=is_card,
    )


def projects_of(rows: Sequence[Any]) -> tuple[TrackingCategory, ...]:
    """One category, where there are projects at all; one that cannot be read is left out."""
    options = []
    for row in rows:
        try:
            found = record_of(row)
            options.append(
                TrackingOption(
                    provider_id=id_of(code_of(found, "url")),
                    name=name_of(found, "name"),
                    is_active=found.get("status") == "Active",
                )
            )
        except FieldError:
            continue
    return (TrackingCategory(provider_id=PROJECT, name="Project", options=tuple(options)),) if options else ()
