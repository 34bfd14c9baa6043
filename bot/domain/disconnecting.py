"""Ending a connection: what stays, and what somebody should know before."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import OrganisationId


class Keep(StrEnum):
    """What of an organisation stays when its connection ends. Its items and its admins always do."""

    EVERYTHING = "everything"
    SETTINGS = "settings"
    ITEMS = "items"


class AccessEnd(StrEnum):
    """What became of our access when a connection was ended."""

    TAKEN_BACK = "taken_back"
    USED_ELSEWHERE = "used_elsewhere"
    """Another workspace uses the same books by the same sign-in, so only this workspace lost it."""
    SHARED = "shared"
    """The sign-in opens others of the same person that go on with it, and the ledger gives none of them up alone."""
    OVER_BEFORE = "over_before"
    """The sign-in was over already, so there was nothing to give back it with."""
    UNREADABLE = "unreadable"
    """As before, because what was stored of the sign-in had been altered."""
    FORGOTTEN = "forgotten"
    """The package takes no access back: what was stored of the sign-in is deleted, and that is all that can be done here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnection:
    """A connection as somebody is about to end it, or has ended it."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    stamp: int
    """Which connection of the organisation it is: one that was renewed meanwhile is another."""
    waiting: int
    """Items that were approved and not sent."""
    on_their_way: int
    """Items that are being sent, or looked for in the ledger, at this moment."""
    takes_access_back: bool = True
    """Whether the package can be asked to end our access."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected:
    """What a message about the end of a connection says of it, kept in the message's row."""

    by: str
    waiting: int
    keep: Keep
    access: AccessEnd | None = None
    """None until the access is given back."""
    looked_for: int = 0
    """Items of which nobody knew then whether they are in the ledger: they are looked for first."""
