"""One simulated ledger, put together: what a test or the playground holds in its hand.

A vendor derives its state: it names its `Vendor` and who has a login there, `_open`s its books and its sign-ins from what
the store holds, and says what a person's consent gives and what ends it. To that come the levers of its own that tests pull.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypedDict, TypeVar

from bot.clock import Clock, SystemClock
from providers.simulating.grants import Asked, Grants
from providers.simulating.idempotency import KeyRules, Replays
from providers.simulating.limits import Limits, Meter
from providers.simulating.misbehaviour import Fault, Misbehaviour
from providers.simulating.people import Person
from providers.simulating.store import Shelf, Store


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who is simulated. `limits` makes the figures anew for each state; without `keys` it knows no idempotency keys."""

    key: str
    name: str
    limits: type[Limits]
    keys: KeyRules | None


class AnyBooks(Protocol):
    """What the kit has to know of one organisation's records."""

    @property
    def tenant(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def short_code(self) -> str:
        """What addresses of the ledger's pages name it by."""
        ...

    def role_of(self, user_id: str) -> str | None: ...


class Setup(TypedDict, total=False):
    """What whoever starts a simulation tells it; see `Simulated`."""

    clock: Clock | None
    public_url: str | None
    client_id: str
    client_secret: str
    database: Path | None
    redirect_uris: Sequence[str]
    app_name: str


Books = TypeVar("Books", bound=AnyBooks)


class Simulated(ABC, Generic[Books]):
    """Organisations, people, tokens, switches and the record of calls.

    Args:
        clock: whose time everything goes by.
        public_url: the address of this server as browsers see it, with the path it is mounted at.
        client_id: of the one app that is registered here.
        client_secret: of that app.
        database: where books and tokens are kept; memory when absent.
        redirect_uris: what the app may redirect to, exactly.
        app_name: what the app is called.
    """

    vendor: ClassVar[Vendor]
    people: Mapping[str, Person]
    books: dict[str, Books]
    grants: Grants[Any]

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        public_url: str | None = None,
        client_id: str = "simulated-client",
        client_secret: str = "simulated-secret",  # noqa: S107 # an example for a server on loopback
        database: Path | None = None,
        redirect_uris: Sequence[str] = (),
        app_name: str = "Dext in Slack",
    ) -> None:
        vendor = self.vendor
        self.clock = clock or SystemClock()
        self.public_url = (public_url or f"http://127.0.0.1:3002/{vendor.key}").rstrip("/")
        self.redirect_uris = tuple(redirect_uris)
        self.app_name = app_name
        self.store = Store(database, vendor.key)
        self.replays = Replays(self.clock, Shelf(self.store, "idempotency"), vendor.keys)
        self.meter = Meter(self.clock, vendor.limits())
        self.misbehaviour = Misbehaviour()
        self.calls: list[Call] = []
        self.released = asyncio.Event()
        """Set to let hanging calls go; the server does so when it stops."""
        self._open(client_id, client_secret)

    @abstractmethod
    def _open(self, client_id: str, client_secret: str) -> None:
        """Make `books` by tenant and `grants` for this client; what the store does not have yet is seeded."""

    @abstractmethod
    def allow(self, person: Person, tenants: Sequence[str], asked: Asked) -> str:
        """A person said yes for these organisations; gives the code of the redirect."""

    @abstractmethod
    def connected_to(self, tenant: str) -> Sequence[tuple[Person, str]]:
        """Who connected the app to this organisation, and when."""

    @abstractmethod
    def disconnect(self, tenant: str) -> None:
        """Somebody disconnected the app from this organisation inside the ledger."""

    def close(self) -> None:
        self.store.close()

    def by_short_code(self, code: str) -> Books | None:
        return next((books for books in self.books.values() if books.short_code == code), None)

    def calls_to(self, method: str, path: str) -> list[Call]:
        """Those whose path ends so, e.g. `calls_to("PUT", "/Invoices")`."""
        return [call for call in self.calls if call.method == method and call.path.endswith(path)]

    # Levers

    def expire_access_tokens(self) -> None:
        self.grants.expire_access()

    def revoke_refresh_tokens(self) -> None:
        self.grants.revoke_refreshes()

    def forget_idempotency_keys(self) -> None:
        self.replays.forget()

    def fail_next(
        self,
        fault: Fault | str,
        *,
        times: int = 1,
        method: str = "*",
        path: str = "*",
        seconds: float = 10,
        holding: bytes = b"",
    ) -> None:
        """The next `times` calls that match misbehave. `path` is a pattern under the root, such as `*/Invoices`; `holding` is
        what their bodies have in them.
        """
        self.misbehaviour.plan(Fault(fault), times=times, method=method, path=path, seconds=seconds, holding=holding)

    def hidden_after(self) -> datetime | None:
        """Documents created since then are not in lists yet; None: lists are up to date."""
        late = self.misbehaviour.late_list_seconds
        return self.clock.now() - timedelta(seconds=late) if late > 0 else None
