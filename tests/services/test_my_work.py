"""What waits for one person, on both databases: others' items to decide on, and their own that need a look."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select

from bot.db.base import new_id, table_of
from bot.db.connections import OrganisationRow
from bot.db.items import ITEMS, change_item
from bot.db.unit_of_work import Database
from bot.domain.ids import ItemId, UserId
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.questions import Question, QuestionKind
from bot.domain.rights import Role
from bot.services.current import require_item
from bot.services.my_work import MyWork
from bot.services.people import grant
from tests.fakes.clock import FakeClock
from tests.services.publishing import World, a_world

ORGANISATIONS = table_of(OrganisationRow)
APPROVER, SENDER = UserId("U2"), UserId("U1")


async def approver(world: World, user: UserId = APPROVER) -> None:
    async with world.db.write() as tx:
        await grant(tx, world.workspace_id, world.organisation_id, user, Role.APPROVER)


async def mine(world: World, user: UserId) -> list[str]:
    async with world.db.read() as tx:
        return [line.detail for line in await MyWork({}).mine(tx, world.workspace_id, user)]


async def test_an_approver_sees_what_others_sent_in_the_oldest_first(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    await approver(world)
    for number in ("INV-1", "INV-2"):
        await world.enter(number)
        world.later(1)

    assert await mine(world, APPROVER) == ["INV-1 waits for your decision", "INV-2 waits for your decision"]


async def test_of_two_organisations_of_one_name_each_is_told_with_its_software(
    database: Database, clock: FakeClock
) -> None:
    world = await a_world(database, clock)
    await approver(world)
    await world.enter("INV-1")
    books = replace(world.ledger.profile, name="FreeAgent")
    work = MyWork({"xero": cast("Any", SimpleNamespace(profile=books))})

    async def named() -> list[str]:
        async with world.db.read() as tx:
            return [line.organisation for line in await work.mine(tx, world.workspace_id, APPROVER)]

    (name,) = await named()
    async with world.db.write() as tx:
        (row,) = (await tx.execute(select(ORGANISATIONS))).mappings().all()
        await tx.execute(ORGANISATIONS.insert().values({**row, "id": new_id()}))

    assert await named() == [f"{name} · FreeAgent"]


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

    assert await mine(world, SENDER) == ["INV-1 was refused by the ledger: Category 429 is archived in Xero"]


async def test_what_waits_for_an_answer_says_what_is_asked(database: Database, clock: FakeClock) -> None:
    world = await a_world(database, clock)
    await world.enter("INV-1")
    async with world.db.write() as tx:
        item_id = ItemId((await tx.execute(select(ITEMS.c.id))).scalar_one())
        before = await require_item(tx, world.workspace_id, item_id)
        back = Question(kind=QuestionKind.SENT_BACK, words="Which job?", by=APPROVER)
        other = Question(kind=QuestionKind.SAME_DOCUMENT, words="Same as B-7", answered_by=APPROVER)
        await change_item(tx, before, replace(before, state=ItemState.TO_REVIEW, questions=(other, back)))
    assert await mine(world, SENDER) == ["INV-1 was sent back by an approver"]

    async with world.db.write() as tx:
        before = await require_item(tx, world.workspace_id, item_id)
        await change_item(tx, before, replace(before, questions=(other,)))

    assert await mine(world, SENDER) == ["INV-1 needs a look: something is missing or does not add up"]
