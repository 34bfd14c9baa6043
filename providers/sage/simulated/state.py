"""One simulated Sage Accounting, put together: what a test or the playground holds in its hand."""

from collections.abc import Sequence
from datetime import date

from providers.sage.simulated import seed
from providers.sage.simulated.books import Books
from providers.sage.simulated.front import KEYS, Limits
from providers.sage.simulated.grants import FULL, RULES, Grants, TokenAnswer
from providers.sage.simulated.kinds import Area, Level
from providers.simulating.grants import Asked
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.state import Simulated, Vendor

SAGE = Vendor(key="sage", name="Sage Accounting", limits=Limits, keys=KEYS)


class SageState(Simulated[Books]):
    """What every simulation has, and what happens inside Sage."""

    vendor = SAGE
    people = seed.PEOPLE
    grants: Grants

    def _open(self, client_id: str, client_secret: str) -> None:
        self.books = {business: Books(business, self.store, self.clock) for business in seed.BUSINESSES}
        self.grants = Grants(self.clock, client_id, client_secret, self.store, self.people, RULES)

    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        return self.grants.allow(person, seed.country(tenants[0]), asked)

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        return [(person, at) for person, at in self.grants.connected() if tenant in self.businesses_of(person)]

    def disconnect(self, tenant: str) -> None:
        """Everybody of this business removes the app: it loses whatever else was theirs, too."""
        for person, _ in self.connected_to(tenant):
            self.grants.remove(person.key)

    def businesses_of(self, person: Person) -> list[str]:
        """The first is the one that they lead ("Multi business" guide: the first that they created)."""
        theirs = [business for business, books in self.books.items() if books.role_of(person.id) is not None]
        return sorted(theirs, key=lambda one: not self.books[one].users[person.id].get("leads"))

    def grant(self, person: str = "dana", scopes: Sequence[str] = (FULL,)) -> TokenAnswer:
        """A token set as if this person had allowed access on the pages."""
        someone = self.people[person]
        code = self.allow(someone, self.businesses_of(someone), Asked(redirect_uri="", scopes=tuple(scopes)))
        return self.grants.exchange(code, redirect_uri="", verifier=None)

    # What a test reads

    def documents(self, plural: str, business: str = seed.TRADING) -> list[Json]:
        """All that stand, oldest first."""
        return self.books[business].standing(plural)

    def purchase_invoices(self, business: str = seed.TRADING) -> list[Json]:
        return self.documents("purchase_invoices", business)

    # What happens inside Sage

    def lock(self, business: str, on: date | None) -> None:
        """Nothing may be written on or before this day; None opens the year again."""
        self.books[business].change_settings(year_end_lockdown_date=on.isoformat() if on else None)

    def set_lapsed(self, business: str, *, is_lapsed: bool) -> None:
        """Whether the subscription, or the trial, has ended."""
        books = self.books[business]
        (subscription,) = books.business["subscriptions"]
        status = "INACTIVE" if is_lapsed else "ACTIVE"
        books.change_business(subscriptions=[{**subscription, "active": not is_lapsed, "status": status}])

    def set_plan(self, business: str, plan: str) -> None:
        books = self.books[business]
        (subscription,) = books.business["subscriptions"]
        words = plan.replace("_", " ").title()
        books.change_business(subscriptions=[{**subscription, "id": plan, "displayed_as": words}])

    def set_role(self, business: str, person: str, role: str) -> None:
        books, user_id = self.books[business], self.people[person].id
        books.users.save(user_id, {**books.users[user_id], "role": role, "areas": {}})

    def set_access(self, business: str, person: str, area: Area, level: Level) -> None:
        """Of one area alone, as a custom role has it."""
        books, user_id = self.books[business], self.people[person].id
        user = books.users[user_id]
        books.users.save(user_id, {**user, "areas": {**user.get("areas", {}), area: int(level)}})

    def set_lead(self, person: str, business: str) -> None:
        """The lead business "may change": a call that names none is for another one from now on."""
        user_id = self.people[person].id
        for one in self.businesses_of(self.people[person]):
            users = self.books[one].users
            users.save(user_id, {**users[user_id], "leads": one == business})

    def set_numbers_as_text(self, business: str, *, as_text: bool) -> None:
        """Whether amounts are written as text, "20.0": the swagger says numbers, apps that people write read text."""
        self.books[business].change_business(_numbers_as_text=as_text)

    def set_currencies(self, business: str, *, has_currencies: bool) -> None:
        self.books[business].change_settings(multi_currency_enabled=has_currencies)

    def hide_account(self, business: str, name: str, *, is_hidden: bool) -> None:
        """Take a ledger account out of the chart, or put it back."""
        record = self._named(business, "ledger_accounts", name)
        self.books[business].save("ledger_accounts", {**record, "included_in_chart": not is_hidden})

    def rename(self, business: str, contact: str, new: str) -> None:
        record = self._named(business, "contacts", contact)
        words = f"{new} ({record['reference']})" if record["reference"] else new
        self.books[business].save("contacts", {**record, "name": new, "displayed_as": words})

    def delete_contact(self, business: str, name: str) -> None:
        self.books[business].delete("contacts", self._named(business, "contacts", name))

    def _named(self, business: str, plural: str, name: str) -> Json:
        found = self.books[business].named(plural, name)
        if found is None:
            raise KeyError(name)
        return found
