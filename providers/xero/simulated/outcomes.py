"""What becomes of one element of a call, and whose call it is."""

from dataclasses import dataclass, field

from providers.simulating.numbers import Json

NO_ID = "00000000-0000-0000-0000-000000000000"
"""What stands where a refused new document has no id."""


@dataclass(slots=True)
class Outcome:
    """Its document, or the sentences that refuse it."""

    sent: Json
    document: Json | None = None
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, *sentences: str) -> None:
        self.errors += sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose token it is, and what they are in this organisation."""

    name: str
    role: str
    client_id: str
