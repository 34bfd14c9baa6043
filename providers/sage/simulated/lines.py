"""The lines of an invoice or a credit note: what each must have, and what it comes to.

The tax of a line is what is sent: Sage asks for it, and takes it, unless the rate is a "zero", an "exempt" or a "no tax" one
(swagger 3.1, `tax_amount`). What is sent of net and total amounts is passed over and worked out (unverified), half up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import uuid4

from providers.sage.simulated.books import to
from providers.sage.simulated.references import References, is_without_tax
from providers.sage.simulated.refusals import REQUIRED, Problem, refused
from providers.sage.simulated.shapes import LONGEST_NOTE, Fields
from providers.simulating.numbers import Json, rounded

NOTHING = Decimal("0.00")
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is alike for all documents of buying, and for all of selling."""

    contact: str
    visible: str
    """Where its ledger accounts are offered."""
    area: str
    """The active area of its analysis."""
    item_account: str
    has_discounts: bool
    needs_quantity: bool


BUYING = Side(
    contact="VENDOR",
    visible="expenses",
    area="EXPENSES",
    item_account="purchase_ledger_account",
    has_discounts=False,
    needs_quantity=True,
)
SELLING = Side(
    contact="CUSTOMER",
    visible="sales",
    area="SALES",
    item_account="sales_ledger_account",
    has_discounts=True,
    needs_quantity=False,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """As it was sent, in good form."""

    description: str
    account: str
    quantity: Decimal
    price: Decimal
    rate: str | None
    tax: Decimal | None
    is_gross: bool
    discount: Decimal | None
    discount_percentage: Decimal | None
    product: str | None
    service: str | None
    categories: list[str] = field(default_factory=list)
    trade_of_asset: bool = False


def read(fields: Fields, key: str, side: Side) -> list[Line]:
    """All lines; what is wrong with their form is collected."""
    return list(_read(fields, key, side))


def _read(fields: Fields, key: str, side: Side) -> Iterator[Line]:
    for one in fields.objects(key):
        one.needs("description", "ledger_account_id", "unit_price", *(("quantity",) if side.needs_quantity else ()))
        quantity = one.amount("quantity")
        yield Line(
            description=one.text("description", LONGEST_NOTE) or "",
            account=one.text("ledger_account_id") or "",
            quantity=ONE if quantity is None else quantity,
            price=one.amount("unit_price") or NOTHING,
            rate=one.text("tax_rate_id"),
            tax=one.amount("tax_amount"),
            is_gross=bool(one.flag("unit_price_includes_tax")),
            discount=one.amount("discount_amount") if side.has_discounts else None,
            discount_percentage=one.amount("discount_percentage") if side.has_discounts else None,
            product=one.text("product_id"),
            service=one.text("service_id"),
            categories=one.ids("analysis_type_categories"),
            trade_of_asset=bool(one.flag("trade_of_asset")),
        )


def worked_out(references: References, lines: list[Line], side: Side, rate: Decimal) -> list[Json]:
    """As they are kept; `rate` is the document's exchange rate.

    Raises:
        RefusalError: a line has no rate or no tax, or points at what may not be used.
    """
    missing = [_missing(name) for line in lines for name in _lacks(references, line)]
    if missing:
        raise refused(list(dict.fromkeys(missing)))
    return [_worked_out(references, line, side, rate) for line in lines]


def _missing(name: str) -> Problem:
    """The source is as in an answer that was seen (`line_items.tax_rate_id`)."""
    return Problem("RecordInvalid", REQUIRED, f"line_items.{name}")


def _lacks(references: References, line: Line) -> Iterator[str]:
    if line.rate is None:
        yield "tax_rate_id"
    elif line.tax is None and not is_without_tax(references.tax_rate(line.rate)):
        yield "tax_amount"


def _worked_out(references: References, line: Line, side: Side, rate: Decimal) -> Json:
    account = references.account(line.account, side.visible)
    tax_rate = references.tax_rate(str(line.rate))
    tax = NOTHING if is_without_tax(tax_rate) else rounded(line.tax or NOTHING)
    full = rounded(line.quantity * line.price)
    discount = _discount(line, full)
    net = full - discount - (tax if line.is_gross else NOTHING)
    record: Json = {
        "id": uuid4().hex,
        "displayed_as": line.description,
        "description": line.description,
        "product": None if line.product is None else to("products", references.item("products", line.product)),
        "service": None if line.service is None else to("services", references.item("services", line.service)),
        "ledger_account": to("ledger_accounts", account),
        "trade_of_asset": line.trade_of_asset,
        "quantity": line.quantity,
        "unit_price": line.price,
        "net_amount": net,
        "tax_rate": to("tax_rates", tax_rate),
        "tax_amount": tax,
        "total_amount": net + tax,
        "unit_price_includes_tax": line.is_gross,
        "base_currency_unit_price": rounded(line.price / rate),
        "base_currency_net_amount": rounded(net / rate),
        "base_currency_tax_amount": rounded(tax / rate),
        "base_currency_total_amount": rounded(net / rate) + rounded(tax / rate),
        "analysis_type_categories": [
            {**to("analysis_type_categories", one), "analysis_type": one["analysis_type"]}
            for one in references.categories(line.categories, side.area)
        ],
    }
    if side.has_discounts:
        record |= {
            "discount_amount": discount,
            "base_currency_discount_amount": rounded(discount / rate),
            "discount_percentage": line.discount_percentage or NOTHING,
        }
    return record


def _discount(line: Line, full: Decimal) -> Decimal:
    if line.discount is not None:
        return rounded(line.discount)
    return rounded(full * (line.discount_percentage or NOTHING) / 100)


def tax_analysis(lines: list[Json]) -> list[Json]:
    """By rate, in the order of the lines."""
    found: dict[str, Json] = {}
    for line in lines:
        one = found.setdefault(
            line["tax_rate"]["id"],
            {"tax_rate": line["tax_rate"], "net_amount": NOTHING, "tax_amount": NOTHING, "total_amount": NOTHING},
        )
        for name in ("net_amount", "tax_amount", "total_amount"):
            one[name] += line[name]
    return list(found.values())
