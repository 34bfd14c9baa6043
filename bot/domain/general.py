"""General settings beside where documents go: what is decided once for an organisation, whatever its items are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.closing import ClosedPolicy, Closing, Locks
from bot.domain.documents import ItemKind
from bot.domain.ids import OrganisationId
from bot.domain.required import USUALLY_REQUIRED, RequiredField, RequiredFields

UNDO_CHOICES = (0, 10, 30, 60, 120, 300, 600, 1800, 3600)
"""Seconds that an organisation can give for *Undo*."""


class Purpose(StrEnum):
    """What a channel of an organisation is for."""

    APPROVALS = "approvals"
    """Cards of items. Each item has one card, so each organisation has one channel for them, which also gets what no other
    channel takes.
    """
    ALERTS = "alerts"
    """What the ledger refuses, a line each: the alert itself stands under the item's card."""
    NEWS = "news"
    """Of the connection and its lists."""
    DIGEST = "digest"
    """What was published, once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralSettings:
    """As an admin decided; what nobody decided is as it always was."""

    closing: Closing = field(default_factory=Closing)
    required: RequiredFields = USUALLY_REQUIRED
    asks_new_suppliers: bool = False
    """Whether somebody has to say so before a supplier is created in the ledger."""

    undo_seconds: int | None = None
    """How long what is approved waits before it is sent; None: as this program is run."""
    private_channels: frozenset[Purpose] = frozenset()
    """Where cards and alerts show no amounts."""

    @property
    def for_items(self) -> tuple[object, ...]:
        """What every item that nobody decided on takes over."""
        return self.closing, self.required, self.asks_new_suppliers


NOTHING_DECIDED = GeneralSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralForm:
    """The general settings as a person sent them; `version` is the settings' version that the form was drawn from."""

    version: int
    general: GeneralSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralPage:
    """What the form is drawn from: what is decided, and what the package can do."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    listed_in: str
    """Where its suppliers are, in words."""
    general: GeneralSettings
    version: int
    today: date
    """Where the organisation is."""
    policies: Mapping[ItemKind, tuple[ClosedPolicy, ...]]
    """Of costs and of sales: what can become of one in a closed period."""
    locks: Locks
    tells_locks: bool
    """Whether the package has lock dates that it tells."""
    required_fields: Mapping[ItemKind, tuple[RequiredField, ...]]
    """What can be asked for, of a kind that the package has."""
    tracking: Mapping[str, str]
    """Names of the tracking categories that can be asked for, by the ledger's ids."""
    usual_undo: timedelta
    """For an organisation that has decided nothing else."""
    before: "GeneralPage | None" = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""
