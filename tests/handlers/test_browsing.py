"""`/dext items`: found by what is typed, opened, and gone through one after another."""

import itertools
import json
from collections.abc import AsyncIterator

import pytest

from bot.playground.slack import BILLS, BOOKKEEPER, MEMBER, View
from bot.playground.slack.blocks import view_problems
from bot.views.browsing import item_list, search_form, search_of
from bot.views.ids import ActionId, BlockId
from bot.views.metadata import NotOursError, PageRef
from bot.views.rendering import to_slack
from tests.handlers.desk import Desk, a_desk, actions, words

HOSTILE: tuple[object, ...] = (
    "",
    "\0",
    "a\0b",
    "\u202e",
    "<!channel>",
    "U1> <!channel>",
    "x" * 2900,
    "\U0001f4a9" * 300,
    7,
    None,
    ["U1"],
    {},
)


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


async def test_a_search_and_a_place_that_nobody_drew_are_refused_in_words_or_mean_nothing(desk: Desk) -> None:
    """Whoever uses Slack can alter what a view carries: every field, on its way to the database and to the next view."""
    await desk.add()
    organisation_id, item = desk.world.organisation_id, "00000000-0000-0000-0000-000000000001"
    actor, browsing = await desk.world.actor(BOOKKEEPER), desk.world.services.browsing
    of_field: dict[str, tuple[object, ...]] = {
        **dict.fromkeys(("supplier", "number", "person"), HOSTILE),
        "amount": ("NaN", "Infinity", "1e400", "1e-9", 5, "", "922337203685477.5807", "-922337203685477.5809", "0e5"),
        "state": ("received", "", "sold", 3, None),
        **dict.fromkeys(("since", "until"), ("0001-01-01", "9999-12-31", "2026-02-30", "", 0)),
        "has_archive": ("yes", True),
        "unknown": ([[[[]]]],),
    }
    searches: list[dict[str, object]] = [
        *({field: value} for field, values in of_field.items() for value in values),
        {"since": "9999-12-31", "until": "0001-01-01", "has_archive": True, "state": "archived"},
        {"supplier": "paper", "until": "2026-12-31"},
    ]
    instants = (
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-03-01T00:00:00",
        "2026-03-01T00:00:00+00:00",
    )
    days = ("0001-01-01", "9999-12-31", "20260301", "2026-W10-1", "\u0662026-03-01", "2026-03-02")
    read = 0
    for search, at in itertools.product(map(json.dumps, searches), ("", *instants, *days)):
        try:
            asked = search_of(search)
            after = PageRef.decode(f"{organisation_id}:{item}:{at}" if at else f"{organisation_id}:").after
        except NotOursError:
            continue
        page = await browsing.page(actor, organisation_id, asked, after)
        shown = [item_list(page), search_form(organisation_id, page.organisation, page.search)]
        assert [wrong for view in shown for wrong in view_problems(to_slack(view), "modal")] == []
        read += 1

    assert read > len(searches)
    shown_list = await listed(desk)
    shown_list.definition["private_metadata"] = '{"person": "\\u0000"}'
    await desk.slack.click(shown_list, ActionId.SEARCH_ITEMS, user=BOOKKEEPER)
    assert "from an earlier version" in words(desk.modal(BOOKKEEPER))
