"""A rule that a past comes to, and what it would have changed of that past."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coding import Codes, Track
from bot.domain.due import Due, DueKind
from bot.domain.history import NEWEST, Past, suggested
from bot.domain.ids import ItemId
from bot.domain.offered_rule import LEAST, OfferedRule, offered
from bot.domain.rules import Opinions, RuleOf, Target

TARGET = Target(of=RuleOf.SUPPLIER, name="Paper & Ink Ltd", label="Paper & Ink Ltd")
codes = st.builds(
    Codes,
    account=st.sampled_from([None, "400", "429"]),
    tax_rate=st.sampled_from([None, "20", "5"]),
    tracking=st.sampled_from([(), (Track("area", "north"),), (Track("area", "south"),)]),
)


def pasts(*codes: Codes, due_days: int | None = None) -> list[Past]:
    return [
        Past(
            item_id=ItemId(UUID(int=place)),
            reference=f"B-{place}",
            approved_on=date(2026, 3, 1),
            codes=each,
            due_days=due_days,
        )
        for place, each in enumerate(codes)
    ]


def rule(*codes: Codes, due_days: int | None = None) -> OfferedRule | None:
    known = pasts(*codes, due_days=due_days)
    return offered(TARGET, known, suggested(known))


def test_it_says_what_the_past_agrees_on_and_names_what_it_would_have_changed() -> None:
    usual = Codes(account="429", tax_rate="20", tracking=(Track("area", "north"),))
    odd = replace(usual, account="461", tracking=())

    found = rule(usual, odd, *[usual] * 13, due_days=30)

    assert found is not None
    assert found.opinions == Opinions(
        account="429", tax_rate="20", due=Due(DueKind.AFTER_DATE, 30), tracking=(Track("area", "north"),)
    )
    assert [(said.field, said.evidence.words) for said in found.says] == [
        ("account", "as in 14 of the last 15"),
        ("tax_rate", "as in 15 of the last 15"),
        ("due", "as in 15 of the last 15"),
        ("area", "as in 14 of the last 15"),
    ]
    (changed,) = found.otherwise
    assert (changed.reference, found.looked_at) == ("B-1", 15)
    assert changed.fields == (("account", "461", "429"), ("area", None, "north"))


def test_two_documents_are_too_few_and_a_tax_rate_alone_is_no_rule() -> None:
    usual = Codes(account="429", tax_rate="20")

    assert rule(*[usual] * (LEAST - 1)) is None
    assert rule(*[usual] * LEAST) is not None
    assert rule(*(replace(usual, account=account) for account in ("1", "2", "3", "4"))) is None


def test_whether_it_is_what_was_shown_is_told_by_what_it_says_and_not_by_what_that_rests_on() -> None:
    usual = Codes(account="429")
    shown, now, other = rule(*[usual] * 3), rule(*[usual] * 4), rule(*[Codes(account="461")] * 4)

    assert shown is not None
    assert now is not None
    assert other is not None
    assert shown.digest == now.digest != other.digest


@given(st.lists(codes, max_size=NEWEST + 5))
def test_what_it_would_have_changed_is_what_is_not_as_it_says_and_most_of_it_is(known: list[Codes]) -> None:
    found = rule(*known)
    if found is None:
        return

    says = found.opinions
    newest = pasts(*known)[:NEWEST]
    as_it_says = {
        past.item_id
        for past in newest
        if past.codes.account == says.account
        and says.tax_rate in (None, past.codes.tax_rate)
        and set(says.tracking) <= set(past.codes.tracking)
    }
    assert {each.item_id for each in found.otherwise} == {past.item_id for past in newest} - as_it_says
    assert all(was != would for each in found.otherwise for _, was, would in each.fields)
    assert sum(past.codes.account == says.account for past in newest) >= LEAST
