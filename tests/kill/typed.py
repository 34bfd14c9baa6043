"""A command as it is typed, in a process of its own with an environment of its own.

It is forked from one that has imported the product, which takes a second and a half of each command that is started from
nothing. That the product starts from nothing, by its name, is what tests/bot/test_starting.py and the journeys prove.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import cli
from tests.kill.nursery import NURSERY

PATIENCE_SECONDS = 30


async def typed(environment: Mapping[str, str], *command: str) -> tuple[int | None, str]:
    """What it answered, and what it said."""
    with TemporaryDirectory(prefix="dext-typed-") as folder:
        said = Path(folder) / "said"
        process = NURSERY.Process(target=_type, args=(dict(environment), command, str(said)), daemon=True)
        process.start()
        await asyncio.to_thread(process.join, PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(said.read_text())
        return process.exitcode, said.read_text()


def _type(environment: dict[str, str], command: tuple[str, ...], said: str) -> None:
    with Path(said).open("wb") as output:
        os.dup2(output.fileno(), sys.stdout.fileno())
        os.dup2(output.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.exit(cli.main(command))
