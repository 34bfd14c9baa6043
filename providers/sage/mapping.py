"""Sage's JSON to our words; pure. Documents are in `documents`, lists in `lists`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.books import Books
from bot.domain.postings import PostingKind
from bot.domain.settings import booked_at_once
from providers.fields import FieldError, code_of, name_of, optional_code, optional_name, record_of
from providers.sage import PROFILE

HOME_CURRENCIES = {
    "GB": "GBP",
    "IE": "EUR",
    "FR": "EUR",
    "ES": "EUR",
    "DE": "EUR",
    "US": "USD",
    "CA": "CAD",
}
"""Of the countries that Sage Accounting 3.1 is sold in; for a person who may not read the settings."""
UNITED_STATES = "US"
NOT_IN_PLAN = (
    *(PostingKind.BILL, PostingKind.SUPPLIER_CREDIT_NOTE),
    *(PostingKind.QUICK_SALE, PostingKind.QUICK_CREDIT),
)
NOT_OF_EVERY_PLAN = frozenset({"purchase_invoices", "purchase_credit_notes", "sales_quick_entries"})
"""What is written on the larger plans only ("Endpoint Availability" of each in the reference)."""


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def books_of(business: Mapping[str, Any], settings: Mapping[str, Any] | None) -> Books:
    """Without the settings, which not everybody may read, lock dates are unknown.

    Raises:
        FieldError: the answers are not of the documented form.
    """
    said = record_of(business)
    country = optional_code(record_of(said.get("country") or {}), "id")
    plan = _plan_of(said.get("subscriptions"))
    known = settings or {}
    return Books(
        provider_id=code_of(said, "id"),
        name=optional_name(said, "name") or name_of(said, "displayed_as"),
        base_currency=home_of(settings, country),
        tax_number=optional_name(known, "tax_number"),
        country=country,
        plan=plan,
        lock_dates_known=settings is not None,
        period_locked_to=day_of(known.get("year_end_lockdown_date")),
        rules=_rules_of(country, plan),
    )


def home_of(settings: Mapping[str, Any] | None, country: str | None) -> str:
    """Raises:
    FieldError: it cannot be told.
    """
    if settings is not None:
        return code_of(record_of(settings.get("base_currency")), "id")
    if country not in HOME_CURRENCIES:
        raise FieldError("its currency is not told")
    return HOME_CURRENCIES[country]


def _rules_of(country: str | None, plan: str | None) -> BookRules:
    """In the United States only sales have tax ("Tax" of the reference: sales tax); everywhere else each line has a rate
    (that costs there may go without is unverified), and its tax is asked for beside it. A contact is a supplier or a customer.
    """
    taxes_costs = country != UNITED_STATES
    return BookRules(
        taxes_costs=taxes_costs,
        categories_have_tax=taxes_costs,
        parts_contacts=True,
        not_in_plan=NOT_IN_PLAN if str(plan).upper() in PROFILE.plan_limits else (),
        books_at_once=booked_at_once(PROFILE.capabilities),
    )


def _plan_of(subscriptions: Any) -> str | None:
    """As people call it; one that limits something by its id, which is what guides name it by."""
    found = [one for one in subscriptions or [] if isinstance(one, dict) and one.get("id")]
    active = [one for one in found if one.get("active")] or found
    if not active:
        return None
    plan_id = str(active[0]["id"])
    return (plan_id if plan_id.upper() in PROFILE.plan_limits else str(active[0].get("displayed_as") or plan_id))[:100]


def lacks(books: Books, plural: str) -> bool:
    """Whether it is for its plan that a business takes none of these from apps."""
    return plural in NOT_OF_EVERY_PLAN and str(books.plan).upper() in PROFILE.plan_limits
