"""FreeAgent's resources that documents become, and what each calls the same things."""

from dataclasses import dataclass

from bot.domain.postings import Attachment, Payment, Posting, PostingKind, Withdrawal, Work

EXPLANATIONS = "bank_transaction_explanations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`name` is that of our route: what a bill and its opposite share in FreeAgent has two."""

    name: str
    path: str
    kind: PostingKind
    items: str = ""
    """Its lines; an explanation has none, and is one."""

    @property
    def root(self) -> str:
        """The element in which one is sent and answered."""
        return self.path.removesuffix("s")

    @property
    def is_sold(self) -> bool:
        """Whether it is a draft until it is marked as sent, and its number is nobody else's."""
        return self.path in ("invoices", "credit_notes")

    @property
    def sign(self) -> int:
        """What gives money back, or takes it from a bank account, is less than nothing."""
        return -1 if self.kind in _LESS_THAN_NOTHING else 1


_LESS_THAN_NOTHING = (
    PostingKind.SUPPLIER_CREDIT_NOTE,
    PostingKind.CUSTOMER_CREDIT_NOTE,
    PostingKind.SPEND_MONEY,
    PostingKind.EXPENSES,
)
BILL = Resource(name="bills", path="bills", kind=PostingKind.BILL, items="bill_items")
REFUND = Resource(name="bill_refunds", path="bills", kind=PostingKind.SUPPLIER_CREDIT_NOTE, items="bill_items")
INVOICE = Resource(name="invoices", path="invoices", kind=PostingKind.SALES_INVOICE, items="invoice_items")
CREDIT_NOTE = Resource(
    name="credit_notes", path="credit_notes", kind=PostingKind.CUSTOMER_CREDIT_NOTE, items="credit_note_items"
)
SPENT = Resource(name="money_out", path=EXPLANATIONS, kind=PostingKind.SPEND_MONEY)
RECEIVED = Resource(name="money_in", path=EXPLANATIONS, kind=PostingKind.RECEIVE_MONEY)
EXPENSES = Resource(name="expenses", path="expenses", kind=PostingKind.EXPENSES)
"""A document is as many of them as it has lines."""
RESOURCES = {each.name: each for each in (BILL, REFUND, INVOICE, CREDIT_NOTE, SPENT, RECEIVED, EXPENSES)}
RESOURCE_OF = {each.kind: each for each in RESOURCES.values()}
PAYMENTS = "payments"
"""Our route of explanations that pay something."""
PAID_BY = {
    PostingKind.BILL: "paid_bill",
    PostingKind.SUPPLIER_CREDIT_NOTE: "paid_bill",
    PostingKind.SALES_INVOICE: "paid_invoice",
    PostingKind.CUSTOMER_CREDIT_NOTE: "paid_invoice",
}
"""The field of an explanation that names what it pays; a credit note that is refunded is named as an invoice is."""
FILES = "attachments"
AND = "."
"""Between the ids of expenses that are one document, in the order of its lines."""


def paid_by(payment: Payment) -> str:
    """The path of what a payment pays."""
    return f"{RESOURCE_OF[payment.kind].path}/{payment.document_id}"


def route_of(work: Work) -> str:
    """Each goes by itself, by what it is; a file by its document, and what takes a document back by that document."""
    name = RESOURCE_OF[work.kind].name
    match work:
        case Payment():
            return PAYMENTS
        case Attachment():
            return f"{name}/{record_of(work)}/{FILES}"
        case Withdrawal():
            return f"{name}/{work.document_id}"
        case Posting():
            return name


def record_of(attachment: Attachment) -> str:
    """The id of the record that a file hangs on: of expenses that are one document, one of them."""
    return attachment.document_id.split(AND)[attachment.place]


def page_of(kind: PostingKind, ledger_id: str) -> str:
    """The path of its page; of expenses that are one document, that of the first."""
    return f"{RESOURCE_OF[kind].path}/{ledger_id.split(AND, maxsplit=1)[0]}"


def is_of_document(route: str) -> bool:
    """Whether a route is that of one document, and not of a list or of its files."""
    name, _, rest = route.partition("/")
    return name in RESOURCES and bool(rest) and "/" not in rest


def id_of(address: object) -> str:
    """The last part of an address; an id is one already."""
    return str(address).rstrip("/").rsplit("/", 1)[-1]


def optional_id(address: object) -> str | None:
    return id_of(address) if address else None
