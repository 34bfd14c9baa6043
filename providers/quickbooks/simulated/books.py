"""One company's records, in the vendor's own JSON; every change is written through."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

from bot.clock import Clock
from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.entities import ENTITIES, NAMES
from providers.simulating.numbers import Json
from providers.simulating.store import Shelf, Store

PACIFIC = timezone(timedelta(hours=-8))
"""The vendor writes moments with an offset of its own."""


class Books:
    largest_page = 1000
    """Entries of one answer to a query; tests lower it."""

    def __init__(self, realm: str, store: Store, clock: Clock) -> None:
        self.tenant, self._store, self._clock = realm, store, clock
        self._own = self._shelf("company")
        self._counters = self._shelf("counter")
        self.users = self._shelf("user")
        self.deleted = self._shelf("deleted")
        self.shelves = {name: self._shelf(name) for name in ENTITIES}
        self._seed()

    def _shelf(self, kind: str) -> Shelf:
        return Shelf(self._store, f"{kind}/{self.tenant}")

    def _seed(self) -> None:
        """Fill what is empty."""
        realm = self.tenant
        if not self._own:
            self._own.save("company", seed.company(realm))
            self._own.save("preferences", seed.preferences(realm))
        if not self.users:
            for user in seed.users(realm):
                self.users.save(user["Id"], user)
        if not self.shelves["Account"]:
            for name, record in self._records():
                self.shelves[name].save(record["Id"], record)

    def _records(self) -> Iterator[tuple[str, Json]]:
        realm = self.tenant
        yield from seed.names(realm)
        for name, records in (
            ("Account", seed.accounts(realm)),
            ("TaxRate", seed.tax_rates(realm)),
            ("TaxCode", seed.tax_codes(realm)),
            ("Class", seed.classes(realm)),
            ("Department", seed.departments(realm)),
            ("CompanyCurrency", seed.currencies(realm)),
            ("Term", seed.terms()),
            ("Item", seed.items(realm)),
        ):
            yield from ((name, record) for record in records)

    # The company

    @property
    def company(self) -> Json:
        return self._own["company"]

    @property
    def preferences(self) -> Json:
        return self._own["preferences"]

    @property
    def name(self) -> str:
        return str(self.company["CompanyName"])

    @property
    def short_code(self) -> str:
        """What addresses of the ledger's pages name the company by."""
        return self.tenant

    @property
    def is_us(self) -> bool:
        return bool(self.company["Country"] == "US")

    @property
    def home(self) -> str:
        return str(self.preferences["CurrencyPrefs"]["HomeCurrency"]["value"])

    @property
    def has_currencies(self) -> bool:
        return bool(self.preferences["CurrencyPrefs"]["MultiCurrencyEnabled"])

    @property
    def close_date(self) -> date | None:
        found = self.company["_close_date"]
        return date.fromisoformat(found) if found else None

    @property
    def is_lapsed(self) -> bool:
        """Whether the subscription has ended: then the company may be read only."""
        return any(one["Value"] == "EXPIRED" for one in self.company["NameValue"])

    def change_company(self, **fields: Any) -> None:
        self._own.save("company", {**self.company, **fields})

    def change_preferences(self, group: str, **fields: Any) -> None:
        self._own.save("preferences", {**self.preferences, group: {**self.preferences[group], **fields}})

    def role_of(self, user_id: str) -> str | None:
        user = self.users.get(user_id)
        return None if user is None else str(user["Role"])

    # Finding

    def shelf(self, entity: str) -> Shelf:
        return self.shelves[entity]

    def get(self, entity: str, record_id: str) -> Json | None:
        return self.shelves[entity].get(record_id)

    def named(self, entity: str, name: str) -> Json | None:
        """By its name, whatever its capitals; an active one first."""
        key = "DisplayName" if entity in NAMES else "Code" if entity == "CompanyCurrency" else "Name"
        found = [one for one in self.shelves[entity].values() if str(one[key]).casefold() == name.strip().casefold()]
        return min(found, key=lambda one: not one.get("Active", True), default=None)

    def holder_of(self, name: str, besides: str | None = None) -> tuple[str, Json] | None:
        """Who has this name of all vendors and customers, active or not; `besides` is an id that may have it."""
        wanted = name.strip().casefold()
        for entity in NAMES:
            for found in self.shelves[entity].values():
                if found["DisplayName"].casefold() == wanted and found["Id"] != besides:
                    return entity, found
        return None

    def system_account(self, kind: str, code: str) -> Json | None:
        """The account of this type in this currency that documents go to when they name none."""
        accounts = (one for one in self.shelves["Account"].values() if one["AccountType"] == kind and one["Active"])
        return next((one for one in accounts if one["CurrencyRef"]["value"] == code), None)

    def has_currency(self, code: str) -> bool:
        listed = self.shelves["CompanyCurrency"].values()
        return code == self.home or any(one["Code"] == code and one["Active"] for one in listed)

    # Changing

    def now(self) -> str:
        return self._clock.now().astimezone(PACIFIC).isoformat(timespec="seconds")

    def moment(self) -> str:
        """As answers are dated."""
        return self._clock.now().astimezone(PACIFIC).isoformat(timespec="milliseconds")

    def today(self) -> date:
        return self._clock.now().date()

    def instant(self) -> datetime:
        return self._clock.now()

    def next_id(self, entity: str) -> str:
        """The next of its sequence; ids are never given twice."""
        sequence = ENTITIES[entity].sequence
        last = int(self._counters.get(sequence, {"last": self._last(sequence)})["last"]) + 1
        self._counters.save(sequence, {"last": last})
        return str(last)

    def _last(self, sequence: str) -> int:
        if sequence == "Txn":
            return seed.FIRST_IDS[self.tenant] - 1
        ids = (key for name, one in ENTITIES.items() if one.sequence == sequence for key in self.shelves[name])
        return max((int(key) for key in ids if key.isdecimal()), default=0)

    def create(self, entity: str, record: Json) -> Json:
        """Keep a new record, with an id and the moment."""
        made = self.now()
        meta = {"CreateTime": made, "LastUpdatedTime": made}
        saved: Json = {"domain": "QBO", "sparse": False, "Id": self.next_id(entity), "SyncToken": "0", "MetaData": meta}
        saved |= {**record, "_created_at": self._clock.now().isoformat()}
        self.shelves[entity].save(saved["Id"], saved)
        return saved

    def save(self, entity: str, record: Json) -> Json:
        """Keep a changed record, one version on."""
        meta = {**record["MetaData"], "LastUpdatedTime": self.now()}
        saved = {**record, "SyncToken": str(int(record["SyncToken"]) + 1), "MetaData": meta}
        self.shelves[entity].save(saved["Id"], saved)
        return saved

    def delete(self, entity: str, record_id: str) -> None:
        self.shelves[entity].drop(record_id)
        self.deleted.save(f"{entity}/{record_id}", {"Entity": entity, "Id": record_id, "At": self.now()})

    # Files

    def keep_file(self, attachable: Json, content: bytes) -> Json:
        saved = self.create("Attachable", attachable)
        self._store.put_bytes(f"{self.tenant}/{saved['Id']}", content)
        return saved

    def files(self, entity: str, record_id: str) -> list[Json]:
        """Those that hang on a document."""
        wanted = (entity.casefold(), record_id)
        return [
            found
            for found in self.shelves["Attachable"].values()
            if any(
                (one["EntityRef"]["type"].casefold(), one["EntityRef"]["value"]) == wanted
                for one in found.get("AttachableRef", [])
            )
        ]

    def content(self, attachable_id: str) -> bytes:
        return self._store.bytes_of(f"{self.tenant}/{attachable_id}") or b""


def shown(record: Json) -> Json:
    """A record without what is private."""
    return {key: value for key, value in record.items() if not key.startswith("_")}
