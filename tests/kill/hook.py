"""Kills its own process at the n-th step of the event loop.

Steps are callbacks that a loop runs, so a death can fall between any two awaits, the libraries' too.
"""

import asyncio
import os
import signal
from dataclasses import dataclass


@dataclass(slots=True)
class Hook:
    """Armed once, in a process that is there to die; `steps` counts from then on."""

    kill_at: int
    steps: int = 0

    def arm(self) -> None:
        run = asyncio.Handle._run

        def counted(handle: asyncio.Handle) -> None:
            self.steps += 1
            if self.steps == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            run(handle)

        asyncio.Handle._run = counted  # type: ignore[method-assign,assignment]  # the loop's one door to every callback
