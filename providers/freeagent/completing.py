"""What has to be looked up in FreeAgent before a draft is a record: whom a name means, and which currency the books or a bank
account are kept in. What cannot be completed is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.domain.money import to_cents
from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.freeagent.client import FreeAgentClient
from providers.freeagent.currencies import Currencies
from providers.freeagent.parties import Parties
from providers.freeagent.resources import PAYMENTS, RESOURCES
from providers.freeagent.taxes import text_of
from providers.refusals import mapped_errors

Json = dict[str, Any]
LINKS = ("user", "contact", "category", "project", "bank_account", "bank_transaction", "paid_bill", "paid_invoice")
"""Fields that hold the address of another record."""


@dataclass(frozen=True, slots=True)
class Completer:
    client: FreeAgentClient
    currencies: Currencies
    parties: Parties

    async def complete(self, access: Access, draft: Json) -> Json | Problem:
        """A draft as it is sent, or why it is not."""
        if "record" not in draft:
            return Problem(code=ProblemCode(draft["code"]), facts=dict(draft["facts"]))
        if draft["route"] == PAYMENTS:
            record = await self._payment(access, draft)
        else:
            record = await self._document(access, draft)
        return record if isinstance(record, Problem) else linked(record, self.client.root)

    async def _document(self, access: Access, draft: Json) -> Json | Problem:
        if draft["bank_account"] is not None:
            currency = await self.currencies.of_account(access, draft["bank_account"])
            if currency is None:
                return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
            if currency != draft["currency"]:
                return Problem(code=ProblemCode.CURRENCIES_MIXED)
        if draft["taxed"]:
            home = await self.currencies.home(access)
            if home != draft["currency"]:
                what = f"tax in {draft['currency']}: FreeAgent books tax on costs in {home}; make it part of the cost"
                return Problem(code=ProblemCode.FIELD_NOT_VALID, facts={"what": what})
        if draft["party"] is None:
            return dict(draft["record"])
        contact = await self.parties.of(access, draft["party"])
        return contact if isinstance(contact, Problem) else {**draft["record"], "contact": f"contacts/{contact}"}

    async def _payment(self, access: Access, draft: Json) -> Json | Problem:
        """In the currency of the account that pays; at the rate at which FreeAgent keeps the document, where that is another."""
        currency = await self.currencies.of_account(access, draft["bank_account"])
        if currency is None:
            return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
        amount = Decimal(draft["amount"])
        if currency == draft["currency"]:
            return {**draft["record"], "gross_value": text_of(amount)}
        if currency != await self.currencies.home(access):
            return Problem(code=ProblemCode.BANK_ACCOUNT_NOT_TAKEN)
        resource = RESOURCES[draft["of"]]
        document = await self.client.one(access, resource.path, draft["document"], resource.root)
        if document is None:
            return Problem(code=ProblemCode.PAYMENT_NOT_OPEN)
        with mapped_errors():
            paid = to_cents(amount * Decimal(document["exchange_rate"]))
        return {**draft["record"], "gross_value": text_of(paid), "foreign_currency_value": text_of(abs(amount))}


def linked(record: Mapping[str, Any], root: str) -> Json:
    """With addresses in full."""
    return {name: _value(name, value, root) for name, value in record.items()}


def _value(name: str, value: Any, root: str) -> Any:
    if isinstance(value, list):
        return [linked(one, root) for one in value]
    return f"{root}/{value}" if name in LINKS else value
