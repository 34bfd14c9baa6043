"""Defaults of an organisation, and what is told of one that its ledger does not take any more."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.books import ListKind
from bot.domain.documents import ItemKind


class DefaultOutcome(StrEnum):
    """What became of it."""

    BACK = "back"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingDefault:
    """An entry of a list that is a default in the settings, and is archived or gone; with an outcome: was."""

    of: ItemKind = ItemKind.COST
    kind: ListKind
    key: str
    label: str
    outcome: DefaultOutcome | None = None
