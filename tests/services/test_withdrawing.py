"""A document that is taken out of the ledger goes once, whatever becomes of the answer, and its item is published anew."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.db.base import table_of
from bot.db.batches import batches_due
from bot.db.connections import ConnectionRow
from bot.db.publications import BATCHES, PUBLICATIONS, STEPS
from bot.domain.alerts import AlertState
from bot.domain.ids import ItemId, UserId
from bot.domain.items import Item, ItemState
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import PublicationState, StepKind, StepState
from bot.domain.questions import QuestionKind
from bot.domain.rights import Role
from bot.domain.settings import PaymentStatus
from bot.domain.slack import Actor, Workspace
from bot.services.asking import Answers
from bot.services.current import NotNowError, StaleItemError
from bot.services.disconnecting import end
from bot.services.entering import enter
from bot.services.people import People, grant
from bot.services.publications import open_publication
from bot.services.withdrawals import Withdrawals
from tests.fakes.clock import FakeClock
from tests.fakes.connecting import FakeDirectory, a_person
from tests.services.ledger import LOST_ANSWERS, Trouble
from tests.services.publishing import CrashError, CrashingDatabase, World, a_world

BEN = UserId("U1")


@dataclass(slots=True)
class Desk:
    """A world with somebody who keeps its books."""

    world: World
    people: People

    @property
    def withdrawals(self) -> Withdrawals:
        return Withdrawals(self.world.db, self.people, {"xero": self.world.ledger})

    @property
    def actor(self) -> Actor:
        workspace = Workspace(
            id=self.world.workspace_id, enterprise_id="", team_id="T1", name="Acme", bot_user_id="UBOT", bot_id="B1"
        )
        return Actor(workspace=workspace, user_id=BEN, team_id="T1")

    async def published(self, *numbers: str) -> list[ItemId]:
        ids = await self.world.approve(*numbers)
        await self.world.settle()
        return ids

    async def paid(self, number: str) -> ItemId:
        """A bill that is published as paid; how far that comes is another matter."""
        async with self.world.db.write() as tx:
            item, _ = await enter(tx, self.world._bill(number))
            as_paid = replace(item, state=ItemState.APPROVED, publish_as=PaymentStatus.PAID, paid_from="bank")
            item = await self.world._moved(tx, item, as_paid)
            await open_publication(tx, item, due_at=tx.now)
        return item.id

    async def item(self, item_id: ItemId) -> Item:
        async with self.world.db.read() as tx:
            return await self.world._item(tx, item_id)

    async def ask(self, item_id: ItemId, *, goes_on: bool = False) -> None:
        """Withdraw it, as somebody does who presses again where nothing came of it."""
        item = await self.item(item_id)
        try:
            await self.withdrawals.withdraw(self.actor, item_id, item.version, "Twice in the books", goes_on=goes_on)
        except CrashError:
            if (await self.item(item_id)).state is ItemState.PUBLISHED:
                await self.ask(item_id, goes_on=goes_on)

    async def withdrawn(self, item_id: ItemId) -> Item:
        await self.ask(item_id)
        await self.world.settle()
        return await self.item(item_id)

    async def publish_anew(self, item_id: ItemId, **changes: Any) -> None:
        item, answers = await self.item(item_id), Answers(self.world.db, self.people)
        item = await answers.confirm(self.actor, item_id, item.version, frozenset({QuestionKind.WITHDRAWN}))
        async with self.world.db.write() as tx:
            item = await self.world._moved(tx, item, replace(item, state=ItemState.APPROVED, **changes))
            await open_publication(tx, item, due_at=tx.now)


@pytest.fixture
async def desk(database_url: str, clock: FakeClock) -> AsyncIterator[Desk]:
    db = CrashingDatabase(database_url, clock)
    world = await a_world(db, clock)
    async with db.write() as tx:
        await grant(tx, world.workspace_id, world.organisation_id, BEN, Role.BOOKKEEPER)
    yield Desk(world, People(FakeDirectory({BEN: a_person(BEN, "Ben")})))
    await db.close()


async def test_a_document_goes_by_a_call_of_its_own_and_its_item_waits_as_it_was(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    before = await desk.item(item_id)

    item = await desk.withdrawn(item_id)

    assert world.ledger.calls == ["create", "read", "withdraw", "read"]
    assert world.ledger.numbers == []
    assert (item.state, item.coding, item.facts) == (ItemState.TO_REVIEW, before.coding, before.facts)
    assert (item.ledger_url, item.published_at, item.decided_by) == (None, None, None)
    assert item.complaints == ("Withdrawn from Xero: Twice in the books",)
    assert (await world.audited("withdrawal asked for"), await world.audited("withdrawn")) == (1, 1)
    assert await world.alert(item_id, StepKind.WITHDRAWAL) is None


async def test_it_is_published_anew_with_another_key_and_never_taken_for_the_one_before(desk: Desk) -> None:
    """The answer to the second document is lost, and the ledger forgets its key; and once more the same."""
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    for copy in (2, 3):
        await desk.withdrawn(item_id)
        world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
        world.ledger.remembers_keys_for = timedelta(0)
        await desk.publish_anew(item_id)
        await world.settle()

        assert world.ledger.numbers == ["INV-1"]
        assert await world.state(item_id) is ItemState.PUBLISHED
        assert str(world.ledger.books_hold[-1].document.marker).endswith(f"/i/{item_id}?copy={copy}")
    assert len(world.ledger.books_hold) == 3
    assert len({*world.ledger.keys}) == len(world.ledger.keys)
    item = await desk.item(item_id)
    assert item.ledger_url == f"https://ledger.example/{world.ledger.books_hold[-1].document.ledger_id}"


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
async def test_a_process_that_dies_at_any_write_withdraws_each_once(desk: Desk, moment: str) -> None:
    world = desk.world
    assert isinstance(world.db, CrashingDatabase)
    (first,) = await desk.published("INV-0")
    before = world.db.writes
    await desk.withdrawn(first)
    writes = world.db.writes - before
    assert writes > 4
    world.db.dies_after_commit = moment == "after the commit"

    ids = await desk.published(*(f"INV-{number}" for number in range(1, writes + 1)))
    for number, item_id in enumerate(ids, 1):
        world.db.dies_at = world.db.writes + number
        await desk.withdrawn(item_id)

    assert world.ledger.numbers == []
    assert sorted(world.ledger.withdrawn) == sorted(f"INV-{number}" for number in range(writes + 1))
    assert set((await world.states()).values()) == {ItemState.TO_REVIEW}
    assert await world.audited("withdrawn") == writes + 1


@pytest.mark.parametrize("call", ["withdraw", "withdrawn", "read", "find"])
async def test_a_process_that_dies_at_any_call_withdraws_once(desk: Desk, call: str) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    if call == "find":
        world.ledger.troubles["withdraw"] = [Trouble.COMMIT_THEN_500]

    async def die(point: str) -> None:
        if point == call:
            world.ledger.on_call = None
            raise CrashError

    world.ledger.on_call = die

    item = await desk.withdrawn(item_id)

    assert item.state is ItemState.TO_REVIEW
    assert world.ledger.withdrawn == ["INV-1"]
    assert await world.audited("withdrawn") == 1


async def test_a_lost_answer_is_settled_by_looking_whether_it_was_done_or_not(desk: Desk) -> None:
    world = desk.world
    for number, trouble in enumerate((*LOST_ANSWERS, Trouble.BUSY, Trouble.EXPIRED)):
        (item_id,) = await desk.published(f"INV-{number}")
        world.ledger.troubles["withdraw"] = [trouble] if trouble is Trouble.EXPIRED else [trouble, trouble]

        item = await desk.withdrawn(item_id)

        assert item.state is ItemState.TO_REVIEW, trouble
        assert world.ledger.numbers == [], trouble
        assert world.ledger.withdrawn.count(f"INV-{number}") == 1, trouble
        assert await world.alert(item_id, StepKind.WITHDRAWAL) is None, trouble
        world.ledger.troubles.clear()


async def test_while_nobody_knows_what_came_of_it_the_item_stays_being_withdrawn(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.troubles["withdraw"] = [Trouble.COMMIT_THEN_500]
    await desk.ask(item_id)
    await world.one_pass()

    async with world.db.read() as tx:
        (step,) = (await tx.execute(STEPS.select().where(STEPS.c.kind == StepKind.WITHDRAWAL))).all()
    assert step.state == StepState.UNKNOWN
    assert await world.state(item_id) is ItemState.WITHDRAWING
    with pytest.raises(NotNowError, match="is being withdrawn"):
        await desk.ask(item_id)

    await world.settle()

    assert await world.state(item_id) is ItemState.TO_REVIEW


async def test_what_the_ledger_keeps_stays_published_with_one_alert_and_goes_on_another_try(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    url = (await desk.item(item_id)).ledger_url
    world.ledger.stays["INV-1"] = Problem(code=ProblemCode.PERIOD_LOCKED)

    item = await desk.withdrawn(item_id)

    assert (item.state, item.ledger_url) == (ItemState.PUBLISHED, url)
    assert [question.is_open for question in item.questions] == [False]
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.WITHDRAWAL_LOCKED, 1)
    await desk.withdrawals.again(desk.actor, item_id)
    await world.settle()
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.WITHDRAWAL_LOCKED, 2)
    world.ledger.stays.clear()
    await desk.withdrawals.again(desk.actor, item_id)
    await world.settle()

    item = await desk.item(item_id)
    assert item.state is ItemState.TO_REVIEW
    assert item.complaints == ("Withdrawn from Xero: Twice in the books",)
    assert (await world.alert(item_id, StepKind.WITHDRAWAL) or ("",))[0] == AlertState.RESOLVED
    with pytest.raises(NotNowError):
        await desk.withdrawals.again(desk.actor, item_id)


async def test_what_is_left_there_is_published_as_before_and_can_be_withdrawn_another_time(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.paid.add("INV-1")
    await desk.withdrawn(item_id)
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.WITHDRAWAL_SETTLED, 1)

    await desk.withdrawals.leave(desk.actor, item_id)

    assert (await world.alert(item_id, StepKind.WITHDRAWAL) or ("",))[0] == AlertState.LEFT
    with pytest.raises(NotNowError):
        await desk.withdrawals.leave(desk.actor, item_id)
    world.ledger.paid.clear()
    assert (await desk.withdrawn(item_id)).state is ItemState.TO_REVIEW


async def test_trouble_that_lasts_is_told_while_it_is_tried_and_is_over_when_it_is_done(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.troubles["withdraw"] = [Trouble.BUSY] * 99
    await desk.ask(item_id)
    for _ in range(30):
        await world.one_pass()
        world.later(3600)
    assert await world.state(item_id) is ItemState.WITHDRAWING
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.LEDGER_BUSY, 1)
    with pytest.raises(NotNowError):
        await desk.withdrawals.again(desk.actor, item_id)

    world.ledger.troubles.clear()
    await world.settle(seconds=3600)

    assert await world.state(item_id) is ItemState.TO_REVIEW
    assert (await world.alert(item_id, StepKind.WITHDRAWAL) or ("",))[0] == AlertState.RESOLVED


async def test_what_somebody_changed_there_goes_only_when_that_was_told(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.correct("INV-1", Decimal("130.00"))
    await desk.withdrawn(item_id)
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.WITHDRAWAL_CHANGED, 1)
    told = await desk.withdrawals.to_withdraw(desk.actor, item_id, (await desk.item(item_id)).version)
    assert told.differences == "total: 120.00 here, 130.00 in the ledger"

    world.ledger.correct("INV-1", Decimal("140.00"))  # and changed again
    await desk.withdrawals.again(desk.actor, item_id)
    await world.settle()
    assert await world.alert(item_id, StepKind.WITHDRAWAL) == (AlertState.OPEN, ProblemCode.WITHDRAWAL_CHANGED, 2)
    await desk.withdrawals.again(desk.actor, item_id)
    await world.settle()

    assert world.ledger.withdrawn == ["INV-1"]
    assert await world.state(item_id) is ItemState.TO_REVIEW


async def test_what_was_deleted_there_by_hand_is_withdrawn_all_the_same(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.void("INV-1")

    item = await desk.withdrawn(item_id)

    assert item.state is ItemState.TO_REVIEW
    assert world.ledger.withdrawn == []
    assert world.ledger.calls == ["create", "read", "withdraw"]


async def test_a_file_that_is_on_its_way_or_was_refused_is_missed_by_nobody(desk: Desk) -> None:
    world = desk.world
    world.file = ("Paper.pdf", b"%PDF-1.7 of ")
    world.ledger.troubles["attach"] = [Trouble.COMMIT_THEN_500]
    (item_id,) = await world.approve("INV-1")
    await world.one_pass()
    await world.one_pass()
    assert await world.state(item_id) is ItemState.PUBLISHED

    assert (await desk.withdrawn(item_id)).state is ItemState.TO_REVIEW

    assert await world.alert(item_id, StepKind.ATTACHMENT) is None
    world.ledger.refuse[f"{(await desk.item(item_id)).reference} Paper.pdf"] = Problem(code=ProblemCode.FILE_REFUSED)
    await desk.publish_anew(item_id)
    await world.settle()
    assert await world.alert(item_id, StepKind.ATTACHMENT) == (AlertState.OPEN, ProblemCode.FILE_REFUSED, 1)
    assert (await desk.withdrawn(item_id)).state is ItemState.TO_REVIEW
    assert (await world.alert(item_id, StepKind.ATTACHMENT) or ("",))[0] != AlertState.OPEN
    async with world.db.read() as tx:
        states = (await tx.execute(STEPS.select().where(STEPS.c.kind == StepKind.ATTACHMENT))).all()
        ends = (await tx.execute(PUBLICATIONS.select())).all()
    assert {step.state for step in states} == {StepState.DONE, StepState.CANCELLED}
    assert {publication.state for publication in ends} == {PublicationState.WITHDRAWN}


async def test_a_file_that_is_tried_in_vain_beside_it_is_told_to_nobody_once_its_document_is_gone(desk: Desk) -> None:
    """What fails again and again holds up nothing else, so both are under way at once."""
    world = desk.world
    world.file = ("Paper.pdf", b"%PDF-1.7 of ")
    world.ledger.troubles["attach"] = [Trouble.RESET_BEFORE_COMMIT] * 90
    (item_id,) = await world.approve("INV-1")
    for _ in range(20):
        await world.one_pass()
        world.later(120)
    await desk.ask(item_id)
    for _ in range(4):
        await world.one_pass()
        world.later(1)
    assert await world.state(item_id) is ItemState.TO_REVIEW
    world.ledger.troubles.clear()
    world.ledger.refuse[f"{(await desk.item(item_id)).reference} Paper.pdf"] = Problem(code=ProblemCode.FILE_REFUSED)
    world.later(3600)

    await world.settle()

    assert (await world.alert(item_id, StepKind.ATTACHMENT) or ("",))[0] != AlertState.OPEN
    assert await world.is_settled()


async def test_what_we_paid_goes_with_it_and_is_paid_anew_with_the_next(desk: Desk) -> None:
    world = desk.world
    item_id = await desk.paid("INV-1")
    await world.settle()
    ((first, _),) = world.ledger.payments

    await desk.withdrawn(item_id)

    assert (world.ledger.payments, world.ledger.numbers) == ([], [])
    await desk.publish_anew(item_id, publish_as=PaymentStatus.PAID, paid_from="bank")
    await world.settle()
    ((second, _),) = world.ledger.payments
    assert second.document_id == world.ledger.books_hold[-1].document.ledger_id != first.document_id


async def test_a_payment_that_nobody_knows_of_yet_is_found_before_its_document_goes(desk: Desk) -> None:
    """It was tried in vain for so long that it holds up nothing else, and then its answer was lost."""
    world = desk.world
    item_id = await desk.paid("INV-1")
    while await world.state(item_id) is not ItemState.PUBLISHED:
        await world.one_pass()
    world.ledger.troubles["create"] = [Trouble.RESET_BEFORE_COMMIT] * 8 + [Trouble.COMMIT_THEN_500]
    while not world.ledger.payments:
        await world.one_pass()
        world.later(120)
    world.ledger.troubles["find"] = [Trouble.COMMIT_THEN_500] * 3  # and where it is looked for, there is no answer
    await desk.ask(item_id)
    for _ in range(3):
        await world.one_pass()
        world.later(1)
    assert "withdraw" not in world.ledger.calls

    await world.settle(passes=400, seconds=30)

    assert await world.state(item_id) is ItemState.TO_REVIEW
    assert (world.ledger.payments, world.ledger.numbers) == ([], [])
    assert await world.alert(item_id, StepKind.WITHDRAWAL) is None


async def test_what_was_not_paid_is_not_paid_any_more_once_its_document_is_to_go(desk: Desk) -> None:
    """Of two payments in a call one was lost, while somebody asked for its document to be withdrawn."""
    world = desk.world
    _, lost = await desk.paid("INV-1"), await desk.paid("INV-2")

    async def asked_for(point: str) -> None:
        if point == "find" and world.ledger.payments:
            await desk.ask(lost)
            world.ledger.on_call = None

    world.ledger.on_call = asked_for
    while world.ledger.calls.count("create") < 1:
        await world.one_pass()
        world.later(3)
    world.ledger.troubles["create"] = [Trouble.COMMIT_HALF]
    calls = world.ledger.calls
    await world.settle(passes=200, seconds=10)

    assert (await world.state(lost), world.ledger.numbers) == (ItemState.TO_REVIEW, ["INV-1"])
    assert (calls.count("create"), len(world.ledger.payments)) == (2, 1)


@pytest.mark.parametrize("when", ["before it was frozen", "before it was sent", "after it was sent"])
async def test_a_connection_that_is_ended_meanwhile_leaves_it_published_or_finds_out(desk: Desk, when: str) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    if when == "after it was sent":
        world.ledger.troubles["withdraw"] = [Trouble.COMMIT_THEN_500]
    await desk.ask(item_id)
    if when == "before it was sent":
        await world.publishing.plan()
    elif when == "after it was sent":
        await world.one_pass()

    connections = table_of(ConnectionRow)
    async with world.db.write() as tx:
        row = (await tx.execute(connections.select().where(connections.c.id == world.connection_id))).one()
        await end(tx, row)
    world.later(60)
    await world.settle()

    was_sent = when == "after it was sent"
    assert await world.state(item_id) is (ItemState.TO_REVIEW if was_sent else ItemState.PUBLISHED)
    assert world.ledger.withdrawn == (["INV-1"] if was_sent else [])
    assert not (await desk.item(item_id)).questions or was_sent
    async with world.db.read() as tx:
        assert await batches_due(tx) == ()
    if not was_sent:
        with pytest.raises(NotNowError, match="connected again"):
            await desk.ask(item_id)


async def test_what_was_sent_in_vain_before_the_connection_ended_stays_published(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    world.ledger.troubles["withdraw"] = [Trouble.RESET_BEFORE_COMMIT]
    await desk.ask(item_id)
    await world.one_pass()
    connections = table_of(ConnectionRow)
    async with world.db.write() as tx:
        row = (await tx.execute(connections.select().where(connections.c.id == world.connection_id))).one()
        await end(tx, row)
    world.later(60)
    await world.settle()

    assert world.ledger.calls.count("withdraw") == 1
    assert await world.state(item_id) is ItemState.PUBLISHED


async def test_an_attempt_that_was_overtaken_writes_nothing(desk: Desk) -> None:
    world = desk.world
    (item_id,) = await desk.published("INV-1")
    await desk.ask(item_id)
    await world.publishing.plan()
    _, key = world.jobs.waiting.pop()

    async def overtake(point: str) -> None:
        if point == "withdrawn":
            world.ledger.on_call = None
            world.later(31)
            await world.publishing.reconcile()

    world.ledger.on_call = overtake
    await world.publishing.run(key)
    assert await world.state(item_id) is ItemState.WITHDRAWING

    await world.settle()

    assert await world.state(item_id) is ItemState.TO_REVIEW
    assert world.ledger.withdrawn == ["INV-1"]
    async with world.db.read() as tx:
        batches = (await tx.execute(BATCHES.select().where(BATCHES.c.kind == StepKind.WITHDRAWAL))).all()
    assert len(batches) == 1


async def test_a_card_that_is_out_of_date_withdraws_nothing(desk: Desk) -> None:
    (item_id,) = await desk.published("INV-1")
    item = await desk.item(item_id)

    with pytest.raises(StaleItemError):
        await desk.withdrawals.withdraw(desk.actor, item_id, item.version - 1, None)

    assert await desk.world.state(item_id) is ItemState.PUBLISHED
