"""QuickBooks' JSON to our words and back; pure. Documents are in `documents`, lists in `lists`."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.books import Books
from bot.domain.documents import ItemKind
from bot.domain.money import WIDE
from bot.domain.postings import PostingKind
from bot.domain.settings import Destination, booked_at_once
from bot.domain.tax_policies import TaxMethod
from providers.fields import code_of, name_of, optional_code, optional_name, record_of
from providers.quickbooks import PROFILE

CLASS, LOCATION = "Class", "Department"
"""The two tracking categories there can be, by the entities that are their options."""
FOR_CUSTOMERS = (PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE, PostingKind.SPEND_MONEY)
"""Whose lines have `CustomerRef` and `BillableStatus`; a line of a deposit says by its `Entity` whom money is from."""
NOT_OF_EVERY_PLAN = (PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE)
RATE_DIGITS, RATE_PLACES = 12, Decimal("0.000001")


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def books_of(company: dict[str, Any], preferences: dict[str, Any], realm: str) -> Books:
    """Absence of a closing date says nothing: some companies have one that is not told ("Preferences")."""
    said, accounting = record_of(company), preferences.get("AccountingInfoPrefs") or {}
    closed_on = day_of(accounting.get("BookCloseDate"))
    return Books(
        provider_id=realm,
        name=name_of(said, "CompanyName"),
        base_currency=home_of(preferences),
        legal_name=optional_name(said, "LegalName"),
        country=optional_code(said, "Country"),
        time_zone=optional_name(said, "DefaultTimeZone"),
        plan=_plan_of(said.get("NameValue")),
        lock_dates_known=closed_on is not None,
        period_locked_to=closed_on,
        rules=_rules_of(said, preferences),
    )


def _rules_of(company: Mapping[str, Any], preferences: dict[str, Any]) -> BookRules:
    """In the United States only sales have tax; and nothing has, where a company is not registered for any. A location is of
    a whole document, and lines of sales name products only. Whom a cost is for can be said where expenses are tracked by
    customer. From an amount with tax QuickBooks works out the one without (`TaxInclusiveAmt`), so the tax is what is left.
    """
    has_tax = (preferences.get("TaxPrefs") or {}).get("UsingSalesTax") is not False
    has_locations = bool((preferences.get("AccountingInfoPrefs") or {}).get("TrackDepartments"))
    buying = preferences.get("VendorAndPurchasesPrefs") or {}
    has_customers = bool(buying.get("TrackingByCustomer"))
    taxes_costs = has_tax and company.get("Country") != "US"
    return BookRules(
        taxes_costs=taxes_costs,
        taxes_sales=has_tax,
        works_tax_out=TaxMethod.ROUNDS_NET if taxes_costs else None,
        categories_have_tax=taxes_costs,
        tracks_documents=has_locations,
        has_one_currency=not preferences["CurrencyPrefs"].get("MultiCurrencyEnabled"),
        sells_products=True,
        parts_contacts=True,
        cards_not=(Destination.CHEQUES, ItemKind.SALE),
        pays_credits=False,
        books_at_once=booked_at_once(PROFILE.capabilities),
        not_in_plan=NOT_OF_EVERY_PLAN if str(_plan_of(company.get("NameValue"))).upper() in PROFILE.plan_limits else (),
        customers_on=tuple(FOR_CUSTOMERS) if has_customers else (),
        bills_customers=has_customers and bool(buying.get("BillableExpenseTracking")),
    )


def home_of(preferences: dict[str, Any]) -> str:
    return code_of(record_of(preferences["CurrencyPrefs"]["HomeCurrency"]), "value")


def _plan_of(values: Any) -> str | None:
    found = {one.get("Name"): one.get("Value") for one in values or [] if isinstance(one, dict)}
    plan = found.get("OfferingSku")
    return plan[:100] if isinstance(plan, str) and plan.strip() else None


def rate_to_wire(rate: Decimal) -> Decimal:
    """Units of the home currency for one of the document's; we say it the other way round."""
    with localcontext(WIDE):
        found = 1 / rate
        places = RATE_DIGITS - 1 - found.adjusted()
        return found.quantize(Decimal(10) ** -places, ROUND_HALF_UP).normalize()


def rate_of(found: Any) -> Decimal | None:
    """As precise as rates are kept here."""
    if found is None or not Decimal(found):
        return None
    with localcontext(WIDE):
        return (1 / Decimal(found)).quantize(RATE_PLACES, ROUND_HALF_UP)
