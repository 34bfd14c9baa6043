"""Looking through an organisation's items: what somebody looks for, and how far they are."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bot.domain.ids import ItemId, OrganisationId, UserId
from bot.domain.items import Item, ItemState


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSearch:
    """What an item has to be, all at once; what is None may be anything. The period is the documents' own dates."""

    supplier: str | None = None
    """How the name begins, of whoever is paid or pays."""
    number: str | None = None
    """The document's, whole; signs between letters and digits do not count."""
    amount: Decimal | None = None
    state: ItemState | None = None
    person: UserId | None = None
    """Who sent it in."""
    since: date | None = None
    until: date | None = None
    has_archive: bool = False

    @property
    def is_of_period(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def is_without_archive(self) -> bool:
        """Who asks for what is archived has said so."""
        return not self.has_archive and self.state is not ItemState.ARCHIVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An item's place in the order of a list, newest first: by when it came in, or by its date in a period."""

    at: datetime | date
    id: ItemId


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a list. `older` is where the next one begins; None at the end."""

    items: tuple[Item, ...]
    older: Position | None
    is_looked_through: bool = True
    """False when the page is not full because looking ended before the list did: there may be more from `older` on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    """A page as people see it."""

    organisation_id: OrganisationId
    organisation: str
    search: ItemSearch
    found: Found
    is_first: bool
