"""What Xero has booked on a bank account, whoever entered it ("Bank Transactions", "Payments").

Both are asked for by status and day alone: those are the filters that Xero takes of lists of any length, so whose account they are on
is looked at here. What was paid as one batch is one line of the bank, so it is one payment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.bank_lines import RecordedPayment
from providers.base import Access
from providers.errors import ProviderChangedError, ReconnectNeededError
from providers.refusals import mapped_errors
from providers.xero.client import PAGE_SIZE, XeroClient
from providers.xero.errors import raise_for_right
from providers.xero.lists import goes_on
from providers.xero.mapping import day_of
from providers.xero.resources import BANK_TRANSACTIONS, PAYMENTS, Resource

Json = dict[str, Any]
MOST_PAGES = 100
IS_OUT: Mapping[str, bool] = {
    "ACCPAYPAYMENT": True,
    "ARCREDITPAYMENT": True,
    "AROVERPAYMENTPAYMENT": True,
    "ARPREPAYMENTPAYMENT": True,
    "ACCRECPAYMENT": False,
    "APCREDITPAYMENT": False,
    "APOVERPAYMENTPAYMENT": False,
    "APPREPAYMENTPAYMENT": False,
    "SPEND": True,
    "RECEIVE": False,
}
"""By a payment's `PaymentType`, where those of credit give money back, and by the first word of a bank transaction's `Type`: the others
say of what it is, such as of an overpayment or a transfer.
"""


@dataclass(frozen=True, slots=True)
class RecordedReader:
    client: XeroClient

    async def payments(self, access: Access, bank_account: str, *, first: date) -> tuple[RecordedPayment, ...]:
        spent = await self._whole(access, BANK_TRANSACTIONS, first)
        paid = await self._whole(access, PAYMENTS, first)
        with mapped_errors():
            return recorded_in(spent, paid, bank_account)

    async def _whole(self, access: Access, resource: Resource, first: date) -> Sequence[Json]:
        """Each once, whatever moved to the next page meanwhile."""
        query = {
            "where": f'Status=="AUTHORISED" AND Date>=DateTime({first.year},{first.month},{first.day})',
            "order": f"{resource.id} ASC",
            "pageSize": str(PAGE_SIZE),
        }
        found: dict[str, Json] = {}
        for page in range(1, MOST_PAGES + 1):
            try:
                answer = await self.client.get(access, resource.path, {**query, "page": str(page)}, can_wait=True)
            except ReconnectNeededError as error:
                raise_for_right(error, resource.path)
            with mapped_errors():
                elements = list(answer[resource.path])
                found |= {element[resource.id]: element for element in elements}
            if not goes_on(page, len(elements), answer.get("pagination")):
                return list(found.values())
        raise ProviderChangedError(f"more than {MOST_PAGES} pages of {resource.path}")


def recorded_in(spent: Iterable[Json], paid: Iterable[Json], bank_account: str) -> tuple[RecordedPayment, ...]:
    """Of the bank transactions and payments of an organisation, those of one bank account, in its own currency."""
    ours = [_of_transaction(each) for each in spent if _account(each.get("BankAccount")) == bank_account]
    ours += [_of_payment(each) for each in paid if _account(each.get("Account")) == bank_account]
    found: dict[str, RecordedPayment] = {}
    for each in ours:
        before = found.get(each.ledger_id)
        found[each.ledger_id] = each if before is None else replace(each, amount=before.amount + each.amount)
    return tuple(found.values())


def _of_transaction(element: Json) -> RecordedPayment:
    return _moved(element, BANK_TRANSACTIONS, element["Type"].partition("-")[0], Decimal(element["Total"]))


def _of_payment(element: Json) -> RecordedPayment:
    amount = element["Amount"] if element.get("BankAmount") is None else element["BankAmount"]
    return _moved(element, PAYMENTS, element["PaymentType"], Decimal(amount))


def _moved(element: Json, resource: Resource, kind: str, amount: Decimal) -> RecordedPayment:
    day, batch = day_of(element["Date"]), element.get("BatchPayment") or {}
    if day is None:
        raise ValueError("a payment without a day")
    return RecordedPayment(
        ledger_id=element.get("BatchPaymentID") or batch.get("BatchPaymentID") or element[resource.id],
        dated_on=day,
        amount=-amount if IS_OUT[kind] else amount,
    )


def _account(found: Any) -> str | None:
    return (found or {}).get("AccountID")
