"""One connection as its Manage page shows it, and the people of one organisation as their form does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.arrivals import DropMode
from bot.domain.bank_match import BankPage
from bot.domain.books import ListEntry, ListKind
from bot.domain.conditions import ConnectionStatus
from bot.domain.general import Purpose
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.merging import MergeOffer
from bot.domain.rights import Role
from bot.domain.typed_lists import ListChange

ENTRIES_A_PAGE = 50
"""Of a typed list."""
RoleHolders = Mapping[Role, tuple[UserId, ...]]
"""Who has each role, in the order in which they were named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePage:
    status: ConnectionStatus
    people: RoleHolders
    approvals_channel: ChannelId | None
    alerts_channel: ChannelId | None
    news_channel: ChannelId | None = None
    digest_channel: ChannelId | None = None
    bank: BankPage | None = None
    """How costs are matched with bank lines; None where they cannot be."""
    merging: MergeOffer | None = None
    """Where other books can be taken over from, or were, or others take over from these."""
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
    count: int = 0
    page: int = 0
    shown: tuple[ListEntry, ...] = ()
    """Of the `count` entries that can be chosen, those of this page, by code."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // ENTRIES_A_PAGE))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """What a file would do to a typed list; nothing is saved yet. `version` is the list's that this was looked at in."""

    organisation_id: OrganisationId
    organisation: str
    kind: ListKind
    version: int
    change: ListChange
    is_whole: bool
    address: str
    """Where the file is."""


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
    news_channel: ChannelId | None = None
    """None: news goes where alerts go."""
    digest_channel: ChannelId | None = None
    """None: nobody asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsPage:
    organisation_id: OrganisationId
    organisation: str
    version: int
    approvals_channel: ChannelId | None
    alerts_channel: ChannelId | None
    is_set_up: bool
    drops: DropMode = DropMode.DOCUMENTS
    news_channel: ChannelId | None = None
    digest_channel: ChannelId | None = None

    def holds(self, form: ChannelsForm) -> bool:
        chosen = (form.approvals_channel, form.alerts_channel, form.drops, form.news_channel, form.digest_channel)
        now = (self.approvals_channel, self.alerts_channel, self.drops, self.news_channel, self.digest_channel)
        return chosen == now


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundChannel:
    """What goes to one channel of an organisation, and how that stands."""

    purpose: Purpose
    channel: ChannelId | None
    """None where none was chosen for it."""
    goes_to: ChannelId | None
    """None: to people's own conversations."""
    hides_amounts: bool
    trouble: str | None = None
    """Slack's word, or ours, for why it takes nothing."""
    waiting: int = 0
    """Messages that it did not take and that wait for it, or for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelList:
    organisation_id: OrganisationId
    organisation: str
    channels: tuple[BoundChannel, ...]
    drops: DropMode
    may_change: bool
    admins: tuple[UserId, ...]
    has_others: bool = False
    """The workspace has other organisations too."""
    taken_off: BoundChannel | None = None
    """What was unbound just now, as it stands since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOverview:
    """The channels of a workspace's organisations, by their names; of so many that were left out there was no room."""

    organisations: tuple[tuple[OrganisationId, str, tuple[BoundChannel, ...]], ...]
    left_out: int = 0
