"""What a transaction points at: whether it is there, is active, is of the right kind and currency."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.entities import ENTITIES
from providers.quickbooks.simulated.faults import INACTIVE, ONE_CURRENCY, Problem, business, missing, no_such
from providers.simulating.numbers import Json

WRONG_ACCOUNT = "Invalid account type: You need to select a different type of account for this transaction."
INACTIVE_CODES = {"Vendor": "610", "Customer": "610"}
"""Names that are inactive are told otherwise than other lists: both ways are known."""


@dataclass(slots=True)
class References:
    """Resolves references and collects what is wrong with them."""

    books: Books
    problems: list[Problem] = field(default_factory=list)

    def say(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def find(self, entity: str, reference: Any, name: str, *, is_needed: bool = False) -> Json | None:
        """The active record that a reference is to; None where there is none, or with a problem."""
        wanted = value_of(reference)
        if wanted is None:
            if is_needed:
                self.say(missing(name))
            return None
        found = self.books.get(entity, wanted)
        if found is None:
            self.say(no_such(ENTITIES[entity].group, wanted))
            return None
        if not found.get("Active", True):
            code = INACTIVE_CODES.get(entity, "2500")
            start = "Object Not Found" if code == "610" else "Invalid Reference Id"
            self.say(Problem(code, f"{start} : {INACTIVE}"))
            return None
        return found

    def account(
        self, reference: Any, name: str, kinds: Collection[str], currency: str, *, is_needed: bool = False
    ) -> Json | None:
        """An account of one of these types, in the transaction's currency or at home."""
        found = self.find("Account", reference, name, is_needed=is_needed)
        if found is None:
            return None
        if found["AccountType"] not in kinds:
            self.say(Problem("6430", WRONG_ACCOUNT))
        if found["CurrencyRef"]["value"] not in (currency, self.books.home):
            self.say(business(ONE_CURRENCY))
        return found

    def currency(self, sent: Json) -> str:
        """The code of a transaction's currency; without one it is the company's own."""
        code = value_of(sent.get("CurrencyRef")) or self.books.home
        if code == self.books.home:
            return code
        if not self.books.has_currencies:
            self.say(Problem("5030", "Multicurrency is not enabled for this company.", "CurrencyRef"))
        elif not self.books.has_currency(code):
            self.say(Problem("2220", f"Invalid Currency Type : {code}", "CurrencyRef"))
        return code

    def tracked(self, entity: str, reference: Any, name: str) -> Json | None:
        """A class or a location, if the company uses them."""
        switch = "ClassTrackingPerTxnLine" if entity == "Class" else "TrackDepartments"
        if value_of(reference) is None:
            return None
        if not self.books.preferences["AccountingInfoPrefs"][switch]:
            self.say(Problem("5030", f"{name} : the feature is turned off in this company.", name))
            return None
        return self.find(entity, reference, name)

    def for_customer(self, reference: Any) -> Json | None:
        """Whom a cost is for, if the company tracks that; that it is refused where it does not is unverified."""
        if value_of(reference) is None:
            return None
        if not self.books.preferences["VendorAndPurchasesPrefs"]["TrackingByCustomer"]:
            self.say(Problem("5030", "CustomerRef : the feature is turned off in this company.", "CustomerRef"))
            return None
        return self.find("Customer", reference, "CustomerRef")


def value_of(reference: Any) -> str | None:
    """The id in a reference, however the client wrote it."""
    if not isinstance(reference, dict) or reference.get("value") in (None, ""):
        return None
    return str(reference["value"])


def to(record: Json) -> Json:
    """A reference to a record, with its name as answers have it."""
    name = record.get("DisplayName") or record.get("FullyQualifiedName") or record.get("Name")
    return {"value": record["Id"], "name": name}
