"""What a person may do to the books of the simulated Sage: hide, lock, rename, change a role or the plan, pay, void."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from providers.sage.simulated.artefacts import FORMS, Artefacts
from providers.sage.simulated.banking import OtherPayments
from providers.sage.simulated.books import Books
from providers.sage.simulated.contacts import Contacts
from providers.sage.simulated.payments import Payments
from providers.sage.simulated.quick_entries import SIDES, QuickEntries
from providers.sage.simulated.seed import PLUS, STANDARD, START
from providers.sage.simulated.shapes import Fields
from providers.sage.simulated.signin import ROLES
from providers.sage.simulated.state import SageState
from providers.simulating import levers
from providers.simulating.answers import RefusalError
from providers.simulating.levers import Form, Lever
from providers.simulating.numbers import Json

TARGETS = {
    "purchases": ("writing purchase invoices", "POST", "*/purchase_invoices"),
    "documents": ("writing anything", "POST", "/v3.1/*"),
    "payments": ("writing payments", "POST", "*payments"),
    "files": ("attaching files", "POST", "*/attachments"),
    "reading": ("reading anything", "GET", "*"),
    "tokens": ("asking for tokens", "POST", "/token"),
    "any": ("any call", "*", "*"),
}
NOTES = {
    **levers.NOTES,
    "disconnected": "The app is removed: it gets no new tokens, and the last one lives for five minutes at most.",
    "archived": "Hidden. Whatever names it is refused from now on.",
    "restored": "Back again. It can be used.",
    "locked": "The year end lockdown date is set.",
    "role": "The role is changed.",
    "renamed": "The name is changed.",
    "business": "The business is changed.",
    "areas": "The active areas are changed.",
    "done": "Done, as by a person in Sage.",
    "refused": "Sage does not allow that, so nothing was changed.",
}
PLANS = {PLUS: "Accounting Plus", STANDARD: "Accounting Standard", START: "Accounting Start"}
AREAS = ("SALES", "EXPENSES", "BANKING", "JOURNALS")


@dataclass(frozen=True, slots=True)
class Levers:
    """Those of Sage's own books."""

    state: SageState

    def all(self) -> tuple[Lever[Books], ...]:
        return (
            ("accounts", "set-account", self._toggle("ledger_accounts", "included_in_chart")),
            ("accounts", "set-bank", self._toggle("bank_accounts", "is_active")),
            ("settings", "set-tax-rate", self._toggle("tax_rates", "is_visible")),
            ("contacts", "rename", self.rename),
            ("contacts", "delete-contact", self.delete_contact),
            ("settings", "lock", self.lock),
            ("settings", "set-role", self.set_role),
            ("settings", "set-business", self.set_business),
            ("settings", "set-areas", self.set_areas),
            ("purchases", "act", self.act),
        )

    def _toggle(self, plural: str, field: str) -> levers.Pull[Books]:
        def pull(books: Books, form: Form) -> str:
            if form["status"] not in ("ACTIVE", "ARCHIVED"):
                raise ValueError(form["status"])
            books.save(plural, {**books.shelf(plural)[form["id"]], field: form["status"] == "ACTIVE"})
            return "restored" if form["status"] == "ACTIVE" else "archived"

        return pull

    def rename(self, books: Books, form: Form) -> str:
        name = form["name"].strip()
        if not name:
            raise ValueError(name)
        return _done(lambda: Contacts(books).update(form["id"], Fields({"name": name}, "contact")), "renamed")

    def delete_contact(self, books: Books, form: Form) -> str:
        return _done(lambda: Contacts(books).delete(form["id"]), "done")

    def lock(self, books: Books, form: Form) -> str:
        self.state.lock(books.tenant, date.fromisoformat(form["on"]) if form["on"] else None)
        return "locked"

    def set_role(self, books: Books, form: Form) -> str:
        if form["role"] not in ROLES:
            raise ValueError(form["role"])
        books.users.save(form["id"], {**books.users[form["id"]], "role": form["role"], "areas": {}})
        return "role"

    def set_business(self, books: Books, form: Form) -> str:
        if form["plan"] not in PLANS:
            raise ValueError(form["plan"])
        self.state.set_plan(books.tenant, form["plan"])
        self.state.set_lapsed(books.tenant, is_lapsed=form.get("lapsed") == "on")
        self.state.set_currencies(books.tenant, has_currencies=form.get("currencies") == "on")
        self.state.set_numbers_as_text(books.tenant, as_text=form.get("as_text") == "on")
        return "business"

    def set_areas(self, books: Books, form: Form) -> str:
        """Where the categories of an analysis type may be used."""
        chosen = [area for area in AREAS if form.get(area) == "on"]
        books.save("analysis_types", {**books.shelf("analysis_types")[form["id"]], "active_areas": chosen})
        return "areas"

    def act(self, books: Books, form: Form) -> str:
        """Pay a purchase invoice in full, release a draft, delete or void, as a person in Sage does."""
        plural, key = form["kind"], form["id"]
        document = books.shelf(plural)[key]
        match form["act"]:
            case "pay":
                return _done(lambda: Payments(books).pay(Fields(_payment(books, document), "contact_payment")), "done")
            case "release":
                return _done(lambda: Artefacts(books, plural).release(key), "done")
            case "delete":
                return _done(lambda: _delete(books, plural, key), "done")
            case other:
                raise ValueError(other)


def _done(work: Callable[[], object], done: str) -> str:
    try:
        work()
    except RefusalError:
        return "refused"
    return done


def _delete(books: Books, plural: str, key: str) -> None:
    if plural in FORMS:
        Artefacts(books, plural).delete(key, "By a person")
    elif plural in SIDES:
        QuickEntries(books, plural).delete(key)
    elif plural == "other_payments":
        OtherPayments(books).delete(key)
    elif plural == "contact_payments":
        Payments(books).unpay(key)
    else:
        Payments(books).unallocate(key)


def _payment(books: Books, invoice: Json) -> Json:
    bank = next(one for one in books.standing("bank_accounts") if one["is_active"])
    left = invoice["outstanding_amount"]
    return {
        "transaction_type_id": "VENDOR_PAYMENT",
        "contact_id": invoice["contact"]["id"],
        "bank_account_id": bank["id"],
        "date": max(invoice["date"], books.today().isoformat()),
        "total_amount": left,
        "currency_id": invoice["currency"]["id"],
        "allocated_artefacts": [{"artefact_id": invoice["id"], "amount": left}],
    }
