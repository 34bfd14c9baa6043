"""A removal whose event never came, or came with a time that cannot be: Slack is asked whether our token is still good."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.workspaces import WORKSPACES
from bot.domain.ids import WorkspaceId
from bot.playground.slack import OTHER_TEAM, OUTSIDER, TEAM
from tests.handlers.envelopes import REVOKED, UNINSTALLED, an_event, send_event
from tests.handlers.test_installing import Shop, a_shop


@pytest.fixture
async def shop(sqlite_url: str) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_url) as made:
        assert (await made.install()).status == 200
        yield made


async def installed(shop: Shop) -> list[str]:
    async with shop.world.services.db.read() as tx:
        statement = select(WORKSPACES.c.team_id).where(WORKSPACES.c.removed_at.is_(None))
        return sorted((await tx.execute(statement)).scalars())


async def look(shop: Shop, **passed: float) -> int:
    shop.later(**passed)
    return await shop.world.services.removal.look()


async def test_a_token_that_is_refused_on_two_days_is_a_removal(database_url: str) -> None:
    """Slack tries an event for minutes; an upgrade takes longer."""
    async with a_shop(database_url) as shop:
        await shop.install()
        await shop.install(OUTSIDER, OTHER_TEAM)
        shop.world.slack.installations.remove(TEAM)

        assert [await look(shop), await look(shop, hours=23)] == [0, 0]
        assert await installed(shop) == sorted([TEAM, OTHER_TEAM]), "one refusal is not enough"
        assert [await look(shop, hours=2), await look(shop, days=1)] == [1, 0]

        assert await installed(shop) == [OTHER_TEAM]
        assert [row.team_id for row in await shop.rows()] == [OTHER_TEAM], "its token is kept no longer"
        assert await shop.world.services.workspaces.find("", TEAM) is None


async def test_it_is_asked_once_a_day_and_silence_is_no_refusal(shop: Shop) -> None:
    slack = shop.world.slack
    before = len(slack.calls_of("auth.test"))
    for _ in range(3):
        await look(shop, minutes=1)
    assert len(slack.calls_of("auth.test")) == before + 1

    slack.installations.remove(TEAM)
    await look(shop, days=1)
    for _ in range(3):
        slack.faults.next_call("auth.test", "500")
        assert await look(shop, days=1) == 0
    assert await installed(shop) == [TEAM]
    assert await look(shop, hours=1) == 1


class Says:
    """Slack's answers in turn; `meanwhile` happens before each is heard."""

    def __init__(self, *answers: bool, meanwhile: Callable[[], Awaitable[Any]] | None = None) -> None:
        self.answers = list(answers)
        self.meanwhile = meanwhile

    async def __call__(self, _: WorkspaceId, /) -> bool | None:
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.answers.pop(0)


async def test_a_token_that_is_good_again_in_between_is_no_removal(shop: Shop) -> None:
    removal = replace(shop.world.services.removal, is_good=Says(False, True, False, True))

    for _ in range(4):
        assert await removal.look() == 0
        shop.later(days=1)

    assert await installed(shop) == [TEAM]


async def test_with_a_clock_that_is_ahead_an_event_makes_us_ask(shop: Shop) -> None:
    """Tried out, and removed again 20 seconds later; what the event says lies before the installation."""
    shop.world.slack.installations.remove(TEAM)
    shop.later(seconds=20)
    at = shop.world.clock.now().timestamp() - 30
    await send_event(shop.world, an_event(UNINSTALLED, at=at, event_id="Ev1"))
    await send_event(shop.world, an_event(REVOKED, at=at, event_id="Ev2"))
    assert await installed(shop) == [TEAM], "no call of Slack's is made inside an answer"

    assert await look(shop) == 1

    assert await installed(shop) == []


async def test_a_late_event_of_the_installation_before_is_asked_about_and_harmless(shop: Shop) -> None:
    at = shop.world.clock.now().timestamp() - 30
    await send_event(shop.world, an_event(UNINSTALLED, at=at, event_id="Ev1"))

    assert [await look(shop), await look(shop, days=1)] == [0, 0]
    assert await installed(shop) == [TEAM]


async def test_one_that_was_installed_while_slack_was_asked_stays(shop: Shop) -> None:
    removal = replace(shop.world.services.removal, is_good=Says(False, False, meanwhile=shop.install))
    await replace(removal, is_good=Says(False)).look()

    shop.later(days=1)
    assert await removal.look() == 0

    assert await installed(shop) == [TEAM]
    assert await look(shop, days=1) == 0
