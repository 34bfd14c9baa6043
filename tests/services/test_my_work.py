"""What waits for one person, on both databases: others' items to decide on, and their own that need a look."""

from bot.db.unit_of_work import Database
from bot.domain.ids import UserId
from bot.domain.problems import Problem, ProblemCode
from bot.domain.rights import Role
from bot.services.my_work import MyWork
from bot.services.people import grant
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world

APPROVER, SENDER = UserId("U2"), UserId("U1")


async def approver(world: World, user: UserId = APPROVER) -> None:
    async with world.db.write() as tx:
        await grant(tx, world.workspace_id, world.organisation_id, user, Role.APPROVER)


async def mine(world: World, user: UserId) -> list[str]:
    async with world.db.read() as tx:
        return [line.detail for line in await MyWork().mine(tx, world.workspace_id, user)]


async def test_an_approver_sees_what_others_sent_in_the_oldest_first(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    await approver(world)
    for number in ("INV-1", "INV-2"):
        await world.enter(number)
        world.later(1)

    assert await mine(world, APPROVER) == ["INV-1 waits for your decision", "INV-2 waits for your decision"]


async def test_nobody_is_asked_to_decide_on_their_own(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    await approver(world, SENDER)
    await world.enter("INV-1")

    assert await mine(world, SENDER) == []


async def test_who_sent_it_in_sees_that_it_was_refused(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    world.ledger.refuse["INV-1"] = Problem(code=ProblemCode.ACCOUNT_ARCHIVED)
    await world.approve("INV-1")
    await world.settle()

    assert await mine(world, SENDER) == ["INV-1 was refused by the ledger"]
