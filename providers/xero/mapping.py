"""Xero's JSON to our words and back; pure."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.book_rules import BookRules
from bot.domain.books import BillRights, Books
from bot.domain.tax_policies import TaxMethod
from providers.fields import code_of, name_of, optional_code, optional_name, record_of
from providers.xero import wire

_DOTNET_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


RULES = BookRules(works_tax_out=TaxMethod.ROUNDS_TAX, categories_have_tax=True)
"""Without a tax amount Xero works it out by the line's rate and rounds it, line by line ("Rounding in Xero")."""


def day_of(text: str | None) -> date | None:
    """A date in either of Xero's forms: ISO, or `/Date(milliseconds+0000)/`, which is midnight UTC of that day."""
    if not text:
        return None
    dotnet = _DOTNET_DATE.fullmatch(text)
    if dotnet:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(dotnet[1]))).date()
    return date.fromisoformat(text[:10])


def books_of(found: wire.Organisation, bill_rights: BillRights) -> Books:
    said = record_of(found)
    return Books(
        provider_id=code_of(said, "OrganisationID"),
        name=name_of(said, "Name"),
        base_currency=optional_code(said, "BaseCurrency") or "",
        legal_name=optional_name(said, "LegalName"),
        tax_number=optional_name(said, "TaxNumber"),
        country=optional_name(said, "CountryCode"),
        time_zone=optional_name(said, "Timezone"),
        plan=optional_name(said, "Class"),
        short_code=optional_code(said, "ShortCode"),
        period_locked_to=day_of(found.get("PeriodLockDate")),
        year_locked_to=day_of(found.get("EndOfYearLockDate")),
        bill_rights=bill_rights,
        rules=RULES,
    )


def bill_rights_of(actions: Sequence[Any]) -> BillRights:
    """From "Organisation Actions" (GET /Organisation/Actions): each has a Name and a Status, ALLOWED or NOT-ALLOWED."""
    status = {action["Name"]: action.get("Status") for action in actions}
    match status.get("CreateDraftBill"), status.get("CreateApprovedBill"):
        case _, "ALLOWED":
            return BillRights.ALL
        case "ALLOWED", "NOT-ALLOWED":
            return BillRights.DRAFTS
        case "NOT-ALLOWED", _:
            return BillRights.NONE
        case _:
            return BillRights.UNTOLD
