"""Hostile documents in a channel, while people go on working."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import pytest

from bot.playground.slack import BILLS, MEMBER
from bot.views.ids import ActionId
from tests.handlers.desk import a_desk, actions
from tests.intake.hostile import HARMLESS, REFUSED

OF_THE_READING = 4
"""One of these files takes most of the time that all of them do. Were it read where clicks are answered, a click would
wait as long; how long one waits in milliseconds, `benchmarks.hostile` tells."""
ENDED_BADLY = ("a PDF that inflates beyond the limit", "a page that draws a thousand million times", "noise as PDF")
READ = ("20,000 pages", "100,000 attachments", "a huge picture on a page")


async def slowest_of(work: Callable[[], Awaitable[object]], until: asyncio.Task[None]) -> tuple[float, int, float]:
    """The longest of the answers that were given while something else went on, how many there were, and how long that was."""
    slowest, times, began = 0.0, 0, monotonic()
    while not until.done():
        started = monotonic()
        await work()
        slowest, times = max(slowest, monotonic() - started), times + 1
        await asyncio.sleep(0.1)
    return slowest, times, monotonic() - began


@pytest.mark.slow
async def test_clicks_are_answered_in_time_while_hostile_files_are_read(sqlite_url: str) -> None:
    async with a_desk(sqlite_url) as desk:
        documents = {name: {**REFUSED, **HARMLESS}[name]() for name in (*ENDED_BADLY, *READ)}
        for name, content in documents.items():
            await desk.slack.upload(content, f"{name}.pdf", channel=BILLS, user=MEMBER)

        reading = asyncio.create_task(desk.settle())
        slowest, times, reading_took = await slowest_of(
            lambda: desk.slack.command("/dext", "help", user=MEMBER), reading
        )

        await reading
        messages = desk.slack.messages(BILLS)
        answers = [
            reply.text for message in messages if message.files for reply in desk.slack.thread(BILLS, message.ts)
        ]
        assert times > 5
        assert slowest < reading_took / OF_THE_READING
        assert sum("was not added" in answer for answer in answers) == len(ENDED_BADLY)
        assert sum(ActionId.EXPLAIN_ITEM in actions(message) for message in messages) == len(READ)
