"""What stands booked on one bank account or card in QuickBooks, whoever entered it: money spent and received, and payments of
documents. Transfers and journals are neither.

Sources: "Purchase", "BillPayment", "Deposit", "Payment", "SalesReceipt", "RefundReceipt", "Data queries". By its day all of it
can be asked for; by its account not everything (a deposit cannot, nor what bills are paid from), so that accounts are compared
here. What was voided stays, with an amount of nothing. That a deposit's total is without what was taken of it in cash is
unverified.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.domain.bank_lines import RecordedPayment
from bot.domain.money import WIDE, to_cents
from providers.base import Access
from providers.errors import ProviderChangedError
from providers.quickbooks.client import MOST_PAGES, PAGE_SIZE, QuickBooksClient, among, quoted
from providers.quickbooks.documents import Json, account_of
from providers.quickbooks.lists import ANY_ACTIVE
from providers.quickbooks.resources import BILL_PAYMENT, DEPOSIT, PAYMENT, PURCHASE, REFUND_RECEIPT, SALES_RECEIPT
from providers.refusals import mapped_errors

SIGNS = {
    PURCHASE.name: -1,
    BILL_PAYMENT.name: -1,
    REFUND_RECEIPT.name: -1,
    DEPOSIT.name: 1,
    PAYMENT.name: 1,
    SALES_RECEIPT.name: 1,
}
"""What is booked on bank accounts, and whether its total leaves them."""


@dataclass(frozen=True, slots=True)
class PaymentReader:
    """Reads with one client, so many records at once and no more than so many pages of an entity."""

    client: QuickBooksClient
    page_size: int = PAGE_SIZE
    most_pages: int = MOST_PAGES

    async def recorded(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        """All of an account, dated from a day on. Ids are unique within an entity only."""
        currency = await self._currency(access, bank_account)
        found: dict[str, RecordedPayment] = {}
        for entity in SIGNS:
            async for page in self._pages(access, entity, first):
                with mapped_errors():
                    found |= {one.ledger_id: one for one in _recorded_of(page, entity, bank_account, currency)}
        return tuple(found.values())

    async def _currency(self, access: Access, bank_account: str) -> str | None:
        """Of an account; none is told where the company has only one."""
        accounts = await self.client.whole(access, "Account", ANY_ACTIVE, among("Id", [bank_account]), can_wait=True)
        with mapped_errors():
            return next((_currency_of(account) for account in accounts), None)

    async def _pages(self, access: Access, entity: str, first: date) -> AsyncIterator[list[Json]]:
        """Raises:
        ProviderChangedError: there are more than are read; what is left out would be taken for unpaid.
        """
        since = f"TxnDate >= {quoted(first.isoformat())}"
        for number in range(self.most_pages):
            page = await self.client.page(
                access,
                entity,
                since,
                order="MetaData.CreateTime",
                start=number * self.page_size + 1,
                most=self.page_size,
                can_wait=True,
            )
            yield page
            if len(page) < self.page_size:
                return
        raise ProviderChangedError(f"more than {self.most_pages} pages of {entity}")


def _recorded_of(
    records: Sequence[Json], entity: str, bank_account: str, currency: str | None
) -> Iterator[RecordedPayment]:
    for record in records:
        if account_of(record) != bank_account:
            continue
        amount = _amount_of(record, currency)
        if amount:
            sign = -SIGNS[entity] if record.get("Credit") else SIGNS[entity]
            yield RecordedPayment(
                ledger_id=f"{entity}:{record['Id']}",
                dated_on=date.fromisoformat(record["TxnDate"][:10]),
                amount=sign * amount,
            )


def _amount_of(record: Json, currency: str | None) -> Decimal:
    """In the account's currency. One of the company's own pays what is in another as well, at the rate that stands beside it; an
    account in another currency takes only that.
    """
    total = Decimal(record["TotalAmt"])
    if currency is None or _currency_of(record) in (None, currency):
        return total
    return to_cents(WIDE.multiply(total, Decimal(record["ExchangeRate"])))


def _currency_of(record: Json) -> str | None:
    return (record.get("CurrencyRef") or {}).get("value")
