"""From an item to the bill that is sent: pure, so that what an approver saw is what the ledger gets."""

from decimal import Decimal, localcontext

from bot.domain.documents import Facts, Line
from bot.domain.items import Item
from bot.domain.money import CENT, WIDE, to_cents
from bot.domain.publishing import Bill, BillLine
from bot.domain.settings import PaymentStatus


class NotBillableError(ValueError):
    """The item lacks something a bill needs; checks should have kept it in review."""


def bill_of(item: Item, *, status: PaymentStatus, marker: str) -> Bill:
    """The bill of an approved item, amounts exclusive of tax.

    Raises:
        NotBillableError: names what is missing.
    """
    facts, coding = item.facts, item.coding
    if facts.supplier.name is None or facts.issued_on is None or facts.currency is None or facts.gross is None:
        raise NotBillableError("supplier, date, currency and total are needed")
    if coding.account.value is None or coding.tax_rate.value is None:
        raise NotBillableError("category and tax rate are needed")
    tax = Decimal(0) if facts.tax is None else facts.tax
    net = facts.gross - tax
    lines = facts.lines or (_single_line(facts, net),)
    of_lines = sum((line.net for line in lines), Decimal(0))
    if of_lines != net:
        raise NotBillableError(f"lines that add up to {net}, not {of_lines}")
    taxes = spread_tax(tax, lines)
    return Bill(
        item_id=item.id,
        marker=marker,
        contact_id=coding.contact.value,
        contact_name=facts.supplier.name,
        number=facts.number or item.reference,
        issued_on=facts.issued_on,
        due_on=facts.due_on,
        currency=facts.currency,
        status=status,
        lines=tuple(
            BillLine(
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
                net=line.net,
                tax=line_tax,
                account_code=coding.account.value,
                tax_code=coding.tax_rate.value,
            )
            for line, line_tax in zip(lines, taxes, strict=True)
        ),
        net=net,
        tax=tax,
        gross=facts.gross,
    )


def spread_tax(tax: Decimal, lines: tuple[Line, ...]) -> tuple[Decimal, ...]:
    """The document's tax over its lines, to the cent: as the lines state it or by their own rates, where that gives the
    document's tax but for rounding; else in proportion to the net amounts. What is left goes to the largest line.
    """
    with localcontext(WIDE):
        return _spread(tax, lines)


def _spread(tax: Decimal, lines: tuple[Line, ...]) -> tuple[Decimal, ...]:
    net = sum((line.net for line in lines), Decimal(0))
    shares = [to_cents(tax * line.net / net) if net else Decimal(0) for line in lines]
    for stated in (_by_rate(lines), _as_stated(lines)):
        if stated is not None and abs(sum(stated, Decimal(0)) - tax) <= CENT * len(lines):
            shares = stated
    largest = max(range(len(lines)), key=lambda place: abs(lines[place].net))
    shares[largest] += tax - sum(shares, Decimal(0))
    return tuple(share.quantize(CENT) if share == share.quantize(CENT) else share for share in shares)


def _as_stated(lines: tuple[Line, ...]) -> list[Decimal] | None:
    taxes = [to_cents(line.tax) for line in lines if line.tax is not None]
    return taxes if len(taxes) == len(lines) else None


def _by_rate(lines: tuple[Line, ...]) -> list[Decimal] | None:
    taxes = [to_cents(line.net * line.tax_percent / 100) for line in lines if line.tax_percent is not None]
    return taxes if len(taxes) == len(lines) else None


def _single_line(facts: Facts, net: Decimal) -> Line:
    return Line(
        description=facts.note or f"{facts.supplier.name} {facts.number or ''}".strip(), unit_price=net, net=net
    )
