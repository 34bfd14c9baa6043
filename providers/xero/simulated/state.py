"""One simulated Xero, put together: what a test or the playground holds in its hand."""

from collections.abc import Sequence
from datetime import date

from providers.simulating.grants import Asked
from providers.simulating.numbers import Json
from providers.simulating.people import Person
from providers.simulating.state import Simulated, Vendor
from providers.xero import wire
from providers.xero.simulated import seed
from providers.xero.simulated.books import Books
from providers.xero.simulated.front import KEYS, Limits
from providers.xero.simulated.grants import RULES, Grants

DEFAULT_SCOPES = [
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.settings.read",
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.attachments",
]


XERO = Vendor(key="xero", name="Xero", limits=Limits, keys=KEYS)


class XeroState(Simulated[Books]):
    """What every simulation has, and what happens inside Xero."""

    vendor = XERO
    people = seed.PEOPLE
    grants: Grants

    def _open(self, client_id: str, client_secret: str) -> None:
        self.books = {tenant: Books(tenant, self.store, self.clock) for tenant in (seed.TRADING, seed.IRELAND)}
        self.grants = Grants(self.clock, client_id, client_secret, self.store, self.people, RULES)

    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        named = [(tenant, self.books[tenant].name) for tenant in tenants]
        return self.grants.allow(
            person, named, scopes=asked.scopes, redirect_uri=asked.redirect_uri, challenge=asked.challenge
        )

    def connected_to(self, tenant: str) -> list[tuple[Person, str]]:
        return self.grants.connected_to(tenant)

    def disconnect(self, tenant: str) -> None:
        self.grants.disconnect(tenant)

    # What a test reads

    def bills(self, tenant: str = seed.TRADING) -> list[Json]:
        """Bills that stand, oldest first."""
        return [
            found
            for found in self.books[tenant].invoices.values()
            if found["Type"] == "ACCPAY" and found["Status"] not in ("VOIDED", "DELETED")
        ]

    # What happens inside Xero

    def archive_account(self, tenant: str, code: str) -> None:
        self._set_account(tenant, code, "ARCHIVED")

    def restore_account(self, tenant: str, code: str) -> None:
        self._set_account(tenant, code, "ACTIVE")

    def _set_account(self, tenant: str, code: str, status: str) -> None:
        account = self.books[tenant].account(code)
        if account is None:
            raise KeyError(code)
        self.books[tenant].save_account({**account, "Status": status})

    def set_contact_status(self, tenant: str, name: str, status: str) -> None:
        """`status` is ACTIVE or ARCHIVED."""
        contact = self.books[tenant].contact_named(name)
        if contact is None:
            raise KeyError(name)
        self.books[tenant].save_contact({**contact, "ContactStatus": status})

    def set_tax_rate_status(self, tenant: str, tax_type: str, status: str) -> None:
        rate = self.books[tenant].tax_rates[tax_type]
        self.books[tenant].tax_rates.save(tax_type, {**rate, "Status": status})

    def set_lock_date(self, tenant: str, *, period: date | None = None, year_end: date | None = None) -> None:
        """Both dates, as they shall be; absent means no lock."""
        self.books[tenant].change_organisation(
            PeriodLockDate=period.isoformat() if period else None,
            EndOfYearLockDate=year_end.isoformat() if year_end else None,
        )

    def set_plan(self, tenant: str, plan: str) -> None:
        """`Class` of the organisation: IGNITE has a monthly limit of approved documents, COMPREHENSIVE has none."""
        self.books[tenant].change_organisation(Class=plan)

    def set_lapsed(self, tenant: str, *, is_lapsed: bool) -> None:
        """Whether the organisation's subscription to Xero has ended."""
        self.books[tenant].change_organisation(_lapsed=is_lapsed or None)

    def set_role(self, tenant: str, person: str, role: str) -> None:
        users = self.books[tenant].users
        user_id = self.people[person].id
        users.save(user_id, {**users[user_id], "OrganisationRole": role})

    def grant(
        self, person: str = "dana", tenants: Sequence[str] | None = None, scopes: Sequence[str] = DEFAULT_SCOPES
    ) -> wire.TokenAnswer:
        """A token set as if this person had allowed access on the pages."""
        who = self.people[person]
        chosen = list(who.roles) if tenants is None else tenants
        code = self.allow(who, chosen, Asked(redirect_uri="", scopes=tuple(scopes)))
        return self.grants.exchange(code, redirect_uri="", verifier=None)
