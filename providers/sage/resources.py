"""Sage's resources that documents become, and what each calls the same things."""

from dataclasses import dataclass

from bot.domain.postings import Attachment, Payment, Posting, PostingKind, Withdrawal, Work

VENDOR, CUSTOMER = "VENDOR", "CUSTOMER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`page` is where a person opens one (unverified), `number` the field that has the document's number."""

    plural: str
    page: str
    lines: str | None
    """None: it is a line itself, of its sums alone."""
    sides: tuple[str, ...]
    """Whom it may be of, in the order in which they are looked for; somebody new is made of the first."""
    number: str
    is_voided: bool = False
    """Whether it is voided in the place of deleted, once it is no draft."""
    has_due_date: bool = False


PURCHASE_INVOICES = Resource(
    plural="purchase_invoices",
    page="/invoicing/purchases/invoices",
    lines="invoice_lines",
    sides=(VENDOR,),
    number="vendor_reference",
    has_due_date=True,
)
PURCHASE_CREDIT_NOTES = Resource(
    plural="purchase_credit_notes",
    page="/invoicing/purchases/credit_notes",
    lines="credit_note_lines",
    sides=(VENDOR,),
    number="vendor_reference",
)
SALES_INVOICES = Resource(
    plural="sales_invoices",
    page="/invoicing/sales/invoices",
    lines="invoice_lines",
    sides=(CUSTOMER,),
    number="invoice_number",
    is_voided=True,
    has_due_date=True,
)
SALES_CREDIT_NOTES = Resource(
    plural="sales_credit_notes",
    page="/invoicing/sales/credit_notes",
    lines="credit_note_lines",
    sides=(CUSTOMER,),
    number="credit_note_number",
    is_voided=True,
)
OTHER_PAYMENTS = Resource(
    plural="other_payments",
    page="/banking/other_payments",
    lines="payment_lines",
    sides=(VENDOR, CUSTOMER),
    number="reference",
)
SALES_QUICK_ENTRIES = Resource(
    plural="sales_quick_entries",
    page="/invoicing/sales/quick_entries",
    lines=None,
    sides=(CUSTOMER,),
    number="reference",
)
RESOURCES = {
    one.plural: one
    for one in (
        PURCHASE_INVOICES,
        PURCHASE_CREDIT_NOTES,
        SALES_INVOICES,
        SALES_CREDIT_NOTES,
        OTHER_PAYMENTS,
        SALES_QUICK_ENTRIES,
    )
}
RESOURCE_OF = {
    PostingKind.BILL: PURCHASE_INVOICES,
    PostingKind.SUPPLIER_CREDIT_NOTE: PURCHASE_CREDIT_NOTES,
    PostingKind.SALES_INVOICE: SALES_INVOICES,
    PostingKind.CUSTOMER_CREDIT_NOTE: SALES_CREDIT_NOTES,
    PostingKind.SPEND_MONEY: OTHER_PAYMENTS,
    PostingKind.RECEIVE_MONEY: OTHER_PAYMENTS,
    PostingKind.QUICK_SALE: SALES_QUICK_ENTRIES,
    PostingKind.QUICK_CREDIT: SALES_QUICK_ENTRIES,
}
TYPE_OF = {
    PostingKind.SPEND_MONEY: "OTHER_PAYMENT",
    PostingKind.RECEIVE_MONEY: "OTHER_RECEIPT",
    PostingKind.QUICK_SALE: "INVOICE",
    PostingKind.QUICK_CREDIT: "CREDIT_NOTE",
}
"""What two kinds that share a resource are told apart by: its transaction type, or its type of quick entry."""
CONTEXT_OF = {
    PostingKind.BILL: "PURCHASE_INVOICE",
    PostingKind.SUPPLIER_CREDIT_NOTE: "PURCHASE_CREDIT_NOTE",
    PostingKind.SPEND_MONEY: "OTHER_PAYMENT",
    PostingKind.RECEIVE_MONEY: "OTHER_RECEIPT",
}
"""What an attachment calls the document that it is on (`attachment_context_type_id`)."""
PAYMENTS, ATTACHMENTS = "contact_payments", "attachments"
PAYMENT_OF = {
    PostingKind.BILL: "VENDOR_PAYMENT",
    PostingKind.SUPPLIER_CREDIT_NOTE: "VENDOR_REFUND",
    PostingKind.SALES_INVOICE: "CUSTOMER_RECEIPT",
    PostingKind.CUSTOMER_CREDIT_NOTE: "CUSTOMER_REFUND",
    PostingKind.QUICK_SALE: "CUSTOMER_RECEIPT",
    PostingKind.QUICK_CREDIT: "CUSTOMER_REFUND",
}
"""What pays a document, or gives back what a credit note credits."""
SINGULARS = {
    "purchase_invoices": "purchase_invoice",
    "purchase_credit_notes": "purchase_credit_note",
    "sales_invoices": "sales_invoice",
    "sales_credit_notes": "sales_credit_note",
    "other_payments": "other_payment",
    "sales_quick_entries": "sales_quick_entry",
    PAYMENTS: "contact_payment",
    ATTACHMENTS: "attachment",
    "contacts": "contact",
}
"""The name under which a record stands in the body that creates it."""


def sides_of(posting: Posting) -> tuple[str, ...]:
    sides = RESOURCE_OF[posting.kind].sides
    return sides[::-1] if posting.kind is PostingKind.RECEIVE_MONEY else sides


def kind_of(plural: str, type_code: str | None) -> PostingKind | None:
    """What a record is in our words; None, if it is none that we write."""
    found = [kind for kind, resource in RESOURCE_OF.items() if resource.plural == plural]
    if len(found) == 1:
        return found[0]
    return next((kind for kind in found if TYPE_OF[kind] == type_code), None)


def route_of(work: Work) -> str:
    """Documents and payments go out by their resource, one a call; a file by its document, and what takes a document back
    by that document. Money spent and received share a resource, and files are on one or the other.
    """
    plural = RESOURCE_OF[work.kind].plural
    match work:
        case Payment():
            return PAYMENTS
        case Attachment():
            return f"{plural}/{work.document_id}/{CONTEXT_OF[work.kind]}"
        case Withdrawal():
            return f"{plural}/{work.document_id}"
        case _:
            return plural


def is_of_document(route: str) -> bool:
    """Whether a route is that of one document, and not of a list or of its files."""
    plural, _, rest = route.partition("/")
    return plural in RESOURCES and bool(rest) and "/" not in rest
