"""A document that is withdrawn to be published again: once the ledger has let it go, never before, and once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.publications import PUBLICATIONS
from bot.domain.ids import ItemId, UserId
from bot.domain.items import ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import StepKind
from bot.domain.rights import Role
from bot.services import alerts
from bot.services.current import NotNowError, StaleItemError
from bot.services.people import NotAllowedError, People, grant
from bot.services.settings import GRANTS
from tests.fakes.clock import FakeClock
from tests.fakes.connecting import FakeDirectory, a_person
from tests.services.ledger import LOST_ANSWERS, Trouble
from tests.services.publishing import CrashingDatabase, a_world
from tests.services.test_withdrawing import BEN, Desk

PRIYA = UserId("U2")
NUMBER = "INV-1"
GONE = ["withdraw", "read"]


@pytest.fixture
async def desk(database_url: str, clock: FakeClock) -> AsyncIterator[Desk]:
    db = CrashingDatabase(database_url, clock)
    world = await a_world(db, clock)
    async with db.write() as tx:
        await grant(tx, world.workspace_id, world.organisation_id, BEN, Role.BOOKKEEPER)
        await grant(tx, world.workspace_id, world.organisation_id, PRIYA, Role.APPROVER)
    yield Desk(world, People(FakeDirectory({user: a_person(user, user) for user in (BEN, PRIYA)})))
    await db.close()


async def published(desk: Desk, number: str = NUMBER) -> ItemId:
    """Approved by Priya."""
    (item_id,) = await desk.world.approve(number)
    async with desk.world.db.write() as tx:
        item = await desk.world._item(tx, item_id)
        await desk.world._moved(tx, item, replace(item, decided_by=PRIYA, decided_at=tx.now))
    await desk.world.settle()
    return item_id


async def test_it_goes_out_again_with_its_approval_once_the_old_one_is_gone(desk: Desk) -> None:
    item_id = await published(desk)
    before = await desk.item(item_id)

    await desk.ask(item_id, goes_on=True)
    await desk.world.settle()

    after, ledger = await desk.item(item_id), desk.world.ledger
    assert ledger.calls == ["create", "read", *GONE, "create", "read"]
    assert (ledger.withdrawn, ledger.numbers, len({*ledger.keys})) == ([NUMBER], [NUMBER], len(ledger.keys))
    assert (after.state, after.decided_by, after.decided_at) == (ItemState.PUBLISHED, PRIYA, before.decided_at)
    assert (after.facts, after.coding, after.publish_as) == (before.facts, before.coding, before.publish_as)
    assert after.ledger_url != before.ledger_url
    assert await desk.world.alert(item_id, StepKind.WITHDRAWAL) is None


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_at_any_write_makes_one_in_place_of_one(desk: Desk, moment: str) -> None:
    db = desk.world.db
    assert isinstance(db, CrashingDatabase)
    item_id = await published(desk)
    db.dies_after_commit = moment == "after the commit"
    deaths = 0
    for number in range(1, 40):
        db.writes, db.dies_at = 0, number
        await desk.ask(item_id, goes_on=True)
        await desk.world.settle()
        has_died = db.writes >= number
        db.dies_at = None
        await desk.world.settle()

        assert desk.world.ledger.numbers == [NUMBER], number
        assert len(desk.world.ledger.withdrawn) == number
        assert await desk.world.state(item_id) is ItemState.PUBLISHED
        deaths += has_died
        if not has_died:
            break

    assert deaths > 8


@pytest.mark.parametrize("trouble", [*LOST_ANSWERS[:3]])
async def test_a_lost_answer_to_the_withdrawal_is_settled_before_anything_is_sent(desk: Desk, trouble: Trouble) -> None:
    item_id = await published(desk)
    desk.world.ledger.troubles["withdraw"] = [trouble]

    async def one_at_most(point: str) -> None:
        assert point != "create" or desk.world.ledger.numbers == []

    desk.world.ledger.on_call = one_at_most
    await desk.ask(item_id, goes_on=True)
    await desk.world.settle()

    assert (desk.world.ledger.numbers, desk.world.ledger.withdrawn) == ([NUMBER], [NUMBER])
    assert await desk.world.state(item_id) is ItemState.PUBLISHED


async def test_what_the_ledger_keeps_is_published_once_and_goes_on_when_it_lets_it_go(desk: Desk) -> None:
    item_id = await published(desk)
    desk.world.ledger.stays[NUMBER] = Problem(code=ProblemCode.PERIOD_LOCKED)
    await desk.ask(item_id, goes_on=True)
    await desk.world.settle()
    assert desk.world.ledger.calls.count("create") == 1
    assert await desk.world.state(item_id) is ItemState.PUBLISHED
    assert await desk.world.alert(item_id, StepKind.WITHDRAWAL) == ("open", "withdrawal_locked", 1)
    desk.world.ledger.stays.clear()

    await desk.withdrawals.again(desk.actor, item_id)
    await desk.world.settle()

    assert (desk.world.ledger.numbers, len(desk.world.ledger.books_hold)) == ([NUMBER], 2)
    assert await desk.world.alert(item_id, StepKind.WITHDRAWAL) == ("resolved", "withdrawal_locked", 1)


async def test_an_approval_of_somebody_who_may_not_approve_any_more_is_asked_for_anew(desk: Desk) -> None:
    item_id = await published(desk)
    async with desk.world.db.write() as tx:
        of_workspace = GRANTS.c.workspace_id == desk.world.workspace_id
        await tx.execute(GRANTS.delete().where(of_workspace, GRANTS.c.user_id == PRIYA))

    await desk.ask(item_id, goes_on=True)
    await desk.world.settle(passes=5)

    item = await desk.item(item_id)
    assert (item.state, item.decided_by, item.complaints) == (ItemState.IN_APPROVAL, None, ())
    assert desk.world.ledger.numbers == []


async def test_what_was_paid_otherwise_than_was_approved_is_approved_again(desk: Desk) -> None:
    desk.world.paid_from = "bank"
    item_id = await published(desk)
    async with desk.world.db.write() as tx:
        item = await desk.world._item(tx, item_id)
        tx.now += timedelta(minutes=1)
        await alerts.refused(tx, item, Problem(code=ProblemCode.PAYMENT_ACCOUNT_NOT_TAKEN), of=StepKind.PAYMENT)

    await desk.ask(item_id, goes_on=True)
    await desk.world.settle(passes=5)

    assert await desk.world.state(item_id) is ItemState.IN_APPROVAL


async def test_a_second_click_makes_no_second_document(desk: Desk) -> None:
    item_id = await published(desk)
    version = (await desk.item(item_id)).version
    await desk.ask(item_id, goes_on=True)

    with pytest.raises(NotNowError):
        await desk.withdrawals.withdraw(desk.actor, item_id, version, None, goes_on=True)
    await desk.world.settle()
    with pytest.raises(StaleItemError):
        await desk.withdrawals.withdraw(desk.actor, item_id, version, None, goes_on=True)
    await desk.world.settle()

    async with desk.world.db.read() as tx:
        assert len((await tx.execute(PUBLICATIONS.select())).all()) == 2
    assert desk.world.ledger.numbers == [NUMBER]


async def test_an_approver_may_not(desk: Desk) -> None:
    item_id = await published(desk)
    version = (await desk.item(item_id)).version

    with pytest.raises(NotAllowedError):
        await desk.withdrawals.withdraw(replace(desk.actor, user_id=PRIYA), item_id, version, None, goes_on=True)

    assert await desk.world.state(item_id) is ItemState.PUBLISHED


async def test_without_the_wish_it_waits_for_review(desk: Desk) -> None:
    item_id = await published(desk)

    await desk.ask(item_id)
    await desk.world.settle(passes=5)

    item = await desk.item(item_id)
    assert (item.state, item.decided_by, desk.world.ledger.numbers) == (ItemState.TO_REVIEW, None, [])
