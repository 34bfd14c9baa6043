"""One business's records, in the vendor's own JSON; every change is written through."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bot.clock import Clock
from providers.sage.simulated import charts, lists, seed
from providers.sage.simulated.kinds import KINDS, OF_ROLE, Area, Level
from providers.simulating.numbers import Json
from providers.simulating.store import Shelf, Store


class Books:
    largest_page = 200
    """Entries of one page of a list; tests lower it. That more are not refused, but cut to this, is unverified."""

    def __init__(self, business: str, store: Store, clock: Clock) -> None:
        self.tenant, self._store, self._clock = business, store, clock
        self._own = self._shelf("business")
        self._counters = self._shelf("counter")
        self.users = self._shelf("user")
        self.shelves = {plural: self._shelf(plural) for plural in KINDS}
        self._seed()

    def _shelf(self, kind: str) -> Shelf:
        return Shelf(self._store, f"{kind}/{self.tenant}")

    def _seed(self) -> None:
        """Fill what is empty."""
        business = self.tenant
        if not self._own:
            self._own.save("business", seed.business(business))
            self._own.save("financial_settings", seed.financial_settings(business))
            self._own.save("business_settings", seed.business_settings(business))
        if not self.users:
            for user in seed.users(business):
                self.users.save(user["id"], user)
        if not self.shelves["ledger_accounts"]:
            for plural, record in self._records():
                self.shelves[plural].save(record["id"], record)

    def _records(self) -> Iterator[tuple[str, Json]]:
        business = self.tenant
        for plural, records in (
            ("ledger_accounts", lists.ledger_accounts(business)),
            ("tax_rates", lists.tax_rates(business)),
            ("contacts", lists.contacts(business)),
            ("bank_accounts", lists.bank_accounts(business)),
            ("business_exchange_rates", lists.exchange_rates(business)),
            *((kind, lists.items(business, kind)) for kind in ("products", "services", "stock_items")),
        ):
            yield from ((plural, record) for record in records)
        if self.plan != seed.START:
            yield from lists.analysis(business)

    # The business

    @property
    def business(self) -> Json:
        return self._own["business"]

    @property
    def financial_settings(self) -> Json:
        return self._own["financial_settings"]

    @property
    def business_settings(self) -> Json:
        return self._own["business_settings"]

    @property
    def name(self) -> str:
        return str(self.business["name"])

    @property
    def short_code(self) -> str:
        return seed.CODES[self.tenant]

    @property
    def plan(self) -> str:
        return str(self.business["subscriptions"][0]["id"])

    @property
    def is_lapsed(self) -> bool:
        """Whether the subscription has ended: then every call is refused."""
        return not self.business["subscriptions"][0]["active"]

    @property
    def home(self) -> str:
        return str(self.financial_settings["base_currency"]["id"])

    @property
    def has_currencies(self) -> bool:
        return bool(self.financial_settings["multi_currency_enabled"])

    @property
    def lockdown(self) -> date | None:
        found = self.financial_settings["year_end_lockdown_date"]
        return date.fromisoformat(found) if found else None

    def change_business(self, **fields: Any) -> None:
        self._own.save("business", {**self.business, **fields, "updated_at": self.now()})

    def change_settings(self, **fields: Any) -> None:
        self._own.save("financial_settings", {**self.financial_settings, **fields, "updated_at": self.now()})

    # Who may do what

    def role_of(self, user_id: str) -> str | None:
        user = self.users.get(user_id)
        return None if user is None else str(user["role"])

    def level(self, user_id: str, area: Area) -> Level:
        """By the role, or as set for this area alone."""
        user = self.users.get(user_id)
        if user is None:
            return Level.NONE
        own = user.get("areas", {}).get(area)
        return OF_ROLE[user["role"]] if own is None else Level(own)

    # Finding

    def shelf(self, plural: str) -> Shelf:
        return self.shelves[plural]

    def get(self, plural: str, record_id: str) -> Json | None:
        return self.shelves[plural].get(record_id)

    def standing(self, plural: str) -> list[Json]:
        """All that are not deleted, oldest first."""
        return [record for record in self.shelves[plural].values() if not record.get("deleted_at")]

    def named(self, plural: str, name: str) -> Json | None:
        """By its name or what it is displayed as, whatever its capitals."""
        wanted = name.strip().casefold()
        for record in self.standing(plural):
            words = (record.get("name"), record.get("displayed_as"), record.get("description"))
            if wanted in (str(one).casefold() for one in words if one):
                return record
        return None

    def account(self, control: str) -> Json:
        """The ledger account that the program itself posts to."""
        found = (one for one in self.shelves["ledger_accounts"].values() if one["control_name"] == control)
        return next(found, {"id": control, "displayed_as": control})

    def currency(self, code: str) -> Json:
        words = charts.CURRENCIES.get(code, (code, code))[0]
        return seed.reference("currencies", code, f"{words} ({code})")

    def rate(self, code: str) -> Decimal:
        """What one unit of the business's currency is worth in this one, by its own list."""
        found = self.shelves["business_exchange_rates"].get(code)
        return Decimal(found["rate"]) if found else Decimal(1)

    # Changing

    def now(self) -> str:
        return self._clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def instant(self) -> datetime:
        return self._clock.now()

    def today(self) -> date:
        return self._clock.now().date()

    def next_number(self, prefix: str) -> str:
        """`SI-1` and so on, as invoices are numbered; none is given twice."""
        last = int(self._counters.get(prefix, {"last": 0})["last"]) + 1
        self._counters.save(prefix, {"last": last})
        return f"{prefix}-{last}"

    def create(self, plural: str, words: str, record: Json, record_id: str | None = None) -> Json:
        """Keep a new record, with an id and the moment."""
        made, new_id = self.now(), record_id or uuid4().hex
        saved = {**seed.common(plural, new_id, words), **record, "created_at": made, "updated_at": made}
        self.shelves[plural].save(new_id, saved)
        return saved

    def save(self, plural: str, record: Json) -> Json:
        saved = {**record, "updated_at": self.now()}
        self.shelves[plural].save(saved["id"], saved)
        return saved

    def delete(self, plural: str, record: Json) -> Json:
        """It stays, with the moment: lists leave it out, and tell it to whoever asks for what was deleted."""
        return self.save(plural, {**record, "deleted_at": self.now()})

    # Files

    def keep_file(self, record: Json, content: bytes) -> Json:
        """Files are the only records whose ids have hyphens, and which are displayed as nothing ("Attachments" guide)."""
        saved = self.create("attachments", "", {**record, "displayed_as": None}, str(uuid4()))
        self._store.put_bytes(f"{self.tenant}/{saved['id']}", content)
        return saved

    def content(self, attachment_id: str) -> bytes:
        return self._store.bytes_of(f"{self.tenant}/{attachment_id}") or b""

    def files(self, document: Json) -> list[Json]:
        """Those that hang on a document."""
        own = {document["id"], (document.get("transaction") or {}).get("id")}
        return [one for one in self.standing("attachments") if (one["attachment_context"] or {}).get("id") in own]


def to(plural: str, record: Json) -> Json:
    """A reference to a record, as answers have it."""
    return seed.reference(plural, record["id"], record["displayed_as"])


def shown(record: Json) -> Json:
    """A record without what is private."""
    return {key: value for key, value in record.items() if not key.startswith("_")}
