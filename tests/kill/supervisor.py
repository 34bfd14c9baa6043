"""What a service manager does with `Restart=always`, over processes that die again and again by the hook."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.kill.nursery import NURSERY
from tests.kill.serving import Serving, serve

NEVER = 10**9


@dataclass(slots=True)
class Supervisor:
    """Starts a process anew whenever it dies, until it has died `most` times; from then on it lives."""

    environment: Mapping[str, str]
    printed: Path
    chance: random.Random
    most: int
    within: int
    """The step it dies at is drawn from the first so many."""
    kills: int = 0
    ended: list[str] = field(default_factory=list)
    """Processes that ended by themselves: whoever restarts them would have to look why."""

    @asynccontextmanager
    async def keeping(self, *commands: str) -> AsyncIterator[None]:
        loops = [asyncio.create_task(self._keep(command)) for command in commands]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    async def _keep(self, command: str) -> None:
        while True:
            kill_at = self.chance.randint(1, self.within) if self.kills < self.most else NEVER
            serving = Serving(command=command, environment=self.environment, kill_at=kill_at, printed=str(self.printed))
            process = NURSERY.Process(target=serve, args=(serving,), daemon=True)
            process.start()
            try:
                while process.exitcode is None:  # noqa: ASYNC110 - another process has no event of ours
                    await asyncio.sleep(0.02)
            finally:
                process.kill()
                process.join()
            if process.exitcode == -signal.SIGKILL:
                self.kills += 1
            else:
                self.ended.append(f"{command}: {process.exitcode}")
                await asyncio.sleep(0.5)
