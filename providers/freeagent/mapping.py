"""FreeAgent's JSON to our words and back; pure. Documents are in `documents`, lists in `lists`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.books import BillRights, Books
from bot.domain.money import WIDE, to_cents
from bot.domain.settings import booked_at_once
from bot.domain.tax_policies import TaxMethod
from providers.fields import code_of, name_of, optional_code, optional_name, record_of
from providers.freeagent import PROFILE, wire

TO_WRITE_BILLS = 5
"""The access level "Bills" ("Introduction")."""
RATE_PLACES = Decimal("0.000001")


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def amount_of(found: Any) -> Decimal:
    """As it is written here: FreeAgent leaves a last nought out. What has more digits keeps them."""
    said = Decimal(found or 0)
    return to_cents(said) if said == to_cents(said) else said


def rate_of(found: Any) -> Decimal | None:
    """Theirs is what one unit is in the company's own currency; ours is the other way round."""
    if found is None or not Decimal(found):
        return None
    with localcontext(WIDE):
        return (1 / Decimal(found)).quantize(RATE_PLACES, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Locks:
    """Up to which day nothing changes. `is_known`: who is signed in may see it."""

    is_known: bool = False
    by_people: date | None = None
    for_good: date | None = None
    """By signed accounts; nobody takes that away."""


def locks_of(found: Sequence[wire.AccountLock]) -> Locks:
    """From "Account Locks": one that a user set, and those of accounting years."""
    by_people = [day for one in found if one.get("user_lock") and (day := day_of(one.get("locked_to_date")))]
    for_good = [day for one in found if not one.get("user_lock") and (day := day_of(one.get("locked_to_date")))]
    return Locks(is_known=True, by_people=max(by_people, default=None), for_good=max(for_good, default=None))


def books_of(found: wire.Company, locks: Locks, rights: BillRights) -> Books:
    """Before the day on which FreeAgent was begun with there are no books; that day is known to everybody."""
    said = record_of(found)
    start = day_of(found.get("freeagent_start_date"))
    before = None if start is None else start - timedelta(days=1)
    for_good = [day for day in (locks.for_good, before) if day is not None]
    return Books(
        provider_id=code_of(said, "subdomain"),
        name=name_of(said, "name"),
        base_currency=code_of(said, "currency"),
        tax_number=optional_name(said, "sales_tax_registration_number"),
        country=optional_name(said, "country"),
        short_code=optional_code(said, "subdomain"),
        lock_dates_known=locks.is_known,
        period_locked_to=locks.by_people,
        year_locked_to=max(for_good, default=None),
        bill_rights=rights,
        rules=rules_of(found),
    )


def rules_of(found: wire.Company) -> BookRules:
    """Who is not registered has no tax; and where it is not of value added, tax on costs is part of what is paid for. In another
    currency a rate comes to nothing ("Expenses"). An explanation of a bank transaction is of one category.
    What somebody paid themselves is an expense of theirs. A rate alone takes the tax of a cost out of its gross ("Bills"), and each
    category has one (`auto_sales_tax_rate`).
    """
    taxes_sales = is_registered(found)
    return BookRules(
        taxes_costs=taxes_sales and found.get("sales_tax_is_value_added", not _is_in_us(found)),
        taxes_sales=taxes_sales,
        works_tax_out=TaxMethod.ROUNDS_TAX if taxes_sales else None,
        categories_have_tax=taxes_sales,
        costs_taxed_in=found.get("currency"),
        books_bank_whole=True,
        books_at_once=booked_at_once(PROFILE.capabilities),
        pays_users=True,
    )


def is_registered(company: wire.Company) -> bool:
    """For sales tax. Where that is not told, a company that has rates is."""
    said = company.get("sales_tax_registration_status")
    return said == "Registered" if said else bool(company.get("sales_tax_rates"))


def is_in_uk(company: wire.Company) -> bool:
    return str(company.get("type") or "").startswith("Uk")


def _is_in_us(company: wire.Company) -> bool:
    return str(company.get("type") or "").startswith("Us")


def rights_of(user: wire.User) -> BillRights:
    level = user.get("permission_level")
    if not isinstance(level, int):
        return BillRights.UNTOLD
    return BillRights.ALL if level >= TO_WRITE_BILLS else BillRights.NONE
