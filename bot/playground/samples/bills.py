"""What the sample documents say: invented suppliers, and bills to Northwind Trading."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

BUYER = "Northwind Trading Ltd"
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    quantity: int
    price: Decimal

    @property
    def net(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One tax rate for all of it, as on most bills."""

    prefix: str
    supplier: str
    street: str
    town: str
    vat_number: str
    rows: tuple[Row, ...]
    currency: str = "GBP"
    tax_percent: int = 20
    is_credit: bool = False
    day: date = date(2026, 1, 1)

    def on(self, day: date) -> "Bill":
        return replace(self, day=day)

    @property
    def number(self) -> str:
        """Another one every day: the same document twice is known, and a new day brings new ones."""
        return f"{self.prefix}-{self.day:%y%m%d}"

    @property
    def due(self) -> date:
        return self.day + timedelta(days=30)

    @property
    def net(self) -> Decimal:
        return sum((row.net for row in self.rows), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return (self.net * self.tax_percent / 100).quantize(CENT)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


_PAPER = Bill(
    prefix="PI",
    supplier="Paper & Ink Ltd",
    street="4 Quill Lane",
    town="Bristol",
    vat_number="GB123456782",
    rows=(
        Row(name="Copier paper, A4, 5 reams", quantity=6, price=Decimal("18.50")),
        Row(name="Blue ink, 1 litre", quantity=2, price=Decimal("24.00")),
    ),
)

BILLS = {
    "paper": _PAPER,
    "credit": replace(_PAPER, prefix="PC", is_credit=True, rows=(replace(_PAPER.rows[1], quantity=1),)),
    "print": Bill(
        prefix="HP",
        supplier="Harbour Print Ltd",
        street="17 Dock Road",
        town="Hull",
        vat_number="GB234567891",
        rows=(Row(name="Brochures, 500 pieces", quantity=1, price=Decimal("420.00")),),
    ),
    "studio": Bill(
        prefix="SL",
        supplier="Studio Lumen Ltd",
        street="2 Lantern Court",
        town="Leeds",
        vat_number="GB345678909",
        rows=(
            Row(name="Product photographs", quantity=8, price=Decimal("65.00")),
            Row(name="Retouching, hours", quantity=3, price=Decimal("48.00")),
        ),
    ),
    "window": Bill(
        prefix="BW",
        supplier="Bright Window Cleaning Ltd",
        street="31 Sash Street",
        town="York",
        vat_number="GB456789017",
        rows=(Row(name="Office windows, inside and outside", quantity=1, price=Decimal("135.00")),),
    ),
    "cafe": Bill(
        prefix="CC",
        supplier="The Corner Cafe",
        street="8 High Street",
        town="Northwick",
        vat_number="GB567890125",
        rows=(
            Row(name="Coffee", quantity=4, price=Decimal("2.75")),
            Row(name="Sandwich", quantity=2, price=Decimal("5.25")),
            Row(name="Cake of the day", quantity=1, price=Decimal("3.50")),
        ),
    ),
}
