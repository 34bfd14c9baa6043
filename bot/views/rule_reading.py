"""A rule's form read back, field by field: `bot.views.rule_form` draws it and says which they are."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import TypeVar

from bot.domain.coding import Track
from bot.domain.due import Due, DueKind
from bot.domain.splitting import Split
from bot.views.fields import Fields
from bot.views.ids import ActionId, BlockId
from bot.views.item_codes import tracking_block
from bot.views.metadata import NotOursError

NO_DAYS = "Write how many, as a whole number."
NO_KIND = "Choose what the days count from."
Choice = TypeVar("Choice", bound=StrEnum)


class Reading:
    """Fields by the beginning of their blocks' names, or what there was where the form has none.

    `wrong` are sentences by block id, of what was read so far.
    """

    def __init__(self, found: Fields) -> None:
        self.found = found
        self.wrong: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return self.found.has(self.found.named(name))

    def option(self, name: BlockId) -> str | None:
        return self.found.option(self.found.named(name))

    def searched(self, name: BlockId, action: ActionId, before: str | None) -> str | None:
        return self.found.option(self.found.named(name), action) if self.has(name) else before

    def text(self, name: BlockId, before: str | None) -> str | None:
        return self.found.text(self.found.named(name)) if self.has(name) else before

    def method(self, before: str | None) -> str | None:
        name = BlockId.RULE_METHOD
        return self.found.payment_method(self.found.named(name)) if self.has(name) else before

    def one_of(self, choices: type[Choice], name: BlockId, before: Choice | None) -> Choice | None:
        """Raises:
        NotOursError: an option that was never offered.
        """
        if not self.has(name):
            return before
        chosen = self.option(name)
        try:
            return None if chosen is None else choices(chosen)
        except ValueError:
            raise NotOursError(str(chosen)[:60]) from None

    def due(self, before: Due | None) -> Due | None:
        if not self.has(BlockId.RULE_DUE):
            return before
        kind = self.one_of(DueKind, BlockId.RULE_DUE, None)
        days = self.text(BlockId.RULE_DUE_DAYS, None)
        if kind is None and days is None:
            return None
        if kind is None:
            self.wrong[self.found.named(BlockId.RULE_DUE)] = NO_KIND
            return None
        if days is None or not (days.isascii() and days.isdigit()):
            self.wrong[self.found.named(BlockId.RULE_DUE_DAYS)] = NO_DAYS
            return None
        return Due(kind, int(days))

    def tracking(self, categories: Collection[str], before: tuple[Track, ...]) -> tuple[Track, ...]:
        offered = [category for category in categories if self.has(tracking_block(category))]
        chosen = [track for track in before if track.category not in offered]
        for category in offered:
            option = self.found.option(self.found.named(tracking_block(category)), ActionId.FIND_TRACKING)
            chosen += [] if option is None else [Track(category, option)]
        return tuple(sorted(chosen))

    def split(self, offered: Mapping[str, Split | None], before: Split | None) -> Split | None:
        if not self.has(BlockId.RULE_SPLIT):
            return before
        chosen = self.option(BlockId.RULE_SPLIT)
        if chosen is None or chosen not in offered:
            raise NotOursError("how it is split")
        return offered[chosen]
