"""What every syntax of e-invoices shares: which codes are credit notes, how negatives are booked, whether figures agree."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from bot.domain.documents import DocumentType, Facts, Line, TaxSubtotal
from bot.intake.elements import MOST_MONEY
from bot.intake.result import UnreadableError

CREDIT_NOTE_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""UNTDID 1001. 389, a self-billed invoice (a German "Gutschrift"), is none of them, and 384, a correction, may be
either: its sign decides."""
PRO_FORMA_CODE = "325"
MOST_WARNINGS = 20
MOST_RATES = 200
_WORD = re.compile(r"\w+")


def type_of(code: str) -> DocumentType:
    """What a code of UNTDID 1001 means to a bookkeeper."""
    if code in CREDIT_NOTE_CODES:
        return DocumentType.CREDIT_NOTE
    return DocumentType.PRO_FORMA if code == PRO_FORMA_CODE else DocumentType.INVOICE


def as_booked(facts: Facts, document_type: DocumentType) -> Facts:
    """The facts with their document type; a negative invoice is a credit note of the positive amounts.

    Raises:
        UnreadableError: figures that were added up are larger than what is kept exactly.
    """
    if any(amount is not None and abs(amount) >= MOST_MONEY for amount in _amounts(facts)):
        raise UnreadableError("Its figures make more than any invoice.")
    if document_type is not DocumentType.INVOICE or facts.gross is None or facts.gross >= 0:
        return replace(facts, document_type=document_type)
    return replace(
        facts,
        document_type=DocumentType.CREDIT_NOTE,
        net=_turned(facts.net),
        tax=_turned(facts.tax),
        gross=_turned(facts.gross),
        payable=_turned(facts.payable),
        prepaid=_turned(facts.prepaid),
        lines=tuple(_turned_line(line) for line in facts.lines),
        tax_breakdown=tuple(_turned_subtotal(subtotal) for subtotal in facts.tax_breakdown),
    )


def _amounts(facts: Facts) -> Iterator[Decimal | None]:
    yield from (facts.net, facts.tax, facts.gross)
    yield from (line.net for line in facts.lines)


def _turned(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _turned_line(line: Line) -> Line:
    return replace(line, quantity=-line.quantity, net=-line.net, tax=_turned(line.tax))


def _turned_subtotal(subtotal: TaxSubtotal) -> TaxSubtotal:
    return replace(subtotal, taxable=-subtotal.taxable, tax=-subtotal.tax)


def difference(net: Decimal | None, gross: Decimal | None) -> Decimal | None:
    """The tax where none is stated, which happens when there is no tax: what lies between net and gross."""
    return None if net is None or gross is None else gross - net


def refuse_too_many_rates(rows: int) -> None:
    """Raises:
    UnreadableError: no tax has so many rates.
    """
    if rows > MOST_RATES:
        raise UnreadableError(f"The document has {rows} rows of tax; at most {MOST_RATES} are read.")


def tax_row(
    *, percent: Decimal | None, category: str | None, taxable: Decimal | None, tax: Decimal | None
) -> TaxSubtotal:
    """One row of the tax breakdown.

    Raises:
        UnreadableError: it states no tax.
    """
    if tax is None:
        raise UnreadableError("A row of its tax states no amount.")
    return TaxSubtotal(percent=percent, category=category, taxable=taxable or Decimal(0), tax=tax)


def paid_to_another(facts: Facts, payee: str | None) -> tuple[str, ...]:
    """A sentence about a payee who is not the supplier: a factoring company, or somebody who would like to be paid."""
    supplier = facts.supplier.name
    if facts.document_type is DocumentType.CREDIT_NOTE or not (payee and supplier) or _words(payee) == _words(supplier):
        return ()
    return ("It is to be paid to somebody else than the supplier: check to whom, and the account, before it is paid.",)


def _words(name: str) -> frozenset[str]:
    """A person's two names stand in either order."""
    return frozenset(_WORD.findall(name.casefold()))


def about_due(facts: Facts, rounding: Decimal | None) -> tuple[str, ...]:
    """A sentence where total, what was paid before and the rounding of what is due do not make what is due, or where it
    is rounded: a ledger owes the total, and whoever pays pays the other.
    """
    if facts.gross is None or facts.payable is None:
        return ()
    left = facts.gross - (facts.prepaid or 0)
    if facts.payable == left:
        return ()
    if facts.payable in (left + (rounding or 0), left - (rounding or 0)):
        return (f"What is due is rounded from {left} to {facts.payable}.",)
    return (f"The total {facts.gross} less {facts.prepaid or 0} paid before is not the {facts.payable} that is due.",)


def warnings(facts: Facts, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Sentences about figures that do not agree, the most important first."""
    found = (*_disagreements(facts), *also)
    if len(found) <= MOST_WARNINGS:
        return found
    return (*found[: MOST_WARNINGS - 1], f"There are {len(found) - MOST_WARNINGS + 1} more such warnings.")


def _disagreements(facts: Facts) -> Iterator[str]:
    net, tax, gross = facts.net, facts.tax, facts.gross
    if net is not None and tax is not None and gross is not None and net + tax != gross:
        yield f"Net {net} and tax {tax} do not make the total {gross}."
    of_lines = sum((line.net for line in facts.lines), Decimal(0))
    if facts.lines and net is not None and of_lines != net:
        yield f"The lines add up to {of_lines}, not to the net amount {net}."
    of_rates = sum((subtotal.tax for subtotal in facts.tax_breakdown), Decimal(0))
    if facts.tax_breakdown and tax is not None and of_rates != tax:
        yield f"The taxes of the rates add up to {of_rates}, not to the tax {tax}."
    if gross is not None and gross < 0:
        yield f"It is a credit note of a negative total, {gross}: check which way the money goes."
