"""An account is archived in the ledger, and items that wait and rules need it: told once, with another one to press."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.books import ListKind
from bot.domain.gone_codes import Code
from bot.domain.rules import RuleOf, Target
from bot.playground.slack import ADMIN, ALERTS, BOOKKEEPER, MEMBER, Message
from bot.services import replacing
from bot.services.replacing import NothingGoneError
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, a_desk, words
from tests.handlers.ruling import rules_of, save_rule
from tests.handlers.test_gone_codes import coded, refresh

GONE = Code(ListKind.ACCOUNTS, OTHER_CATEGORY)
USE = "Use 429 · General Expenses"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        await made.world.set_up(alerts_channel=ALERTS)
        yield made
        assert made.slack.refusals == []


def told(desk: Desk) -> list[Message]:
    return [message for message in desk.slack.messages(ALERTS) if "is archived or gone in Xero" in words(message)]


def whispered(desk: Desk) -> str:
    return desk.slack.ephemerals(BOOKKEEPER, ALERTS)[-1].text


async def ruled(desk: Desk, *suppliers: str) -> None:
    for name in suppliers:
        target = Target(of=RuleOf.SUPPLIER, name=name, label=name)
        await save_rule(desk, target, user=BOOKKEEPER, account=OTHER_CATEGORY)


async def says(desk: Desk) -> list[str | None]:
    found = await rules_of(desk).listed(await desk.world.actor(ADMIN), desk.world.organisation_id)
    return [rule.opinions.account for rule in found.rules]


async def test_fourteen_items_and_two_rules_follow_one_press_and_what_was_approved_stays(desk: Desk) -> None:
    waiting = [f"N-{number:02}" for number in range(14)]
    async with a_client(desk.world) as api:
        for number in (*waiting, "QUEUED"):
            bill = {**A_BILL, "number": number, "coding": {"category": OTHER_CATEGORY}}
            assert (await api.send(bill)).status == 201
    await desk.settle()
    await ruled(desk, "Other Ltd", "Third Ltd")
    await desk.approve("QUEUED")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    queued = words(desk.card("QUEUED"))
    (message,) = told(desk)
    assert "Category 461 · Printing &amp; Stationery: 14 items, <" in words(message)
    assert "and 9 more; 2 rules, for Other Ltd, Third Ltd" in words(message)
    assert USE in str(message.blocks)

    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)
    await refresh(desk)

    assert "14 items and 2 rules now say 429 · General Expenses." in whispered(desk)
    for number in waiting:
        assert "429 · General Expenses" in words(desk.card(number))
        assert "is archived in the ledger" not in words(desk.card(number))
    assert await says(desk) == [CATEGORY, CATEGORY]
    assert (words(desk.card("QUEUED")), "461" in queued) == (queued, True)
    (over,) = [words(each) for each in desk.slack.messages(ALERTS) if "There is nothing to do" in words(each)]
    assert "No rule says, and nothing that waits is coded any more" in over
    assert told(desk) == []


async def test_another_one_is_chosen_in_a_form_and_only_what_is_left_stays_in_the_message(desk: Desk) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2", "404")
    for category in (OTHER_CATEGORY, "404"):
        desk.xero.archive_account(TRADING, category)
    await refresh(desk)
    (message,) = told(desk)

    (block,) = [block for block in message.blocks if f":accounts:{OTHER_CATEGORY}" in str(block)]
    await desk.slack.click(message, ActionId.CHOOSE_INSTEAD, user=BOOKKEEPER, block_id=block["block_id"])
    form = desk.modal(BOOKKEEPER)
    await desk.slack.options(form, ActionId.FIND_ACCOUNT, "420", user=BOOKKEEPER)
    done = await desk.slack.submit(form, {BlockId.ACCOUNT: "420"}, user=BOOKKEEPER)
    await desk.settle()

    assert not done.errors
    assert "1 item now says 420" in words(desk.modal(BOOKKEEPER))
    assert "420 · " in words(desk.card("INV-1"))
    (left,) = told(desk)
    assert "404" in words(left)
    assert "461" not in words(left)


async def test_what_one_press_has_no_time_for_is_said_and_done_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("INV-1", "INV-2"):
        await coded(desk, number)
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    with monkeypatch.context() as patched:
        patched.setattr(replacing, "LONGEST_SECONDS", 0)
        await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)
    assert whispered(desk) == "Nothing was changed. 2 items are still to do: press again, or *Edit* on the card."
    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)

    assert "2 items now say 429 · General Expenses." in whispered(desk)
    assert told(desk) == []


async def test_rules_that_only_an_admin_may_change_are_left_to_one(desk: Desk) -> None:
    person = Target(of=RuleOf.PERSON, name=MEMBER, label="Mia")
    await save_rule(desk, person, account=OTHER_CATEGORY)
    await ruled(desk, "Other Ltd")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    await desk.press(message, ActionId.USE_INSTEAD, BOOKKEEPER)

    assert "1 rule now says 429 · General Expenses. 1 rule only an admin can change" in whispered(desk)
    assert sorted(await says(desk), key=str) == [CATEGORY, OTHER_CATEGORY]
    (message,) = told(desk)
    await desk.press(message, ActionId.USE_INSTEAD, ADMIN)
    assert await says(desk) == [CATEGORY, CATEGORY]


async def test_what_is_back_in_the_ledger_or_whom_it_is_not_for_changes_nothing(desk: Desk) -> None:
    await coded(desk, "INV-1")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    (message,) = told(desk)

    await desk.press(message, ActionId.USE_INSTEAD, MEMBER)
    assert "461" in words(desk.card("INV-1"))
    desk.xero.restore_account(TRADING, OTHER_CATEGORY)
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()
    services, actor = desk.world.services, await desk.world.actor(BOOKKEEPER)
    with pytest.raises(NothingGoneError):
        await services.replacing.replace(actor, desk.world.organisation_id, GONE, CATEGORY)

    assert "461" in words(desk.card("INV-1"))
