"""One simulated Xero, put together: what a test or the playground holds in its hand."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.clock import Clock, SystemClock
from providers.xero import wire
from providers.xero.simulated import seed
from providers.xero.simulated.books import Books
from providers.xero.simulated.grants import Grants
from providers.xero.simulated.idempotency import Replays
from providers.xero.simulated.limits import Meter
from providers.xero.simulated.misbehaviour import Fault, Misbehaviour
from providers.xero.simulated.numbers import Json
from providers.xero.simulated.store import Shelf, Store

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as it arrived and was answered; `status` 0 is an answer that never left."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    fault: Fault | None = None


class XeroState:
    """Organisations, people, tokens, switches and the record of calls.

    Args:
        clock: whose time everything goes by.
        public_url: the address of this server as browsers see it, with the path it is mounted at.
        client_id: of the one app that is registered here.
        client_secret: of that app.
        database: where books and tokens are kept; memory when absent.
        redirect_uris: what the app may redirect to, exactly.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        public_url: str = "http://127.0.0.1:3002/xero",
        client_id: str = "simulated-client",
        client_secret: str = "simulated-secret",  # noqa: S107 # an example for a server on loopback
        database: Path | None = None,
        redirect_uris: Sequence[str] = (),
        app_name: str = "Dext in Slack",
    ) -> None:
        self.clock = clock or SystemClock()
        self.public_url = public_url.rstrip("/")
        self.redirect_uris = tuple(redirect_uris)
        self.app_name = app_name
        self.store = Store(database)
        self.people = seed.PEOPLE
        self.books = {tenant: Books(tenant, self.store, self.clock) for tenant in (seed.TRADING, seed.IRELAND)}
        self.grants = Grants(self.clock, client_id, client_secret, self.store)
        self.replays = Replays(self.clock, Shelf(self.store, "idempotency"))
        self.meter = Meter(self.clock)
        self.misbehaviour = Misbehaviour()
        self.calls: list[Call] = []
        self.released = asyncio.Event()
        """Set to let hanging calls go; the server does so when it stops."""

    def close(self) -> None:
        self.store.close()

    # What a test reads

    def bills(self, tenant: str = seed.TRADING) -> list[Json]:
        """Bills that stand, oldest first."""
        return [
            found
            for found in self.books[tenant].invoices.values()
            if found["Type"] == "ACCPAY" and found["Status"] not in ("VOIDED", "DELETED")
        ]

    def by_short_code(self, code: str) -> Books | None:
        return next((books for books in self.books.values() if books.short_code == code), None)

    def calls_to(self, method: str, path: str) -> list[Call]:
        """Those whose path ends so, e.g. `calls_to("PUT", "/Invoices")`."""
        return [call for call in self.calls if call.method == method and call.path.endswith(path)]

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

    def expire_access_tokens(self) -> None:
        self.grants.expire_access()

    def revoke_refresh_tokens(self) -> None:
        self.grants.revoke_refreshes()

    def disconnect(self, tenant: str) -> None:
        self.grants.disconnect(tenant)

    # Shortcuts and switches

    def grant(
        self, person: str = "dana", tenants: Sequence[str] | None = None, scopes: Sequence[str] = DEFAULT_SCOPES
    ) -> wire.TokenAnswer:
        """A token set as if this person had allowed access on the pages."""
        who = self.people[person]
        chosen = list(who.roles) if tenants is None else tenants
        named = [(tenant, self.books[tenant].name) for tenant in chosen]
        code = self.grants.allow(who, named, scopes=scopes, redirect_uri="", challenge=None)
        return self.grants.exchange(code, redirect_uri="", verifier=None)

    def fail_next(
        self,
        fault: Fault | str,
        *,
        times: int = 1,
        method: str = "*",
        path: str = "*",
        seconds: float = 10,
    ) -> None:
        """The next `times` calls that match misbehave. `path` is a pattern under the root, such as `*/Invoices`."""
        self.misbehaviour.plan(Fault(fault), times=times, method=method, path=path, seconds=seconds)

    def forget_idempotency_keys(self) -> None:
        self.replays.forget()
