"""An organisation's settings: what its admins decided about costs, sales, tax, approvers and channels."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.amounts import USUAL_AMOUNTS, AmountSettings
from bot.domain.arrivals import DropMode
from bot.domain.auto_settings import NOTHING_BY_ITSELF, AutoSettings
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Account, Capability, Product, TaxRate, TrackingCategory
from bot.domain.coding import CodingDefaults, Track
from bot.domain.documents import ItemKind
from bot.domain.general import NOTHING_DECIDED, GeneralSettings, Purpose
from bot.domain.ids import ChannelId, OrganisationId, UserId
from bot.domain.likeness import Strictness
from bot.domain.payment_methods import KnownMethod
from bot.domain.quiet import QuietHours
from bot.domain.tax_settings import USUAL_TAX, TaxSettings


class Destination(StrEnum):
    """Where documents are published to."""

    PURCHASES = "purchases"
    SALES = "sales"
    BANK_ACCOUNTS = "bank_accounts"
    """Booked on a bank account at once, as money spent or received, so that nothing is owed."""
    CHEQUES = "cheques"
    """As bank accounts; what is spent is a cheque there."""
    QUICK_ENTRIES = "quick_entries"
    """As sales, by their sums alone: such as a day's takings."""

    @property
    def is_of_bank(self) -> bool:
        """Whether it is booked on a bank account at once."""
        return self in (Destination.BANK_ACCOUNTS, Destination.CHEQUES)

    @property
    def words(self) -> str:
        return self.replace("_", " ")

    def takes(self, kind: ItemKind) -> bool:
        return any(destination is self for destination, _ in _DESTINATIONS[kind])


class PaymentStatus(StrEnum):
    """The status a document is published with; each is further on than the one before it."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    """Approved, and with a payment from the bank account of its payment method."""

    @property
    def is_approved(self) -> bool:
        """Whether the ledger has it approved at once."""
        return self in (PaymentStatus.AWAITING_PAYMENT, PaymentStatus.PAID)


def destinations_for(kind: ItemKind, capabilities: frozenset[Capability]) -> tuple[Destination, ...]:
    """Where items of a kind can go in a package; no other is offered."""
    return tuple(destination for destination, needed in _DESTINATIONS[kind] if needed in capabilities)


def statuses_for(kind: ItemKind, capabilities: frozenset[Capability]) -> tuple[PaymentStatus, ...]:
    """The statuses that a package can do for items of a kind; no other is offered. Where all goes to bank accounts, nothing has a
    status of its own, and one stands for that.
    """
    if not destinations_for(kind, capabilities):
        return ()
    return tuple(status for status, needed in _STATUSES[kind] if needed <= capabilities) or (
        PaymentStatus.AWAITING_PAYMENT,
    )


def booked_at_once(capabilities: frozenset[Capability]) -> tuple[ItemKind, ...]:
    """The kinds of items that a package keeps nothing of that is not approved; books declare it (`BookRules`)."""
    statuses = {kind: statuses_for(kind, capabilities) for kind in ItemKind}
    return tuple(kind for kind, can in statuses.items() if can and all(status.is_approved for status in can))


_DESTINATIONS = {
    ItemKind.COST: (
        (Destination.PURCHASES, Capability.BILLS),
        (Destination.BANK_ACCOUNTS, Capability.BANK_TRANSACTIONS),
        (Destination.CHEQUES, Capability.CHEQUES),
    ),
    ItemKind.SALE: (
        (Destination.SALES, Capability.SALES_INVOICES),
        (Destination.BANK_ACCOUNTS, Capability.BANK_TRANSACTIONS),
        (Destination.QUICK_ENTRIES, Capability.QUICK_ENTRIES),
    ),
    ItemKind.EXPENSE_REPORT: ((Destination.PURCHASES, Capability.EXPENSE_REPORTS),),
}
_BILLS = (
    (PaymentStatus.DRAFT, {Capability.DRAFT_BILLS}),
    (PaymentStatus.AWAITING_APPROVAL, {Capability.BILLS_AWAITING_APPROVAL}),
    (PaymentStatus.AWAITING_PAYMENT, {Capability.BILLS}),
)
_STATUSES = {
    ItemKind.COST: (*_BILLS, (PaymentStatus.PAID, {Capability.BILLS, Capability.PAYMENTS})),
    ItemKind.EXPENSE_REPORT: _BILLS,
    ItemKind.SALE: (
        (PaymentStatus.DRAFT, {Capability.DRAFT_SALES_INVOICES}),
        (PaymentStatus.AWAITING_APPROVAL, {Capability.SALES_INVOICES_AWAITING_APPROVAL}),
        (PaymentStatus.AWAITING_PAYMENT, {Capability.SALES_INVOICES}),
        (PaymentStatus.PAID, {Capability.SALES_INVOICES, Capability.PAYMENTS}),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSettings:
    """What is decided for costs, or for sales. `default_payment_method` is our id of one."""

    destination: Destination = Destination.PURCHASES
    payment_status: PaymentStatus = PaymentStatus.DRAFT
    default_account: str | None = None
    default_tax_rate: str | None = None
    default_payment_method: str | None = None
    default_product: str | None = None
    """Of sales, in books that have a product in the place of a category."""
    default_tracking: tuple[Track, ...] = ()
    """Of what the books track once for a whole document."""

    @property
    def coding_defaults(self) -> CodingDefaults:
        return CodingDefaults(
            account=self.default_account,
            tax_rate=self.default_tax_rate,
            payment_method=self.default_payment_method,
            product=self.default_product,
            tracking=self.default_tracking,
        )

    @property
    def needs_bank_account(self) -> bool:
        """Whether what is published so is booked on a bank account, at once or by a payment."""
        return self.destination.is_of_bank or self.payment_status is PaymentStatus.PAID

    @property
    def sends_approved(self) -> bool:
        """Whether its documents are to be approved in the ledger at once."""
        return not self.destination.is_of_bank and self.payment_status.is_approved


USUAL_COSTS = KindSettings()
USUAL_SALES = KindSettings(destination=Destination.SALES)
"""Until an admin decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One organisation's settings at one version. Until both confirmations stand, nothing is sent to the ledger."""

    version: int = 0
    costs: KindSettings = USUAL_COSTS
    sales: KindSettings = USUAL_SALES
    report_status: PaymentStatus | None = None
    """As what expense reports are published; None: as costs are."""
    bank_match: bool = False
    """Whether costs are matched with bank lines."""
    general: GeneralSettings = NOTHING_DECIDED
    tax: TaxSettings = USUAL_TAX
    amounts: AmountSettings = USUAL_AMOUNTS
    approvers: tuple[UserId, ...] = ()
    approvals_channel: ChannelId | None = None
    alerts_channel: ChannelId | None = None
    news_channel: ChannelId | None = None
    digest_channel: ChannelId | None = None
    drops: DropMode = DropMode.DOCUMENTS
    supplier_match: Strictness = Strictness.USUAL
    """How like the name on a document a contact of the ledger has to be to be suggested."""
    quiet: QuietHours | None = None
    auto: AutoSettings = NOTHING_BY_ITSELF
    """What is published without anybody's approval."""
    general_confirmed_at: datetime | None = None
    tax_confirmed_at: datetime | None = None

    def of(self, kind: ItemKind) -> KindSettings:
        match kind:
            case ItemKind.COST:
                return self.costs
            case ItemKind.SALE:
                return self.sales
            case ItemKind.EXPENSE_REPORT:
                return self.reports

    @property
    def reports(self) -> KindSettings:
        """As costs, but that they are owed to somebody: bills that wait to be paid."""
        costs, status = self.costs, self.report_status or self.costs.payment_status
        is_paid = status is PaymentStatus.PAID
        return replace(
            costs,
            destination=Destination.PURCHASES,
            payment_status=PaymentStatus.AWAITING_PAYMENT if is_paid else status,
            default_payment_method=None,
        )

    def channel_of(self, purpose: Purpose) -> ChannelId | None:
        """Where this goes: to the channel that was chosen for it, else to another one of the organisation's; None where it has
        none.
        """
        match purpose:
            case Purpose.APPROVALS:
                return self.approvals_channel or self.alerts_channel
            case Purpose.ALERTS:
                return self.alerts_channel or self.approvals_channel
            case Purpose.NEWS:
                return self.news_channel or self.channel_of(Purpose.ALERTS)
            case Purpose.DIGEST:
                return self.digest_channel

    def hides_amounts(self, purpose: Purpose) -> bool:
        """Whether what is posted in this channel shows none; one channel may be for several."""
        channels = self._own_channels
        private = self.general.private_channels & channels.keys()
        return any(each is purpose or channels[each] == channels.get(purpose, purpose) for each in private)

    @property
    def _own_channels(self) -> dict[Purpose, ChannelId | None]:
        """Those that can be without amounts. Nobody sees a digest where no channel asked for it."""
        found = {Purpose.APPROVALS: self.approvals_channel, Purpose.ALERTS: self.alerts_channel}
        return found if self.digest_channel is None else {**found, Purpose.DIGEST: self.digest_channel}

    @property
    def is_set_up(self) -> bool:
        return self.general_confirmed_at is not None and self.tax_confirmed_at is not None

    def defaults_of(self, kind: ItemKind) -> CodingDefaults:
        """What an item of a kind is coded by where nothing stronger says otherwise."""
        since = None if kind is ItemKind.EXPENSE_REPORT else self.auto.since
        untaxed = self.tax.of(kind).without_amount
        return replace(self.of(kind).coding_defaults, untaxed_rate=untaxed, published_since=since)

    @property
    def for_items(self) -> tuple[object, ...]:
        """What every item that nobody decided on takes over."""
        return self.costs, self.sales, self.reports, self.general.for_items, self.tax, self.auto

    @property
    def steps_done(self) -> int:
        """How many of the four steps of setting up are done: general, tax, approvers, channels."""
        return sum(
            (
                self.general_confirmed_at is not None,
                self.tax_confirmed_at is not None,
                bool(self.approvers),
                self.approvals_channel is not None,
            )
        )


SET_UP_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsForm:
    """The settings as a person sent them. `version` is the one the form was drawn from."""

    version: int
    costs: KindSettings
    approvers: tuple[UserId, ...]
    bookkeepers: tuple[UserId, ...]
    approvals_channel: ChannelId
    alerts_channel: ChannelId
    drops: DropMode = DropMode.DOCUMENTS
    report_status: PaymentStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesForm:
    """What is decided for sales, as a person sent it; `version` as in `SettingsForm`."""

    version: int
    sales: KindSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPage:
    """What the form for costs, or for sales, is drawn from: what is chosen, by name, and what the package can do."""

    kind: ItemKind
    ledger: str
    chosen: KindSettings
    destinations: tuple[Destination, ...]
    statuses: tuple[PaymentStatus, ...]
    account: Account | None = None
    tax_rate: TaxRate | None = None
    product: Product | None = None
    tracking: tuple[TrackingCategory, ...] = ()
    """What is tracked once for a whole document."""
    payment_method: KnownMethod | None = None
    has_methods: bool = True
    """Whether there is a payment method that can be chosen."""
    rules: BookRules = USUAL_RULES
    plan_limit: str | None = None
    """What its plan allows of them, in a sentence, where that is known."""
    is_downloaded: bool = False
    """Whether it is put into files that people download, and nothing is sent."""

    @property
    def can_be_paid(self) -> bool:
        """Whether anything is asked of a payment method, in this package."""
        return PaymentStatus.PAID in self.statuses or any(each.is_of_bank for each in self.destinations)

    @property
    def is_booked_on_banks(self) -> bool:
        """Whether there is no other place, so that nothing has a status."""
        return bool(self.destinations) and all(each.is_of_bank for each in self.destinations)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """What the form is drawn from: the settings as they stand."""

    organisation_id: OrganisationId
    organisation: str
    costs: KindPage
    settings: Settings
    bookkeepers: tuple[UserId, ...] = ()
    report_statuses: tuple[PaymentStatus, ...] = ()
    """As what expense reports can be published; nothing where the package takes none."""
    waiting: int = 0
    """Approved items that waited only for the set-up to be confirmed."""
    may_approve: bool = True
    """False where the login that connected it may write bills in the ledger and not approve them."""
    before: "SettingsPage | None" = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""
    people_of: str | None = None
    """The organisation whose approvers and bookkeepers are proposed here, by name."""

    @property
    def ledger(self) -> str:
        return self.costs.ledger

    def holds(self, form: SettingsForm) -> bool:
        """Whether the form says what is saved."""
        now = self.settings
        return form == SettingsForm(
            version=form.version,
            costs=now.costs,
            approvers=now.approvers,
            bookkeepers=self.bookkeepers,
            approvals_channel=now.approvals_channel or ChannelId(""),
            alerts_channel=now.alerts_channel or ChannelId(""),
            drops=now.drops,
            report_status=now.report_status,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPage:
    """What the form for sales is drawn from, as `SettingsPage`."""

    organisation_id: OrganisationId
    organisation: str
    sales: KindPage
    version: int
    before: "SalesPage | None" = None
    """As of `SettingsPage`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliersPage:
    """What the form for suppliers and customers is drawn from, as `SettingsPage`."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    version: int
    match: Strictness
    before: Strictness | None = None
    """As of `SettingsPage`."""
