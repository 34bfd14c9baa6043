"""What stands on a document: the facts an item is made of, whatever door it came in by.

Amounts are in the document's currency. `Facts` may be incomplete (a form half filled, an invoice that names no due
date); what is missing is `None`, never an empty guess, and `bot.domain.checks` says what follows from it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ItemKind(StrEnum):
    COST = "cost"
    SALE = "sale"
    EXPENSE_REPORT = "expense_report"


class DocumentType(StrEnum):
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Door(StrEnum):
    """The way an item came in."""

    FILE = "file"
    FORM = "form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller or buyer as the document names it. `bank_account` is an IBAN or account number, payee details."""

    name: str | None = None
    tax_number: str | None = None
    country: str | None = None
    bank_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: `net` is quantity × price less its own allowances; `tax` is None where the document gives no split."""

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal
    net: Decimal
    tax: Decimal | None = None
    tax_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """One row of a document's tax breakdown."""

    percent: Decimal | None
    category: str | None
    taxable: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one document. `net + tax = gross` where all three are known and the document is consistent."""

    document_type: DocumentType = DocumentType.INVOICE
    supplier: Party = Party()
    buyer: Party = Party()
    number: str | None = None
    issued_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    payable: Decimal | None = None
    """What is still due after prepayments; can differ from gross, and is never what is booked."""
    lines: tuple[Line, ...] = ()
    tax_breakdown: tuple[TaxSubtotal, ...] = ()
    note: str | None = None

    @property
    def adds_up(self) -> bool:
        """Whether net and tax make the total, and the lines the net amount, as far as they are stated."""
        of_lines = sum((line.net for line in self.lines), Decimal(0))
        if self.lines and self.net is not None and of_lines != self.net:
            return False
        if self.net is None or self.tax is None or self.gross is None:
            return True
        return self.net + self.tax == self.gross


def is_material(before: Facts, after: Facts) -> bool:
    """Whether an approver decided on what changed: who is paid and where to, how much, and for which document.

    Dates, wording, lines and a tax that leaves the total alone are not: they are changed under a standing approval.
    """

    def decided_on(facts: Facts) -> tuple[object, ...]:
        return (facts.document_type, facts.supplier, facts.number, facts.currency, facts.gross)

    return decided_on(before) != decided_on(after)
