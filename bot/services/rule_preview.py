"""What saving a rule for waiting items would do, worked out as it would be done and written nowhere."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.db.recodings import undecided_items
from bot.db.rules import rules_for
from bot.db.unit_of_work import Database, Tx
from bot.domain.items import Item
from bot.domain.rule_forms import FieldChange, ItemChange, RulePreview, what_rules_changed
from bot.domain.rules import NO_OPINIONS, Opinions, Rule
from bot.services.lists import rules_of
from bot.services.recoding import judged_by
from bot.services.rule_pages import names_of
from bot.services.settings import load_settings

PAGE, MOST_LOOKED_AT, MOST_SHOWN = 100, 5000, 10
"""Items of one transaction; of all that wait, the oldest; and those that are named with their changes."""


@dataclass(slots=True)
class Previewing:
    """`rule` is as it would be saved; `before` as it is, of one that there is."""

    db: Database
    rule: Rule
    before: Rule | None = None
    changes: list[ItemChange] = field(default_factory=list)
    matching: int = 0
    changing: int = 0

    async def preview(self) -> RulePreview:
        is_all = await self._page_by_page(self._look)
        shown = tuple(self.changes[:MOST_SHOWN])
        async with self.db.read() as tx:
            said = [opinions for each in shown for change in each.fields for opinions in _said(change)]
            names = await names_of(tx, self.rule.workspace_id, self.rule.organisation_id, said)
        return RulePreview(matching=self.matching, changing=self.changing, changes=shown, is_all=is_all, names=names)

    async def waiting(self) -> int:
        """How many that wait are of the rule, of those that are looked at."""

        async def count(_: Tx, items: Sequence[Item]) -> None:
            self.matching += len(items)

        await self._page_by_page(count)
        return self.matching

    async def _page_by_page(self, look: Callable[[Tx, Sequence[Item]], Awaitable[None]]) -> bool:
        """Whether that were all."""
        looked_at, after = 0, None
        while looked_at < MOST_LOOKED_AT:
            async with self.db.read() as tx:
                of = tx, self.rule.workspace_id, self.rule.organisation_id
                page = await undecided_items(*of, after, limit=PAGE)
                await look(tx, [item for item in page if self._is_of(item)])
            looked_at += len(page)
            if len(page) < PAGE:
                return True
            after = page[-1].created_at, page[-1].id
            await self.db.clock.sleep(0)
        return False

    def _is_of(self, item: Item) -> bool:
        """Whether it is of the rule as it would be, or as it is: it may be of another company's name by then."""
        known = (self.rule,) if self.before is None else (self.rule, self.before)
        return any(rule.target.fit_of(item) for rule in known)

    async def _look(self, tx: Tx, items: Sequence[Item]) -> None:
        if not items:
            return
        of = tx, self.rule.workspace_id, self.rule.organisation_id
        settings, books = await load_settings(*of), await rules_of(*of)
        others = [rule for rule in await rules_for(tx, items) if rule.id != self.rule.id]
        for item, fresh in zip(items, await judged_by(tx, items, settings, [*others, self.rule], books), strict=True):
            self.matching += bool(self.rule.target.fit_of(item))
            changed = what_rules_changed(item, fresh)
            if changed:
                self.changing += 1
                self.changes.append(ItemChange(item_id=item.id, reference=item.reference, fields=changed))


_NAMED = frozenset({"account", "tax_rate", "product", "customer", "payment_method", "tracking"})


def _said(change: FieldChange) -> list[Opinions]:
    """As rules, what has names in lists of the organisation's."""
    values: list[Any] = [change.was, change.would] if change.field in _NAMED else []
    return [replace(NO_OPINIONS, **{change.field: value}) for value in values]
