"""QuickBooks' entities that documents become, and what each calls the same things."""

from dataclasses import dataclass, replace

from bot.domain.postings import Attachment, Payment, Posting, PostingKind, Withdrawal, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """`party` is the field that names whom it is of; `account` that of the bank account, of what is booked on one."""

    name: str
    kind: PostingKind
    party: str
    page: str
    """Where a person opens it, by `txnId` (unverified)."""
    account: str | None = None
    line: str = "AccountBasedExpenseLineDetail"
    product_line: str = "ItemBasedExpenseLineDetail"
    has_due_date: bool = False

    @property
    def path(self) -> str:
        return self.name.lower()

    @property
    def is_sale(self) -> bool:
        """Whether its lines are of products that are sold."""
        return self.product_line == "SalesItemLineDetail"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntity:
    """`party` is the field that names whose it is, `of` the kind of document that it pays."""

    name: str
    party: str
    of: PostingKind
    document: str

    @property
    def path(self) -> str:
        return self.name.lower()


BILL = Entity(name="Bill", kind=PostingKind.BILL, party="VendorRef", page="/app/bill", has_due_date=True)
VENDOR_CREDIT = Entity(
    name="VendorCredit", kind=PostingKind.SUPPLIER_CREDIT_NOTE, party="VendorRef", page="/app/vendorcredit"
)
PURCHASE = Entity(
    name="Purchase", kind=PostingKind.SPEND_MONEY, party="EntityRef", page="/app/expense", account="AccountRef"
)
DEPOSIT = Entity(
    name="Deposit",
    kind=PostingKind.RECEIVE_MONEY,
    party="Entity",
    page="/app/deposit",
    account="DepositToAccountRef",
    line="DepositLineDetail",
    product_line="DepositLineDetail",
)
INVOICE = Entity(
    name="Invoice",
    kind=PostingKind.SALES_INVOICE,
    party="CustomerRef",
    page="/app/invoice",
    line="SalesItemLineDetail",
    product_line="SalesItemLineDetail",
    has_due_date=True,
)
CREDIT_MEMO = Entity(
    name="CreditMemo",
    kind=PostingKind.CUSTOMER_CREDIT_NOTE,
    party="CustomerRef",
    page="/app/creditmemo",
    line="SalesItemLineDetail",
    product_line="SalesItemLineDetail",
)
CARD_CREDIT = replace(PURCHASE, kind=PostingKind.RECEIVE_MONEY)
"""What is received on a card, which takes no deposits: a purchase with `Credit`."""
SALES_RECEIPT = replace(
    INVOICE,
    name="SalesReceipt",
    kind=PostingKind.RECEIVE_MONEY,
    page="/app/salesreceipt",
    account="DepositToAccountRef",
    has_due_date=False,
)
REFUND_RECEIPT = replace(SALES_RECEIPT, name="RefundReceipt", kind=PostingKind.SPEND_MONEY, page="/app/refundreceipt")
"""What is received of a customer, or given back, for products: lines of deposits and purchases name no product that is sold."""
ENTITIES = {entity.path: entity for entity in (BILL, VENDOR_CREDIT, PURCHASE, DEPOSIT, INVOICE, CREDIT_MEMO)}
ENTITY_OF = {entity.kind: entity for entity in ENTITIES.values()}

BILL_PAYMENT = PaymentEntity(name="BillPayment", party="VendorRef", of=PostingKind.BILL, document="Bill")
PAYMENT = PaymentEntity(name="Payment", party="CustomerRef", of=PostingKind.SALES_INVOICE, document="Invoice")
PAYMENTS = {entity.path: entity for entity in (BILL_PAYMENT, PAYMENT)}
PAYMENT_OF = {entity.of: entity for entity in PAYMENTS.values()}
FILES = "attachable"


_ALSO = {DEPOSIT.path: (DEPOSIT, CARD_CREDIT, SALES_RECEIPT), PURCHASE.path: (PURCHASE, REFUND_RECEIPT)}


def entity_of(posting: Posting) -> Entity:
    """What a document becomes: with products in the place of categories, money is received and spent by receipts."""
    if (
        posting.kind.is_of_bank
        and posting.lines
        and all(one.item_code and not one.account_code for one in posting.lines)
    ):
        return SALES_RECEIPT if posting.kind is PostingKind.RECEIVE_MONEY else REFUND_RECEIPT
    return ENTITY_OF[posting.kind]


def entities_of(path: str) -> tuple[Entity, ...]:
    """What documents of this route may be."""
    return _ALSO.get(path, (ENTITIES[path],))


def route_of(work: Work) -> str:
    """Documents and payments go out by their entity, ten at once; a file by its document, and what takes a document back
    by that document.
    """
    path = ENTITY_OF[work.kind].path
    match work:
        case Payment():
            return PAYMENT_OF[work.kind].path
        case Attachment():
            return f"{path}/{work.document_id}/{FILES}"
        case Withdrawal():
            return f"{path}/{work.document_id}"
        case _:
            return path


def is_of_document(route: str) -> bool:
    """Whether a route is that of one document, and not of a list or of its files."""
    path, _, rest = route.partition("/")
    return path in ENTITIES and bool(rest) and "/" not in rest
