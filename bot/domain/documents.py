"""What stands on a document: the facts an item is made of, whatever door it came in by.

Amounts are in the document's currency. `Facts` may be incomplete (a form half filled, an invoice that names no due
date); what is missing is `None`, never an empty guess, and `bot.domain.checks` says what follows from it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.domain.money import to_cents


class ItemKind(StrEnum):
    COST = "cost"
    SALE = "sale"
    EXPENSE_REPORT = "expense_report"


class DocumentType(StrEnum):
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    STATEMENT = "statement"
    PRO_FORMA = "pro_forma"
    ORDER = "order"
    DELIVERY_NOTE = "delivery_note"
    OTHER = "other"

    @property
    def words(self) -> str:
        return _TYPES[self]

    @property
    def is_booked(self) -> bool:
        """Whether it is one that ledgers book. The others announce, list or accompany what is booked elsewhere, and
        publishing them would book it twice.
        """
        return self in (DocumentType.RECEIPT, DocumentType.INVOICE, DocumentType.CREDIT_NOTE)


_TYPES = {
    DocumentType.RECEIPT: "a receipt",
    DocumentType.INVOICE: "an invoice",
    DocumentType.CREDIT_NOTE: "a credit note",
    DocumentType.STATEMENT: "a statement of account",
    DocumentType.PRO_FORMA: "a pro-forma invoice",
    DocumentType.ORDER: "an order",
    DocumentType.DELIVERY_NOTE: "a delivery note",
    DocumentType.OTHER: "no bill",
}


class Door(StrEnum):
    """The way an item came in."""

    FILE = "file"
    MESSAGE = "message"
    """A file of a message that somebody chose "Send to Dext" on."""
    DIRECT = "direct"
    """A file sent to the bot alone."""
    FORM = "form"
    API = "api"
    IMPORT = "import"
    CREDIT = "credit"
    """Made here, to take back another item that stays in the ledger."""
    REPORT = "report"
    """Made here, of somebody's receipts."""


class FactField(StrEnum):
    """What of a document has a source of its own. The amounts are one: each follows from the others."""

    DOCUMENT_TYPE = "document_type"
    SUPPLIER = "supplier"
    BUYER = "buyer"
    NUMBER = "number"
    ISSUED_ON = "issued_on"
    DUE_ON = "due_on"
    CURRENCY = "currency"
    AMOUNTS = "amounts"
    LINES = "lines"
    NOTE = "note"


class LineAmounts(StrEnum):
    """What the amounts of the lines are, as the document writes them and the ledger is told them."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"
    NO_TAX = "no_tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller or buyer as the document names it. `bank_account` is an IBAN or account number, payee details."""

    name: str | None = None
    tax_number: str | None = None
    country: str | None = None
    bank_account: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidWith:
    """The card that a document says it was paid with: its last four digits, and its network where that is named."""

    last_digits: str
    network: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. `net` is without tax, and less its own allowances; `tax` is None where the document gives no split.
    `unit_price` has tax in it where the document's `line_amounts` do.
    """

    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal
    net: Decimal
    tax: Decimal | None = None
    tax_percent: Decimal | None = None
    dated_on: date | None = None
    """Of a line of an expense report: the day of its receipt."""
    receipt: str | None = None
    """Of such a line: the reference of the item that it stands for."""
    rate: str | None = None
    """Of such a line: the exchange rate that it was converted at and where that is from, in words, where its receipt states none."""


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
    currency_sign: str | None = None
    """What stands at its amounts, where that is of several countries, such as a bare dollar: see `bot.domain.signs`."""
    currency_rate: Decimal | None = None
    """Units of `currency` for one of `rate_currency`; None: none is stated. See `bot.domain.exchange`."""
    rate_currency: str | None = None
    """Which currency the rate is to; None: that of the books."""
    net: Decimal | None = None
    tax: Decimal | None = None
    gross: Decimal | None = None
    payable: Decimal | None = None
    """What is still due after prepayments; can differ from gross, and is never what is booked."""
    prepaid: Decimal | None = None
    lines: tuple[Line, ...] = ()
    line_amounts: LineAmounts = LineAmounts.EXCLUSIVE
    tax_breakdown: tuple[TaxSubtotal, ...] = ()
    note: str | None = None
    paid_with: PaidWith | None = None
    read: frozenset[FactField] = frozenset()
    """What rules took from the document's text: likely, but not known until a person has looked. What is in neither of
    these two was stated, by an e-invoice, a form or another system."""
    edited: frozenset[FactField] = frozenset()
    """What a person has changed since."""
    ruled: frozenset[FactField] = frozenset()
    """What is filled in by a rule, because neither the document nor a person says it. It goes with the rule: see
    `bot.domain.coded`."""
    warnings: tuple[str, ...] = ()
    """What its reading found to be looked at, in sentences of ours; of the document as it came, whatever is edited."""

    @property
    def is_unread(self) -> bool:
        """Whether nothing is known of what stands on it, as of a picture until somebody has filled it in."""
        told = (self.supplier.name, self.buyer.name, self.number, self.issued_on, self.gross)
        return all(value is None for value in told)

    @property
    def before_tax(self) -> Decimal | None:
        """The net amount, or what it has to be where it is not stated: what the lines make together."""
        if self.net is not None or self.gross is None:
            return self.net
        return self.gross - (self.tax or 0)

    @property
    def of_lines(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def totals_agree(self) -> bool:
        """Whether net and tax make the total. A tax that is not stated is none."""
        return self.net is None or self.gross is None or self.net + (self.tax or 0) == self.gross

    @property
    def lines_agree(self) -> bool:
        return not self.lines or self.before_tax is None or self.of_lines == self.before_tax

    @property
    def finer_than_cents(self) -> tuple[Decimal, ...]:
        """The amounts that no ledger takes."""
        stated = (self.net, self.tax, self.gross, *(line.net for line in self.lines))
        return tuple(dict.fromkeys(amount for amount in stated if amount is not None and amount != to_cents(amount)))

    @property
    def is_bookable(self) -> bool:
        """Whether the figures can be booked as they are: in cents, and agreeing as far as they are stated."""
        return self.totals_agree and self.lines_agree and not self.finer_than_cents

    @property
    def tax_percents(self) -> tuple[Decimal, ...]:
        """The tax rates that its amounts have, highest first, by lines and by the breakdown. A row without tax and
        without a rate, such as an exempt one, has 0 %; rows of nothing have none.
        """
        stated = {line.tax_percent for line in self.lines if line.net and line.tax_percent is not None}
        for row in self.tax_breakdown:
            if row.taxable and (row.percent is not None or not row.tax):
                stated.add(row.percent or Decimal(0))
        return tuple(sorted(stated, reverse=True))
