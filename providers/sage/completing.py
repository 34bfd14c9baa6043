"""What has to be looked up in Sage before a draft is a record: whom a name means, which rate stands for no tax, which currency the
books are kept in, and whose document is paid, and how far it is paid already.

What cannot be completed is refused.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import Accepted, Outcome, Refused
from providers.base import Access
from providers.refusals import mapped_errors
from providers.sage.client import SageClient
from providers.sage.documents import DRAFT, is_gone, settlements_of, status_code
from providers.sage.parties import Parties
from providers.sage.reading_lists import ListReader
from providers.sage.resources import OTHER_PAYMENTS, RESOURCES

Json = dict[str, Any]
WITHOUT_TAX = "_NO_TAX"
"""How the id of the rate ends that stands for no tax ("Tax rates": GB_NO_TAX); every line names a rate."""
WITH_PAYMENTS = {"show_payments_allocations": "true"}
MOST = 10_000
"""Of so many businesses the currency is remembered, which never changes; then it begins anew."""


@dataclass(frozen=True, slots=True)
class Completer:
    client: SageClient
    parties: Parties
    lists: ListReader
    _homes: dict[str, str] = field(default_factory=dict)
    """By business."""

    async def complete(self, access: Access, draft: Json) -> Json | Outcome:
        """A draft as it is sent; or what becomes of it without that."""
        if "document" in draft:
            return await self._payment(access, draft)
        if draft["plural"] == OTHER_PAYMENTS.plural and draft["currency"] != await self._home(access):
            # neither it nor its bank account says a currency ("Other Payments"): it would be booked as so much in the books' own
            return Refused(problem=Problem(code=ProblemCode.CURRENCIES_MIXED))
        party = await self.parties.of(access, draft)
        if isinstance(party, Problem):
            return Refused(problem=party)
        record: Json = {**draft["record"], "contact_id": party}
        name = RESOURCES[draft["plural"]].lines
        rate = {"tax_rate_id": await self._without_tax(access)} if draft["is_untaxed"] else {}
        if rate.get("tax_rate_id") is None:
            return record
        return {**record, **rate} if name is None else {**record, name: [{**line, **rate} for line in record[name]]}

    async def _home(self, access: Access) -> str:
        found = self._homes.get(access.tenant_id)
        if found is None:
            found = (await self.lists.home(access)).code
            if len(self._homes) >= MOST:
                self._homes.clear()
            self._homes[access.tenant_id] = found
        return found

    async def _without_tax(self, access: Access) -> str | None:
        found = await self.client.whole(access, "tax_rates", {"attributes": "is_visible"})
        with mapped_errors():
            rates = [str(one["id"]) for one in found if str(one["id"]).endswith(WITHOUT_TAX)]
        return rates[0] if rates else None

    async def _payment(self, access: Access, draft: Json) -> Json | Outcome:
        """From the contact of the document that is paid. What is paid already is not paid twice, whatever Sage would make
        of it: a payment of ours that stands there is the one.
        """
        document = await self.client.one(access, draft["pays"], draft["document"], WITH_PAYMENTS)
        if document is None or is_gone(document) or status_code(document) == DRAFT:
            return Refused(problem=Problem(code=ProblemCode.PAYMENT_NOT_OPEN))
        record: Json = draft["record"]
        with mapped_errors():
            for payment_id, reference, amount in settlements_of(document):
                if reference == record["reference"] and amount == record["total_amount"]:
                    return Accepted(ledger_id=payment_id)
            if Decimal(document["outstanding_amount"]) < record["total_amount"]:
                return Refused(problem=Problem(code=ProblemCode.PAYMENT_SETTLED))
            return {**record, "contact_id": document["contact"]["id"]}
