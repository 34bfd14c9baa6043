"""Which bank lines an item may have been paid by: the same total in the same currency, near the day on which it was to be paid.

Nothing is chosen here: all that fit are answered, nearest first, and a person says which one it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from bot.domain.bank_lines import BankLine
from bot.domain.books import Account
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.ids import OrganisationId
from bot.domain.items import Item

OF_DOCUMENT = timedelta(days=30)
"""How far from the document's date, where it says no day on which it is due."""
OF_DUE_DATE = timedelta(days=10)
MONTHS_BACK = 6
"""Lines from before are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a line has to be. `amount` is less than nothing where money left the account."""

    amount: Decimal
    currency: str
    day: date
    within: timedelta

    @property
    def first(self) -> date:
        return _moved(self.day, -self.within)

    @property
    def last(self) -> date:
        return _moved(self.day, self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """`candidates` can be taken, nearest first. `recorded` would fit, and were for something else already: perhaps for the same
    document, entered by somebody else.
    """

    candidates: tuple[BankLine, ...] = ()
    recorded: tuple[BankLine, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    """What the bank accounts are called, by the ledger's ids."""


NO_MATCHES = Matches()


def wanted_of(item: Item) -> Wanted | None:
    """Of a cost; None of what cannot be looked for, as of one without a total or a date."""
    facts = item.facts
    is_due = facts.due_on is not None
    day = facts.due_on if is_due else facts.issued_on
    if item.kind is not ItemKind.COST or not item.is_booked or not facts.gross or facts.gross < 0:
        return None
    if facts.currency is None or day is None:
        return None
    return Wanted(
        amount=signed(facts.gross, facts.document_type),
        currency=facts.currency,
        day=day,
        within=OF_DUE_DATE if is_due else OF_DOCUMENT,
    )


def signed(gross: Decimal, document_type: DocumentType) -> Decimal:
    """As the bank says it of a cost: what a supplier gives back comes in."""
    return gross if document_type is DocumentType.CREDIT_NOTE else -gross


def matches(item: Item, lines: Iterable[BankLine], today: date) -> Matches:
    """Those of an organisation's lines that fit the item. What it has already is none of them, but where somebody booked that by hand."""
    wanted = wanted_of(item)
    if wanted is None:
        return NO_MATCHES
    fitting = sorted(
        (line for line in lines if (line.item_id != item.id or _is_by_hand(line)) and _fits(line, wanted, today)),
        key=lambda line: (abs(line.dated_on - wanted.day), line.dated_on, line.text, line.id.bytes),
    )
    return Matches(
        candidates=tuple(line for line in fitting if line.is_free),
        recorded=tuple(line for line in fitting if not line.is_free),
    )


def _is_by_hand(line: BankLine) -> bool:
    """Of a line that an undecided item has. The ledger's own may be of the item before it was withdrawn."""
    return line.is_recorded and line.ledger_id is None


def _fits(line: BankLine, wanted: Wanted, today: date) -> bool:
    is_near = wanted.first <= line.dated_on <= wanted.last
    is_it = (line.amount, line.currency) == (wanted.amount, wanted.currency)
    return is_it and is_near and line.dated_on >= looked_back_to(today)


def looked_back_to(today: date) -> date:
    """The same day, six months before; the last of its month where that has no such day."""
    months = today.year * 12 + today.month - 1 - MONTHS_BACK
    year, month = divmod(months, 12)
    for day in range(today.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(today.day, 28))


def keeps_its_line(item: Item) -> bool:
    """Whether an item still is what the bank line says that it has: of that amount, and booked on a bank account at once."""
    line, facts = item.bank_line, item.facts
    if line is None:
        return True
    if facts.gross is None or item.kind is not ItemKind.COST or not item.publish_to.is_of_bank:
        return False
    return (line.amount, line.currency) == (signed(facts.gross, facts.document_type), facts.currency)


def _moved(day: date, by: timedelta) -> date:
    """Within the calendar, whatever a document says."""
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta(0) else date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class BankForm:
    """Whether costs are matched, as an admin sent it; `version` is the settings' that the form was drawn from."""

    version: int
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPage:
    """What the form is drawn from. `accounts` are the live ones, each with how many lines are known of it, and of which day the
    newest is.
    """

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    version: int
    is_on: bool
    has_lines: bool
    """Whether its ledger tells the lines; else they come by statements."""
    accounts: tuple[tuple[Account, int, date | None], ...] = ()

    @property
    def takes_statements(self) -> bool:
        return self.is_on and not self.has_lines
