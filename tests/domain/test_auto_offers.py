"""When it is offered to publish by itself what comes from a supplier: the newest documents are all as they came, and as its rule says."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.auto_offers import ENOUGH, is_enough, rule_offered
from bot.domain.coding import CodedValue, Coding, LineCoding, Source
from bot.domain.ids import RuleId
from bot.domain.items import Item
from bot.domain.rules import AutoPublish
from tests.domain.test_coded import BEN, NOW, a_bill, a_rule

RULE = a_rule(account="429", tax_rate="INPUT2")
OF_RULE = CodedValue(value="429", source=Source.SUPPLIER_RULE, rule=RULE.id)
BY_HAND = CodedValue(value="INPUT2", source=Source.PERSON, by=BEN)
GUESS = CodedValue(value="INPUT2", source=Source.SUGGESTION)
CLEAN = replace(a_bill(Coding(account=OF_RULE)), published_at=NOW)


def coded(**values: object) -> Item:
    return replace(CLEAN, coding=replace(CLEAN.coding, **values))  # type: ignore[arg-type]  # each by its own name


def test_so_many_that_are_all_clean_are_enough_and_one_fewer_is_not() -> None:
    assert is_enough([CLEAN] * ENOUGH, RULE, frozenset())
    assert not is_enough([CLEAN] * (ENOUGH - 1), RULE, frozenset())
    assert is_enough([*[CLEAN] * ENOUGH, coded(tax_rate=BY_HAND)], RULE, frozenset()), "what was before says nothing"


@pytest.mark.parametrize(
    "odd",
    [
        lambda: replace(CLEAN, published_at=None),
        lambda: replace(CLEAN, edited_by=(BEN,)),
        lambda: coded(tax_rate=BY_HAND),
        lambda: coded(lines=(LineCoding(account=replace(BY_HAND, value="461")),)),
        lambda: coded(account=replace(OF_RULE, value="461")),
        lambda: coded(account=replace(OF_RULE, rule=RuleId(a_rule(number=2).id))),
        lambda: coded(tax_rate=CodedValue(value="NONE", source=Source.DOOR)),
        lambda: coded(tax_rate=GUESS),
        lambda: coded(due=replace(GUESS, value="after_date:30")),
        lambda: coded(contact=replace(GUESS, value="c-1")),
        lambda: coded(auto_publish=CodedValue(value=AutoPublish.NEVER, source=Source.METHOD_RULE)),
    ],
    ids=[
        "unpublished",
        "edited",
        "rate",
        "line",
        "otherwise",
        "other rule",
        "sent",
        "guess",
        "due",
        "contact",
        "never",
    ],
)
def test_one_that_is_not_clean_is_enough_to_offer_nothing(odd: Callable[[], Item]) -> None:
    assert not is_enough([CLEAN, odd(), *[CLEAN] * ENOUGH], RULE, frozenset())


def test_what_the_ledger_had_something_against_is_not_clean() -> None:
    assert not is_enough([CLEAN] * ENOUGH, RULE, frozenset({CLEAN.id}))


def test_it_is_offered_for_the_rule_that_says_what_it_is_booked_to() -> None:
    assert rule_offered(CLEAN) == RULE.id
    assert rule_offered(coded(account=replace(OF_RULE, source=Source.USER_RULE))) is None
