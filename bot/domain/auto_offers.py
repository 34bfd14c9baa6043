"""When a supplier's or customer's documents may as well be published by themselves: a rule says their category, and the last ones
went to the ledger just as it says.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.domain.coding import CodedValue, Coding, LineCoding, Source
from bot.domain.ids import ItemId, OrganisationId, RuleId, UserId
from bot.domain.items import Item
from bot.domain.rules import Rule

ENOUGH = 5
"""Clean documents one after another before it is offered."""
_OF_PARTIES = (Source.SUPPLIER_RULE, Source.CUSTOMER_RULE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoOffer:
    """What was offered once for a rule, at an item, and who declined it, if anybody did."""

    rule_id: RuleId
    organisation_id: OrganisationId
    item_id: ItemId
    declined_by: UserId | None = None


def rule_offered(item: Item) -> RuleId | None:
    """Of a published item, the rule that it could be offered for: one that says its category, or product, and nothing says
    whether it is published by itself.
    """
    coding = item.coding
    if coding.auto_publish.source is not Source.NOTHING:
        return None
    found = (value.rule for value in (coding.account, coding.product) if value.source in _OF_PARTIES)
    return next((rule for rule in found if rule is not None), None)


def may_be_offered(rule: Rule) -> bool:
    return rule.is_in_force and rule.opinions.auto_publish is None


def is_enough(newest: Sequence[Item], rule: Rule, refused: AbstractSet[ItemId]) -> bool:
    """Whether the newest that were approved of the supplier or customer are enough, all clean, and as the rule says now, not
    before; `refused` are those that the ledger had something against.
    """
    return len(newest) >= ENOUGH and all(
        rule_offered(item) == rule.id and _is_as_said(item, rule) and _is_clean(item) and item.id not in refused
        for item in newest[:ENOUGH]
    )


def _is_as_said(item: Item, rule: Rule) -> bool:
    says, coding = rule.opinions, item.coding
    both = (
        (says.account, coding.account.value),
        (says.tax_rate, coding.tax_rate.value),
        (says.product, coding.product.value),
    )
    return all(said is None or coded is None or said == coded for said, coded in both)


def _is_clean(item: Item) -> bool:
    """In the ledger, as it came in: nobody changed what is decided on, nor how it is coded; and nothing of it was a suggestion,
    with which the next one would wait for people all the same.
    """
    is_as_it_came = not item.edited_by and not any(_is_own(each) for each in _codings(item))
    return item.published_at is not None and is_as_it_came and not item.coding.is_only_suggested


def _codings(item: Item) -> tuple[Coding | LineCoding, ...]:
    return item.coding, *item.coding.lines


def _is_own(coding: Coding | LineCoding) -> bool:
    values: tuple[CodedValue, ...] = (coding.account, coding.tax_rate, coding.product)
    return any(value.source is Source.PERSON for value in values)
