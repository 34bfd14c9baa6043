"""What becomes of a publication's later steps, of its document under another kind, and of its alert, when plans change."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from bot.db.batches import end_batch, untouched_batches
from bot.db.items import change_item, load_item
from bot.db.publications import STEPS
from bot.db.steps import leave_steps, retry_steps
from bot.db.unit_of_work import Database
from bot.db.withdrawals import mark_withdrawn, open_withdrawal, published_document
from bot.domain.documents import DocumentType
from bot.domain.ids import ItemId
from bot.domain.items import ItemState
from bot.domain.postings import PostingKind
from bot.domain.problems import Problem, ProblemCode
from bot.domain.publishing import AFTER_DOCUMENT, BatchState, StepKind, StepState
from bot.domain.settings import PaymentStatus
from bot.services import recording
from bot.services.additions import _planned
from bot.services.people import People
from bot.services.publications import cancel, open_publication
from bot.services.waiting import Waiting
from tests.fakes.clock import FakeClock
from tests.fakes.statements import counted
from tests.services.ledger import Trouble, numbers_in
from tests.services.publishing import LEASE, World, a_world

NOT_AS_A_WHOLE = Problem(code=ProblemCode.NOT_UNDERSTOOD, vendor_words="status 413")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    world = await a_world(database, clock)
    world.file = ("scan.pdf", b"%PDF-1.7 of ")
    return world


async def steps_of(world: World, item_id: ItemId) -> list[str]:
    """Their states, the oldest publication's first."""
    statement = select(STEPS.c.state).where(STEPS.c.item_id == item_id).order_by(STEPS.c.due_at, STEPS.c.position)
    async with world.db.read() as tx:
        return list((await tx.execute(statement)).scalars())


async def frozen_and_let_go(world: World) -> ItemId:
    """Its file was planned when it was frozen; then the call was refused as a whole, and it waits to go alone."""
    world.ledger.refuse_calls_with["INV-2"] = NOT_AS_A_WHOLE
    item_id, _ = await world.approve("INV-1", "INV-2")
    await world.one_pass()
    world.ledger.refuse_calls_with.clear()
    assert sorted(await steps_of(world, item_id)) == ["planned", "waiting"]
    return item_id


async def test_what_was_planned_after_a_document_ends_when_that_is_taken_back(world: World) -> None:
    item_id = await frozen_and_let_go(world)

    async with world.db.write() as tx:
        assert await cancel(tx, world.workspace_id, item_id)

    assert await steps_of(world, item_id) == ["cancelled", "cancelled"]


async def test_what_was_planned_after_a_document_that_nothing_can_be_made_of_is_not_retried_later(world: World) -> None:
    item_id = await frozen_and_let_go(world)
    world.ledger.cannot_render["INV-1"] = ArithmeticError("too many digits")
    await world.settle()
    assert sorted(await steps_of(world, item_id)) == ["cancelled", "refused"]

    world.ledger.cannot_render.clear()
    await world.approve_again(item_id)
    await world.settle()

    async with world.db.write() as tx:
        assert not await retry_steps(tx, world.workspace_id, item_id, StepKind.ATTACHMENT)
    assert len(world.ledger.file_names) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_documents_that_break_what_renders_them_cost_the_others_nothing(world: World) -> None:
    errors = (KeyError("paid"), TypeError("None"), AttributeError("x"), AssertionError())
    world.ledger.cannot_render |= {f"BAD-{number}": error for number, error in enumerate(errors)}
    await world.approve("INV-1")
    bad = await world.approve(*world.ledger.cannot_render)
    await world.approve("INV-2")

    await world.settle()

    assert world.ledger.numbers == ["INV-1", "INV-2"]
    assert [await world.alert(item) for item in bad] == [("open", "document_not_made", 1)] * len(errors)


async def test_a_document_that_stands_there_as_another_kind_is_told_before_a_second_is_written(world: World) -> None:
    world.ledger.alter = lambda document: replace(document, gross=Decimal("120.01"))
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    world.ledger.alter = lambda document: document
    async with world.db.write() as tx:
        before = await world._item(tx, item_id)
        facts = replace(before.facts, document_type=DocumentType.CREDIT_NOTE)
        after = await change_item(tx, before, replace(before, facts=facts, state=ItemState.APPROVED))
        assert after is not None
        await open_publication(tx, after, due_at=tx.now)

    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert await world.alert(item_id) == ("open", "read_back_differs", 2)

    world.ledger.void("INV-1")
    await world.approve_again(item_id)
    await world.settle()
    (credit,) = [stored.document for stored in world.ledger.books_hold if not stored.is_voided]
    assert credit.kind is PostingKind.SUPPLIER_CREDIT_NOTE
    assert await world.state(item_id) is ItemState.PUBLISHED


async def test_an_attempt_that_another_took_over_from_tells_no_trouble(world: World) -> None:
    world.ledger.troubles["read"] = [Trouble.NOT_ALLOWED]
    (item_id,) = await world.approve("INV-1")

    async def overtake(point: str) -> None:
        if point == "read":
            world.ledger.on_call = None
            world.later(LEASE.total_seconds() + 1)
            (stuck,) = await world.publishing.stuck()
            assert await world.publishing.restart(stuck)

    world.ledger.on_call = overtake
    await world.one_pass()

    assert await world.alert(item_id) is None
    await world.settle()
    assert await world.state(item_id) is ItemState.PUBLISHED


async def test_trouble_is_over_when_the_ledger_turns_out_not_to_have_the_document(world: World) -> None:
    """It waits again, and may be taken back: nothing would end the alert then."""
    world.ledger.troubles["create"] = [Trouble.COMMIT_HALF]
    world.ledger.troubles["find"] = [Trouble.NOT_ALLOWED]
    items = await world.approve("INV-1", "INV-2")
    waiting: list[ItemId] = []
    for _ in range(8):
        await world.one_pass()
        world.later(8)
        # of two that were approved at one instant, either may be the half that was committed
        waiting = [item for item in items if await world.state(item) is ItemState.APPROVED]
        if waiting:
            break

    (absent,) = waiting
    assert await world.alert(absent) == ("fixed", "permission_missing", 1)
    await world.settle()
    assert await world.alert(absent) == ("resolved", "permission_missing", 1)


async def test_documents_go_before_the_files_of_others(world: World) -> None:
    """A file is a call of its own: hundreds of them would hold up what is approved meanwhile."""
    await world.approve("INV-1", "INV-2", "INV-3")
    await world.one_pass()
    world.later(1)
    await world.approve("INV-4")
    world.ledger.calls.clear()

    await world.one_pass()

    assert world.ledger.calls[0] == "create"
    await world.settle()
    assert len(world.ledger.file_names) == 4


async def test_in_an_outage_of_writing_one_document_at_a_time_finds_out_when_it_is_over(world: World) -> None:
    """Reading works all the while, so what is set aside is known to be absent: of 200, one call of fifty and few probes fail."""
    world.file = None
    items = await world.approve(*(f"INV-{number}" for number in range(200)))
    world.ledger.troubles["create"] = [Trouble.RESET_BEFORE_COMMIT] * 1000
    most = 0
    for _ in range(120):
        await world.one_pass()
        most = max(most, list((await world.states()).values()).count(ItemState.UNKNOWN))
        world.later(10)
    calls, sent = len(world.ledger.calls), sorted({len(numbers_in(body)) for body in world.ledger.bodies})
    world.ledger.troubles.clear()

    await world.settle(passes=400)

    assert (sent, most <= 53, calls <= 60) == ([1, 50], True, True), (sent, most, calls)
    assert len(world.ledger.numbers) == len(set(world.ledger.numbers)) == len(items)
    assert set((await world.states()).values()) == {ItemState.PUBLISHED}


async def test_what_the_ledger_fails_at_again_and_again_holds_up_nothing_else(world: World) -> None:
    """It answers 500 to one file whatever happens; that one is tried less and less often, and documents go on."""
    world.ledger.troubles["attach"] = [Trouble.RESET_BEFORE_COMMIT] * 200
    await world.approve("INV-1")
    await world.settle(passes=60, seconds=10)
    assert world.ledger.calls.count("attach") < 15

    await world.approve("INV-2")
    await world.settle(passes=3, seconds=10)
    assert world.ledger.numbers == ["INV-1", "INV-2"]

    world.ledger.troubles["attach"].clear()
    await world.settle(passes=40, seconds=60)
    assert len(world.ledger.file_names) == 2


async def test_what_the_ledger_does_not_let_be_read_holds_up_nothing_else_and_is_not_published_before(
    world: World,
) -> None:
    """It has all of the batch, under known ids: nothing of it can be sent twice."""
    world.file = None
    world.ledger.troubles["read"] = [Trouble.COMMIT_THEN_500] * 500
    first = await world.approve("INV-1", "INV-2")
    await world.settle(passes=40, seconds=10)

    (second,) = await world.approve("INV-3")
    await world.settle(passes=10, seconds=10)
    assert world.ledger.numbers == ["INV-1", "INV-2", "INV-3"]
    assert {await world.state(item) for item in (*first, second)} == {ItemState.SENDING}

    world.ledger.troubles["read"].clear()
    await world.settle(passes=40, seconds=60)
    assert {await world.state(item) for item in (*first, second)} == {ItemState.PUBLISHED}
    assert world.ledger.numbers == ["INV-1", "INV-2", "INV-3"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_document_that_the_ledger_fails_at_does_not_keep_those_beside_it(world: World) -> None:
    world.file = None
    world.ledger.fails_at = "INV-2"
    items = await world.approve("INV-1", "INV-2", "INV-3")

    await world.settle(passes=40, seconds=60)

    assert world.ledger.numbers == ["INV-1", "INV-3"]
    assert await world.state(items[1]) is ItemState.UNKNOWN

    world.ledger.fails_at = None
    await world.settle(passes=40, seconds=60)
    assert world.ledger.numbers == ["INV-1", "INV-2", "INV-3"]


async def test_a_withdrawal_that_was_refused_is_not_what_an_old_retry_is_about(world: World) -> None:
    """The item is published again; begun by that button, the withdrawal would end at once, and the alert never."""
    (item_id,) = await world.approve("INV-1")
    await world.settle()
    async with world.db.write() as tx:
        document = await published_document(tx, world.workspace_id, item_id)
        assert document is not None
        await open_withdrawal(tx, await world._item(tx, item_id), document)
        of_it = STEPS.c.kind == StepKind.WITHDRAWAL
        await tx.execute(STEPS.update().where(of_it).values(state=StepState.REFUSED))

        assert not await retry_steps(tx, world.workspace_id, item_id, StepKind.WITHDRAWAL)
        assert await leave_steps(tx, world.workspace_id, item_id, AFTER_DOCUMENT) == {StepKind.WITHDRAWAL}


async def test_what_is_still_tried_is_not_looked_after_like_what_was_refused(world: World) -> None:
    """A call for its books every minute would use up what the organisation may ask in a day."""
    world.file = None
    world.ledger.troubles["read"] = [Trouble.NOT_ALLOWED] * 99
    (item_id,) = await world.approve("INV-1")
    await world.settle(passes=4)
    assert await world.alert(item_id) == ("open", "permission_missing", 1)
    people = People(None)  # type: ignore[arg-type]  # nobody presses anything here
    waiting = Waiting(world.db, world.clock, people, world.tokens, {"xero": world.ledger})

    world.later(2 * 60 * 60)
    assert await waiting.look() == 0

    assert "books" not in world.ledger.calls


async def test_what_was_planned_after_a_document_is_what_it_is_sent_with_in_the_end(world: World) -> None:
    """Planned to be paid, held up, and sent as a draft: it is not paid, and has its file."""
    world.ledger.refuse_calls_with["INV-2"] = NOT_AS_A_WHOLE
    item_id, _ = await world.approve("INV-1", "INV-2")
    await change(world, item_id, publish_as=PaymentStatus.PAID, paid_from="bank-1")
    await world.one_pass()
    assert len(await steps_of(world, item_id)) == 3
    world.ledger.refuse_calls_with.clear()

    await change(world, item_id, publish_as=PaymentStatus.DRAFT)
    await world.settle()

    assert world.ledger.payments == []
    assert await steps_of(world, item_id) == ["done", "done"]


async def test_no_payment_is_planned_of_what_the_ledger_takes_none_of(world: World) -> None:
    world.ledger.profile = replace(world.ledger.profile, pays=frozenset({PostingKind.SALES_INVOICE}))
    (item_id,) = await world.approve("INV-1")
    await change(world, item_id, publish_as=PaymentStatus.PAID, paid_from="bank-1")
    async with world.db.read() as tx:
        item = await load_item(tx, world.workspace_id, item_id)
    assert item is not None
    assert StepKind.PAYMENT not in _planned(item, world.ledger, has_file=True), "nor said to follow"

    await world.settle()

    assert world.ledger.numbers == ["INV-1"]
    assert world.ledger.payments == []
    assert "planned" not in await steps_of(world, item_id)


async def change(world: World, item_id: ItemId, **values: object) -> None:
    """Under its approval."""
    async with world.db.write() as tx:
        item = await load_item(tx, world.workspace_id, item_id)
        assert item is not None
        assert await change_item(tx, item, replace(item, **values)) is not None  # type: ignore[arg-type]


async def test_to_hold_what_was_frozen_costs_the_same_however_many_were_frozen_with_it(world: World) -> None:
    """Fifty go in a batch, and everybody's clicks wait for the transaction that takes it apart."""
    assert await _statements_that_take_out_of(world, 2) == await _statements_that_take_out_of(world, 6)


async def test_that_nobody_knows_what_became_of_a_call_costs_the_same_for_two_and_for_six(world: World) -> None:
    counts = []
    for many in (2, 6):
        await _frozen(world, many)
        async with world.db.write() as tx:
            (batch,) = await untouched_batches(tx, world.workspace_id, world.organisation_id)
            with counted() as statements:
                await recording.unknown(tx, batch)
            counts.append(len(statements))
            await recording.release(tx, batch, batch.steps)
            await end_batch(tx, batch, BatchState.DISSOLVED)

    assert counts[0] == counts[1]


async def _statements_that_take_out_of(world: World, many: int) -> int:
    item_id = await _frozen(world, many)
    async with world.db.write() as tx:
        item = await load_item(tx, world.workspace_id, item_id)
        assert item is not None
        with counted() as statements:
            assert await recording.take_out(tx, item) is not None
    return len(statements)


async def _frozen(world: World, many: int) -> ItemId:
    """One of them. Those that were taken out before are frozen with it."""
    *_, item_id = await world.approve(*[f"INV-{many}-{number}" for number in range(many)])
    world.later(3)
    (organisation,) = await world.publishing.due()
    assert await world.publishing.freeze(organisation)
    return item_id


async def test_a_file_of_a_document_that_was_withdrawn_meanwhile_is_not_taken_up_again(world: World) -> None:
    """It may be looked for in the ledger just then, if that had trouble with it for long, and turn out not to be there."""
    world.file = ("bill.pdf", b"%PDF")
    await world.approve("INV-1")
    world.later(3)
    await world.one_pass()
    assert await world.publishing.plan() == 1
    async with world.db.write() as tx:
        (batch,) = await untouched_batches(tx, world.workspace_id, world.organisation_id)

    async with world.db.write() as tx:
        await mark_withdrawn(tx, world.workspace_id, batch.steps[0].id.publication_id)
        await recording.release(tx, batch, batch.steps)
        states = (await tx.execute(select(STEPS.c.state).where(STEPS.c.kind == StepKind.ATTACHMENT))).scalars().all()

    assert (batch.kind, states) == (StepKind.ATTACHMENT, [StepState.CANCELLED])
