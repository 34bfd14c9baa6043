"""What a refresh finds archived, and items that wait are coded to: their cards say so, and it is told once."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import ADMIN, ALERTS, BILLS, BOOKKEEPER
from bot.services import gone_codes
from bot.views.ids import ActionId, BlockId
from providers.xero.simulator import TRADING
from tests.handlers.api_client import A_BILL, a_client
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, a_desk, actions, words

NORTH = {"tracking": [{"category": "Region", "option": "North"}]}
ARCHIVED = "Something that is still used here is archived or gone in Xero"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        await made.world.set_up(alerts_channel=ALERTS)
        yield made
        assert made.slack.refusals == []


def told(desk: Desk) -> list[str]:
    about = ("still used here", "that waits is coded any more")
    return [words(each) for each in desk.slack.messages(ALERTS) if any(said in each.text for said in about)]


def set_north(desk: Desk, status: str) -> None:
    books = desk.xero.books[TRADING]
    (region,) = [each for each in books.tracking.values() if each["Name"] == "Region"]
    options = [{**each, "Status": status} if each["Name"] == "North" else each for each in region["Options"]]
    books.tracking.save(region["TrackingCategoryID"], {**region, "Options": options})


async def refresh(desk: Desk) -> None:
    await desk.slack.command("/dext", "sync", user=ADMIN)
    await desk.settle()


async def coded(desk: Desk, number: str, category: str = OTHER_CATEGORY) -> None:
    await desk.add(**{BlockId.NUMBER: number})
    await desk.edit(number, {BlockId.ACCOUNT: category})


async def test_cards_of_what_waits_say_that_their_category_went_and_one_message_tells_all(desk: Desk) -> None:
    for number in ("INV-1", "INV-2"):
        await coded(desk, number)
    await desk.add(**{BlockId.NUMBER: "INV-3"})
    async with a_client(desk.world) as api:
        assert (await api.send({**A_BILL, "number": "INV-4", "coding": NORTH})).status == 201
    await desk.settle()
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    set_north(desk, "ARCHIVED")

    await refresh(desk)

    for number, gone in (("INV-1", "Category 461"), ("INV-2", "Category 461"), ("INV-4", "Region North")):
        assert f"{gone}" in words(desk.card(number))
        assert "is archived in the ledger, which will refuse it" in words(desk.card(number))
    assert "is archived in the ledger" not in words(desk.card("INV-3"))
    (message,) = told(desk)
    assert ARCHIVED in message
    assert "Category 461 · Printing &amp; Stationery: 2 items, <" in message
    assert "Region North: 1 item, <" in message
    assert f"*Who acts next:* <@{BOOKKEEPER}>" in message

    # nothing is told twice; it is finished when nothing waits with it
    await refresh(desk)
    assert told(desk) == [message]
    for number in ("INV-1", "INV-2"):
        await desk.edit(number, {BlockId.ACCOUNT: CATEGORY})
    set_north(desk, "ACTIVE")
    await refresh(desk)
    (over,) = told(desk)
    assert "Nothing that waits is coded any more to what was archived or gone in Xero. There is nothing to do." in over
    assert "is archived" not in words(desk.card("INV-1"))


async def test_what_goes_later_is_told_anew_and_what_is_decided_or_of_a_default_is_not(desk: Desk) -> None:
    await coded(desk, "INV-1")
    await coded(desk, "INV-2", "400")
    await coded(desk, "INV-3", "404")
    await desk.add(**{BlockId.NUMBER: "INV-4"})  # with the default
    await desk.approve("INV-3")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)
    await refresh(desk)
    for category in ("400", "404", CATEGORY):
        desk.xero.archive_account(TRADING, category)

    await refresh(desk)

    first, second = told(desk)
    # only what follows the word: links to the cards hold digits of every kind
    assert re.findall(r"Category (\d+)", first) == ["461"]
    assert re.findall(r"Category (\d+)", second) == ["400"]
    assert "Category 400" in words(desk.card("INV-2"))
    assert ActionId.APPROVE_ITEM in actions(desk.card("INV-2"))


async def test_a_reading_that_dies_before_it_told_is_made_up_for_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await coded(desk, "INV-1")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)

    async def dies(*_: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(gone_codes, "look", dies)
        with pytest.raises(RuntimeError):
            await refresh(desk)
    assert told(desk) == []
    await refresh(desk)

    assert len(told(desk)) == 1


async def test_thousands_that_wait_are_looked_at_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gone_codes, "PAGE", 2)
    for number in range(5):
        await coded(desk, f"INV-{number}")
    desk.xero.archive_account(TRADING, OTHER_CATEGORY)

    await refresh(desk)

    (message,) = told(desk)
    assert "Stationery: 5 items, <" in message
    assert BILLS not in message
