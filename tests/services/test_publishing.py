"""Approved items end in the ledger once, whatever happens on the way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.services.alerts import load_alert
from tests.fakes.clock import FakeClock
from tests.services.ledger import LOST_OF_SEVERAL, Trouble, numbers_in
from tests.services.publishing import World, a_world

ARCHIVED = Problem(code=ProblemCode.ACCOUNT_ARCHIVED)
FOUR = ("INV-1", "INV-2", "INV-3", "INV-4")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


async def test_approved_bills_of_an_organisation_go_out_in_one_call_and_are_read_back(world: World) -> None:
    await world.approve(*FOUR)

    await world.settle()

    assert world.ledger.calls == ["create", "read"]
    assert world.ledger.numbers == list(FOUR)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}
    assert await world.audited("published") == 4


async def test_the_bill_carries_the_address_of_its_item(world: World) -> None:
    (item_id,) = await world.approve("INV-1")

    await world.settle()

    assert world.ledger.books_hold[0].document.marker == f"http://127.0.0.1:3000/i/{item_id}"


async def test_more_than_fits_goes_out_in_several_calls_one_after_another(world: World) -> None:
    world.ledger.profile = replace(world.ledger.profile, batch_size=3)
    await world.approve(*FOUR)

    await world.settle()

    assert [len(numbers_in(body)) for body in world.ledger.bodies] == [3, 1]
    assert world.ledger.numbers == list(FOUR)


async def test_nothing_is_sent_before_the_undo_window_is_over(world: World) -> None:
    (item_id,) = await world.approve("INV-1")
    world.later(-1)

    await world.one_pass()

    assert (world.ledger.calls, await world.state(item_id)) == ([], ItemState.APPROVED)


async def test_nothing_is_sent_before_the_organisation_is_set_up(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock, is_set_up=False)
    await world.approve("INV-1")

    await world.one_pass()

    assert world.ledger.calls == []


async def test_a_refused_bill_of_several_costs_the_others_nothing(world: World) -> None:
    world.ledger.refuse["INV-2"] = ARCHIVED
    items = await world.approve(*FOUR)

    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-3", "INV-4"]
    assert await world.state(items[1]) is ItemState.REFUSED
    assert await world.alert(items[1]) == ("open", "account_archived", 1)


async def test_of_a_call_that_is_refused_as_a_whole_only_the_guilty_bill_is_refused(world: World) -> None:
    """Each is sent by itself; what comes in meanwhile goes together again."""
    world.ledger.refuse_calls_with["INV-2"] = Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words="status 413")
    items = await world.approve(*FOUR)
    await world.one_pass()
    await world.approve("INV-5", "INV-6")

    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-3", "INV-4", "INV-5", "INV-6"]
    assert await world.state(items[1]) is ItemState.REFUSED
    assert await world.alert(items[1]) == ("open", "not_understood", 1)
    assert [len(numbers_in(body)) for body in world.ledger.bodies] == [4, 1, 1, 1, 1, 2]


async def test_a_bill_that_no_body_can_be_made_of_costs_the_others_nothing(world: World) -> None:
    world.ledger.cannot_render["INV-2"] = ArithmeticError("too many digits")
    items = await world.approve(*FOUR)

    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-3", "INV-4"]
    assert await world.state(items[1]) is ItemState.REFUSED
    assert await world.alert(items[1]) == ("open", "document_not_made", 1)


async def test_a_refusal_is_not_retried_by_itself(world: World) -> None:
    world.ledger.refuse["INV-1"] = ARCHIVED
    await world.approve("INV-1")

    await world.settle()
    await world.settle(passes=5)

    assert world.ledger.calls == ["create"]


async def test_after_the_fix_it_is_sent_with_a_new_key_and_the_alert_resolves(world: World) -> None:
    world.ledger.refuse["INV-1"] = ARCHIVED
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    world.ledger.refuse.clear()

    await world.approve_again(item_id)
    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert len(set(world.ledger.keys)) == 2
    assert await world.alert(item_id) == ("resolved", "account_archived", 1)


async def test_a_second_refusal_of_what_nobody_touched_changes_the_same_alert(world: World) -> None:
    world.ledger.refuse["INV-1"] = ARCHIVED
    (item_id,) = await world.approve("INV-1")
    await world.settle()

    await world.approve_again(item_id)
    await world.settle()

    assert await world.alert(item_id) == ("open", "account_archived", 2)


@pytest.mark.parametrize("trouble", LOST_OF_SEVERAL)
@pytest.mark.parametrize("keys", ["honoured", "ignored"])
@pytest.mark.parametrize("late", [0, 9])
async def test_an_answer_that_is_lost_for_some_of_a_call_ends_in_one_document_each(
    world: World, trouble: Trouble, keys: str, late: int
) -> None:
    """Twice. What one document's answer is lost by, in every way there is, is test_unknown_outcomes.py's."""
    world.ledger.troubles["create"] = [trouble, trouble]
    world.ledger.lists_late_by = timedelta(seconds=late)
    if keys == "ignored":
        world.ledger.remembers_keys_for = timedelta(0)
    await world.approve(*FOUR)

    await world.settle()

    assert world.ledger.numbers == list(FOUR)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}
    assert await world.audited("published") == 4


@pytest.mark.parametrize("trouble", [Trouble.COMMIT_THEN_500, Trouble.COMMIT_THEN_HTML])
async def test_a_lost_answer_to_a_slow_call_ends_in_one_document(world: World, trouble: Trouble) -> None:
    """Lists show a document late after it was booked, and the last one is booked a minute after the call began."""
    world.ledger.troubles["create"] = [trouble]
    world.ledger.create_takes, world.ledger.lists_late_by = timedelta(minutes=1), timedelta(seconds=9)
    await world.approve(*FOUR)

    await world.settle(seconds=1)

    assert world.ledger.numbers == list(FOUR)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_a_vendor_that_wants_to_be_asked_soon_is_not_asked_before_its_lists_can_tell(world: World) -> None:
    world.ledger.asks_again_after = 1
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    await world.approve("INV-1")

    await world.settle(passes=9, seconds=1)

    assert (world.ledger.calls, len(world.jobs.known)) == (["create"], 1)


async def test_while_the_ledger_is_searched_the_item_is_shown_as_being_checked(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    (item_id,) = await world.approve("INV-1")

    await world.one_pass()

    assert await world.state(item_id) is ItemState.UNKNOWN


async def test_the_search_waits_until_the_ledgers_lists_show_a_new_document(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    await world.approve("INV-1")

    await world.one_pass()
    await world.one_pass()

    assert world.ledger.calls == ["create"]


async def test_what_is_certainly_absent_goes_out_again_with_the_same_bytes_and_key(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.RESET_BEFORE_COMMIT]
    await world.approve(*FOUR)

    await world.settle()

    assert world.ledger.calls == ["create", "find", "create", "read"]
    assert len(set(world.ledger.keys)) == len(set(world.ledger.bodies)) == 1


async def test_a_busy_ledger_is_asked_again_when_it_said(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.BUSY]
    (item_id,) = await world.approve("INV-1")
    await world.one_pass()
    world.later(29)
    await world.one_pass()
    calls_meanwhile = len(world.ledger.calls)

    world.later(1)
    await world.one_pass()

    assert (calls_meanwhile, await world.state(item_id)) == (1, ItemState.PUBLISHED)
    assert world.ledger.calls == ["create", "create", "read"]


@pytest.mark.parametrize("call", ["create", "read"])
async def test_an_expired_token_is_renewed_once_and_nothing_is_sent_twice(world: World, call: str) -> None:
    world.ledger.troubles[call] = [Trouble.EXPIRED]
    await world.approve("INV-1")

    await world.one_pass()

    assert world.tokens.forgotten == 1
    assert world.ledger.numbers == ["INV-1"]
    assert await world.is_settled()


@pytest.mark.parametrize("call", ["create", "read"])
async def test_after_a_reconnection_the_queue_goes_on_by_itself(world: World, call: str) -> None:
    world.ledger.troubles[call] = [Trouble.REVOKED]
    await world.approve("INV-1", "INV-2")
    await world.settle(passes=5)
    calls_while_broken = len(world.ledger.calls)

    await world.reconnected()
    await world.settle()

    assert calls_while_broken == (1 if call == "create" else 2)
    assert world.ledger.numbers == ["INV-1", "INV-2"]
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_a_refusal_that_wrote_nothing_takes_its_key_along(world: World) -> None:
    """The ledger keeps the refusal under the key and would give it again, though its cause is gone."""
    world.ledger.troubles["create"] = [Trouble.EXPIRED, Trouble.REVOKED, Trouble.BUSY]
    await world.approve("INV-1")
    await world.one_pass()
    await world.reconnected()

    await world.settle(passes=10)

    assert world.ledger.numbers == ["INV-1"]
    assert (len(world.ledger.bodies), len(set(world.ledger.keys)), len(set(world.ledger.bodies))) == (4, 4, 1)


@pytest.mark.parametrize("refusal", [Trouble.EXPIRED, Trouble.REVOKED, Trouble.BUSY])
async def test_a_refusal_after_a_lost_answer_keeps_the_key(world: World, refusal: Trouble) -> None:
    """The lists are too late to show what the first call wrote: only its key tells that it is there."""
    world.ledger.searches_late_by = timedelta(minutes=1)
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500, refusal]
    (item_id,) = await world.approve("INV-1")
    await world.settle(passes=3)
    await world.reconnected()

    await world.settle()

    assert (world.ledger.numbers, await world.state(item_id)) == (["INV-1"], ItemState.PUBLISHED)
    assert len(world.ledger.keys) > 2
    assert len(set(world.ledger.keys)) == 1


async def test_a_call_that_is_not_allowed_is_a_persons_business(world: World) -> None:
    world.ledger.troubles["create"] = [Trouble.NOT_ALLOWED]
    items = await world.approve("INV-1", "INV-2")

    await world.settle()

    assert [await world.alert(item) for item in items] == [("open", "permission_missing", 1)] * 2
    assert (world.ledger.calls, world.tokens.ended) == (["create"], [])

    for item in items:
        await world.approve_again(item)
    await world.settle(passes=1)

    assert world.ledger.numbers == ["INV-1", "INV-2"]


async def test_a_reading_that_is_not_allowed_refuses_nothing_that_was_sent(world: World) -> None:
    """The document is in the ledger; called refused, it would be sent a second time."""
    world.ledger.troubles["read"] = [Trouble.NOT_ALLOWED]
    (item_id,) = await world.approve("INV-1")
    await world.one_pass()
    told = await world.alert(item_id)

    await world.settle()

    assert told == ("open", "permission_missing", 1)
    assert (world.ledger.numbers, await world.state(item_id)) == (["INV-1"], ItemState.PUBLISHED)


async def test_trouble_that_goes_on_is_told_once(world: World) -> None:
    world.ledger.troubles["read"] = [Trouble.NOT_ALLOWED] * 4
    (item_id,) = await world.approve("INV-1")

    await world.settle()

    assert await world.alert(item_id) == ("resolved", "permission_missing", 1)


async def test_one_that_the_ledger_fails_at_is_told_after_a_day_if_others_come_through(world: World) -> None:
    """While nothing does, the card of the organisation says it for all."""
    world.ledger.fails_at = "INV-1"
    (item_id,) = await world.approve("INV-1")
    await for_hours(world, 26)
    told_of_all_alone = await world.alert(item_id)
    await world.approve("INV-2")

    await for_hours(world, 2)

    assert (told_of_all_alone, await world.alert(item_id)) == (None, ("open", "ledger_down", 1))
    assert (world.ledger.numbers, await world.alerts()) == (["INV-2"], 1)


async def test_other_values_in_the_ledger_are_a_problem_and_not_published(world: World) -> None:
    item_id = await _read_back_otherwise(world)

    assert await world.state(item_id) is ItemState.REFUSED
    assert await world.alert(item_id) == ("open", "read_back_differs", 1)


@pytest.mark.parametrize(
    ("booked", "code"),
    [
        ({"account_codes": ("461",)}, "read_back_differs"),
        ({"account_codes": (None,)}, "category_dropped"),
        ({"contact_name": "Pear Ltd"}, "read_back_differs"),
    ],
    ids=["another category", "no category", "another supplier"],
)
async def test_what_the_ledger_booked_otherwise_is_not_published(
    world: World, booked: dict[str, Any], code: str
) -> None:
    world.ledger.alter = lambda document: replace(document, **booked)
    (item_id,) = await world.approve("INV-1")

    await world.settle()

    assert await world.alert(item_id) == ("open", code, 1)


@pytest.mark.parametrize(
    "booked",
    [
        {"account_codes": ()},
        {"contact_name": " PAPER  ltd"},
        {"contact_name": None},
        {"status": "awaiting_payment"},
        {"status": "another word"},
    ],
    ids=["categories not told", "the same supplier", "supplier not told", "approved there", "a status of its own"],
)
async def test_what_the_ledger_does_not_tell_or_folds_is_no_difference(world: World, booked: dict[str, Any]) -> None:
    world.ledger.alter = lambda document: replace(document, **booked)
    (item_id,) = await world.approve("INV-1")

    await world.settle()

    assert await world.state(item_id) is ItemState.PUBLISHED


async def test_another_category_does_not_hide_the_old_one_in_the_ledger(world: World) -> None:
    """Nothing is sent again, so the ledger keeps the old one until somebody changes it there; that is told."""
    item_id = await _read_back_otherwise(world)
    world.ledger.correct("INV-1", Decimal("120.00"))

    await world.approve_again(item_id, account="461")
    await world.settle()

    assert await world.state(item_id) is ItemState.REFUSED
    async with world.db.read() as tx:
        alert = await load_alert(tx, world.workspace_id, item_id)
    assert alert is not None
    assert alert.problem.facts["differences"] == "category: 461 here, 429 in the ledger"


async def test_retry_after_other_values_reads_again_and_sends_nothing(world: World) -> None:
    item_id = await _read_back_otherwise(world)
    world.ledger.correct("INV-1", Decimal("120.00"))
    world.ledger.calls.clear()

    await world.approve_again(item_id)
    await world.settle()

    assert world.ledger.calls == ["read"]
    assert (world.ledger.numbers, await world.state(item_id)) == (["INV-1"], ItemState.PUBLISHED)


async def test_what_is_only_read_again_is_never_sent_with_others(world: World) -> None:
    item_id = await _read_back_otherwise(world)
    world.ledger.correct("INV-1", Decimal("120.00"))

    await world.approve("INV-2")
    await world.approve_again(item_id)
    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-2"]
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_a_document_that_was_voided_meanwhile_is_published_as_new(world: World) -> None:
    item_id = await _read_back_otherwise(world)
    world.ledger.void("INV-1")

    await world.approve_again(item_id)
    await world.settle()

    assert (world.ledger.numbers, await world.state(item_id)) == (["INV-1"], ItemState.PUBLISHED)


async def test_a_document_that_is_not_shown_yet_is_not_called_gone(world: World) -> None:
    world.ledger.lists_late_by = timedelta(seconds=9)
    (item_id,) = await world.approve("INV-1")

    await world.one_pass()
    at_first = await world.state(item_id)
    await world.settle()

    assert (at_first, await world.state(item_id)) == (ItemState.SENDING, ItemState.PUBLISHED)


async def _read_back_otherwise(world: World) -> ItemId:
    world.ledger.alter = lambda document: replace(document, gross=Decimal("120.01"))
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    world.ledger.alter = lambda document: document
    return item_id


async def for_hours(world: World, hours: int) -> None:
    for _ in range(hours * 6):
        await world.one_pass()
        world.later(600)
