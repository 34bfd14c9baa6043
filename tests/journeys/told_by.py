"""What a person reads and presses in each simulated ledger, where the browser's story differs from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBy:
    person: str
    """Who logs in there and may connect."""
    allow: str = "Allow access"
    organisation: str = "Northwind Trading Ltd"
    category: tuple[str, str]
    """The default one, as it is typed and as the list has it. It is archived there on the way, which is what is refused."""
    other_category: tuple[str, str]
    tax: tuple[str, str]
    chart: str = "Accounts"
    archived: str = "Archived"
    """What it calls its chart of accounts, and what has become of an account that it archived."""
    has_longer_story: bool = False
    """Whether the default comes back and the sign-in ends as well: what is done then is the same for each."""

    @property
    def category_name(self) -> str:
        return self.category[1].partition(" · ")[2]


TOLD_BY: Mapping[str, ToldBy] = {
    "xero": ToldBy(
        person="Dana Adviser",
        category=("general", "429 · General Expenses"),
        other_category=("printing", "461 · Printing & Stationery"),
        tax=("20%", "20% (VAT on Expenses)"),
        has_longer_story=True,
    ),
    "quickbooks": ToldBy(
        person="Dana Admin",
        allow="Connect",
        category=("office su", "1280 · Office Supplies"),
        other_category=("postage", "1290 · Postage and Couriers"),
        tax=("20", "20.0% S"),
        archived="Made inactive",
    ),
    "sage": ToldBy(
        person="Dana Owner",
        allow="Allow",
        category=("office c", "7500 · Office Costs"),
        other_category=("postage", "7501 · Postage and Couriers"),
        tax=("standard", "Standard (20%)"),
        archived="Hidden",
    ),
    "freeagent": ToldBy(
        person="Dana Admin",
        allow="Approve",
        category=("office c", "251 · Office Costs"),
        other_category=("stationery", "359 · Stationery"),
        tax=("20", "20%"),
        chart="Categories",
        archived="Deleted",
    ),
}
