"""The product's own `worker`, which says when it works: `python -m benchmarks.work FILE [SPEED SINCE]`."""

import asyncio
import os
import sys
from pathlib import Path

from benchmarks.quick_clock import QuickClock
from bot.app import assembled, worker_of
from bot.clock import Clock
from bot.config import read_config
from bot.learning import knowing_its_workspace
from bot.serving import keep_what_stands, stopped
from providers import PROVIDERS


async def work(clock: Clock, is_working: Path) -> None:
    config = read_config(os.environ, tuple(PROVIDERS))
    async with assembled(config, clock) as product:
        worker = worker_of(product.services)
        async with knowing_its_workspace(product.services):
            await worker.start()
            keep_what_stands()
            await asyncio.to_thread(is_working.touch)
            try:
                await stopped()
            finally:
                await worker.stop()


if __name__ == "__main__":
    speed = [float(each) for each in sys.argv[2:4]]
    asyncio.run(work(QuickClock(*speed), Path(sys.argv[1])))
