"""One simulated FreeAgent, put together: what a test or the playground holds in its hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from providers.freeagent.simulated import seed
from providers.freeagent.simulated.books import Books
from providers.freeagent.simulated.front import REFRESHES_A_MINUTE, TESTED_A_MINUTE, Limits
from providers.freeagent.simulated.grants import RULES, Grants, TokenAnswer
from providers.simulating import limits
from providers.simulating.grants import Asked
from providers.simulating.limits import Meter
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.state import Simulated, Vendor

FREEAGENT = Vendor(key="freeagent", name="FreeAgent", limits=Limits, keys=None)


class FreeAgentState(Simulated[Books]):
    """What every simulation has, and what happens inside FreeAgent.

    The one app that is registered here works for companies and for practices; FreeAgent wants an app of its own for each.
    """

    vendor = FREEAGENT
    people = seed.PEOPLE
    grants: Grants

    def _open(self, client_id: str, client_secret: str) -> None:
        self.books = {subdomain: Books(subdomain, self.store, self.clock) for subdomain in seed.COMPANIES}
        self.grants = Grants(self.clock, client_id, client_secret, self.store, self.people, RULES)
        self.refreshes = Meter(self.clock, limits.Limits(per_minute=REFRESHES_A_MINUTE))
        """Refreshed tokens are counted for themselves, beside all calls."""
        self.tested = Meter(self.clock, limits.Limits(per_minute=TESTED_A_MINUTE))
        """Calls with `X-RateLimit-Test`."""

    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        return self.grants.allow(person, tenants[0], asked)

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        return self.grants.connected_to(tenant)

    def disconnect(self, tenant: str) -> None:
        self.grants.disconnect(tenant)

    def grant(self, person: str = "dana", company: str = seed.TRADING) -> TokenAnswer:
        """A token set as if this person had allowed access to the company, or practice, on the pages."""
        code = self.allow(self.people[person], [company], Asked(redirect_uri="", scopes=()))
        return self.grants.exchange(code, redirect_uri="", verifier=None)

    # What a test reads

    def documents(self, kind: str, company: str = seed.TRADING) -> list[Json]:
        """All that stand, oldest first."""
        return list(self.books[company].shelf(kind).values())

    def bills(self, company: str = seed.TRADING) -> list[Json]:
        return self.documents("bills", company)

    # What happens inside FreeAgent

    def set_level(self, company: str, person: str, level: int) -> None:
        """The access level of a user."""
        user = self.books[company].user_of(person)
        if user is None:
            raise KeyError(person)
        self.books[company].save("users", {**user, "permission_level": level})

    def set_hidden(self, company: str, person: str, *, is_hidden: bool) -> None:
        """Whether a user is hidden, as somebody is who left."""
        user = self.books[company].user_of(person)
        if user is None:
            raise KeyError(person)
        self.books[company].save("users", {**user, "hidden": is_hidden})

    def set_keeps_some(self, company: str, number: int | None) -> None:
        """Of how many expenses that come at once only so many are kept; None: all or none, which is unverified."""
        self.books[company].change_company(_keeps_some=number)

    def lock_to(self, company: str, day: date | None) -> None:
        """The account lock that a person sets; None takes it away."""
        books = self.books[company]
        kept = [one for one in books.company["_locks"] if not one.get("user_lock")]
        user = next(iter(books.shelf("users").values()))
        own = {
            "locked_to_date": day.isoformat() if day else None,
            "user_lock": True,
            "locked_by_description": f"{user['first_name']} {user['last_name']}",
            "locked_by_url": user["url"],
        }
        books.change_company(_locks=[*([own] if day else []), *kept])

    def close_year(self, company: str, ends_on: date) -> None:
        """Final accounts are signed, so all up to then is locked; and no person can take that away."""
        books = self.books[company]
        own = {
            "locked_to_date": ends_on.isoformat(),
            "locked_by_description": f"Accounting Year End {ends_on:%d %b %y}",
        }
        books.change_company(_locks=[*books.company["_locks"], own])

    def set_contact_status(self, company: str, name: str, status: str) -> None:
        books = self.books[company]
        found = books.named("contacts", "organisation_name", name)
        if found is None:
            raise KeyError(name)
        books.save("contacts", {**found, "status": status})

    def set_category(self, company: str, code: str, *, is_there: bool) -> None:
        """Whether a category is there; FreeAgent deletes those that nothing uses."""
        shelf = self.books[company].shelf("categories")
        shelf.save(code, {**shelf[code], "_is_gone": not is_there})

    def set_registered(self, company: str, *, is_registered: bool) -> None:
        """Whether a company in the United Kingdom is registered for VAT."""
        status = "Registered" if is_registered else "Not Registered"
        self.books[company].change_company(sales_tax_registration_status=status)

    def set_lapsed(self, company: str, *, is_lapsed: bool) -> None:
        """Whether the subscription has ended; what the API says then is unverified."""
        self.books[company].change_company(_is_lapsed=is_lapsed)

    def set_keeps_transactions(self, company: str, *, keeps: bool) -> None:
        """Whether a manual transaction stays, unexplained, when its only explanation is deleted, which is unverified."""
        self.books[company].change_company(_keeps_transactions=keeps)

    def set_rotates(self, *, rotates: bool) -> None:
        """Whether a refresh gives another refresh token and ends the one before, which is unverified."""
        self.grants.rules = replace(RULES, rotates_after=timedelta(0) if rotates else None)
