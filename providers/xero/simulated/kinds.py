"""The kinds of documents: how each is called, named in JSON, and which scope opens it."""

from dataclasses import dataclass

SALES = frozenset({"ACCREC", "ACCRECCREDIT", "RECEIVE"})
"""Types that are dealings with a customer; all the others are with a supplier."""
CREDITS = frozenset({"ACCPAYCREDIT", "ACCRECCREDIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    noun: str
    """As Xero's sentences call it."""
    plural: str
    """The endpoint, and the list's name in JSON."""
    key: str
    number: str | None
    types: tuple[str, ...]
    scope: str
    flag: str | None = "HasErrors"
    """The field that says whether it was refused."""


INVOICE = Kind(
    noun="Invoice",
    plural="Invoices",
    key="InvoiceID",
    number="InvoiceNumber",
    types=("ACCPAY", "ACCREC"),
    scope="accounting.invoices",
)
CREDIT_NOTE = Kind(
    noun="Credit Note",
    plural="CreditNotes",
    key="CreditNoteID",
    number="CreditNoteNumber",
    types=("ACCPAYCREDIT", "ACCRECCREDIT"),
    scope="accounting.invoices",
)
BANK_TRANSACTION = Kind(
    noun="Bank Transaction",
    plural="BankTransactions",
    key="BankTransactionID",
    number=None,
    types=("SPEND", "RECEIVE"),
    scope="accounting.banktransactions",
    flag=None,
)
KINDS = (INVOICE, CREDIT_NOTE, BANK_TRANSACTION)
