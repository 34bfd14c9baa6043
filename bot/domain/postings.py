"""What is written to a ledger: documents, and what belongs to a document once it is there.

Each is one call's worth of work for a provider, frozen before bytes leave and compared with what the ledger has
afterwards. A document comes first; its payment and its files name the document by the ledger's own id.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.coding import Track
from bot.domain.documents import LineAmounts
from bot.domain.ids import FileId, ItemId
from bot.domain.settings import PaymentStatus


class PostingKind(StrEnum):
    """What a document is in a ledger."""

    BILL = "bill"
    SALES_INVOICE = "sales_invoice"
    SUPPLIER_CREDIT_NOTE = "supplier_credit_note"
    CUSTOMER_CREDIT_NOTE = "customer_credit_note"
    SPEND_MONEY = "spend_money"
    RECEIVE_MONEY = "receive_money"
    QUICK_SALE = "quick_sale"
    """A sale by its sums alone: one account, one tax rate, no lines, and no document of the ledger's own."""
    QUICK_CREDIT = "quick_credit"
    EXPENSES = "expenses"
    """What somebody paid themselves, as expenses of their own user there: a record of the ledger for each line."""

    @property
    def words(self) -> str:
        return _KINDS[self]

    @property
    def is_sale(self) -> bool:
        """Whether its contact is a customer, and its lines are revenue."""
        return self.is_quick or self in (
            PostingKind.SALES_INVOICE,
            PostingKind.CUSTOMER_CREDIT_NOTE,
            PostingKind.RECEIVE_MONEY,
        )

    @property
    def is_of_bank(self) -> bool:
        """Whether it is booked on a bank account at once, so that nothing is due."""
        return self in (PostingKind.SPEND_MONEY, PostingKind.RECEIVE_MONEY)

    @property
    def is_quick(self) -> bool:
        """Whether it is entered by its sums alone, so that it is never a draft."""
        return self in (PostingKind.QUICK_SALE, PostingKind.QUICK_CREDIT)


_KINDS = {
    PostingKind.BILL: "bill",
    PostingKind.SALES_INVOICE: "sales invoice",
    PostingKind.SUPPLIER_CREDIT_NOTE: "supplier's credit note",
    PostingKind.CUSTOMER_CREDIT_NOTE: "credit note to a customer",
    PostingKind.SPEND_MONEY: "spend money transaction",
    PostingKind.RECEIVE_MONEY: "receive money transaction",
    PostingKind.QUICK_SALE: "quick entry",
    PostingKind.QUICK_CREDIT: "quick entry of a credit note",
    PostingKind.EXPENSES: "expense claim",
}
USUAL_KINDS = tuple(kind for kind in PostingKind if not kind.is_quick and kind is not PostingKind.EXPENSES)
"""What a package has, unless it says more or less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingLine:
    """A line as it is booked: the document's line with its account, tax rate, tax amount and tracking.

    `net` is without tax; `unit_price` has tax in it where the posting's `line_amounts` do. No `tax_code` where there is
    no tax.
    """

    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax: Decimal
    account_code: str
    """Empty where the product says it."""
    tax_code: str | None
    is_tax_left: bool = False
    """The ledger works its tax out by the rate, of the line's amount with tax in it; `tax` is what it makes of that."""
    item_code: str | None = None
    """The ledger's code of the product."""
    customer: str | None = None
    """The ledger's id of whom it is for."""
    is_billable: bool = False
    """Whether it is billed on to them."""
    tracking: tuple[Track, ...] = ()
    dated_on: date | None = None
    """Of a line of its own day: that of the receipt that it stands for."""
    receipt: str | None = None
    """Our reference of that receipt."""

    def amount(self, line_amounts: LineAmounts) -> Decimal:
        """As a posting with these line amounts writes it."""
        return self.net + self.tax if line_amounts is LineAmounts.INCLUSIVE else self.net


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A document ready for a ledger, in `currency`. Amounts are positive; what gives money back says so by its kind.

    `contact_id` is the ledger's id of a known supplier or customer; otherwise `contact_name` lets the ledger match or
    create one. `marker` is what the document is found by after a lost answer, an absolute address. `bank_account` is the
    ledger's id of the account that money is spent from or received on, for the kinds that need one.
    """

    item_id: ItemId
    kind: PostingKind = PostingKind.BILL
    marker: str
    contact_id: str | None
    contact_name: str
    number: str
    issued_on: date
    due_on: date | None
    currency: str
    currency_rate: Decimal | None = None
    """Units of `currency` for one of the books' own; None: the ledger takes its own rate."""
    status: PaymentStatus
    lines: tuple[PostingLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    line_amounts: LineAmounts = LineAmounts.EXCLUSIVE
    bank_account: str | None = None
    bank_line: str | None = None
    """The ledger's id of the line of that account that it is booked on; None: it is written as a line of its own."""
    is_cheque: bool = False
    """Of money spent, where the ledger tells cheques from the rest."""
    tracking: tuple[Track, ...] = ()
    """Of the document as a whole; in the order of the categories' ids."""
    days: tuple[date, ...] = ()
    """Of expenses: the first and the last day of all that it is or was known to be of, such as its receipts' own, whatever day they
    are booked on: an earlier form of it may stand there.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What pays a document that is in the ledger, or gives back what a credit note credits. `amount` is in the document's
    `currency`, `bank_account` the ledger's id of what it is paid from or received on, `marker` what stands beside it there.
    """

    item_id: ItemId
    kind: PostingKind
    document_id: str
    marker: str
    bank_account: str
    paid_on: date
    amount: Decimal
    currency: str
    currency_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a document that is in the ledger. `name` is what it is found by there; `size` is in bytes."""

    item_id: ItemId
    kind: PostingKind
    document_id: str
    file_id: FileId
    name: str
    media_type: str
    size: int
    original_size: int | None = None
    """Of the item's own file, where this is a smaller version of it."""
    original_kind: str | None = None
    """The ending of its name, where this one is of another kind, such as the PDF that an e-invoice carries."""
    place: int = 0
    """Of a document that is a record for each line: the line whose record it hangs on."""

    @property
    def marker(self) -> str:
        return self.name


class Ending(StrEnum):
    """What becomes of a document that is withdrawn."""

    DELETED = "deleted"
    VOIDED = "voided"
    """The ledger keeps it, marked so, and it counts for nothing."""
    GONE = "gone"
    """The ledger has no such document."""
    REMOVED = "removed"
    """A person took it out of software that is not called, and said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A document that is to stand in the ledger no more. `posting` is what was sent, and `payments` are the ledger's ids
    of our own payments of it, which are taken back first.

    `known` are the differences between the two that people were told of: they are no reason any more to leave it.
    """

    item_id: ItemId
    document_id: str
    posting: Posting
    payments: tuple[str, ...] = ()
    known: str = ""

    @property
    def kind(self) -> PostingKind:
        return self.posting.kind

    @property
    def marker(self) -> str:
        return self.document_id


Work = Posting | Payment | Attachment | Withdrawal
"""One step's content."""
