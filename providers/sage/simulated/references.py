"""What a document points at: whether it is there, and may be used in such a document."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from providers.sage.simulated import charts
from providers.sage.simulated.books import Books
from providers.sage.simulated.refusals import Problem, invalid, not_found, refused
from providers.simulating.numbers import Json

SIDES = {"VENDOR": "Supplier", "CUSTOMER": "Customer"}
NO_CURRENCIES = "Multi-currency is not enabled for this business."
UNKNOWN_CURRENCY = "This currency is not supported."
OBFUSCATED = "The contact has been obfuscated and cannot be used."
LOCKED = "Date must be after the year end lockdown date"
TOO_EARLY = "Date must be on or after the accounts start date"
MOST_CATEGORIES = 3
"""One for each type ("Analysis types" guide)."""


@dataclass(slots=True)
class References:
    books: Books

    def contact(self, wanted: str, kind: str) -> Json:
        """Of a supplier or a customer; any other id is not found, and of which field is not told (issue 29 of the PHP sample).

        Raises:
            RefusalError: there is none.
        """
        found = self.books.get("contacts", wanted)
        if found is None or found["deleted_at"] or all(one["id"] != kind for one in found["contact_types"]):
            raise invalid(f"Couldn't find {SIDES[kind]}.", "")
        if found["gdpr_obfuscated"]:
            raise invalid(OBFUSCATED, "contact")
        return found

    def account(self, wanted: str, area: str) -> Json:
        """A ledger account that is offered in this area.

        Raises:
            RefusalError: there is none, it is hidden, or is offered elsewhere (issue 32 of the PHP sample).
        """
        found = self.books.get("ledger_accounts", wanted)
        if found is None or not found["included_in_chart"] or not found[f"visible_in_{area}"]:
            raise not_found()
        return found

    def bank(self, wanted: str) -> Json:
        found = self.books.get("bank_accounts", wanted)
        if found is None or found["deleted_at"]:
            raise not_found()
        if not found["is_active"]:
            raise invalid("The bank account is inactive.", "bank_account")
        return found

    def tax_rate(self, wanted: str) -> Json:
        found = self.books.get("tax_rates", wanted)
        if found is None:
            raise not_found()
        if not found["is_visible"]:
            raise invalid("The tax rate is not available.", "line_items.tax_rate_id")
        return found

    def item(self, plural: str, wanted: str) -> Json:
        found = self.books.get(plural, wanted) or (
            self.books.get("stock_items", wanted) if plural == "products" else None
        )
        if found is None or found["deleted_at"] or not found["active"]:
            raise not_found()
        return found

    def categories(self, wanted: list[str], area: str) -> list[Json]:
        """At most one of each type, and of types that are on in this area; the words are the guide's.

        Raises:
            RefusalError: there are too many, one is unknown, or its type is off there.
        """
        found, types = [], set()
        for one in wanted:
            category = self.books.get("analysis_type_categories", one)
            if category is None or category.get("deleted_at"):
                raise not_found()
            kind = self.books.shelf("analysis_types")[category["analysis_type"]["id"]]
            if area not in kind["active_areas"]:
                words = f"analysis_type_categories are not enabled for Active Area {area}"
                raise invalid(words, "analysis_type_categories")
            types.add(kind["id"])
            found.append(category)
        if len(found) > MOST_CATEGORIES or len(types) < len(found):
            raise invalid("Only one category of each analysis type can be set.", "analysis_type_categories")
        return found

    def currency(self, wanted: str | None, contact: Json | None) -> str:
        """The code of a document's currency: as sent, or the contact's own."""
        code = wanted or (contact["currency"]["id"] if contact else self.books.home)
        if code not in charts.CURRENCIES:
            raise invalid(UNKNOWN_CURRENCY, "currency_id")
        if code != self.books.home and not self.books.has_currencies:
            raise invalid(NO_CURRENCIES, "currency_id")
        return str(code)

    def rate(self, code: str, sent: Decimal | None, inverse: Decimal | None) -> Decimal:
        """What one unit at home is worth in this currency: as sent, or by the business's own list."""
        if code == self.books.home:
            return Decimal(1)
        given = sent if sent is not None else None if not inverse else 1 / inverse
        rate = self.books.rate(code) if given is None else given
        if rate <= 0:
            raise invalid("Exchange rate must be greater than 0", "exchange_rate")
        return rate

    def is_open(self, *days: str | None) -> None:
        """
        Raises:
            RefusalError: the year is locked on one of the days, or it is before all accounts; the words are unverified.
        """  # noqa: D212
        lockdown, start = self.books.lockdown, date.fromisoformat(self.books.financial_settings["accounts_start_date"])
        for day in (date.fromisoformat(one) for one in days if one):
            if lockdown is not None and day <= lockdown:
                raise refused([Problem("RecordInvalid", f"{LOCKED} ({lockdown:%d/%m/%Y}).", "date")])
            if day < start:
                raise refused([Problem("RecordInvalid", f"{TOO_EARLY} ({start:%d/%m/%Y}).", "date")])


def is_without_tax(rate: Json) -> bool:
    """Whether it is "zero", "exempt" or "no_tax": then no tax has to be said, and there is none."""
    return str(rate["id"]).endswith(charts.WITHOUT_TAX)


def percentage(rate: Json) -> Decimal:
    return Decimal(rate["percentage"])


def percentage_on(rate: Json, on: str) -> Decimal:
    """By the ranges of its percentages; outside of all of them, nothing (unverified)."""
    for one in rate["percentages"]:
        if (one["from_date"] or "") <= on <= (one["to_date"] or "9999"):
            return Decimal(one["percentage"])
    return Decimal(0)
