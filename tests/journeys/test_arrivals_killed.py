"""Files on their way in, killed anywhere: each ends as one item with one answer."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from bot.domain.arrivals import SlackMessage
from bot.domain.ids import ChannelId
from bot.playground.slack import BILLS, MEMBER
from tests.handlers.desk import a_desk
from tests.handlers.dropping import a_bill, an_xml, cards, message_of, replies
from tests.kill.arrivals import Intake, take_in
from tests.kill.nursery import NURSERY

KILLS = 8
NEVER = 10**9
PATIENCE_SECONDS = 20


@pytest.mark.slow
async def test_a_file_whose_taking_in_is_killed_anywhere_is_one_item_and_one_answer(
    sqlite_url: str, tmp_path: Path
) -> None:
    seed = int(os.environ.get("DEXT_KILL_SEED", "0")) or random.randrange(1, 10**6)
    sys.stdout.write(f"DEXT_KILL_SEED={seed}\n")
    chance, steps_file, kills = random.Random(seed), tmp_path / "steps", 0
    async with a_desk(sqlite_url) as desk:
        for number in range(KILLS + 1):
            (stored,) = await desk.slack.share([an_xml(f"K-{number}")], channel=BILLS, user=MEMBER)
            ((_, job),) = desk.world.jobs.waiting
            desk.world.jobs.waiting.clear()
            intake = Intake(
                database_url=sqlite_url,
                content=a_bill(f"K-{number}"),
                message=SlackMessage(channel_id=ChannelId(BILLS), ts=message_of(desk, BILLS, stored.id).ts),
                job=job,
                at=desk.world.clock.now(),
                kill_at=chance.randint(1, int(steps_file.read_text())) if number else NEVER,
                steps_file=str(steps_file),
            )
            process = NURSERY.Process(target=take_in, args=(intake,))
            process.start()
            await asyncio.to_thread(process.join, PATIENCE_SECONDS)
            assert process.exitcode in (0, -signal.SIGKILL)
            kills += process.exitcode != 0
            await desk.world.later(90)

            assert len(cards(desk)) == number + 1
            (answer,) = replies(desk, message_of(desk, BILLS, stored.id))
            assert "Read as <" in answer.text
    assert kills
