"""What goes to a ledger, and what came of it.

A publication is one attempt to have one document in one ledger, as an ordered plan of steps. Its state, and the frozen
batch that carries it, hold the truth about the ledger; an item's state follows them in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ids import BatchId, ConnectionId, ItemId, OrganisationId, PublicationId, WorkspaceId
from bot.domain.problems import Problem
from bot.domain.settings import PaymentStatus


class PublicationState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PUBLISHED = "published"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class StepKind(StrEnum):
    """The steps of a publication in the order they are taken."""

    DOCUMENT = "document"


class StepState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"


class BatchState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    CHECKING = "checking"
    DONE = "done"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """A line as it is booked: the document's line with its account, tax rate, tax amount and tracking.

    `net` is without tax; `unit_price` has tax in it where the bill's `line_amounts` do. No `tax_code` where there is no tax.
    """

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    account_code: str
    tax_code: str | None
    tracking: tuple[Track, ...] = ()

    def amount(self, line_amounts: LineAmounts) -> Decimal:
        """As a bill with these line amounts writes it."""
        return self.net + self.tax if line_amounts is LineAmounts.INCLUSIVE else self.net


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A bill or purchase invoice ready for a ledger, in `currency`.

    `contact_id` is the ledger's id of a known supplier; otherwise `contact_name` lets the ledger match or create one.
    `marker` is what the document is found by after a lost answer, an absolute address.
    """

    item_id: ItemId
    marker: str
    contact_id: str | None
    contact_name: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    status: PaymentStatus
    lines: tuple[BillLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    line_amounts: LineAmounts = LineAmounts.EXCLUSIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDocument:
    """A document as the ledger has it, for read-back and for the search by marker.

    `status` is a `PaymentStatus` where the ledger's own word means one. No `account_codes`: the ledger did not tell.
    """

    ledger_id: str
    marker: str | None
    number: str | None
    contact_name: str | None
    status: str
    issued_on: date | None
    currency: str | None
    net: Decimal
    tax: Decimal
    gross: Decimal
    url: str
    account_codes: tuple[str | None, ...] = ()
    options: tuple[str, ...] | None = None
    """The tracking options of all lines, by their ids in order; None: the ledger did not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The ledger took the document. `warnings` are its own words."""

    ledger_id: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The ledger said no to this one document; the others of its batch are not affected."""

    problem: Problem


Outcome = Accepted | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Documents that go out in one call. Body, hash and key are frozen when it is made and never regrouped."""

    id: BatchId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    connection_id: ConnectionId
    state: BatchState
    attempt: int
    body: bytes
    body_hash: str
    idempotency_key: str
    publications: tuple["Publication", ...]
    first_sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """`position` is the document's place in the batch's body; `bill` is what the read-back is compared with."""

    id: PublicationId
    item_id: ItemId
    state: PublicationState
    position: int
    marker: str
    bill: Bill
    ledger_id: str | None = None


def differences(bill: Bill, found: LedgerDocument) -> tuple[str, ...]:
    """What the ledger has otherwise than we sent it, in words; empty when reading back agrees."""
    pairs = (
        ("total", bill.gross, found.gross),
        ("tax", bill.tax, found.tax),
        ("net", bill.net, found.net),
        ("currency", bill.currency, found.currency),
        ("number", bill.number, found.number),
        ("date", bill.issued_on, found.issued_on),
        ("category", *_categories(bill, found)),
        ("tracking", *_tracking(bill, found)),
        ("supplier", *_suppliers(bill, found)),
        ("status", *_statuses(bill, found)),
    )
    return tuple(f"{name}: {ours} here, {theirs} in the ledger" for name, ours, theirs in pairs if ours != theirs)


def _categories(bill: Bill, found: LedgerDocument) -> tuple[str, str]:
    ours = ", ".join(sorted({line.account_code for line in bill.lines}))
    return ours, ", ".join(sorted({code or "none" for code in found.account_codes})) or ours


def _tracking(bill: Bill, found: LedgerDocument) -> tuple[str, str]:
    """Ids say nothing to people; how many options there are does."""
    ours = tuple(sorted(track.option for line in bill.lines for track in line.tracking))
    if found.options is None or found.options == ours:
        return "", ""
    return f"{len(ours)} options as chosen", f"{len(found.options)} options, others"


def _suppliers(bill: Bill, found: LedgerDocument) -> tuple[str, str]:
    """A contact that is sent by its id has the name that the ledger gives it; names differ in more than case and space."""
    ours = bill.contact_name
    theirs = ours if bill.contact_id is not None or found.contact_name is None else found.contact_name
    return ours, ours if _folded(theirs) == _folded(ours) else theirs


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _statuses(bill: Bill, found: LedgerDocument) -> tuple[str, str]:
    """Further on is no difference: people approve and pay in the ledger."""
    stages = list(PaymentStatus)
    is_behind = found.status in stages and stages.index(PaymentStatus(found.status)) < stages.index(bill.status)
    return _in_words(bill.status), _in_words(found.status if is_behind else bill.status)


def _in_words(status: str) -> str:
    return status.replace("_", " ")
