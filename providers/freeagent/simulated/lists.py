"""The lists: contacts are written through the API here, the others are changed inside FreeAgent.

A contact's documents decide whether it is a supplier or a client; those of before FreeAgent count as well.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from providers.freeagent.simulated import settling
from providers.freeagent.simulated.books import Books, name_of
from providers.freeagent.simulated.fields import Fields
from providers.freeagent.simulated.refusals import BLANK, not_in_this_state
from providers.freeagent.simulated.writing import Writer
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
CHARGES, STATUSES = ("Auto", "Always", "Never"), ("Active", "Hidden")
_TEXTS = (
    *("email", "billing_email", "phone_number", "mobile", "address1", "address2", "address3", "town", "region"),
    *("postcode", "country", "sales_tax_registration_number"),
)


@dataclass(slots=True)
class Contacts(Writer):
    """dev.freeagent.com/docs/contacts. Two may have the same name (api-discuss.freeagent.com/t/3486 tells of thousands)."""

    kind: ClassVar[str] = "contacts"
    words: ClassVar[str] = "Contact"
    takes_file: ClassVar[bool] = False

    def read(self, fields: Fields, before: Json | None) -> Json:
        organisation, first, last = (fields.text(name) for name in ("organisation_name", "first_name", "last_name"))
        if not organisation and not (first and last):
            fields.say("organisation_name", BLANK)
        return {
            "organisation_name": organisation,
            "first_name": first,
            "last_name": last,
            **{name: fields.text(name) for name in _TEXTS},
            "charge_sales_tax": fields.choice("charge_sales_tax", CHARGES, "Auto"),
            "default_payment_terms_in_days": fields.whole("default_payment_terms_in_days"),
            "locale": fields.text("locale") or "en",
            "contact_name_on_invoices": fields.flag("contact_name_on_invoices", default=True),
            "uses_contact_invoice_sequence": fields.flag("uses_contact_invoice_sequence", default=False),
            "status": fields.choice("status", STATUSES, "Active"),
            "_was": (before or {}).get("_was", ""),
        }

    def may_change(self, before: Json) -> None:
        """No lock is about contacts."""

    def may_go(self, before: Json) -> None:
        """Not once there is an estimate, an invoice, a project or a bill: support article 360002296579."""
        if before["_was"] or any(is_about(self.books, kind, before) for kind in ("bills", *SALES, "projects")):
            raise not_in_this_state("Contact cannot be deleted because it has been used")


SALES = ("invoices", "credit_notes")


def is_about(books: Books, kind: str, contact: Json) -> bool:
    return any(one.get("contact") == contact["url"] for one in books.shelf(kind).values())


def is_supplier(books: Books, contact: Json) -> bool:
    return contact["_was"] == "supplier" or is_about(books, "bills", contact)


def is_client(books: Books, contact: Json) -> bool:
    return contact["_was"] == "client" or any(is_about(books, kind, contact) for kind in SALES)


def with_open(books: Books, kind: str, contact: Json) -> bool:
    of = [one for one in books.shelf(kind).values() if one["contact"] == contact["url"]]
    return any(settling.due(books, one) for one in of if one.get("_state", "sent") == "sent")


def contact_presented(books: Books, contact: Json) -> Json:
    """What it owes, less what it is owed, in the native currency."""
    balance = NOTHING
    for kind, sign in (("invoices", 1), ("credit_notes", 1), ("bills", -1)):
        for one in books.shelf(kind).values():
            if one["contact"] == contact["url"] and one.get("_state", "sent") == "sent":
                balance += sign * rounded(settling.due(books, one) * one["exchange_rate"])
    active = [
        one for one in books.shelf("projects").values() if (one["contact"], one["status"]) == (contact["url"], "Active")
    ]
    return {**contact, "account_balance": balance, "active_projects_count": len(active)}


def bank_account_presented(books: Books, account: Json) -> Json:
    moved = [one for one in books.shelf("bank_transactions").values() if one["bank_account"] == account["url"]]
    balance = account["opening_balance"] + sum((one["amount"] for one in moved), NOTHING)
    latest = max((one["dated_on"] for one in moved), default=None)
    return {**account, "current_balance": balance, "latest_activity_date": latest}


def project_presented(books: Books, project: Json, *, is_alone: bool) -> Json:
    found = {**project, "contact_name": name_of(books.at(project["contact"]))}
    used = any(one.get("project") == project["url"] for kind in ("bills", *SALES) for one in books.shelf(kind).values())
    return {**found, "is_deletable": not used} if is_alone else found


def company_presented(books: Books) -> Json:
    """With the years of its accounts, and the sales tax of today."""
    today = books.today()
    scheme, company = books.tax_on(today.isoformat()), dict(books.company)
    first = int(str(company["first_accounting_year_end"])[:4])
    end = str(company["first_accounting_year_end"])[4:]
    years = range(first, today.year + 2)
    starts = {first: company["freeagent_start_date"]}
    company["annual_accounting_periods"] = [
        {"starts_on": starts.get(year, f"{year - 1}-04-01"), "ends_on": f"{year}{end}"} for year in years
    ]
    company["sales_tax_rates"] = list(scheme.rates) if scheme.is_registered else []
    if not books.is_uk:
        periods = [
            one for one in books.shelf("sales_tax_periods").values() if one["effective_date"] <= today.isoformat()
        ]
        last = max(periods, key=lambda one: str(one["effective_date"]))
        company |= {name: last[name] for name in ("sales_tax_name", "sales_tax_is_value_added")}
        company["sales_tax_registration_status"] = last["sales_tax_registration_status"]
        company["sales_tax_effective_date"] = last["effective_date"]
    return company
