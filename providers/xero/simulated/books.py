"""One organisation's records, in Xero's own JSON; every change is written through."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from providers.simulating.numbers import Json
from providers.simulating.store import Shelf, Store
from providers.xero.simulated import seed
from providers.xero.simulated.kinds import BANK_TRANSACTION, CREDIT_NOTE, INVOICE, Kind

ADVISER = "FINANCIALADVISER"
WRITERS = frozenset({ADVISER, "STANDARD", "INVOICEONLY"})
APPROVERS = frozenset({ADVISER, "STANDARD"})
SMALL_PLANS = frozenset({"STARTER", "IGNITE", "LITE", "SIMPLE"})
"""Plans on which only so many documents may be approved in a month."""
MONTHLY_LIMIT = {"ACCPAY": 5, "ACCREC": 20}
WITH_CURRENCIES = ("DEMO", "TRIAL", "PREMIUM", "ULTIMATE", "COMPREHENSIVE", "ULTRA")
"""How the names of plans with more than one currency begin (xero.com, "Pricing plans")."""


class Books:
    largest_page = 1000
    """Entries of one page at most, whatever is asked for ("pageSize" of the Accounting API); tests lower it."""

    def __init__(self, tenant: str, store: Store, clock: Clock) -> None:
        self.tenant, self._store, self._clock = tenant, store, clock
        self._own = self._shelf("organisation")
        self.accounts = self._shelf("account")
        self.tax_rates = self._shelf("tax_rate")
        self.contacts = self._shelf("contact")
        self.tracking = self._shelf("tracking")
        self.currencies = self._shelf("currency")
        self.users = self._shelf("user")
        self.items = self._shelf("item")
        self.invoices = self._shelf("invoice")
        self.credit_notes = self._shelf("credit_note")
        self.bank_transactions = self._shelf("bank_transaction")
        self.allocations = self._shelf("allocation")
        self.payments = self._shelf("payment")
        self.attachments = self._shelf("attachment")
        self.history = self._shelf("history")
        self._seed()

    def _shelf(self, kind: str) -> Shelf:
        return Shelf(self._store, f"{kind}/{self.tenant}")

    def _seed(self) -> None:
        """Fill what is empty: of books that an earlier version kept, only the lists that it did not know."""
        if not self._own:
            self._own.save("organisation", seed.organisation(self.tenant))
        for shelf, key, made in (
            (self.accounts, "AccountID", seed.accounts),
            (self.tax_rates, "TaxType", seed.tax_rates),
            (self.contacts, "ContactID", seed.contacts),
            (self.tracking, "TrackingCategoryID", seed.tracking),
            (self.currencies, "Code", seed.currencies),
            (self.users, "UserID", seed.users),
            (self.items, "ItemID", seed.items),
        ):
            for record in [] if shelf else made(self.tenant):
                shelf.save(record[key], record)

    # The organisation

    @property
    def organisation(self) -> Json:
        return self._own["organisation"]

    @property
    def name(self) -> str:
        return str(self.organisation["Name"])

    @property
    def short_code(self) -> str:
        """What addresses name the organisation by."""
        return str(self.organisation["ShortCode"])

    @property
    def is_lapsed(self) -> bool:
        """Whether the organisation's own subscription to Xero has ended: then it may be read only (unverified)."""
        return bool(self.organisation.get("_lapsed"))

    def change_organisation(self, **fields: Any) -> None:
        changed = {**self.organisation, **fields}
        self._own.save("organisation", {key: value for key, value in changed.items() if value is not None})

    def lock_date(self, name: str) -> date | None:
        found = self.organisation.get(name)
        return date.fromisoformat(found) if found else None

    def role_of(self, user_id: str) -> str | None:
        user = self.users.get(user_id)
        return None if user is None else str(user["OrganisationRole"])

    # Finding

    def account(self, code: str) -> Json | None:
        """By code or by id."""
        if code in self.accounts:
            return self.accounts[code]
        return next((found for found in self.accounts.values() if found["Code"] == code), None)

    def item(self, code: str) -> Json | None:
        """A product or service, by code or by id."""
        return self.items.get(code) or next((found for found in self.items.values() if found["Code"] == code), None)

    def open_currencies(self) -> list[Json]:
        """Those that documents may be in: the plan decides whether there is more than the organisation's own."""
        base = self.organisation["BaseCurrency"]
        has_all = str(self.organisation["Class"]).startswith(WITH_CURRENCIES)
        return [found for found in self.currencies.values() if has_all or found["Code"] == base]

    def has_currency(self, code: str) -> bool:
        return any(found["Code"] == code for found in self.open_currencies())

    def contact_named(self, name: str) -> Json | None:
        """An active contact before an archived one; capitals and spaces at the ends don't count."""
        wanted = name.strip().casefold()
        matches = [found for found in self.contacts.values() if found["Name"].casefold() == wanted]
        return min(matches, key=lambda found: str(found["ContactStatus"]), default=None)

    def contact_holding(self, name: str) -> Json | None:
        """The active contact that has this name as far as its being unique goes: there the width of spaces does not count
        either (unverified; Xero is reported to say that a name is taken which it did not match).
        """
        wanted = " ".join(name.split()).casefold()
        active = (found for found in self.contacts.values() if found["ContactStatus"] == "ACTIVE")
        return next((found for found in active if " ".join(found["Name"].split()).casefold() == wanted), None)

    def shelf(self, kind: Kind) -> Shelf:
        shelves = {INVOICE: self.invoices, CREDIT_NOTE: self.credit_notes, BANK_TRANSACTION: self.bank_transactions}
        return shelves[kind]

    def approved_this_month(self, kind: str) -> int:
        month = self.now()[:7]
        return sum(
            found["Type"] == kind and str(found.get("_approved_at", "")).startswith(month)
            for found in self.invoices.values()
        )

    # Changing

    def now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")

    def today(self) -> date:
        return self._clock.now().date()

    def instant(self) -> datetime:
        return self._clock.now()

    def save_invoice(self, invoice: Json) -> None:
        self.save_document(INVOICE, invoice)

    def save_document(self, kind: Kind, document: Json) -> None:
        document["UpdatedDateUTC"] = self.now()
        self.shelf(kind).save(document[kind.key], document)

    def save_contact(self, contact: Json) -> None:
        contact["UpdatedDateUTC"] = self.now()
        self.contacts.save(contact["ContactID"], contact)

    def save_account(self, account: Json) -> None:
        account["UpdatedDateUTC"] = self.now()
        self.accounts.save(account["AccountID"], account)

    def note(self, document: str, changes: str, user: str, details: str = "") -> None:
        """Add a line to a document's history."""
        records = self.history.get(document, {"records": []})["records"]
        record = {"Changes": changes, "DateUTC": self.now(), "User": user, "Details": details}
        self.history.save(document, {"records": [*records, record]})

    def keep_file(self, document: str, name: str, mime_type: str, content: bytes, *, is_online: bool = False) -> Json:
        """Attach a file; one of the same name is replaced."""
        files = self.attachments.get(document, {"files": []})["files"]
        attachment: Json = {
            "AttachmentID": str(uuid4()),
            "FileName": name,
            "MimeType": mime_type,
            "ContentLength": len(content),
            "IncludeOnline": is_online,
            "_created_at": self.now(),
        }
        self._store.put_bytes(attachment["AttachmentID"], content)
        kept = [found for found in files if found["FileName"] != name]
        self.attachments.save(document, {"files": [*kept, attachment]})
        return attachment

    def files(self, document: str) -> list[Json]:
        return list(self.attachments.get(document, {"files": []})["files"])

    def content(self, attachment_id: str) -> bytes:
        return self._store.bytes_of(attachment_id) or b""
