"""The process that dies while it seals stored secrets anew."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from bot.clock import SystemClock
from bot.db.unit_of_work import Database
from bot.services.keys import StoredSecrets
from bot.vault import Vault
from tests.kill.hook import Hook


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    database_url: str
    ring: str
    kill_at: int
    steps_file: str


def rotate(turn: Turn) -> None:
    """Answers its steps in a file, when it comes to its end."""
    steps = asyncio.run(_rotate(turn))
    Path(turn.steps_file).write_text(str(steps))
    os._exit(0)


async def _rotate(turn: Turn) -> int:
    hook, clock = Hook(turn.kill_at), SystemClock()
    hook.arm()
    await StoredSecrets(Database(turn.database_url, clock), Vault.from_text(turn.ring), clock).reseal(batch=2)
    return hook.steps
