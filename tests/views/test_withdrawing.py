"""Withdrawing as people read it: what will happen in the ledger, and how it stands meanwhile."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.documents import Party
from bot.domain.ids import UserId
from bot.domain.items import ItemState
from bot.domain.postings import Ending, PostingKind
from bot.domain.questions import Question, QuestionKind
from bot.domain.withdrawing import ToWithdraw
from bot.views import withdrawing as views
from bot.views.ids import ActionId
from tests.views.test_items import WILD, a_card, an_item, drawn, modal_problems, problems, the_facts

WISH = Question(kind=QuestionKind.WITHDRAWN, words=f"Withdrawn from Xero: {WILD}", by=UserId("U7"))


def asked(**changes: object) -> ToWithdraw:
    found = ToWithdraw(
        item=an_item(ItemState.PUBLISHED),
        organisation="Northwind Ltd",
        ledger="Xero",
        document=PostingKind.BILL.words,
        is_draft=False,
        is_paid=False,
        ending=Ending.VOIDED,
        differences=None,
    )
    return replace(found, **changes)  # type: ignore[arg-type]  # by the names of its fields


def text(found: ToWithdraw) -> str:
    return str(views.withdraw_form(found).to_dict())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "*The bill in Xero will be voided.* Xero keeps it as voided."),
        ({"is_draft": True, "ending": Ending.DELETED}, "*The draft bill in Xero will be deleted.*"),
        (
            {"document": PostingKind.SPEND_MONEY.words, "ending": Ending.DELETED},
            "*The spend money transaction in Xero will be deleted.*",
        ),
        ({"is_paid": True}, "Its payment, which was recorded from here, is deleted before."),
        ({"differences": "total: 1 here, 2 in the ledger"}, "total: 1 here, 2 in the ledger"),
    ],
)
def test_what_will_happen_in_the_ledger_is_said_before(changes: dict[str, object], sentence: str, shared: Path) -> None:
    found = asked(**changes)

    assert sentence in text(found)
    assert modal_problems(views.withdraw_form(found), shared) == []


def test_whatever_is_called_how_the_form_is_one_that_slack_takes(shared: Path) -> None:
    facts = replace(the_facts(), supplier=Party(name=WILD * 9), currency="G<b")
    item = an_item(ItemState.PUBLISHED, facts=facts)
    found = asked(item=item, organisation=WILD, ledger=WILD, differences=WILD * 99)

    assert modal_problems(views.withdraw_form(found), shared) == []
    assert "<!channel>" not in text(found)
    typed = {"reason": {"value": {"type": "plain_text_input", "value": " Twice \n"}}}
    again = {"afterwards": {"value": {"type": "radio_buttons", "selected_option": {"value": "again"}}}}
    assert views.read(typed) == views.Withdrawal("Twice", goes_on=False)
    assert views.read(again) == views.Withdrawal(None, goes_on=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "*Being withdrawn* from Xero by <@U7>"),
        ({"is_connected": False}, "It waits for the connection to Xero"),
        ({"is_connected": False, "may_be_there": True}, "It may be gone from Xero already"),
        ({"is_connected": False, "may_be_there": True, "is_looked_for": True}, "I look whether it is gone there"),
        (
            {"is_set_up": False, "steps_done": 2},
            "It waits for the set-up, which is at 2 of 4. An admin presses *Set up*",
        ),
    ],
)
def test_a_card_says_what_its_withdrawal_waits_for(changes: dict[str, object], sentence: str, shared: Path) -> None:
    item = replace(an_item(ItemState.WITHDRAWING), questions=(WISH,))
    card = replace(a_card(item), **changes)  # type: ignore[arg-type]  # by the names of its fields

    assert sentence in drawn(card)
    assert "<!channel>" not in drawn(card)
    assert problems(card, shared) == []


def test_withdrawing_is_offered_only_where_it_can_be_done(shared: Path) -> None:
    card = a_card(an_item(ItemState.PUBLISHED))
    assert ActionId.WITHDRAW_ITEM not in drawn(card)

    offered = replace(card, can_withdraw=True)

    assert ActionId.WITHDRAW_ITEM in drawn(offered)
    assert ActionId.WITHDRAW_ITEM not in drawn(replace(offered, may_fix=False))
    assert problems(offered, shared) == []


def test_what_was_withdrawn_says_by_whom_and_why_and_is_answered_by_a_button(shared: Path) -> None:
    card = a_card(replace(an_item(ItemState.TO_REVIEW), questions=(WISH,), complaints=(WISH.words,)))

    shown = drawn(card)

    assert "*Withdrawn* by <@U7>" in shown
    assert ActionId.ASK_AGAIN in shown
    assert "<!channel>" not in shown
    assert problems(card, shared) == []
