"""An item's life: its states and the only moves between them.

The table is the whole truth; a move that is not in it is refused, and the refusal names the moves there are, so that a
person who pressed a stale button learns what can be done instead.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.domain.bank_lines import TakenLine
from bot.domain.books import USERS
from bot.domain.closing import Closed, ClosedAnswer
from bot.domain.coding import CodedValue, Coding, Source
from bot.domain.documents import Door, FactField, Facts, ItemKind, Party
from bot.domain.ids import FileId, ItemId, OrganisationId, UserId, WorkspaceId
from bot.domain.questions import Questions
from bot.domain.settings import Destination, PaymentStatus
from bot.domain.tax_policies import TaxPolicy


class ItemState(StrEnum):
    RECEIVED = "received"
    TO_REVIEW = "to_review"
    READY = "ready"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    SENDING = "sending"
    PUBLISHED = "published"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    WITHDRAWING = "withdrawing"
    ARCHIVED = "archived"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    ItemState.RECEIVED: "received",
    ItemState.TO_REVIEW: "to review",
    ItemState.READY: "ready",
    ItemState.IN_APPROVAL: "in approval",
    ItemState.APPROVED: "approved",
    ItemState.SENDING: "being sent",
    ItemState.PUBLISHED: "published",
    ItemState.REFUSED: "refused by the ledger",
    ItemState.UNKNOWN: "being checked in the ledger",
    ItemState.REJECTED: "rejected",
    ItemState.WITHDRAWING: "being withdrawn",
    ItemState.ARCHIVED: "archived",
}

EDITABLE = frozenset(
    {ItemState.TO_REVIEW, ItemState.READY, ItemState.IN_APPROVAL, ItemState.APPROVED, ItemState.REFUSED}
)
"""What can be changed still: neither on its way to the ledger, nor there, nor over."""

_APPROVED = frozenset(
    {
        ItemState.APPROVED,
        ItemState.SENDING,
        ItemState.UNKNOWN,
        ItemState.REFUSED,
        ItemState.PUBLISHED,
        ItemState.WITHDRAWING,
    }
)

_SENT = {Door.API: "sent with the document, by the API", Door.IMPORT: "as the imported list has it"}

MOVES: dict[ItemState, frozenset[ItemState]] = {
    ItemState.RECEIVED: frozenset({ItemState.TO_REVIEW, ItemState.READY}),
    ItemState.TO_REVIEW: frozenset({ItemState.READY, ItemState.PUBLISHED, ItemState.ARCHIVED}),
    ItemState.READY: frozenset(
        {ItemState.TO_REVIEW, ItemState.IN_APPROVAL, ItemState.APPROVED, ItemState.PUBLISHED, ItemState.ARCHIVED}
    ),
    ItemState.IN_APPROVAL: frozenset(
        {ItemState.APPROVED, ItemState.TO_REVIEW, ItemState.REJECTED, ItemState.PUBLISHED}
    ),
    ItemState.APPROVED: frozenset({ItemState.IN_APPROVAL, ItemState.READY, ItemState.SENDING, ItemState.PUBLISHED}),
    ItemState.SENDING: frozenset({ItemState.APPROVED, ItemState.PUBLISHED, ItemState.REFUSED, ItemState.UNKNOWN}),
    ItemState.UNKNOWN: frozenset({ItemState.PUBLISHED, ItemState.APPROVED, ItemState.REFUSED}),
    ItemState.REFUSED: frozenset(
        {ItemState.APPROVED, ItemState.IN_APPROVAL, ItemState.TO_REVIEW, ItemState.ARCHIVED, ItemState.PUBLISHED}
    ),
    ItemState.PUBLISHED: frozenset({ItemState.WITHDRAWING, ItemState.TO_REVIEW, ItemState.ARCHIVED}),
    # what nobody knows yet of a withdrawal is the state of its step
    ItemState.WITHDRAWING: frozenset({ItemState.TO_REVIEW, ItemState.APPROVED, ItemState.PUBLISHED}),
    ItemState.REJECTED: frozenset({ItemState.TO_REVIEW, ItemState.ARCHIVED}),
    ItemState.ARCHIVED: frozenset({ItemState.TO_REVIEW, ItemState.READY, ItemState.REJECTED, ItemState.PUBLISHED}),
}


class IllegalMoveError(Exception):
    """The item is not where that action starts from; the message is for the person and names the moves there are."""

    def __init__(self, current: ItemState, wanted: ItemState) -> None:
        self.current, self.wanted = current, wanted
        possible = ", ".join(sorted(state.words for state in MOVES[current])) or "none"
        super().__init__(
            f"This item is {current.words}, so it cannot become {wanted.words}. It can become: {possible}."
        )


def check_move(current: ItemState, wanted: ItemState) -> None:
    """Raises:
    IllegalMoveError: the table has no such move.
    """
    if wanted not in MOVES[current]:
        raise IllegalMoveError(current, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """How an item came to be archived: where it goes back to, and in words why. `other` is the item it is a duplicate
    of, or that took its place.
    """

    from_state: ItemState
    by: UserId
    at: datetime
    why: str | None = None
    other: ItemId | None = None
    is_moved: bool = False
    """It goes on elsewhere, so it does not come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A cost, a sale or an expense report at one version. `version` grows with every change and guards the next one."""

    id: ItemId
    workspace_id: WorkspaceId
    organisation_id: OrganisationId
    kind: ItemKind
    state: ItemState
    version: int
    facts: Facts
    coding: Coding
    door: Door
    submitted_by: UserId
    created_at: datetime
    file_id: FileId | None = None
    reference: str = ""
    """A short code people can say, such as `B-1042`."""
    publish_to: Destination = Destination.PURCHASES
    publish_as: PaymentStatus = PaymentStatus.DRAFT
    """Where it goes to in the ledger, and with which status: the settings' until somebody decides, and then what was
    decided on.
    """
    paid_from: str | None = None
    """The ledger's id of the bank account that it is paid from or received on, as its payment method has it then."""
    bank_line: TakenLine | None = None
    """The line of its bank account that it was paid by, where somebody said which one that is."""
    closed: Closed | None = None
    """Of one that is dated in a closed period: what becomes of it, by the settings until somebody decides, and then what was
    decided on.
    """
    tax_policy: TaxPolicy = TaxPolicy.DOCUMENT
    """What becomes of its tax in the ledger: as where it goes to, the settings' until somebody decides."""
    edited_by: tuple[UserId, ...] = ()
    """Who changed what approvers decide on, in the order in which they did; none of them can approve it alone."""
    decided_by: UserId | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None
    send_after: datetime | None = None
    """End of the undo window of an approved item."""
    held_by: UserId | None = None
    held_at: datetime | None = None
    """Of an approved item that is held back: since when, and by whom; by nobody in Slack where it was done on the command
    line.
    """
    ledger_url: str | None = None
    ledger_rate: Decimal | None = None
    """Units of its currency for one of the books' own that the ledger has booked it at; None: it did not tell, or books in its own."""
    published_at: datetime | None = None
    complaints: tuple[str, ...] = field(default=())
    """What our own checks say, in words; empty when the item can go on."""
    questions: Questions = ()
    """What only a person can answer; while one is open, the item waits in review."""
    archived: Archived | None = None
    """Of an archived item."""

    @property
    def rates_its_lines(self) -> bool:
        """Whether each of its lines has a tax rate of its own."""
        places = range(len(self.facts.lines))
        return bool(places) and all(self.coding.own_codes(place).tax_rate is not None for place in places)

    def words_of(self, source: Source) -> str:
        """What set a value of it: what came with it came by its door."""
        return _SENT.get(self.door, source.words) if source is Source.DOOR else source.words

    def told(self, value: CodedValue) -> str:
        """What set a value, and what that rests on."""
        words, rests_on = self.words_of(value.source), value.evidence or value.likeness
        return words if rests_on is None else f"{words}, {rests_on.words}"

    @property
    def to_fill_in_by(self) -> UserId | None:
        """Who may type what stands on it although they do not keep the books: whoever sent it, while nothing of it is known."""
        return self.submitted_by if self.state is ItemState.TO_REVIEW and self.facts.is_unread else None

    @property
    def is_confirmed(self) -> bool:
        """Whether somebody has approved it as it stands, and so what rules read of it; no rule does that."""
        return self.decided_by is not None and self.state in _APPROVED

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def is_booked(self) -> bool:
        """Whether it is a document that ledgers book; one that is not asks nothing and goes nowhere."""
        return self.facts.document_type.is_booked

    @property
    def is_to_be_paid(self) -> bool:
        """Whether it is booked on a bank account, at once or by a payment, so that it needs one."""
        return self.publish_to.is_of_bank or self.publish_as is PaymentStatus.PAID

    @property
    def booked_on(self) -> date | None:
        """Its day in the ledger: its own, but where the books are closed for that and it is moved."""
        moved = None if self.closed is None else self.closed.booked_on
        return self.dated_on if moved is None else moved

    @property
    def dated_on(self) -> date | None:
        """Its own day: the document's, or the bank's where it is booked on a line of its account. Of expenses of a user, which
        are each of its receipt's day, the first.
        """
        if self.bank_line is not None and self.publish_to.is_of_bank:
            return self.bank_line.dated_on
        if self.facts.issued_on is None or not self.has_days:
            return self.facts.issued_on
        return min(
            (line.dated_on for line in self.facts.lines if line.dated_on is not None), default=self.facts.issued_on
        )

    @property
    def has_days(self) -> bool:
        """Whether its lines are booked on days of their own: as a user's expenses, unless somebody gave all of them one."""
        is_by_user = self.kind is ItemKind.EXPENSE_REPORT and (self.coding.contact.value or "").startswith(USERS)
        return is_by_user and FactField.ISSUED_ON not in self.facts.edited

    @property
    def can_move(self) -> bool:
        """Whether it can be booked on another day than its own: the date of a sale is its customer's too, and that of a line
        of the bank the bank's.
        """
        is_of_line = self.bank_line is not None and self.publish_to.is_of_bank
        return self.kind is not ItemKind.SALE and not is_of_line

    @property
    def can_be_draft(self) -> bool:
        """Whether where it goes to has drafts, if its package has any."""
        return not self.publish_to.is_of_bank and self.publish_to is not Destination.QUICK_ENTRIES

    @property
    def closed_answer(self) -> ClosedAnswer | None:
        """What a person chose for its date in a closed period."""
        chosen = self.coding.closed.value
        return None if chosen is None else ClosedAnswer(chosen)

    @property
    def counterparty(self) -> Party:
        """Who is paid or pays: the supplier of a cost, the customer of a sale."""
        return self.facts.buyer if self.kind is ItemKind.SALE else self.facts.supplier
