"""`/dext items`: found by what is typed, opened, and gone through one after another."""

from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER, MEMBER, View
from bot.views.ids import ActionId, BlockId
from tests.handlers.desk import Desk, a_desk, actions, words


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as made:
        yield made
        assert made.slack.refusals == []


async def listed(desk: Desk, user: str = BOOKKEEPER) -> View:
    if desk.slack.view(user) is not None:
        await desk.slack.close_modal(user, everything=True)
    await desk.slack.command("/dext", "items", user=user)
    return desk.modal(user)


async def found(desk: Desk, by: BlockId, value: object) -> str:
    """What the list says after a search."""
    await desk.slack.click(await listed(desk), ActionId.SEARCH_ITEMS, user=BOOKKEEPER)
    done = await desk.slack.submit(desk.modal(BOOKKEEPER), {by: value})
    assert done.errors == {}
    return words(desk.modal(BOOKKEEPER))


async def test_items_are_found_by_what_stands_on_them_and_what_became_of_them(desk: Desk) -> None:
    await desk.add()
    await desk.add(
        **{BlockId.SUPPLIER: "Ink GmbH", BlockId.NUMBER: "RE 0012/A", BlockId.GROSS: "60.00", BlockId.TAX: "10.00"}
    )
    await desk.approve("INV-1")

    assert "All items but the archive, newest first" in words(await listed(desk))
    cases: dict[tuple[BlockId, object], tuple[str, str]] = {
        (BlockId.SUPPLIER, "ink"): ("RE 0012/A", "INV-1"),
        (BlockId.SUPPLIER, "PAPER & INK"): ("INV-1", "RE 0012"),
        (BlockId.NUMBER, "re-0012a"): ("RE 0012/A", "INV-1"),
        (BlockId.GROSS, "60"): ("RE 0012/A", "INV-1"),
        (BlockId.STATE, "approved"): ("INV-1", "RE 0012"),
        (BlockId.SINCE, "2026-03-02"): ("Nothing is like that", "INV-1"),
        (BlockId.UNTIL, "2026-03-01"): ("INV-1", "Nothing"),
        (BlockId.PERSON, BOOKKEEPER): ("Nothing is like that", "INV-1"),
        (BlockId.PERSON, MEMBER): ("INV-1", "Nothing"),
    }
    for typed, (there, not_there) in cases.items():
        said = await found(desk, *typed)
        assert there in said, typed
        assert not_there not in said, typed


async def test_what_cannot_be_looked_for_is_said_in_its_field_and_the_rest_stays(desk: Desk) -> None:
    await desk.slack.click(await listed(desk), ActionId.SEARCH_ITEMS, user=BOOKKEEPER)

    done = await desk.slack.submit(
        desk.modal(BOOKKEEPER),
        {BlockId.GROSS: "a lot", BlockId.SINCE: "2026-03-02", BlockId.UNTIL: "2026-03-01"},
    )

    assert set(done.errors) == {BlockId.GROSS, BlockId.UNTIL}


async def test_a_long_list_goes_on_from_where_its_page_ended_and_comes_back(desk: Desk) -> None:
    for number in range(12):
        await desk.add(**{BlockId.NUMBER: f"N-{number}"})
        await desk.world.later(1)

    first = words(await listed(desk))
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.OLDER_ITEMS, user=BOOKKEEPER)
    second = words(desk.modal(BOOKKEEPER))
    assert [f"N-{number}\n" in first for number in (11, 2, 1)] == [True, True, False]
    assert [f"N-{number}\n" in second for number in (2, 1, 0)] == [False, True, True]
    assert ActionId.OLDER_ITEMS not in actions(desk.modal(BOOKKEEPER))

    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.NEWEST_ITEMS, user=BOOKKEEPER)
    assert "N-11" in words(desk.modal(BOOKKEEPER))


async def test_next_goes_through_what_waits_for_review_oldest_first_and_says_when_it_was_the_last(desk: Desk) -> None:
    await desk.world.set_up(category=None, alerts_channel=desk.world.channel)
    for number in ("R-1", "R-2"):
        await desk.add(**{BlockId.NUMBER: number})
        await desk.world.later(1)

    await desk.slack.click(await listed(desk), ActionId.REVIEW_ITEMS, user=BOOKKEEPER)
    oldest = words(desk.modal(BOOKKEEPER))
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.NEXT_ITEM, user=BOOKKEEPER)
    following = words(desk.modal(BOOKKEEPER))
    await desk.slack.click(desk.modal(BOOKKEEPER), ActionId.NEXT_ITEM, user=BOOKKEEPER)

    assert "R-1" in oldest
    assert "R-2" in following
    assert "the last one" in words(desk.modal(BOOKKEEPER))


async def test_from_an_opened_item_everything_of_its_card_opens_in_turn(desk: Desk) -> None:
    """Slack stacks three modals: the list, the card, and what the card's buttons open."""
    await desk.add()

    await desk.slack.click(await listed(desk), ActionId.OPEN_ITEM, user=BOOKKEEPER)
    await desk.press(desk.modal(BOOKKEEPER), ActionId.EXPLAIN_ITEM, BOOKKEEPER)

    assert desk.modal(BOOKKEEPER).title == "Why?"


async def test_an_opened_item_shows_only_what_whoever_opened_it_may_press(desk: Desk) -> None:
    await desk.add()
    for user, may_fix in ((MEMBER, False), (BOOKKEEPER, True)):
        await desk.slack.command("/dext", "items", user=user, channel=BILLS)
        await desk.slack.click(desk.modal(user), ActionId.OPEN_ITEM, user=user)
        shown = actions(desk.modal(user))
        assert {ActionId.EDIT_ITEM, ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM} & set(shown) == (
            {ActionId.SHOW_DETAILS, ActionId.EXPLAIN_ITEM} | ({ActionId.EDIT_ITEM} if may_fix else set())
        )
    assert ActionId.EDIT_ITEM in actions(desk.card("INV-1"))
