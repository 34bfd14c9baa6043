"""An organisation's settings: what its admins decided about costs, tax, approvers and channels."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.arrivals import DropMode
from bot.domain.books import Account, Capability, TaxRate
from bot.domain.coding import CodingDefaults
from bot.domain.ids import ChannelId, OrganisationId, UserId


class Destination(StrEnum):
    """Where costs are published to."""

    PURCHASES = "purchases"


class PaymentStatus(StrEnum):
    """The status a cost is published with."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"


STATUS_NEEDS: dict[PaymentStatus, Capability] = {
    PaymentStatus.DRAFT: Capability.DRAFT_BILLS,
    PaymentStatus.AWAITING_APPROVAL: Capability.BILLS_AWAITING_APPROVAL,
    PaymentStatus.AWAITING_PAYMENT: Capability.BILLS,
}


def statuses_for(capabilities: frozenset[Capability]) -> tuple[PaymentStatus, ...]:
    """The statuses that a package can do; no other is offered."""
    return tuple(status for status, needed in STATUS_NEEDS.items() if needed in capabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One organisation's settings at one version. Until both confirmations stand, nothing is sent to the ledger."""

    version: int = 0
    destination: Destination = Destination.PURCHASES
    payment_status: PaymentStatus = PaymentStatus.DRAFT
    default_account: str | None = None
    default_tax_rate: str | None = None
    approvers: tuple[UserId, ...] = ()
    approvals_channel: ChannelId | None = None
    alerts_channel: ChannelId | None = None
    drops: DropMode = DropMode.DOCUMENTS
    general_confirmed_at: datetime | None = None
    tax_confirmed_at: datetime | None = None

    @property
    def is_set_up(self) -> bool:
        return self.general_confirmed_at is not None and self.tax_confirmed_at is not None

    @property
    def sends_approved(self) -> bool:
        """Whether bills are to be approved in the ledger at once."""
        return self.payment_status is PaymentStatus.AWAITING_PAYMENT

    @property
    def coding_defaults(self) -> CodingDefaults:
        return CodingDefaults(account=self.default_account, tax_rate=self.default_tax_rate)

    @property
    def for_items(self) -> tuple[CodingDefaults, PaymentStatus]:
        """What every item that nobody decided on takes over."""
        return self.coding_defaults, self.payment_status

    @property
    def steps_done(self) -> int:
        """How many of the four steps of setting up are done: general, tax, approvers, channels."""
        return sum(
            (
                self.general_confirmed_at is not None,
                self.tax_confirmed_at is not None,
                bool(self.approvers),
                self.approvals_channel is not None and self.alerts_channel is not None,
            )
        )


SET_UP_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm:
    """The settings as a person sent them. `version` is the one the form was drawn from."""

    version: int
    destination: Destination
    payment_status: PaymentStatus
    default_account: str | None
    default_tax_rate: str | None
    approvers: tuple[UserId, ...]
    bookkeepers: tuple[UserId, ...]
    approvals_channel: ChannelId
    alerts_channel: ChannelId
    drops: DropMode = DropMode.DOCUMENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """What the form is drawn from: the settings as they stand, by name, and what the package can do."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    statuses: tuple[PaymentStatus, ...]
    settings: Settings
    bookkeepers: tuple[UserId, ...] = ()
    account: Account | None = None
    tax_rate: TaxRate | None = None
    waiting: int = 0
    """Approved items that waited only for the set-up to be confirmed."""
    may_approve: bool = True
    """False where the login that connected it may write bills in the ledger and not approve them."""

    def holds(self, form: SettingsForm) -> bool:
        """Whether the form is saved already: it was sent twice."""
        now = self.settings
        return now.version > form.version and form == SettingsForm(
            version=form.version,
            destination=now.destination,
            payment_status=now.payment_status,
            default_account=now.default_account,
            default_tax_rate=now.default_tax_rate,
            approvers=now.approvers,
            bookkeepers=self.bookkeepers,
            approvals_channel=now.approvals_channel or ChannelId(""),
            alerts_channel=now.alerts_channel or ChannelId(""),
            drops=now.drops,
        )
