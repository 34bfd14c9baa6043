"""An approved bill before it is sent, in a simulated Slack: held, released, sent at once, taken back to approval."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.batches import claim_batch
from bot.db.publications import BATCHES
from bot.db.unit_of_work import Database, Tx
from bot.domain.ids import UserId
from bot.domain.items import Item, ItemState
from bot.playground.slack import APPROVER, BOOKKEEPER, FORMER, GUEST, MEMBER, OTHER_BOT, Message
from bot.services.current import NotNowError, require_item
from bot.services.holding import Change, Holding, cancelled, held, hurried
from bot.views.ids import ActionId, BlockId
from tests.fakes.clock import FakeClock
from tests.handlers.desk import OTHER_CATEGORY, UNDO_SECONDS, Desk, a_desk, actions, words
from tests.handlers.refusals import item_id

HOLD, RELEASE, NOW = ActionId.HOLD_ITEM, ActionId.RELEASE_ITEM, ActionId.PUBLISH_NOW
UNDO = ActionId.UNDO_ITEM
LONG = 10 * UNDO_SECONDS
NUMBER = "INV-1"


@dataclass(frozen=True, slots=True)
class Between:
    """Whoever has read the bill, and changes it a moment later."""

    desk: Desk

    @asynccontextmanager
    async def read(self) -> AsyncIterator[tuple[Tx, Item]]:
        workspace = (await self.desk.world.actor(BOOKKEEPER)).workspace
        of = workspace.id, await item_id(self.desk)
        async with self.desk.world.services.db.write() as tx:
            yield tx, await require_item(tx, *of)

    async def begun(self) -> None:
        """A worker has taken what is frozen."""
        db = self.desk.world.services.db
        async with db.write() as tx:
            batch_id = (await tx.execute(select(BATCHES.c.id))).scalar_one()
            assert await claim_batch(tx, batch_id, 1, until=tx.now + timedelta(seconds=30)) is not None


async def approved(desk: Desk, number: str = NUMBER) -> Message:
    await desk.add(**{BlockId.NUMBER: number})
    return await desk.approve(number)


async def frozen(desk: Desk) -> None:
    """Whatever is due is in a batch that nobody has begun to send."""
    clock = desk.world.clock
    assert isinstance(clock, FakeClock)
    clock.move_to(clock.now() + timedelta(seconds=UNDO_SECONDS + 3))
    publishing = desk.world.services.publishing
    for organisation in await publishing.due():
        assert await publishing.freeze(organisation)
    await desk.world.product.messenger.drain()


def sent(desk: Desk) -> list[str]:
    return sorted(bill["InvoiceNumber"] for bill in desk.xero.bills())


async def test_what_is_held_is_not_sent_until_it_is_released(either: Desk) -> None:
    card = await approved(either)

    await either.press(card, HOLD, BOOKKEEPER)
    await either.world.later(LONG)

    held = either.card(NUMBER)
    assert f"*Held* by <@{BOOKKEEPER}>" in words(held)
    assert "A bookkeeper or an admin can release it; nothing is sent to Xero before." in words(held)
    assert f"Approved* by <@{APPROVER}>" in words(held)
    assert actions(held)[:2] == [RELEASE, UNDO]
    assert sent(either) == []

    await either.press(held, RELEASE, BOOKKEEPER)

    assert "Published" in words(either.card(NUMBER))
    assert sent(either) == [NUMBER]


async def test_a_release_within_the_undo_window_waits_for_its_end(desk: Desk) -> None:
    await desk.press(await approved(desk), HOLD, BOOKKEEPER)

    await desk.press(desk.card(NUMBER), RELEASE, BOOKKEEPER)
    assert sent(desk) == []
    assert "*Undo* until then." in words(desk.card(NUMBER))
    await desk.world.later(UNDO_SECONDS + 3)

    assert sent(desk) == [NUMBER]


async def test_publish_now_waits_for_no_undo_window(either: Desk) -> None:
    card = await approved(either)

    await either.press(card, NOW, BOOKKEEPER)

    assert "Published" in words(either.card(NUMBER))
    assert sent(either) == [NUMBER]
    await either.press(card, NOW, BOOKKEEPER)
    assert "nothing of it waits to be sent" in either.whispers(BOOKKEEPER)[-1]


async def test_a_bookkeeper_takes_an_approved_bill_back_and_it_is_approved_again(either: Desk) -> None:
    card = await approved(either)
    assert [element["type"] for block in card.blocks for element in block.get("elements", [])].count("overflow") == 0

    await either.press(card, UNDO, BOOKKEEPER)
    await either.world.later(LONG)
    assert "In approval" in words(either.card(NUMBER))
    assert sent(either) == []
    await either.approve(NUMBER)
    await either.world.later(LONG)

    assert sent(either) == [NUMBER]


async def test_what_is_held_can_be_undone_and_is_held_no_more_when_it_is_approved_again(desk: Desk) -> None:
    await desk.press(await approved(desk), HOLD, BOOKKEEPER)

    await desk.press(desk.card(NUMBER), UNDO, APPROVER)
    await desk.approve(NUMBER)
    await desk.world.later(LONG)

    assert sent(desk) == [NUMBER]


async def test_a_coding_edit_keeps_the_hold_and_a_material_one_ends_it(desk: Desk) -> None:
    await desk.press(await approved(desk), HOLD, BOOKKEEPER)
    await desk.edit(NUMBER, {BlockId.ACCOUNT: OTHER_CATEGORY})
    await desk.world.later(LONG)
    assert "*Held* by" in words(desk.card(NUMBER))

    await desk.edit(NUMBER, {BlockId.GROSS: "60.00", BlockId.TAX: "10.00"})
    assert "In approval" in words(desk.card(NUMBER))
    await desk.approve(NUMBER)
    await desk.world.later(LONG)

    assert sent(desk) == [NUMBER]


@pytest.mark.parametrize("is_held", [True, False])
async def test_what_is_only_frozen_is_taken_out_and_the_others_of_its_batch_go_on(either: Desk, is_held: bool) -> None:  # noqa: FBT001
    await approved(either)
    await approved(either, "INV-2")
    item = await item_id(either)
    await frozen(either)
    assert "Being sent" in words(either.card(NUMBER))

    holding, actor = either.world.services.holding, await either.world.actor(BOOKKEEPER)
    deed = holding.hold if is_held else holding.undo
    await deed(actor, item)
    await either.settle()
    await either.world.later(LONG)

    assert sent(either) == ["INV-2"]
    assert ("*Held* by" if is_held else "In approval") in words(either.card(NUMBER))
    assert "Published" in words(either.card("INV-2"))


@pytest.mark.parametrize("user", [APPROVER, BOOKKEEPER])
async def test_an_undo_that_comes_as_the_bill_is_made_ready_still_stops_it(either: Desk, user: str) -> None:
    """Its button is on the card until that is drawn again."""
    card = await approved(either)
    await frozen(either)

    await either.press(card, UNDO, user)
    await either.world.later(LONG)

    assert "In approval" in words(either.card(NUMBER))
    assert sent(either) == []


@pytest.mark.postgres
class TestAtTheInstantOfFreezing:
    """Where rows are locked one by one, what somebody holds may be frozen after it was read."""

    @pytest.fixture
    async def between(self, postgres_url: str) -> AsyncIterator[Between]:
        async with a_desk(postgres_url) as desk:
            await approved(desk)
            yield Between(desk)

    @pytest.mark.parametrize(("change", "state"), [(held, ItemState.APPROVED), (cancelled, ItemState.IN_APPROVAL)])
    async def test_what_nobody_has_begun_to_send_is_taken_out(
        self, between: Between, change: Change, state: ItemState
    ) -> None:
        async with between.read() as (tx, item):
            await frozen(between.desk)
            changed = await change(tx, item, UserId(BOOKKEEPER))
        await between.desk.world.later(LONG)

        assert (changed.state, sent(between.desk)) == (state, [])

    @pytest.mark.parametrize("change", [held, cancelled, hurried])
    async def test_what_is_on_its_way_is_said_to_be(self, between: Between, change: Change) -> None:
        async with between.read() as (tx, item):
            await frozen(between.desk)
            await between.begun()
            with pytest.raises(NotNowError, match="is being sent: it is on its way"):
                await change(tx, item, UserId(BOOKKEEPER))

    async def test_of_two_who_hold_it_the_second_is_told_so(self, between: Between) -> None:
        async with between.read() as (tx, item):
            await between.desk.press(between.desk.card(NUMBER), HOLD, BOOKKEEPER)
            with pytest.raises(NotNowError, match="it is held already"):
                await held(tx, item, UserId(BOOKKEEPER))


async def test_what_was_sent_cannot_be_stopped_and_the_answer_says_what_helps(desk: Desk) -> None:
    card = await approved(desk)
    await desk.world.later(UNDO_SECONDS + 3)

    for action in (HOLD, NOW):
        await desk.press(card, action, BOOKKEEPER)
        assert "is published: nothing of it waits to be sent." in desk.whispers(BOOKKEEPER)[-1]

    assert sent(desk) == [NUMBER]


async def test_second_clicks_are_told_how_it_is(desk: Desk) -> None:
    card = await approved(desk)
    await desk.press(card, HOLD, BOOKKEEPER)

    await desk.press(card, HOLD, BOOKKEEPER)
    assert "it is held already" in desk.whispers(BOOKKEEPER)[-1]
    await desk.press(card, NOW, BOOKKEEPER)
    assert "it is held; *Release* sends it" in desk.whispers(BOOKKEEPER)[-1]
    held = desk.card(NUMBER)
    await desk.press(held, RELEASE, BOOKKEEPER)
    await desk.press(held, RELEASE, BOOKKEEPER)
    assert "nobody holds it" in desk.whispers(BOOKKEEPER)[-1]


async def test_of_two_who_hold_it_at_once_one_does(either: Desk) -> None:
    await approved(either)
    services, item = either.world.services, await item_id(either)
    other = Database(services.config.database_url, either.world.clock)

    outcomes = await asyncio.gather(
        services.holding.hold(await either.world.actor(BOOKKEEPER), item),
        Holding(other, services.people).hold(await either.world.actor(), item),
        return_exceptions=True,
    )
    await other.close()

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1


@pytest.mark.parametrize("user", [APPROVER, MEMBER, GUEST, FORMER, OTHER_BOT])
async def test_whoever_may_not_hold_changes_nothing(desk: Desk, user: str) -> None:
    card = await approved(desk)

    for action in (HOLD, NOW, UNDO):
        if (user, action) != (APPROVER, UNDO):
            await desk.press(card, action, user)

    assert "Goes to Xero at" in words(desk.card(NUMBER))
    assert sent(desk) == []
