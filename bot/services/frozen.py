"""Steps that go out in one call, as they are kept until they do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.db.steps import StepId
from bot.domain.ids import ItemId
from bot.domain.items import Item
from bot.domain.postings import Work
from bot.domain.publishing import StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Steps of one call, in the order of its body."""

    kind: StepKind
    route: str
    body: bytes
    taken: tuple[tuple[StepId, Work], ...]
    items: Mapping[ItemId, Item] = field(default_factory=dict)
    """Of documents, as they were when they were approved."""
