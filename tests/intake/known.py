"""A document whose every fact is known."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain.documents import Facts, Line, Party, TaxSubtotal
from tests.intake.writers import Known

LINES = (
    Line(
        description="Paper <A4> & pens",
        quantity=Decimal(3),
        unit_price=Decimal("36.6666"),
        net=Decimal("110.00"),
        tax_percent=Decimal(20),
    ),
    Line(description="Books", unit_price=Decimal("40.00"), net=Decimal("40.00"), tax_percent=Decimal(5)),
)
OF_DOCUMENT = (
    Line(description="Loyalty", unit_price=Decimal("-15.00"), net=Decimal("-15.00"), tax_percent=Decimal(20)),
    Line(description="Freight", unit_price=Decimal("5.00"), net=Decimal("5.00"), tax_percent=Decimal(20)),
)
FACTS = Facts(
    supplier=Party(
        name="Süd & Söhne GmbH", tax_number="DE123456789", country="DE", bank_account="DE79000000001234567890"
    ),
    buyer=Party(name="Bright Books Ltd", tax_number="GB987654321", country="GB"),
    number="A-1/2026",
    issued_on=date(2026, 3, 1),
    due_on=date(2026, 3, 31),
    currency="EUR",
    net=Decimal("140.00"),
    tax=Decimal("22.00"),
    gross=Decimal("162.00"),
    payable=Decimal("100.00"),
    prepaid=Decimal("62.00"),
    lines=(*LINES, *OF_DOCUMENT),
    tax_breakdown=(
        TaxSubtotal(percent=Decimal(20), category="S", taxable=Decimal("100.00"), tax=Decimal("20.00")),
        TaxSubtotal(percent=Decimal(5), category="AA", taxable=Decimal("40.00"), tax=Decimal("2.00")),
    ),
    note="Thank you",
)


def known(own: int = len(LINES), type_code: str = "380", **changed: object) -> Known:
    """The document above, but for what is `changed` of its facts."""
    return Known(facts=replace(FACTS, **changed), own=own, type_code=type_code)  # type: ignore[arg-type]


def negative() -> Known:
    """The same, taken back by an invoice of negative amounts."""
    turned_lines = tuple(replace(line, quantity=-line.quantity, net=-line.net) for line in FACTS.lines)
    return known(
        type_code="384",
        net=Decimal("-140.00"),
        tax=Decimal("-22.00"),
        gross=Decimal("-162.00"),
        payable=Decimal("-100.00"),
        prepaid=Decimal("-62.00"),
        lines=turned_lines,
        tax_breakdown=tuple(replace(row, taxable=-row.taxable, tax=-row.tax) for row in FACTS.tax_breakdown),
    )
