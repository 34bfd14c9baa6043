"""What an organisation decides about publishing without anybody's approval, for all that comes in."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.documents import DocumentType
from bot.domain.ids import OrganisationId

TYPES = tuple(each for each in DocumentType if each.is_booked)
"""Those that can be exceptions: no other is published at all."""

IN_FILES = "Nothing is published by itself here: with {ledger}, somebody downloads what is approved."
"""Why nothing is published there by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoSettings:
    """`since`: what came in from then on is published by itself, unless a rule or a person says otherwise; None: only what a
    rule says is. `exceptions` never are, whatever asks for it.
    """

    since: datetime | None = None
    exceptions: frozenset[DocumentType] = field(default_factory=frozenset)

    @property
    def is_for_all(self) -> bool:
        return self.since is not None


NOTHING_BY_ITSELF = AutoSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoForm:
    """As a person sent it; `version` is the settings' version that the form was drawn from."""

    version: int
    is_for_all: bool
    exceptions: frozenset[DocumentType]

    def is_held_by(self, auto: AutoSettings) -> bool:
        return (self.is_for_all, self.exceptions) == (auto.is_for_all, auto.exceptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoPage:
    """What the form is drawn from."""

    organisation_id: OrganisationId
    organisation: str
    ledger: str
    auto: AutoSettings
    version: int
    is_set_up: bool = True
    is_downloaded: bool = False
    """Whether its software is not called: then nothing is published by itself."""
    before: AutoSettings | None = None
    """As it was until somebody saved just now; None where nobody did, or it was saved already."""
