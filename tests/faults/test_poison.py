"""A document over which processes die is set aside, is told of once, and holds up nobody for long."""

import errno
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.db.batches import claim_batch
from bot.db.publications import BATCHES
from bot.db.unit_of_work import Database
from bot.domain.ids import ConnectionId, ItemId, UserId
from bot.domain.items import ItemState
from bot.domain.rights import Role
from bot.domain.slack import Actor
from bot.services.fixes import Fixes
from bot.services.items import Items
from bot.services.operating import Operating
from bot.services.people import People, grant
from providers.base import Access
from tests.fakes.clock import FakeClock
from tests.kill.child import OnePerson, workspace_of
from tests.services.ledger import Trouble, numbers_in
from tests.services.publishing import CrashError, StandingTokens, World, a_world

POISON, OTHERS = "POISON", ("INV-1", "INV-2")
BOOKKEEPER = UserId("UBOOKKEEPER")


@dataclass
class Poison:
    """Kills the process at this call of the ledger, where the call is about that document."""

    world: World
    at: str
    deaths: int = 0
    is_cured: bool = False

    async def __call__(self, point: str) -> None:
        if point == self.at and not self.is_cured and await self._is_in_hand():
            self.deaths += 1
            raise CrashError

    async def _is_in_hand(self) -> bool:
        if self.at in ("create", "created"):
            return POISON in numbers_in(self.world.ledger.bodies[-1])
        return True


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


def poisoned(world: World, at: str) -> Poison:
    world.ledger.on_call = poison = Poison(world, at)
    return poison


async def retried(world: World, item_id: ItemId) -> None:
    async with world.db.write() as tx:
        await grant(tx, world.workspace_id, world.organisation_id, BOOKKEEPER, Role.BOOKKEEPER)
    people = People(OnePerson())
    actor = Actor(workspace=await workspace_of(world.db), user_id=BOOKKEEPER, team_id="T1")
    await Fixes(world.db, people, Items(world.db, people)).retry(actor, item_id)


async def for_a_while(world: World, minutes: int = 30) -> None:
    """A worker that is started again whenever it dies."""
    for _ in range(minutes * 2):
        await world.one_pass()
        world.later(30)


async def test_of_several_the_one_that_kills_is_set_aside_and_the_others_are_published(world: World) -> None:
    poison = poisoned(world, "create")
    item_id, *_ = await world.approve(POISON, *OTHERS)

    await for_a_while(world)

    assert poison.deaths == 4, "three times with the others, and once alone"
    assert await world.states() == {POISON: ItemState.UNKNOWN, **dict.fromkeys(OTHERS, ItemState.PUBLISHED)}
    assert await world.alert(item_id) == ("open", "outcome_set_aside", 1)
    assert (await world.alerts(), world.ledger.numbers) == (1, list(OTHERS))


@pytest.mark.parametrize(("at", "state"), [("create", ItemState.UNKNOWN), ("read", ItemState.SENDING)])
async def test_one_alone_is_set_aside_within_three_tries_and_told_once(world: World, at: str, state: ItemState) -> None:
    poison = poisoned(world, at)
    (item_id,) = await world.approve(POISON)

    await for_a_while(world)

    assert (poison.deaths, await world.state(item_id)) == (3, state)
    assert (await world.alert(item_id), await world.alerts()) == (("open", "outcome_set_aside", 1), 1)


@pytest.mark.parametrize("at", ["create", "find", "read"])
async def test_retry_takes_what_is_there_and_sends_what_is_not(world: World, at: str) -> None:
    poison = poisoned(world, at)
    (item_id,) = await world.approve(POISON)
    if at == "find":
        world.ledger.remembers_keys_for = timedelta(0)
        poison.at = "created"
        await world.one_pass()
        poison.at, poison.deaths = "find", 1
    await for_a_while(world)
    was_set_aside = await world.alert(item_id)
    poison.is_cured = True

    await retried(world, item_id)
    await world.settle()

    assert was_set_aside == ("open", "outcome_set_aside", 1)
    assert (await world.state(item_id), world.ledger.numbers) == (ItemState.PUBLISHED, [POISON])
    assert await world.alert(item_id) == ("resolved", "outcome_set_aside", 1)


@pytest.mark.parametrize("at", ["create", "read"])
async def test_retry_on_the_command_line_does_the_same(world: World, at: str) -> None:
    poison = poisoned(world, at)
    (item_id,) = await world.approve(POISON)
    await for_a_while(world)
    poison.is_cured = True

    await Operating(world.db).retry(str(item_id), None)
    await world.settle()

    assert (await world.state(item_id), world.ledger.numbers) == (ItemState.PUBLISHED, [POISON])
    assert await world.alert(item_id) == ("resolved", "outcome_set_aside", 1)


async def test_a_retry_that_dies_again_sets_it_aside_again_at_once(world: World) -> None:
    poison = poisoned(world, "create")
    (item_id,) = await world.approve(POISON)
    await for_a_while(world)

    await retried(world, item_id)
    await for_a_while(world)

    assert (poison.deaths, await world.alert(item_id)) == (4, ("open", "outcome_set_aside", 2))


async def test_what_may_be_in_the_ledger_is_looked_for_once_a_day(world: World) -> None:
    poison = poisoned(world, "read")
    (item_id,) = await world.approve(POISON)
    await for_a_while(world)
    poison.is_cured = True
    world.later(24 * 60 * 60)

    await world.settle()

    assert (await world.state(item_id), world.ledger.numbers) == (ItemState.PUBLISHED, [POISON])


async def test_what_is_new_goes_out_while_one_is_set_aside(world: World) -> None:
    poisoned(world, "create")
    await world.approve(POISON)
    await for_a_while(world)

    await world.approve("INV-9")
    await world.one_pass()

    assert (await world.states())["INV-9"] is ItemState.PUBLISHED


async def test_what_was_never_sent_waits_for_somebody_who_may_change_it(world: World) -> None:
    """It kills before bytes leave: nothing of it can be in the ledger."""
    (item_id,) = await world.approve(POISON)
    for _ in range(3):
        await world.publishing.plan()
        _, key = world.jobs.waiting.pop()
        await begun(world, key)
        world.later(31)
        await world.publishing.reconcile()

    state, told = await world.state(item_id), await world.alert(item_id)
    await world.approve_again(item_id)
    await world.settle()

    assert (state, told) == (ItemState.REFUSED, ("open", "set_aside", 1))
    assert (await world.state(item_id), world.ledger.numbers) == (ItemState.PUBLISHED, [POISON])


async def test_whoever_was_in_the_same_process_is_not_to_blame(world: World) -> None:
    """All that it held dies with a process. What died twice goes on by itself, so the third death is its own."""
    neighbours = [await a_world(world.db, world.clock, team_id=f"T{number}") for number in range(2, 5)]
    (item_id,) = await world.approve(POISON)
    others = [(each, (await each.approve(f"INV-{number}"))[0]) for number, each in enumerate(neighbours)]
    deaths = 0
    for _ in range(20):
        await world.publishing.plan()
        await world.publishing.reconcile()
        deaths += await a_process_works_all_at_once(world)
        world.later(31)

    assert (deaths, await world.state(item_id), await world.alerts()) == (3, ItemState.REFUSED, 1)
    assert [await each.state(other) for each, other in others] == [ItemState.PUBLISHED] * 3


async def test_a_database_in_trouble_is_no_death(world: World) -> None:
    """A full disk, a locked file, a server that is away: the batch is let go of, and goes on soon."""
    (item_id,) = await world.approve("INV-1")
    world.publishing = replace(world.publishing, tokens=FullDisk(world.db))
    for _ in range(5):
        await world.publishing.plan()
        await world.publishing.reconcile()
        _, key = world.jobs.waiting.pop()
        with pytest.raises(OSError, match="No space"):
            await world.publishing.run(key)
        world.later(6)

    world.publishing = replace(world.publishing, tokens=world.tokens)
    await world.settle()

    assert (await world.state(item_id), await world.alerts()) == (ItemState.PUBLISHED, 0)


@pytest.mark.parametrize(("at", "asked"), [("create", "find"), ("read", "read")])
async def test_deaths_with_an_answer_of_the_ledger_between_them_are_no_row(world: World, at: str, asked: str) -> None:
    """Machines that fail while the ledger is busy: not the document's fault, however often."""
    poison = poisoned(world, at)
    (item_id,) = await world.approve(POISON)
    for deaths in (2, 4, 6):
        await until_dead(world, poison, deaths)
        await lived_through(world, poison, asked, Trouble.BUSY)
    poison.is_cured = True

    await world.settle()

    assert (await world.state(item_id), world.ledger.numbers) == (ItemState.PUBLISHED, [POISON])
    assert (poison.deaths, await world.alert(item_id)) == (6, None)


async def test_an_answer_that_is_lost_ends_no_row(world: World) -> None:
    poison = poisoned(world, "create")
    (item_id,) = await world.approve(POISON)
    await until_dead(world, poison, 2)
    await lived_through(world, poison, "create", Trouble.RESET_BEFORE_COMMIT)

    await for_a_while(world)

    assert (poison.deaths, await world.alert(item_id)) == (3, ("open", "outcome_set_aside", 1))


async def test_a_job_that_the_library_runs_again_after_a_death_does_nothing(world: World) -> None:
    """It would be another death that nobody counts."""
    await world.approve("INV-1")
    await world.publishing.plan()
    _, key = world.jobs.waiting.pop()
    await begun(world, key)
    world.later(31)

    await world.publishing.run(key)

    assert world.ledger.calls == []


class FullDisk(StandingTokens):
    async def access(self, connection_id: ConnectionId, *, to_finish: bool = False) -> Access:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def until_dead(world: World, poison: Poison, deaths: int) -> None:
    for _ in range(40):
        if poison.deaths < deaths:
            await world.one_pass()
            world.later(30)
    assert poison.deaths == deaths


async def lived_through(world: World, poison: Poison, call: str, trouble: Trouble) -> None:
    """An attempt that no process dies over, and that ends so."""
    poison.is_cured = True
    world.ledger.troubles[call] = [trouble]
    for _ in range(40):
        if world.ledger.troubles[call]:
            world.later(30)
            await world.one_pass()
    poison.is_cured = False


async def begun(world: World, key: str) -> None:
    """A process takes the batch, and is heard of no more."""
    batch_id, _, attempt = key.partition(":")
    async with world.db.write() as tx:
        until = tx.now + world.publishing.lease
        assert await claim_batch(tx, UUID(batch_id), int(attempt), until=until) is not None


async def a_process_works_all_at_once(world: World) -> bool:
    """Whether it dies, with all it holds: the job library begins a job of each organisation at once."""
    keys = [key for _, key in world.jobs.waiting]
    world.jobs.waiting.clear()
    is_dying = any([await is_of_poison(world, key) for key in keys])
    for key in keys:
        await (begun(world, key) if is_dying else world.publishing.run(key))
    return is_dying


async def is_of_poison(world: World, key: str) -> bool:
    of = select(BATCHES.c.body).where(BATCHES.c.id == UUID(key.partition(":")[0]))
    async with world.db.read() as tx:
        return POISON in numbers_in((await tx.execute(of)).scalar_one())
