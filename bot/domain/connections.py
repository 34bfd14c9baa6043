"""A workspace's links to accounting software, and how each stands. `bot.domain.connecting` says how one is made."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.books import Books, ListKind
from bot.domain.ids import OrganisationId, UserId
from bot.domain.problems import Problem


class Health(StrEnum):
    IMPORTING = "importing"
    HEALTHY = "healthy"
    AT_RISK = "at_risk"
    BROKEN = "broken"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProgress:
    """How far one list's import is; `trouble` says why it stopped.

    `read` counts entries; `expected` is how many there are by the ledger's word, where it tells. Where only changes are
    asked for, `read` is what the list held before.
    """

    kind: ListKind
    state: str
    read: int
    expected: int | None = None
    is_of_changes: bool = False
    unreadable: tuple[str, ...] = ()
    synced_at: datetime | None = None
    trouble: Problem | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCard:
    """One connection as people see it."""

    organisation_id: OrganisationId
    organisation: str
    books: Books
    provider_name: str
    connected_by: UserId
    connected_at: datetime
    health: Health
    problem: Problem | None
    lists: tuple[ListProgress, ...]
    steps_done: int
    is_set_up: bool
    access: tuple[str, ...] = ()
    """What we may do in the ledger, in plain words."""
    login: str = ""
    """Who is signed in there, as far as the ledger tells, and whom to ask for where that login lacks a right."""
    role: str = ""
    sends_approved: bool = False
    """Whether the settings have bills approved in the ledger at once."""
    takes_reports: bool = False
    """Whether expense reports can be published there."""
    lapse_told_at: datetime | None = None
    manage_url: str | None = None
    """Where a person takes our access away in the ledger itself, and what its menus call the page."""
    manage_page: str = ""
    is_downloaded: bool = False
    """What is approved is published by download: there is no sign-in, and lists are typed."""
    typed: tuple[ListKind, ...] = ()
    """Those lists."""

    @property
    def last_synced_at(self) -> datetime | None:
        """When the lists were last read to the end; None before the first time."""
        return max((found.synced_at for found in self.lists if found.synced_at is not None), default=None)

    @property
    def is_importing(self) -> bool:
        """Nothing is read of a connection that was ended, also where it had not been read to the end."""
        return self.health is not Health.DISCONNECTED and any(not found.is_over for found in self.lists)


LIST_NAMES: dict[ListKind, str] = {
    ListKind.ACCOUNTS: "categories",
    ListKind.TAX_RATES: "tax rates",
    ListKind.TRACKING_CATEGORIES: "tracking categories",
    ListKind.CURRENCIES: "currencies",
    ListKind.BANK_ACCOUNTS: "bank accounts",
    ListKind.PRODUCTS: "products",
    ListKind.CONTACTS: "contacts",
}
ONE_OF: dict[ListKind, str] = {
    ListKind.ACCOUNTS: "category",
    ListKind.TAX_RATES: "tax rate",
    ListKind.TRACKING_CATEGORIES: "tracking category",
    ListKind.CURRENCIES: "currency",
    ListKind.BANK_ACCOUNTS: "bank account",
    ListKind.PRODUCTS: "product",
    ListKind.CONTACTS: "contact",
}
