"""The exchange rates of QuickBooks' own list, which a document in another currency is sent with.

QuickBooks fills one in for whoever types a document there, and none for an app: what is sent without `ExchangeRate` is booked
one for one; and a company that has its own currency only may not look at `CurrencyRef` at all. So it is asked for its rate of the
document's day ("ExchangeRate"), and what it has none for is not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.clock import Clock
from bot.domain.problems import Problem, ProblemCode
from providers.base import Access
from providers.quickbooks.client import QuickBooksClient, among
from providers.quickbooks.mapping import home_of
from providers.refusals import mapped_errors

Json = dict[str, Any]
KEPT_FOR = 60.0
"""Seconds."""


@dataclass(slots=True)
class _Known:
    """Of one company: its own currency, whether it has others, and rates by currency and day; None where there is none."""

    until: float
    home: str
    has_others: bool
    rates: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rates:
    client: QuickBooksClient
    clock: Clock
    _known: dict[str, _Known] = field(default_factory=dict)
    """By company."""

    async def added(self, access: Access, drafts: Sequence[Json]) -> list[Json | Problem]:
        """Each draft with the rate that it is booked at, where it needs one and states none; or why it is not sent."""
        return [await self._rated(access, draft) for draft in drafts]

    def forget(self, access: Access) -> None:
        self._known.pop(access.tenant_id, None)

    async def _rated(self, access: Access, draft: Json) -> Json | Problem:
        record = draft["record"]
        currency = record["CurrencyRef"]["value"]
        if "ExchangeRate" in record:
            return draft
        company = await self._company(access)
        if currency == company.home:
            return draft
        if not company.has_others:
            return Problem(code=ProblemCode.CURRENCIES_OFF)
        of = currency, record["TxnDate"]
        if of not in company.rates:
            company.rates[of] = await self.client.exchange_rate(access, *of)
        rate = company.rates[of]
        if rate is None:
            return await self._without(access, currency)
        return {**draft, "record": {**record, "ExchangeRate": rate}}

    async def _without(self, access: Access, currency: str) -> Problem:
        if not await self.client.page(access, "CompanyCurrency", among("Code", [currency]), order="Code"):
            return Problem(code=ProblemCode.CURRENCY_NOT_ENABLED)
        return Problem(code=ProblemCode.FIELD_MISSING, facts={"what": f"an exchange rate for {currency}"})

    async def _company(self, access: Access) -> _Known:
        now = self.clock.monotonic()
        for tenant in [tenant for tenant, known in self._known.items() if known.until <= now]:
            del self._known[tenant]
        if access.tenant_id not in self._known:
            preferences = await self.client.preferences(access)
            with mapped_errors():
                has_others = bool(preferences["CurrencyPrefs"].get("MultiCurrencyEnabled"))
                self._known[access.tenant_id] = _Known(now + KEPT_FOR, home_of(preferences), has_others)
        return self._known[access.tenant_id]
