"""What is published by itself: nothing weaker beats a Never, an exception or a person's hand, and saying it twice changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.auto_publishing import Hindrance, Surroundings, hindrances, is_wanted
from bot.domain.book_rules import USUAL_RULES
from bot.domain.coded import coded
from bot.domain.coding import CodedValue, Coding, CodingDefaults, LineCoding, Source, Tracked
from bot.domain.documents import DocumentType, ItemKind
from bot.domain.items import Item, ItemState
from bot.domain.rules import AutoPublish, Rule, RuleOf, Strength
from tests.domain.test_coded import BEN, CARD, NOW, USABLE, a_bill, a_rule

ALWAYS, NEVER = AutoPublish.ALWAYS, AutoPublish.NEVER
BOOKED = [each for each in DocumentType if each.is_booked]
SURE = CodedValue(value="429", source=Source.SUPPLIER_RULE)
GUESS = CodedValue(value="429", source=Source.SUGGESTION)
SINCE_LONG = CodingDefaults(published_since=NOW - timedelta(days=9000), payment_method=CARD)


def ready(**changes: object) -> Item:
    """One that its supplier's rule publishes."""
    wanted = CodedValue(value=ALWAYS, source=Source.SUPPLIER_RULE)
    item = replace(a_bill(Coding(account=SURE, auto_publish=wanted)), state=ItemState.IN_APPROVAL)
    return replace(item, **changes)  # type: ignore[arg-type]  # each test names its own fields


def is_published(item: Item, around: Surroundings) -> bool:
    return is_wanted(item) and not hindrances(item, around)


def test_what_nothing_keeps_back_is_published() -> None:
    assert is_published(ready(), Surroundings())
    assert not is_published(replace(ready(), coding=Coding(account=SURE)), Surroundings())


KEPT: list[tuple[Hindrance, Callable[[Item], Item], Surroundings]] = [
    (Hindrance.DOWNLOADED, lambda item: item, Surroundings(is_downloaded=True)),
    (Hindrance.REPORT, lambda item: replace(item, kind=ItemKind.EXPENSE_REPORT), Surroundings()),
    (Hindrance.EXCEPTION, lambda item: item, Surroundings(exceptions=frozenset({DocumentType.INVOICE}))),
    (Hindrance.UNFINISHED, lambda item: replace(item, complaints=("No supplier.",)), Surroundings()),
    (Hindrance.UNFINISHED, lambda item: replace(item, state=ItemState.TO_REVIEW), Surroundings()),
    (Hindrance.SUGGESTED, lambda item: replace(item, coding=replace(item.coding, account=GUESS)), Surroundings()),
    (Hindrance.SUGGESTED, lambda item: replace(item, coding=replace(item.coding, contact=GUESS)), Surroundings()),
    (Hindrance.SUGGESTED, lambda item: replace(item, coding=replace(item.coding, due=GUESS)), Surroundings()),
    (
        Hindrance.SUGGESTED,
        lambda item: replace(item, coding=replace(item.coding, tracking=(Tracked(category="region", option=GUESS),))),
        Surroundings(),
    ),
    (
        Hindrance.SUGGESTED,
        lambda item: replace(item, coding=replace(item.coding, lines=(LineCoding(tax_rate=GUESS),))),
        Surroundings(),
    ),
    (Hindrance.EDITED, lambda item: replace(item, edited_by=(BEN,)), Surroundings()),
    (Hindrance.DECIDED, lambda item: item, Surroundings(was_decided=True)),
    (Hindrance.WARNED, lambda item: item, Surroundings(has_warnings=True)),
    (Hindrance.NOT_SET_UP, lambda item: item, Surroundings(is_set_up=False)),
    (Hindrance.NOT_CONNECTED, lambda item: item, Surroundings(is_connected=False)),
]


@pytest.mark.parametrize(("hindrance", "change", "around"), KEPT)
def test_each_thing_that_keeps_it_back_does_so_alone_and_is_told(
    hindrance: Hindrance, change: Callable[[Item], Item], around: Surroundings
) -> None:
    item = change(ready())

    assert hindrances(item, around) == (hindrance,)
    assert not is_published(item, around)
    assert hindrances(replace(item, coding=Coding(account=SURE)), around) == ()


def test_every_hindrance_is_tried_and_has_words() -> None:
    assert {hindrance for hindrance, _, _ in KEPT} == set(Hindrance)
    assert all(hindrance.words for hindrance in Hindrance)


says = st.sampled_from([None, ALWAYS, NEVER])
OF: list[tuple[RuleOf, Strength]] = [
    (RuleOf.PERSON, Strength.IF_BLANK),
    (RuleOf.SUPPLIER, Strength.ALWAYS),
    (RuleOf.PAYMENT_METHOD, Strength.ALWAYS),
    (RuleOf.PERSON, Strength.ALWAYS),
]
"""Weakest first; a person has one rule, of one strength."""


@given(
    by_default=st.booleans(),
    party=says,
    method=says,
    sender=says,
    is_strong=st.booleans(),
    person=says,
    exceptions=st.frozensets(st.sampled_from(BOOKED)),
    is_edited=st.booleans(),
)
def test_what_any_rule_never_publishes_is_not_and_else_the_strongest_decides_and_no_exception_or_hand_is_beaten(
    *,
    by_default: bool,
    party: AutoPublish | None,
    method: AutoPublish | None,
    sender: AutoPublish | None,
    is_strong: bool,
    person: AutoPublish | None,
    exceptions: frozenset[DocumentType],
    is_edited: bool,
) -> None:
    said = {RuleOf.SUPPLIER: party, RuleOf.PAYMENT_METHOD: method, RuleOf.PERSON: sender}
    strength = Strength.ALWAYS if is_strong else Strength.IF_BLANK
    rules: list[Rule] = [
        replace(a_rule(of, number, auto_publish=value), strength=strength if of is RuleOf.PERSON else Strength.ALWAYS)
        for number, (of, value) in enumerate(said.items(), 1)
        if value is not None
    ]
    own = CodedValue() if person is None else CodedValue(value=person, source=Source.PERSON, by=BEN)
    start = replace(a_bill(Coding(account=SURE, auto_publish=own)), edited_by=(BEN,) if is_edited else ())
    defaults = SINCE_LONG if by_default else replace(SINCE_LONG, published_since=None)

    item = coded(start, rules, defaults, USABLE, USUAL_RULES)
    again = coded(item, rules, defaults, USABLE, USUAL_RULES)

    weakest_first = [ALWAYS if by_default else None, None if is_strong else sender, party, method]
    weakest_first += [sender if is_strong else None, person]
    expected = next((value for value in reversed(weakest_first) if value is not None), None)
    if person is None and NEVER in (party, method, sender if is_strong else None):
        expected = NEVER
    assert item.coding.auto_publish.value == expected
    assert again == item
    decided = replace(item, state=ItemState.IN_APPROVAL, coding=replace(item.coding, account=SURE))
    around = Surroundings(exceptions=exceptions)
    is_free = not is_edited and item.facts.document_type not in exceptions
    assert is_wanted(item) == (expected is ALWAYS)
    assert is_published(decided, around) == (expected is ALWAYS and is_free)


def test_a_never_of_a_weaker_rule_says_whose_it_is_and_what_it_beat() -> None:
    """The card on a document is what whoever sends it says."""
    rules = [a_rule(auto_publish=NEVER), a_rule(RuleOf.PAYMENT_METHOD, 2, auto_publish=ALWAYS)]

    for given_in in (rules, rules[::-1]):
        said = coded(a_bill(Coding()), given_in, SINCE_LONG, USABLE, USUAL_RULES).coding.auto_publish
        assert (said.value, said.source, said.rule) == (NEVER, Source.SUPPLIER_RULE, rules[0].id)
        assert [(lost.value, lost.source, lost.rule) for lost in said.beaten] == [
            (ALWAYS, Source.ORGANISATION_DEFAULT, None),
            (ALWAYS, Source.METHOD_RULE, rules[1].id),
        ]


def test_the_settings_are_for_what_came_in_since_they_say_so() -> None:
    item = a_bill()
    at = item.created_at

    def value(since_seconds: int) -> str | None:
        since = CodingDefaults(published_since=at + timedelta(seconds=since_seconds))
        return coded(item, (), since, USABLE, USUAL_RULES).coding.auto_publish.value

    assert (value(-1), value(0), value(1)) == (ALWAYS, ALWAYS, None)
