"""What a ledger has of ours, and where that differs from what was sent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.money import CENT
from bot.domain.postings import Attachment, Ending, Payment, Posting, PostingKind, Withdrawal, Work
from bot.domain.settings import PaymentStatus
from bot.domain.texts import dated, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDocument:
    """A document as the ledger has it, for read-back and for the search by marker.

    `status` is a `PaymentStatus` where the ledger's own word means one. No `account_codes`: the ledger did not tell.
    """

    ledger_id: str
    kind: PostingKind | None = PostingKind.BILL
    """None: it is of a kind that we do not know."""
    marker: str | None
    number: str | None
    contact_name: str | None
    contact_id: str | None = None
    """By the ledger's own id."""
    status: str
    issued_on: date | None
    currency: str | None
    """None: the ledger did not tell, as of what is booked on a bank account, which has that account's."""
    currency_rate: Decimal | None = None
    """Units of it for one of the books' own; None: the ledger did not tell."""
    net: Decimal
    tax: Decimal
    gross: Decimal
    url: str
    account_codes: tuple[str | None, ...] = ()
    item_codes: tuple[str, ...] | None = None
    """The products of all lines, by their codes in order; None: the ledger did not tell."""
    customers: tuple[str, ...] | None = None
    """Whom its lines are for (`for_customer`), in order; None: the ledger did not tell."""
    days: tuple[date, ...] | None = None
    """Of a document that is a record for each line: the days of those that stand, in order; None of any other."""
    options: tuple[str, ...] | None = None
    """The tracking options of the document and of all lines, by their ids in order; None: the ledger did not tell."""


def for_customer(customer: str, *, is_billable: bool) -> str:
    """How a line that is for somebody is compared, by the ledger's id of them."""
    return f"{customer} billable" if is_billable else customer


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """A file that hangs on a document in the ledger. `size` is in bytes."""

    ledger_id: str
    name: str
    size: int

    @property
    def marker(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPayment:
    """A payment that stands in the ledger. `document_id` and `bank_account` are the ledger's own ids."""

    ledger_id: str
    marker: str | None
    document_id: str | None
    bank_account: str | None
    paid_on: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedDocument:
    """A document that was ours in the ledger, and stands there no more."""

    ledger_id: str
    ending: Ending

    @property
    def marker(self) -> str:
        return self.ledger_id


Found = LedgerDocument | LedgerPayment | LedgerFile | EndedDocument

APPROVED = str(PaymentStatus.AWAITING_PAYMENT)


def differences(work: Work, found: Found) -> tuple[str, ...]:
    """What the ledger has otherwise than we sent it, in words; empty when reading back agrees."""
    match work, found:
        case Posting(), LedgerDocument():
            pairs = _of_document(work, found)
        case Payment(), LedgerPayment():
            pairs = _of_payment(work, found)
        case Attachment(), LedgerFile():
            pairs = (("size of the file", work.size, found.size),)
        case Withdrawal(), EndedDocument():
            pairs = ()
        case _:
            pairs = (("kind", type(work).__name__, type(found).__name__),)
    return tuple(
        f"{name}: {_said(ours)} here, {_said(theirs)} in the ledger" for name, ours, theirs in pairs if ours != theirs
    )


def _said(value: object) -> str:
    if value is None:
        return "none"
    return dated(value) if isinstance(value, date) else str(value)


_Pairs = tuple[tuple[str, object, object], ...]


def changes(posting: Posting, found: LedgerDocument) -> str:
    """What became otherwise in the ledger of a document that agreed once, in words. Here further on is a change, too:
    somebody approved it there. Whether it is paid is another matter.
    """
    told = [words for words in differences(posting, found) if not words.startswith("status:")]
    ours, theirs = (APPROVED if status == "paid" else str(status) for status in (posting.status, found.status))
    if not posting.kind.is_of_bank and ours != theirs:
        told.append(f"status: {_in_words(ours)} here, {_in_words(theirs)} in the ledger")
    return "; ".join(told)


def has_no_category(found: Found) -> bool:
    """Whether a line of it has none in the ledger, though every line of ours was sent with one."""
    return isinstance(found, LedgerDocument) and None in found.account_codes


def _of_document(posting: Posting, found: LedgerDocument) -> _Pairs:
    return (
        ("kind", posting.kind.words, found.kind.words if found.kind else "another one"),
        ("total", posting.gross, found.gross),
        ("tax", posting.tax, posting.tax if _is_rounded_otherwise(posting, found) else found.tax),
        ("net", posting.net, posting.net if _is_rounded_otherwise(posting, found) else found.net),
        ("currency", posting.currency, found.currency or posting.currency),
        ("exchange rate", *_rates(posting, found)),
        ("number", posting.number, found.number),
        ("date", *_dates(posting, found)),
        ("category", *_categories(posting, found)),
        ("products", *_products(posting, found)),
        ("customers that it is for", *_customers(posting, found)),
        ("tracking", *_tracking(posting, found)),
        ("supplier", *_suppliers(posting, found)),
        ("user", *_users(posting, found)),
        ("status", *_statuses(posting, found)),
    )


def _is_rounded_otherwise(posting: Posting, found: LedgerDocument) -> bool:
    """Of tax that the ledger worked out, no more than a cent of each line is its own way to round."""
    left = sum(line.is_tax_left for line in posting.lines)
    return bool(left) and abs(found.tax - posting.tax) <= CENT * left and found.net + found.tax == posting.gross


def _rates(posting: Posting, found: LedgerDocument) -> tuple[Decimal | None, Decimal | None]:
    """The ledger's own rate differs from nothing."""
    ours = posting.currency_rate
    return ours, ours if ours is None or found.currency_rate is None else found.currency_rate


def rate_in(found: Found) -> Decimal | None:
    """The exchange rate that the ledger has a document at; None of what it keeps in its books' own currency, or does not tell."""
    rate = found.currency_rate if isinstance(found, LedgerDocument) else None
    return None if rate == 1 else rate


def _of_payment(payment: Payment, found: LedgerPayment) -> _Pairs:
    """Of the account only its id is known, which says nothing to people."""
    chosen = "as chosen"
    return (
        ("amount paid", payment.amount, found.amount),
        ("date of the payment", payment.paid_on, found.paid_on),
        ("bank account", chosen, chosen if found.bank_account == payment.bank_account else "another one"),
        ("document", chosen, chosen if found.document_id == payment.document_id else "another one"),
    )


def _categories(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    """Where products say it, the ledger books as it likes."""
    ours = ", ".join(sorted({line.account_code for line in posting.lines}))
    if not ours:
        return ours, ours
    return ours, ", ".join(sorted({code or "none" for code in found.account_codes})) or ours


def _products(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    ours = tuple(sorted(line.item_code for line in posting.lines if line.item_code is not None))
    theirs = ours if found.item_codes is None else found.item_codes
    return ", ".join(ours) or "none", ", ".join(theirs) or "none"


def _customers(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    ours = tuple(
        sorted(for_customer(line.customer, is_billable=line.is_billable) for line in posting.lines if line.customer)
    )
    if found.customers is None or found.customers == ours:
        return "", ""
    return f"as chosen for {_counted(ours)}", f"otherwise, for {_counted(found.customers)}"


def _counted(lines: tuple[str, ...]) -> str:
    return "no line" if not lines else "1 line" if len(lines) == 1 else f"{len(lines)} lines"


def _tracking(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    """Ids say nothing to people; how many options there are does."""
    of_lines = [track for line in posting.lines for track in line.tracking]
    ours = tuple(sorted(track.option for track in (*posting.tracking, *of_lines)))
    if found.options is None or found.options == ours:
        return "", ""
    return f"{len(ours)} options as chosen", f"{len(found.options)} options, others"


def _dates(posting: Posting, found: LedgerDocument) -> tuple[object, object]:
    """Where each line is a record, each has its own."""
    if found.days is None:
        return posting.issued_on, found.issued_on
    ours = sorted(line.dated_on or posting.issued_on for line in posting.lines)
    return ", ".join(map(dated, ours)), ", ".join(map(dated, sorted(found.days)))


def _users(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    """An id says nothing to people."""
    if posting.kind is not PostingKind.EXPENSES:
        return "", ""
    return "as linked", "as linked" if found.contact_id == posting.contact_id else "another one"


def _suppliers(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    """A contact that is sent by its id has the name that the ledger gives it; names differ in more than case and space."""
    ours = posting.contact_name
    theirs = ours if posting.contact_id is not None or found.contact_name is None else found.contact_name
    return ours, ours if folded(theirs) == folded(ours) else theirs


def _statuses(posting: Posting, found: LedgerDocument) -> tuple[str, str]:
    """Further on is no difference: people approve and pay in the ledger. What is to be paid is first of all approved; its
    payment is read back by itself.
    """
    ours = PaymentStatus.AWAITING_PAYMENT if posting.status is PaymentStatus.PAID else posting.status
    stages = list(PaymentStatus)
    is_behind = found.status in stages and stages.index(PaymentStatus(found.status)) < stages.index(ours)
    return _in_words(ours), _in_words(found.status if is_behind else ours)


def _in_words(status: str) -> str:
    return status.replace("_", " ")
