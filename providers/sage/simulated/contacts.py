"""Contacts: made, changed and deleted through the API.

A contact has one type ("Invoicing" guide: "you cannot assign more than one"), and its reference is unique (swagger 3.1,
`reference`); names are not. The words for a reference that is taken are unverified.
"""

from dataclasses import dataclass, field
from typing import Any

from providers.sage.simulated import lists
from providers.sage.simulated.books import Books, to
from providers.sage.simulated.kinds import DOCUMENTS, FIXED_LISTS
from providers.sage.simulated.references import References
from providers.sage.simulated.refusals import Problem, invalid, not_allowed, not_found, refused
from providers.sage.simulated.shapes import LONGEST_NOTE, Fields
from providers.simulating.numbers import Json

TAKEN = "The reference has already been taken."
IN_USE = "You cannot delete a contact that has transactions."


@dataclass(slots=True)
class Contacts:
    books: Books
    references: References = field(init=False)

    def __post_init__(self) -> None:
        self.references = References(self.books)

    def create(self, fields: Fields) -> Json:
        fields.needs("name", "contact_type_ids")
        kinds = fields.ids("contact_type_ids")
        own = self._own(fields)
        if fields.has("contact_type_ids") and len(kinds) > 1:
            name = "contact[contact_type_ids]"
            fields.problems.append(Problem("Validation", f"{name} is invalid", name))
        code = fields.text("currency_id")
        fields.done()
        if kinds[0] not in FIXED_LISTS["contact_types"]:
            raise not_found()
        self._check_reference(own.get("reference"), None)
        currency = self.references.currency(code, None)
        record = lists.new_contact(str(own["name"]), own.get("reference"), kinds[0], currency)
        return self.books.create("contacts", _words(own), {**record, **own, **self._accounts(fields)})

    def update(self, key: str, fields: Fields) -> Json:
        before = self._standing(key)
        own = self._own(fields)
        code = fields.text("currency_id")
        fields.done()
        self._check_reference(own.get("reference"), key)
        if code is not None and code != before["currency"]["id"] and self._is_used(key):
            raise invalid("The currency of a contact with transactions cannot be changed.", "currency_id")
        if code is not None:
            own["currency"] = self.books.currency(self.references.currency(code, None))
        changed = {**before, **own, **self._accounts(fields)}
        return self.books.save("contacts", {**changed, "displayed_as": _words(changed)})

    def delete(self, key: str) -> None:
        before = self._standing(key)
        if self._is_used(key):
            raise not_allowed(IN_USE)
        self.books.delete("contacts", before)

    def _standing(self, key: str) -> Json:
        found = self.books.get("contacts", key)
        if found is None or found["deleted_at"]:
            raise not_found()
        return found

    @staticmethod
    def _own(fields: Fields) -> Json:
        own: dict[str, Any] = {
            "name": fields.text("name"),
            "reference": fields.text("reference"),
            "tax_number": fields.text("tax_number"),
            "notes": fields.text("notes", LONGEST_NOTE),
            "email": fields.text("email"),
        }
        return {name: value for name, value in own.items() if value is not None}

    def _accounts(self, fields: Fields) -> Json:
        """The ledger accounts that are offered first."""
        found: Json = {}
        for name, area in (("default_purchase_ledger_account", "expenses"), ("default_sales_ledger_account", "sales")):
            wanted = fields.text(f"{name}_id")
            if wanted:
                found[name] = to("ledger_accounts", self.references.account(wanted, area))
        return found

    def _check_reference(self, wanted: str | None, key: str | None) -> None:
        for one in self.books.standing("contacts") if wanted else ():
            if one["id"] != key and str(one["reference"]).casefold() == str(wanted).casefold():
                raise refused([Problem("RecordInvalid", TAKEN, "reference")])

    def _is_used(self, key: str) -> bool:
        standing = (one for plural in DOCUMENTS for one in self.books.standing(plural))
        return any((one.get("contact") or {}).get("id") == key for one in standing)


def _words(record: Json) -> str:
    return f"{record['name']} ({record['reference']})" if record.get("reference") else str(record["name"])
