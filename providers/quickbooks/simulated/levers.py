"""What a person may do to the books of the simulated QuickBooks: make inactive, close, rename, change a role, pay."""

import re
from dataclasses import dataclass
from datetime import date

from providers.quickbooks.simulated import charts
from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.endpoints.records import WRITERS
from providers.quickbooks.simulated.faults import FaultError
from providers.quickbooks.simulated.signin import ROLES
from providers.quickbooks.simulated.state import QuickBooksState
from providers.simulating import levers
from providers.simulating.levers import Form, Lever
from providers.simulating.numbers import Json

TARGETS = {
    "bills": ("writing bills", "POST", "*/bill"),
    "documents": ("writing anything", "POST", "*/company/*"),
    "payments": ("writing payments", "POST", "*payment"),
    "files": ("attaching files", "POST", "*/upload"),
    "batches": ("batches", "POST", "*/batch"),
    "reading": ("reading anything", "GET", "*"),
    "tokens": ("asking for tokens", "POST", "*/tokens/bearer"),
    "any": ("any call", "*", "*"),
}
NOTES = {
    **levers.NOTES,
    "archived": "Made inactive. Whatever names it is refused from now on, and lists leave it out.",
    "restored": "Active again. It can be used.",
    "closed": "The closing date is set.",
    "role": "The role is changed. Only admins' connections work.",
    "renamed": "The name is changed.",
    "company": "The company's settings are changed.",
    "currency": "The currency is added.",
    "done": "Done, as by a person in QuickBooks.",
    "refused": "QuickBooks does not allow that for this document, so nothing was changed.",
}
_SWITCHES = {
    "classes": ("AccountingInfoPrefs", "ClassTrackingPerTxnLine"),
    "locations": ("AccountingInfoPrefs", "TrackDepartments"),
    "numbers": ("SalesFormsPrefs", "CustomTxnNumbers"),
    "customers": ("VendorAndPurchasesPrefs", "TrackingByCustomer"),
    "billable": ("VendorAndPurchasesPrefs", "BillableExpenseTracking"),
}


@dataclass(frozen=True, slots=True)
class Levers:
    """Those of QuickBooks' own books."""

    state: QuickBooksState

    def all(self) -> tuple[Lever[Books], ...]:
        return (
            ("accounts", "set-account", self._toggle("Account")),
            ("contacts", "set-vendor", self._toggle("Vendor")),
            ("contacts", "set-customer", self._toggle("Customer")),
            ("contacts", "rename", self.rename),
            ("settings", "set-tax-code", self._toggle("TaxCode")),
            ("settings", "set-klass", self._toggle("Class")),
            ("settings", "set-location", self._toggle("Department")),
            ("settings", "set-close-date", self.set_close_date),
            ("settings", "set-role", self.set_role),
            ("settings", "set-company", self.set_company),
            ("settings", "add-currency", self.add_currency),
            ("bills", "act", self.act),
        )

    def _toggle(self, entity: str) -> levers.Pull[Books]:
        def pull(books: Books, form: Form) -> str:
            if form["status"] not in ("ACTIVE", "ARCHIVED"):
                raise ValueError(form["status"])
            books.save(entity, {**books.shelf(entity)[form["id"]], "Active": form["status"] == "ACTIVE"})
            return "restored" if form["status"] == "ACTIVE" else "archived"

        return pull

    def rename(self, books: Books, form: Form) -> str:
        name, kind = form["name"].strip(), form["kind"]
        if not name or kind not in ("Vendor", "Customer") or books.holder_of(name, besides=form["id"]):
            raise ValueError(name)
        books.save(kind, {**books.shelf(kind)[form["id"]], "DisplayName": name, "PrintOnCheckName": name})
        return "renamed"

    def set_close_date(self, books: Books, form: Form) -> str:
        self.state.close_books(books.tenant, date.fromisoformat(form["on"]) if form["on"] else None)
        books.change_company(_tells_close_date=form.get("tells") == "on")
        return "closed"

    def set_role(self, books: Books, form: Form) -> str:
        if form["role"] not in ROLES:
            raise ValueError(form["role"])
        books.users.save(form["id"], {**books.users[form["id"]], "Role": form["role"]})
        return "role"

    def set_company(self, books: Books, form: Form) -> str:
        self.state.set_lapsed(books.tenant, is_lapsed=form.get("lapsed") == "on")
        self.state.set_warns_of_duplicates(books.tenant, warns=form.get("warns") == "on")
        for name, (group, preference) in _SWITCHES.items():
            books.change_preferences(group, **{preference: form.get(name) == "on"})
        return "company"

    def add_currency(self, books: Books, form: Form) -> str:
        code = form["code"].strip().upper()
        if not re.fullmatch(r"[A-Z]{3}", code) or books.has_currency(code):
            raise ValueError(code)
        books.create("CompanyCurrency", {"Code": code, "Name": charts.CURRENCIES.get(code, code), "Active": True})
        books.change_preferences("CurrencyPrefs", MultiCurrencyEnabled=True)
        return "currency"

    def act(self, books: Books, form: Form) -> str:
        """Pay a bill in full, or delete a document, as a person in QuickBooks does."""
        kind, document = form["kind"], books.shelf(form["kind"])[form["id"]]
        try:
            if form["act"] == "pay" and kind == "Bill":
                WRITERS["BillPayment"](books, who="Somebody").write(_payment(books, document))
            elif form["act"] == "delete":
                WRITERS[kind](books, who="Somebody").delete(document)
            else:
                raise ValueError(form["act"])
        except FaultError:
            return "refused"
        return "done"


def _payment(books: Books, bill: Json) -> Json:
    bank = books.system_account("Bank", bill["CurrencyRef"]["value"]) or books.system_account("Bank", books.home)
    if bank is None:
        raise ValueError("there is no bank account")
    return {
        "VendorRef": bill["VendorRef"],
        "PayType": "Check",
        "TotalAmt": bill["Balance"],
        "CurrencyRef": bill["CurrencyRef"],
        "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}},
        "Line": [{"Amount": bill["Balance"], "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    }
