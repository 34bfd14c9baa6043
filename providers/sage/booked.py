"""What stands booked on a bank account: money spent and received, and payments of documents, whoever entered them.

A bank account shows its entries in the business's own currency always (knowledge base, "Foreign currency transactions"); payments
tell their amount in that one beside their own. Whether a fee for the exchange is in it is unverified.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.bank_lines import RecordedPayment
from providers.base import Access
from providers.refusals import mapped_errors
from providers.sage.client import SageClient
from providers.sage.documents import Json, cents_of, is_gone
from providers.sage.resources import OTHER_PAYMENTS, PAYMENTS

OUT = frozenset({"OTHER_PAYMENT", "VENDOR_PAYMENT", "CUSTOMER_REFUND"})
IN = frozenset({"OTHER_RECEIPT", "CUSTOMER_RECEIPT", "VENDOR_REFUND"})
AT_HOME = "base_currency_total_amount"
ATTRIBUTES = "transaction_type,bank_account,date,total_amount,deleted_at"
OF_LIST = {OTHER_PAYMENTS.plural: ATTRIBUTES, PAYMENTS: f"{ATTRIBUTES},{AT_HOME}"}
"""What is asked for of each entry: money spent and received has one currency."""


@dataclass(frozen=True, slots=True)
class BookedReader:
    client: SageClient

    async def payments(self, access: Access, bank_account: str, first: date) -> tuple[RecordedPayment, ...]:
        """In the order in which they were made, so that what is added meanwhile moves nothing to another page."""
        query = {"bank_account_id": bank_account, "from_date": first.isoformat(), "sort": "created_at"}
        found: dict[str, RecordedPayment] = {}
        for plural, attributes in OF_LIST.items():
            rows = await self.client.whole(access, plural, {**query, "attributes": attributes}, can_wait=True)
            with mapped_errors():
                found |= {one.ledger_id: one for one in _booked(rows, bank_account, first)}
        return tuple(found.values())


def _booked(rows: Sequence[Json], bank_account: str, first: date) -> Iterator[RecordedPayment]:
    """What moves no money is passed over, and so are types that we do not know."""
    for row in rows:
        day, kind, amount = date.fromisoformat(row["date"][:10]), row["transaction_type"]["id"], _amount(row)
        is_asked_for = (row["bank_account"] or {}).get("id") == bank_account and day >= first
        if is_asked_for and not is_gone(row) and amount and kind in OUT | IN:
            yield RecordedPayment(ledger_id=row["id"], dated_on=day, amount=-amount if kind in OUT else amount)


def _amount(row: Json) -> Decimal:
    at_home = row.get(AT_HOME)
    return cents_of(row["total_amount"] if at_home is None else at_home)
