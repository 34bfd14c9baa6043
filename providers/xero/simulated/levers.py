"""What a person may do to the books of the simulated Xero: archive, lock, change a role or the plan."""

import re
from dataclasses import dataclass
from datetime import date

from providers.simulating import levers
from providers.simulating.levers import Form, Lever
from providers.simulating.numbers import Json
from providers.xero.simulated.books import Books
from providers.xero.simulated.reading import PLANS, ROLES
from providers.xero.simulated.seed import CURRENCY_NAMES
from providers.xero.simulated.state import XeroState

TARGETS = {
    "bills": ("writing bills and invoices", "PUT", "*/Invoices"),
    "documents": ("writing anything but files", "PUT", "*s"),
    "payments": ("writing payments", "PUT", "*/Payments"),
    "files": ("attaching files", "PUT", "*/Attachments/*"),
    "changes": ("voiding, deleting and changing", "POST", "*"),
    "reading": ("reading anything", "GET", "*"),
    "tokens": ("asking for tokens", "POST", "/connect/token"),
    "any": ("any call", "*", "*"),
}
NOTES = {
    **levers.NOTES,
    "archived": "Archived. Whatever is coded to it is refused from now on.",
    "contact_archived": "Archived. Documents for this contact are refused from now on, and lists leave it out.",
    "restored": "Restored. It can be used again.",
    "locked": "The lock dates are set.",
    "role": "The role is changed.",
    "plan": "The subscription is changed.",
    "currency": "The currency is added. Documents may be in it, if the plan has several currencies.",
    "done": "Done, as by a person in Xero.",
    "refused": "Xero does not allow that for this document, so nothing was changed.",
}


@dataclass(frozen=True, slots=True)
class Levers:
    """Those of Xero's own books."""

    state: XeroState

    def all(self) -> tuple[Lever[Books], ...]:
        return (
            ("accounts", "set-account", self.set_account),
            ("contacts", "set-contact", self.set_contact),
            ("settings", "set-tax-rate", self.set_tax_rate),
            ("settings", "set-lock-dates", self.set_lock_dates),
            ("settings", "set-role", self.set_role),
            ("settings", "set-plan", self.set_plan),
            ("settings", "add-currency", self.add_currency),
            ("settings", "set-option", self.set_option),
        )

    def set_account(self, books: Books, form: Form) -> str:
        books.save_account({**books.accounts[form["id"]], "Status": _status(form)})
        return _word(form)

    def set_contact(self, books: Books, form: Form) -> str:
        books.save_contact({**books.contacts[form["id"]], "ContactStatus": _status(form)})
        return f"contact_{_word(form)}" if form["status"] == "ARCHIVED" else _word(form)

    def set_tax_rate(self, books: Books, form: Form) -> str:
        books.tax_rates.save(form["id"], {**books.tax_rates[form["id"]], "Status": _status(form)})
        return _word(form)

    def set_lock_dates(self, books: Books, form: Form) -> str:
        self.state.set_lock_date(books.tenant, period=_day(form["period"]), year_end=_day(form["year_end"]))
        return "locked"

    def set_role(self, books: Books, form: Form) -> str:
        if form["role"] not in ROLES:
            raise ValueError(form["role"])
        books.users.save(form["id"], {**books.users[form["id"]], "OrganisationRole": form["role"]})
        return "role"

    def set_plan(self, books: Books, form: Form) -> str:
        if form["plan"] not in (*PLANS, books.organisation["Class"]):
            raise ValueError(form["plan"])
        self.state.set_plan(books.tenant, form["plan"])
        self.state.set_lapsed(books.tenant, is_lapsed=form.get("lapsed") == "on")
        return "plan"

    def add_currency(self, books: Books, form: Form) -> str:
        code = form["code"].strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code):
            raise ValueError(code)
        books.currencies.save(code, {"Code": code, "Description": CURRENCY_NAMES.get(code, code)})
        return "currency"

    def set_option(self, books: Books, form: Form) -> str:
        """Of a tracking category, which holds its options."""
        found = next(one for one in books.tracking.values() if any(_is(option, form) for option in one["Options"]))
        options = [{**one, "Status": _status(form)} if _is(one, form) else one for one in found["Options"]]
        books.tracking.save(found["TrackingCategoryID"], {**found, "Options": options})
        return _word(form)


def _is(option: Json, form: Form) -> bool:
    return bool(option["TrackingOptionID"] == form["id"])


def _status(form: Form) -> str:
    if form["status"] not in ("ACTIVE", "ARCHIVED"):
        raise ValueError(form["status"])
    return form["status"]


def _word(form: Form) -> str:
    return "archived" if form["status"] == "ARCHIVED" else "restored"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
