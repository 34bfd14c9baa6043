"""All that is waited for while Slack waits for an answer ends before Slack gives up."""

import asyncio

import pytest

from bot import deadline
from bot.playground.slack import MEMBER
from handlers.payloads import Command
from handlers.replies import Reply, Whisper
from tests.fakes.app import whole_app
from tests.handlers.desk import words

SLACK_SECONDS = 3.0


@pytest.mark.usefixtures("short_waits")
async def test_all_questions_of_a_request_share_one_limit_and_leave_time_to_show_the_answer(sqlite_url: str) -> None:
    ends: list[float | None] = []

    async def look(command: Command) -> Reply:
        now = asyncio.get_running_loop().time()
        limits = (deadline.to_ask(60), deadline.to_show(60))
        ends.extend(end and end - now for end in (limit.when() for limit in limits))
        return Whisper(f"hello {command.actor.user_id}")

    async with whole_app(sqlite_url) as world:
        world.product.routes.command("look", look, "for this test")
        await world.slack.command("/dext", "look", user=MEMBER)

        asking, showing = ends
        assert asking is not None
        assert showing is not None
        assert asking < showing < SLACK_SECONDS

        # Slack says nothing of who they are: whom to name instead is not asked, and the refusal is shown
        world.slack.faults.next_call("users.info", "timeout", times=2)
        await world.slack.command("/dext", "connect", user=MEMBER)

        view = world.slack.view(MEMBER)
        assert view is not None
        assert "could not check with Slack who you are" in words(view)
        assert world.slack.calls_of("users.list") == []


async def test_work_that_answers_nobody_has_all_the_time_that_it_asks_for() -> None:
    begun = asyncio.get_running_loop().time()

    end = deadline.to_ask(60).when()

    assert end is not None
    assert end - begun >= 60
