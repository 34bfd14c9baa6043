"""Changing the organisation that a client's books are kept in: another one of the same package, or of another."""

from dataclasses import dataclass

from bot.domain.connecting import Package
from bot.domain.ids import OrganisationId
from bot.domain.merging import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """What the form that asks first is drawn from. `package` is the key of the one that it is in now."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    package: str
    packages: tuple[Package, ...]
    waiting: Waiting

    @property
    def name(self) -> str:
        """Without the package, which tells it from another one of its name."""
        return self.organisation.removesuffix(f" · {self.ledger}")
