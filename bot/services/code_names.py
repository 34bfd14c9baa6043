"""What an item and its lines are booked to, by name. Read only where there is something to be named."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.db.unit_of_work import Tx
from bot.domain.books import Account, TaxRate
from bot.domain.coding import Codes, Track
from bot.domain.items import Item
from bot.services import lists

UNNAMED = ("Tracking", "an option that is archived")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNames:
    """`tracks` are the names of category and option."""

    accounts: Mapping[str, Account] = field(default_factory=dict)
    tax_rates: Mapping[str, TaxRate] = field(default_factory=dict)
    tracks: Mapping[Track, tuple[str, str]] = field(default_factory=dict)

    def tracking(self, codes: Codes) -> tuple[tuple[str, str], ...]:
        return tuple(self.tracks.get(track, UNNAMED) for track in codes.tracking)

    def words(self, codes: Codes) -> str:
        """Category, tax rate and options, as far as there are any."""
        account, rate = self.accounts.get(codes.account or ""), self.tax_rates.get(codes.tax_rate or "")
        named = (
            codes.account if account is None else account.label,
            codes.tax_rate if rate is None else rate.label,
            *(option for _, option in self.tracking(codes)),
        )
        return ", ".join(name for name in named if name)


async def names_of_lines(tx: Tx, item: Item) -> CodeNames:
    """Names for the own codes of its lines, and for all that is tracked."""
    own = [item.coding.own_codes(place) for place in range(len(item.facts.lines))]
    of = (tx, item.workspace_id, item.organisation_id)
    is_tracked = any(codes.tracking for codes in (item.coding.codes, *own))
    return CodeNames(
        accounts=await lists.accounts_by_code(*of, {codes.account for codes in own if codes.account}),
        tax_rates=await lists.tax_rates_by_code(*of, {codes.tax_rate for codes in own if codes.tax_rate}),
        tracks={} if not is_tracked else await _tracks(tx, item),
    )


async def _tracks(tx: Tx, item: Item) -> dict[Track, tuple[str, str]]:
    return {
        Track(category.provider_id, option.provider_id): (category.name, option.name)
        for category in await lists.live_tracking(tx, item.workspace_id, item.organisation_id)
        for option in category.options
    }
