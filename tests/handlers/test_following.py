"""More items than one page wait when settings are saved: all follow them, whatever comes in between."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.clock import Clock
from bot.db.base import dump, load, table_of
from bot.db.connections import ConnectionRow
from bot.db.items import ITEMS
from bot.db.recodings import RECODINGS
from bot.db.unattended import Turn
from bot.db.unit_of_work import Database, Tx
from bot.db.workspaces import AuditRow
from bot.domain.coding import Coding
from bot.domain.connections import Health
from bot.domain.ids import ItemId
from bot.domain.rule_forms import form_of
from bot.domain.rules import AutoPublish
from bot.playground.slack import APPROVER, BILLS
from bot.services.following import PAGE, Following
from bot.services.settings import load_settings
from bot.views.ids import ActionId
from tests.handlers.desk import CATEGORY, OTHER_CATEGORY, Desk, a_desk, words
from tests.handlers.ruling import save_rule

THIRD_CATEGORY = "400"
WAITING = 2 * PAGE + 20
AUDIT, CONNECTIONS = table_of(AuditRow), table_of(ConnectionRow)


class KilledError(BaseException):
    """The process is gone."""


class Mortal(Database):
    """The same database, in a process that is killed after so many transactions."""

    def __init__(self, url: str, clock: Clock, lives: int) -> None:
        super().__init__(url, clock)
        self.lives = lives

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        if not self.lives:
            raise KilledError
        self.lives -= 1
        async with super().write() as tx:
            yield tx


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    """One bill with a card; before it, many more that wait."""
    async with a_desk(database_url) as made:
        await made.add()
        async with made.world.services.db.write() as tx:
            row = dict((await tx.execute(select(ITEMS))).mappings().one())
            for age in range(1, WAITING):
                came = {"id": uuid4(), "source_key": f"copy {age}", "created_at": row["created_at"] - timedelta(age)}
                await tx.execute(ITEMS.insert().values({**row, **came}))
        yield made


async def save(desk: Desk, category: str) -> None:
    await desk.world.set_up(category=category, alerts_channel=BILLS, settled=False)


async def work(desk: Desk, *, pages: int) -> None:
    """A worker that is killed after so many pages; the job is still there for the next one."""
    services, jobs = desk.world.services, desk.world.jobs
    db = Mortal(services.config.database_url, services.clock, pages)
    with pytest.raises(KilledError):
        await Following(db, jobs).run(jobs.waiting[-1][1])
    await db.close()


async def categories(desk: Desk) -> Counter[str | None]:
    async with desk.world.services.db.read() as tx:
        rows = (await tx.execute(select(ITEMS.c.coding))).scalars().all()
    return Counter(load(coding, Coding).account.value for coding in rows)


async def followed(desk: Desk) -> int:
    async with desk.world.services.db.read() as tx:
        told = select(func.count()).select_from(AUDIT).where(AUDIT.c.deed == "follows new settings")
        return int((await tx.execute(told)).scalar_one())


async def is_under_way(desk: Desk) -> bool:
    async with desk.world.services.db.read() as tx:
        return (await tx.execute(select(RECODINGS.c.run))).first() is not None


async def test_the_first_page_follows_at_once_and_the_rest_through_a_kill_each_item_once(desk: Desk) -> None:
    await save(desk, OTHER_CATEGORY)
    assert await categories(desk) == {OTHER_CATEGORY: PAGE, CATEGORY: WAITING - PAGE}

    await work(desk, pages=1)
    assert await categories(desk) == {OTHER_CATEGORY: 2 * PAGE, CATEGORY: WAITING - 2 * PAGE}
    assert await is_under_way(desk)

    desk.world.jobs.waiting.clear()
    await desk.world.later(120)
    assert await categories(desk) == {OTHER_CATEGORY: WAITING}
    assert (await followed(desk), await is_under_way(desk)) == (WAITING, False)
    assert "461 · Printing" in words(desk.card("INV-1"))


async def test_an_approver_who_saw_what_is_still_to_follow_has_approved_nothing(desk: Desk) -> None:
    seen = desk.card("INV-1")
    await save(desk, OTHER_CATEGORY)

    await desk.press(seen, ActionId.APPROVE_ITEM, APPROVER, settled=False)
    await desk.world.product.messenger.drain()

    assert "has changed since you opened it" in desk.whispers(APPROVER)[-1]
    assert "461 · Printing" in words(desk.card("INV-1"))
    assert (await categories(desk))[OTHER_CATEGORY] == PAGE + 1

    await desk.press(desk.card("INV-1"), ActionId.APPROVE_ITEM, APPROVER)
    await desk.world.later(120)
    assert [bill["LineItems"][0]["AccountCode"] for bill in desk.xero.bills()] == [OTHER_CATEGORY]
    assert await categories(desk) == {OTHER_CATEGORY: WAITING}


async def test_what_would_go_by_itself_waits_until_it_follows_the_rule_that_was_saved(desk: Desk) -> None:
    await in_health(desk, Health.BROKEN)
    rule = await save_rule(desk, account=OTHER_CATEGORY, auto_publish=AutoPublish.ALWAYS)
    assert await categories(desk) == {OTHER_CATEGORY: WAITING}
    await in_health(desk, Health.HEALTHY)
    rules, actor, of = desk.world.services.rules, await desk.world.actor(), desk.world.organisation_id
    says = replace(form_of(rule).opinions, account=THIRD_CATEGORY)
    await rules.save(actor, of, rule.id, replace(form_of(rule), opinions=says, is_for_waiting=True))
    async with desk.world.services.db.read() as tx:
        last = (await tx.execute(select(ITEMS.c.id).order_by(ITEMS.c.created_at.desc()).limit(1))).scalar_one()
    async with desk.world.services.db.write() as tx:  # so that none is a copy of it
        await tx.execute(ITEMS.update().where(ITEMS.c.id != last).values(issued_on=date(2020, 1, 1)))
    turn = Turn(workspace_id=actor.workspace.id, organisation_id=of, item_id=ItemId(last))

    went = await desk.world.services.auto_publishing.go(turn)

    assert not went
    assert await categories(desk) == {THIRD_CATEGORY: PAGE, OTHER_CATEGORY: WAITING - PAGE}
    async with desk.world.services.db.read() as tx:
        assert (await tx.execute(select(ITEMS.c.state).distinct())).scalars().all() == ["in_approval"]


async def in_health(desk: Desk, now: Health) -> None:
    async with desk.world.services.db.write() as tx:
        await tx.execute(CONNECTIONS.update().values(health=now))


async def test_settings_that_are_saved_meanwhile_begin_anew_and_no_item_is_left_behind(desk: Desk) -> None:
    await save(desk, OTHER_CATEGORY)
    await work(desk, pages=1)
    (_, old) = desk.world.jobs.waiting[-1]

    await save(desk, THIRD_CATEGORY)
    await desk.world.services.following.run(old)
    assert (await categories(desk))[THIRD_CATEGORY] == PAGE

    await desk.settle()
    assert await categories(desk) == {THIRD_CATEGORY: WAITING}
    assert not await is_under_way(desk)


async def test_what_came_in_without_a_default_follows_at_once_when_that_is_back(desk: Desk) -> None:
    """The settings are the ones that were followed before, so it is their second round."""
    await save(desk, OTHER_CATEGORY)
    await desk.settle()
    services = desk.world.services
    async with services.db.write() as tx:
        item = (await tx.execute(select(ITEMS.c.workspace_id, ITEMS.c.organisation_id))).first()
        assert item is not None
        await tx.execute(ITEMS.update().values(coding=dump(Coding())))
        settings = await load_settings(tx, item.workspace_id, item.organisation_id)

        await services.following.begin(tx, item.workspace_id, item.organisation_id, settings)
    await desk.settle()

    assert await categories(desk) == {OTHER_CATEGORY: WAITING}
    assert not await is_under_way(desk)
