"""Four bugs planted into the product, to know that the tests would see them: each is lived through with and without."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from slack_bolt.response import BoltResponse
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError

from bot.db import items
from bot.db.items import ITEMS
from bot.db.unit_of_work import Database
from bot.domain.ids import ConnectionId
from bot.domain.items import Item
from bot.playground.slack import APPROVER, BILLS, BOOKKEEPER
from bot.services import approvals
from bot.services.approvals import Approvals
from bot.services.tokens import TokenKeeper
from bot.views.ids import ActionId
from handlers.dispatch import Dispatch
from providers.base import TokenAnswer
from tests.fakes.clock import FakeClock
from tests.handlers.conftest import Connecting
from tests.handlers.desk import Desk, a_desk
from tests.handlers.test_approvals import ref_of
from tests.handlers.test_reconnecting import connection
from tests.services.ledger import Ledger, Trouble
from tests.services.publishing import World, a_world

PLANTED = pytest.mark.parametrize("is_planted", [False, True])
A_WHILE_SECONDS = 120


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Desk]:
    async with a_desk(sqlite_url) as made:
        yield made


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    return await a_world(database, clock)


@PLANTED
async def test_what_is_acknowledged_before_it_is_saved_is_seen_to_be_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, is_planted: bool
) -> None:
    """The process dies when its answer has left."""
    card = await desk.add()
    begun: list[asyncio.Task[BoltResponse]] = []
    answers = Dispatch.__call__

    async def acknowledges_first(self: Dispatch, body: dict[str, Any]) -> BoltResponse:
        begun.append(asyncio.create_task(answers(self, body)))
        return BoltResponse(status=200)

    with monkeypatch.context() as planted:
        if is_planted:
            planted.setattr(Dispatch, "__call__", acknowledges_first)
        answer = await desk.press(card, ActionId.APPROVE_ITEM, settled=False)
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
    await desk.settle()
    await desk.world.later(A_WHILE_SECONDS)

    assert answer.status == 200
    assert len(desk.xero.bills()) == (0 if is_planted else 1)


@PLANTED
async def test_a_new_key_for_each_attempt_is_seen_to_double(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_planted: bool
) -> None:
    """The answer is lost, and the ledger's lists do not show yet what is there: only the key keeps it single."""
    create = Ledger.create

    async def under_a_new_key(self: Ledger, *arguments: Any, idempotency_key: str) -> Any:
        return await create(self, *arguments, idempotency_key=f"{idempotency_key}{uuid4()}")

    if is_planted:
        monkeypatch.setattr(Ledger, "create", under_a_new_key)
    world.ledger.troubles["create"] = [Trouble.COMMIT_THEN_500]
    world.ledger.lists_late_by = timedelta(seconds=A_WHILE_SECONDS)
    await world.approve("INV-1")

    await world.settle()

    assert world.ledger.numbers == ["INV-1"] * (2 if is_planted else 1)


@pytest.mark.postgres
@PLANTED
async def test_changes_without_compare_and_set_are_seen_to_clash(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, *, is_planted: bool
) -> None:
    """Two processes have read the same version before either writes. Without compare-and-set it is left to the database's
    keys to stop the second: nothing is doubled, but nobody is told who was quicker.
    """
    async with a_desk(postgres_url) as desk:
        await desk.world.set_up(approvers=(APPROVER, BOOKKEEPER), alerts_channel=BILLS)
        ref, services = ref_of(await desk.add()), desk.world.services
        other = Database(services.config.database_url, desk.world.clock)
        elsewhere = Approvals(other, services.people, services.approvals.undo_window)
        both_have_read = asyncio.Barrier(2)

        async def change(*arguments: Any) -> Item | None:
            await both_have_read.wait()
            return await items.change_item(*arguments)

        monkeypatch.setattr(approvals, "change_item", change)
        if is_planted:
            of = ITEMS.c.id == bindparam("of_id"), ITEMS.c.workspace_id == bindparam("of_workspace")
            monkeypatch.setattr(items, "_CHANGE", ITEMS.update().where(*of))
        async with asyncio.timeout(20):
            outcomes = await asyncio.gather(
                services.approvals.approve(await desk.world.actor(APPROVER), ref.item_id, ref.version),
                elsewhere.approve(await desk.world.actor(BOOKKEEPER), ref.item_id, ref.version),
                return_exceptions=True,
            )
        await other.close()

        clashes = [outcome for outcome in outcomes if isinstance(outcome, IntegrityError)]
        assert len(clashes) == (1 if is_planted else 0)
        assert sum(isinstance(outcome, Item) for outcome in outcomes) == 1


@PLANTED
async def test_refreshing_without_the_lock_is_seen_to_spend_the_refresh_token(
    connecting: Connecting, monkeypatch: pytest.MonkeyPatch, *, is_planted: bool
) -> None:
    await connecting.connect(connecting.browser(), await connecting.link())
    await connecting.run_jobs()
    connecting.ledger.calls.clear()
    connecting.clock.sleeps_at_once = True
    await connecting.clock.advance(3600)
    held = ConnectionId((await connection(connecting)).id)
    other = TokenKeeper(connecting.db, connecting.vault, connecting.clock, {"fake": connecting.ledger})

    refresh, inside = connecting.ledger.refresh, 0

    async def slow(refresh_token: str) -> TokenAnswer:
        """As far as the ledger before the others have given up waiting, or been there too."""
        nonlocal inside
        inside += 1
        for _ in range(200):
            if inside > 1:
                break
            await asyncio.sleep(0.005)
        return await refresh(refresh_token)

    async def always(_self: TokenKeeper, _row: object) -> bool:
        return True

    if is_planted:
        monkeypatch.setattr(TokenKeeper, "_hold", always)
        monkeypatch.setattr(type(connecting.ledger), "refresh", lambda _self, refresh_token: slow(refresh_token))
    await asyncio.gather(
        *(keeper.access(held) for keeper in (connecting.tokens, other, connecting.tokens, other)),
        return_exceptions=True,
    )

    assert (connecting.ledger.calls.count("refresh") > 1) == is_planted
