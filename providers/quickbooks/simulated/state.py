"""One simulated QuickBooks Online, put together: what a test or the playground holds in its hand."""

from collections.abc import Sequence
from datetime import date

from providers.quickbooks.simulated import seed
from providers.quickbooks.simulated.books import Books
from providers.quickbooks.simulated.front import BATCHES_A_MINUTE, KEYS, Limits
from providers.quickbooks.simulated.grants import ACCOUNTING, RULES, Grants, TokenAnswer
from providers.simulating.grants import Asked
from providers.simulating.limits import Meter
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.state import Simulated, Vendor

QUICKBOOKS = Vendor(key="quickbooks", name="QuickBooks", limits=Limits, keys=KEYS)
DEFAULT_SCOPES = (ACCOUNTING, "openid", "profile", "email")


class QuickBooksState(Simulated[Books]):
    """What every simulation has, and what happens inside QuickBooks."""

    vendor = QUICKBOOKS
    people = seed.PEOPLE
    grants: Grants

    def _open(self, client_id: str, client_secret: str) -> None:
        self.books = {realm: Books(realm, self.store, self.clock) for realm in seed.REALMS}
        self.grants = Grants(self.clock, client_id, client_secret, self.store, self.people, RULES)
        self.batches = Meter(self.clock, Limits(per_minute=BATCHES_A_MINUTE, at_once=None))
        """Batches are counted for themselves, beside all calls."""

    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        return self.grants.allow(person, tenants[0], asked)

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        return self.grants.connected_to(tenant)

    def disconnect(self, tenant: str) -> None:
        self.grants.disconnect(tenant)

    def grant(
        self, person: str = "dana", realm: str = seed.TRADING, scopes: Sequence[str] = DEFAULT_SCOPES
    ) -> TokenAnswer:
        """A token set as if this person had allowed access to the company on the pages."""
        code = self.allow(self.people[person], [realm], Asked(redirect_uri="", scopes=tuple(scopes)))
        return self.grants.exchange(code, redirect_uri="", verifier=None)

    # What a test reads

    def documents(self, entity: str, realm: str = seed.TRADING) -> list[Json]:
        """All that stand, oldest first."""
        return list(self.books[realm].shelf(entity).values())

    def bills(self, realm: str = seed.TRADING) -> list[Json]:
        return self.documents("Bill", realm)

    # What happens inside QuickBooks

    def set_active(self, realm: str, entity: str, name: str, *, is_active: bool) -> None:
        """Make an account, a name, a class … inactive, or active again."""
        record = self._named(realm, entity, name)
        self.books[realm].save(entity, {**record, "Active": is_active})

    def rename(self, realm: str, entity: str, name: str, new: str) -> None:
        """Of a vendor or a customer."""
        record = self._named(realm, entity, name)
        self.books[realm].save(entity, {**record, "DisplayName": new, "PrintOnCheckName": new})

    def _named(self, realm: str, entity: str, name: str) -> Json:
        found = self.books[realm].named(entity, name)
        if found is None:
            raise KeyError(name)
        return found

    def close_books(self, realm: str, on: date | None) -> None:
        """Nothing may be written on or before this day; None opens the books again."""
        self.books[realm].change_company(_close_date=on.isoformat() if on else None)

    def set_lapsed(self, realm: str, *, is_lapsed: bool) -> None:
        """Whether the company's subscription to QuickBooks has ended."""
        status = "EXPIRED" if is_lapsed else "SUBSCRIBED"
        values = self.books[realm].company["NameValue"]
        told = [{**one, "Value": status} if one["Name"] == "SubscriptionStatus" else one for one in values]
        self.books[realm].change_company(NameValue=told)

    def set_role(self, realm: str, person: str, role: str) -> None:
        users = self.books[realm].users
        user_id = self.people[person].id
        users.save(user_id, {**users[user_id], "Role": role})

    def set_warns_of_duplicates(self, realm: str, *, warns: bool) -> None:
        """The preference "Warn me when I enter a bill number that's already been used", and the same of cheques."""
        self.books[realm].change_company(_warns_of_duplicates=warns)

    def set_taxes_by_line(self, realm: str, *, by_line: bool) -> None:
        """Whether tax is rounded on each line, and not on the sum of those with the same rate; which is unverified."""
        self.books[realm].change_company(_taxes_by_line=by_line)

    def set_tells_close_date(self, realm: str, *, tells: bool) -> None:
        """Whether the preferences name the closing date: the vendor says both."""
        self.books[realm].change_company(_tells_close_date=tells)
