"""What an organisation decides about amounts: exchange rates that its ledger does not tell, and which amounts are small."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.ids import OrganisationId
from bot.domain.rates import KnownRate, TypedRate


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountSettings:
    """As an admin decided; what nobody decided is as it always was."""

    rates: tuple[TypedRate, ...] = ()
    """By currency."""
    materiality: Decimal | None = None
    """Up to how much in the books' own currency an amount is small; None: nothing is."""


USUAL_AMOUNTS = AmountSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountsForm:
    """As a person sent it; `version` is the settings' version that the form was drawn from."""

    version: int
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    materiality: Decimal | None = None

    def is_held_by(self, amounts: AmountSettings) -> bool:
        rates = {each.currency: each.rate for each in amounts.rates}
        return (rates, amounts.materiality) == (self.rates, self.materiality)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountsPage:
    """What the form is drawn from. `own` is the currency that the books are kept in."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    own: str
    amounts: AmountSettings
    version: int
    of_ledger: tuple[KnownRate, ...] = ()
    """The rates that the ledger's list tells."""
    before: AmountSettings | None = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""
