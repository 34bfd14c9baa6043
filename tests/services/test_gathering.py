"""Documents wait a moment for each other, so that one call takes them; nothing that cannot go with others holds them up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.base import dump, table_of
from bot.db.connections import BudgetRow
from bot.db.items import load_item
from bot.db.steps import postpone_files
from bot.db.unit_of_work import Database
from bot.domain.budgets import Tally
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import GATHERED_FOR
from bot.services.publications import hurry
from providers.base import RateLimits
from tests.fakes.clock import FakeClock
from tests.services.ledger import Trouble
from tests.services.publishing import World, a_world

LIMITS = RateLimits(per_minute=None, per_day=1000, at_once=4)


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    world = await a_world(database, clock)
    world.publishing = replace(world.publishing, gather=GATHERED_FOR)
    return world


async def test_documents_approved_one_after_another_go_in_one_call(world: World) -> None:
    for number in ("INV-1", "INV-2", "INV-3"):
        await world.approve(number)
        await world.one_pass()
        world.later(0.9)
    await world.one_pass()

    assert world.ledger.calls.count("create") == 1
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_a_full_call_waits_for_nothing(world: World) -> None:
    await world.approve(*(f"INV-{each}" for each in range(50)))

    await world.one_pass()

    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_what_a_person_sends_again_goes_at_once(world: World) -> None:
    world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.ACCOUNT_ARCHIVED)
    (refused,) = await world.approve("INV-1")
    world.later(2)
    await world.one_pass()
    world.ledger.refuse.clear()

    await world.approve_again(refused)
    await world.one_pass()

    assert await world.state(refused) is ItemState.PUBLISHED


async def test_what_a_person_publishes_now_goes_at_once(world: World) -> None:
    (hurried,) = await world.approve("INV-1")
    async with world.db.write() as tx:
        item = await load_item(tx, world.workspace_id, hurried)
        assert item is not None
        assert await hurry(tx, item)

    await world.one_pass()

    assert await world.state(hurried) is ItemState.PUBLISHED


async def test_files_go_while_documents_wait_for_more(world: World) -> None:
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    await world.approve("INV-1")
    world.later(2)
    await world.one_pass()
    await world.approve("INV-2")

    await world.one_pass()

    assert (world.ledger.calls.count("create"), world.ledger.calls.count("attach")) == (1, 1)
    world.later(2)
    await world.settle()
    assert (world.ledger.calls.count("create"), world.ledger.calls.count("attach")) == (2, 2)


async def test_documents_that_are_due_go_before_the_files_of_others(world: World) -> None:
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    await world.approve("INV-1", "INV-2", "INV-3")
    world.later(2)
    await world.publishing.plan()
    await world.jobs.drain()
    await world.approve("INV-4")
    world.later(2)

    await world.settle()

    calls = [call for call in world.ledger.calls if call in ("create", "attach")]
    assert calls == ["create", "create", "attach", "attach", "attach", "attach"]


async def test_the_last_calls_of_a_day_are_for_documents(world: World) -> None:
    world.ledger.profile = replace(world.ledger.profile, limits=LIMITS)
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    await used_today(world, LIMITS.per_day or 0)
    await world.approve("INV-1")
    world.later(2)

    await world.one_pass()
    await world.one_pass()

    assert set((await world.states()).values()) == {ItemState.PUBLISHED}
    assert "attach" not in world.ledger.calls
    world.later(timedelta(days=1, minutes=11).total_seconds())
    await world.settle()
    assert world.ledger.calls.count("attach") == 1


async def test_whose_file_is_put_off_is_known_once(world: World) -> None:
    """Their cards are drawn again then, and not each time that the others are put off too."""
    world.ledger.profile = replace(world.ledger.profile, limits=LIMITS)
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    await used_today(world, LIMITS.per_day or 0)
    (first,) = await world.approve("INV-1")
    world.later(2)
    await world.publishing.plan()
    await world.jobs.drain()
    found = [await put_off(world), await put_off(world)]
    (second,) = await world.approve("INV-2")
    world.later(2)
    await world.publishing.plan()
    await world.jobs.drain()

    found += [await put_off(world), await put_off(world)]

    assert found == [[first], [], [second], []]


async def put_off(world: World) -> list[ItemId]:
    until = world.clock.now() + timedelta(hours=1)
    async with world.db.write() as tx:
        return await postpone_files(tx, world.workspace_id, world.organisation_id, until)


async def used_today(world: World, number: int) -> None:
    now = world.clock.now().timestamp()
    places = [str(each) for each in range(number)]
    tally = Tally(places=tuple((place, now) for place in places)).ended(places, now)
    async with world.db.write() as tx:
        row = {"provider": "xero", "tenant_id": "tenant", "tally": dump(tally)}
        await tx.execute(table_of(BudgetRow).insert().values(**row))


async def test_what_is_looked_up_for_a_refused_document_holds_up_no_other(world: World) -> None:
    """Its refusal is told when the others are published, with what it collides with."""
    seen: list[ItemState] = []
    world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.NUMBER_TAKEN)
    refused, other = await world.approve("INV-1", "INV-2")

    async def look(call: str) -> None:
        if call == "same number":
            seen.append(await world.state(other))

    world.ledger.on_call = look
    world.later(2)

    await world.one_pass()

    assert seen == [ItemState.PUBLISHED]
    assert await world.state(refused) is ItemState.REFUSED


async def test_a_collision_is_told_though_reading_back_fails(world: World) -> None:
    world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.NUMBER_TAKEN)
    refused, other = await world.approve("INV-1", "INV-2")
    world.ledger.troubles["read"] = [Trouble.BUSY]
    world.later(2)
    await world.one_pass()
    assert await world.state(refused) is ItemState.REFUSED

    await world.settle()

    assert await world.state(other) is ItemState.PUBLISHED
    assert world.ledger.calls.count("create") == 1


async def test_no_more_is_frozen_than_soon_gets_its_turn(
    world: World, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are frozen as soon as one of these has begun, who waits longest first."""
    monkeypatch.setattr("bot.services.publishing.MOST_FROZEN", 1)
    other = await a_world(world.db, clock, team_id="T2")
    await other.approve("INV-2")
    world.later(1)
    await world.approve("INV-1")
    world.later(2)

    assert [due.organisation_id for due in await world.publishing.due()] == [other.organisation_id]
    await world.publishing.plan()
    assert await world.publishing.due() == ()

    await world.jobs.drain()
    assert [due.organisation_id for due in await world.publishing.due()] == [world.organisation_id]
