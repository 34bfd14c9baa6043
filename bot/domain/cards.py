"""An item as people see it: with names in place of codes, and with what it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bot.domain.auto_publishing import Hindrance
from bot.domain.bank_match import NO_MATCHES, Matches
from bot.domain.book_rules import USUAL_RULES, BookRules
from bot.domain.books import Account
from bot.domain.closing import ClosedAnswer
from bot.domain.coding import Evidence
from bot.domain.downloads import BatchNote
from bot.domain.ids import ChannelId, ItemId, UserId
from bot.domain.items import Item
from bot.domain.offered_rule import OfferedRule
from bot.domain.payment_methods import KnownMethod
from bot.domain.publishing import Additions
from bot.domain.rates import KnownRate
from bot.domain.reports import Receipt
from bot.domain.rules import Rule
from bot.domain.settings import PaymentStatus
from bot.domain.small_amounts import NOTHING_SMALL, SmallAmounts


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSide:
    """What an item takes back, or what takes it back: whether the other is the credit note."""

    item_id: ItemId
    reference: str
    is_credit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The expense report of a receipt."""

    item_id: ItemId
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What was done to an item, by whom; nobody is Dext. `more` says in words what it changed."""

    at: datetime
    deed: str
    by: UserId | None
    more: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the ledger refused an item's document, in one line, and who is asked to mend it."""

    title: str
    asked: tuple[UserId, ...] = ()
    waits: str | None = None
    """Who lets it wait, as a sentence in mrkdwn; then nobody is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """`account` and `tax_rate` are names; None where nothing is chosen. `steps_done` counts the steps of setting up."""

    item: Item
    organisation: str
    ledger: str
    account: str | None
    tax_rate: str | None
    approvers: tuple[UserId, ...]
    is_set_up: bool
    steps_done: int
    is_connected: bool
    link: str = ""
    """The address that opens it in Slack."""
    is_due: bool = False
    """It is approved, and no time for *Undo* is left to wait for."""
    refusal: Refusal | None = None
    """Of one that the ledger has refused."""
    product: str | None = None
    """As `account`, in books that have one in its place."""
    contact: str | None = None
    """Of a contact that is suggested, and of whoever a report pays back, the name in the ledger."""
    rules: BookRules = USUAL_RULES
    """Of its books."""
    worked_out_tax: Decimal | None = None
    """What the ledger will make its tax, where it works that out by the rate."""
    statuses: tuple[PaymentStatus, ...] = ()
    """Those that the ledger can take it with."""
    may_be_there: bool = False
    """It was sent, and nobody knows yet whether the ledger has it; of a withdrawal, whether it is done there."""
    is_looked_for: bool = False
    """The connection was ended, and it is looked for in the ledger all the same."""
    closed_answers: tuple[ClosedAnswer, ...] = ()
    """What can be chosen for its date in a closed period."""
    tracking: tuple[tuple[str, str], ...] = ()
    """What the item is tracked by: the names of categories and options."""
    for_customer: str | None = None
    """Whom a cost is for, and whether it is billable to them, in words."""
    line_codes: tuple[str, ...] = ()
    """What its lines have of their own, in names, by their place; empty where a line has nothing."""
    lines_booked_to: tuple[str, ...] = ()
    """All that its lines are booked to, likewise: where a line has nothing of its own, it is the item's."""
    taken_back: Happening | None = None
    """How its approval was taken back, where it waits to be approved again."""
    warnings: tuple[str, ...] = ()
    """What stops nothing, and is to be looked at before anybody approves."""
    not_by_itself: tuple[Hindrance, ...] = ()
    """What keeps it from being published by itself, where it is to be."""
    before: tuple[Item, ...] = ()
    """Other documents of the same supplier, newest first; on the card of an item that nobody has decided on."""
    has_other_books: bool = False
    """Whether the workspace has another organisation that the item could be moved to."""
    preview: str | None = None
    """Slack's id of a picture of the document's first page."""
    attached: str | None = None
    """How the file went to the ledger, where it is not as it came: words after "attached"."""
    additions: Additions = field(default_factory=Additions)
    """What belongs to its document in the ledger and is not there."""
    sender: str | None = None
    """What the API key is called that it came with."""
    may_fix: bool = True
    """Whether the person that it is drawn for may edit and archive it; a card in a channel is the same for all."""
    can_withdraw: bool = False
    """Whether its document stands in a ledger that lets it be taken out again, and that is connected."""
    payment_method: KnownMethod | None = None
    """What it is paid with, where that is known."""
    paid_from: Account | None = None
    """The bank account that it is paid from or received on."""
    bank: Matches = NO_MATCHES
    """The bank lines that it may have been paid by, where costs are matched with them."""
    own_currency: str | None = None
    """The one that the books are kept in; None where they are not connected any more."""
    total_in_own: Decimal | None = None
    """Of a document in another currency: what its total is in the books' own. None: no rate is known, or it needs none."""
    own_rate: KnownRate | None = None
    """The rate that it was converted at."""
    small: SmallAmounts = NOTHING_SMALL
    """What of amounts in its currency its organisation calls small."""
    other_side: OtherSide | None = None
    """The credit note that was made of it here, or what it is the credit note of."""
    receipts: tuple[Receipt, ...] = ()
    """What an expense report is made of."""
    report: Reported | None = None
    """The expense report that it is put away as part of."""
    channel: ChannelId | None = None
    """Where its card is; None where there is no channel yet, and it is with who sent it in."""

    quiet_until: datetime | None = None
    """News waits there until then; None where it does not."""
    hides_amounts: bool = False
    """Whether the channel that its card is in shows no amounts."""
    is_downloaded: bool = False
    """Its software is not called: it is published when a person downloads the batch that it is in."""
    batch: BatchNote | None = None
    """The one that its document is in, where it is downloaded."""

    @property
    def is_ready(self) -> bool:
        """Whether there is no time for *Undo* to wait for."""
        return self.is_due or self.item.send_after is None

    @property
    def has_tax_rates(self) -> bool:
        """Whether its books have tax rates for what it is."""
        return self.rules.taxes(self.item.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDecide:
    """An item that somebody may decide on, and the name of its books: what a form for the reason begins with."""

    item: Item
    organisation: str
    stays_in: str | None = None
    """The ledger that has a document of it, otherwise than it was approved before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a coded field is what it is: its name, where that comes from, who chose it, what lost against it, and what it
    rests on where it was suggested.
    """

    field: str
    value: str | None
    source: str
    by: UserId | None = None
    beaten: tuple[tuple[str | None, str], ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOffer:
    """A rule that is offered, and names for its fields and for codes by their fields."""

    offer: OfferedRule
    fields: Mapping[str, str]
    codes: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All that is known of an item. `history` is oldest first, and its beginning is cut off where it is long."""

    card: ItemCard
    before: tuple[Item, ...]
    history: tuple[Happening, ...]
    file_name: str | None
    offer: NamedOffer | None = None
    """A rule that its supplier's or customer's past comes to; for who can make it."""
    rule: Rule | None = None
    """The one that its supplier or customer has; for who can change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to "Why?"."""

    card: ItemCard
    reasons: tuple[Reason, ...]
