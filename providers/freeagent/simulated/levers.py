"""What a person may do to the books of the simulated FreeAgent: hide, take away, lock, change a level, pay, send, delete."""

from dataclasses import dataclass
from datetime import date

from providers.freeagent.simulated import sales, seed, signin
from providers.freeagent.simulated.bills import Bills
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.expenses import Expenses
from providers.freeagent.simulated.explanations import Explanations
from providers.freeagent.simulated.sales import CreditNotes, Invoices
from providers.freeagent.simulated.settling import due
from providers.freeagent.simulated.state import FreeAgentState
from providers.freeagent.simulated.writing import Writer
from providers.simulating import levers
from providers.simulating.answers import RefusalError
from providers.simulating.levers import Form, Lever
from providers.simulating.numbers import Json

TARGETS = {
    "bills": ("writing bills", "POST", "*/bills"),
    "documents": ("writing anything", "POST", "*/v2/*"),
    "payments": ("explaining bank transactions", "POST", "*/bank_transaction_explanations"),
    "changes": ("changing anything", "PUT", "*/v2/*"),
    "reading": ("reading anything", "GET", "*"),
    "tokens": ("asking for tokens", "POST", "*/token_endpoint"),
    "any": ("any call", "*", "*"),
}
NOTES = {
    **levers.NOTES,
    "archived": "Hidden. Lists leave it out, unless they are asked for what is hidden.",
    "restored": "Active again.",
    "gone": "Deleted. Whatever names it is refused from now on.",
    "back": "There again. It can be used.",
    "closed": "The account lock is set.",
    "year": "The year is closed: nobody can unlock it.",
    "level": "The access level is changed. It counts from the next call.",
    "renamed": "The name is changed.",
    "company": "The company's settings are changed.",
    "done": "Done, as by a person in FreeAgent.",
    "refused": "FreeAgent does not allow that for this document, so nothing was changed.",
}
WRITERS: dict[str, type[Writer]] = {
    writer.kind: writer for writer in (Bills, Expenses, Explanations, Invoices, CreditNotes)
}


@dataclass(frozen=True, slots=True)
class Levers:
    """Those of FreeAgent's own books."""

    state: FreeAgentState

    def all(self) -> tuple[Lever[Books], ...]:
        return (
            ("accounts", "set-account", self.set_category),
            ("contacts", "set-contact", self.set_contact),
            ("contacts", "rename", self.rename),
            ("settings", "set-project", self.set_project),
            ("settings", "set-lock", self.set_lock),
            ("settings", "close-year", self.close_year),
            ("settings", "set-level", self.set_level),
            ("settings", "set-company", self.set_company),
            ("bills", "act", self.act),
        )

    def set_category(self, books: Books, form: Form) -> str:
        if form["status"] not in ("ACTIVE", "ARCHIVED"):
            raise ValueError(form["status"])
        is_there = form["status"] == "ACTIVE"
        self.state.set_category(books.tenant, form["id"], is_there=is_there)
        return "back" if is_there else "gone"

    def set_contact(self, books: Books, form: Form) -> str:
        return self._toggle(books, "contacts", form, {"ACTIVE": "Active", "ARCHIVED": "Hidden"})

    def set_project(self, books: Books, form: Form) -> str:
        return self._toggle(books, "projects", form, {"ACTIVE": "Active", "ARCHIVED": "Completed"})

    def _toggle(self, books: Books, kind: str, form: Form, words: dict[str, str]) -> str:
        books.save(kind, {**books.shelf(kind)[form["id"]], "status": words[form["status"]]})
        return "restored" if form["status"] == "ACTIVE" else "archived"

    def rename(self, books: Books, form: Form) -> str:
        name = form["name"].strip()
        if not name:
            raise ValueError(name)
        books.save("contacts", {**books.shelf("contacts")[form["id"]], "organisation_name": name})
        return "renamed"

    def set_lock(self, books: Books, form: Form) -> str:
        self.state.lock_to(books.tenant, date.fromisoformat(form["on"]) if form["on"] else None)
        return "closed"

    def close_year(self, books: Books, form: Form) -> str:
        self.state.close_year(books.tenant, date.fromisoformat(form["on"]))
        return "year"

    def set_level(self, books: Books, form: Form) -> str:
        if form["level"] not in signin.LEVELS:
            raise ValueError(form["level"])
        books.save("users", {**books.shelf("users")[form["id"]], "permission_level": int(form["level"])})
        return "level"

    def set_company(self, books: Books, form: Form) -> str:
        self.state.set_lapsed(books.tenant, is_lapsed=form.get("lapsed") == "on")
        if books.is_uk:
            self.state.set_registered(books.tenant, is_registered=form.get("registered") == "on")
        return "company"

    def act(self, books: Books, form: Form) -> str:
        """Pay a document in full, send it, or delete it, as a person in FreeAgent does."""
        kind, document = form["kind"], books.shelf(form["kind"])[form["id"]]
        try:
            match form["act"]:
                case "pay":
                    Explanations(books, seed.FULL, "dana").create(_payment(books, kind, document))
                case "delete":
                    WRITERS[kind](books, seed.FULL, "dana").delete(document)
                case "send" if kind in ("invoices", "credit_notes"):
                    writer = Invoices if kind == "invoices" else CreditNotes
                    writer(books, seed.FULL, "dana").move(document, sales.SENT)
                case other:
                    raise ValueError(other)
        except RefusalError:
            return "refused"
        return "done"


def _payment(books: Books, kind: str, document: Json) -> Json:
    """From, or to, the account in its currency, or else the primary one."""
    accounts = [one for one in books.shelf("bank_accounts").values() if one["status"] == "active"]
    fit = [one for one in accounts if one["currency"] == document["currency"]]
    account = next(iter(fit), next(one for one in accounts if one["is_primary"]))
    left = due(books, document)
    value = left * books.rate(document["currency"]) / books.rate(account["currency"])
    return {
        "bank_account": account["url"],
        "dated_on": books.today().isoformat(),
        "gross_value": -value if kind == "bills" else value,
        "foreign_currency_value": abs(left),
        "description": f"Payment of {document['reference']}",
        "paid_bill" if kind == "bills" else "paid_invoice": document["url"],
    }
