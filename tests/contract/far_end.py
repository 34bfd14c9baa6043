"""A provider as the product holds it, and its other side; and the bill that contracts are tried with."""

from abc import ABC
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bot.domain.ids import ItemId
from bot.domain.postings import Posting, PostingKind, PostingLine
from bot.domain.settings import PaymentStatus
from providers.base import AccountingProvider
from tests.fakes.clock import FakeClock


class FarEnd(ABC):
    """A provider, and the time that both sides go by. Each contract adds the levers it pulls."""

    provider: AccountingProvider
    clock: FakeClock


def a_posting(kind: PostingKind, number: str, **changes: Any) -> Posting:
    """As `a_bill`, of another kind; sales are coded to revenue."""
    bill = a_bill(number, kind=kind)
    if kind.is_sale:
        bill = replace(bill, lines=(replace(bill.lines[0], account_code="200", tax_code="OUTPUT2"),))
    return replace(bill, **changes)


def a_bill(number: str, **changes: Any) -> Posting:
    """A bill of 100.00 and 20.00 tax that a fresh ledger takes."""
    line = PostingLine(
        description="Paper, A4",
        quantity=Decimal(4),
        unit_price=Decimal("25.00"),
        net=Decimal("100.00"),
        tax=Decimal("20.00"),
        account_code="429",
        tax_code="INPUT2",
    )
    bill = Posting(
        item_id=ItemId(uuid4()),
        marker=f"https://dext.example/i/{number}",
        contact_id=None,
        contact_name="Central Copiers",
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
