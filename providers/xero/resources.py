"""Xero's endpoints of documents, and what their elements call the same things."""

from dataclasses import dataclass

from bot.domain.postings import Attachment, Payment, PostingKind, Withdrawal, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`path` is the endpoint and the name of its list; `number` and `id` are fields of an element.

    `takes_ids`: whether it reads elements by `IDs`; the others are asked by a filter ("Requests and responses").
    """

    path: str
    id: str
    number: str
    takes_ids: bool = False
    has_url: bool = True
    """Whether its documents carry the address that ours are found by."""


INVOICES = Resource(path="Invoices", id="InvoiceID", number="InvoiceNumber", takes_ids=True)
CREDIT_NOTES = Resource(path="CreditNotes", id="CreditNoteID", number="CreditNoteNumber", has_url=False)
BANK_TRANSACTIONS = Resource(path="BankTransactions", id="BankTransactionID", number="Reference")
PAYMENTS = Resource(path="Payments", id="PaymentID", number="Reference", has_url=False)
TARGETS = {INVOICES.path: "Invoice", CREDIT_NOTES.path: "CreditNote"}
"""What a payment calls the document that it is of."""
RESOURCES = {resource.path: resource for resource in (INVOICES, CREDIT_NOTES, BANK_TRANSACTIONS)}

RESOURCE_OF = {
    PostingKind.BILL: INVOICES,
    PostingKind.SALES_INVOICE: INVOICES,
    PostingKind.SUPPLIER_CREDIT_NOTE: CREDIT_NOTES,
    PostingKind.CUSTOMER_CREDIT_NOTE: CREDIT_NOTES,
    PostingKind.SPEND_MONEY: BANK_TRANSACTIONS,
    PostingKind.RECEIVE_MONEY: BANK_TRANSACTIONS,
}
TYPE_OF = {
    PostingKind.BILL: "ACCPAY",
    PostingKind.SALES_INVOICE: "ACCREC",
    PostingKind.SUPPLIER_CREDIT_NOTE: "ACCPAYCREDIT",
    PostingKind.CUSTOMER_CREDIT_NOTE: "ACCRECCREDIT",
    PostingKind.SPEND_MONEY: "SPEND",
    PostingKind.RECEIVE_MONEY: "RECEIVE",
}
KIND_OF = {word: kind for kind, word in TYPE_OF.items()}

PAGES = {
    PostingKind.BILL: "/AccountsPayable/View.aspx?InvoiceID=",
    PostingKind.SALES_INVOICE: "/AccountsReceivable/View.aspx?InvoiceID=",
    PostingKind.SUPPLIER_CREDIT_NOTE: "/AccountsPayable/ViewCreditNote.aspx?creditNoteID=",
    PostingKind.CUSTOMER_CREDIT_NOTE: "/AccountsReceivable/ViewCreditNote.aspx?creditNoteID=",
    PostingKind.SPEND_MONEY: "/Bank/ViewTransaction.aspx?bankTransactionID=",
    PostingKind.RECEIVE_MONEY: "/Bank/ViewTransaction.aspx?bankTransactionID=",
}
"""Where a person opens a document (developer.xero.com, "Deep linking to Xero"); those of credit notes are unverified."""


def route_of(work: Work) -> str:
    """Documents go out by their endpoint, fifty at once, and so do payments; a file by the list of its own document, and what takes a document
    back by that document.
    """
    path = RESOURCE_OF[work.kind].path
    match work:
        case Payment():
            return PAYMENTS.path
        case Attachment():
            return f"{path}/{work.document_id}/Attachments"
        case Withdrawal():
            return f"{path}/{work.document_id}"
        case _:
            return path
