"""One connection as its Manage page shows it, and the people of one organisation as their form does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.arrivals import DropMode
from bot.domain.bank_match import BankPage
from bot.domain.books import ListKind
from bot.domain.conditions import ConnectionStatus
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.rights import Role

RoleHolders = Mapping[Role, tuple[UserId, ...]]
"""Who has each role, in the order in which they were named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePage:
    status: ConnectionStatus
    people: RoleHolders
    approvals_channel: ChannelId | None
    alerts_channel: ChannelId | None
    bank: BankPage | None = None
    """How costs are matched with bank lines; None where they cannot be."""
    lost: Mapping[UserId, str] = field(default_factory=dict)
    """Admins who cannot act any more, with the reasons; looked at only for somebody who may take over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver:
    """An organisation that has no admin left who can act, and why each of them cannot."""

    organisation_id: OrganisationId
    organisation: str
    lost: Mapping[UserId, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedListPage:
    """A list that an admin types, of software that is not called."""

    organisation_id: OrganisationId
    organisation: str
    kind: ListKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """A refresh that was asked for. `has_begun` is False where one is under way, which goes on."""

    organisation: str
    ledger: str
    kinds: tuple[ListKind, ...]
    has_begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleForm:
    """The roles as somebody sent them. `version` is the one of the settings that the form was drawn from."""

    version: int
    people: RoleHolders


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    organisation_id: OrganisationId
    organisation: str
    version: int
    people: RoleHolders


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsForm:
    """The channels as somebody sent them. `version` is as in `PeopleForm`."""

    version: int
    approvals_channel: ChannelId
    alerts_channel: ChannelId
    drops: DropMode = DropMode.DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsPage:
    organisation_id: OrganisationId
    organisation: str
    version: int
    approvals_channel: ChannelId | None
    alerts_channel: ChannelId | None
    is_set_up: bool
    drops: DropMode = DropMode.DOCUMENTS

    def holds(self, form: ChannelsForm) -> bool:
        chosen = (form.approvals_channel, form.alerts_channel, form.drops)
        return chosen == (self.approvals_channel, self.alerts_channel, self.drops)
