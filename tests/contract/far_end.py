"""A provider as the product holds it, and its other side; and the bill that contracts are tried with."""

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bot.domain.ids import ItemId
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.base import AccountingProvider
from tests.fakes.clock import FakeClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What documents of a fresh ledger are coded to: accounts, tax rates with their percentages, the standard one first, and
    contacts by currency, where not everybody is of every one.
    """

    cost: str = "429"
    sale: str = "200"
    cost_rates: Mapping[str, Decimal] = field(
        default_factory=lambda: {"INPUT2": Decimal(20), "RRINPUT": Decimal(5), "ZERORATEDINPUT": Decimal(0)}
    )
    sale_rates: Mapping[str, Decimal] = field(
        default_factory=lambda: {"OUTPUT2": Decimal(20), "RROUTPUT": Decimal(5), "ZERORATEDOUTPUT": Decimal(0)}
    )
    suppliers: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    buyers: tuple[str, ...] = ()
    """The ledger's ids of those whom lines of costs can be for."""
    sold: str | None = None
    """The product that sales have on each line, where they have to; what it is booked to is `sale`."""

    def rates(self, kind: PostingKind) -> Mapping[str, Decimal]:
        return self.sale_rates if kind.is_sale else self.cost_rates

    def account(self, kind: PostingKind) -> str:
        return self.sale if kind.is_sale else self.cost

    def contact(self, kind: PostingKind, currency: str) -> str:
        return (self.customers if kind.is_sale else self.suppliers).get(currency, "Central Copiers")

    def product(self, kind: PostingKind) -> str | None:
        return self.sold if kind.is_sale and not kind.is_of_bank else None


USUAL = Codes()


class FarEnd(ABC):
    """A provider, and the time that both sides go by. Each contract adds the levers it pulls."""

    provider: AccountingProvider
    clock: FakeClock


def a_posting(kind: PostingKind, number: str, codes: Codes = USUAL, **changes: Any) -> Posting:
    """As `a_bill`, of another kind; sales are coded to revenue."""
    bill = a_bill(number, codes, kind=kind)
    line = replace(
        bill.lines[0],
        account_code=codes.account(kind),
        tax_code=next(iter(codes.rates(kind))),
        item_code=codes.product(kind),
    )
    return replace(bill, **{"contact_name": codes.contact(kind, bill.currency), "lines": (line,), **changes})


def a_bill(number: str, codes: Codes = USUAL, **changes: Any) -> Posting:
    """A bill of 100.00 and 20.00 tax that a fresh ledger takes."""
    line = PostingLine(
        description="Paper, A4",
        quantity=Decimal(4),
        unit_price=Decimal("25.00"),
        net=Decimal("100.00"),
        tax=Decimal("20.00"),
        account_code=codes.cost,
        tax_code=next(iter(codes.cost_rates)),
    )
    bill = Posting(
        item_id=ItemId(uuid4()),
        marker=f"https://dext.example/i/{number}",
        contact_id=None,
        contact_name=codes.contact(PostingKind.BILL, "GBP"),
        number=number,
        issued_on=date(2026, 2, 20),
        due_on=date(2026, 3, 20),
        currency="GBP",
        status=PaymentStatus.AWAITING_PAYMENT,
        lines=(line,),
        net=Decimal("100.00"),
        tax=Decimal("20.00"),
        gross=Decimal("120.00"),
    )
    return replace(bill, **changes)
