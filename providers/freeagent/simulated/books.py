"""One company's records, in the vendor's own JSON; every change is written through.

Addresses of other records are kept as paths (`/v2/contacts/3`), amounts as decimals; `showing` makes of both what is answered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bot.clock import Clock
from providers.freeagent.simulated import seed
from providers.simulating.numbers import Json
from providers.simulating.store import Shelf, Store

KINDS = (
    *("users", "contacts", "projects", "bank_accounts", "stock_items", "price_list_items", "sales_tax_periods"),
    *("bank_transactions", "bills", "expenses", "invoices", "credit_notes", "credit_note_reconciliations"),
    *("bank_transaction_explanations", "attachments"),
)
"""What has numbers as ids, by the name in its addresses."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The sales tax of a company on one day."""

    rates: tuple[Decimal, ...]
    is_registered: bool
    is_value_added: bool
    """Whether tax on purchases is reclaimed."""


class Books:
    def __init__(self, subdomain: str, store: Store, clock: Clock) -> None:
        self.tenant, self._store, self._clock = subdomain, store, clock
        self._own = self._shelf("company")
        self._counters = self._shelf("counter")
        self.shelves = {kind: self._shelf(kind) for kind in (*KINDS, "categories", "vat_returns")}
        if not self._own:
            self._seed()

    def _shelf(self, kind: str) -> Shelf:
        return Shelf(self._store, f"{kind}/{self.tenant}")

    def _seed(self) -> None:
        subdomain = self.tenant
        self._own.save("company", seed.company(subdomain))
        for one in seed.categories(subdomain):
            self.shelves["categories"].save(one["nominal_code"], one)
        for one in seed.vat_returns(subdomain):
            self.shelves["vat_returns"].save(one["period_ends_on"], one)
        for kind, records in (
            ("users", seed.users(subdomain)),
            ("contacts", seed.contacts(subdomain)),
            ("bank_accounts", seed.bank_accounts(subdomain)),
            ("stock_items", seed.stock_items(subdomain)),
            ("price_list_items", seed.price_list_items(subdomain)),
            ("sales_tax_periods", seed.sales_tax_periods(subdomain)),
            ("projects", self._with_contacts(seed.projects(subdomain))),
            ("bank_transactions", self._statement()),
        ):
            for one in records:
                self._keep(kind, one, seed.SEEDED_AT)

    def _with_contacts(self, projects: Iterable[Json]) -> Iterator[Json]:
        for one in projects:
            contact = self.named("contacts", "organisation_name", one["contact"])
            yield {**one, "contact": contact["url"] if contact else None}

    def _statement(self) -> Iterator[Json]:
        account = next(one["url"] for one in self.shelves["bank_accounts"].values() if one["is_primary"])
        for day, description, amount in seed.statement(self.tenant):
            yield transaction(account, day, description, amount, is_manual=False)

    # The company

    @property
    def company(self) -> Json:
        return self._own["company"]

    @property
    def name(self) -> str:
        return str(self.company["name"])

    @property
    def short_code(self) -> str:
        return self.tenant

    @property
    def home(self) -> str:
        return str(self.company["currency"])

    @property
    def is_uk(self) -> bool:
        return seed.is_uk(self.tenant)

    def change_company(self, **fields: Any) -> None:
        self._own.save("company", {**self.company, **fields, "updated_at": self.now()})

    def role_of(self, user_id: str) -> str | None:
        """The access level of a person, as text."""
        person = next((one.key for one in seed.PEOPLE.values() if one.id == user_id), None)
        user = self.user_of(person or "")
        return None if user is None else str(user["permission_level"])

    def user_of(self, person: str) -> Json | None:
        return next((one for one in self.shelves["users"].values() if one.get("_person") == person), None)

    @property
    def locked_to(self) -> str:
        """The last day that is locked, or nothing."""
        return max((one["locked_to_date"] for one in self.company["_locks"]), default="")

    @property
    def lock_told(self) -> str:
        """The words are unverified."""
        return f"The accounts are locked to {self.locked_to}"

    def tax_on(self, day: str) -> Scheme:
        if self.is_uk:
            since = str(self.company.get("sales_tax_effective_date", "9999"))
            is_registered = self.company["sales_tax_registration_status"] == "Registered" and since <= day
            return Scheme((Decimal(20), Decimal(5), Decimal(0)), is_registered, is_registered)
        periods = [one for one in self.shelves["sales_tax_periods"].values() if one["effective_date"] <= day]
        if not periods:
            return Scheme((Decimal(0),), is_registered=False, is_value_added=False)
        last = max(periods, key=lambda one: str(one["effective_date"]))
        rates = [Decimal(last[name]) for place in (1, 2, 3) if (name := f"sales_tax_rate_{place}") in last]
        is_registered = last["sales_tax_registration_status"] == "Registered"
        found = tuple(dict.fromkeys((*rates, Decimal(0))))
        return Scheme(found, is_registered, bool(is_registered and last["sales_tax_is_value_added"]))

    def rate(self, currency: str) -> Decimal:
        """Native units for one unit."""
        half = Decimal("0.5")
        found = seed.IN_POUNDS.get(currency, half) / seed.IN_POUNDS.get(self.home, half)
        return Decimal(1) if currency == self.home else found.quantize(Decimal("0.00000001"))

    # Finding

    def shelf(self, kind: str) -> Shelf:
        return self.shelves[kind]

    def at(self, path: str | None) -> Json | None:
        """The record at an address."""
        parts = (path or "").split("/")
        shelf = self.shelves.get(parts[2]) if len(parts) == 4 else None
        return None if shelf is None else shelf.get(parts[3])

    def named(self, kind: str, field: str, name: str) -> Json | None:
        return next((one for one in self.shelves[kind].values() if one.get(field) == name), None)

    # Changing

    def now(self) -> str:
        return self._clock.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def today(self) -> date:
        return self._clock.now().date()

    def instant(self) -> datetime:
        return self._clock.now()

    def next_id(self, kind: str) -> int:
        """Ids are never given twice, and those of no two companies are alike."""
        first = seed.IDS_APART * seed.COMPANIES.index(self.tenant)
        last = int(self._counters.get(kind, {"last": first})["last"]) + 1
        self._counters.save(kind, {"last": last})
        return last

    def create(self, kind: str, record: Json) -> Json:
        return self._keep(kind, record, self.now())

    def _keep(self, kind: str, record: Json, made: str) -> Json:
        number = str(self.next_id(kind))
        saved: Json = {"url": f"/v2/{kind}/{number}", **record, "created_at": made, "updated_at": made}
        self.shelves[kind].save(number, saved)
        return saved

    def save(self, kind: str, record: Json) -> Json:
        """Keep a changed record."""
        saved = {**record, "updated_at": self.now()}
        self.shelves[kind].save(id_of(record), saved)
        return saved

    def delete(self, kind: str, record: Json) -> None:
        self.shelves[kind].drop(id_of(record))

    # Files

    def put_content(self, number: str, content: bytes) -> None:
        self._store.put_bytes(f"{self.tenant}/{number}", content)

    def content(self, number: str) -> bytes:
        return self._store.bytes_of(f"{self.tenant}/{number}") or b""


def id_of(record: Json) -> str:
    """The last part of its address."""
    return str(record["url"]).rsplit("/", 1)[-1]


def transaction(account: str, day: str, description: str, amount: Decimal, *, is_manual: bool) -> Json:
    return {
        "amount": amount,
        "bank_account": account,
        "dated_on": day,
        "description": description,
        "full_description": f"{description}/OTHER/{abs(amount):.2f}",
        "uploaded_at": None if is_manual else f"{day}T06:00:00.000Z",
        "is_manual": is_manual,
        "transaction_id": None if is_manual else f"{day}-{description.lower().replace(' ', '-')}",
        "matching_transactions_count": 0,
    }


def name_of(contact: Json | None) -> str:
    """How a contact is called."""
    if contact is None:
        return ""
    person = " ".join(filter(None, (contact.get("first_name"), contact.get("last_name"))))
    return str(contact.get("organisation_name") or person)
