"""Whose rule it is that set a value of an item."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db.rules import rules_by_id
from bot.db.unit_of_work import Tx
from bot.domain.coded import FIELDS
from bot.domain.coding import Beaten, CodedValue, Source
from bot.domain.ids import RuleId
from bot.domain.items import Item
from bot.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Told:
    """An item, and the rules that had a say in it."""

    item: Item
    rules: Mapping[RuleId, Rule]

    def words_of(self, said: CodedValue | Beaten) -> str:
        """What set a value; whose rule it is, but of the person who sent it in, whom the item names."""
        words = self.item.words_of(said.source) if isinstance(said, Beaten) else self.item.told(said)
        rule = None if said.rule is None else self.rules.get(said.rule)
        is_named = rule is not None and said.source not in (Source.USER_RULE, Source.USER_RULE_IF_BLANK)
        return f"{words}, {rule.target.label}" if rule is not None and is_named else words


async def told_of(tx: Tx, item: Item) -> Told:
    coding = item.coding
    values: list[CodedValue] = [getattr(coding, name) for name in FIELDS]
    values += [value for line in coding.lines for value in (line.account, line.tax_rate)]
    values += [each.option for each in coding.tracking]
    said: list[CodedValue | Beaten] = [*values, *(lost for value in values for lost in value.beaten)]
    ids = {each.rule for each in said if each.rule is not None}
    return Told(item, await rules_by_id(tx, item.workspace_id, item.organisation_id, ids))
