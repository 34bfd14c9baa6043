"""The exchange rates that are known for conversions here: the ledger's list, and what an admin typed where that tells none."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from bot.db.unit_of_work import Tx
from bot.domain.amounts import AmountSettings
from bot.domain.books import Currency
from bot.domain.exchange import is_plausible
from bot.domain.ids import OrganisationId, WorkspaceId
from bot.domain.items import Item
from bot.domain.rates import KnownRate, RateFrom, in_own, rate_for, typed
from bot.domain.settings import Settings
from bot.domain.small_amounts import NOTHING_SMALL, SmallAmounts
from bot.services.currencies import currencies_by_code, live_currencies


async def known_rates(
    tx: Tx,
    workspace_id: WorkspaceId,
    organisation_id: OrganisationId,
    settings: Settings,
    currencies: Collection[str],
) -> dict[str, KnownRate]:
    """By currency, of those of these that one is known of."""
    if not currencies:
        return {}
    of_ledger = await currencies_by_code(tx, workspace_id, organisation_id, currencies)
    found = {code: rate for code, rate in typed(settings.amounts.rates).items() if code in currencies}
    return found | {code: rate for code, currency in of_ledger.items() if (rate := _of_ledger(currency))}


@dataclass(frozen=True, slots=True, kw_only=True)
class InOwn:
    """A document's total in the books' own currency, at this rate; neither where no rate is known."""

    total: Decimal | None = None
    rate: KnownRate | None = None
    small: SmallAmounts = NOTHING_SMALL
    """What the organisation calls small, by the rates that are known of its currency."""


async def total_in_own(tx: Tx, item: Item, settings: Settings, own: str | None) -> InOwn:
    """Of a document in another currency than the books'; of one in their own the total as it stands."""
    facts, currency = item.facts, item.facts.currency
    if own is None or currency is None:
        return InOwn()
    wanted = {currency} - {own}
    known = await known_rates(tx, item.workspace_id, item.organisation_id, settings, wanted)
    small = SmallAmounts(limit=settings.amounts.materiality, own=own, rates=known)
    return InOwn(total=in_own(facts.gross, facts, own, known), rate=rate_for(facts, own, known), small=small)


async def small_amounts(
    tx: Tx, workspace_id: WorkspaceId, organisation_id: OrganisationId, amounts: AmountSettings, own: str | None
) -> SmallAmounts:
    """What the organisation calls small, with every rate that is known."""
    if amounts.materiality is None:
        return NOTHING_SMALL
    listed = await live_currencies(tx, workspace_id, organisation_id)
    rates = typed(amounts.rates) | {currency.code: rate for currency in listed if (rate := _of_ledger(currency))}
    return SmallAmounts(limit=amounts.materiality, own=own, rates=rates)


def _of_ledger(currency: Currency) -> KnownRate | None:
    if currency.rate is None or not is_plausible(currency.rate):
        return None
    return KnownRate(currency=currency.code, rate=currency.rate, source=RateFrom.LEDGER, on=currency.rated_on)
