"""Expenses: dev.freeagent.com/docs/expenses. One of less than nothing is owed to who claims it. Mileage is not simulated.

Below level 7 a user writes and reads expenses of their own only: "create and edit their own expenses" is what support article
115001223444 says of level 2; at which level it ends is unverified.
"""

from dataclasses import dataclass
from typing import ClassVar

from providers.freeagent.simulated import seed
from providers.freeagent.simulated.bills import STOCK, is_asset, is_spending
from providers.freeagent.simulated.books import Books, name_of
from providers.freeagent.simulated.charts import CURRENCIES
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import not_permitted
from providers.freeagent.simulated.taxes import ec_status, on_purchase
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded


def is_claimant(user: Json) -> bool:
    """No payment is recorded to a user with the role of Accountant: support article 115001218590. That one who is hidden claims
    nothing either is unverified.
    """
    return bool(user["role"] != "Accountant") and not user["hidden"]


@dataclass(slots=True)
class Expenses(Writer):
    kind: ClassVar[str] = "expenses"
    words: ClassVar[str] = "Expense"

    def read(self, fields: Fields, before: Json | None) -> Json:
        del before
        user = fields.link("user", "users", is_needed=True, is_fit=is_claimant)
        if user is not None:
            self.may_see(user)
        category = self._category(fields)
        day, currency = self.day(fields), fields.currency(CURRENCIES)
        gross = fields.amount("gross_value", is_needed=True)
        description = fields.text("description", is_needed=True)
        status, project = ec_status(fields, day), fields.link("project", "projects")
        case = self.case(day, currency, status)
        tax = on_purchase(fields, case, category, gross=None if gross is None else rounded(gross))
        native = fields.amount("native_gross_value") if case.is_foreign else None
        native_tax = rounded(tax.value * case.exchange_rate)
        if tax.manual is not None:
            native_tax = -tax.manual if tax.gross < 0 else tax.manual
        return {
            "user": user["url"] if user else None,
            "category": category["url"] if category else None,
            "dated_on": day,
            "currency": currency,
            "gross_value": tax.gross,
            "native_gross_value": rounded(tax.gross * case.exchange_rate) if native is None else rounded(native),
            **tax.json,
            "sales_tax_value": tax.value,
            "native_sales_tax_value": native_tax,
            "ec_status": status,
            "description": description,
            "receipt_reference": fields.text("receipt_reference"),
            "project": project["url"] if project else None,
            **self.rebilled(fields, project),
            **self._stock(fields, category),
        }

    def _category(self, fields: Fields) -> Json | None:
        if fields.sent.get("category") == "Mileage":
            fields.say("category", "Mileage is not simulated")
            return None
        return fields.link("category", "categories", is_needed=True, is_fit=is_spending)

    def _stock(self, fields: Fields, category: Json | None) -> Json:
        if category is None or category["nominal_code"] != STOCK or is_asset(category):
            return {}
        item = fields.link("stock_item", "stock_items", is_needed=True)
        quantity = fields.amount("stock_altering_quantity", is_needed=True)
        if item is None:
            return {}
        return {
            "stock_item": item["url"],
            "stock_item_description": item["description"],
            "stock_altering_quantity": quantity,
        }

    def as_sent(self, before: Json) -> Json:
        """The native value follows the other one, unless it is said again."""
        return {name: value for name, value in before.items() if name != "native_gross_value"}

    def may_change(self, before: Json) -> None:
        user = self.books.at(before["user"])
        if user is not None:
            self.may_see(user)
        Writer.may_change(self, before)

    def may_see(self, user: Json) -> None:
        """
        Raises:
            RefusalError: it is an expense of somebody else.
        """  # noqa: D212
        if self.level < seed.TAX and user.get("_person") != self.person:
            raise not_permitted()


def presented(books: Books, expense: Json) -> Json:
    """With the names of its project and whose that is (dinoconstantinou87/FreeAgent, 2026)."""
    project = books.at(expense["project"])
    if project is None:
        return expense
    return {**expense, "project_name": project["name"], "contact_name": name_of(books.at(project["contact"]))}
