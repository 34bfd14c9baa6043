"""The product's whole life, from its installation to its disconnection, in processes that are killed all the while.

Few kills here; `python -m tests.kill --database sqlite --kills 500` kills as often as it says.
"""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kill.life import live_once

KILLS, WITHIN = 4, 2500
PROCESSES = {"sqlite": ("run",), "postgresql": ("run", "worker")}


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_anywhere_between_install_and_disconnect_it_loses_nothing_and_does_nothing_twice(
    database_url: str, tmp_path: Path, record_property: Callable[[str, str], None]
) -> None:
    seed, kind = random.randrange(1, 10**6), database_url.partition("+")[0]
    sys.stdout.write(f"seed {seed}\n")

    outcome = await live_once(
        database_url, tmp_path, random.Random(seed), most=KILLS, within=WITHIN, commands=PROCESSES[kind]
    )

    assert outcome.wrong == [], (tmp_path / "printed").read_text()[-4000:]
    record_property("table", f"killed in one life, {kind}\nsurvived {outcome.kills} of {outcome.kills} kills")
    assert outcome.kills >= KILLS, "it ended before it was killed so often"
